"""A second reading of the model, in sums instead of steps: it shares no code with the projection.

Cumulative sums say the same as the day-by-day path: no line beyond its rates, no material used before it came, every
piece issued was made its lag before, stock and unmet need add up, and nothing could have been made earlier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.surge.instance import SurgeInstance
from optimizer.surge.plan import Projection


@dataclass(frozen=True)
class Violation:
    """A law of the model that the projection breaks, and where."""

    rule: str
    where: str
    day: int
    found: int
    allowed: int


def check(instance: SurgeInstance, projection: Projection) -> list[Violation]:
    """Everything that is wrong with a projection; empty for a sound one."""
    made = {(row.line_code, row.day): row.made for row in projection.line_days}
    return [*_rates(instance, made), *_materials(instance, made), *_items(instance, projection, made)]


def _rates(instance: SurgeInstance, made: dict[tuple[str, int], int]) -> Iterator[Violation]:
    for line in instance.lines:
        for day in range(instance.days):
            quantity, age = made.get((line.code, day), 0), day - line.from_day
            runs = age >= 0 and (line.until_day is None or day <= line.until_day) and bool(line.rates)
            most = line.rates[-1] if runs and age >= len(line.rates) else (line.rates[age] if runs else 0)
            if line.cap_per_day is not None:
                most = min(most, line.cap_per_day)
            if not 0 <= quantity <= most:
                yield Violation("beyond_rate", line.code, day, quantity, most)


def _issued(instance: SurgeInstance, made: dict[tuple[str, int], int]) -> dict[tuple[str, int], int]:
    """Pieces of each product that come out on a day, by manufacture and lag."""
    issued: dict[tuple[str, int], int] = defaultdict(int)
    for line in instance.lines:
        for day in range(instance.days):
            good = made.get((line.code, day), 0) * line.yield_permille // 1000
            claimed = (good * line.claimed_permille + 999) // 1000
            issued[line.product_code, day + line.lag_days + 1] += good - claimed
    return issued


def _materials(instance: SurgeInstance, made: dict[tuple[str, int], int]) -> Iterator[Violation]:
    issued = _issued(instance, made)
    needs = {(use.product_code, use.material_code): use.quantity for use in instance.uses}
    left: dict[tuple[str, int], int] = {}
    for material in instance.materials:
        have = material.opening
        for day in range(instance.days):
            have += material.daily + sum(q for on, q in material.arrivals if on == day)
            have += issued[material.code, day] * material.scale
            have -= sum(
                needs.get((line.product_code, material.code), 0) * made.get((line.code, day), 0)
                for line in instance.lines
            )
            left[material.code, day] = have
            if have < 0:
                yield Violation("material_beyond_stock", material.code, day, -have, 0)
    for line in instance.lines:  # as early as possible: a line below its rate lacks a material for one more piece
        parts = [use for use in instance.uses if use.product_code == line.product_code]
        for day in range(instance.days):
            quantity = made.get((line.code, day), 0)
            spare = all(left[part.material_code, day] >= part.quantity for part in parts)
            if quantity < line.rate_on(day) and spare:
                yield Violation("made_too_late", line.code, day, quantity, quantity + 1)


def _items(instance: SurgeInstance, projection: Projection, made: dict[tuple[str, int], int]) -> Iterator[Violation]:
    issued = _issued(instance, made)
    for demand in instance.demands:
        path = projection.item(demand.item_code)
        supplied = demand.opening
        served = 0
        for day in range(instance.days):
            if path.issued[day] != issued[demand.item_code, day]:
                yield Violation("issue", demand.item_code, day, path.issued[day], issued[demand.item_code, day])
            supplied += path.issued[day]
            served += demand.needs[day] - path.unmet[day]
            if path.stock[day] != supplied - served or path.stock[day] < 0:
                yield Violation("stock", demand.item_code, day, path.stock[day], supplied - served)
            if path.unmet[day] and path.stock[day]:
                yield Violation("unmet_beside_stock", demand.item_code, day, path.unmet[day], 0)
