"""Laws of places and roads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from math import asin, cos, radians, sin, sqrt

from reserve.errors import Problem
from reserve.sites.terms import (
    SITE_BINS,
    BinDraft,
    BinKind,
    FleetsDraft,
    Road,
    RoadEvidence,
    RoutesDraft,
    SiteKind,
    SitesDraft,
)

EARTH_METRES = 6_371_000
ROAD_FACTOR_TENTHS = 13
"""Road metres per ten metres of great circle: 1.3 (seed/data/PROVENANCE.md, road_km.csv)."""
NORMAL_KMH = 70
"""Planning speed on normal roads (road_km.csv). Disaster speeds belong to the scenario."""
SHORTEST_METRES = 3_000
"""Two sites on one seat's coordinates are still some streets apart."""


def estimated_road(from_latitude: float, from_longitude: float, to_latitude: float, to_longitude: float) -> Road:
    """The road that is assumed where nobody recorded one, from decimal degrees.

    Great circle times 1.3 at 70 km/h, at least some streets; whole metres, minutes rounded up.
    """
    north, east = radians(from_latitude), radians(from_longitude)
    to_north, to_east = radians(to_latitude), radians(to_longitude)
    arc = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    straight = 2 * EARTH_METRES * asin(sqrt(arc))
    metres = max(SHORTEST_METRES, round(straight * ROAD_FACTOR_TENTHS / 10))
    return Road(minutes_at(NORMAL_KMH, metres), metres, evidence=RoadEvidence.ESTIMATED)


def minutes_at(speed_kmh: int, metres: int) -> int:
    """Driving time, rounded up to whole minutes."""
    return -(-metres * 60 // (speed_kmh * 1000))


def site_problems(
    draft: SitesDraft,
    *,
    organisations: AbstractSet[str],
    regions: AbstractSet[str],
    kinds: Mapping[str, SiteKind],
) -> list[Problem]:
    """Everything wrong with new or changed sites. ``kinds`` holds the sites known before: a site keeps its kind."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for place, site in enumerate(draft.sites):
        field, row = f"sites.{place}", place + 1
        if site.code in seen:
            problems.append(Problem("repeated", f"{field}.code", "each once", site.code, row))
        seen.add(site.code)
        if site.organisation_code not in organisations:
            found = site.organisation_code
            problems.append(
                Problem("unknown_organisation", f"{field}.organisation_code", "a known organisation", found, row)
            )
        if site.region_code not in regions:
            problems.append(
                Problem("unknown_region", f"{field}.region_code", "a known region code", site.region_code, row)
            )
        if (kind := kinds.get(site.code, site.kind)) is not site.kind:
            problems.append(Problem("kind_is_fixed", f"{field}.kind", kind, site.kind, row))
    return problems


def bin_problems(draft: BinDraft, *, known: BinKind | None) -> list[Problem]:
    """What is wrong with a bin; ``known`` is the kind of the bin that has this code already."""
    problems = []
    if draft.kind not in SITE_BINS:
        problems.append(Problem("not_a_place", "kind", " / ".join(sorted(SITE_BINS)), draft.kind))
    if known is not None and known is not draft.kind:
        problems.append(Problem("kind_is_fixed", "kind", known, draft.kind))
    return problems


def route_problems(draft: RoutesDraft, *, sites: AbstractSet[str]) -> list[Problem]:
    """Everything wrong with a list of routes."""
    problems: list[Problem] = []
    seen: set[tuple[object, ...]] = set()
    for place, route in enumerate(draft.routes):
        field, row = f"routes.{place}", place + 1
        problems += [
            Problem("unknown_site", f"{field}.{name}", "a known site code", code, row)
            for name, code in (("from_site", route.from_site), ("to_site", route.to_site))
            if code not in sites
        ]
        if route.from_site == route.to_site:
            problems.append(Problem("same_site", f"{field}.to_site", "another site", route.to_site, row))
        version = route.from_site, route.to_site, route.valid_from
        if version in seen:
            found = f"{route.from_site} to {route.to_site} from {route.valid_from.isoformat()}"
            problems.append(Problem("repeated", f"{field}.valid_from", "each once", found, row))
        seen.add(version)
    return problems


def fleet_problems(draft: FleetsDraft, *, regions: AbstractSet[str], vehicle_types: AbstractSet[str]) -> list[Problem]:
    """Everything wrong with vehicle types and fleets. ``vehicle_types`` holds the codes known before."""
    problems = list(_repeated_types(draft))
    known = vehicle_types | {each.code for each in draft.vehicle_types}
    seen: set[tuple[str, str]] = set()
    for place, fleet in enumerate(draft.fleets):
        field, row = f"fleets.{place}", place + 1
        if fleet.region_code not in regions:
            problems.append(
                Problem("unknown_region", f"{field}.region_code", "a known region code", fleet.region_code, row)
            )
        if fleet.vehicle_type not in known:
            found = fleet.vehicle_type
            problems.append(Problem("unknown_vehicle_type", f"{field}.vehicle_type", "a known type", found, row))
        if (fleet.region_code, fleet.vehicle_type) in seen:
            found = f"{fleet.region_code} {fleet.vehicle_type}"
            problems.append(Problem("repeated", f"{field}.vehicle_type", "each once", found, row))
        seen.add((fleet.region_code, fleet.vehicle_type))
    return problems


def _repeated_types(draft: FleetsDraft) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, each in enumerate(draft.vehicle_types):
        if each.code in seen:
            yield Problem("repeated", f"vehicle_types.{place}.code", "each once", each.code, place + 1)
        seen.add(each.code)
