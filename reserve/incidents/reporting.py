"""Verbs on what is known: reported values, household coverage, the rules of estimation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue import queries as catalogue_queries
from reserve.db import append
from reserve.errors import InvalidInput
from reserve.incidents import assembly, queries, rules
from reserve.incidents.models import (
    DemandRuleBook,
    DriverRow,
    HouseholdCoverage,
    KitCoverRow,
    NormRow,
    Observed,
    SeverityProfileRow,
)
from reserve.incidents.service import open_incident
from reserve.incidents.terms import (
    CoveragesDraft,
    DriverRuleDraft,
    NormDraft,
    ObservationsDraft,
    RuleBookDraft,
)
from reserve.organisations import queries as organisation_queries


def record_observations(
    session: Session, actor: Actor, draft: ObservationsDraft, *, now: datetime, today: date
) -> Sequence[Observed]:
    """Enter what was reported: cases of the day, sheltered persons, a test round decided. Later rows correct."""
    require(actor, Permission.NEED_WRITE)
    incident = open_incident(session, draft.incident_code)
    require_scope(actor, Permission.NEED_WRITE, organisation_path=incident.organisation_path)
    regions = organisation_queries.regions_by_code(session)
    counties = [area.region_code for area in queries.areas_at(session, incident.id, now, now)]
    affected = {code for county in counties for code in assembly.ancestors(regions, county)}
    if problems := rules.observation_problems(draft.observations, regions.keys(), affected, today=today):
        raise InvalidInput(problems)
    rows = [
        {
            "incident_id": incident.id,
            "measure": each.measure,
            "region_code": each.region_code,
            "observed_on": each.on,
            "value": each.value,
            "source": draft.source,
            "recorded_at": now,
            "user_id": actor.user_id,
        }
        for each in draft.observations
    ]
    ids = append(session, Observed, rows)
    return session.scalars(select(Observed).where(Observed.id.in_(ids)).order_by(Observed.id)).all()


def record_coverage(
    session: Session, actor: Actor, draft: CoveragesDraft, *, now: datetime, today: date
) -> Sequence[HouseholdCoverage]:
    """Enter how many households of a county have a kit, and the subsidy paid for it. It is never stock."""
    require(actor, Permission.COVERAGE_WRITE)
    regions = organisation_queries.regions_by_code(session)
    counties = {code for code, region in regions.items() if region.county_equivalent}
    if problems := rules.coverage_problems(draft.coverages, counties):
        raise InvalidInput(problems)
    times = {"valid_from": draft.valid_from or now, "recorded_at": now}
    rows = [{**each.model_dump(), "source": draft.source, **times} for each in draft.coverages]
    ids = append(session, HouseholdCoverage, rows)
    statement = select(HouseholdCoverage).where(HouseholdCoverage.id.in_(ids))
    return session.scalars(statement.order_by(HouseholdCoverage.id)).all()


def set_rule_book(
    session: Session, actor: Actor, draft: RuleBookDraft, *, now: datetime, today: date
) -> DemandRuleBook:
    """Put norms, driver numbers, severity profiles and kits in force, all at once. Older estimates keep theirs."""
    require(actor, Permission.MANDATE_WRITE)
    items = catalogue_queries.items_by_code(session)
    if problems := rules.rule_book_problems(draft, items.keys()):
        raise InvalidInput(problems)
    version = (session.scalar(select(func.max(DemandRuleBook.version))) or 0) + 1
    row = {"version": version, "basis": draft.basis, "valid_from": draft.valid_from or now, "recorded_at": now}
    (book_id,) = append(session, DemandRuleBook, [row])
    append(session, NormRow, [_norm_row(book_id, norm) for norm in draft.norms])
    append(session, DriverRow, [_driver_row(book_id, rule) for rule in draft.drivers])
    profiles = [{"rule_book_id": book_id, **_decimals_as_text(each.model_dump())} for each in draft.profiles]
    append(session, SeverityProfileRow, profiles)
    covers = [{"rule_book_id": book_id, **_decimals_as_text(each.model_dump())} for each in draft.kit_covers]
    append(session, KitCoverRow, covers)
    return session.get_one(DemandRuleBook, book_id)


def _norm_row(book_id: int, norm: NormDraft) -> dict[str, Any]:
    values = norm.model_dump(exclude={"quantity", "months"})
    months = ";".join(str(month) for month in norm.months)
    return {"rule_book_id": book_id, **values, **_decimals_as_text(norm.quantity.model_dump()), "months": months}


def _driver_row(book_id: int, rule: DriverRuleDraft) -> dict[str, Any]:
    values = rule.model_dump(exclude={"amount"})
    return {"rule_book_id": book_id, **values, **_decimals_as_text(rule.amount.model_dump())}


def _decimals_as_text(values: dict[str, Any]) -> dict[str, Any]:
    exact = ("low", "base", "high", "share_mild", "share_severe", "share_critical", "pieces")
    return {name: str(value) if name in exact else value for name, value in values.items()}
