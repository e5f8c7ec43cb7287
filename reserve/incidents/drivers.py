"""The sentences of drivers.csv as functions: how many units of a driver a county has on each day.

Every function takes the situation, a county and the number of the driver's row (low, base, high) and gives one amount
per due day. The amount is a *level*: persons there that day, kilometres at risk, patients in bed. Whether a norm
counts it again every day or only its rise is the norm's business (``estimation.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from reserve.incidents.picture import NOTHING, AffectedCounty, Measure, Picture, Range, Scenario
from reserve.incidents.spreading import Census, census, daily, persons, sheltered, standing
from reserve.quantities import ceiling, split_by_share

HEATING_MONTHS = frozenset({11, 12, 1, 2, 3})
"""Nights from November to March: tents standing then need a heater (drivers.csv, tent)."""

RESCUE_DAYS = {Scenario.FLOOD: 10, Scenario.FOREST_GRASSLAND_FIRE: 5}
"""Days on which rescuers work, by scenario (drivers.csv, rescuer_day; stated assumption)."""

DIKE_TAG = "flood_detention"
"""Counties with this hazard tag guard the stated length of dike; other affected counties one kilometre."""

Levels = list[Range]
Series = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Situation:
    """The picture spread over counties and days, computed once. Series are persons (or tents) per due day."""

    picture: Picture
    patients: Census
    affected: Series
    relocated: Series
    sheltered: Series
    isolated: Series
    closed: Series
    tents: Series
    tested: Mapping[date, Mapping[str, int]]
    cleared: Mapping[date, Mapping[str, int]]
    injured: Mapping[str, int]


def situation(picture: Picture) -> Situation:
    """Spread everything that is reported or on file over the affected counties."""
    relocated = persons(picture, Measure.RELOCATED_PERSONS, lambda county: county.relocated_persons)
    shares = split_by_share(picture.injured, [county.sheltered_persons for county in picture.counties])
    return Situation(
        picture=picture,
        patients=census(picture),
        affected=persons(picture, Measure.AFFECTED_PERSONS, lambda county: county.affected_population),
        relocated=relocated,
        sheltered=sheltered(picture, relocated),
        isolated=standing(picture, Measure.CENTRAL_ISOLATION_PERSONS, lambda county: county.population),
        closed=standing(picture, Measure.CLOSURE, lambda county: 1),
        tents=standing(picture, Measure.TENTS_STANDING, lambda county: county.sheltered_persons),
        tested=daily(picture, Measure.MASS_TEST_PERSONS, lambda county: county.population),
        cleared=daily(picture, Measure.ROAD_CLEARED, lambda county: county.population),
        injured={county.region_code: share for county, share in zip(picture.counties, shares, strict=True)},
    )


Law = Callable[[Situation, AffectedCounty, Range], Levels]
PickSeries = Callable[[Situation], Series]


def _levels(series: Sequence[int]) -> Levels:
    return [Range.flat(value) for value in series]


def _whole(amount: Range) -> Range:
    """Shifts, sites and clusters are whole."""
    return amount.each(ceiling)


def from_first_day(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """The stated number in every affected county from the first day: checkpoints, hubs, venues, firefighters."""
    return [amount] * len(state.picture.days)


def at_the_site(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """The stated number in the first county of the incident only: one site per incident."""
    return [amount if county == state.picture.counties[0] else NOTHING] * len(state.picture.days)


def share_of(pick: PickSeries) -> Law:
    """The stated share of a count of persons."""

    def law(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
        return [level * amount for level in _levels(pick(state)[county.region_code])]

    return law


def per_each(pick: PickSeries) -> Law:
    """A count of persons divided by the stated number per shift, site or cluster, rounded up."""

    def law(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
        return [_whole(level.over(amount)) for level in _levels(pick(state)[county.region_code])]

    return law


def days_each(pick: PickSeries) -> Law:
    """Persons who are still there: each stays the stated number of days from the day of arrival."""

    def law(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
        return _staying(pick(state)[county.region_code], amount)

    return law


def _staying(arrived: Sequence[int], stay: Range) -> Levels:
    """``arrived`` counts up; who came ``stay`` days ago or earlier has left.

    Example: 5, 8, 8 persons and a stay of two days are 5, 8, 3 there.
    """

    def there(day: int, days: Fraction) -> Fraction:
        gone = day - int(days)
        return Fraction(arrived[day] - (arrived[gone] if gone >= 0 else 0))

    return [Range(there(d, stay.low), there(d, stay.base), there(d, stay.high)) for d in range(len(arrived))]


def patients_in_bed(pick: Callable[[Census], Mapping[str, Levels]]) -> Law:
    """Patients of one severity that day; days in bed come with the severity profile."""

    def law(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
        return pick(state.patients)[county.region_code]

    return law


def persons_tested(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Persons of a test round, spread evenly over the days of the round."""
    totals: dict[date, int] = {}
    for first_day, parts in state.tested.items():
        share = split_by_share(parts.get(county.region_code, 0), [1] * int(amount.base))
        for offset, value in enumerate(share):
            day = first_day + timedelta(days=offset)
            totals[day] = totals.get(day, 0) + value
    return [Range.flat(totals.get(day, 0)) for day in state.picture.days]


