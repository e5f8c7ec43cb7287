"""What a story is made of: frozen data, no behaviour. The scripts that play it stand in ``scripts.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reserve.clock import local_time
from reserve.incidents.picture import Measure, Scenario
from reserve.incidents.terms import IncidentClass
from reserve.papers.terms import ResponseLevel

DECIDED_AHEAD = frozenset(
    {Measure.MASS_TEST_PERSONS, Measure.CENTRAL_ISOLATION_PERSONS, Measure.CLOSURE, Measure.TRAVEL_RESTRICTION}
)
"""Decisions are known the day before they hold; counts are known the day after."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A value of a measure that the timeline lacks, and the day on which it was made known."""

    measure: Measure
    region_code: str
    on: date
    value: int
    known_on: date


@dataclass(frozen=True, slots=True)
class Activation:
    """A designated line is ordered to make so many a day, from one day to another, both included."""

    line_code: str
    item_code: str
    quantity_per_day: int
    from_on: date
    to_on: date
    short_day: date
    """On this day the plant makes a tenth less than planned."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """What goes wrong with the first delivery of an item to a place: pieces damaged, pieces missing on arrival."""

    receiver_site: str
    item_code: str
    damaged_packs: int = 0
    missing_packs: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a county asks for in writing on a day, due at 08:00 of the day after; goods for which no norm speaks."""

    region_code: str
    site_code: str
    item_code: str
    quantity: int
    on: date


@dataclass(frozen=True, slots=True)
class Story:
    """A replay case: an incident, what is dispatched for it, and how long it is told."""

    name: str
    incident_code: str
    title_zh: str
    title_en: str
    scenario: Scenario
    incident_class: IncidentClass
    level: ResponseLevel
    opened_on: date
    declared_on: date
    closed_on: date
    item_codes: tuple[str, ...]
    reported: tuple[Measure, ...]
    severity_profile: str | None = None
    announced: tuple[Announced, ...] = ()
    activations: tuple[Activation, ...] = ()
    asked: tuple[Asked, ...] = ()
    mishaps: tuple[Mishap, ...] = ()
    horizon_days: int = 10
    cover_hours: int = 120
    compared_on: date | None = None
    """The day whose plan stands beside the yardsticks; the first where empty."""
    bulk_items: tuple[str, ...] = ()
    bulk_every_days: int = 5
    """Bulk goods are ordered every so many days only; their cover reaches from one order to the next."""
    use_booked_from_cases: int | None = None
    """Hospitals of counties with at least so many cases book what they use up, day by day; none where empty."""

    @property
    def days(self) -> tuple[date, ...]:
        """Days with a plan: from the declaration to the day before the close."""
        return tuple(
            self.declared_on + timedelta(days=offset) for offset in range((self.closed_on - self.declared_on).days)
        )

    @property
    def ends_at(self) -> datetime:
        return local_time(self.closed_on, 12)

    def ordered_on(self, day: date) -> tuple[str, ...]:
        """The items that go out on a day: bulk goods on each bulk day, all others daily."""
        is_bulk_day = (day - self.declared_on).days % self.bulk_every_days == 0
        return tuple(code for code in self.item_codes if is_bulk_day or code not in self.bulk_items)

    def known_from(self, measure: Measure, on: date) -> date:
        """The morning on which a value of the timeline is entered: never before the declaration."""
        known = on - timedelta(days=1) if measure in DECIDED_AHEAD else on + timedelta(days=1)
        return max(known, self.declared_on)
