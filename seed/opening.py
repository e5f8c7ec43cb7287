"""Opening stock: an illustrative rule, not a count. Values in, values out.

Quantity = target from mandates and norms × fill of the tier and category (opening_fill.csv); a stated share of it is
kept by producers on behalf of the owner; the rest is split over the owner's stores by floor area, capped by floor area
× 1.2 m³/m² × the category's share of the volume, and comes in whole packs, in lots with stated shares of their shelf
life left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reserve.quantities import split_by_share
from reserve.stock.terms import Fund

CM3_PER_M2 = 1_200_000
"""1.2 m³ of goods on a square metre of floor."""


@dataclass(frozen=True, slots=True)
class Fill:
    """How full a tier is in a category, or in one item of it, when a story begins.

    share      of the target
    lots       pairs of share of the quantity and share of the shelf life that is left, oldest first
    on_behalf  share that producers keep for the owner
    """

    share: Fraction
    lots: tuple[tuple[Fraction, Fraction], ...]
    on_behalf: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Goods:
    """What the rule must know of an item. ``volume_cm3`` is of one packed unit."""

    category: str
    volume_cm3: int
    pack_size: int


@dataclass(frozen=True, slots=True)
class Store:
    """A store and its floor area in m²; None: no floor area on file, so no cap."""

    site_code: str
    floor_area_m2: int | None = None


@dataclass(frozen=True, slots=True)
class Stockholder:
    """Who owns and on whose money, where the goods stand, and the targets by item in base units."""

    owner_code: str
    fund: Fund
    stores: tuple[Store, ...]
    targets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """So much of one lot of one owner at one site. ``lot_no`` counts from 0, oldest first."""

    site_code: str
    owner_code: str
    fund: Fund
    item_code: str
    lot_no: int
    life_left: Fraction
    quantity: int


def opening_lines(
    holder: Stockholder,
    fills: Mapping[str, Fill],
    goods: Mapping[str, Goods],
    keepers: Mapping[str, str],
) -> tuple[OpeningLine, ...]:
    """What stands where when the books begin, sorted by site, item and lot.

    fills    by item; an item without one is not held
    keepers  the producer that keeps an item on behalf of this owner; where none makes it, all stays in the stores

    Example: a target of 1,000 at fill 0.6 in packs of 50 is 12 packs; lots of 0.25 and 0.75 get 3 and 9 of them.
    """
    wanted = {code: target * fills[code].share for code, target in holder.targets.items() if code in fills}
    away = {code: amount * fills[code].on_behalf for code, amount in wanted.items() if code in keepers}
    placed = [(keepers[code], code, amount) for code, amount in away.items()]
    kept = {code: amount - away.get(code, 0) for code, amount in wanted.items()}
    for store, share in zip(holder.stores, _area_shares(holder.stores), strict=True):
        here = _capped({code: amount * share for code, amount in kept.items()}, store, goods)
        placed.extend((store.site_code, code, amount) for code, amount in here.items())
    lines = [line for place in placed for line in _lots(holder, *place, fills=fills, goods=goods)]
    return tuple(sorted(lines, key=lambda line: (line.site_code, line.item_code, line.lot_no)))


def _area_shares(stores: Sequence[Store]) -> list[Fraction]:
    """Shares by floor area; equal where no area is on file."""
    areas = [store.floor_area_m2 or 0 for store in stores]
    whole = sum(areas)
    return [Fraction(area, whole) if whole else Fraction(1, len(stores)) for area in areas]


def _capped(wanted: Mapping[str, Fraction], store: Store, goods: Mapping[str, Goods]) -> Mapping[str, Fraction]:
    """Each category shrinks to its share of the store's volume, all its items alike."""
    if store.floor_area_m2 is None:
        return wanted
    volumes: dict[str, Fraction] = defaultdict(Fraction)
    for code, amount in wanted.items():
        volumes[goods[code].category] += amount * goods[code].volume_cm3
    whole = sum(volumes.values())
    if whole == 0:
        return wanted
    room = store.floor_area_m2 * CM3_PER_M2
    caps = {category: room * volume / whole for category, volume in volumes.items()}
    shrink = {category: min(Fraction(1), caps[category] / volume) for category, volume in volumes.items() if volume}
    return {code: amount * shrink.get(goods[code].category, Fraction(1)) for code, amount in wanted.items()}


def _lots(
    holder: Stockholder,
    site_code: str,
    item_code: str,
    amount: Fraction,
    *,
    fills: Mapping[str, Fill],
    goods: Mapping[str, Goods],
) -> Iterable[OpeningLine]:
    """Whole packs, rounded down, split over the lots by largest remainder."""
    pack_size, lots = goods[item_code].pack_size, fills[item_code].lots
    packs = split_by_share(int(amount / pack_size), [share for share, _ in lots])
    for lot_no, (count, (_, life_left)) in enumerate(zip(packs, lots, strict=True)):
        if count:
            yield OpeningLine(
                site_code, holder.owner_code, holder.fund, item_code, lot_no, life_left, count * pack_size
            )
