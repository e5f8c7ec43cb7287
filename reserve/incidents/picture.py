"""The picture of an incident from which needs are estimated: frozen values, no rows and no files.

A picture is what was known on one day. Whoever builds it (a service from versions as known at a time, a test from
the reference data) leaves out what was not known yet; the law in ``estimation.py`` reads nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from fractions import Fraction


class Scenario(StrEnum):
    """The ten key scenarios, public health and major events (scenarios.csv)."""

    EARTHQUAKE_GEOLOGY = "earthquake_geology"
    FLOOD = "flood"
    URBAN_WATERLOGGING = "urban_waterlogging"
    ICE_SNOW = "ice_snow"
    FOREST_GRASSLAND_FIRE = "forest_grassland_fire"
    URBAN_SPECIAL_FIRE = "urban_special_fire"
    HAZCHEM = "hazchem"
    MINE_TUNNEL = "mine_tunnel"
    LIFE_RESCUE = "life_rescue"
    HOUSEHOLD = "household"
    PUBLIC_HEALTH = "public_health"
    MAJOR_EVENT = "major_event"


class Measure(StrEnum):
    """What is counted and reported of an incident, day by day (incident_timeline.csv, and our own reports)."""

    NEW_CONFIRMED_CASES = "new_confirmed_cases"
    MASS_TEST_PERSONS = "mass_test_persons"
    CENTRAL_ISOLATION_PERSONS = "central_isolation_persons"
    CLOSURE = "closure"
    TRAVEL_RESTRICTION = "travel_restriction"
    AFFECTED_PERSONS = "affected_persons"
    RELOCATED_PERSONS = "relocated_persons"
    SHELTERED_PERSONS = "sheltered_persons"
    INJURED_PERSONS = "injured_persons"
    RESCUE_PERSONNEL = "rescue_personnel"
    ROAD_CLEARED = "road_cleared"
    TENTS_STANDING = "tents_standing"


class NormKind(StrEnum):
    """How a norm counts: once per unit of driver, or again on every day, shift, round or pass."""

    ONE_OFF = "one_off"
    PER_DAY = "per_day"
    PER_SHIFT = "per_shift"
    PER_ROUND = "per_round"
    PER_PASS = "per_pass"


class NeedKind(StrEnum):
    """A *flow* missed today is lost today; a *lump* stays open until it is filled."""

    FLOW = "flow"
    LUMP = "lump"


class NeedClass(IntEnum):
    """Priority class of a need, served strictly in this order unless the plan's policy says otherwise.

    1  life at once: critical and severe patients, people trapped or injured, those who go in to save them
    2  keeping people safe: ordinary wards and health workers, sampling, isolation, shelter, water, dikes
    3  everybody else: residents, public service, checkpoints, cleaning up afterwards
    """

    LIFE = 1
    SAFETY = 2
    PUBLIC = 3


class PlaceKind(StrEnum):
    """Where in the county a need stands: its designated hospital, or its receiving point."""

    HOSPITAL = "hospital"
    RECEIVING_POINT = "receiving_point"


class Confidence(StrEnum):
    """How well a number is founded; the words of the reference data, strongest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    ILLUSTRATIVE = "illustrative"


class Basis(StrEnum):
    """What a need rests on: a counted day (or an accepted request), a day still to come, a stated assumption."""

    OBSERVED = "observed"
    FORECAST = "forecast"
    ASSUMED = "assumed"


def weaker(first: Confidence, second: Confidence) -> Confidence:
    """A product is no better founded than its weaker factor."""
    order = list(Confidence)
    return max(first, second, key=order.index)


@dataclass(frozen=True, slots=True)
class Range:
    """Low, base and high of one amount, exact."""

    low: Fraction
    base: Fraction
    high: Fraction

    @classmethod
    def flat(cls, amount: int | Fraction) -> Range:
        return cls(Fraction(amount), Fraction(amount), Fraction(amount))

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.base + other.base, self.high + other.high)

    def __sub__(self, other: Range) -> Range:
        return Range(self.low - other.low, self.base - other.base, self.high - other.high)

    def __mul__(self, other: Range) -> Range:
        return Range(self.low * other.low, self.base * other.base, self.high * other.high)

    def each(self, change: Callable[[Fraction], int | Fraction]) -> Range:
        return Range(Fraction(change(self.low)), Fraction(change(self.base)), Fraction(change(self.high)))

    def over(self, divisor: Range) -> Range:
        """Divided so that the smaller divisor gives the larger amount: persons per shift, per site, per cluster."""
        return Range(self.low / divisor.high, self.base / divisor.base, self.high / divisor.low)

    def at_least(self, other: Range) -> Range:
        return Range(max(self.low, other.low), max(self.base, other.base), max(self.high, other.high))


NOTHING = Range.flat(0)


@dataclass(frozen=True, slots=True)
class Quantities:
    """Low, base and high in whole base units."""

    low: int
    base: int
    high: int

    @property
    def is_zero(self) -> bool:
        return self.low == self.base == self.high == 0


@dataclass(frozen=True, slots=True)
class Observation:
    """One dated value of a measure for a county, a city or the province.

    on        the day it is true of; a planned measure may lie ahead
    known_on  the day from which we knew it; the law uses nothing with a later one
    """

    measure: Measure
    region_code: str
    on: date
    value: int
    known_on: date


