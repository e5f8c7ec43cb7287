"""Incidents and all that is known of them. Everything is versions with two times; nothing is overwritten."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base
from reserve.incidents.picture import Basis, Confidence, Measure, NeedKind, NormKind, Scenario
from reserve.incidents.terms import Evidence, IncidentClass, IncidentState, NeedOrigin, ResponseStep
from reserve.papers.terms import ResponseLevel


class Incident(AppendOnly, Base):
    """An emergency incident (突发事件), as declared."""

    __tablename__ = "incident"

    code: Mapped[str] = mapped_column(unique=True)
    title_zh: Mapped[str]
    title_en: Mapped[str]
    scenario: Mapped[Scenario]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_path: Mapped[str] = mapped_column(index=True)
    begins_on: Mapped[date]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    user_id: Mapped[int]
    person_id: Mapped[int]


class IncidentVersion(AppendOnly, Base):
    """Class and state of an incident, and how its needs are reported."""

    __tablename__ = "incident_version"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    incident_class: Mapped[IncidentClass]
    state: Mapped[IncidentState]
    reported: Mapped[str]
    """Measures joined by ``;``."""
    severity_profile: Mapped[str | None]
    injured: Mapped[int]
    injured_are_serious: Mapped[bool]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]
    user_id: Mapped[int]
    person_id: Mapped[int]
    reason: Mapped[str]


class ResponseChange(AppendOnly, Base):
    """A response level came into force, changed or ended, on the ground of a signed document."""

    __tablename__ = "response_change"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    step: Mapped[ResponseStep]
    level: Mapped[ResponseLevel | None]
    """Empty: no response is on."""
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    """Who leads at this level."""
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    expected_until: Mapped[date | None]
    measures: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]
    user_id: Mapped[int]
    person_id: Mapped[int]


class AreaVersion(AppendOnly, Base):
    """Figures of one affected county, persons."""

    __tablename__ = "incident_area"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    place: Mapped[int]
    """Order of weight in the incident, from 1."""
    is_affected: Mapped[bool]
    affected_population: Mapped[int]
    relocated_persons: Mapped[int]
    sheltered_persons: Mapped[int]
    confirmed_cases: Mapped[int]
    source: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Observed(AppendOnly, Base):
    """A reported value. A later row for the same measure, region and day corrects it."""

    __tablename__ = "incident_observation"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value_not_negative"),
        Index("ix_incident_observation_of", "incident_id", "measure", "observed_on"),
    )

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    measure: Mapped[Measure]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    observed_on: Mapped[date]
    value: Mapped[int]
    source: Mapped[str]
    recorded_at: Mapped[datetime]
    user_id: Mapped[int]


class HouseholdCoverage(AppendOnly, Base):
    """How many households of a county have a kit. Never stock: it lowers the first days' demand."""

    __tablename__ = "household_coverage"
    __table_args__ = (CheckConstraint("coverage_basis_points BETWEEN 0 AND 10000", name="share"),)

    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    kit_version: Mapped[str]
    coverage_basis_points: Mapped[int]
    kits_subsidised: Mapped[int]
    subsidy_minor: Mapped[int]
    evidence: Mapped[Evidence]
    source: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class DemandRuleBook(AppendOnly, Base):
    """A whole set of norms, driver numbers and profiles; the newest valid one is used."""

    __tablename__ = "demand_rule_book"

    version: Mapped[int] = mapped_column(unique=True)
    basis: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class NormRow(AppendOnly, Base):
    """Exact decimals stand as text: a database float would change them."""

    __tablename__ = "demand_norm"
    __table_args__ = (UniqueConstraint("rule_book_id", "code"),)

    rule_book_id: Mapped[int] = mapped_column(ForeignKey("demand_rule_book.id"))
    code: Mapped[str]
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"))
    scenario: Mapped[Scenario]
    driver: Mapped[str]
    low: Mapped[str]
    base: Mapped[str]
    high: Mapped[str]
    kind: Mapped[NormKind]
    confidence: Mapped[Confidence]
    source: Mapped[str]
    months: Mapped[str]


class DriverRow(AppendOnly, Base):
    __tablename__ = "demand_driver"
    __table_args__ = (UniqueConstraint("rule_book_id", "driver"),)

    rule_book_id: Mapped[int] = mapped_column(ForeignKey("demand_rule_book.id"))
    driver: Mapped[str]
    low: Mapped[str]
    base: Mapped[str]
    high: Mapped[str]
    confidence: Mapped[Confidence]
    source: Mapped[str]


