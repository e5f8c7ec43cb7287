"""Roads that change by the hour: who leaves when, how long it takes, and what a closed road keeps away."""

import random
from dataclasses import replace

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.check import check
from optimizer.dispatch.compare import unmet_by_class
from optimizer.dispatch.explain import Exclusion, explain
from optimizer.dispatch.guide import guided_plan
from optimizer.dispatch.heuristics import nearest_first
from optimizer.dispatch.instance import Dock, Instance, InvalidInstance, Item, Route
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.replan import moved
from optimizer.dispatch.roads import RoadChange
from optimizer.limits import Budget, Rung
from tests.optimizer.brute import best_score, size
from tests.optimizer.test_brute_force import COMBINATIONS_MAX, score_of
from tests.optimizer.worlds import make_lot, make_need, make_world, tiny

TOTAL = Policy(Fairness.TOTAL)


def change(from_hour: int, travel_hours: int = 2, km: int = 10, *, closed: bool = False) -> RoadChange:
    return RoadChange("W-S1", "P1", from_hour, travel_hours, km, closed)


def trips(plan: Plan) -> list[tuple[int, int, int]]:
    return [(row.leave_hour, row.arrive_hour, row.km) for row in plan.shipments]


@pytest.mark.parametrize(
    ("changes", "due", "trip"),
    [
        ((change(4, 2, 30),), 8, (4, 6, 30)),  # later and faster: the only way in time
        ((change(4, 2, 5),), 24, (4, 6, 5)),  # later, faster and shorter: nothing speaks for leaving now
        ((change(4, 2, 30),), 24, (0, 10, 10)),  # both in time: the shorter way
        ((change(4, 20, 10),), 24, (0, 10, 10)),  # it will take longer: leave before
        ((change(3, 1, 1, closed=True), change(9, 4, 10)), 24, (9, 13, 10)),  # not caught on the road by the closure
        ((change(10, 1, 1, closed=True),), 24, (0, 10, 10)),  # there when it closes
    ],
)
def test_a_trip_takes_what_the_road_takes_at_the_hour_of_leaving(
    changes: tuple[RoadChange, ...], due: int, trip: tuple[int, int, int]
) -> None:
    world = make_world(
        routes=(Route("W-S1", "P1", 10, 10),), road_changes=changes, needs=(make_need(due=due),), boundaries=(0, 48)
    )

    assert trips(allocate(world)) == [trip]
    assert check(world, nearest_first(world)) == []


def test_a_closed_road_is_no_lane_and_stands_among_what_is_kept_out_with_the_rule() -> None:
    world = make_world(road_changes=(change(1, closed=True),), lots=(make_lot(available_from_hour=1),))

    plan = allocate(world)

    assert plan.shipments == ()
    (found,) = explain(world, plan)
    assert found.excluded == (Exclusion("road_closed", 2, "holder_commission_member", ("S1",), 100, None),)


def test_goods_that_a_closure_makes_late_are_listed_with_the_hour_at_which_they_could_be_there() -> None:
    world = make_world(routes=(Route("W-S1", "P1", 2, 10, ((0, 30),)),))

    (found,) = explain(world, allocate(world))

    assert [(row.rule, row.first_hour) for row in found.excluded] == [("road_closed", 32)]
    assert found.unlock is not None
    assert (found.unlock.kind, found.unlock.hour, found.unlock.quantity) == ("accept_late", 32, 60)


def test_a_promised_trip_moves_behind_the_closure_or_is_cut() -> None:
    world = make_world(road_changes=(change(1, closed=True), change(10, 4, 20)))
    (row,) = allocate(make_world()).shipments

    found = moved(world, replace(row, leave_hour=1), 0)

    assert found is not None
    assert (found.leave_hour, found.arrive_hour, found.km) == (10, 14, 20)
    assert moved(replace(world, needs=(make_need(due=13),)), replace(row, leave_hour=1), 0) is None


def test_changes_that_make_no_sense_are_all_named() -> None:
    with pytest.raises(InvalidInstance) as refusal:
        make_world(road_changes=(change(0, -1), change(3), change(3), RoadChange("W-S1", "P9", 2, 1, 1)))

    assert refusal.value.problems == (
        "road from W-S1 to P1 from 0: from_hour expected 1 or later, found 0",
        "road from W-S1 to P1 from 0: hours and km expected 0 or more, found -1 and 10",
        "road from W-S1 to P1 from 3: expected once",
        "road from W-S1 to P1 from 3: expected once",
        "road from W-S1 to P9 from 2: route unknown",
    )


@pytest.mark.parametrize(
    ("rule", "leave", "arrive"),
    [("travel_time", 0, 9), ("travel_time", 4, 14), ("road_open", 13, 15), ("road_open", 15, 17)],
)
def test_the_checker_finds_a_trip_that_the_road_of_its_hour_does_not_allow(rule: str, leave: int, arrive: int) -> None:
    changes = (change(4, 2), change(14, 2, closed=True), change(20, 2))
    world = make_world(routes=(Route("W-S1", "P1", 10, 10),), road_changes=changes)
    plan = allocate(world)
    rows = tuple(replace(row, leave_hour=leave, arrive_hour=arrive) for row in plan.shipments)

    assert rule in {found.rule for found in check(world, replace(plan, shipments=rows))}


def changing(seed: int) -> Instance:
    """A tiny world whose roads slow down, speed up, close and open."""
    draw, world = random.Random(seed), tiny(seed)
    changes = [
        RoadChange(route.site_code, route.place_code, hour, draw.randint(1, 9), draw.randint(1, 9), draw.random() < 0.4)
        for route in world.routes
        for hour in sorted(draw.sample(range(1, 40), draw.randint(0, 2)))
    ]
    return replace(world, road_changes=tuple(changes))


@pytest.mark.parametrize("block", range(2))
def test_no_whole_number_plan_on_changing_roads_beats_ours(block: int) -> None:
    compared = 0
    for seed in range(7000 + 30 * block, 7030 + 30 * block):
        world = changing(seed)
        if size(world) <= COMBINATIONS_MAX:
            compared += 1
            assert score_of(world, allocate(world)) == best_score(world), seed
    assert compared > 20


def test_a_closed_road_never_helps() -> None:
    for seed in range(40):
        world = changing(8000 + seed)
        closed = tuple(replace(row, closed=True) for row in world.road_changes)
        shut = replace(world, road_changes=closed)
        free, kept = (list(unmet_by_class(one, allocate(one, TOTAL)).values()) for one in (world, shut))
        assert free <= kept, seed


def test_behind_docks_every_rung_keeps_to_the_hours_of_the_road() -> None:
    for seed in range(30):
        world = replace(
            changing(9000 + seed),
            items=(Item("MASK", volume_cm3=1),),
            docks=(Dock("W-S1", 1), Dock("W-S2", 1)),
            boundaries=(0, 3, 6, 12, 24, 96),
        )
        plans = [
            guided_plan(build_network(world, timed=False), TOTAL, Budget(), (), rung)
            for rung in Rung
            if rung is not Rung.NEAREST_FIRST
        ]
        for plan in (*plans, nearest_first(world), allocate(world)):
            assert check(world, plan) == [], seed
