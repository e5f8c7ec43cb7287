"""Equipment that comes back: in use somewhere, home again, in use elsewhere, and never in two places at once."""

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.check import check
from optimizer.dispatch.compare import unmet_by_class
from optimizer.dispatch.explain import explain
from optimizer.dispatch.guide import guided_plan
from optimizer.dispatch.heuristics import nearest_first, per_item_flow, pro_rata
from optimizer.dispatch.instance import (
    Basis,
    Dock,
    Floor,
    HolderKind,
    Instance,
    InvalidInstance,
    Item,
    Need,
    NeedKind,
    Rounding,
    Route,
)
from optimizer.dispatch.plan import Loan, Plan, Shipment
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.replan import Commitment, Hold, State, replan
from optimizer.dispatch.roads import RoadChange
from optimizer.dispatch.stays import Stay
from optimizer.dispatch.substitutes import Substitution
from optimizer.limits import Budget, Rung
from tests.optimizer.worlds import T0, make_lot, make_need, make_source, make_world

Row = tuple[str, tuple[str, ...], int, int, int | None]


def clinic(*stays: tuple[str, str, int, int, int], units: int = 10, **changes: object) -> Instance:
    """One store of ventilators, P1 two hours and P2 three hours away; stays: (need, place, units, from, until)."""
    rows: dict[str, object] = {
        "items": (Item("VENT"),),
        "lots": (make_lot("V", quantity=units, item_code="VENT"),),
        "needs": tuple(make_need(code, place, count, due, item_code="VENT") for code, place, count, due, _ in stays),
        "stays": tuple(Stay(code, until) for code, _, _, _, until in stays),
        "routes": (Route("W-S1", "P1", 2, 10), Route("W-S1", "P2", 3, 20)),
        "boundaries": (0, 24, 400),
    }
    return make_world(**(rows | changes))


def rows(plan: Plan) -> list[Row]:
    """Place, needs one after the other, units, hour of leaving, hour at home again."""
    found = [
        (row.place_code, row.loan.need_codes, row.quantity, row.leave_hour, row.loan.home_hour)
        for row in plan.shipments
        if row.loan
    ]
    return sorted(found, key=lambda row: (row[3], row[0], row[1]))


def unmet(plan: Plan) -> dict[str, int]:
    return {row.need_code: row.unmet for row in plan.needs}


def test_a_unit_serves_one_period_after_the_other_without_being_sent_again() -> None:
    world = clinic(("A", "P1", 4, 24, 48), ("B", "P1", 6, 48, 72), ("C", "P1", 3, 72, 96))

    for plan in (allocate(world), nearest_first(world)):
        assert unmet(plan) == {"A": 0, "B": 0, "C": 0}
        assert sum(row.quantity for row in plan.shipments) == 6
        assert check(world, plan) == []


def test_units_come_back_and_serve_elsewhere_as_soon_as_the_way_home_and_out_allows() -> None:
    back_in_time = clinic(("A", "P1", 10, 24, 48), ("B", "P2", 10, 53, 72))
    an_hour_short = clinic(("A", "P1", 10, 24, 48), ("B", "P2", 10, 52, 72))

    assert rows(allocate(back_in_time)) == [("P1", ("A",), 10, 0, 50), ("P2", ("B",), 10, 50, 75)]
    assert unmet(allocate(back_in_time)) == {"A": 0, "B": 0}
    assert sum(unmet(allocate(an_hour_short)).values()) == 10


def test_the_pool_of_units_is_what_is_shared_and_not_the_number_of_periods() -> None:
    """Ten units, five days, two places that want eight each: three units a day and place stay unmet."""
    days = [(f"{place}{day}", place, 8, 24 * day, 24 * day + 24) for place in ("P1", "P2") for day in range(1, 6)]

    plan = allocate(clinic(*days))

    assert sum(unmet(plan).values()) == 5 * (2 * 8 - 10)
    assert sum(row.quantity for row in plan.shipments) == 10
    by_place = {place: sum(unmet(plan)[f"{place}{day}"] for day in range(1, 6)) for place in ("P1", "P2")}
    assert by_place == {"P1": 15, "P2": 15}  # the fairest split of whole unit periods


def test_a_higher_class_takes_units_for_its_period_only() -> None:
    world = clinic(("A", "P2", 10, 24, 48), ("B", "P1", 10, 24, 72), ("C", "P1", 10, 100, 120))
    needs = tuple(replace(need, priority_class=1 if need.code == "A" else 2) for need in world.needs)

    plan = allocate(replace(world, needs=needs))

    assert unmet(plan) == {"A": 0, "B": 10, "C": 0}
    assert rows(plan) == [("P2", ("A",), 10, 0, 51), ("P1", ("C",), 10, 51, 122)]


