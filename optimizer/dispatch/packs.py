"""Whole packs: which quantities a need can be counted in, and how lots are cut by floors.

A closed need (rounding down or up) is counted in whole packs. Its *effective* quantity is what whole packs of the
smallest pack of the item make of what is open; ratios and unmet are taken over it, and the rest is reported apart:
``short_of_pack`` below the need, ``excess`` above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.dispatch.instance import Basis, Floor, Instance, Lot, Need, Rounding

OTHERS, OWN, RELEASE = 0, 1, 2  # layers of a lot: free to anybody, to the owner's own incident, under a signed release


@dataclass(frozen=True)
class LotLayers:
    """What one lot can give, cumulatively: to others, to others and the owner's own incident, and under a release too.

    ``ceilings[OTHERS] <= ceilings[OWN] <= ceilings[RELEASE]``, base units.
    """

    lot: Lot
    ceilings: tuple[int, int, int]


def smallest_packs(instance: Instance) -> dict[str, int]:
    """The smallest pack of every item among its lots; 1 for an item without lots."""
    packs: dict[str, int] = {}
    for lot in instance.lots:
        packs[lot.item_code] = min(packs.get(lot.item_code, lot.pack_size), lot.pack_size)
    return packs


def effective_quantity(need: Need, pack: int) -> int:
    """What whole packs make of the open quantity.

    Example: 12,000 open and packs of 2,500 count as 10,000 rounding down, as 12,500 rounding up.
    """
    wanted = need.open_quantity
    if need.rounding is Rounding.DOWN:
        return wanted // pack * pack
    return -(-wanted // pack) * pack if need.rounding is Rounding.UP else wanted


def layered_lots(instance: Instance) -> list[LotLayers]:
    """Every lot still alive, cut by the floors of its owner.

    A floor is kept on the owned lots that expire last: those on the shelf first, and of later arrivals only what the
    shelf cannot keep. Lots on other grounds than ownership have no floor, for the offer already left it out.
    """
    floors = {(floor.source_code, floor.item_code): floor for floor in instance.floors}
    owned: dict[tuple[str, str], list[Lot]] = {}
    layers: list[LotLayers] = []
    for lot in instance.lots:
        if lot.quantity == 0 or (lot.last_usable_hour is not None and lot.last_usable_hour < lot.available_from_hour):
            continue
        if lot.basis is Basis.OWNED:
            owned.setdefault((lot.source_code, lot.item_code), []).append(lot)
        else:
            layers.append(LotLayers(lot, (lot.quantity,) * 3))
    for key, lots in owned.items():
        layers += _cut(lots, floors.get(key, Floor(*key)))
    return sorted(layers, key=lambda row: (row.lot.source_code, row.lot.item_code, row.lot.code))


def _cut(lots: Sequence[Lot], floor: Floor) -> list[LotLayers]:
    """Take the three floors off the lots of one owner and item, from the one that expires last."""
    missing = [floor.kept_from_others, floor.kept_from_own, floor.kept_from_all]
    rows = []
    for lot in sorted(lots, key=_kept_first):
        kept = [min(lot.quantity, amount) for amount in missing]
        missing = [amount - part for amount, part in zip(missing, kept, strict=True)]
        rows.append(LotLayers(lot, (lot.quantity - kept[0], lot.quantity - kept[1], lot.quantity - kept[2])))
    return rows


def _kept_first(lot: Lot) -> tuple[int, float, str]:
    """The order in which lots keep a floor: the shelf before arrivals, then the longest life, then the code."""
    life = float("inf") if lot.last_usable_hour is None else lot.last_usable_hour
    return lot.available_from_hour, -life, lot.code


def expiry_order(lot: Lot) -> tuple[float, int, str]:
    """First expiring, first out; then first available; then by code."""
    life = float("inf") if lot.last_usable_hour is None else lot.last_usable_hour
    return life, lot.available_from_hour, lot.code
