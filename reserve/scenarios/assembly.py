"""From the facts of one moment to the frozen base of a scenario. Values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import lcm

from optimizer.surge.instance import Dated, Demand, Line, Material, SurgeInstance, Use
from reserve.capacity import rules as capacity_rules
from reserve.capacity import terms as capacity
from reserve.capacity.rules import Bom
from reserve.scenarios.terms import ScenarioBase

SERVICE = "service"
"""Group of materials that cannot be kept: a sterilisation slot that nobody uses is lost."""


@dataclass(frozen=True, slots=True)
class MaterialFact:
    """What comes in of a material on a normal day in the whole province, whole units, and where it is made."""

    unit: str
    group: str
    daily_quantity: int
    in_province_permille: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a base is made from; quantities by day have one entry for each day of the horizon.

    lines          of certified producers
    declared       the declaration that is good on day 0, by line
    ordered        pieces that orders in force plan for each day, by line
    days_run       days without a break that a line has run under orders when day 0 begins
    days_on_hand   days of material that each producer keeps, at its normal output
    stock          usable pieces by item;  waiting: (day, quantity) made and not issued yet
    flows, lumps   need by item and day;  classes: the most urgent class in which an item is needed
    """

    start_on: date
    days: int
    lines: Mapping[str, capacity.Line]
    declared: Mapping[str, capacity.Declared]
    ordered: Mapping[str, tuple[int, ...]]
    recipes: Bom
    materials: Mapping[str, MaterialFact]
    days_on_hand: Mapping[str, int]
    days_run: Mapping[str, int] = field(default_factory=dict)
    stock: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, tuple[Dated, ...]] = field(default_factory=dict)
    flows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lumps: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def freeze(facts: Facts) -> ScenarioBase:
    """The world without changes, and what changes may draw on."""
    scales = scales_of(facts)
    lines = (_standing_line(line, facts) for line in facts.lines.values())
    declared = (line for code, line in sorted(facts.lines.items()) if code in facts.declared)
    instance = SurgeInstance(
        start_on=facts.start_on.isoformat(),
        days=facts.days,
        lines=tuple(line for line in lines if line is not None),
        materials=tuple(_material(code, facts, scales[code]) for code in facts.materials),
        uses=tuple(
            Use(product, material, _scaled(each, scales[material]))
            for product, parts in facts.recipes.items()
            for material, each in parts.items()
        ),
        demands=tuple(_demand(code, facts) for code in _items(facts)),
        products=products_in_order(facts),
        labels=facts.labels,
    )
    return ScenarioBase(
        instance=instance,
        available=tuple(available_line(line, facts.declared[line.code], facts) for line in declared),
        supply=tuple((code, fact.daily_quantity * scales[code]) for code, fact in sorted(facts.materials.items())),
    )


def ramp_of(line: capacity.Line, at_most: int) -> tuple[int, ...]:
    """Pieces a day from the first day of a run: changeover, ramp, then the last rate, which goes on."""
    rates: list[int] = []
    day = 0
    while not rates or rates[-1] < min(line.max_daily, at_most) or day * 24 < line.changeover_hours:
        rates.append(min(capacity_rules.output_on(line, day), at_most))
        day += 1
    return tuple(rates)


def available_line(line: capacity.Line, declared: capacity.Declared, facts: Facts) -> Line:
    """A line as a change may activate it: never beyond what it declared, nor after the declaration has run out.

    A line under an order need not convert and climb again: its run began before day 0.
    """
    last = (declared.valid_until - facts.start_on).days
    until_day = last if last < facts.days - 1 else None
    from_day = -facts.days_run.get(line.code, 0)
    return _running(line, ramp_of(line, declared.daily_quantity), from_day=from_day, until_day=until_day)


def products_in_order(facts: Facts) -> tuple[str, ...]:
    """Who takes first: items by the most urgent class that needs them; a material like the first item made of it."""
    items = sorted(_items(facts), key=lambda code: (facts.classes.get(code, 9), code))
    ordered = dict.fromkeys(items)
    for product in ordered.copy():
        ordered |= dict.fromkeys(capacity_rules.material_needs(product, facts.recipes))
    made = {line.product_code for line in facts.lines.values()}
    return tuple(code for code in ordered if code in made)


def scales_of(facts: Facts) -> dict[str, int]:
    """For each material the smallest scale in which every direct use of it is a whole number."""
    scales = dict.fromkeys(facts.materials, 1)
    for parts in facts.recipes.values():
        for material, each in parts.items():
            scales[material] = lcm(scales[material], each.denominator)
    return scales


def _standing_line(line: capacity.Line, facts: Facts) -> Line | None:
    """What a line makes without any change: what is ordered of it; of a material its normal output; else nothing."""
    planned = facts.ordered.get(line.code, ())
    ordered_days = [day for day, quantity in enumerate(planned) if quantity]
    if ordered_days:
        first, last = ordered_days[0], ordered_days[-1]
        return _running(line, planned[first : last + 1], from_day=first, until_day=last)
    if line.product_kind is capacity.ProductKind.MATERIAL:
        return _running(line, (line.normal_daily,))
    return None


def _running(line: capacity.Line, rates: tuple[int, ...], *, from_day: int = 0, until_day: int | None = None) -> Line:
    return Line(
        code=line.code,
        producer_code=line.producer_code,
        product_code=line.product_code,
        rates=rates,
        from_day=from_day,
        until_day=until_day,
        lag_days=line.release_lag_days,
    )


def _material(code: str, facts: Facts, scale: int) -> Material:
    """Made by listed lines: closed to what comes from elsewhere. Otherwise the part that is made in the province."""
    fact = facts.materials[code]
    made_here = any(line.product_code == code for line in facts.lines.values())
    keeps = fact.group != SERVICE
    return Material(
        code=code,
        unit=fact.unit,
        scale=scale,
        opening=_kept_by_producers(code, facts, scale) if keeps else 0,
        daily=0 if made_here else fact.daily_quantity * fact.in_province_permille * scale // 1000,
        keeps=keeps,
    )


def _kept_by_producers(code: str, facts: Facts, scale: int) -> int:
    """Days of material at normal output, added up over the lines that use it."""
    return sum(
        facts.days_on_hand.get(line.producer_code, 0) * line.normal_daily * _scaled(each, scale)
        for line in facts.lines.values()
        if (each := facts.recipes.get(line.product_code, {}).get(code)) is not None
    )


def _items(facts: Facts) -> list[str]:
    """Items that are needed, or that a line makes."""
    made = {line.product_code for line in facts.lines.values() if line.product_kind is capacity.ProductKind.ITEM}
    return sorted(made | facts.flows.keys() | facts.lumps.keys())


def _demand(code: str, facts: Facts) -> Demand:
    return Demand(
        item_code=code,
        opening=facts.stock.get(code, 0),
        needs=facts.flows.get(code, ()),
        lumps=facts.lumps.get(code, ()),
        arrivals=facts.waiting.get(code, ()),
    )


def _scaled(each: Fraction, scale: int) -> int:
    whole = each * scale
    assert whole.denominator == 1, f"{each} in units of 1/{scale}"
    return whole.numerator