class SeverityProfileRow(AppendOnly, Base):
    __tablename__ = "severity_profile"
    __table_args__ = (UniqueConstraint("rule_book_id", "profile"),)

    rule_book_id: Mapped[int] = mapped_column(ForeignKey("demand_rule_book.id"))
    profile: Mapped[str]
    share_mild: Mapped[str]
    share_severe: Mapped[str]
    share_critical: Mapped[str]
    bed_days_mild: Mapped[int]
    bed_days_severe: Mapped[int]
    bed_days_critical: Mapped[int]


class KitCoverRow(AppendOnly, Base):
    """What a kit of one version spares its household, by driver."""

    __tablename__ = "household_kit_cover"
    __table_args__ = (UniqueConstraint("rule_book_id", "kit_version", "driver", "item_code"),)

    rule_book_id: Mapped[int] = mapped_column(ForeignKey("demand_rule_book.id"))
    kit_version: Mapped[str]
    driver: Mapped[str]
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"))
    pieces: Mapped[str]
    days: Mapped[int]


class DemandEstimate(AppendOnly, Base):
    """One run of the estimation: what it looked at, and the hash of it, so that it can be made again."""

    __tablename__ = "demand_estimate"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    rule_book_id: Mapped[int] = mapped_column(ForeignKey("demand_rule_book.id"))
    from_on: Mapped[date]
    known_on: Mapped[date]
    ends_on: Mapped[date]
    as_of: Mapped[datetime]
    known_at: Mapped[datetime]
    inputs_hash: Mapped[str]
    line_count: Mapped[int]
    changed_count: Mapped[int]
    totals: Mapped[str]
    """Low, base and high per item over all lines, canonical JSON."""
    recorded_at: Mapped[datetime]
    user_id: Mapped[int]
    person_id: Mapped[int]


class Need(AppendOnly, Base):
    """What one place needs of one item by one hour, under one norm or request. Its quantity is its last version."""

    __tablename__ = "need"
    __table_args__ = (
        UniqueConstraint("incident_id", "code"),
        CheckConstraint("need_class BETWEEN 1 AND 3", name="class_known"),
    )

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    code: Mapped[str]
    """Site, item, norm or request line, and due time: the same need keeps its code from estimate to estimate."""
    origin: Mapped[NeedOrigin]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    site_code: Mapped[str] = mapped_column(ForeignKey("site.code"))
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"))
    due_at: Mapped[datetime]
    need_class: Mapped[int]
    kind: Mapped[NeedKind]
    driver: Mapped[str]
    norm_code: Mapped[str]
    recorded_at: Mapped[datetime]


class NeedVersion(AppendOnly, Base):
    """Quantity of a need from a time on, base units; 0 withdraws it. Gross less covers is the quantity."""

    __tablename__ = "need_version"
    __table_args__ = (
        CheckConstraint("low >= 0 AND base >= 0 AND high >= 0", name="not_negative"),
        CheckConstraint("base = gross_base - household_base - hospital_base", name="covers_add_up"),
    )

    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    low: Mapped[int]
    base: Mapped[int]
    high: Mapped[int]
    gross_base: Mapped[int]
    household_base: Mapped[int]
    hospital_base: Mapped[int]
    driver_amount: Mapped[str]
    """Units of the driver, base, exact."""
    basis: Mapped[Basis]
    confidence: Mapped[Confidence]
    source: Mapped[str]
    estimate_id: Mapped[int | None] = mapped_column(ForeignKey("demand_estimate.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class RequestLine(AppendOnly, Base):
    """One line of a request paper, with what the asker still has."""

    __tablename__ = "request_line"
    __table_args__ = (
        UniqueConstraint("document_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    line_no: Mapped[int]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    region_code: Mapped[str]
    site_code: Mapped[str] = mapped_column(ForeignKey("site.code"))
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"))
    quantity: Mapped[int]
    needed_by: Mapped[datetime]
    need_class: Mapped[int]
    own_total: Mapped[int]
    own_used: Mapped[int]
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("request_line.id"))
    """An open line for the same place and item within a day: perhaps the same wish twice."""
    recorded_at: Mapped[datetime]


class RequestDecision(AppendOnly, Base):
    """A request line was taken up as a need, in full or in part, or declined; the last decision holds."""

    __tablename__ = "request_decision"

    request_line_id: Mapped[int] = mapped_column(ForeignKey("request_line.id"), index=True)
    accepted: Mapped[int]
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"))
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    user_id: Mapped[int]
    person_id: Mapped[int]