def test_the_floor_holds_at_every_hour() -> None:
    world = clinic(
        ("A", "P1", 10, 24, 48),
        ("B", "P2", 10, 60, 72),
        sources=(make_source("S1", HolderKind.PROVINCE, "13", "13"),),
        floors=(Floor("S1", "VENT", operating=4),),
    )
    world = replace(world, incidents=(replace(world.incidents[0], papers=(3,)),))

    plan = allocate(world)

    assert unmet(plan) == {"A": 4, "B": 4}
    more = tuple(replace(row, quantity=row.quantity + 1) for row in plan.shipments)
    found = {row.rule for row in check(world, replace(plan, shipments=more))}
    assert "floor_against_others" in found
    assert "lot_quantity" not in found


def test_units_that_are_not_usable_now_do_not_count_until_they_are() -> None:
    lots = (
        make_lot("V", quantity=3, item_code="VENT"),
        make_lot("W", quantity=5, item_code="VENT", available_from_hour=50),
    )
    world = clinic(("A", "P1", 8, 24, 48), ("B", "P1", 8, 60, 72), lots=lots)

    plan = allocate(world)

    assert unmet(plan) == {"A": 5, "B": 0}
    assert rows(plan) == [("P1", ("A", "B"), 3, 0, 74), ("P1", ("B",), 5, 50, 74)]


def test_a_unit_must_live_until_its_use_ends() -> None:
    lots = (make_lot("V", quantity=10, item_code="VENT", last_usable_hour=60),)

    plan = allocate(clinic(("A", "P1", 10, 24, 60), ("B", "P1", 10, 60, 61), lots=lots))

    assert unmet(plan) == {"A": 0, "B": 10}


def test_no_way_back_leaves_the_units_where_they_are() -> None:
    closed = (RoadChange("W-S1", "P1", 30, 2, 10, closed=True),)

    plan = allocate(clinic(("A", "P1", 10, 24, 48), ("B", "P2", 10, 90, 99), road_changes=closed))

    assert rows(plan) == [("P1", ("A",), 5, 0, None), ("P2", ("B",), 5, 0, 102)]


def test_a_loan_reads_back_from_its_text_and_other_shipments_know_nothing_of_it() -> None:
    plan = allocate(clinic(("A", "P1", 4, 24, 48)))

    assert Plan.from_json(plan.to_json()).hash == plan.hash
    assert Plan.from_json(plan.to_json()).shipments[0].loan == Loan(("A",), 48, 50)
    assert '"loan"' not in allocate(make_world()).to_json()


def test_what_cannot_be_planned_together_is_named() -> None:
    with pytest.raises(InvalidInstance) as refusal:
        clinic(
            ("A", "P1", 4, 24, 24),
            needs=(
                make_need("A", item_code="VENT", kind=NeedKind.LUMP, rounding=Rounding.UP),
                make_need("B", item_code="VENT"),
            ),
            stays=(Stay("A", 24), Stay("Z", 1)),
            items=(Item("VENT"), Item("OTHER")),
            substitutions=(Substitution("OTHER", "VENT"),),
        )

    assert refusal.value.problems == (
        "stay of A: until_hour expected after due_hour 24, found 24",
        "stay of A: expected of a flow in single units",
        "stay of Z: need unknown",
        "need B: VENT is lent elsewhere, expected a stay here too",
        "substitution of OTHER by VENT: VENT is lent, not used up",
    )


def test_a_promised_loan_is_not_planned_again() -> None:
    world = clinic(("A", "P1", 4, 24, 48))
    plan = allocate(world)
    state = State(tuple(Commitment(row, Hold.SIGNED) for row in plan.shipments))

    with pytest.raises(ValueError, match="promised loans"):
        replan(world, state, plan, T0)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("loan_in_one_use", {"loan": Loan(("A", "C"), 60, 62)}),
        ("loan_at_one_place", {"loan": Loan(("A", "B"), 72, 74)}),
        ("loan_known", {"loan": Loan(("B", "A"), 72, 74)}),
        ("loan_there_when_due", {"leave_hour": 23, "arrive_hour": 25}),
        ("loan_free_before_it_leaves", {"loan": Loan(("A",), 47, 49)}),
        ("loan_travel_time", {"loan": Loan(("A",), 48, 49)}),
        ("lent_where_it_is_lent", {"loan": None}),
        ("lot_quantity", {"loan": Loan(("A",), 60, 62)}),
    ],
)
def test_the_checker_finds_every_lie_about_a_loan(rule: str, change: dict[str, object]) -> None:
    world = clinic(("A", "P1", 10, 24, 48), ("B", "P2", 10, 53, 72), ("C", "P1", 1, 30, 60))
    plan = allocate(world, Policy(Fairness.TOTAL))
    forged = tuple(replace(r, **change) if r.need_code == "A" else r for r in plan.shipments)  # type: ignore[arg-type]

    assert rule in {found.rule for found in check(world, replace(plan, shipments=forged))}


