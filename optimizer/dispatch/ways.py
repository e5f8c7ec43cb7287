"""Every version of a road as a way of its own, with the hours in which it may be left on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.dispatch.instance import FAR_HOUR, Instance, Route
from optimizer.dispatch.roads import RoadChange
from optimizer.grid import first_departure

Ends = tuple[str, str]


@dataclass(frozen=True)
class RouteVersion(Route):
    """One version: its closures are all hours in which the road is closed.

    from_hour, until_hour   it is left from the one on and before the other; under way it may outlast them
    """

    from_hour: int = 0
    until_hour: int = FAR_HOUR

    def first_leave(self, not_before: int) -> int:
        leave = first_departure(max(not_before, self.from_hour), self.travel_hours, self.closures)
        return leave if leave < self.until_hour else FAR_HOUR

    @property
    def last_leave(self) -> int:
        return self.until_hour - 1


def ways_of(instance: Instance) -> dict[Ends, tuple[Route, ...]]:
    """The ways from every site to every place: the route itself, or one for each open version of it, in time."""
    changes: dict[Ends, list[RoadChange]] = defaultdict(list)
    for change in instance.road_changes:
        changes[change.site_code, change.place_code].append(change)
    found: dict[Ends, tuple[Route, ...]] = {}
    for route in instance.routes:
        ends = (route.site_code, route.place_code)
        found[ends] = _versions(route, changes[ends]) if ends in changes else (route,)
    return found


def _versions(route: Route, changes: Sequence[RoadChange]) -> tuple[RouteVersion, ...]:
    first = RoadChange(route.site_code, route.place_code, 0, route.travel_hours, route.km)
    rows = [first, *sorted(changes, key=lambda row: row.from_hour)]
    ends = [row.from_hour for row in rows[1:]] + [FAR_HOUR]
    spans = list(zip(rows, ends, strict=True))
    closures = (*route.closures, *((row.from_hour, end) for row, end in spans if row.closed))
    return tuple(
        RouteVersion(row.site_code, row.place_code, row.travel_hours, row.km, closures, row.from_hour, end)
        for row, end in spans
        if not row.closed
    )


def earliest(ways: Sequence[Route], not_before: int, horizon_hour: int) -> tuple[int, Route] | None:
    """The hour of leaving and the way that arrive first, then on the shortest way; None inside this horizon."""
    trips = ((leave + way.travel_hours, way.km, leave, way) for leave, way in _leaving(ways, not_before, horizon_hour))
    best = min(trips, key=lambda row: row[:3], default=None)
    return best[2:] if best else None


def worth_a_lane(ways: Sequence[Route], not_before: int, horizon_hour: int) -> tuple[Route, ...]:
    """The ways that nothing beats in hour of arrival and kilometres together, in the order of arrival."""
    if len(ways) < 2:
        return tuple(ways)
    kept: list[Route] = []
    leaving = _leaving(ways, not_before, horizon_hour)
    for _, way in sorted(leaving, key=lambda row: (row[0] + row[1].travel_hours, row[1].km)):
        if not kept or way.km < kept[-1].km:
            kept.append(way)
    return tuple(kept)


def _leaving(ways: Sequence[Route], not_before: int, horizon_hour: int) -> list[tuple[int, Route]]:
    """Every way that can be left on inside the horizon, with the first hour at which it can."""
    found = [(way.first_leave(not_before), way) for way in ways]
    return [(leave, way) for leave, way in found if leave < horizon_hour]
