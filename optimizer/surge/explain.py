"""What one more of a material is worth, found by projecting again: exact, with the range over which it holds.

Every number here is the difference of two projections, never a price worked out beside them. A worth that does not
hold when everything is projected once more is withheld.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from optimizer.surge.instance import Material, SurgeInstance
from optimizer.surge.plan import OWN_LIMITS, Projection
from optimizer.surge.project import missing_by_item, project


@dataclass(frozen=True)
class Span:
    """Days, both included, on which the same limit bound an item."""

    limit: str
    first_day: int
    last_day: int


@dataclass(frozen=True)
class Effect:
    """Pieces of another item that come because of more material; negative: that no longer come."""

    item_code: str
    pieces: int


@dataclass(frozen=True)
class Worth:
    """What more of a material on the morning of day 0 brings to one item within the horizon.

    quantity       the smallest amount that helps, scaled units;  pieces: how many fewer pieces are missing then
    helps_up_to    the amount beyond which more brings nothing;  pieces_in_all: what that amount brings
    needed_by_day  the last day on which that whole amount may come and still bring all of it
    next_limit     what binds most days when there is more than enough of it
    others         what that amount does to other items that share a material
    """

    material_code: str
    item_code: str
    quantity: int
    pieces: int
    helps_up_to: int
    pieces_in_all: int
    needed_by_day: int
    next_limit: str
    others: tuple[Effect, ...] = ()


def spans(limits: tuple[str, ...]) -> tuple[Span, ...]:
    """The binding limit by day, equal neighbours taken together."""
    found: list[Span] = []
    for day, limit in enumerate(limits):
        if found and found[-1].limit == limit:
            found[-1] = replace(found[-1], last_day=day)
        else:
            found.append(Span(limit, day, day))
    return tuple(found)


def binding_materials(projection: Projection, product_code: str) -> tuple[str, ...]:
    """Materials that bound a product on some day, the most frequent first; then those that bound these, and so on."""
    found = [product_code]
    for code in found:  # grows while it is walked: fabric binds suits, resin binds fabric
        counts = Counter(limit for limit in projection.limits_of(code) if limit not in OWN_LIMITS)
        found += sorted(counts.keys() - set(found), key=lambda limit: (-counts[limit], limit))
    return tuple(found[1:])


def worth_of(instance: SurgeInstance, material_code: str, item_code: str) -> Worth | None:
    """The value of the next units of a material for an item; None when more of it brings nothing."""
    part = connected(instance, item_code)
    if material_code not in {material.code for material in part.materials}:
        return None
    before = missing_by_item(part)
    base, enough = before[item_code], _enough(part, material_code)

    def missing(more: int, day: int = 0) -> int:
        return missing_by_item(_with_more(part, material_code, more, day))[item_code]

    most = base - missing(enough)
    if most <= 0:
        return None
    first = _least(lambda more: missing(more) < base, enough)
    last = _least(lambda more: missing(more) <= base - most, enough)
    after = missing_by_item(_with_more(part, material_code, last, 0))
    if after[item_code] != base - most or missing(2 * enough) != base - most:
        return None  # it went up and down on the way: no one range can be promised
    unlimited = project(_with_more(part, material_code, enough, 0)).limits_of(item_code)
    others = (Effect(code, before[code] - after[code]) for code in sorted(before) if code != item_code)
    return Worth(
        material_code=material_code,
        item_code=item_code,
        quantity=first,
        pieces=base - missing(first),
        helps_up_to=last,
        pieces_in_all=most,
        needed_by_day=_last_day(lambda day: missing(last, day) <= base - most, part.days),
        next_limit=Counter(sorted(unlimited)).most_common(1)[0][0],
        others=tuple(effect for effect in others if effect.pieces),
    )


def connected(instance: SurgeInstance, item_code: str) -> SurgeInstance:
    """The part of a scenario that can touch an item: what shares a material with it, over any number of steps."""
    codes, waiting = {item_code}, [item_code]
    neighbours: dict[str, set[str]] = {}
    for use in instance.uses:
        neighbours.setdefault(use.product_code, set()).add(use.material_code)
        neighbours.setdefault(use.material_code, set()).add(use.product_code)
    while waiting:
        fresh = neighbours.get(waiting.pop(), set()) - codes
        codes |= fresh
        waiting += fresh
    return replace(
        instance,
        lines=tuple(line for line in instance.lines if line.product_code in codes),
        materials=tuple(material for material in instance.materials if material.code in codes),
        uses=tuple(use for use in instance.uses if use.product_code in codes),
        demands=tuple(demand for demand in instance.demands if demand.item_code in codes),
    )


def _enough(instance: SurgeInstance, material_code: str) -> int:
    """More of a material than all lines together could use within the horizon, scaled units."""
    return 1 + sum(
        use.quantity * sum(line.allowed_on(day) for day in range(instance.days))
        for use in instance.uses
        if use.material_code == material_code
        for line in instance.lines
        if line.product_code == use.product_code
    )


def _least(holds: Callable[[int], bool], most: int) -> int:
    """The least amount for which something holds, found between the last power of two and the next."""
    low, high = 0, 1
    while high < most and not holds(high):
        low, high = high, high * 2
    high = min(high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _last_day(holds: Callable[[int], bool], days: int) -> int:
    """The last day for which something holds that holds for day 0."""
    low, high = 0, days
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _with_more(instance: SurgeInstance, material_code: str, quantity: int, day: int) -> SurgeInstance:
    def richer(material: Material) -> Material:
        return replace(material, arrivals=(*material.arrivals, (day, quantity)))

    materials = (richer(each) if each.code == material_code else each for each in instance.materials)
    return replace(instance, materials=tuple(materials))
