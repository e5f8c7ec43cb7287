"""Words for incidents, and the drafts of every verb. The picture that needs are estimated from: ``picture.py``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, Field

from reserve.drafts import Draft
from reserve.incidents.picture import Confidence, Measure, NormKind, Scenario
from reserve.papers.terms import ResponseLevel
from reserve.quantities import MAX_QUANTITY


class Evidence(StrEnum):
    """How well a quantity is proved, weakest first. Only counted stock has no need of the word."""

    DECLARED = "declared"
    VERIFIED = "verified"
    DRILLED = "drilled"
    COUNTED = "counted"


class IncidentClass(StrEnum):
    """特别重大, 重大, 较大, 一般 (Emergency Response Law 2024, art. 3). Set apart from the response level."""

    EXCEPTIONAL = "exceptional"
    MAJOR = "major"
    LARGER = "larger"
    ORDINARY = "ordinary"


class IncidentState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ResponseStep(StrEnum):
    """启动, 调整, 终止."""

    ACTIVATION = "activation"
    CHANGE = "change"
    TERMINATION = "termination"


class NeedOrigin(StrEnum):
    """Where a need comes from: the norms, or an accepted request."""

    ESTIMATE = "estimate"
    REQUEST = "request"


RegionCode = Field(pattern=r"^\d{6}$")
IncidentCode = Field(pattern=r"^[A-Z0-9][A-Z0-9-]{2,39}$")
Persons = Field(default=0, ge=0, le=MAX_QUANTITY)


# --- the incident and its response --------------------------------------------------------------------------------


class AreaDraft(Draft):
    """An affected county with its figures, persons; they also split wider reports between counties."""

    region_code: str = RegionCode
    affected_population: int = Persons
    relocated_persons: int = Persons
    sheltered_persons: int = Persons
    confirmed_cases: int = Persons
    is_affected: bool = True
    """False takes the county out again."""


class IncidentDraft(Draft):
    """Declare an incident: what, where, since when. Its response level is set apart."""

    code: str = IncidentCode
    title_zh: str = Field(min_length=1, max_length=200)
    title_en: str = Field(default="", max_length=200)
    scenario: Scenario
    incident_class: IncidentClass
    organisation_code: str
    """The body that declares and leads."""
    begins_on: date
    """First day of its needs."""
    areas: tuple[AreaDraft, ...] = Field(min_length=1)
    """In the order of weight: sites of a single accident stand in the first county."""
    reported: tuple[Measure, ...] = ()
    """Measures that come day by day; until the first report they are zero, and the figures above only split them."""
    severity_profile: str | None = None
    injured: int = Persons
    injured_are_serious: bool = False
    occurred_at: AwareDatetime | None = None
    reason: str = ""


class AreasDraft(Draft):
    """New figures for counties, or counties that join or leave."""

    incident_code: str
    areas: tuple[AreaDraft, ...] = Field(min_length=1)
    valid_from: AwareDatetime | None = None
    source: str = Field(min_length=1)


class ClassDraft(Draft):
    """Set the class of an incident anew; the level stays."""

    incident_code: str
    incident_class: IncidentClass
    reason: str = Field(min_length=1)


class ResponseDraft(Draft):
    """Ask for a response level: activation, change or, without a level, termination. It is signed before it holds."""

    incident_code: str
    level: ResponseLevel | None
    organisation_code: str | None = None
    """The body that leads at this level; the declaring body where empty."""
    expected_until: date | None = None
    measures: str = ""
    reason: str = Field(min_length=1)


class ResponseInForceDraft(Draft):
    """Put a signed response document in force."""

    document_number: str
    valid_from: AwareDatetime | None = None


class CloseDraft(Draft):
    incident_code: str
    reason: str = Field(min_length=1)


# --- what is reported ---------------------------------------------------------------------------------------------


class ObservationDraft(Draft):
    """One value of a measure: cases of the day, persons in isolation, persons to be tested."""

    measure: Measure
    region_code: str = RegionCode
    on: date
    """The day it is true of; a planned test round or closure may lie ahead."""
    value: int = Field(ge=0, le=MAX_QUANTITY)


class ObservationsDraft(Draft):
    incident_code: str
    observations: tuple[ObservationDraft, ...] = Field(min_length=1)
    source: str = Field(min_length=1)


class CoverageDraft(Draft):
    """Household coverage of a county: it lowers demand and is never stock."""

    region_code: str = RegionCode
    kit_version: str = Field(min_length=1)
    coverage_basis_points: int = Field(ge=0, le=10_000)
    """Households with a kit, in hundredths of a percent."""
    kits_subsidised: int = Field(default=0, ge=0, le=MAX_QUANTITY)
    subsidy_minor: int = Field(default=0, ge=0, le=MAX_QUANTITY)
    """Subsidy per kit, 分."""
    evidence: Evidence = Evidence.DECLARED


class CoveragesDraft(Draft):
    coverages: tuple[CoverageDraft, ...] = Field(min_length=1)
    valid_from: AwareDatetime | None = None
    source: str = Field(min_length=1)


# --- the rules of estimation --------------------------------------------------------------------------------------


class RangeDraft(Draft):
    """Low, base and high of a norm or driver, exact decimals."""

    low: Decimal = Field(ge=0)
    base: Decimal = Field(ge=0)
    high: Decimal = Field(ge=0)


class NormDraft(Draft):
    """Base units of an item per unit of driver (norms.csv). ``months``: calendar months, empty for all year."""

    code: str = Field(min_length=1)
    item_code: str
    scenario: Scenario
    driver: str
    quantity: RangeDraft
    kind: NormKind
    confidence: Confidence
    source: str = ""
    months: tuple[int, ...] = ()


class DriverRuleDraft(Draft):
    """The number of one driver (drivers.csv)."""

    driver: str
    amount: RangeDraft
    confidence: Confidence
    source: str = ""


class SeverityProfileDraft(Draft):
    """Shares of patients and days in bed (severity_profiles.csv). The shares add to one."""

    profile: str
    share_mild: Decimal = Field(ge=0, le=1)
    share_severe: Decimal = Field(ge=0, le=1)
    share_critical: Decimal = Field(ge=0, le=1)
    bed_days_mild: int = Field(ge=0, le=365)
    bed_days_severe: int = Field(ge=0, le=365)
    bed_days_critical: int = Field(ge=0, le=365)


class KitCoverDraft(Draft):
    """Pieces of a kit that meet a driver's need for its first days (household_kit.csv, tier_mandates.csv)."""

    kit_version: str
    driver: str
    item_code: str
    pieces: Decimal = Field(ge=0)
    days: int = Field(ge=1)


