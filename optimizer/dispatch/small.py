"""Small shipments: a lorry for three blankets is rerouted where that costs nobody a unit, and named where it would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.compare import unmet_by_class
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.smallest import Cell, Smallest, small_cells
from optimizer.limits import Budget

ROUNDS = 4
FEW = 12  # small shipments that are tried one by one when all at once does not do


@dataclass(frozen=True)
class Tidied:
    """A plan and the small shipments that stay in it, as (source, item, place): without them goods would be missed.

    bans  the lanes it closed, as pins: whoever plans on must close them too
    """

    plan: Plan
    small: tuple[Cell, ...]
    bans: tuple[Pin, ...] = ()


def without_small(
    instance: Instance,
    smallest: Sequence[Smallest],
    policy: Policy | None = None,
    budget: Budget | None = None,
    pins: Sequence[Pin] = (),
) -> Tidied:
    """Close small lanes and plan again, all of them, else one by one if few; kept only if no class misses more."""
    plan = allocate(instance, policy, budget, pins)
    bans: tuple[Pin, ...] = ()
    pinned = {pin.source_code for pin in pins if pin.quantity}
    stuck: set[Cell] = set()
    for _ in range(ROUNDS):
        cells = [cell for cell in small_cells(plan, smallest) if cell not in stuck and cell[0] not in pinned]
        if not cells:
            break
        for chosen in (cells, *([cell] for cell in cells if len(cells) <= FEW)):
            closed = _bans(instance, plan, chosen)
            tried = allocate(instance, policy, budget, (*pins, *bans, *closed))
            if _no_more_unmet(instance, tried, plan):
                plan, bans = tried, (*bans, *closed)
                break
            stuck |= set(chosen) if len(chosen) == 1 else set()
    return Tidied(plan, tuple(small_cells(plan, smallest)), bans)


def _bans(instance: Instance, plan: Plan, cells: Sequence[Cell]) -> tuple[Pin, ...]:
    """Close the source to every need of the item at the place, and to those for which it stands in there."""
    stands_in = {(row.source_code, row.item_code, row.place_code, row.need_code) for row in plan.shipments}
    return tuple(
        Pin(source, need.code, 0)
        for source, item, place in cells
        for need in instance.needs
        if (need.item_code, need.place_code) == (item, place) or (source, item, place, need.code) in stands_in
    )


def _no_more_unmet(instance: Instance, tried: Plan, plan: Plan) -> bool:
    after, before = unmet_by_class(instance, tried), unmet_by_class(instance, plan)
    return all(after[one] <= before[one] for one in before)
