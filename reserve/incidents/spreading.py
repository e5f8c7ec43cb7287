"""From reported totals to counties and days: who of the province's figure is whose.

Whole persons everywhere, split by largest remainder; a county's own report counts before its share of a wider one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate

from reserve.incidents.picture import AffectedCounty, Measure, Observation, Picture, Range, SeverityProfile
from reserve.quantities import ceiling, split_by_share

Weight = Callable[[AffectedCounty], int]
_HALF = Fraction(1, 2)


def spread(reports: Iterable[Observation], counties: Sequence[AffectedCounty], weight: Weight) -> dict[str, int]:
    """Reported values of one measure, from the narrowest region to the widest, as one value per county.

    A wider total is split by ``weight`` between the counties it covers. A county's own report stands where it is as
    recent as the wider one; an older one is a lower bound. A total smaller than what is fixed leaves nothing to share.
    """
    covered = {r.region_code: [c for c in counties if r.region_code in c.within] for r in reports}
    values: dict[str, tuple[int, date]] = {}
    for report in sorted(reports, key=lambda r: (len(covered[r.region_code]), r.region_code)):
        members = sorted(covered[report.region_code], key=lambda county: county.region_code)
        fixed = {c.region_code for c in members if c.region_code in values and values[c.region_code][1] >= report.on}
        parts = _share_out(report.value, members, fixed, values, weight)
        values.update({code: (value, report.on) for code, value in parts.items() if code not in fixed})
    return {county.region_code: values.get(county.region_code, (0, date.min))[0] for county in counties}


def _share_out(
    total: int,
    members: Sequence[AffectedCounty],
    fixed: set[str],
    values: Mapping[str, tuple[int, date]],
    weight: Weight,
) -> dict[str, int]:
    """Split ``total``; whoever would get less than its own older report is fixed at that report, and again."""
    fixed = set(fixed)
    while True:
        free = [county for county in members if county.region_code not in fixed]
        rest = max(0, total - sum(values[code][0] for code in fixed))
        shares = split_by_share(rest, [weight(county) for county in free])
        parts = {county.region_code: share for county, share in zip(free, shares, strict=True)}
        short = {code for code, part in parts.items() if code in values and part < values[code][0]}
        if not short:
            return parts | {code: values[code][0] for code in fixed}
        fixed |= short


def daily(picture: Picture, measure: Measure, weight: Weight) -> dict[date, dict[str, int]]:
    """A measure that is new on each day (cases, kilometres cleared): only days with a report."""
    by_day: dict[date, list[Observation]] = {}
    for observation in picture.known(measure):
        by_day.setdefault(observation.on, []).append(observation)
    return {day: spread(reports, picture.counties, weight) for day, reports in by_day.items()}


def standing(picture: Picture, measure: Measure, weight: Weight) -> dict[str, list[int]]:
    """A measure that stands until the next report (persons in isolation), per county and due day."""
    series: dict[str, list[int]] = {county.region_code: [] for county in picture.counties}
    known = picture.known(measure)
    shown: tuple[Observation, ...] = ()
    values: dict[str, int] = {}
    for day in picture.days:
        latest = tuple({o.region_code: o for o in known if o.on <= day}.values())
        if latest != shown or not values:
            shown, values = latest, spread(latest, picture.counties, weight)
        for code, sequence in series.items():
            sequence.append(values[code])
    return series


def highest(series: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """The highest value so far: relocated and sheltered persons are counted up, never down."""
    return {code: list(accumulate(values, max)) for code, values in series.items()}


def persons(picture: Picture, measure: Measure, figure: Weight) -> dict[str, list[int]]:
    """Persons of a kind per county and day: from the timeline where it is reported, else the figure from day one."""
    if measure in picture.reported:
        return highest(standing(picture, measure, figure))
    return {county.region_code: [figure(county)] * len(picture.days) for county in picture.counties}


def sheltered(picture: Picture, relocated: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Sheltered persons; where only relocations are reported, the county's sheltered share of them."""
    if Measure.SHELTERED_PERSONS in picture.reported or Measure.RELOCATED_PERSONS not in picture.reported:
        return persons(picture, Measure.SHELTERED_PERSONS, lambda county: county.sheltered_persons)
    shares = {
        county.region_code: Fraction(county.sheltered_persons, county.relocated_persons or 1)
        for county in picture.counties
    }
    return {code: [ceiling(value * shares[code]) for value in relocated[code]] for code in relocated}


