"""What one more of something is worth, found by projecting again: exact, with the range over which it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.surge.instance import Material, SurgeInstance
from optimizer.surge.plan import Projection
from optimizer.surge.project import project

FARTHEST = 1 << 40
"""No range is followed beyond so many scaled units."""


@dataclass(frozen=True)
class Worth:
    """What more of a material on day 0 brings to one item within the horizon.

    pieces       fewer pieces unmet for ``quantity`` scaled units of the material (the smallest amount that helps)
    helps_up_to  scaled units beyond which more of it brings nothing;  pieces_in_all: what they bring together
    next_limit   what binds then: RUN, CAP, or another material
    """

    material_code: str
    item_code: str
    quantity: int
    pieces: int
    helps_up_to: int
    pieces_in_all: int
    next_limit: str


def worth_of(instance: SurgeInstance, material_code: str, item_code: str) -> Worth | None:
    """The value of the next units of a material for an item; None when more of it brings nothing."""
    base = _unmet(instance, item_code)
    most = base - _unmet(_with_more(instance, material_code, FARTHEST), item_code)
    if most <= 0:
        return None
    first = _least(instance, material_code, item_code, base - 1)
    last = _least(instance, material_code, item_code, base - most)
    after = project(_with_more(instance, material_code, last))
    limits = [limit for limit in after.limits_of(item_code) if limit]
    gained = base - _unmet(_with_more(instance, material_code, first), item_code)
    return Worth(material_code, item_code, first, gained, last, most, limits[-1] if limits else "")


def binding_materials(projection: Projection, item_code: str) -> tuple[str, ...]:
    """Materials that bound the item's lines on some day, the most frequent first."""
    counts: dict[str, int] = {}
    codes = {path.material_code for path in projection.materials}
    for row in projection.line_days:
        if row.product_code == item_code and row.limit in codes:
            counts[row.limit] = counts.get(row.limit, 0) + 1
    return tuple(sorted(counts, key=lambda code: (-counts[code], code)))


def _least(instance: SurgeInstance, material_code: str, item_code: str, wanted: int) -> int:
    """The least extra amount with which no more than ``wanted`` pieces are unmet; more never makes it worse."""
    low, high = 0, 1
    while _unmet(_with_more(instance, material_code, high), item_code) > wanted:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _unmet(_with_more(instance, material_code, middle), item_code) > wanted:
            low = middle
        else:
            high = middle
    return high


def _unmet(instance: SurgeInstance, item_code: str) -> int:
    return sum(project(instance).item(item_code).unmet)


def _with_more(instance: SurgeInstance, material_code: str, quantity: int) -> SurgeInstance:
    materials: list[Material] = [
        replace(material, opening=material.opening + quantity) if material.code == material_code else material
        for material in instance.materials
    ]
    return replace(instance, materials=tuple(materials))
