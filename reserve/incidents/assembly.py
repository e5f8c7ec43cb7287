"""From tables to a picture: everything that was known at one time, frozen for the law. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.clock import local_day
from reserve.errors import NotFound
from reserve.incidents import queries
from reserve.incidents.models import (
    AreaVersion,
    DemandRuleBook,
    DriverRow,
    Incident,
    KitCoverRow,
    NormRow,
    SeverityProfileRow,
)
from reserve.incidents.picture import (
    AffectedCounty,
    DriverRule,
    HospitalReserve,
    HouseholdCover,
    Measure,
    Norm,
    Observation,
    Picture,
    Range,
    SeverityProfile,
)
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Region
from reserve.sites.models import Site
from reserve.sites.terms import SiteKind


def rule_book_at(session: Session, as_of: datetime, known_at: datetime) -> DemandRuleBook:
    """The rules of estimation in force. Raises NotFound when none is."""
    statement = select(DemandRuleBook).where(DemandRuleBook.valid_from <= as_of, DemandRuleBook.recorded_at <= known_at)
    book = session.scalar(statement.order_by(DemandRuleBook.valid_from.desc(), DemandRuleBook.version.desc()).limit(1))
    if book is None:
        raise NotFound("rules of estimation", as_of.isoformat())
    return book


def picture_at(
    session: Session,
    incident: Incident,
    book: DemandRuleBook,
    *,
    as_of: datetime,
    known_at: datetime,
    days: int,
    item_codes: Collection[str] = (),
    hospital_reserves: Sequence[HospitalReserve] = (),
) -> Picture:
    """The incident as of a time and as known at a time; yesterday's picture can be made again today.

    The last closed day of counts is the day before ``known_at``. A reported value counts from when it was recorded.
    """
    version = queries.version_at(session, incident.id, as_of, known_at)
    from_on = max(local_day(as_of), incident.begins_on)
    known_on = local_day(known_at) - timedelta(days=1)
    return Picture(
        scenario=incident.scenario,
        begins_on=incident.begins_on,
        from_on=from_on,
        known_on=known_on,
        ends_on=from_on + timedelta(days=days - 1),
        counties=_counties(session, incident, as_of, known_at),
        observations=_observations(session, incident, known_at, known_on),
        driver_rules=_driver_rules(session, book),
        norms=norms_of(session, book, item_codes),
        profile=_profile(session, book, version.severity_profile),
        household_covers=_kit_covers(session, book),
        hospital_reserves=tuple(hospital_reserves),
        reported=frozenset(Measure(name) for name in version.reported.split(";") if name),
        injured=version.injured,
        injured_are_serious=version.injured_are_serious,
    )


def _counties(session: Session, incident: Incident, as_of: datetime, known_at: datetime) -> tuple[AffectedCounty, ...]:
    areas = queries.areas_at(session, incident.id, as_of, known_at)
    codes = {area.region_code for area in areas}
    regions = organisation_queries.regions_by_code(session)
    sites = _sites(session, codes)
    coverage: dict[str, dict[str, Fraction]] = {}
    for row in queries.coverage_at(session, codes, as_of, known_at):
        coverage.setdefault(row.region_code, {})[row.kit_version] = Fraction(row.coverage_basis_points, 10_000)
    return tuple(
        _county(area, regions, sites.get(area.region_code, []), coverage.get(area.region_code, {})) for area in areas
    )


def _sites(session: Session, region_codes: Collection[str]) -> dict[str, list[Site]]:
    """Hospitals and receiving points of these counties, by county, in the order of their codes."""
    statement = select(Site).where(
        Site.region_code.in_(sorted(region_codes)), Site.kind.in_((SiteKind.HOSPITAL, SiteKind.RECEIVING_POINT))
    )
    found: dict[str, list[Site]] = {}
    for site in session.scalars(statement.order_by(Site.code)):
        found.setdefault(site.region_code, []).append(site)
    return found


def _county(
    area: AreaVersion, regions: Mapping[str, Region], sites: Sequence[Site], coverage: Mapping[str, Fraction]
) -> AffectedCounty:
    region = regions[area.region_code]
    hospitals = [site for site in sites if site.kind is SiteKind.HOSPITAL]
    point = next((site.code for site in sites if site.kind is SiteKind.RECEIVING_POINT), None)
    designated = next((site.code for site in hospitals if site.is_designated), None)
    if point is None:
        raise NotFound("receiving point of county", area.region_code)
    return AffectedCounty(
        region_code=area.region_code,
        within=ancestors(regions, area.region_code),
        hospital_code=designated,
        receiving_point_code=point,
        population=region.population,
        households=region.households,
        affected_population=area.affected_population,
        relocated_persons=area.relocated_persons,
        sheltered_persons=area.sheltered_persons,
        confirmed_cases=area.confirmed_cases,
        health_workers=sum(site.health_workers for site in hospitals),
        hazard_tags=frozenset(tag for tag in region.hazard_tags.split(";") if tag),
        coverage=coverage,
    )


def ancestors(regions: Mapping[str, Region], code: str) -> tuple[str, ...]:
    """A region and every region that manages it, the narrowest first."""
    found = [code]
    while (parent := regions[found[-1]].parent_code) is not None:
        found.append(parent)
    return tuple(found)


def _observations(session: Session, incident: Incident, known_at: datetime, known_on: date) -> tuple[Observation, ...]:
    return tuple(
        Observation(row.measure, row.region_code, row.observed_on, row.value, min(row.observed_on, known_on))
        for row in queries.observations_known(session, incident.id, known_at)
    )


def _range(row: Any) -> Range:
    return Range(Fraction(row.low), Fraction(row.base), Fraction(row.high))


def _driver_rules(session: Session, book: DemandRuleBook) -> tuple[DriverRule, ...]:
    rows = session.scalars(select(DriverRow).where(DriverRow.rule_book_id == book.id).order_by(DriverRow.driver))
    return tuple(DriverRule(row.driver, _range(row), row.confidence, row.source) for row in rows)


def norms_of(session: Session, book: DemandRuleBook, item_codes: Collection[str] = ()) -> tuple[Norm, ...]:
    """Norms of a rule book by code; only of these items where any are named."""
    statement = select(NormRow).where(NormRow.rule_book_id == book.id).order_by(NormRow.code)
    if item_codes:
        statement = statement.where(NormRow.item_code.in_(sorted(item_codes)))
    return tuple(
        Norm(
            norm_code=row.code,
            item_code=row.item_code,
            scenario=row.scenario,
            driver=row.driver,
            quantity=_range(row),
            kind=row.kind,
            confidence=row.confidence,
            source=row.source,
            months=frozenset(int(month) for month in row.months.split(";") if month),
        )
        for row in session.scalars(statement)
    )


def _profile(session: Session, book: DemandRuleBook, name: str | None) -> SeverityProfile | None:
    if name is None:
        return None
    statement = select(SeverityProfileRow).filter_by(rule_book_id=book.id, profile=name)
    row = session.scalar(statement)
    if row is None:
        raise NotFound("severity profile", name)
    shares = (Fraction(row.share_mild), Fraction(row.share_severe), Fraction(row.share_critical))
    return SeverityProfile(name, *shares, row.bed_days_mild, row.bed_days_severe, row.bed_days_critical)


def _kit_covers(session: Session, book: DemandRuleBook) -> tuple[HouseholdCover, ...]:
    rows = session.scalars(select(KitCoverRow).where(KitCoverRow.rule_book_id == book.id).order_by(KitCoverRow.id))
    return tuple(HouseholdCover(r.driver, r.item_code, Fraction(r.pieces), r.days, r.kit_version) for r in rows)
