"""Small shipments: a lorry for three blankets is rerouted where that costs nobody a unit, and named where it would."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.compare import unmet_by_class
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Policy
from optimizer.limits import Budget

ROUNDS = 4

Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Smallest:
    """Goods of one item from one source to one place: nothing, or at least so many base units of it."""

    item_code: str
    quantity: int


@dataclass(frozen=True)
class Tidied:
    """A plan and the small shipments that stay in it, as (source, item, place): without them goods would be missed."""

    plan: Plan
    small: tuple[Cell, ...]


def without_small(
    instance: Instance,
    smallest: Sequence[Smallest],
    policy: Policy | None = None,
    budget: Budget | None = None,
    pins: Sequence[Pin] = (),
) -> Tidied:
    """Close small lanes and plan again, first all of them, then one by one; kept only if no class misses more."""
    plan = allocate(instance, policy, budget, pins)
    bans: tuple[Pin, ...] = ()
    pinned = {pin.source_code for pin in pins if pin.quantity}
    stuck: set[Cell] = set()
    for _ in range(ROUNDS):
        cells = [cell for cell in small_cells(plan, smallest) if cell not in stuck and cell[0] not in pinned]
        if not cells:
            break
        for chosen in (cells, *([cell] for cell in cells)):
            closed = _bans(instance, chosen)
            tried = allocate(instance, policy, budget, (*pins, *bans, *closed))
            if _no_more_unmet(instance, tried, plan):
                plan, bans = tried, (*bans, *closed)
                break
            stuck |= set(chosen) if len(chosen) == 1 else set()
    return Tidied(plan, tuple(small_cells(plan, smallest)))


def small_cells(plan: Plan, smallest: Iterable[Smallest]) -> list[Cell]:
    """What is sent from one source to one place below the smallest quantity of its item, over all hours."""
    least = {row.item_code: row.quantity for row in smallest}
    sent: dict[Cell, int] = defaultdict(int)
    for row in plan.shipments:
        sent[row.source_code, row.item_code, row.place_code] += row.quantity
    return sorted(cell for cell, quantity in sent.items() if quantity < least.get(cell[1], 0))


def _bans(instance: Instance, cells: Sequence[Cell]) -> tuple[Pin, ...]:
    return tuple(
        Pin(source, need.code, 0)
        for source, item, place in cells
        for need in instance.needs
        if (need.item_code, need.place_code) == (item, place)
    )


def _no_more_unmet(instance: Instance, tried: Plan, plan: Plan) -> bool:
    after, before = unmet_by_class(instance, tried), unmet_by_class(instance, plan)
    return all(after[one] <= before[one] for one in before)
