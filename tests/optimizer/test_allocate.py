"""Closed forms: worlds small enough to know the answer."""

from dataclasses import replace

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.instance import (
    Basis,
    Dock,
    Floor,
    HolderKind,
    Incident,
    Instance,
    Item,
    Level,
    NeedKind,
    Pin,
    Rounding,
    Route,
    SourceKind,
)
from optimizer.dispatch.plan import NeedResult, PinBreak, Plan
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.limits import Budget, Rung
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world


def fills(world: Instance, policy: Policy | None = None, pins: tuple[Pin, ...] = ()) -> dict[str, int]:
    plan = allocate(world, policy, pins=pins)
    return {result.need_code: result.on_time + result.late for result in plan.needs}


def sent(plan: Plan) -> list[tuple[str, int]]:
    return [(row.lot_code, row.quantity) for row in plan.shipments]


def two_places(stock: int, *needs: int, **changes: object) -> Instance:
    """One source, places P1, P2 ... that each need so much by hour 24."""
    return make_world(
        lots=(make_lot(quantity=stock),),
        needs=tuple(make_need(f"N{n}", f"P{n}", quantity, **changes) for n, quantity in enumerate(needs, start=1)),
        routes=tuple(Route("W-S1", f"P{n}", 2, 10 * n) for n in range(1, len(needs) + 1)),
    )


def test_a_need_within_reach_is_met_by_its_own_city() -> None:
    plan = allocate(make_world())

    (shipment,) = plan.shipments
    assert (shipment.quantity, shipment.leave_hour, shipment.arrive_hour) == (60, 0, 2)
    assert (shipment.step, shipment.source_kind, shipment.authority) == (
        2,
        SourceKind.OWN_CITY_STOCK,
        "holder_commission_member",
    )
    assert (plan.rung, plan.gap, plan.unmet) == ("R2", 0.0, ())


def test_one_scarce_item_is_shared_by_need() -> None:
    assert fills(two_places(30, 20, 40)) == {"N1": 10, "N2": 20}


def test_the_odd_unit_goes_to_who_gains_most_then_to_the_first_code() -> None:
    assert fills(two_places(3, 2, 4)) == {"N1": 1, "N2": 2}
    assert fills(two_places(4, 2, 4)) == {"N1": 2, "N2": 2}
    assert fills(two_places(3, 2, 2)) == {"N1": 2, "N2": 1}


def test_five_ventilators_for_three_hospitals() -> None:
    assert fills(two_places(5, 1, 4, 8)) == {"N1": 1, "N2": 2, "N3": 2}


def test_what_was_received_counts_for_the_share() -> None:
    world = two_places(30, 40, 40)
    world = replace(world, needs=(replace(world.needs[0], received=20, on_road=10), world.needs[1]))

    assert fills(world) == {"N1": 0, "N2": 30}


def test_a_higher_class_is_served_before_a_lower_one() -> None:
    world = two_places(30, 20, 40)

    assert fills(replace(world, needs=(replace(world.needs[0], priority_class=2), world.needs[1]))) == {
        "N1": 0,
        "N2": 30,
    }


def test_kappa_promises_a_part_of_the_fair_share() -> None:
    world = two_places(30, 40, 40)
    world = replace(world, needs=(world.needs[0], replace(world.needs[1], due_hour=30, latest_hour=30)))

    assert fills(world) == {"N1": 15, "N2": 15}
    assert fills(world, Policy(kappa=0.5)) == {"N1": 23, "N2": 7}
    assert fills(world, Policy(kappa=0.0)) == {"N1": 30, "N2": 0}
    assert fills(world, Policy(Fairness.TOTAL)) == {"N1": 30, "N2": 0}


def test_proportional_shares_round_by_largest_remainder() -> None:
    assert fills(two_places(10, 10, 10, 10), Policy(Fairness.PROPORTIONAL)) == {"N1": 4, "N2": 3, "N3": 3}


def test_weights_tilt_the_share() -> None:
    world = two_places(30, 40, 40)
    world = replace(world, needs=(replace(world.needs[0], weight=200), world.needs[1]))

    assert fills(world, Policy(Fairness.NEED_WEIGHTED)) == {"N1": 20, "N2": 10}


