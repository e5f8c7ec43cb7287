"""A projection and what is said of it, in one call: for each item what is needed, comes, is short, binds and helps."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from optimizer.canonical import canonical_json
from optimizer.surge.explain import Effect, Span, Worth, binding_materials, spans, worth_of
from optimizer.surge.instance import SurgeInstance
from optimizer.surge.plan import Projection
from optimizer.surge.project import project

REACHABLE_DAYS = (1, 3, 7, 14, 30)
"""Days by whose evening the reachable quantity is told, day 0 being the first."""


@dataclass(frozen=True)
class ItemBrief:
    """One item over the horizon, base units.

    needed          flows and lumps together;  issued: by lines;  arrived: made before day 0
    stock           in the evening of the last day;  missing: needed and never there
    short_from_day  None: never short
    limits          what bound, by days;  worths: what more of each material that bound would bring
    reachable       (day, quantity) for the days of REACHABLE_DAYS within the horizon
    """

    item_code: str
    needed: int
    opening: int
    issued: int
    arrived: int
    stock: int
    missing: int
    short_from_day: int | None
    limits: tuple[Span, ...]
    worths: tuple[Worth, ...]
    reachable: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Brief:
    """What a door shows of a scenario."""

    projection: Projection
    items: tuple[ItemBrief, ...]

    def explanation(self) -> str:
        """Canonical JSON of the items."""
        return canonical_json([asdict(item) for item in self.items])

    @classmethod
    def from_json(cls, projection: str, explanation: str) -> Self:
        return cls(Projection.from_json(projection), tuple(_item(row) for row in json.loads(explanation)))


def brief(instance: SurgeInstance) -> Brief:
    """Project a scenario and say of each item what limits it."""
    projection = project(instance)
    items = (_item_brief(instance, projection, demand.item_code) for demand in instance.demands)
    return Brief(projection, tuple(items))


def _item_brief(instance: SurgeInstance, projection: Projection, item_code: str) -> ItemBrief:
    path = projection.item(item_code)
    materials = binding_materials(projection, item_code) if path.missing else ()
    worths = (worth_of(instance, material, item_code) for material in materials)
    return ItemBrief(
        item_code=item_code,
        needed=sum(path.needs) + sum(path.lumps),
        opening=path.opening,
        issued=sum(path.issued),
        arrived=sum(path.arrived),
        stock=path.stock[-1],
        missing=path.missing,
        short_from_day=path.short_from_day,
        limits=spans(projection.limits_of(item_code)),
        worths=tuple(worth for worth in worths if worth is not None),
        reachable=tuple((day, path.reachable_by(day)) for day in REACHABLE_DAYS if day < instance.days),
    )


def _item(row: dict[str, Any]) -> ItemBrief:
    worths = (Worth(**each | {"others": tuple(Effect(**other) for other in each["others"])}) for each in row["worths"])
    lists = {
        "limits": tuple(Span(**each) for each in row["limits"]),
        "worths": tuple(worths),
        "reachable": tuple((day, quantity) for day, quantity in row["reachable"]),
    }
    return ItemBrief(**{**row, **lists})
