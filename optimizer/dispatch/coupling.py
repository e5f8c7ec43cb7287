"""What items share while goods leave, period by period: docks of a site, a way, vehicles of a fleet.

Every limit is a room per period of the grid and a load per unit: cubic centimetres through docks and on a way, cubic
centimetre kilometres for a fleet. A shipment counts in the period in which it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING

from optimizer.dispatch.handles import Handle
from optimizer.dispatch.instance import Instance, Route

if TYPE_CHECKING:
    from optimizer.dispatch.arrays import Rows
    from optimizer.dispatch.components import Component

INFINITY = float("inf")
DOCK, LANE, FLEET = "dock", "lane", "fleet"


@dataclass(frozen=True, eq=False)
class Limit:
    """One shared limit. room [period of the grid];  first_hour: nothing leaves before it."""

    family: str
    code: str
    room: tuple[int, ...]
    first_hour: int = 0

    def load(self, volume_cm3: int, km: int) -> int:
        """What one unit of goods takes of it."""
        return volume_cm3 * km if self.family == FLEET else volume_cm3


class Limits:
    """All shared limits of an instance, found by the route that they bear on."""

    def __init__(self, instance: Instance) -> None:
        periods = list(pairwise(instance.boundaries))
        self.hours = tuple(end - at for at, end in periods)
        self.volumes: Mapping[str, int] = {item.code: item.volume_cm3 for item in instance.items}
        self.docks = {
            dock.site_code: Limit(DOCK, dock.site_code, tuple(dock.cm3_per_hour * (end - at) for at, end in periods))
            for dock in instance.docks
        }
        self.lanes = {
            (row.site_code, row.place_code): Limit(
                LANE,
                f"{row.site_code}>{row.place_code}",
                tuple(row.cm3_per_hour * (end - at) for at, end in periods),
            )
            for row in instance.lane_limits
        }
        self.fleets = {}
        for fleet in instance.fleets:
            room = tuple(fleet.work_between(at, end) for at, end in periods)
            limit = Limit(FLEET, fleet.code, room, fleet.first_hour)
            self.fleets.update(dict.fromkeys(fleet.site_codes, limit))
        self._on: dict[tuple[str, str], tuple[Limit, ...]] = {}
        self._open: dict[tuple[str, str], tuple[bool, ...] | None] = {}

    def on(self, route: Route) -> tuple[Limit, ...]:
        """The limits that a shipment on this route takes from."""
        key = (route.site_code, route.place_code)
        if key not in self._on:
            found = (self.docks.get(key[0]), self.lanes.get(key), self.fleets.get(key[0]))
            self._on[key] = tuple(limit for limit in found if limit is not None)
        return self._on[key]

    def first_hour(self, route: Route) -> int:
        """Before it nothing can leave on this route."""
        fleet = self.fleets.get(route.site_code)
        return fleet.first_hour if fleet else 0

    def open_periods(self, route: Route) -> tuple[bool, ...] | None:
        """Whether each period has any room on this route; None where nothing limits it."""
        key = (route.site_code, route.place_code)
        if key not in self._open:
            rooms = [limit.room for limit in self.on(route)]
            self._open[key] = tuple(min(room) > 0 for room in zip(*rooms, strict=True)) if rooms else None
        return self._open[key]

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The families that have any limit."""
        tables = {DOCK: self.docks, LANE: self.lanes, FLEET: self.fleets}
        return tuple(family for family, table in tables.items() if table)

    def of_family(self, family: str, route: Route) -> Limit | None:
        """The limit of one family on a route."""
        return next((limit for limit in self.on(route) if limit.family == family), None)


def dock_rows(component: Component, limits: Limits, rows: Rows) -> None:
    """What a site loads in one period of the grid fits through its docks, all items together, in cubic centimetres."""
    _add(component, limits, DOCK, rows)


def lane_rows(component: Component, limits: Limits, rows: Rows) -> None:
    """What leaves on one way in one period of the grid fits on it, all items together, in cubic centimetres."""
    _add(component, limits, LANE, rows)


def fleet_rows(component: Component, limits: Limits, rows: Rows) -> None:
    """What leaves the sites of a fleet in one period, times its way, is moved by the vehicles of the fleet."""
    _add(component, limits, FLEET, rows)


def _add(component: Component, limits: Limits, family: str, rows: Rows) -> None:
    """One row for every limit of a family and period; of ways and fleets in the largest unit in which all loads are
    whole: exact, and near one for the solver."""
    found: dict[tuple[str, int], list[tuple[int, int]]] = {}
    room: dict[tuple[str, int], int] = {}
    for column, lane in enumerate(component.lanes):
        limit = limits.of_family(family, lane.route)
        if limit is not None and lane.period is not None:
            volume = limits.volumes[lane.supply.item_code] * component.size(lane)
            key = (limit.code, lane.period)
            found.setdefault(key, []).append((column, limit.load(volume, lane.route.km)))
            room[key] = limit.room[lane.period]
    for key in sorted(found):
        unit = 1 if family == DOCK else gcd(*(load for _, load in found[key]))
        if any(load for _, load in found[key]):
            row = rows.add([(column, load // unit) for column, load in found[key]], -INFINITY, room[key] // unit)
            rows.handles.append(Handle(family, key[0], row, limits.hours[key[1]] / unit))
