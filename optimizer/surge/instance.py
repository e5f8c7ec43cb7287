"""What a projection is made from: lines, materials over two levels, needs by day. Frozen, sorted, self-validating.

Units: whole base units of the product per day; materials in units of 1/scale of their own unit, so that every use is a
whole number; days count from day 0 of the horizon. A day's output is counted in the evening.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Self


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

    def rate_on(self, day: int) -> int:
        """Pieces that the line itself allows on a day of the horizon; materials set aside."""
        run = day - self.from_day
        if run < 0 or (self.until_day is not None and day > self.until_day) or not self.rates:
            return 0
        rate = self.rates[min(run, len(self.rates) - 1)]
        return rate if self.cap_per_day is None else min(rate, self.cap_per_day)


@dataclass(frozen=True)
class Material:
    """A raw material or part.

    scale     1/scale of its unit is what the numbers below count
    opening   on hand on the morning of day 0;  daily: comes in every morning;  arrivals: (day, quantity) besides
    """

    code: str
    unit: str
    scale: int = 1
    opening: int = 0
    daily: int = 0
    arrivals: tuple[tuple[int, int], ...] = ()

    def arriving_on(self, day: int) -> int:
        return self.daily + sum(quantity for on, quantity in self.arrivals if on == day)


@dataclass(frozen=True)
class Use:
    """So many scaled units of a material go directly into one piece of a product (which may be a material itself)."""

    product_code: str
    material_code: str
    quantity: int


@dataclass(frozen=True)
class Demand:
    """An item: what is on hand, and what is needed day by day. Unmet need is not carried on."""

    item_code: str
    opening: int
    needs: tuple[int, ...]


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
        for name, key in (("lines", "code"), ("materials", "code"), ("demands", "item_code")):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=lambda row: getattr(row, key))))
        uses = sorted(self.uses, key=lambda use: (use.product_code, use.material_code))
        object.__setattr__(self, "uses", tuple(uses))
        if problems := tuple(_problems(self)):
            raise InvalidSurge(problems)

    @cached_property
    def hash(self) -> str:
        """sha256 of the canonical JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        raw: dict[str, Any] = json.loads(text)
        for line in raw["lines"]:
            line["rates"] = tuple(line["rates"])
        for material in raw["materials"]:
            material["arrivals"] = tuple((day, quantity) for day, quantity in material["arrivals"])
        for demand in raw["demands"]:
            demand["needs"] = tuple(demand["needs"])
        return cls(
            start_on=raw["start_on"],
            days=raw["days"],
            lines=tuple(Line(**row) for row in raw["lines"]),
            materials=tuple(Material(**row) for row in raw["materials"]),
            uses=tuple(Use(**row) for row in raw["uses"]),
            demands=tuple(Demand(**row) for row in raw["demands"]),
            products=tuple(raw["products"]),
            labels=raw["labels"],
        )


class InvalidSurge(ValueError):
    """The scenario contradicts itself. Carries every problem."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problem(s): " + "; ".join(problems[:20]))


def _problems(instance: SurgeInstance) -> Iterator[str]:
    if instance.days < 1:
        yield f"days: expected at least 1, found {instance.days}"
    for name, codes in (
        ("line", [line.code for line in instance.lines]),
        ("material", [material.code for material in instance.materials]),
        ("demand", [demand.item_code for demand in instance.demands]),
        ("use", [f"{use.product_code}/{use.material_code}" for use in instance.uses]),
    ):
        yield from (f"{name} {code}: expected once" for code in sorted({c for c in codes if codes.count(c) > 1}))
    known = {material.code for material in instance.materials}
    for use in instance.uses:
        if use.material_code not in known:
            yield f"use of {use.material_code} in {use.product_code}: material unknown"
        if use.quantity < 1:
            yield f"use of {use.material_code} in {use.product_code}: expected at least 1, found {use.quantity}"
    for line in instance.lines:
        yield from _line_problems(line)
    for material in instance.materials:
        if material.scale < 1 or material.opening < 0 or material.daily < 0:
            yield f"material {material.code}: scale, opening and daily expected to be sound"
        if any(quantity < 0 for _, quantity in material.arrivals):
            yield f"material {material.code}: arrivals expected 0 or more"
    for demand in instance.demands:
        if demand.opening < 0 or any(need < 0 for need in demand.needs):
            yield f"demand {demand.item_code}: opening and needs expected 0 or more"
        if len(demand.needs) != instance.days:
            yield f"demand {demand.item_code}: expected {instance.days} days, found {len(demand.needs)}"


def _line_problems(line: Line) -> Iterator[str]:
    where = f"line {line.code}"
    if any(rate < 0 for rate in line.rates):
        yield f"{where}: rates expected 0 or more"
    if not 0 <= line.yield_permille <= 1000:
        yield f"{where}: yield expected 0 to 1000 permille, found {line.yield_permille}"
    if not 0 <= line.claimed_permille <= 1000:
        yield f"{where}: claimed expected 0 to 1000 permille, found {line.claimed_permille}"
    if line.lag_days < 0:
        yield f"{where}: lag expected 0 or more, found {line.lag_days}"