def sampling_shifts(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Persons tested on the day divided by the persons that one shift tests, rounded up."""
    round_days = _stated(state, "mass_test_person_round", default=3)
    return [_whole(level.over(amount)) for level in persons_tested(state, county, round_days)]


def _stated(state: Situation, driver: str, *, default: int) -> Range:
    return next((rule.amount for rule in state.picture.driver_rules if rule.driver == driver), Range.flat(default))


def health_workers(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """The stated share of the workers of the county's hospitals, each day."""
    return [Range.flat(county.health_workers) * amount] * len(state.picture.days)


def residents_closed_in(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Residents of counties under closure, from the day of the closure to its end."""
    residents = Range.flat(county.affected_population) * amount
    return [residents if closed else NOTHING for closed in state.closed[county.region_code]]


def rescuers(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Flood: the stated number per 1,000 relocated persons; fire: the firefighters. For the days of the scenario."""
    if state.picture.scenario == Scenario.FOREST_GRASSLAND_FIRE:
        levels = from_first_day(state, county, _stated(state, "firefighter", default=200))
    else:
        relocated = _levels(state.relocated[county.region_code])
        levels = [level * amount.each(lambda number: number / 1000) for level in relocated]
    first = next((day for day, level in enumerate(levels) if level.high > 0), 0)
    last = first + RESCUE_DAYS.get(state.picture.scenario, len(levels))
    return [level if day < last else NOTHING for day, level in enumerate(levels)]


def dike_at_risk(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Kilometres to be guarded: the stated length in detention areas, one kilometre in other affected counties."""
    length = amount if DIKE_TAG in county.hazard_tags else Range.flat(1)
    return [length] * len(state.picture.days)


def infants(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """The stated share of the persons who are in shelters that day."""
    stay = _stated(state, "evacuee_day", default=10)
    return [level * amount for level in _staying(state.sheltered[county.region_code], stay)]


def flooded_households(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Affected persons by persons per household of the county, times the share flooded."""
    per_household = Fraction(county.households, county.population or 1)
    return [level * Range.flat(per_household) * amount for level in _levels(state.affected[county.region_code])]


def tents_in_winter(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Tents standing in the county on nights from November to March."""
    tents = _levels(state.tents[county.region_code])
    return [t if day.month in HEATING_MONTHS else NOTHING for day, t in zip(state.picture.days, tents, strict=True)]


def injured_persons(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Injured of the incident in proportion to sheltered persons, from the first day."""
    return [Range.flat(state.injured[county.region_code]) * amount] * len(state.picture.days)


def severely_injured(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Injured who must be carried; all of them where the incident counts serious injuries only."""
    share = Range.flat(1) if state.picture.injured_are_serious else amount
    return injured_persons(state, county, share)


def kilometres_cleared(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """Kilometre passes of the day's report, split by population."""
    values = (state.cleared.get(day, {}).get(county.region_code, 0) for day in state.picture.days)
    return [Range.flat(value) * amount for value in values]


def accredited(state: Situation, county: AffectedCounty, amount: Range) -> Levels:
    """The stated share of the affected population on each day of the event."""
    return [level * amount for level in _levels(state.affected[county.region_code])]
