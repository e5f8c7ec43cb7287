"""The allocator against every whole-number plan there is, fairness, cascade and kilometres included."""

from dataclasses import replace
from typing import Any

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.instance import Dock, Instance, Item
from optimizer.dispatch.plan import Plan
from tests.optimizer.brute import Way, best_score, score, size
from tests.optimizer.worlds import tiny

COMBINATIONS_MAX = 6_000


def score_of(world: Instance, plan: Plan) -> tuple[object, ...]:
    """The oracle's own score of a plan of ours."""
    lots = {(lot.source_code, lot.code): n for n, lot in enumerate(world.lots)}
    needs = {need.code: n for n, need in enumerate(world.needs)}
    return score(
        world,
        [
            (
                Way(lots[s.source_code, s.lot_code], needs[s.need_code], s.step, s.source_kind, s.arrive_hour, s.km, 1),
                s.quantity,
            )
            for s in plan.shipments
        ],
    )


def docked(seed: int) -> Instance:
    """Two items of different volume behind one dock that opens for the first period only."""
    one, other = tiny(seed), tiny(seed + 10_000)
    rename = {"MASK": "SUIT"}
    needs = tuple(_renamed(need, rename, "B") for need in other.needs[:2])
    lots = tuple(_renamed(lot, rename, "B") for lot in other.lots[:1])
    return Instance(
        t0=one.t0,
        boundaries=(0, 24),
        items=(Item("MASK", volume_cm3=2), Item("SUIT", volume_cm3=3)),
        sources=one.sources,
        lots=(
            *(lot for lot in one.lots if lot.available_from_hour == 0),
            *(lot for lot in lots if lot.available_from_hour == 0),
        ),
        floors=one.floors,
        incidents=one.incidents,
        steps=one.steps,
        needs=(*one.needs[:2], *needs),
        routes=one.routes,
        docks=(Dock("W-S1", seed % 5), Dock("W-S2", 1)),
    )


def _renamed(row: Any, names: dict[str, str], suffix: str) -> Any:
    return replace(row, code=f"{row.code}{suffix}", item_code=names["MASK"])


@pytest.mark.parametrize("block", range(4))
@pytest.mark.parametrize("packs", [{}, {"packs": True}, {"packs": True, "two_packs": True}])
def test_no_whole_number_plan_beats_ours(packs: dict[str, bool], block: int) -> None:
    compared = 0
    for seed in range(1000 + 40 * block, 1040 + 40 * block):
        world = tiny(seed, **packs)
        if size(world) <= COMBINATIONS_MAX:
            compared += 1
            assert score_of(world, allocate(world)) == best_score(world), seed
    assert compared > 30


def test_no_whole_number_plan_beats_ours_behind_docks() -> None:
    compared = 0
    for seed in range(60):
        world = docked(seed)
        if 1 < size(world) <= COMBINATIONS_MAX:
            compared += 1
            assert score_of(world, allocate(world)) == best_score(world), seed
    assert compared > 30


def test_an_empty_lot_of_another_pack_size_spoils_nothing() -> None:
    world = tiny(5302, packs=True, two_packs=True)
    wanted = dict(zip(("N0", "N3", "N1", "N2"), (8, 3, 4, 16), strict=True))
    needs = tuple(replace(need, quantity=wanted[need.code], priority_class=1) for need in world.needs)
    world = replace(world, needs=needs, lots=(replace(world.lots[0], quantity=12), replace(world.lots[1], quantity=0)))

    assert score_of(world, allocate(world)) == best_score(world)
