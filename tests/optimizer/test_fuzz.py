"""Any valid instance gives a checked plan and never an exception; ``FUZZ_INSTANCES=10000`` asks for more of them."""

import os
import random
from dataclasses import replace

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.explain import explain
from optimizer.dispatch.instance import Dock, Instance, Pin
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.limits import Budget, Rung
from tests.optimizer.worlds import tiny

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


@pytest.mark.parametrize("block", range(BLOCKS))
def test_every_valid_instance_has_a_checked_plan(block: int) -> None:
    many = int(os.environ.get("FUZZ_INSTANCES", USUAL)) // BLOCKS
    for seed in range(block * many, (block + 1) * many):
        world, policy, pins = odd(seed)

        plan = allocate(world, policy, Budget(Rung.EXACT_STAGES, search_work=2.0), pins)

        assert not check(world, plan), seed
        assert len(explain(world, plan, pins)) == len(plan.unmet), seed