@dataclass(frozen=True, slots=True)
class Census:
    """Patients in bed per county and due day, low, base and high; whole persons."""

    mild: Mapping[str, list[Range]]
    severe: Mapping[str, list[Range]]
    critical: Mapping[str, list[Range]]


def census(picture: Picture) -> Census:
    """Patients by severity: cases of the last bed-days times the share of the severity, whole persons per county.

    A day counts the cases confirmed on it: they need beds that day. Days after ``known_on`` hold the forecast.
    """
    profile = picture.profile
    if profile is None:
        empty: dict[str, list[Range]] = {c.region_code: [Range.flat(0)] * len(picture.days) for c in picture.counties}
        return Census(empty, empty, empty)
    tracks = [case_history(picture, factor) for factor in _factors(picture)]
    in_bed: dict[str, list[list[Range]]] = {}
    for county in picture.counties:
        low, base, high = (_patients(picture, track, county.region_code, profile) for track in tracks)
        in_bed[county.region_code] = [
            [Range(Fraction(low[d][s]), Fraction(base[d][s]), Fraction(high[d][s])) for d in range(len(picture.days))]
            for s in range(3)
        ]
    return Census(*({code: levels[severity] for code, levels in in_bed.items()} for severity in range(3)))


def _factors(picture: Picture) -> tuple[Fraction, Fraction, Fraction]:
    factor = picture.forecast.factor
    return factor.low, factor.base, factor.high


def case_history(picture: Picture, factor: Fraction) -> dict[date, dict[str, int]]:
    """New cases per day and county: counted up to ``known_on``, then the held mean times ``factor``, rounded up."""
    counted = [o for o in picture.known(Measure.NEW_CONFIRMED_CASES) if o.on <= picture.known_on]
    by_day: dict[date, list[Observation]] = {}
    for observation in counted:
        by_day.setdefault(observation.on, []).append(observation)
    for day in picture.days:
        if day > picture.known_on:
            by_day[day] = _forecast(counted, picture, day, factor)
    weight: Weight = lambda county: county.confirmed_cases  # noqa: E731 - a name says more here than a repetition
    return {day: spread(reports, picture.counties, weight) for day, reports in by_day.items()}


def _forecast(counted: Sequence[Observation], picture: Picture, day: date, factor: Fraction) -> list[Observation]:
    """The forecast of one day, one value for each region that has reported cases."""
    window = picture.forecast.window_days
    since = picture.known_on - timedelta(days=window - 1)
    values: dict[str, int] = {}
    for observation in counted:
        recent = observation.value if observation.on >= since else 0
        values[observation.region_code] = values.get(observation.region_code, 0) + recent
    return [
        Observation(Measure.NEW_CONFIRMED_CASES, code, day, ceiling(total * factor / window), picture.known_on)
        for code, total in sorted(values.items())
    ]


def _patients(
    picture: Picture, cases: Mapping[date, Mapping[str, int]], code: str, profile: SeverityProfile
) -> list[tuple[int, int, int]]:
    """Mild, severe and critical patients of one county on each due day.

    Each severity has its own days in bed, so the three need not add up to the cases of one window; each is rounded by
    itself, half a patient up, so that more cases never mean fewer patients.
    """
    stays = (
        (profile.share_mild, profile.bed_days_mild),
        (profile.share_severe, profile.bed_days_severe),
        (profile.share_critical, profile.bed_days_critical),
    )
    answer = []
    for day in picture.days:
        recent = [sum(cases.get(day - timedelta(days=back), {}).get(code, 0) for back in range(n)) for _, n in stays]
        mild, severe, critical = (int(n * share + _HALF) for n, (share, _) in zip(recent, stays, strict=True))
        answer.append((mild, severe, critical))
    return answer
