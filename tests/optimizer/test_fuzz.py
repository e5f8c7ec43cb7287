"""Any valid instance gives a checked plan and never an exception; ``FUZZ_INSTANCES=10000`` asks for more of them."""

import os
import random
from dataclasses import replace

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.explain import explain
from optimizer.dispatch.instance import Dock, Instance, Item, Pin, Rounding
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.dispatch.roads import RoadChange
from optimizer.dispatch.stays import Stay
from optimizer.dispatch.substitutes import Substitution, Use
from optimizer.limits import Budget, Rung
from tests.optimizer.worlds import make_lot, make_need, tiny

USUAL = 2_000
BLOCKS = 8


def odd(seed: int) -> tuple[Instance, Policy, tuple[Pin, ...]]:
    """A tiny world made odd: no sources, no needs, all expired, one period, docks, pins beyond stock, any policy."""
    draw = random.Random(seed)
    world = tiny(seed, packs=draw.random() < 0.5, two_packs=draw.random() < 0.3)
    oddity = draw.randrange(8)
    if oddity == 0:
        world = replace(world, lots=())
    elif oddity == 1:
        world = replace(world, needs=())
    elif oddity == 2:
        world = replace(world, lots=tuple(replace(lot, last_usable_hour=0) for lot in world.lots))
    elif oddity == 3:
        world = replace(world, boundaries=(0, 1))
    elif oddity == 4:
        world = replace(world, routes=())
    elif oddity == 5:
        world = replace(world, needs=tuple(replace(need, received=need.quantity + 3) for need in world.needs))
    elif oddity == 6:
        items = tuple(replace(item, volume_cm3=3) for item in world.items)
        world = replace(world, items=items, docks=(Dock("W-S1", draw.randrange(3)),))
    pins = tuple(Pin("S1", need.code, draw.randrange(0, 50)) for need in world.needs if draw.random() < 0.2)
    policy = Policy(draw.choice(list(Fairness)), draw.choice((0.0, 0.5, 1.0)), draw.choice(list(Between)))
    return world, policy, pins


def mixed(seed: int) -> tuple[Instance, Policy, tuple[Pin, ...]]:
    """The same with a substitute at any ratio, roads that change and close, and equipment that comes back."""
    world, policy, pins = odd(seed)
    draw = random.Random(seed + 1)
    items = (*world.items, Item("GAUZE", volume_cm3=draw.randint(0, 2)), Item("VENT", volume_cm3=draw.randint(0, 2)))
    pairs = (
        Substitution("MASK", "GAUZE", draw.randint(1, 7), draw.randint(1, 7), 1, (), draw.choice(((), ("ICU",)))),
        Substitution("GAUZE", "MASK", 1, draw.randint(1, 3), 2, draw.choice(((), ("ward",)))),
    )
    sources = [source.code for source in world.sources]
    lots = [
        make_lot(f"X{n}", draw.choice(sources), draw.randint(0, 9), item_code=item, pack_size=draw.choice((1, 1, 4)))
        for n, item in enumerate(("GAUZE", "GAUZE", "VENT", "VENT"))
    ]
    rounding = draw.choice(list(Rounding))
    gauze = make_need("G", "P1", draw.randint(0, 9), draw.choice((6, 24)), item_code="GAUZE", rounding=rounding)
    in_use = [make_need(f"V{n}", f"P{n % 2 + 1}", draw.randint(0, 4), 8 * n, item_code="VENT") for n in range(3)]
    changes = [
        RoadChange(route.site_code, route.place_code, draw.randint(1, 50), draw.randint(0, 30), 1, draw.random() < 0.5)
        for route in world.routes
        if draw.random() < 0.5
    ]
    world = replace(
        world,
        items=items,
        lots=(*world.lots, *lots),
        needs=(*world.needs, gauze, *in_use),
        substitutions=pairs[: draw.randint(0, 2)],
        uses=tuple(Use(n.code, (draw.choice(("ICU", "ward")),)) for n in world.needs if draw.random() < 0.7),
        stays=tuple(Stay(need.code, need.due_hour + draw.randint(1, 20)) for need in in_use),
        road_changes=tuple(changes),
    )
    return world, policy, pins


def test_so_has_every_one_with_substitutes_changing_roads_and_equipment() -> None:
    for seed in range(int(os.environ.get("FUZZ_INSTANCES", USUAL)) // BLOCKS):
        world, policy, pins = mixed(seed)

        plan = allocate(world, policy, Budget(Rung.EXACT_STAGES, search_work=2.0), pins)

        assert not check(world, plan), seed
        assert len(explain(world, plan, pins)) == len(plan.unmet), seed


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_valid_instance_has_a_checked_plan(block: int) -> None:
    many = int(os.environ.get("FUZZ_INSTANCES", USUAL)) // BLOCKS
    for seed in range(block * many, (block + 1) * many):
        world, policy, pins = odd(seed)

        plan = allocate(world, policy, Budget(Rung.EXACT_STAGES, search_work=2.0), pins)

        assert not check(world, plan), seed
        assert len(explain(world, plan, pins)) == len(plan.unmet), seed