@dataclass(frozen=True, slots=True)
class AffectedCounty:
    """One affected county. Persons and households are counts; the incident figures also serve as shares.

    within                codes of the regions it lies in, itself included (county, city, province)
    affected_population   persons; relocated, sheltered and confirmed likewise. Where the incident reports a measure
                          by timeline, the figure here only splits it between counties (incident_areas.csv)
    health_workers        of the hospitals that stand in the county
    coverage              share of households with a kit, 0 to 1, by kit version; lowers the need, never stock
    """

    region_code: str
    within: tuple[str, ...]
    hospital_code: str | None
    receiving_point_code: str
    population: int
    households: int
    affected_population: int = 0
    relocated_persons: int = 0
    sheltered_persons: int = 0
    confirmed_cases: int = 0
    health_workers: int = 0
    hazard_tags: frozenset[str] = frozenset()
    coverage: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DriverRule:
    """The number of one row of drivers.csv. Its sentence is a function in ``drivers.py``."""

    driver: str
    amount: Range
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Norm:
    """Base units of an item per unit of driver in a scenario (norms.csv).

    months  calendar months in which it applies, empty for all: quilts in the heating season, towel quilts in summer
    """

    norm_code: str
    item_code: str
    scenario: Scenario
    driver: str
    quantity: Range
    kind: NormKind
    confidence: Confidence
    source: str
    months: frozenset[int] = frozenset()

    def applies_on(self, day: date) -> bool:
        return not self.months or day.month in self.months


@dataclass(frozen=True, slots=True)
class SeverityProfile:
    """Shares of patients by severity, and days in bed (severity_profiles.csv)."""

    profile: str
    share_mild: Fraction
    share_severe: Fraction
    share_critical: Fraction
    bed_days_mild: int
    bed_days_severe: int
    bed_days_critical: int


@dataclass(frozen=True, slots=True)
class ForecastRule:
    """How new cases go on after the last counted day: the mean of the last days is held.

    Stated assumption, not epidemiology: base holds the mean of the last three days; low halves it, high doubles it.
    Re-planning every day replaces forecast by count, so the need grows as the outbreak does.
    """

    window_days: int = 3
    factor: Range = Range(Fraction(1, 2), Fraction(1), Fraction(2))


@dataclass(frozen=True, slots=True)
class HouseholdCover:
    """What a household with a kit need not be given: pieces per person (or other unit of the driver).

    Spread evenly over ``days`` from the first day of the driver in the county. It lowers the need there and is never
    stock (tier_mandates.csv: 10 masks for the first 10 days; water and food for 3 days; household_kit.csv).
    """

    driver: str
    item_code: str
    pieces: Fraction
    days: int
    kit_version: str = "basic"


@dataclass(frozen=True, slots=True)
class HospitalReserve:
    """What a hospital had of its own when the incident began and uses first for itself, base units.

    Leave out what a plan counts as stock at the place: each deduction is made once.
    """

    hospital_code: str
    item_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the law may look at.

    begins_on    first day of the incident's needs (declaration)
    from_on      first due day of flows in the answer; flows before it are past and lost. Lumps are always all listed
    known_on     last day whose counts are closed; later days are forecast
    ends_on      last due day, included
    reported     measures that this incident reports by timeline: before the first report they are zero. For others
                 the figures of the counties hold from the first day
    injured      persons in the whole incident; ``injured_are_serious`` where only serious injuries are counted
    """

    scenario: Scenario
    begins_on: date
    from_on: date
    known_on: date
    ends_on: date
    counties: tuple[AffectedCounty, ...]
    observations: tuple[Observation, ...]
    driver_rules: tuple[DriverRule, ...]
    norms: tuple[Norm, ...]
    profile: SeverityProfile | None = None
    forecast: ForecastRule = field(default_factory=ForecastRule)
    household_covers: tuple[HouseholdCover, ...] = ()
    hospital_reserves: tuple[HospitalReserve, ...] = ()
    reported: frozenset[Measure] = frozenset({Measure.NEW_CONFIRMED_CASES})
    injured: int = 0
    injured_are_serious: bool = False

    @property
    def days(self) -> tuple[date, ...]:
        """Every due day from the first to the last."""
        length = (self.ends_on - self.begins_on).days + 1
        return tuple(self.begins_on + timedelta(days=offset) for offset in range(max(0, length)))

    def known(self, measure: Measure) -> tuple[Observation, ...]:
        """Observations of a measure known by ``known_on``, by day and region; of two for one day the later known."""
        found = (o for o in self.observations if o.measure == measure and o.known_on <= self.known_on)
        latest = {(o.on, o.region_code): o for o in sorted(found, key=lambda o: (o.known_on, o.value))}
        return tuple(latest[key] for key in sorted(latest))


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One need of one county for one item on one day, and where its number comes from.

    due_on         due at 08:00 local time of this day
    driver_amount  units of the driver on which the quantity rests (for a lump: the level reached)
    gross          before household and hospital cover, base units, rounded up
    quantity       what is needed: gross less both covers
    """

    region_code: str
    place_kind: PlaceKind
    place_code: str
    item_code: str
    due_on: date
    need_class: NeedClass
    kind: NeedKind
    driver: str
    driver_amount: Range
    norm_code: str
    gross: Quantities
    household_cover: Quantities
    hospital_cover: Quantities
    quantity: Quantities
    basis: Basis
    confidence: Confidence
    source: str
