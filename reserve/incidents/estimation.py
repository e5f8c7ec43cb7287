"""Demand estimation: drivers times norms, less what households and hospitals have of their own.

A need is due at 08:00 local time of its day, at the county's designated hospital (care of patients, health workers
and testing) or at its receiving point (all others). Quantities are whole base units, rounded up once per norm, county
and day; a lump is the rise of the highest level so far, so that its parts add up to the whole.

Example: 39 cases in one county and 2 % critical are one critical patient, so norm N021 (one ventilator) makes a lump
of one on the first day and nothing more until the census rises above one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from reserve.incidents import drivers as law
from reserve.incidents.picture import (
    NOTHING,
    AffectedCounty,
    Basis,
    DriverRule,
    HouseholdCover,
    NeedClass,
    NeedKind,
    NeedLine,
    Norm,
    NormKind,
    Picture,
    PlaceKind,
    Quantities,
    Range,
    weaker,
)
from reserve.quantities import ceiling

HOSPITAL, POINT = PlaceKind.HOSPITAL, PlaceKind.RECEIVING_POINT
LIFE, SAFETY, PUBLIC = NeedClass.LIFE, NeedClass.SAFETY, NeedClass.PUBLIC


@dataclass(frozen=True, slots=True)
class Driver:
    """How a driver is computed, where its needs stand and whom they serve.

    reported  the amount follows reports, so that days not yet counted are forecast
    """

    levels: law.Law
    place: PlaceKind
    need_class: NeedClass
    reported: bool = False


DRIVERS: Mapping[str, Driver] = {
    # public health: bed-days follow the cases; care and testing at the hospital, everything else at the point
    "critical_bed_day": Driver(law.patients_in_bed(lambda c: c.critical), HOSPITAL, LIFE, reported=True),
    "critical_patient": Driver(law.patients_in_bed(lambda c: c.critical), HOSPITAL, LIFE, reported=True),
    "severe_bed_day": Driver(law.patients_in_bed(lambda c: c.severe), HOSPITAL, LIFE, reported=True),
    "severe_patient": Driver(law.patients_in_bed(lambda c: c.severe), HOSPITAL, LIFE, reported=True),
    "mild_bed_day": Driver(law.patients_in_bed(lambda c: c.mild), HOSPITAL, SAFETY, reported=True),
    "ordinary_hcw_day": Driver(law.health_workers, HOSPITAL, SAFETY),
    "mass_test_person_round": Driver(law.persons_tested, HOSPITAL, SAFETY, reported=True),
    "sampling_team_shift": Driver(law.sampling_shifts, HOSPITAL, SAFETY, reported=True),
    "isolation_site_staff_day": Driver(law.per_each(lambda s: s.isolated), POINT, SAFETY, reported=True),
    "isolation_room_day": Driver(law.share_of(lambda s: s.isolated), POINT, SAFETY, reported=True),
    "isolated_contact": Driver(law.share_of(lambda s: s.isolated), POINT, SAFETY, reported=True),
    "public_service_worker_day": Driver(law.share_of(lambda s: s.affected), POINT, PUBLIC),
    "resident_day": Driver(law.residents_closed_in, POINT, PUBLIC, reported=True),
    "checkpoint": Driver(law.from_first_day, POINT, PUBLIC),
    "transport_hub": Driver(law.from_first_day, POINT, PUBLIC),
    # flood and waterlogging
    "sheltered_person": Driver(law.share_of(lambda s: s.sheltered), POINT, SAFETY, reported=True),
    "evacuee_day": Driver(law.days_each(lambda s: s.sheltered), POINT, SAFETY, reported=True),
    "infant_day": Driver(law.infants, POINT, SAFETY, reported=True),
    "rescuer_day": Driver(law.rescuers, POINT, LIFE, reported=True),
    "trapped_person": Driver(law.share_of(lambda s: s.relocated), POINT, LIFE, reported=True),
    "flooded_household": Driver(law.flooded_households, POINT, PUBLIC, reported=True),
    "dike_risk_km": Driver(law.dike_at_risk, POINT, SAFETY),
    "flooded_million_m3": Driver(law.from_first_day, POINT, SAFETY),
    # earthquake
    "sheltered_person_day": Driver(law.days_each(lambda s: s.sheltered), POINT, SAFETY, reported=True),
    "tent": Driver(law.tents_in_winter, POINT, SAFETY, reported=True),
    "shelter_site": Driver(law.per_each(lambda s: s.sheltered), POINT, SAFETY, reported=True),
    "injured_person": Driver(law.injured_persons, HOSPITAL, LIFE),
    "severely_injured_person": Driver(law.severely_injured, HOSPITAL, LIFE),
    "collapsed_building_cluster": Driver(law.per_each(lambda s: s.sheltered), POINT, LIFE, reported=True),
    # fire, snow, accidents, events
    "firefighter": Driver(law.from_first_day, POINT, LIFE),
    "road_km_pass": Driver(law.kilometres_cleared, POINT, PUBLIC, reported=True),
    "expressway_100km": Driver(law.from_first_day, POINT, PUBLIC),
    "stranded_person": Driver(law.share_of(lambda s: s.sheltered), POINT, SAFETY, reported=True),
    "stranded_person_day": Driver(law.days_each(lambda s: s.sheltered), POINT, SAFETY, reported=True),
    "incident_site": Driver(law.at_the_site, POINT, LIFE),
    "entry_team_member": Driver(law.at_the_site, POINT, LIFE),
    "perimeter_worker": Driver(law.at_the_site, POINT, SAFETY),
    "leaked_tonne": Driver(law.at_the_site, POINT, LIFE),
    "tank_fire_site": Driver(law.at_the_site, POINT, LIFE),
    "underground_worker": Driver(law.at_the_site, POINT, LIFE),
    "flooded_mine_site": Driver(law.at_the_site, POINT, LIFE),
    "venue": Driver(law.from_first_day, POINT, PUBLIC),
    "accredited_person_day": Driver(law.accredited, POINT, PUBLIC),
}
"""Class rule: see ``NeedClass``. ``new_cases`` feeds the bed-days and ``household`` lowers needs; neither is a need."""

LUMPS = frozenset({NormKind.ONE_OFF})
"""Norms whose need stays open; all others are flows: a shift, a round or a pass missed that day is missed."""


class UnknownDriver(ValueError):
    """A norm names a driver without a row or without a law; our reference data are at fault, never the caller."""


def estimate(picture: Picture) -> tuple[NeedLine, ...]:
    """Every need of the incident from its norms; sorted by due day, county, item, norm. Zero needs are left out."""
    state = law.situation(picture)
    rules = {rule.driver: rule for rule in picture.driver_rules}
    lines: list[NeedLine] = []
    for norm in sorted(picture.norms, key=lambda norm: norm.norm_code):
        if norm.scenario != picture.scenario:
            continue
        if norm.driver not in DRIVERS or norm.driver not in rules:
            raise UnknownDriver(f"{norm.norm_code}: driver {norm.driver}")
        for county in picture.counties:
            lines.extend(_lines_of(state, county, norm, rules[norm.driver]))
    covered = _less_hospital_reserves(lines, picture)
    kept = (line for line in covered if line.kind == NeedKind.LUMP or line.due_on >= picture.from_on)
    return tuple(sorted(kept, key=_order))


def _order(line: NeedLine) -> tuple[date, str, str, str]:
    return line.due_on, line.region_code, line.item_code, line.norm_code


def _lines_of(state: law.Situation, county: AffectedCounty, norm: Norm, rule: DriverRule) -> Iterator[NeedLine]:
    """The needs of one county under one norm, before the hospital's own reserve."""
    driver = DRIVERS[norm.driver]
    all_year = driver.levels(state, county, rule.amount)
    levels = [x if norm.applies_on(day) else NOTHING for day, x in zip(state.picture.days, all_year, strict=True)]
    kind = NeedKind.LUMP if norm.kind in LUMPS else NeedKind.FLOW
    cover = _household_relief(state.picture, county, norm, levels, kind)
    exact = [level * norm.quantity for level in levels]
    gross, net = (_counted(amounts, kind) for amounts in (exact, _less(exact, cover)))
    place, code = _place(driver.place, county)
    for index, day in enumerate(state.picture.days):
        if gross[index].is_zero:
            continue
        forecast = driver.reported and day > state.picture.known_on
        basis = Basis.FORECAST if forecast else Basis.OBSERVED if driver.reported else Basis.ASSUMED
        yield NeedLine(
            region_code=county.region_code,
            place_kind=place,
            place_code=code,
            item_code=norm.item_code,
            due_on=day,
            need_class=driver.need_class,
            kind=kind,
            driver=norm.driver,
            driver_amount=levels[index],
            norm_code=norm.norm_code,
            gross=gross[index],
            household_cover=_difference(gross[index], net[index]),
            hospital_cover=Quantities(0, 0, 0),
            quantity=net[index],
            basis=basis,
            confidence=weaker(norm.confidence, rule.confidence),
            source=norm.source,
        )


