"""The second reading of what is shared on the way: docks, ways, fleets. Whole numbers, nothing of the model's own code.

Every finding is (rule, where, found, allowed); ``check`` makes violations of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan

Finding = tuple[str, str, int, int]


def transport_findings(instance: Instance, plan: Plan) -> Iterator[Finding]:
    """Every period in which more leaves than a site, a way or a fleet can take."""
    sites = {source.code: source.site_code for source in instance.sources}
    volumes = {item.code: item.volume_cm3 for item in instance.items}
    trips = [
        (sites[row.source_code], row.place_code, row.leave_hour, row.quantity * volumes[row.item_code], row.km)
        for row in plan.shipments
    ]
    for start, end in zip(instance.boundaries, instance.boundaries[1:], strict=False):
        inside = [trip for trip in trips if start <= trip[2] < end]
        yield from _docks(instance, inside, start, end)
        yield from _ways(instance, inside, start, end)
        yield from _fleets(instance, inside, start, end)
    for fleet in instance.fleets:
        for site, _, leave, _, _ in trips:
            if site in fleet.site_codes and leave < fleet.rates[0][0]:
                yield "fleet_there", f"{fleet.code} {site}", leave, fleet.rates[0][0]


Trip = tuple[str, str, int, int, int]


def _docks(instance: Instance, trips: list[Trip], start: int, end: int) -> Iterator[Finding]:
    for dock in instance.docks:
        loaded = sum(volume for site, _, _, volume, _ in trips if site == dock.site_code)
        if loaded > dock.cm3_per_hour * (end - start):
            yield "dock", f"{dock.site_code} from {start}", loaded, dock.cm3_per_hour * (end - start)


def _ways(instance: Instance, trips: list[Trip], start: int, end: int) -> Iterator[Finding]:
    for way in instance.lane_limits:
        taken = sum(volume for site, to, _, volume, _ in trips if (site, to) == (way.site_code, way.place_code))
        if taken > way.cm3_per_hour * (end - start):
            where = f"{way.site_code} to {way.place_code} from {start}"
            yield "lane", where, taken, way.cm3_per_hour * (end - start)


def _fleets(instance: Instance, trips: list[Trip], start: int, end: int) -> Iterator[Finding]:
    """Hour by hour the last rate that has begun; an hour before the first rate moves nothing."""
    for fleet in instance.fleets:
        room = 0
        for hour in range(start, end):
            begun = [rate for since, rate in fleet.rates if since <= hour]
            room += begun[-1] if begun else 0
        moved = sum(volume * km for site, _, _, volume, km in trips if site in fleet.site_codes)
        if moved > room:
            yield "fleet", f"{fleet.code} from {start}", moved, room
