"""Words for mandates: what a tier must hold, what it keeps, and in which order sources are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from reserve.incidents.picture import Confidence, Norm
from reserve.incidents.terms import Evidence
from reserve.organisations.terms import Tier
from reserve.papers.terms import DocumentKind, ResponseLevel
from reserve.stock.terms import FloorKind


class CoverageDriver(StrEnum):
    """From a mandate to a quantity per item (mandate_rules.csv); the sentences are functions in ``targets.py``."""

    EVACUATED_PERSONS = "evacuated_persons"
    FULL_LOAD_DAYS = "full_load_days"
    CRITICAL_PATIENTS = "critical_patients"
    ICU_BEDS = "icu_beds"
    TREATMENTS = "treatments"
    DIKE_RISK_KM = "dike_risk_km"
    PUMP_M3H = "pump_m3h"
    POWER_KW = "power_kw"
    TEAMS = "teams"
    ROAD_KM_PASS = "road_km_pass"
    BRIDGE_M = "bridge_m"
    FIREFIGHTERS = "firefighters"
    PERSON_DAYS = "person_days"
    HOUSEHOLDS = "households"
    PERSONS = "persons"
    OWN_STAFF_DAYS = "own_staff_days"
    OWN_RISK_SITES = "own_risk_sites"
    OWN_SITES = "own_sites"
    CONTRACT_DAYS = "contract_days"


DECLARED_BY_UNIT = frozenset({CoverageDriver.OWN_STAFF_DAYS, CoverageDriver.OWN_RISK_SITES, CoverageDriver.OWN_SITES})
"""The unit declares its own staff, risks and sites; no target is computed and no book stock follows."""

ICU_ITEMS = ("H2020101", "H2020301")
"""Invasive ventilator and patient monitor, one each per ICU bed (mandate_rules.csv, icu_beds)."""

HOUSEHOLD_MASK = "H2010103"
"""The mask of the household kit (household_kit.csv, row 9): pieces per person count as coverage, never as stock."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """What one tier must hold of a category: a coverage in units of its driver (tier_mandates.csv).

    quantity     of ``unit``: persons, days, kilometres, m³/h, kW, teams … per holder of the tier
    hazard_tags  empty: every holder of the tier; else only holders in a region with one of them
    """

    tier: Tier
    category: str
    driver: CoverageDriver
    quantity: Fraction
    unit: str
    reserve_modes: tuple[str, ...] = ()
    hazard_tags: frozenset[str] = frozenset()
    confidence: Confidence = Confidence.LOW
    source: str = ""


@dataclass(frozen=True, slots=True)
class HospitalLoad:
    """A hospital at full load: ICU beds, other beds, health workers."""

    icu_beds: int
    other_beds: int
    health_workers: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds, with all that a target may depend on.

    hospitals   designated hospitals of its area, or itself where it is one
    teams       teams that it owns, by type
    max_output  maximum daily capacity of its own lines by item, base units a day
    """

    code: str
    tier: Tier
    region_code: str
    residents: int = 0
    households: int = 0
    coverage_rate: Fraction = Fraction(0)
    hazard_tags: frozenset[str] = frozenset()
    hospitals: tuple[HospitalLoad, ...] = ()
    teams: Mapping[str, int] = field(default_factory=dict)
    max_output: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MandateItem:
    """What the law must know of an item. ``equivalence`` is the service of one unit inside its group (m³/h, kW)."""

    code: str
    category: str
    unit: str
    substitution_group: str
    equivalence: Fraction


@dataclass(frozen=True, slots=True)
class TeamEquipment:
    """Base units of an item that a team of this type must have (team_equipment_standard.csv)."""

    team_type: str
    item_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The tables that turn mandates into quantities."""

    items: tuple[MandateItem, ...]
    norms: tuple[Norm, ...]
    team_equipment: tuple[TeamEquipment, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What one holder must hold of one item, base units, rounded up.

    is_coverage  households: coverage of the population, never stock and never shipped
    """

    holder_code: str
    tier: Tier
    category: str
    item_code: str
    quantity: int
    driver: CoverageDriver
    norm_codes: tuple[str, ...]
    confidence: Confidence
    is_coverage: bool = False


class GapReason(StrEnum):
    """Why an item of a mandate has no target."""

    NO_NORM = "no_norm"
    DECLARED_BY_UNIT = "declared_by_unit"


