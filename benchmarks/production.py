"""Designated producers of a benchmark province: lines that share their hours and one raw material.

Flat out, the lines of an item make 50 to 100 % of its mean daily need; raw material comes for 45 % of that. A line
reaches its rate in four days, a quarter more each day. Hours and raw material are split evenly over what a line makes,
as staff do without a plan, so that every method meets the same output.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.dispatch.instance import Basis, Evidence, Lot

RAMP_PERCENT = (25, 50, 75)  # first days of a line; then all of it
FLAT_OUT = (0.50, 1.00)  # of the mean daily need of an item
RAW_SHARE = 0.45  # of what the lines would use flat out
RAW_AT_ONCE = (0.2, 0.5)  # of the raw material, on the shelf on day 0; the rest comes evenly
PRODUCTS = (1, 2, 3)  # items of one producer


@dataclass(frozen=True)
class Producer:
    """One producer. rate: base units a day of each item, hours split evenly; raw_at_once: share there on day 0."""

    source_code: str
    rate: Mapping[str, float]
    raw_at_once: float


def draw_producers(draw: random.Random, source_codes: Sequence[str], daily_need: Mapping[str, float]) -> list[Producer]:
    """Who makes what: one to three items each, every item by somebody, rates so that an item is flat out as drawn."""
    if not source_codes:
        return []
    items = sorted(daily_need)
    makes = {code: set(draw.sample(items, min(len(items), draw.choice(PRODUCTS)))) for code in source_codes}
    for item in items:
        if not any(item in made for made in makes.values()):
            makes[draw.choice(source_codes)].add(item)
    rates: dict[str, dict[str, float]] = {code: {} for code in source_codes}
    for item in items:
        flat_out = daily_need[item] * draw.uniform(*FLAT_OUT)
        shares = {code: draw.uniform(0.5, 1.5) for code in source_codes if item in makes[code]}
        for code, share in shares.items():
            rates[code][item] = flat_out * share / sum(shares.values())
    return [Producer(code, rates[code], draw.uniform(*RAW_AT_ONCE)) for code in source_codes]


def output_lots(producer: Producer, days: int) -> list[Lot]:
    """What a producer issues at the end of every day, as lots of activated capacity."""
    lots = []
    for item_code in sorted(producer.rate):
        made = 0.0
        issued = 0
        for day in range(days - 1):  # what the last day makes comes out at the horizon
            hours = producer.rate[item_code] * (RAMP_PERCENT[day] if day < len(RAMP_PERCENT) else 100) / 100
            made = min(made + hours, _raw_until(producer, item_code, day, days))
            if int(made) > issued:
                lots.append(_issue(producer, item_code, int(made) - issued, 24 * (day + 1)))
                issued = int(made)
    return lots


def _raw_until(producer: Producer, item_code: str, day: int, days: int) -> float:
    """Units of an item that raw material allows from day 0 to the end of a day."""
    whole = producer.rate[item_code] * days * RAW_SHARE
    return whole * (producer.raw_at_once + (1 - producer.raw_at_once) * day / max(1, days - 1))


def _issue(producer: Producer, item_code: str, quantity: int, hour: int) -> Lot:
    return Lot(
        f"C{hour:03d}",
        producer.source_code,
        item_code,
        quantity,
        available_from_hour=hour,
        basis=Basis.CAPACITY,
        evidence=Evidence.DRILLED,
    )
