"""The answer of a projection: output and stock by day of issue, what limited each line, and what is short from when."""

from __future__ import annotations

from dataclasses import dataclass

RUN = "run"
"""The line itself: not started, changing over, ramping up, or at its rate."""
CAP = "cap"
"""The order's limit per day."""


@dataclass(frozen=True)
class LineDay:
    """What one line made on one day, and the limit that bound: RUN, CAP, or the code of a material."""

    line_code: str
    product_code: str
    day: int
    made: int
    limit: str


@dataclass(frozen=True)
class ItemPath:
    """One item, day by day, base units.

    issued          becomes available on the morning of the day, claims of others taken off
    stock           in the evening;  unmet: need of the day that neither stock nor issue covered
    short_from_day  first day with unmet need, None: never
    """

    item_code: str
    opening: int
    issued: tuple[int, ...]
    needs: tuple[int, ...]
    stock: tuple[int, ...]
    unmet: tuple[int, ...]
    short_from_day: int | None

    def reachable_by(self, day: int) -> int:
        """What can have been put into hands by the evening of a day: opening stock and everything issued."""
        return self.opening + sum(self.issued[: day + 1])


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
    line_days: tuple[LineDay, ...]
    items: tuple[ItemPath, ...]
    materials: tuple[MaterialPath, ...]

    def item(self, code: str) -> ItemPath:
        return next(path for path in self.items if path.item_code == code)

    def limits_of(self, item_code: str) -> tuple[str, ...]:
        """The limit that bound most of an item's capacity, day by day; empty text where no line makes it."""
        by_day: dict[int, dict[str, int]] = {}
        for row in self.line_days:
            if row.product_code == item_code:
                counts = by_day.setdefault(row.day, {})
                counts[row.limit] = counts.get(row.limit, 0) + 1
        days = len(self.item(item_code).issued)
        return tuple(
            min(by_day[day], key=lambda limit: (-by_day[day][limit], limit)) if day in by_day else ""
            for day in range(days)
        )
