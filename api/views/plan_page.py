"""What a planner sees of an incident and of a plan: fill by county and item, what is unmet and why, yardsticks."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.deps import found_in
from api.i18n import Text
from api.schemas.dispatch import ChangeOut, PlannedLineOut, PlanOut, ReasonOut
from api.schemas.incidents import IncidentStateOut
from api.schemas.studies import StudyRef
from api.views import dispatch, incidents, plan_changes, studies, study_words
from api.views.naming import Names, names_in
from api.views.plan_map import PlanMap, map_of
from api.views.plan_matrix import Matrix, UnmetItem, matrix_of, unmet_items
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Policy
from reserve.dispatch import queries, rules
from reserve.dispatch.models import PlanResult
from reserve.incidents import queries as incident_queries
from reserve.incidents.queries import NeedNow

Scopes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NeedRow:
    """The needs of one county and item still to come, base units."""

    county: str
    item: str
    item_code: str
    need_class: int
    low: int
    base: int
    high: int
    first_due: datetime


@dataclass(frozen=True, slots=True)
class IncidentPage:
    state: IncidentStateOut
    needs: list[NeedRow]
    plans: list[Any]


@dataclass(frozen=True, slots=True)
class FillRow:
    """One county, item and class: what is claimed, what has come or is coming, what the plan sends, what is unmet."""

    county: str
    item: str
    priority_class: int
    claim: int
    before: int
    planned: int
    late: int
    unmet: int

    @property
    def percent(self) -> int:
        return 100 if not self.claim else min(100, 100 * (self.before + self.planned) // self.claim)


@dataclass(frozen=True, slots=True)
class UnmetRow:
    place: str
    item_code: str
    item: str
    priority_class: int
    unmet: int
    because: str
    help: str


@dataclass(frozen=True, slots=True)
class Yardstick:
    method: str
    ours: bool
    weighted_unmet_ppm: int
    by_class: Mapping[str, int]

    @property
    def weighted_unmet(self) -> str:
        return f"{self.weighted_unmet_ppm / 10_000:.1f} %"


@dataclass(frozen=True, slots=True)
class PlanPage:
    plan: PlanOut
    policy: str
    fill: list[FillRow]
    instead: Mapping[int, str]
    """By line: for which item a substitute goes, and at what ratio."""
    unmet: list[UnmetRow]
    matrix: Matrix | None
    unmet_items: list[UnmetItem]
    map: PlanMap | None
    yardsticks: list[Yardstick]
    changes: list[ChangeOut]
    studies: list[StudyRef]
    names: Names


def incident_page(session: Session, code: str, scopes: Scopes, now: datetime, text: Text) -> IncidentPage:
    """An incident as it is now, its needs by county and item, and the plans made for it."""
    state = incidents.state(session, code, now, now)
    names = names_in(session, text)
    incident = incident_queries.get_incident(session, code)
    grouped: dict[tuple[str, str, int], list[NeedNow]] = defaultdict(list)
    for need in incident_queries.needs_at(session, incident.id, now, now):
        grouped[need.item_code, need.region_code, need.need_class].append(need)
    needs = [
        NeedRow(
            county=names.region(region),
            item=names.item(item),
            item_code=item,
            need_class=need_class,
            low=sum(need.low for need in rows),
            base=sum(need.base for need in rows),
            high=sum(need.high for need in rows),
            first_due=min(need.due_at for need in rows),
        )
        for (item, region, need_class), rows in sorted(grouped.items())
    ]
    plans = [plan for plan in queries.list_plans(session, scopes, limit=500) if code in plan.incident_codes.split(";")]
    return IncidentPage(state, needs, plans[::-1])


def plan_page(session: Session, code: str, scopes: Scopes, text: Text, item_code: str = "") -> PlanPage:
    """A plan with everything that is needed to judge it; one item of it on the map."""
    out = dispatch.plan(session, code, scopes, text)
    row = queries.get_plan(session, code)
    result = queries.find_result(session, row.id)
    names = names_in(session, text)
    solved = queries.plan_of(result) if result and not result.error else None
    instance = queries.instance_of(row) if solved else None
    return PlanPage(
        plan=out,
        policy=study_words.policy_words(text, Policy.from_plain(json.loads(row.policy))),
        fill=_fill(instance, solved, names) if instance and solved else [],
        instead={line.line_no: _instead_of(line, names, text) for line in out.lines},
        unmet=_unmet(instance, out.reasons) if instance else [],
        matrix=matrix_of(instance, solved, names) if instance and solved and instance.needs else None,
        unmet_items=unmet_items(instance, _facts(result), row.as_of, names, text) if instance and result else [],
        map=map_of(session, instance, solved, names, item_code) if instance and solved else None,
        yardsticks=_yardsticks(out.yardsticks, text),
        changes=plan_changes.changes(session, code, scopes, text),
        studies=studies.of_plan(session, code, scopes),
        names=names,
    )


def _facts(result: PlanResult) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = json.loads(queries.explanation_of(result)) or []
    return facts


def yardsticks(session: Session, code: str, scopes: Scopes, text: Text) -> list[Yardstick]:
    """A plan beside what is done by hand, on the same data."""
    row = queries.get_plan(session, code)
    found_in(scopes, row.organisation_path, "plan", code)
    result = queries.find_result(session, row.id)
    return _yardsticks(json.loads(result.yardsticks), text) if result and not result.error else []


def _instead_of(line: PlannedLineOut, names: Names, text: Text) -> str:
    needed = rules.item_of_key(line.need_key)
    if needed == line.item_code:
        return ""
    ratio = {"units": line.numerator, "needed": line.denominator}
    return text.say(" (in place of {item}, {units} for {needed})", item=names.item(needed), **ratio)


def _fill(instance: Instance, plan: Plan, names: Names) -> list[FillRow]:
    results = {result.need_code: result for result in plan.needs}
    sums: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for need in instance.needs:
        result, row = results[need.code], sums[need.priority_class, need.item_code, need.county_code]
        for place, amount in enumerate(
            (need.quantity, need.received + need.on_road, result.on_time + result.late, result.late, result.unmet)
        ):
            row[place] += amount
    rows = [
        FillRow(names.region(county), names.item(item), priority, *values)
        for (priority, item, county), values in sorted(sums.items())
    ]
    return sorted(rows, key=lambda row: (row.percent, row.priority_class))


def _unmet(instance: Instance, reasons: Sequence[ReasonOut]) -> list[UnmetRow]:
    classes = {need.code: need.priority_class for need in instance.needs}
    return [
        UnmetRow(
            place=each.place,
            item_code=each.item_code,
            item=each.item,
            priority_class=classes[each.need_code],
            unmet=each.unmet,
            because=" ".join(each.because),
            help=" ".join(each.help),
        )
        for each in reasons
    ]


def _yardsticks(measured: Any, text: Text) -> list[Yardstick]:
    return [
        Yardstick(say(text), name == "plan", measured[name]["weighted_unmet_ppm"], measured[name]["unmet_by_class"])
        for name, say in _METHODS.items()
        if name in (measured or {})
    ]


_METHODS: Mapping[str, Callable[[Text], str]] = {
    "plan": lambda text: text.say("Our plan"),
    "nearest_first": lambda text: text.say("Nearest first"),
    "pro_rata": lambda text: text.say("Pro rata"),
    "per_item_flow": lambda text: text.say("Flow per item"),
}
