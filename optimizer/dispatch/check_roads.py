"""The checker on roads: known, open at every hour of the trip, as long as at the hour of leaving. In whole hours.

Shares nothing with the files that make plans but the tables: it reads docs/dispatch-model.md, section 2, again.
"""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.dispatch.instance import Instance, NeedKind, Route
from optimizer.dispatch.plan import Plan, Shipment
from optimizer.dispatch.roads import RoadChange
from optimizer.dispatch.violation import Violation


def roads(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """A shipment takes a known route, its full travel time, no closed hour, and arrives while it is of use."""
    sites = {source.code: source.site_code for source in instance.sources}
    routes = {(route.site_code, route.place_code): route for route in instance.routes}
    changes: dict[tuple[str, str], list[RoadChange]] = {}
    for change in instance.road_changes:
        changes.setdefault((change.site_code, change.place_code), []).append(change)
    needs = {need.code: need for need in instance.needs}
    for row in plan.shipments:
        ends = (sites[row.source_code], row.place_code)
        if ends not in routes:
            yield Violation("known_route", _name(row), 0, 0)
            continue
        yield from _trip(row, routes[ends], changes.get(ends, []))
        if not 0 <= row.leave_hour < instance.boundaries[-1]:
            yield Violation("leaves_inside_horizon", _name(row), row.leave_hour, instance.boundaries[-1])
        need = needs[row.need_code]
        if row.on_time != (row.arrive_hour <= need.due_hour):
            yield Violation("on_time_as_stated", _name(row), row.arrive_hour, need.due_hour)
        last = need.latest_hour if need.kind is NeedKind.LUMP and not need.hard else need.due_hour
        if row.arrive_hour > last:
            yield Violation("arrives_in_time", _name(row), row.arrive_hour, last)


def _trip(row: Shipment, route: Route, changes: list[RoadChange]) -> Iterable[Violation]:
    """The version in force at the hour of leaving says how long it takes; every hour under way has its own say."""

    def in_force(hour: int) -> Route | RoadChange:
        begun = [change for change in changes if change.from_hour <= hour]
        return max(begun, key=lambda change: change.from_hour) if begun else route

    version = in_force(row.leave_hour)
    if row.arrive_hour - row.leave_hour != version.travel_hours or row.km != version.km:
        yield Violation("travel_time", _name(row), row.arrive_hour - row.leave_hour, version.travel_hours)
    for hour in range(row.leave_hour, row.leave_hour + max(1, version.travel_hours)):
        now = in_force(hour)
        closed = isinstance(now, RoadChange) and now.closed
        if closed or any(start <= hour < end for start, end in route.closures):
            yield Violation("road_open", _name(row), hour, 0)
            break


def _name(row: Shipment) -> str:
    return f"{row.source_code} {row.lot_code} {row.need_code}"
