"""What a projection is made from: lines, materials over two levels, needs by day. Frozen, sorted, self-validating.

Units: whole base units of the product per day; materials in units of 1/scale of their own unit, so that every use is a
whole number; days count from day 0 of the horizon. A day's output is counted in the evening.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from optimizer.canonical import canonical_json
from optimizer.surge.problems import problems_of

Dated = tuple[int, int]
"""A day and a quantity."""


@dataclass(frozen=True)
class Line:
    """One line on one product.

    rates            pieces a day on day 0, 1, 2 … of its run, changeover and ramp included; the last one goes on
    from_day         first day of its run; negative: it runs already;  until_day: last day, None: to the end
    yield_permille   good pieces per thousand made
    lag_days         days of tests and airing between the day after manufacture and issue
    cap_per_day      an order's limit, None: no limit
    claimed_permille part of the output that others claim first (national unified dispatch)
    """

    code: str
    producer_code: str
    product_code: str
    rates: tuple[int, ...]
    from_day: int = 0
    until_day: int | None = None
    yield_permille: int = 1000
    lag_days: int = 0
    cap_per_day: int | None = None
    claimed_permille: int = 0

    def runs_on(self, day: int) -> bool:
        return day >= self.from_day and (self.until_day is None or day <= self.until_day)

    def rate_on(self, day: int) -> int:
        """Pieces a day that conversion and ramp have reached; materials and the order's limit set aside."""
        return self.rates[min(day - self.from_day, len(self.rates) - 1)] if self.runs_on(day) else 0

    def allowed_on(self, day: int) -> int:
        """Pieces that the line and its order allow on a day of the horizon; materials set aside."""
        rate = self.rate_on(day)
        return rate if self.cap_per_day is None else min(rate, self.cap_per_day)


@dataclass(frozen=True)
class Material:
    """A raw material or part, or a service that is used up day by day.

    scale     1/scale of its unit is what the numbers below count
    opening   on hand on the morning of day 0;  daily: comes in every morning;  arrivals: (day, quantity) besides
    keeps     what is left in the evening is there the next morning; False: a service, such as a sterilisation slot
    """

    code: str
    unit: str
    scale: int = 1
    opening: int = 0
    daily: int = 0
    arrivals: tuple[Dated, ...] = ()
    keeps: bool = True


@dataclass(frozen=True)
class Use:
    """So many scaled units of a material go directly into one piece of a product (which may be a material itself)."""

    product_code: str
    material_code: str
    quantity: int


@dataclass(frozen=True)
class Demand:
    """An item: what there is of it, and what is needed day by day.

    opening   on hand on the morning of day 0;  arrivals: (day, quantity) made already and waiting for their issue
    needs     flow: what is missing on its day is lost;  lumps: stay open until they are filled. Empty: none
    """

    item_code: str
    opening: int = 0
    needs: tuple[int, ...] = ()
    lumps: tuple[int, ...] = ()
    arrivals: tuple[Dated, ...] = ()


@dataclass(frozen=True)
class SurgeInstance:
    """One scenario, ready to be projected.

    products  product codes in the order in which they may take from shared materials; others come after, by code
    """

    start_on: str
    days: int
    lines: tuple[Line, ...] = ()
    materials: tuple[Material, ...] = ()
    uses: tuple[Use, ...] = ()
    demands: tuple[Demand, ...] = ()
    products: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Every order of rows, and every way of writing nothing, gives the same instance."""
        self._set("lines", sorted(self.lines, key=lambda line: line.code))
        self._set("uses", sorted(self.uses, key=lambda use: (use.product_code, use.material_code)))
        materials = (replace(each, arrivals=_merged(each.arrivals)) for each in self.materials)
        self._set("materials", sorted(materials, key=lambda material: material.code))
        demands = (
            replace(
                each,
                needs=each.needs or (0,) * self.days,
                lumps=each.lumps or (0,) * self.days,
                arrivals=_merged(each.arrivals),
            )
            for each in self.demands
        )
        self._set("demands", sorted(demands, key=lambda demand: demand.item_code))
        if problems := tuple(problems_of(self)):
            raise InvalidSurge(problems)

    def _set(self, name: str, rows: list[Any]) -> None:
        object.__setattr__(self, name, tuple(rows))

    @cached_property
    def recipes(self) -> Mapping[str, tuple[Use, ...]]:
        """What goes directly into each product, by material."""
        found: dict[str, tuple[Use, ...]] = {}
        for use in self.uses:
            found[use.product_code] = (*found.get(use.product_code, ()), use)
        return found

    @cached_property
    def hash(self) -> str:
        """sha256 of the canonical JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        return canonical_json(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError, KeyError or TypeError for a text that is no instance."""
        raw: dict[str, Any] = json.loads(text)
        return cls(
            start_on=raw["start_on"],
            days=raw["days"],
            lines=tuple(line_of(row) for row in raw["lines"]),
            materials=tuple(Material(**row | {"arrivals": _dated(row["arrivals"])}) for row in raw["materials"]),
            uses=tuple(Use(**row) for row in raw["uses"]),
            demands=tuple(_demand(row) for row in raw["demands"]),
            products=tuple(raw["products"]),
            labels=raw["labels"],
        )


class InvalidSurge(ValueError):
    """The scenario contradicts itself. Carries every problem."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problem(s): " + "; ".join(problems[:20]))


def line_of(row: Mapping[str, Any]) -> Line:
    """A line as ``asdict`` and JSON left it."""
    return Line(**{**row, "rates": tuple(row["rates"])})


def _demand(row: Mapping[str, Any]) -> Demand:
    lists = {"needs": tuple(row["needs"]), "lumps": tuple(row["lumps"]), "arrivals": _dated(row["arrivals"])}
    return Demand(**{**row, **lists})


def _dated(pairs: list[list[int]]) -> tuple[Dated, ...]:
    return tuple((day, quantity) for day, quantity in pairs)


def _merged(arrivals: tuple[Dated, ...]) -> tuple[Dated, ...]:
    """One row a day, by day."""
    days: dict[int, int] = {}
    for day, quantity in arrivals:
        days[day] = days.get(day, 0) + quantity
    return tuple(sorted(days.items()))