def test_kappa_outside_zero_to_one_is_refused() -> None:
    with pytest.raises(ValueError, match="kappa"):
        Policy(kappa=1.5)


def test_what_expires_first_leaves_first_and_never_past_its_day() -> None:
    lots = (make_lot("OLD", last_usable_hour=30, quantity=50), make_lot("NEW", quantity=50))
    needs = (make_need("N1", quantity=30), make_need("N2", quantity=50, due=48))

    plan = allocate(make_world(lots=lots, needs=needs))

    assert sent(plan) == [("OLD", 30), ("NEW", 50)]
    assert not plan.unmet


def test_goods_that_die_before_the_need_do_not_count() -> None:
    assert fills(make_world(lots=(make_lot(last_usable_hour=23),))) == {"N1": 0}
    assert fills(make_world(lots=(make_lot(last_usable_hour=24),))) == {"N1": 60}
    assert fills(make_world(lots=(make_lot(last_usable_hour=24),), needs=(make_need(min_life_hours=1),))) == {"N1": 0}


def test_later_goods_serve_later_needs_only() -> None:
    lots = (make_lot(available_from_hour=20, basis=Basis.ON_BEHALF),)
    needs = (make_need("N1", due=21), make_need("N2", due=22, quantity=100))

    assert fills(make_world(lots=lots, needs=needs)) == {"N1": 0, "N2": 100}


def test_a_soft_lump_takes_late_goods_and_a_hard_one_does_not() -> None:
    late = {"kind": NeedKind.LUMP, "due": 1, "latest_hour": 40}

    soft = allocate(make_world(needs=(make_need(**late),)))
    hard = allocate(make_world(needs=(make_need(hard=True, **late),)))

    assert soft.needs == (NeedResult("N1", 60, 0, 60, 0, 0, 0, late_arrival_hour=2),)
    assert hard.needs == (NeedResult("N1", 60, 0, 0, 60, 0, 0),)


def test_shipments_are_timed_for_the_place() -> None:
    plan = allocate(make_world(needs=(make_need(not_before_hour=20),)))

    assert [(row.leave_hour, row.arrive_hour) for row in plan.shipments] == [(18, 20)]


@pytest.mark.parametrize(
    ("rounding", "quantity", "result"),
    [
        (Rounding.OPEN, 60, NeedResult("N1", 60, 60, 0, 0, 0, 0)),
        (Rounding.DOWN, 60, NeedResult("N1", 60, 50, 0, 10, 10, 0)),
        (Rounding.UP, 60, NeedResult("N1", 60, 60, 0, 0, 0, 15)),
        (Rounding.DOWN, 24, NeedResult("N1", 24, 0, 0, 24, 24, 0)),
    ],
)
def test_packs_stay_whole_where_the_need_says_so(rounding: Rounding, quantity: int, result: NeedResult) -> None:
    plan = allocate(
        make_world(lots=(make_lot(pack_size=25),), needs=(make_need(quantity=quantity, rounding=rounding),))
    )

    assert plan.needs == (result,)


def test_floors_are_kept_from_others_and_lowered_for_ones_own() -> None:
    floor = (Floor("S1", "MASK", readiness=10, operating=60, strategic=20),)

    assert fills(make_world(floors=floor, needs=(make_need(quantity=100),))) == {"N1": 70}
    foreign = make_need(quantity=100, city_code="1302")
    assert fills(make_world(floors=floor, needs=(foreign,))) == {"N1": 30}


def test_the_strategic_floor_opens_by_release_and_as_the_last_step() -> None:
    floor = (Floor("S1", "MASK", strategic=40, opened=30),)
    need = (make_need(quantity=100),)
    closed = make_world(floors=floor, needs=need)
    released = replace(closed, incidents=(Incident("X", Level.I, (9,)),))

    assert fills(closed) == {"N1": 60}
    plan = allocate(released)
    assert {row.step: row.quantity for row in plan.shipments} == {2: 60, 9: 30}


