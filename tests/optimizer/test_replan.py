"""What a plan may and may not change when the world has moved on."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.instance import HolderKind, Instance, Route
from optimizer.dispatch.plan import Change, Plan, PlanDiff
from optimizer.dispatch.replan import Commitment, Hold, State, replan
from tests.optimizer.worlds import T0, make_lot, make_need, make_source, make_world, tiny

LATER = "2021-01-05T06:00:00+00:00"


def two_sources() -> Instance:
    return make_world(
        sources=(make_source("S1"), make_source("S2", HolderKind.PROVINCE, "13", "13")),
        lots=(make_lot(quantity=40), make_lot("L2", "S2", 40)),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S2", "P1", 3, 50)),
    )


def promised(plan: Plan, hold: Hold = Hold.SIGNED) -> State:
    return State(tuple(Commitment(row, hold) for row in plan.shipments))


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_run_twice_with_no_news_it_changes_nothing(seed: int, packs: bool) -> None:
    world = tiny(seed, packs=packs)
    plan = allocate(world)

    again, diff = replan(world, State(), plan, T0)
    last, none = replan(world, State(), again, T0)

    assert (diff, none) == (PlanDiff(()), PlanDiff(()))
    assert (again.shipments, again.needs) == (plan.shipments, plan.needs)
    assert last.hash == again.hash


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_promised_quantities_stand_whole_when_nothing_happened(seed: int, packs: bool) -> None:
    world = tiny(seed, packs=packs)
    plan = allocate(world)

    again, diff = replan(world, promised(plan), plan, T0)

    assert diff.cuts == ()
    assert sum(row.quantity for row in again.shipments) >= sum(row.quantity for row in plan.shipments)
    assert not check(world, again)


def test_better_stock_next_door_does_not_cut_what_is_signed() -> None:
    world = two_sources()
    plan = allocate(world)
    assert {row.source_code: row.quantity for row in plan.shipments} == {"S1": 40, "S2": 20}
    richer = replace(world, lots=(make_lot(quantity=100), world.lots[1]))

    after, diff = replan(richer, promised(plan), plan, T0)
    free, moved = replan(richer, State(), plan, T0)

    assert ({row.source_code: row.quantity for row in after.shipments}, diff) == ({"S1": 40, "S2": 20}, PlanDiff(()))
    assert {row.source_code: row.quantity for row in free.shipments} == {"S1": 60}
    assert [(change.kind, change.source_code, change.before, change.after) for change in moved.changes] == [
        ("raise", "S1", 40, 60),
        ("drop", "S2", 20, 0),
    ]


def test_goods_that_are_gone_are_cut_and_replaced_from_elsewhere() -> None:
    world = two_sources()
    plan = allocate(world)
    poorer = replace(world, lots=(make_lot(quantity=30), world.lots[1]))

    after, diff = replan(poorer, promised(plan), plan, T0)

    assert diff.cuts == (Change("cut", "goods_gone", "S1", "MASK", "L1", "N1", 2, 40, 30, 0),)
    assert sum(row.quantity for row in after.shipments if row.source_code == "S2") == 30
    assert not after.unmet


def test_a_fallen_need_cuts_the_signed_before_the_picked() -> None:
    world = two_sources()
    plan = allocate(world)
    holds = {"S1": Hold.SIGNED, "S2": Hold.PICKED}
    state = State(tuple(Commitment(row, holds[row.source_code]) for row in plan.shipments))
    smaller = replace(world, needs=(make_need(quantity=50),))

    after, diff = replan(smaller, state, plan, T0)

    assert [(change.source_code, change.before, change.after) for change in diff.cuts] == [("S1", 40, 30)]
    assert {row.source_code: row.quantity for row in after.shipments} == {"S1": 30, "S2": 20}


def test_hours_move_with_the_clock_and_a_shipment_not_yet_gone_leaves_now() -> None:
    world = two_sources()
    plan = allocate(world)
    later = replace(world, t0=LATER, needs=(make_need(due=18),))

    after, diff = replan(later, promised(plan), plan, T0)

    assert diff == PlanDiff(())
    assert {(row.source_code, row.leave_hour, row.arrive_hour) for row in after.shipments} == {
        ("S1", 0, 2),
        ("S2", 0, 3),
    }


def test_goods_on_the_road_are_fixed_and_count() -> None:
    world = make_world(
        lots=(make_lot(quantity=20),),
        needs=(make_need("N1", quantity=20, on_road=10), make_need("N2", "P2", 20)),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S1", "P2", 2, 10)),
    )
    plan = allocate(world)

    after, _ = replan(world, State(), plan, T0)

    assert {row.need_code: row.quantity for row in after.shipments} == {"N1": 5, "N2": 15}
