"""A plan made as if transport were free, given its hours so that docks, ways and fleets can carry it.

Most days they can. Then nothing that limits transport cost anything, and the plan is the best there is with the limits
as well: same quantities, nothing later, only other hours of leaving.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimizer.dispatch.coupling import Limit, Limits
from optimizer.dispatch.instance import Instance, Lot, Need, Rounding, Route
from optimizer.dispatch.plan import Plan, Shipment
from optimizer.dispatch.ways import ways_of

Slot = tuple[int, int]
"""Period of the grid and hour of leaving."""


def without_limits(instance: Instance) -> Instance:
    """The same world with transport enough for everything, once the first vehicle of a site is there."""
    first = {code: fleet.first_hour for fleet in instance.fleets for code in fleet.site_codes}
    sites = {source.code: source.site_code for source in instance.sources}
    ready = {code: first.get(site, 0) for code, site in sites.items()}
    lots = tuple(
        replace(lot, available_from_hour=ready[lot.source_code])
        if lot.available_from_hour < ready[lot.source_code]
        else lot
        for lot in instance.lots
    )
    return replace(instance, lots=lots, docks=(), lane_limits=(), fleets=())


def fitted(instance: Instance, plan: Plan) -> Plan | None:
    """The plan with every shipment in periods that have room for it; None where some would be late or find none.

    Soonest deadline first; each as near to its hour as can be, later before earlier. What comes late keeps its hour.
    """
    timetable = _Timetable(instance)
    rows = sorted(plan.shipments, key=timetable.urgency)
    found: list[Shipment] = []
    for row in rows:
        placed = timetable.placed(row)
        if placed is None:
            return None
        found += placed
    key = ("need_code", "arrive_hour", "source_code", "lot_code", "step", "leave_hour")
    found.sort(key=lambda row: tuple(getattr(row, name) for name in key))
    return replace(plan, shipments=tuple(found), instance_hash=instance.hash)


def loaded_first(instance: Instance, loans: Sequence[Shipment]) -> tuple[Shipment, ...]:
    """Equipment that comes back, in the hours and as far as transport has room for it before anything else is loaded.

    What finds no room stays at home; whatever its units were to do afterwards they can still do.
    """
    timetable = _Timetable(instance)
    return tuple(part for row in sorted(loans, key=timetable.urgency) for part in timetable.parts(row)[0])


def eased(instance: Instance, plan: Plan) -> Instance:
    """The world in which reasons are sought: without limits of transport where half of their room carries the plan.

    Then they bind nowhere, and what a reason promises has as much room again. Docks alone are left as they are.
    """
    if not (instance.fleets or instance.lane_limits):
        return instance
    half = replace(
        instance,
        docks=tuple(replace(row, cm3_per_hour=row.cm3_per_hour // 2) for row in instance.docks),
        lane_limits=tuple(replace(row, cm3_per_hour=row.cm3_per_hour // 2) for row in instance.lane_limits),
        fleets=tuple(
            replace(row, rates=tuple((hour, rate // 2) for hour, rate in row.rates)) for row in instance.fleets
        ),
    )
    return without_limits(instance) if fitted(half, plan) else instance


class _Timetable:
    """What room is left in every period while shipments are given their hours."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.limits = instance, Limits(instance)
        self.room: dict[Limit, list[int]] = {}
        self.lots = {(lot.source_code, lot.item_code, lot.code): lot for lot in instance.lots}
        self.needs = {need.code: need for need in instance.needs}
        self.ways = ways_of(instance)
        self.sites = {source.code: source.site_code for source in instance.sources}

    def urgency(self, row: Shipment) -> tuple[object, ...]:
        need = self.needs[row.need_code]
        last = need.due_hour - self._route(row).travel_hours if row.on_time else row.leave_hour
        return last, row.leave_hour, row.need_code, row.source_code, row.lot_code, row.step

    def placed(self, row: Shipment) -> list[Shipment] | None:
        """The shipment, in parts where no period has room for all of it; its excess goes with the last."""
        parts, left = self.parts(row)
        return None if left else _with_excess(parts, row.excess)

    def parts(self, row: Shipment) -> tuple[list[Shipment], int]:
        """What of a shipment finds room, in parts, and how much of it does not."""
        need, route = self.needs[row.need_code], self._route(row)
        lot = self.lots[row.source_code, row.item_code, row.lot_code]
        pack = lot.pack_size if need.rounding is not Rounding.OPEN else 1
        left, parts = row.quantity, []
        for period, leave in self._slots(row, lot, need, route):
            quantity = min(left, self._fits(row, route, period) // pack * pack)
            if quantity == left or (quantity > 0 and row.item_code == need.item_code):  # a substitute is not parted
                self._take(row, route, period, quantity)
                left -= quantity
                parts.append(
                    replace(row, quantity=quantity, excess=0, leave_hour=leave, arrive_hour=leave + route.travel_hours)
                )
            if left == 0:
                break
        return parts, left

    def _route(self, row: Shipment) -> Route:
        """The way a shipment goes, in the version in which it goes there."""
        ways = self.ways[self.sites[row.source_code], row.place_code]
        hours = row.arrive_hour - row.leave_hour
        same = (way for way in ways if (way.travel_hours, way.km) == (hours, row.km))
        return next(way for way in same if way.first_leave(row.leave_hour) == row.leave_hour)

    def _slots(self, row: Shipment, lot: Lot, need: Need, route: Route) -> Iterator[Slot]:
        """Hours at which the shipment may leave: its own period, then later ones in time, then earlier ones."""
        boundaries, ready = self.instance.boundaries, max(lot.available_from_hour, self.limits.first_hour(route))
        slots = []
        for period in range(len(boundaries) - 1):
            inside = boundaries[period] <= row.leave_hour < boundaries[period + 1]
            earliest = max(boundaries[period], ready, row.leave_hour if inside else 0)
            leave = route.first_leave(earliest)
            in_time = leave + route.travel_hours <= need.due_hour if row.on_time else leave == row.leave_hour
            ready_again = row.loan is None or leave >= row.leave_hour  # lent units may be away until then
            if leave < boundaries[period + 1] and in_time and ready_again:
                slots.append((period, leave))
        now = next((period for period, leave in slots if leave >= row.leave_hour), len(boundaries))
        yield from (slot for slot in slots if slot[0] >= now)
        yield from (slot for slot in reversed(slots) if slot[0] < now)

    def _fits(self, row: Shipment, route: Route, period: int) -> int:
        volume, least = self.limits.volumes[row.item_code], row.quantity
        for limit in self.limits.on(route):
            if load := limit.load(volume, route.km):
                least = min(least, self._room(limit)[period] // load)
        return least

    def _take(self, row: Shipment, route: Route, period: int, quantity: int) -> None:
        for limit in self.limits.on(route):
            self._room(limit)[period] -= quantity * limit.load(self.limits.volumes[row.item_code], route.km)

    def _room(self, limit: Limit) -> list[int]:
        if limit not in self.room:
            self.room[limit] = list(limit.room)
        return self.room[limit]


def _with_excess(parts: Sequence[Shipment], excess: int) -> list[Shipment]:
    """The last to arrive carries what is above the need."""
    found = []
    for part in sorted(parts, key=lambda row: row.arrive_hour, reverse=True):
        above = min(part.quantity, excess)
        excess -= above
        found.append(replace(part, excess=above))
    return found
