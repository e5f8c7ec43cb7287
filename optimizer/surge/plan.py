"""The answer of a projection: output and stock by day of issue, what limited each line, and what is short from when."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

from optimizer.canonical import canonical_json

IDLE = "idle"
"""No line of the product runs: not begun yet, ended, or none there."""
CHANGEOVER = "changeover"
"""The line converts and makes nothing yet."""
RAMP = "ramp"
"""The line still climbs to its last rate."""
CAPACITY = "capacity"
"""The line makes all it can."""
ORDER = "order"
"""The order's limit per day."""
OWN_LIMITS = (IDLE, CHANGEOVER, RAMP, CAPACITY, ORDER)
"""Every other limit is the code of a material."""


@dataclass(frozen=True)
class LinePath:
    """One line, day by day: pieces that the line itself allows, pieces made, and the limit that bound.

    full  pieces a day at its last rate
    """

    line_code: str
    product_code: str
    full: int
    allowed: tuple[int, ...]
    made: tuple[int, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True)
class ItemPath:
    """One item, day by day, base units.

    issued          from lines, available on the morning of the day, claims of others taken off
    arrived         made before day 0, available on the morning of the day
    stock           in the evening
    unmet           flow need of the day that was lost;  open: lumps still unfilled in the evening
    short_from_day  first day with something unmet or open, None: never
    """

    item_code: str
    opening: int
    issued: tuple[int, ...]
    arrived: tuple[int, ...]
    needs: tuple[int, ...]
    lumps: tuple[int, ...]
    stock: tuple[int, ...]
    unmet: tuple[int, ...]
    open: tuple[int, ...]
    short_from_day: int | None

    @property
    def missing(self) -> int:
        """Pieces that were needed within the horizon and never came: flow lost, and lumps open at its end."""
        return sum(self.unmet) + self.open[-1]

    def reachable_by(self, day: int) -> int:
        """What can have been put into hands by the evening of a day: opening stock, arrivals and everything issued."""
        return self.opening + sum(self.issued[: day + 1]) + sum(self.arrived[: day + 1])


@dataclass(frozen=True)
class MaterialPath:
    """One material, day by day, scaled units: what came in, was used, and is left in the evening."""

    material_code: str
    incoming: tuple[int, ...]
    used: tuple[int, ...]
    left: tuple[int, ...]


@dataclass(frozen=True)
class Projection:
    """Everything that follows from a scenario. Equal instance, equal projection, on any machine."""

    instance_hash: str
    days: int
    lines: tuple[LinePath, ...]
    items: tuple[ItemPath, ...]
    materials: tuple[MaterialPath, ...]

    def item(self, code: str) -> ItemPath:
        return next(path for path in self.items if path.item_code == code)

    def line(self, code: str) -> LinePath:
        return next(path for path in self.lines if path.line_code == code)

    def limits_of(self, product_code: str) -> tuple[str, ...]:
        """What bound the output of an item or material, day by day.

        A material binds where it keeps a line below what the line allows: of several, the one that costs most
        pieces. Where none does, the limit that keeps the lines farthest below their last rates; ties by code.
        """
        paths = [path for path in self.lines if path.product_code == product_code]
        return tuple(_limit_on(paths, day) for day in range(self.days))

    @cached_property
    def hash(self) -> str:
        """sha256 of the canonical JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        return canonical_json(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError, KeyError or TypeError for a text that is no projection."""
        raw: dict[str, Any] = json.loads(text)
        return cls(
            instance_hash=raw["instance_hash"],
            days=raw["days"],
            lines=tuple(LinePath(**_with_tuples(row)) for row in raw["lines"]),
            items=tuple(ItemPath(**_with_tuples(row)) for row in raw["items"]),
            materials=tuple(MaterialPath(**_with_tuples(row)) for row in raw["materials"]),
        )


def _with_tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _limit_on(paths: list[LinePath], day: int) -> str:
    lost: Counter[str] = Counter()
    behind: Counter[str] = Counter({IDLE: 0} if not paths else {})
    for path in paths:
        limit = path.limits[day]
        if limit in OWN_LIMITS:
            behind[limit] += path.full - path.made[day]
        else:
            lost[limit] += path.allowed[day] - path.made[day]
    costs = lost or behind
    return min(costs, key=lambda limit: (-costs[limit], limit))