def test_the_last_cascade_step_is_spared_before_kilometres() -> None:
    sources = (make_source("FAR"), make_source("NEAR", HolderKind.CITY, "1302", "1302"))
    lots = (make_lot("A", "FAR", 40), make_lot("B", "NEAR", 100))
    routes = (Route("W-FAR", "P1", 9, 500), Route("W-NEAR", "P1", 1, 1))

    plan = allocate(make_world(sources=sources, lots=lots, routes=routes))

    assert {row.source_code: (row.quantity, row.rank) for row in plan.shipments} == {"FAR": (40, 2), "NEAR": (20, 1)}


@pytest.mark.parametrize(
    ("level", "papers", "filled"),
    [(Level.IV, (), 0), (Level.III, (), 0), (Level.III, (3,), 60), (Level.II, (), 60), (Level.I, (), 60)],
)
def test_the_province_helps_at_three_only_on_request(level: Level, papers: tuple[int, ...], filled: int) -> None:
    world = make_world(
        sources=(make_source("S1", HolderKind.PROVINCE, "13", "13"),), incidents=(Incident("X", level, papers),)
    )

    assert fills(world) == {"N1": filled}


def test_goods_nobody_offered_are_reached_by_requisition_alone() -> None:
    charity = (make_source("S1", HolderKind.CHARITY),)
    seized = (Incident("X", Level.I, (8,)),)

    assert fills(make_world(sources=charity)) == {"N1": 0}
    assert fills(make_world(sources=charity, lots=(make_lot(basis=Basis.OFFERED),))) == {"N1": 60}
    assert [row.step for row in allocate(make_world(sources=charity, incidents=seized)).shipments] == [8]


def test_a_dock_limits_what_leaves_in_a_period() -> None:
    world = make_world(items=(Item("MASK", volume_cm3=2),), docks=(Dock("W-S1", 10),), needs=(make_need(due=7),))
    plan = allocate(world)

    assert [(row.leave_hour, row.quantity) for row in plan.shipments] == [(0, 30)]
    assert allocate(replace(world, needs=(make_need(due=8),))).needs[0].unmet == 0


def test_a_pin_is_kept_and_a_ban_respected() -> None:
    sources = (make_source("S1"), make_source("S2"))
    world = make_world(
        sources=sources,
        lots=(make_lot(), make_lot("L2", "S2")),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S2", "P1", 2, 90)),
    )

    pinned = allocate(world, pins=(Pin("S2", "N1", 25),))
    banned = allocate(world, pins=(Pin("S1", "N1", 0),))

    assert {row.source_code: row.quantity for row in pinned.shipments} == {"S1": 35, "S2": 25}
    assert {row.source_code: row.quantity for row in banned.shipments} == {"S2": 60}
    assert not pinned.broken_pins


def test_an_impossible_pin_is_broken_and_said_so() -> None:
    plan = allocate(make_world(lots=(make_lot(quantity=20),)), pins=(Pin("S1", "N1", 50), Pin("S1", "NOBODY", 5)))

    assert plan.broken_pins == (PinBreak("S1", "N1", 50, 20), PinBreak("S1", "NOBODY", 5, 0))
    assert plan.needs[0].on_time == 20


@pytest.mark.parametrize(
    "empty",
    [
        {"lots": ()},
        {"needs": ()},
        {"routes": ()},
        {"steps": ()},
        {"lots": (), "sources": (), "needs": (), "routes": ()},
    ],
)
def test_nothing_to_give_or_to_get_still_makes_a_plan(empty: dict[str, object]) -> None:
    world = make_world(**empty)
    plan = allocate(world)

    assert plan.shipments == ()
    assert not check(world, plan)


def test_a_budget_of_one_rung_stops_at_nearest_first() -> None:
    assert allocate(make_world(), budget=Budget(Rung.NEAREST_FIRST)).rung == "R0"


def test_a_cancelled_solve_returns_what_stands() -> None:
    assert allocate(make_world(), cancelled=lambda: True).rung == "R0"


def test_a_solve_out_of_effort_returns_what_stands() -> None:
    assert allocate(two_places(30, 20, 40), budget=Budget(iterations=1)).rung == "R0"


def test_a_plan_survives_json() -> None:
    plan = allocate(two_places(30, 20, 40))

    assert Plan.from_json(plan.to_json()) == plan
    assert Plan.from_json(plan.to_json()).hash == plan.hash
