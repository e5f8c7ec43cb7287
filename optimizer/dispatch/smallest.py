"""Which shipments of a plan are smaller than somebody wants them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.dispatch.plan import Plan

Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Smallest:
    """Goods of one item from one source to one place: nothing, or at least so many base units of it."""

    item_code: str
    quantity: int


def small_cells(plan: Plan, smallest: Iterable[Smallest]) -> list[Cell]:
    """What is sent from one source to one place below the smallest quantity of its item, over all hours."""
    return [row[:3] for row in small_quantities(plan, smallest)]


def small_quantities(plan: Plan, smallest: Iterable[Smallest]) -> list[tuple[str, str, str, int]]:
    """The same with what is sent, base units."""
    least = {row.item_code: row.quantity for row in smallest}
    sent: dict[Cell, int] = defaultdict(int)
    for row in plan.shipments:
        sent[row.source_code, row.item_code, row.place_code] += row.quantity
    return sorted((*cell, quantity) for cell, quantity in sent.items() if quantity < least.get(cell[1], 0))
