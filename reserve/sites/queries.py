"""Questions about places, and the two virtual bins that come into being when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reserve.db import claim, within
from reserve.errors import NotFound
from reserve.organisations.models import Organisation
from reserve.sites import rules
from reserve.sites.models import Bin, Fleet, Route, Site, VehicleType
from reserve.sites.terms import OUTSIDE, BinKind, Road, SiteKind

TRANSIT_CODE = "TRANSIT"


def get_site(session: Session, code: str) -> Site:
    site = session.scalar(select(Site).where(Site.code == code))
    if site is None:
        raise NotFound("site", code)
    return site


def sites_by_code(session: Session, codes: Iterable[str] | None = None) -> dict[str, Site]:
    """Sites by code; all of them when ``codes`` is None. An unknown code is simply missing."""
    statement = select(Site).order_by(Site.code)
    if codes is not None:
        statement = statement.where(Site.code.in_(sorted(set(codes))))
    return {site.code: site for site in session.scalars(statement)}


def sites_by_id(session: Session, ids: Iterable[int]) -> dict[int, Site]:
    statement = select(Site).where(Site.id.in_(sorted(set(ids))))
    return {site.id: site for site in session.scalars(statement)}


def list_sites(
    session: Session, scopes: Iterable[str], *, kind: SiteKind | None = None, after: str = "", limit: int = 100
) -> Sequence[Site]:
    """Sites run by organisations inside the given scopes, by code, one keyset page."""
    statement = select(Site).where(within(Site.organisation_path, scopes), Site.code > after)
    if kind is not None:
        statement = statement.where(Site.kind == kind)
    return session.scalars(statement.order_by(Site.code).limit(limit)).all()


def bins_of_site(session: Session, site: Site) -> dict[str, Bin]:
    """The bins of a site by code."""
    statement = select(Bin).where(Bin.site_id == site.id).order_by(Bin.code)
    return {each.code: each for each in session.scalars(statement)}


def get_bin(session: Session, site: Site, code: str) -> Bin:
    found = session.scalar(select(Bin).where(Bin.site_id == site.id, Bin.code == code))
    if found is None:
        raise NotFound("bin", f"{site.code}/{code}")
    return found


def transit_bin(session: Session, shipment_number: str) -> Bin:
    """The bin of goods on the road in one shipment; made when first asked for."""
    return _virtual_bin(session, shipment_number, TRANSIT_CODE, BinKind.IN_TRANSIT)


def outside_bin(session: Session, kind: BinKind, organisation: Organisation) -> Bin:
    """The world beyond our walls as one organisation sees it; made when first asked for."""
    assert kind in OUTSIDE, kind
    return _virtual_bin(session, organisation.code, kind.value, kind)


def _virtual_bin(session: Session, place: str, code: str, kind: BinKind) -> Bin:
    find = select(Bin).where(Bin.place == place, Bin.code == code)
    found = session.scalar(find)
    if found is None:
        claim(session, Bin, {"place": place, "code": code, "kind": kind, "site_id": None}, unique=("place", "code"))
        found = session.scalars(find).one()
    return found


def routes_at(
    session: Session,
    as_of: datetime,
    known_at: datetime,
    *,
    from_sites: Iterable[str] | None = None,
    to_sites: Iterable[str] | None = None,
) -> dict[tuple[str, str], Road]:
    """Recorded roads by (from, to) site code as they were at ``as_of``, from what was known at ``known_at``."""
    start, end = aliased(Site), aliased(Site)
    statement = (
        select(start.code, end.code, Route.minutes, Route.metres, Route.closed)
        .join(start, start.id == Route.from_site_id)
        .join(end, end.id == Route.to_site_id)
        .where(Route.valid_from <= as_of, Route.recorded_at <= known_at)
        .order_by(Route.valid_from, Route.recorded_at, Route.id)
    )
    if from_sites is not None:
        statement = statement.where(start.code.in_(sorted(set(from_sites))))
    if to_sites is not None:
        statement = statement.where(end.code.in_(sorted(set(to_sites))))
    return {
        (here, there): Road(minutes, metres, closed)
        for here, there, minutes, metres, closed in session.execute(statement)
    }


def road_changes(
    session: Session,
    after: datetime,
    until: datetime,
    known_at: datetime,
    *,
    from_sites: Iterable[str],
    to_sites: Iterable[str],
) -> dict[tuple[str, str], list[tuple[datetime, Road]]]:
    """How recorded roads will change after one time and before another, in the order of time, by (from, to) site code.

    Of two versions that are to hold from the same time the one recorded last does.
    """
    start, end = aliased(Site), aliased(Site)
    statement = (
        select(start.code, end.code, Route.valid_from, Route.minutes, Route.metres, Route.closed)
        .join(start, start.id == Route.from_site_id)
        .join(end, end.id == Route.to_site_id)
        .where(Route.valid_from > after, Route.valid_from < until, Route.recorded_at <= known_at)
        .where(start.code.in_(sorted(set(from_sites))), end.code.in_(sorted(set(to_sites))))
        .order_by(Route.valid_from, Route.recorded_at, Route.id)
    )
    found: dict[tuple[str, str], dict[datetime, Road]] = {}
    for here, there, valid_from, minutes, metres, closed in session.execute(statement):
        found.setdefault((here, there), {})[valid_from] = Road(minutes, metres, closed)
    return {ends: list(versions.items()) for ends, versions in found.items()}


def roads_between(
    session: Session, from_sites: Iterable[Site], to_sites: Iterable[Site], as_of: datetime, known_at: datetime
) -> dict[tuple[str, str], Road]:
    """A road from every one of these sites to every other: the recorded one, or the estimate from coordinates."""
    starts, ends = list(from_sites), list(to_sites)
    recorded = routes_at(
        session,
        as_of,
        known_at,
        from_sites=[site.code for site in starts],
        to_sites=[site.code for site in ends],
    )
    return {
        (start.code, end.code): recorded.get((start.code, end.code)) or estimated_road(start, end)
        for start in starts
        for end in ends
        if start.code != end.code
    }


def estimated_road(start: Site, end: Site) -> Road:
    return rules.estimated_road(start.latitude, start.longitude, end.latitude, end.longitude)


def history_of_road(session: Session, start: Site, end: Site) -> Sequence[Route]:
    """Every version of one road, in the order in which they hold."""
    statement = select(Route).where(Route.from_site_id == start.id, Route.to_site_id == end.id)
    return session.scalars(statement.order_by(Route.valid_from, Route.recorded_at, Route.id)).all()


def vehicle_types_by_code(session: Session) -> Mapping[str, VehicleType]:
    return {each.code: each for each in session.scalars(select(VehicleType).order_by(VehicleType.code))}


def list_fleets(session: Session, region_codes: Iterable[str] | None = None) -> Sequence[Fleet]:
    """Fleets by region and vehicle type; those of all regions when ``region_codes`` is None."""
    statement = select(Fleet).order_by(Fleet.region_code, Fleet.vehicle_type)
    if region_codes is not None:
        statement = statement.where(Fleet.region_code.in_(sorted(set(region_codes))))
    return session.scalars(statement).all()
