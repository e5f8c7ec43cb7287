"""Verbs on sites, bins, roads and vehicles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, may, require, require_scope
from reserve.db import append, claim, claim_all
from reserve.errors import Conflict, InvalidInput, NotAllowed
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.sites import queries, rules
from reserve.sites.models import Bin, Fleet, Route, Site, VehicleType
from reserve.sites.terms import (
    DEFAULT_BINS,
    BinDraft,
    BinKind,
    FleetDraft,
    FleetsDraft,
    Recorded,
    Road,
    RoadChangeDraft,
    RoutesDraft,
    SiteDraft,
    SitesDraft,
    VehicleTypeDraft,
)


class RoadUnchanged(Conflict):
    """The road is closed, or open, already."""

    code = "road_unchanged"


def record_sites(session: Session, actor: Actor, draft: SitesDraft, *, now: datetime, today: date) -> Recorded:
    """Enter or update sites by code. A new site gets the bins of its kind."""
    require(actor, Permission.SITE_WRITE)
    known = queries.sites_by_code(session, [site.code for site in draft.sites])
    organisations = organisation_queries.organisations_by_code(
        session, [each.organisation_code for each in draft.sites]
    )
    regions = organisation_queries.regions_by_code(session, [each.region_code for each in draft.sites])
    kinds = {code: site.kind for code, site in known.items()}
    if problems := rules.site_problems(draft, organisations=organisations.keys(), regions=regions.keys(), kinds=kinds):
        raise InvalidInput(problems)
    for site in draft.sites:
        require_scope(actor, Permission.SITE_WRITE, organisation_path=organisations[site.organisation_code].path)
        if site.code in known:
            require_scope(actor, Permission.SITE_WRITE, organisation_path=known[site.code].organisation_path)
    recorded = [
        _record_site(session, known.get(site.code), site, organisations[site.organisation_code]) for site in draft.sites
    ]
    session.flush()  # bins point at sites
    bins = [_bin_row(site, code, kind) for site in recorded for code, kind in DEFAULT_BINS[site.kind].items()]
    claim_all(session, Bin, bins, unique=("place", "code"))
    return Recorded(len(recorded))


def record_bin(session: Session, actor: Actor, draft: BinDraft, *, now: datetime, today: date) -> Bin:
    """Add a bin to a site. A bin that stands already is left as it is."""
    require(actor, Permission.SITE_WRITE)
    site = queries.get_site(session, draft.site_code)
    require_scope(actor, Permission.SITE_WRITE, organisation_path=site.organisation_path)
    known = queries.bins_of_site(session, site).get(draft.code)
    if problems := rules.bin_problems(draft, known=known.kind if known else None):
        raise InvalidInput(problems)
    claim(session, Bin, _bin_row(site, draft.code, draft.kind), unique=("place", "code"))
    return queries.get_bin(session, site, draft.code)


def record_routes(session: Session, actor: Actor, draft: RoutesDraft, *, now: datetime, today: date) -> Recorded:
    """Add versions of roads. Who writes a road has the right at one of its ends."""
    require(actor, Permission.ROUTE_WRITE)
    codes = {code for route in draft.routes for code in (route.from_site, route.to_site)}
    sites = queries.sites_by_code(session, codes)
    if problems := rules.route_problems(draft, sites=sites.keys()):
        raise InvalidInput(problems)
    for route in draft.routes:
        _require_an_end(actor, sites[route.from_site], sites[route.to_site])
    rows = [
        route.model_dump(exclude={"from_site", "to_site"})
        | {
            "from_site_id": sites[route.from_site].id,
            "to_site_id": sites[route.to_site].id,
            "recorded_at": now,
            "reason": draft.reason,
        }
        for route in draft.routes
    ]
    append(session, Route, rows)
    return Recorded(len(rows))


def close_road(session: Session, actor: Actor, draft: RoadChangeDraft, *, now: datetime, today: date) -> Recorded:
    """Nothing drives here from now on, or from the time given. Raises RoadUnchanged."""
    return _change_road(session, actor, draft, closed=True, now=now)


def open_road(session: Session, actor: Actor, draft: RoadChangeDraft, *, now: datetime, today: date) -> Recorded:
    """A closed road can be used again. Raises RoadUnchanged."""
    return _change_road(session, actor, draft, closed=False, now=now)


def record_fleets(session: Session, actor: Actor, draft: FleetsDraft, *, now: datetime, today: date) -> Recorded:
    """Enter or update vehicle types and the vehicles that each unit can field."""
    require(actor, Permission.SITE_WRITE)
    types = queries.vehicle_types_by_code(session)
    regions = organisation_queries.regions_by_code(session, [fleet.region_code for fleet in draft.fleets])
    if problems := rules.fleet_problems(draft, regions=regions.keys(), vehicle_types=types.keys()):
        raise InvalidInput(problems)
    for vehicle_type in draft.vehicle_types:
        _overwrite(session, types.get(vehicle_type.code) or VehicleType(), vehicle_type)
    session.flush()
    known = {(fleet.region_code, fleet.vehicle_type): fleet for fleet in queries.list_fleets(session)}
    for fleet in draft.fleets:
        _overwrite(session, known.get((fleet.region_code, fleet.vehicle_type)) or Fleet(), fleet)
    session.flush()
    return Recorded(len(draft.vehicle_types) + len(draft.fleets))


def _record_site(session: Session, known: Site | None, draft: SiteDraft, organisation: Organisation) -> Site:
    values = draft.model_dump(exclude={"organisation_code"}) | {
        "organisation_id": organisation.id,
        "organisation_path": organisation.path,
    }
    site = known or Site()
    for name, value in values.items():
        setattr(site, name, value)
    session.add(site)
    return site


def _bin_row(site: Site, code: str, kind: BinKind) -> dict[str, Any]:
    return {"place": site.code, "code": code, "kind": kind, "site_id": site.id}


def _change_road(session: Session, actor: Actor, draft: RoadChangeDraft, *, closed: bool, now: datetime) -> Recorded:
    require(actor, Permission.ROUTE_WRITE)
    start, end = queries.get_site(session, draft.from_site), queries.get_site(session, draft.to_site)
    _require_an_end(actor, start, end)
    valid_from = draft.valid_from or now
    ways = [(start, end), (end, start)] if draft.both_ways else [(start, end)]
    roads = queries.roads_between(session, [start, end], [start, end], valid_from, now)
    changing = [(here, there) for here, there in ways if roads[here.code, there.code].closed is not closed]
    if not changing:
        state = "closed" if closed else "open"
        raise RoadUnchanged(f"{start.code} to {end.code} is {state}", found=state)
    rows = [
        _version(here, there, roads[here.code, there.code], closed, valid_from, now, draft.reason)
        for here, there in changing
    ]
    append(session, Route, rows)
    return Recorded(len(rows))


def _version(
    start: Site, end: Site, road: Road, closed: bool, valid_from: datetime, now: datetime, reason: str
) -> dict[str, Any]:
    return {
        "from_site_id": start.id,
        "to_site_id": end.id,
        "minutes": road.minutes,
        "metres": road.metres,
        "closed": closed,
        "valid_from": valid_from,
        "recorded_at": now,
        "reason": reason,
    }


def _require_an_end(actor: Actor, start: Site, end: Site) -> None:
    if not any(may(actor, Permission.ROUTE_WRITE, site.organisation_path) for site in (start, end)):
        raise NotAllowed(Permission.ROUTE_WRITE, f"{start.code} to {end.code}")


def _overwrite(session: Session, row: VehicleType | Fleet, draft: VehicleTypeDraft | FleetDraft) -> None:
    for name, value in draft.model_dump().items():
        setattr(row, name, value)
    session.add(row)
