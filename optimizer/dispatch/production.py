"""Production lines inside an instance: what each can make, from when, out of what.

Production days are counted from ``Instance.day0_hour``: day d is the 24 hours from there plus 24 d. What a day makes is
counted at its end and is there for issue after the lag, as in docs/surge-model.md; materials and uses are its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.dispatch.instance import Instance
    from optimizer.surge.instance import Material


@dataclass(frozen=True)
class Line:
    """One thing that one line can make. Rows of one code are the choices of one line, which makes one thing a day.

    source_code       whose stock the output becomes, at the plant
    item_code         the item, or the material, that it makes
    rates             pieces on day 0, 1, 2 … of a run at full hours, ramp included; the last one goes on
    changeover_hours  line hours that a run loses at its start
    from_day          first day on which it may run; negative: it runs since then, ramp and conversion behind it
    until_day         last day on which it may run, None: to the end of the plan
    is_active         activated already; otherwise what the plan makes of it is a proposal
    cap_per_day       pieces that an order or a declaration allows, None: no limit
    yield_permille    good pieces per thousand made;  claimed_permille: part of the good ones that others claim first
    lag_days          days of tests and airing between the day after manufacture and issue
    hours_per_day     line hours of a working day, which the rates are meant for
    evidence          how well its figures are known, a word of ``Evidence``
    """

    code: str
    source_code: str
    item_code: str
    rates: tuple[int, ...]
    changeover_hours: int = 0
    from_day: int = 0
    until_day: int | None = None
    is_active: bool = False
    cap_per_day: int | None = None
    yield_permille: int = 1000
    claimed_permille: int = 0
    lag_days: int = 0
    hours_per_day: int = 24
    evidence: str = "declared"

    def rate_on(self, day: int, began: int) -> int:
        """Pieces it can make on a day of a run that began on day ``began``; materials set aside."""
        if not max(self.from_day, began) <= day or (self.until_day is not None and day > self.until_day):
            return 0
        age = day - began
        lost = min(self.hours_per_day, max(0, self.changeover_hours - age * self.hours_per_day))
        rate = self.rates[min(age, len(self.rates) - 1)] * (self.hours_per_day - lost) // self.hours_per_day
        return rate if self.cap_per_day is None else min(rate, self.cap_per_day)


def production_days(instance: Instance) -> int:
    """Days of production that begin before the horizon."""
    return max(0, -(-(instance.horizon_hour - instance.day0_hour) // 24))


def production_problems(instance: Instance) -> Iterator[str]:
    """What is wrong with lines, materials and uses."""
    if instance.day0_hour < 0:
        yield f"day0_hour: expected 0 or more, found {instance.day0_hour}"
    sources = {row.code for row in instance.sources}
    items, materials = {row.code for row in instance.items}, {row.code for row in instance.materials}
    choices = Counter(line.code for line in instance.lines)
    for line in instance.lines:
        where = f"line {line.code}, {line.item_code}"
        if line.item_code in materials:
            if choices[line.code] > 1:
                yield f"{where}: a line that makes a material has no other choice"
        elif line.item_code not in items:
            yield f"{where}: neither an item nor a material"
        elif line.source_code not in sources:
            yield f"{where}: source {line.source_code} unknown"
        yield from _line_problems(line, where)
    for use in instance.parts:
        if use.material_code not in materials:
            yield f"use of {use.material_code} in {use.product_code}: material unknown"
        if use.quantity < 1:
            yield f"use of {use.material_code} in {use.product_code}: expected at least 1, found {use.quantity}"
    for material in instance.materials:
        yield from _material_problems(material)


def _line_problems(line: Line, where: str) -> Iterator[str]:
    if not line.rates or any(rate < 0 for rate in line.rates):
        yield f"{where}: rates expected, 0 or more, found {list(line.rates)[:5]}"
    if line.hours_per_day < 1 or line.changeover_hours < 0 or line.lag_days < 0:
        yield f"{where}: hours_per_day expected 1 or more, changeover_hours and lag_days 0 or more"
    if line.cap_per_day is not None and line.cap_per_day < 0:
        yield f"{where}: cap_per_day expected 0 or more, found {line.cap_per_day}"
    if not (0 <= line.yield_permille <= 1000 and 0 <= line.claimed_permille <= 1000):
        yield f"{where}: yield and claims expected 0 to 1000 permille"
    if line.from_day < 0 and not line.is_active:
        yield f"{where}: from_day expected 0 or later where it is not active, found {line.from_day}"


def _material_problems(material: Material) -> Iterator[str]:
    amounts = (material.opening, material.daily, *(quantity for _, quantity in material.arrivals))
    if material.scale < 1 or min(amounts) < 0 or any(day < 0 for day, _ in material.arrivals):
        yield f"material {material.code}: scale expected 1 or more, days and quantities 0 or more"
