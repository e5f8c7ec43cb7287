"""Lines of the books that a plan may propose to activate, with what they are made from, as a plan knows them.

Lines under an order are no choice: their output is expected supply. Proposals begin tomorrow, stay within what is
declared, and take of each material what orders leave: the part made in the province, or, where lines on the books make
it, their normal output (decision 0019), besides the days of material that the producers keep.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, lcm

from sqlalchemy.orm import Session

from optimizer.dispatch.production import Line
from optimizer.surge.instance import Material
from optimizer.surge.instance import Use as Part
from reserve.capacity import order_queries
from reserve.capacity import queries as capacity_queries
from reserve.capacity import rules as capacity_rules
from reserve.capacity import terms as capacity
from reserve.clock import end_of_day, local_day
from reserve.organisations.models import Organisation

DAY = timedelta(days=1)
SERVICE = "service"
"""Group of materials that cannot be kept: a sterilisation slot that nobody uses is lost."""


@dataclass(frozen=True, slots=True)
class Makings:
    """What may be made, and out of what. day0_hour: from the start of the plan to the first proposed day."""

    lines: tuple[Line, ...] = ()
    materials: tuple[Material, ...] = ()
    parts: tuple[Part, ...] = ()
    day0_hour: int = 0


def makings(
    session: Session,
    as_of: datetime,
    known_at: datetime,
    horizon_hours: int,
    item_codes: Collection[str],
    organisations: Mapping[str, Organisation],
) -> Makings:
    """Free lines of certified producers with a declaration good tomorrow, for the items that a plan looks at."""
    first = local_day(as_of) + DAY
    start_hour = ceil((end_of_day(local_day(as_of)) - as_of) / timedelta(hours=1))
    days = max(0, ceil((horizon_hours - start_hour) / 24))
    lines = capacity_queries.lines_at(session, as_of, known_at, certified_only=True)
    free = _free_lines(session, lines, item_codes, first, first + days * DAY, known_at)
    if not free or not days:
        return Makings()
    producers = capacity_queries.producers_by_code(session, {lines[code].producer_code for code in free})
    owners = {row.id: code for code, row in organisations.items()}
    sources = {code: f"{owners[row.organisation_id]}@{row.site_code}" for code, row in producers.items()}
    recipes = capacity_queries.bom(session)
    used = {lines[code].product_code: recipes.get(lines[code].product_code, {}) for code in free}
    scales = _scales(recipes, {material for parts in used.values() for material in parts})
    kept = {code: producer.material_days_on_hand for code, producer in producers.items()}
    taken = _taken(session, known_at, first, recipes, scales)
    return Makings(
        lines=tuple(
            _line(lines[code], declared, sources[lines[code].producer_code], first) for code, declared in free.items()
        ),
        materials=_materials(session, as_of, known_at, lines, free, recipes, scales, kept, taken, days),
        parts=tuple(
            Part(product, material, int(each * scales[material]))
            for product, parts in used.items()
            for material, each in parts.items()
        ),
        day0_hour=start_hour,
    )


def _free_lines(
    session: Session,
    lines: Mapping[str, capacity.Line],
    item_codes: Collection[str],
    first: date,
    until: date,
    known_at: datetime,
) -> dict[str, capacity.Declared]:
    """Lines that no order has in the span, with what they declare for the first day."""
    declarations = capacity_queries.declarations_known(session, known_at)
    commitments = order_queries.commitments(session)
    promised = {each.line_code for each in commitments if each.from_on <= until and first <= each.to_on}
    found = {}
    for code, line in lines.items():
        declared = capacity_rules.declared_on(declarations, code, first)
        if line.product_code in item_codes and code not in promised and declared is not None:
            found[code] = declared
    return found


def _line(line: capacity.Line, declared: capacity.Declared, source_code: str, first: date) -> Line:
    rates: list[int] = []
    while not rates or rates[-1] < min(line.max_daily, declared.daily_quantity) or _converts(line, len(rates)):
        rates.append(min(capacity_rules.output_on(line, len(rates)), declared.daily_quantity))
    return Line(
        code=line.code,
        source_code=source_code,
        item_code=line.product_code,
        rates=tuple(rates),
        until_day=(declared.valid_until - first).days,
        lag_days=line.release_lag_days,
        evidence=declared.evidence.value,
    )


def _converts(line: capacity.Line, day: int) -> bool:
    return day * 24 < line.changeover_hours


def _scales(recipes: capacity_rules.Bom, materials: Collection[str]) -> dict[str, int]:
    """For each material the smallest scale in which every direct use of it is a whole number."""
    scales = dict.fromkeys(sorted(materials), 1)
    for parts in recipes.values():
        for material, each in parts.items():
            if material in scales:
                scales[material] = lcm(scales[material], each.denominator)
    return scales


def _taken(
    session: Session, known_at: datetime, first: date, recipes: capacity_rules.Bom, scales: Mapping[str, int]
) -> dict[tuple[str, int], Fraction]:
    """Scaled units of each material that orders in force take on each day."""
    found: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for order, day, quantity in order_queries.planned_output(session, known_at, first):
        for material, each in recipes.get(order.item_code, {}).items():
            if material in scales:
                found[material, (day - first).days] += each * quantity * scales[material]
    return found


def _materials(
    session: Session,
    as_of: datetime,
    known_at: datetime,
    lines: Mapping[str, capacity.Line],
    free: Collection[str],
    recipes: capacity_rules.Bom,
    scales: Mapping[str, int],
    kept: Mapping[str, int],
    taken: Mapping[tuple[str, int], Fraction],
    days: int,
) -> tuple[Material, ...]:
    """What comes in by day once orders have had theirs, and what the free lines' producers keep."""
    supplies = capacity_queries.material_supplies_at(session, as_of, known_at)
    known = capacity_queries.materials_by_code(session)
    found = []
    for code, scale in scales.items():
        made = sum(line.normal_daily for line in lines.values() if line.product_code == code) * scale
        supply = supplies.get(code)
        comes = supply.daily_quantity * supply.in_province_permille * scale // 1000 if supply else 0
        keeps = known[code].group != SERVICE
        own = sum(
            kept[lines[name].producer_code]
            * lines[name].normal_daily
            * recipes.get(lines[name].product_code, {}).get(code, Fraction())
            for name in free
        )
        left = ((day, max(0, (made or comes) - ceil(taken.get((code, day), Fraction())))) for day in range(days))
        arrivals = tuple((day, quantity) for day, quantity in left if quantity)
        opening = int(own * scale) if keeps else 0
        found.append(Material(code, known[code].unit, scale, opening, arrivals=arrivals, keeps=keeps))
    return tuple(found)