@dataclass(frozen=True, slots=True)
class Gap:
    """An item that a mandate covers in words but for which no number follows."""

    holder_code: str
    tier: Tier
    category: str
    item_code: str
    driver: CoverageDriver
    reason: GapReason


@dataclass(frozen=True, slots=True)
class FloorRule:
    """Share of min(target, opening book) that a tier keeps (floors.csv).

    share     when no response is on
    by_level  share at a level instead; a level not named leaves ``share``
    """

    tier: Tier
    kind: FloorKind
    share: Fraction
    by_level: Mapping[ResponseLevel, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holding:
    """A quantity that counts towards a target, with its grade. Base units."""

    holder_code: str
    item_code: str
    quantity: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """A target and what stands against it.

    counted    usable stock on the book
    by_grade   quantity per evidence grade, all grades of ``Evidence``
    covered    of the target, with every grade
    grade      the weakest grade that was needed to reach ``covered``; None where nothing is held
    """

    target: Target
    counted: int
    by_grade: Mapping[Evidence, int]
    covered: int
    grade: Evidence | None

    @property
    def missing(self) -> int:
        return self.target.quantity - self.covered

    @property
    def coverage(self) -> Fraction:
        """Covered share of the target, 0 to 1; a target of nothing is covered."""
        return Fraction(self.covered, self.target.quantity) if self.target.quantity else Fraction(1)


class SourceKind(StrEnum):
    """The steps of the cascade, in the order of cascade.csv."""

    OWN_COUNTY_STOCK = "own_county_stock"
    OWN_CITY_STOCK = "own_city_stock"
    PROVINCE_STOCK_ABOVE_FLOOR = "province_stock_above_floor"
    NEIGHBOUR_CITY_STOCK_ABOVE_FLOOR = "neighbour_city_stock_above_floor"
    ACCEPTED_OFFER = "accepted_offer"
    PRODUCER_STOCK_ON_BEHALF = "producer_stock_on_behalf"
    CAPACITY_ACTIVATION = "capacity_activation"
    REQUISITION = "requisition"
    STRATEGIC_FLOOR = "strategic_floor"


@dataclass(frozen=True, slots=True)
class CascadeStep:
    """One step: the source kind it opens, from which level on, and whose signature opens it (cascade.csv)."""

    step: int
    source_kind: SourceKind
    opens_at: ResponseLevel
    authority: str
    notice_document: DocumentKind


class SourceForm(StrEnum):
    """How the goods are there: on the shelf, offered, kept by a producer for another, to be made, taken, released."""

    STOCK = "stock"
    OFFER = "offer"
    ON_BEHALF = "on_behalf"
    CAPACITY = "capacity"
    REQUISITION = "requisition"
    STRATEGIC_RELEASE = "strategic_release"


@dataclass(frozen=True, slots=True)
class Source:
    """Whose goods, in which form. ``region_code`` is the owner's; ``city_code`` the unit that manages it."""

    tier: Tier
    region_code: str
    city_code: str
    form: SourceForm = SourceForm.STOCK


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where the need stands: a county and the city-level unit that manages it (both the same in Dingzhou, Xinji)."""

    county_code: str
    city_code: str


class LaneRule(StrEnum):
    """Why a source may not serve a receiver now."""

    NO_STEP = "no_step"
    NO_RESPONSE = "no_response"
    LEVEL_TOO_LOW = "level_too_low"
    REQUEST_MISSING = "request_missing"
    NEVER_AUTOMATIC = "never_automatic"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether the cascade admits a source to a receiver, by which step, and if not by which rule.

    step  the step concerned; with a rule it says what would open it (level, authority), for the explanation
    """

    step: CascadeStep | None
    rule: LaneRule | None

    @property
    def is_lawful(self) -> bool:
        return self.rule is None


@dataclass(frozen=True, slots=True)
class RulesSet:
    """Answer of a verb that puts a set of rules in force."""

    version: int
    rows: int


@dataclass(frozen=True, slots=True)
class TargetsSet:
    """Answer of ``compute_targets``: how many targets stand, changed or ended, and how many items have no number."""

    targets: int
    changed: int
    gaps: int


@dataclass(frozen=True, slots=True)
class FloorsSet:
    floors: int
