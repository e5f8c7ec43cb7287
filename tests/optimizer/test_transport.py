"""What items share on the way: closed-form answers, the three rungs, more room never less filled."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.check import check
from optimizer.dispatch.explain import explain
from optimizer.dispatch.fitting import without_limits
from optimizer.dispatch.guide import guided_plan
from optimizer.dispatch.heuristics import nearest_first, per_item_flow, pro_rata
from optimizer.dispatch.instance import Dock, Instance, InvalidInstance, Item, Route
from optimizer.dispatch.plan import Plan, Shipment
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.dispatch.transport import Fleet, LaneLimit
from optimizer.limits import Budget, Rung
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world, province, tiny

TOTAL = Policy(Fairness.TOTAL, between=Between.WEIGHTED)
MASK = (Item("MASK", volume_cm3=2),)


def sent(plan: Plan) -> list[tuple[str, int, int]]:
    return [(row.place_code, row.leave_hour, row.quantity) for row in plan.shipments]


def unmet(plan: Plan) -> int:
    return sum(row.unmet for row in plan.needs)


def test_a_way_takes_so_much_in_a_period_and_no_unit_more() -> None:
    needs = (make_need(due=7), make_need("N2", "P2", 40, 7))
    routes = (Route("W-S1", "P1", 2, 10), Route("W-S1", "P2", 2, 10))
    world = make_world(items=MASK, needs=needs, routes=routes, lane_limits=(LaneLimit("W-S1", "P1", 10),))

    assert sent(allocate(world)) == [("P1", 0, 30), ("P2", 0, 40)]  # six hours of ten are sixty: thirty masks


def test_vehicles_move_volume_times_way_and_are_not_there_before_their_hour() -> None:
    world = make_world(items=(Item("MASK", volume_cm3=1),), needs=(make_need(due=7),))

    assert sent(allocate(replace(world, fleets=(Fleet("F", ("W-S1",), ((2, 100),)),)))) == [("P1", 2, 40)]
    assert sent(allocate(replace(world, fleets=(Fleet("F", ("W-S1",), ((2, 50), (4, 100))),)))) == [("P1", 2, 30)]
    assert sent(allocate(replace(world, fleets=(Fleet("F", ("W-S1",), ((7, 100),)),)))) == []


def test_a_fleet_serves_the_higher_class_of_another_item_at_another_site_first() -> None:
    gown = make_need("N2", "P1", 60, 7, item_code="GOWN", priority_class=2)
    world = make_world(
        items=(Item("MASK", volume_cm3=1), Item("GOWN", volume_cm3=3)),
        sources=(make_source("S1"), make_source("S2")),
        lots=(make_lot(), make_lot("L2", "S2", item_code="GOWN")),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S2", "P1", 2, 5)),
        needs=(make_need(due=7), gown),
        fleets=(Fleet("F", ("W-S1", "W-S2"), ((0, 150),)),),
    )

    plan = allocate(world)

    # six hours of 150 are 900: 60 masks at 10 take 600, and 300 are left for 20 gowns at 15
    assert {row.item_code: row.quantity for row in plan.shipments} == {"MASK": 60, "GOWN": 20}


def test_the_narrowest_of_three_limits_binds() -> None:
    world = make_world(items=(Item("MASK", volume_cm3=1),), needs=(make_need(due=7),))
    limits: list[tuple[int, int, int, int]] = [(5, 9, 90, 30), (9, 5, 90, 30), (9, 9, 50, 30), (9, 9, 90, 54)]

    for dock, way, fleet, expected in limits:
        limited = replace(
            world,
            docks=(Dock("W-S1", dock),),
            lane_limits=(LaneLimit("W-S1", "P1", way),),
            fleets=(Fleet("F", ("W-S1",), ((0, fleet),)),),
        )
        assert sum(row.quantity for row in allocate(limited).shipments) == expected


Forge = Callable[[Shipment], Shipment]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("dock", lambda row: replace(row, quantity=41)),
        ("lane", lambda row: replace(row, quantity=37)),
        ("fleet", lambda row: replace(row, quantity=33)),
        ("fleet_there", lambda row: replace(row, leave_hour=1, arrive_hour=3)),
    ],
)
def test_a_planted_lie_about_transport_is_found(rule: str, change: Forge) -> None:
    world = make_world(items=(Item("MASK", volume_cm3=3),), needs=(make_need(quantity=32, due=7),))
    truth = replace(
        world,
        docks=(Dock("W-S1", 20),),
        lane_limits=(LaneLimit("W-S1", "P1", 18),),
        fleets=(Fleet("F", ("W-S1",), ((2, 240),)),),
    )
    plan = allocate(truth)
    assert sent(plan) == [("P1", 2, 32)]

    lie = replace(plan, shipments=(change(plan.shipments[0]),))

    assert rule in {row.rule for row in check(truth, lie)}
    assert not check(truth, plan)


def limited_province(seed: int) -> Instance:
    """A small province with slow docks, slow ways on every third route, and one fleet for every four sites."""
    world = province(seed, sources=24, places=6, items=3, days=5)
    sites = sorted({row.site_code for row in world.sources})
    fleets = tuple(Fleet(f"F{n}", tuple(sites[n::4]), ((2, 4_000), (12, 6_000))) for n in range(4))
    return replace(
        world,
        items=tuple(replace(item, volume_cm3=2 + n) for n, item in enumerate(world.items)),
        docks=tuple(Dock(site, 12) for site in sites[::2]),
        lane_limits=tuple(LaneLimit(row.site_code, row.place_code, 4) for row in world.routes[::3]),
        fleets=fleets,
    )


@pytest.mark.parametrize("seed", range(2))
def test_every_rung_keeps_docks_ways_and_fleets(seed: int) -> None:
    world = limited_province(seed)
    loose = build_network(world, timed=False)

    plans = [nearest_first(world), pro_rata(world), per_item_flow(world), allocate(world, TOTAL)]
    plans += [guided_plan(loose, TOTAL, Budget(), (), rung) for rung in (Rung.GUIDE, Rung.EXACT_STAGES)]

    assert [check(world, plan) for plan in plans] == [[]] * 6
    best, guide, packed = (next(row for row in plan.stage_values if row.name == "unmet") for plan in plans[3:])
    free = next(row for row in allocate(without_limits(world), TOTAL).stage_values if row.name == "unmet")
    assert best.value <= packed.value <= 1.02 * best.value
    assert free.value < guide.value <= 1.02 * best.value
    assert max(guide.bound, packed.bound) <= best.value


def limited_tiny(seed: int, room: int) -> Instance:
    world = replace(tiny(seed), items=(Item("MASK", volume_cm3=2),), docks=(Dock("W-S1", 1),))
    ways = tuple(LaneLimit(row.site_code, row.place_code, room) for row in world.routes[:1])
    return replace(world, lane_limits=ways, fleets=(Fleet("F", ("W-S1", "W-S2"), ((seed % 5, room * 3),)),))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 2))
def test_more_room_on_the_way_never_leaves_more_unmet(seed: int, room: int) -> None:
    policy = Policy(Fairness.TOTAL)
    narrow, wide = (allocate(limited_tiny(seed, n), policy) for n in (room, room + 1))

    for priority in ("1", "2"):
        before, after = (
            sum(row.value for row in plan.stage_values if (row.name, row.key) == ("unmet", priority))
            for plan in (narrow, wide)
        )
        if before != after:
            assert after < before
            break
    assert not check(limited_tiny(seed, room), narrow)


def test_vehicles_enough_for_everything_change_nothing() -> None:
    world = replace(tiny(4), items=(Item("MASK", volume_cm3=2),))
    wide = replace(world, fleets=(Fleet("F", ("W-S1",), ((0, 10**12),)),))

    assert unmet(allocate(world)) > 0
    assert sent(allocate(wide)) == sent(allocate(world))


def test_fleets_and_ways_that_contradict_themselves_are_named() -> None:
    fleets = (Fleet("F", ("W-S1",), ()), Fleet("G", ("W-S1", "W-X"), ((3, 1), (3, -1))))

    with pytest.raises(InvalidInstance) as refusal:
        make_world(lane_limits=(LaneLimit("W-S1", "P1", -1),), fleets=fleets)

    assert refusal.value.problems == (
        "lane W-S1 to P1: cm3_per_hour expected 0 or more, found -1",
        "site W-S1: expected in one fleet, found 2 times",
        "fleet F: rates expected at rising hours from 0 on, found []",
        "fleet G: sites of no source ['W-X']",
        "fleet G: rates expected at rising hours from 0 on, found [3, 3]",
        "fleet G: rates expected 0 or more",
    )


def test_what_the_vehicles_can_carry_in_time_is_the_plan_without_limits_at_other_hours() -> None:
    needs = (make_need("N1", "P1", 40, 98), make_need("N2", "P1", 30, 30), make_need("N3", "P2", 30, 8))
    world = make_world(
        items=(Item("MASK", volume_cm3=1),),
        boundaries=(0, 6, 12, 24, 48, 96),
        needs=needs,
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S1", "P2", 2, 10)),
    )
    slow = replace(world, fleets=(Fleet("F", ("W-S1",), ((0, 50),)),))

    free, carried = allocate(world), allocate(slow)

    # thirty units a period of six hours: P2 first, its deadline is the nearest; a hundred at once would not fit
    assert sent(free) == [("P1", 0, 40), ("P1", 0, 30), ("P2", 0, 30)]
    assert sent(carried) == [("P1", 12, 40), ("P1", 6, 30), ("P2", 0, 30)]
    assert (carried.gap, unmet(carried), carried.stage_values) == (0.0, 0, free.stage_values)
    assert not check(slow, carried)


def test_a_shipment_is_parted_where_no_period_has_room_for_all_of_it() -> None:
    world = make_world(items=(Item("MASK", volume_cm3=1),), needs=(make_need(due=14),))
    slow = replace(world, fleets=(Fleet("F", ("W-S1",), ((0, 60),)),))

    assert sent(allocate(slow)) == [("P1", 0, 36), ("P1", 6, 24)]


def test_reasons_hold_where_vehicles_have_room_to_spare() -> None:
    world = make_world(items=(Item("MASK", volume_cm3=1),), lots=(make_lot(quantity=20),))
    roomy = replace(world, fleets=(Fleet("F", ("W-S1",), ((0, 1_000),)),))

    (free,), (carried,) = (explain(each, allocate(each)) for each in (world, roomy))

    assert carried == free
    assert carried.unlock is not None
    assert (carried.unlock.kind, carried.unlock.gain, carried.unlock.verified) == ("more_stock", 40, True)
