"""Designated producers of a benchmark province: lines, and the raw materials that they share.

Flat out, the lines of an item make 50 to 100 % of its mean daily need; raw material comes for 45 % of that. A line
reaches its rate in four days, a quarter more each day. A producer's hours are split evenly over what it makes: one line
for each item. Raw material is bought for the province; the mean daily need of every item takes equally much of it.

An instance carries either the lines, and the plan decides what they make of the raw material, or their output with raw
material split evenly too, as staff do without a plan.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.dispatch.instance import Basis, Evidence, Lot
from optimizer.dispatch.production import Line
from optimizer.surge.instance import Material, Use

RAMP_PERCENT = (25, 50, 75, 100)
FLAT_OUT = (0.50, 1.00)  # of the mean daily need of an item
RAW_SHARE = 0.45  # of what the lines would use flat out
RAW_AT_ONCE = (0.2, 0.5)  # of a raw material, on the shelf on day 0; the rest comes evenly
PRODUCTS = (1, 2, 3)  # items of one producer
ITEMS_OF_A_RAW = 3
RAW_OF_A_DAY = 10_000_000


@dataclass(frozen=True)
class Production:
    """What is made of what.

    batch_days  how often output given as lots is issued
    rate     pieces a day by (source, item);  daily_need: pieces of an item;  raw_of: the raw material of an item
    at_once  share of a raw material that is there on day 0
    """

    days: int
    batch_days: int
    daily_need: Mapping[str, float]
    rate: Mapping[tuple[str, str], float]
    raw_of: Mapping[str, str]
    at_once: Mapping[str, float]

    def lines(self) -> tuple[Line, ...]:
        """One line for every producer and item, running from day 0."""
        return tuple(
            Line(
                f"L-{source}-{item}",
                source,
                item,
                tuple(int(rate * percent / 100) for percent in RAMP_PERCENT),
                is_active=True,
                hours_per_day=20,
                evidence=Evidence.DRILLED.value,
            )
            for (source, item), rate in sorted(self.rate.items())
        )

    def materials(self) -> tuple[Material, ...]:
        """Every raw material with its stock and its arrivals."""
        each = {use.product_code: use.quantity for use in self.uses()}
        found = []
        for code in sorted(self.at_once):
            daily = sum(rate * each[item] for (_, item), rate in self.rate.items() if self.raw_of[item] == code)
            until = [int(daily * self._raw_days_until(code, day)) for day in range(self.days)]
            arrivals = tuple((day, until[day] - until[day - 1]) for day in range(1, self.days))
            found.append(Material(code, "share", opening=until[0], arrivals=arrivals))
        return tuple(found)

    def uses(self) -> tuple[Use, ...]:
        """What a piece takes of its raw material: the mean daily need of its item takes ``RAW_OF_A_DAY``."""
        made = sorted({item for _, item in self.rate})
        return tuple(Use(code, self.raw_of[code], max(1, round(RAW_OF_A_DAY / self.daily_need[code]))) for code in made)

    def output(self) -> list[Lot]:
        """What every producer issues at the end of each batch, raw material split evenly, as lots of capacity."""
        return [lot for key in sorted(self.rate) for lot in self._output_of(*key)]

    def _output_of(self, source_code: str, item_code: str) -> list[Lot]:
        lots, made, issued = [], 0.0, 0
        rate = self.rate[source_code, item_code]
        for day in range(self.days - 1):  # what the last day makes comes out at the horizon
            able = rate * RAMP_PERCENT[min(day, len(RAMP_PERCENT) - 1)] / 100
            made = min(made + able, rate * self._raw_days_until(self.raw_of[item_code], day))
            if int(made) > issued and (day + 1) % self.batch_days == 0:
                lots.append(_issue(source_code, item_code, int(made) - issued, 24 * (day + 1)))
                issued = int(made)
        return lots

    def _raw_days_until(self, raw: str, day: int) -> float:
        """Days flat out for which raw material has come by the morning of a day."""
        come = self.at_once[raw] + (1 - self.at_once[raw]) * day / max(1, self.days - 1)
        return self.days * RAW_SHARE * come


def draw_production(
    draw: random.Random, source_codes: Sequence[str], daily_need: Mapping[str, float], days: int, batch_days: int
) -> Production:
    """Who makes what out of what: one to three items each, every item by somebody, flat out as drawn."""
    items = sorted(daily_need)
    makes = {code: set(draw.sample(items, min(len(items), draw.choice(PRODUCTS)))) for code in source_codes}
    for item in items:
        if not any(item in made for made in makes.values()):
            makes[draw.choice(source_codes)].add(item)
    rate = {}
    for item in items:
        flat_out = daily_need[item] * draw.uniform(*FLAT_OUT)
        shares = {code: draw.uniform(0.5, 1.5) for code in source_codes if item in makes[code]}
        rate |= {(code, item): flat_out * share / sum(shares.values()) for code, share in shares.items()}
    raws = [f"R{number}" for number in range(max(1, len(items) // ITEMS_OF_A_RAW))]
    raw_of = {item: raws[number % len(raws)] for number, item in enumerate(items)}
    return Production(days, batch_days, daily_need, rate, raw_of, {raw: draw.uniform(*RAW_AT_ONCE) for raw in raws})


def _issue(source_code: str, item_code: str, quantity: int, hour: int) -> Lot:
    return Lot(
        f"C{hour:03d}",
        source_code,
        item_code,
        quantity,
        available_from_hour=hour,
        basis=Basis.CAPACITY,
        evidence=Evidence.DRILLED,
    )
