"""Tables to a scenario's base: one function of (as_of, known_at), so that a past base can be made again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from optimizer.surge.instance import Dated
from reserve.capacity import order_queries
from reserve.capacity import queries as capacity_queries
from reserve.capacity import rules as capacity_rules
from reserve.capacity.terms import Declared, SupplyKind
from reserve.clock import local_day
from reserve.incidents import queries as incident_queries
from reserve.incidents.picture import NeedKind
from reserve.incidents.queries import NeedNow
from reserve.organisations import queries as organisation_queries
from reserve.organisations.terms import Tier
from reserve.scenarios.assembly import Facts, MaterialFact, freeze
from reserve.scenarios.terms import Assumptions, ScenarioBase
from reserve.stock import queries as stock_queries
from reserve.stock import rules as stock_rules

DAY = timedelta(days=1)
LONGEST_RUN = 120 * DAY
"""After so many days every line has long reached its last rate."""
COUNTED_TIERS = frozenset({Tier.PROVINCE, Tier.CITY, Tier.COUNTY, Tier.RESCUE_BODY, Tier.CHARITY, Tier.PRODUCER})
"""Whose stock a projection counts: those whose goods a plan may look at. Hospitals use theirs for themselves."""


def build_base(session: Session, asked: Assumptions) -> ScenarioBase:
    """Freeze what can be made, what is there and what is needed, as of one time and as known at another."""
    start = local_day(asked.as_of)
    lines = capacity_queries.lines_at(session, asked.as_of, asked.known_at, certified_only=True)
    declarations = capacity_queries.declarations_known(session, asked.known_at)
    needs = _needs(session, asked)
    producers = capacity_queries.producers_by_code(session, {line.producer_code for line in lines.values()})
    ordered, days_run = _ordered(session, asked, start)
    facts = Facts(
        start_on=start,
        days=asked.days,
        lines=lines,
        declared=_declared_on(start, lines, declarations),
        ordered=ordered,
        days_run=days_run,
        recipes=capacity_queries.bom(session),
        materials=_materials(session, asked),
        days_on_hand={code: producer.material_days_on_hand for code, producer in producers.items()},
        stock=_stock(session, asked, start),
        waiting=_waiting(session, asked, start),
        flows=_by_item_and_day(needs, NeedKind.FLOW, asked, start),
        lumps=_by_item_and_day(needs, NeedKind.LUMP, asked, start),
        classes={need.item_code: need.need_class for need in sorted(needs, key=lambda need: -need.need_class)},
        labels={"as_of": asked.as_of.isoformat(), "known_at": asked.known_at.isoformat()},
    )
    return freeze(facts)


# --- what can be made ---------------------------------------------------------------------------------------------


def _declared_on(day: date, lines: Iterable[str], declarations: list[Declared]) -> dict[str, Declared]:
    found = {code: capacity_rules.declared_on(declarations, code, day) for code in lines}
    return {code: declared for code, declared in found.items() if declared is not None}


def _ordered(session: Session, asked: Assumptions, start: date) -> tuple[dict[str, tuple[int, ...]], dict[str, int]]:
    """What orders plan for the days to come, by line, and for how many days without a break each has run before.

    A day already reported is waiting for release and not to come.
    """
    planned: dict[str, list[int]] = defaultdict(lambda: [0] * asked.days)
    worked: dict[str, set[date]] = defaultdict(set)
    reported: dict[int, set[date]] = {}
    for order, day, quantity in order_queries.planned_output(session, asked.known_at, start - LONGEST_RUN):
        if order.id not in reported:
            reported[order.id] = set(order_queries.reports_of(session, order.id, asked.known_at))
        offset = (day - start).days
        if offset < 0 or day in reported[order.id]:
            worked[order.line_code].add(day)
        elif offset < asked.days:
            planned[order.line_code][offset] += quantity
    return {code: tuple(days) for code, days in planned.items()}, {
        code: _days_run(days, start) for code, days in worked.items()
    }


def _days_run(worked: set[date], start: date) -> int:
    """Days of work in a row that end on the day before ``start``."""
    days = 0
    while start - (days + 1) * DAY in worked:
        days += 1
    return days


def _materials(session: Session, asked: Assumptions) -> dict[str, MaterialFact]:
    supplies = capacity_queries.material_supplies_at(session, asked.as_of, asked.known_at)
    found = {}
    for code, material in capacity_queries.materials_by_code(session).items():
        supply = supplies.get(code)
        quantity, permille = (supply.daily_quantity, supply.in_province_permille) if supply else (0, 0)
        found[code] = MaterialFact(material.unit, material.group, quantity, permille)
    return found


# --- what is there ------------------------------------------------------------------------------------------------


def _stock(session: Session, asked: Assumptions, start: date) -> dict[str, int]:
    """Usable on day 0, held and on the road included: whoever it is promised to, it serves the same need."""
    organisations = organisation_queries.organisations_by_code(session)
    found: dict[str, int] = defaultdict(int)
    for line in stock_queries.stock_lines(session, in_transit=True, known_at=asked.known_at):
        counts = organisations[line.owner_code].tier in COUNTED_TIERS
        if counts and stock_rules.unusable_because(line, start) is None:
            found[line.item_code] += line.on_hand
    return dict(found)


def _waiting(session: Session, asked: Assumptions, start: date) -> Mapping[str, tuple[Dated, ...]]:
    """Made, reported and not released yet, by item: (day of issue, quantity)."""
    found: dict[str, list[Dated]] = defaultdict(list)
    for supply in capacity_queries.expected_supply(session, asked.as_of, asked.known_at, kind=SupplyKind.PRE_ADVISED):
        day = max(0, (local_day(supply.available_from) - start).days)
        if day < asked.days:
            found[supply.item_code].append((day, supply.quantity))
    return {item_code: tuple(arrivals) for item_code, arrivals in found.items()}


# --- what is needed -----------------------------------------------------------------------------------------------


def _needs(session: Session, asked: Assumptions) -> list[NeedNow]:
    found: list[NeedNow] = []
    for code in asked.incident_codes:
        incident = incident_queries.get_incident(session, code)
        found += incident_queries.needs_at(session, incident.id, asked.as_of, asked.known_at, due_from=asked.as_of)
    return found


def _by_item_and_day(
    needs: Iterable[NeedNow], kind: NeedKind, asked: Assumptions, start: date
) -> dict[str, tuple[int, ...]]:
    """Needs of one kind, added up over places and norms; a flow may go on as on its last estimated day."""
    found: dict[str, list[int]] = defaultdict(lambda: [0] * asked.days)
    last: dict[str, int] = {}
    for need in needs:
        day = (local_day(need.due_at) - start).days
        if need.kind is kind and day < asked.days:
            found[need.item_code][day] += getattr(need, asked.need_level.value)
            last[need.item_code] = max(day, last.get(need.item_code, 0))
    if kind is NeedKind.FLOW and asked.needs_go_on:
        for item_code, day in last.items():
            goes_on = found[item_code][day]
            found[item_code][day + 1 :] = [goes_on] * (asked.days - day - 1)
    return {item_code: tuple(days) for item_code, days in found.items() if any(days)}