class RuleBookDraft(Draft):
    """All rules of estimation at once; from ``valid_from`` on they take the place of the ones before."""

    norms: tuple[NormDraft, ...] = Field(min_length=1)
    drivers: tuple[DriverRuleDraft, ...] = Field(min_length=1)
    profiles: tuple[SeverityProfileDraft, ...] = ()
    kit_covers: tuple[KitCoverDraft, ...] = ()
    valid_from: AwareDatetime | None = None
    basis: str = Field(min_length=1)


class HospitalReserveDraft(Draft):
    """What a hospital has of its own and the plan does not count as stock."""

    site_code: str
    item_code: str
    quantity: int = Field(ge=0, le=MAX_QUANTITY)


class EstimateDraft(Draft):
    """Estimate the needs of an incident as of one time and as known at one time (now, where empty)."""

    incident_code: str
    days: int = Field(default=10, ge=1, le=60)
    """Due days, the day of ``as_of`` being the first."""
    as_of: AwareDatetime | None = None
    known_at: AwareDatetime | None = None
    item_codes: tuple[str, ...] = ()
    """Only these items; all where empty."""
    hospital_reserves: tuple[HospitalReserveDraft, ...] = ()


# --- requests -----------------------------------------------------------------------------------------------------


class RequestLineDraft(Draft):
    """应急物资请调申请: what is asked, for where, by when, and what the asker still has."""

    site_code: str
    item_code: str
    quantity: int = Field(gt=0, le=MAX_QUANTITY, strict=True)
    needed_by: AwareDatetime
    need_class: int = Field(default=2, ge=1, le=3)
    own_total: int = Field(default=0, ge=0, le=MAX_QUANTITY)
    own_used: int = Field(default=0, ge=0, le=MAX_QUANTITY)


class RequestDraft(Draft):
    incident_code: str
    organisation_code: str
    """Who asks: a county, a city, a hospital."""
    lines: tuple[RequestLineDraft, ...] = Field(min_length=1)
    justification: str = Field(min_length=1)
    persons_relocated: int = Persons
    replaces: str | None = None
    """Number of the request that this one amends."""


class RequestWithdrawalDraft(Draft):
    document_number: str
    reason: str = Field(min_length=1)


class RequestDecisionDraft(Draft):
    """Take lines of a request up as needs, in full or in part; 0 declines, and then the reason is read out."""

    document_number: str
    lines: tuple[RequestLineDecision, ...] = Field(min_length=1)


class RequestLineDecision(Draft):
    line_no: int = Field(ge=1)
    accepted: int = Field(ge=0, le=MAX_QUANTITY)
    reason: str = ""


RequestDecisionDraft.model_rebuild()
