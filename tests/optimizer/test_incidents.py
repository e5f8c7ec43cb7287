"""Several incidents in one plan: one stock, and each need under its own incident's level, papers and authority."""

from dataclasses import replace

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.brief import answer
from optimizer.dispatch.check import check
from optimizer.dispatch.explain import explain
from optimizer.dispatch.heuristics import nearest_first
from optimizer.dispatch.instance import HolderKind, Incident, Instance, Level, NeedKind, Route
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Policy
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world


def two_incidents(one: Incident, other: Incident, **changes: object) -> Instance:
    """A flood at P1 and an outbreak at P2; the province holds 100 masks that both are after."""
    rows: dict[str, object] = {
        "sources": (make_source("S1", HolderKind.PROVINCE, "13", "13"),),
        "incidents": (one, other),
        "needs": (
            make_need("F", "P1", 80, incident_code="FLOOD"),
            make_need("O", "P2", 80, incident_code="OUTBREAK", city_code="1302", county_code="130201"),
        ),
        "routes": (Route("W-S1", "P1", 2, 10), Route("W-S1", "P2", 2, 20)),
    }
    return make_world(**(rows | changes))


def got(plan: Plan) -> dict[str, int]:
    return {row.need_code: row.on_time for row in plan.needs}


def test_two_incidents_of_one_class_share_one_stock_fairly() -> None:
    world = two_incidents(Incident("FLOOD", Level.II), Incident("OUTBREAK", Level.I))

    assert got(allocate(world)) == {"F": 50, "O": 50}


def test_each_incident_stands_on_its_own_level_and_papers() -> None:
    """At III the province gives on written request only: the flood has one, the outbreak has none."""
    world = two_incidents(Incident("FLOOD", Level.III, (3,)), Incident("OUTBREAK", Level.III))

    for plan in (allocate(world), nearest_first(world)):
        assert got(plan) == {"F": 80, "O": 0}
        assert check(world, plan) == []
    (found,) = explain(world, allocate(world))
    assert [(row.rule, row.step, row.authority) for row in found.excluded] == [
        ("paper_missing", 3, "holder_commission_member")
    ]


def test_one_source_is_a_neighbour_to_one_incident_and_at_home_in_the_other() -> None:
    city = (make_source("S1", HolderKind.CITY, "1301", "1301"),)
    world = two_incidents(Incident("FLOOD", Level.II), Incident("OUTBREAK", Level.II), sources=city)

    signed = {row.need_code: (row.step, row.authority) for row in allocate(world).shipments}

    assert signed == {"F": (2, "holder_commission_member"), "O": (4, "provincial_commission_deputy")}


def test_a_plan_signed_for_the_wrong_incident_is_found() -> None:
    world = two_incidents(Incident("FLOOD", Level.II), Incident("OUTBREAK", Level.II))
    plan = allocate(world)
    lower = replace(world, incidents=(Incident("FLOOD", Level.II), Incident("OUTBREAK", Level.IV)))

    found = [(row.rule, row.where) for row in check(lower, replace(plan, instance_hash=lower.hash))]

    assert found == [("step_open_at_level", "S1 L1 O"), ("paper_on_file", "S1 L1 O")]


def test_a_flow_and_a_lump_of_two_incidents_stand_in_one_plan_and_a_hard_one_is_told_when_goods_could_come() -> None:
    """Goods are there at hour 42. The flow of hour 60 has them, the soft lump waits for them, the hard one cannot."""
    lump = {"kind": NeedKind.LUMP, "due": 24, "latest_hour": 90}
    world = two_incidents(
        Incident("FLOOD", Level.II),
        Incident("OUTBREAK", Level.II),
        lots=(make_lot(quantity=200, available_from_hour=40),),
        needs=(
            make_need("flow", "P1", 50, 60, incident_code="FLOOD"),
            make_need("soft", "P1", 50, incident_code="FLOOD", **lump),
            make_need("hard", "P2", 50, incident_code="OUTBREAK", hard=True, **lump),
        ),
    )

    plan = allocate(world)

    results = {row.need_code: (row.on_time, row.late, row.unmet, row.late_arrival_hour) for row in plan.needs}
    assert results == {"flow": (50, 0, 0, None), "soft": (0, 50, 0, 42), "hard": (0, 0, 50, None)}
    (found,) = explain(world, plan)
    assert [(row.rule, row.quantity, row.first_hour) for row in found.excluded] == [("too_late", 200, 42)]
    assert found.unlock is not None
    assert (found.unlock.kind, found.unlock.hour, found.unlock.quantity) == ("accept_late", 42, 50)


def test_the_smallest_shipment_is_kept_where_it_costs_nobody_a_unit() -> None:
    """Three masks from a store between two larger ones: they come from the farther one instead."""
    world = make_world(
        sources=(make_source("S1"), make_source("S2"), make_source("S3")),
        lots=(make_lot(quantity=57), make_lot("L2", "S2", 3), make_lot("L3", "S3", 40)),
        routes=tuple(Route(f"W-S{n}", "P1", 2, 10 * n) for n in (1, 2, 3)),
        needs=(make_need(quantity=90),),
    )
    task = {"instance": world.to_json(), "policy": Policy().plain(), "pins": []}

    plain, tidy = (Plan.from_json(answer(task | {"smallest": smallest})["plan"]) for smallest in ([], [["MASK", 10]]))

    assert {row.source_code: row.quantity for row in plain.shipments} == {"S1": 57, "S2": 3, "S3": 30}
    assert {row.source_code: row.quantity for row in tidy.shipments} == {"S1": 57, "S3": 33}
