"""What docks and vehicles of the books can move in an hour, as a plan knows it.

A site loads so many lorries an hour; a lorry is the mean one of the fleets on the books. The vehicles of a city-level
unit serve all sites in it. A vehicle drives empty half of the way. What the register does not know is no limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from optimizer.dispatch.instance import Dock
from optimizer.dispatch.transport import Fleet
from reserve.incidents.models import Incident
from reserve.incidents.picture import Scenario
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Region
from reserve.sites import queries as site_queries
from reserve.sites.models import Fleet as FleetRow
from reserve.sites.models import Site, VehicleType

CM3_PER_DM3 = 1000
SHARE_LOADED = 2
"""One hour out of so many a vehicle is under load: it comes back empty."""


@dataclass(frozen=True, slots=True)
class Haulage:
    """Docks of sites and fleets of cities, for one plan."""

    docks: tuple[Dock, ...]
    fleets: tuple[Fleet, ...]


def haulage(
    session: Session,
    sites: Collection[Site],
    regions: Mapping[str, Region],
    incidents: Sequence[Incident],
    loading_minutes: int,
) -> Haulage:
    """What limits the ways out of these sites."""
    rows = site_queries.list_fleets(session)
    types = site_queries.vehicle_types_by_code(session)
    slowed = any(incident.scenario is not Scenario.PUBLIC_HEALTH for incident in incidents)
    lorry = _mean_volume(rows, types)
    docks = (
        Dock(site.code, site.trucks_per_hour * lorry)
        for site in sorted(sites, key=lambda site: site.code)
        if site.trucks_per_hour and lorry
    )
    return Haulage(tuple(docks), tuple(_fleets(rows, types, sites, regions, slowed=slowed, lead=loading_minutes // 60)))


def _mean_volume(rows: Sequence[FleetRow], types: Mapping[str, VehicleType]) -> int:
    """Cubic centimetres of the mean vehicle on the books; 0 where there is none."""
    vehicles = sum(row.vehicles for row in rows)
    volume = sum(row.vehicles * types[row.vehicle_type].volume_dm3 for row in rows)
    return volume * CM3_PER_DM3 // vehicles if vehicles else 0


def _fleets(
    rows: Sequence[FleetRow],
    types: Mapping[str, VehicleType],
    sites: Collection[Site],
    regions: Mapping[str, Region],
    *,
    slowed: bool,
    lead: int,
) -> list[Fleet]:
    """One fleet for each unit that has vehicles and sites. Vehicles are called when the plan starts; the hours in which
    an order is made ready run meanwhile (``lead``)."""
    homes: dict[str, list[str]] = defaultdict(list)
    for site in sites:
        homes[organisation_queries.city_unit_of(regions, site.region_code)].append(site.code)
    joining: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        kind = types[row.vehicle_type]
        speed = kind.speed_kmh_disaster if slowed else kind.speed_kmh_normal
        rate = row.vehicles * kind.volume_dm3 * CM3_PER_DM3 * speed // SHARE_LOADED
        joining[row.region_code][max(0, row.available_from_hour - lead)] += rate
    return [
        Fleet(code, tuple(sorted(homes[code])), _rates(joining[code])) for code in sorted(homes.keys() & joining.keys())
    ]


def _rates(joining: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    """From which hour on how much in all, when so much more joins at each hour."""
    total, rates = 0, []
    for hour in sorted(joining):
        total += joining[hour]
        rates.append((hour, total))
    return tuple(rates)
