"""What contradicts itself in a scenario: every problem at once, in words for whoever built it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.surge.instance import Demand, Line, Material, SurgeInstance


def problems_of(instance: SurgeInstance) -> Iterator[str]:
    if instance.days < 1:
        yield f"days: expected at least 1, found {instance.days}"
    yield from _repeated(instance)
    yield from _unconnected(instance)
    for line in instance.lines:
        yield from _line_problems(line)
    for material in instance.materials:
        yield from _material_problems(material, instance.days)
    for demand in instance.demands:
        yield from _demand_problems(demand, instance.days)


def _repeated(instance: SurgeInstance) -> Iterator[str]:
    for name, codes in (
        ("line", [line.code for line in instance.lines]),
        ("material", [material.code for material in instance.materials]),
        ("demand", [demand.item_code for demand in instance.demands]),
        ("use", [f"{use.product_code}/{use.material_code}" for use in instance.uses]),
        ("product", list(instance.products)),
    ):
        yield from (f"{name} {code}: expected once" for code, times in sorted(Counter(codes).items()) if times > 1)


def _unconnected(instance: SurgeInstance) -> Iterator[str]:
    known = {material.code for material in instance.materials}
    for use in instance.uses:
        where = f"use of {use.material_code} in {use.product_code}"
        if use.material_code not in known:
            yield f"{where}: material unknown"
        if use.quantity < 1:
            yield f"{where}: expected at least 1, found {use.quantity}"
    for demand in instance.demands:
        if demand.item_code in known:  # what is issued would be counted twice, as stock and as material
            yield f"demand {demand.item_code}: expected an item, found a material"


def _line_problems(line: Line) -> Iterator[str]:
    where = f"line {line.code}"
    if not line.rates:
        yield f"{where}: expected at least one rate"
    if any(rate < 0 for rate in line.rates):
        yield f"{where}: rates expected 0 or more"
    if not 0 <= line.yield_permille <= 1000:
        yield f"{where}: yield expected 0 to 1000 permille, found {line.yield_permille}"
    if not 0 <= line.claimed_permille <= 1000:
        yield f"{where}: claimed expected 0 to 1000 permille, found {line.claimed_permille}"
    if line.lag_days < 0:
        yield f"{where}: lag expected 0 or more, found {line.lag_days}"
    if line.cap_per_day is not None and line.cap_per_day < 0:
        yield f"{where}: cap expected 0 or more, found {line.cap_per_day}"


def _material_problems(material: Material, days: int) -> Iterator[str]:
    where = f"material {material.code}"
    if material.scale < 1:
        yield f"{where}: scale expected at least 1, found {material.scale}"
    if material.opening < 0 or material.daily < 0:
        yield f"{where}: opening and daily expected 0 or more"
    yield from _arrival_problems(where, material.arrivals, days)


def _demand_problems(demand: Demand, days: int) -> Iterator[str]:
    where = f"demand {demand.item_code}"
    if demand.opening < 0 or any(need < 0 for need in (*demand.needs, *demand.lumps)):
        yield f"{where}: opening, needs and lumps expected 0 or more"
    for found in {len(demand.needs), len(demand.lumps)} - {days}:
        yield f"{where}: expected {days} days, found {found}"
    yield from _arrival_problems(where, demand.arrivals, days)


def _arrival_problems(where: str, arrivals: tuple[tuple[int, int], ...], days: int) -> Iterator[str]:
    if any(quantity < 0 for _, quantity in arrivals):
        yield f"{where}: arrivals expected 0 or more"
    if outside := [day for day, _ in arrivals if not 0 <= day < days]:
        yield f"{where}: arrivals expected on days 0 to {days - 1}, found {outside[0]}"