# --- against every plan there is ----------------------------------------------------------------------------------


def hospital(seed: int) -> Instance:
    """A few units at two stores, two places, three or four periods that overlap or follow each other."""
    draw = random.Random(seed)
    stays, needs = [], []
    for n in range(draw.choice((3, 3, 4))):
        due = draw.choice((4, 8, 12, 20, 30))
        stays.append(Stay(f"N{n}", due + draw.choice((4, 8, 16))))
        place, units, priority = draw.choice(("P1", "P2")), draw.randint(1, 2), draw.choice((1, 1, 2))
        needs.append(make_need(f"N{n}", place, units, due, item_code="VENT", priority_class=priority))
    lots = [
        make_lot("V", "S1", draw.randint(0, 2), item_code="VENT", available_from_hour=draw.choice((0, 0, 6))),
        make_lot("W", "S2", draw.randint(0, 1), item_code="VENT", last_usable_hour=draw.choice((None, 28))),
    ]
    routes = [
        Route(f"W-{source}", place, draw.randint(1, 6), draw.randint(1, 9))
        for source in ("S1", "S2")
        for place in ("P1", "P2")
        if draw.random() < 0.9
    ]
    return make_world(
        items=(Item("VENT"),),
        sources=(make_source("S1"), make_source("S2", HolderKind.COUNTY, "130109")),
        lots=tuple(lots),
        needs=tuple(needs),
        stays=tuple(stays),
        routes=tuple(routes),
        boundaries=(0, 48),
    )


Trip = tuple[int, int]  # step, kilometres


def tours(world: Instance, source: str, ready: int, last: int | None) -> Iterator[tuple[tuple[str, ...], list[Trip]]]:
    """Every sequence of needs that one unit can serve, with the trips it makes for them."""
    until = {stay.need_code: stay.until_hour for stay in world.stays}
    routes = {route.place_code: route for route in world.routes if route.site_code == f"W-{source}"}
    step = 2 if source == "S1" else 1
    needs = sorted(world.needs, key=lambda need: (need.due_hour, need.code))
    for length in range(len(needs) + 1):
        for chosen in combinations(needs, length):
            at: Need | None = None
            free, trips, possible = ready, [], True
            for need in chosen:
                route = routes.get(need.place_code)
                stays_there = at is not None and at.place_code == need.place_code
                home = free if at is None else free + routes[at.place_code].travel_hours
                there = free if stays_there else home + (route.travel_hours if route else 0)
                left = stays_there or home < world.horizon_hour
                possible &= route is not None and there <= need.due_hour and left
                possible &= last is None or until[need.code] <= last
                if not possible or route is None:
                    possible = False
                    break
                trips += [] if stays_there else [(step, route.km)]
                at, free = need, until[need.code]
            if possible:
                yield tuple(need.code for need in chosen), trips


def score(world: Instance, got: dict[str, int], trips: list[Trip]) -> tuple[object, ...]:
    parts: list[object] = []
    for priority in sorted({need.priority_class for need in world.needs}):
        mine = [need for need in world.needs if need.priority_class == priority]
        places = sorted({need.place_code for need in mine})
        ratios = [
            Fraction(
                sum(got.get(need.code, 0) for need in mine if need.place_code == place),
                sum(need.quantity for need in mine if need.place_code == place),
            )
            for place in places
        ]
        left = {need.code: need.quantity - got.get(need.code, 0) for need in mine}
        wait = sum(left[need.code] * (world.horizon_hour - need.due_hour) for need in mine)
        parts += [[-r for r in sorted(ratios)], [-r for r in ratios], sum(left.values()), wait]
    parts += [sum(step == number for step, _ in trips) for number in range(9, 0, -1)]
    return (*parts, sum(km for _, km in trips))


def best(world: Instance) -> tuple[object, ...]:
    units = [
        list(tours(world, lot.source_code, lot.available_from_hour, lot.last_usable_hour))
        for lot in world.lots
        for _ in range(lot.quantity)
    ]
    wanted = {need.code: need.quantity for need in world.needs}
    found = []
    for choice in product(*units):
        got: dict[str, int] = {}
        for codes, _ in choice:
            for code in codes:
                got[code] = got.get(code, 0) + 1
        if all(got[code] <= wanted[code] for code in got):
            found.append(score(world, got, [trip for _, trips in choice for trip in trips]))
    return min(found)  # type: ignore[type-var]


