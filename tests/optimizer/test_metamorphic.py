"""What a change of the world may do to the plan, and what it may not."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.instance import Instance, Route
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Between, Fairness, Policy
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world, tiny

SEEDS = st.integers(0, 10**6)
TOTAL = Policy(Fairness.TOTAL)
TIMES = 3


def unmet_by_class(world: Instance, plan: Plan) -> list[int]:
    classes = {need.code: need.priority_class for need in world.needs}
    return [sum(r.unmet for r in plan.needs if classes[r.need_code] == c) for c in (1, 2, 3)]


def without_floors(world: Instance) -> Instance:
    return replace(world, floors=())


def with_every_road(world: Instance) -> Instance:
    there = {(route.site_code, route.place_code) for route in world.routes}
    sites = {source.site_code for source in world.sources}
    new = {(site, need.place_code) for site in sites for need in world.needs} - there
    return replace(world, routes=(*world.routes, *(Route(site, place, 3, 5) for site, place in sorted(new))))


def with_goods_that_never_die(world: Instance) -> Instance:
    return replace(world, lots=tuple(replace(lot, last_usable_hour=None) for lot in world.lots))


def with_open_roads(world: Instance) -> Instance:
    return replace(world, routes=tuple(replace(route, closures=()) for route in world.routes))


def with_less_need(world: Instance) -> Instance:
    first, *others = world.needs
    return replace(world, needs=(replace(first, quantity=max(0, first.quantity - 1)), *others))


EASIER = (without_floors, with_every_road, with_goods_that_never_die, with_open_roads, with_less_need)


@pytest.mark.parametrize("easier", EASIER)
@given(world=st.builds(tiny, SEEDS))
@settings(max_examples=25, deadline=None)
def test_an_easier_world_never_leaves_more_unmet(easier: Callable[[Instance], Instance], world: Instance) -> None:
    after = easier(world)

    assert unmet_by_class(after, allocate(after)) <= unmet_by_class(world, allocate(world))


@given(st.builds(tiny, SEEDS))
@settings(max_examples=25, deadline=None)
def test_three_times_everything_leaves_three_times_as_much_unmet(world: Instance) -> None:
    large = replace(
        world,
        lots=tuple(replace(lot, quantity=TIMES * lot.quantity) for lot in world.lots),
        needs=tuple(replace(n, quantity=TIMES * n.quantity, received=TIMES * n.received) for n in world.needs),
        floors=tuple(
            replace(
                row,
                readiness=TIMES * row.readiness,
                operating=TIMES * row.operating,
                strategic=TIMES * row.strategic,
                opened=TIMES * row.opened,
            )
            for row in world.floors
        ),
    )
    unmet = unmet_by_class(world, allocate(world, TOTAL))

    assert unmet_by_class(large, allocate(large, TOTAL)) == [TIMES * quantity for quantity in unmet]


@given(st.builds(tiny, SEEDS, packs=st.booleans()))
@settings(max_examples=25, deadline=None)
def test_a_source_that_reaches_nobody_changes_nothing(world: Instance) -> None:
    lot = make_lot("L9", "S9", 50, pack_size=world.lots[0].pack_size)
    lonely = replace(world, sources=(*world.sources, make_source("S9")), lots=(*world.lots, lot))

    assert allocate(lonely).shipments == allocate(world).shipments


@given(st.builds(tiny, SEEDS), SEEDS)
@settings(max_examples=25, deadline=None)
def test_weights_count_only_beside_each_other(world: Instance, seed: int) -> None:
    draw = random.Random(seed)
    light = replace(world, needs=tuple(replace(need, weight=draw.choice((50, 100, 150))) for need in world.needs))
    heavy = replace(light, needs=tuple(replace(need, weight=2 * need.weight) for need in light.needs))
    by_need = Policy(Fairness.NEED_WEIGHTED)
    nine, eighteen = (Policy(Fairness.TOTAL, 1.0, Between.WEIGHTED, row) for row in ((9, 3, 1), (18, 6, 2)))

    assert allocate(heavy, by_need).shipments == allocate(light, by_need).shipments
    assert allocate(world, eighteen).shipments == allocate(world, nine).shipments


@pytest.mark.parametrize("stock", [0, 7, 30, 41, 100])
def test_two_equal_counties_miss_together_what_one_of_both_would(stock: int) -> None:
    lots, routes = (make_lot(quantity=stock),), tuple(Route("W-S1", place, 2, 10) for place in ("P1", "P2"))
    apart = make_world(lots=lots, routes=routes, needs=(make_need("N1", "P1", 20), make_need("N2", "P2", 20)))
    merged = make_world(lots=lots, routes=routes, needs=(make_need("N1", "P1", 40),))

    assert sum(unmet_by_class(apart, allocate(apart))) == sum(unmet_by_class(merged, allocate(merged)))
