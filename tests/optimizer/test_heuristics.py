"""The yardsticks keep the law, and are never better than the plan."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.heuristics import nearest_first, per_item_flow, pro_rata
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.score import order_of
from tests.optimizer.worlds import make_need, make_world, province, tiny

HEURISTICS = (nearest_first, pro_rata, per_item_flow)
Heuristic = Callable[[Instance], Plan]


@pytest.mark.parametrize("heuristic", HEURISTICS)
@given(world=st.builds(tiny, st.integers(0, 10**6), packs=st.booleans()))
@settings(max_examples=50, deadline=None)
def test_a_heuristic_is_lawful_and_never_better(heuristic: Heuristic, world: Instance) -> None:
    by_hand = heuristic(world)

    assert not check(world, by_hand)
    for policy in (Policy(), Policy(Fairness.TOTAL)):
        plan = allocate(world, policy)
        ours = order_of(world, policy, plan.shipments, plan.broken_pins)
        assert ours <= order_of(world, policy, by_hand.shipments, by_hand.broken_pins)


@pytest.mark.parametrize("heuristic", HEURISTICS)
def test_a_heuristic_serves_what_is_plenty(heuristic: Heuristic) -> None:
    assert heuristic(make_world()).needs[0].on_time == 60


def test_nearest_first_starves_the_last_and_pro_rata_cuts_all() -> None:
    needs = (make_need("N1", quantity=80), make_need("N2", quantity=120, due=30))
    world = make_world(needs=needs)

    assert [row.on_time for row in nearest_first(world).needs] == [80, 20]
    assert [row.on_time for row in pro_rata(world).needs] == [40, 60]


def test_the_plan_leaves_no_more_unmet_than_the_flow_of_a_good_analyst() -> None:
    world = province(2, sources=40, places=8, items=2, days=5)
    plan, flow = allocate(world), per_item_flow(world)

    assert not check(world, flow)
    ours, theirs = ([s.value for s in p.stage_values if s.name == "unmet"] for p in (plan, flow))
    assert ours <= theirs
