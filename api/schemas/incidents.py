"""Answers about incidents and needs."""

from __future__ import annotations

from datetime import date, datetime

from api.schemas.base import Out
from reserve.incidents.picture import Basis, Confidence, Measure, NeedKind, Scenario
from reserve.incidents.terms import Evidence, IncidentClass, IncidentState, NeedOrigin, ResponseStep
from reserve.papers.terms import ResponseLevel


class IncidentOut(Out):
    code: str
    title_zh: str
    title_en: str
    scenario: Scenario
    organisation_path: str
    begins_on: date
    occurred_at: datetime
    recorded_at: datetime


class AreaOut(Out):
    region_code: str
    place: int
    affected_population: int
    relocated_persons: int
    sheltered_persons: int
    confirmed_cases: int
    source: str
    valid_from: datetime
    recorded_at: datetime


class ResponseChangeOut(Out):
    step: ResponseStep
    level: ResponseLevel | None
    expected_until: date | None
    measures: str
    valid_from: datetime
    recorded_at: datetime


class IncidentStateOut(IncidentOut):
    """An incident as it is now, or as it was known at a time."""

    incident_class: IncidentClass
    state: IncidentState
    level: ResponseLevel | None
    areas: list[AreaOut]
    responses: list[ResponseChangeOut]


class NeedOut(Out):
    """A need with its quantity in force, low, base and high, and where the number comes from."""

    code: str
    origin: NeedOrigin
    region_code: str
    site_code: str
    item_code: str
    due_at: datetime
    need_class: int
    kind: NeedKind
    driver: str
    norm_code: str
    low: int
    base: int
    high: int
    gross_base: int
    household_base: int
    hospital_base: int
    driver_amount: str
    basis: Basis
    confidence: Confidence
    source: str
    recorded_at: datetime


class EstimateOut(Out):
    code: str
    from_on: date
    known_on: date
    ends_on: date
    as_of: datetime
    known_at: datetime
    inputs_hash: str
    line_count: int
    changed_count: int
    totals: str
    recorded_at: datetime


class ObservedOut(Out):
    measure: Measure
    region_code: str
    observed_on: date
    value: int
    source: str
    recorded_at: datetime


class CoverageOut(Out):
    region_code: str
    kit_version: str
    coverage_basis_points: int
    kits_subsidised: int
    subsidy_minor: int
    evidence: Evidence
    source: str
    valid_from: datetime
    recorded_at: datetime


class RuleBookOut(Out):
    version: int
    basis: str
    valid_from: datetime
    recorded_at: datetime