def _place(kind: PlaceKind, county: AffectedCounty) -> tuple[PlaceKind, str]:
    """A county without a designated hospital receives everything at its receiving point."""
    if kind == PlaceKind.HOSPITAL and county.hospital_code is not None:
        return kind, county.hospital_code
    return PlaceKind.RECEIVING_POINT, county.receiving_point_code


def _counted(amounts: Sequence[Range], kind: NeedKind) -> list[Quantities]:
    """Whole base units per day: of a flow each day rounded up, of a lump the rise of the rounded highest so far."""
    if kind == NeedKind.FLOW:
        return [_rounded_up(amount) for amount in amounts]
    answer: list[Quantities] = []
    reached, counted = NOTHING, Quantities(0, 0, 0)
    for amount in amounts:
        reached = reached.at_least(amount)
        total = _rounded_up(reached)
        answer.append(_difference(total, counted))
        counted = total
    return answer


def _rounded_up(amount: Range) -> Quantities:
    return Quantities(ceiling(amount.low), ceiling(amount.base), ceiling(amount.high))


def _difference(total: Quantities, part: Quantities) -> Quantities:
    return Quantities(total.low - part.low, total.base - part.base, total.high - part.high)


def _less(amounts: Sequence[Range], cover: Sequence[Range]) -> list[Range]:
    pairs = zip(amounts, cover, strict=True)
    return [amount if relief is NOTHING else (amount - relief).at_least(NOTHING) for amount, relief in pairs]