def of_plan(world: Instance, shipments: tuple[Shipment, ...]) -> tuple[object, ...]:
    got: dict[str, int] = {}
    for row in shipments:
        for code, units in row.served:
            got[code] = got.get(code, 0) + units
    return score(world, got, [(row.step, row.km) for row in shipments for _ in range(row.quantity)])


@pytest.mark.parametrize("block", range(2))
def test_no_schedule_of_single_units_beats_ours(block: int) -> None:
    for seed in range(40 * block, 40 * block + 40):
        world = hospital(seed)
        plan = allocate(world)
        assert of_plan(world, plan.shipments) == best(world), seed


def test_one_more_unit_and_a_shorter_use_never_leave_more_unmet() -> None:
    total = Policy(Fairness.TOTAL)
    for seed in range(30):
        world = hospital(500 + seed)
        more = replace(world, lots=(replace(world.lots[0], quantity=world.lots[0].quantity + 1), *world.lots[1:]))
        shorter = replace(world, stays=tuple(replace(stay, until_hour=stay.until_hour - 2) for stay in world.stays))
        plain = list(unmet_by_class(world, allocate(world, total)).values())
        for easier in (more, shorter):
            assert list(unmet_by_class(easier, allocate(easier, total)).values()) <= plain, seed


def test_by_hand_and_for_comparison_equipment_keeps_every_rule_too() -> None:
    for seed in range(40):
        world = hospital(700 + seed)
        for plan in (nearest_first(world), pro_rata(world), per_item_flow(world)):
            assert check(world, plan) == [], seed


def test_explanations_of_unmet_equipment_promise_nothing_that_does_not_hold() -> None:
    world = clinic(("A", "P1", 12, 24, 48), units=10)

    (found,) = explain(world, allocate(world))

    assert found.unmet == 2
    assert found.unlock is not None
    assert (found.unlock.kind, found.unlock.quantity, found.unlock.gain) == ("more_stock", 2, 2)


def test_goods_and_equipment_stand_in_one_plan() -> None:
    world = clinic(("A", "P1", 4, 24, 48), items=(Item("VENT"), Item("MASK")))
    both = replace(world, lots=(*world.lots, make_lot()), needs=(*world.needs, make_need("M", quantity=60)))

    plan = allocate(both)

    sent = {(row.need_code, row.quantity, row.loan is not None) for row in plan.shipments}
    assert sent == {("A", 4, True), ("M", 60, False)}
    assert plan.gap == 0.0
    assert {lot.basis for lot in both.lots} == {Basis.OWNED}


def test_equipment_waits_for_its_turn_at_the_dock_and_goods_get_the_room_that_is_left() -> None:
    """Ten units of 6 cm3 an hour through the dock take ten hours; 30 masks of 1 cm3 find the rest of the day."""
    world = clinic(
        ("A", "P1", 10, 30, 48),
        items=(Item("VENT", volume_cm3=6), Item("MASK", volume_cm3=1)),
        docks=(Dock("W-S1", 6),),
        boundaries=(0, 5, 10, 15, 24, 400),
    )
    both = replace(world, lots=(*world.lots, make_lot()), needs=(*world.needs, make_need("M", quantity=30, due=17)))

    for plan in (allocate(both), nearest_first(both), pro_rata(both)):
        assert check(both, plan) == []
        assert unmet(plan)["A"] == 0
    assert unmet(allocate(both)) == {"A": 0, "M": 0}


def test_equipment_that_transport_cannot_carry_in_time_stays_at_home() -> None:
    world = clinic(
        ("A", "P1", 10, 5, 48),
        items=(Item("VENT", volume_cm3=6),),
        docks=(Dock("W-S1", 6),),
        boundaries=(0, 4, 60, 400),
    )

    plan = allocate(world)

    assert check(world, plan) == []
    assert unmet(plan) == {"A": 6}  # four units in four hours, then it is too late


def test_behind_docks_every_rung_keeps_to_every_rule() -> None:
    for seed in range(40):
        one = hospital(900 + seed)
        world = replace(
            one,
            items=(Item("VENT", volume_cm3=2), Item("MASK", volume_cm3=1)),
            lots=(*one.lots, make_lot(quantity=9)),
            needs=(*one.needs, make_need("M", quantity=7, due=12)),
            docks=(Dock("W-S1", 1),),
            boundaries=(0, 4, 9, 48),
        )
        guide = guided_plan(build_network(world, timed=False), Policy(Fairness.TOTAL), Budget(), (), Rung.GUIDE)
        for plan in (allocate(world), nearest_first(world), per_item_flow(world), guide):
            assert check(world, plan) == [], seed