def _household_relief(
    picture: Picture, county: AffectedCounty, norm: Norm, levels: Sequence[Range], kind: NeedKind
) -> Sequence[Range]:
    """Pieces that households of the county have themselves, per due day; coverage is never stock.

    Of a flow the kit lasts its days from the first need on; of a lump it takes its pieces off once and for all.
    """
    covers = [c for c in picture.household_covers if (c.driver, c.item_code) == (norm.driver, norm.item_code)]
    if not covers:
        return [NOTHING] * len(levels)
    first = next((day for day, level in enumerate(levels) if level.high > 0), 0)
    relief: list[Range] = []
    for day, level in enumerate(levels):
        pieces = (_pieces_on(day - first, c, kind) * county.coverage.get(c.kit_version, Fraction(0)) for c in covers)
        relief.append(level * Range.flat(sum(pieces, Fraction(0))))
    return relief


def _pieces_on(day: int, cover: HouseholdCover, kind: NeedKind) -> Fraction:
    if kind == NeedKind.LUMP:
        return cover.pieces
    return cover.pieces / cover.days if 0 <= day < cover.days else Fraction(0)


def _less_hospital_reserves(lines: Sequence[NeedLine], picture: Picture) -> list[NeedLine]:
    """What a hospital has of its own meets its needs first: earliest due first, then the higher class.

    Each of low, base and high draws on the whole reserve by itself.
    """
    left = {
        (r.hospital_code, r.item_code): Quantities(r.quantity, r.quantity, r.quantity)
        for r in picture.hospital_reserves
    }
    answer: list[NeedLine] = []
    for line in sorted(lines, key=lambda line: (line.due_on, line.need_class, line.norm_code, line.region_code)):
        reserve = left.get((line.place_code, line.item_code))
        if reserve is None:
            answer.append(line)
            continue
        used = Quantities(
            min(reserve.low, line.quantity.low),
            min(reserve.base, line.quantity.base),
            min(reserve.high, line.quantity.high),
        )
        left[line.place_code, line.item_code] = _difference(reserve, used)
        answer.append(replace(line, hospital_cover=used, quantity=_difference(line.quantity, used)))
    return answer
