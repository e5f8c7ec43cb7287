"""Cargo as vehicle loads: full vehicles go straight to one place, what is left shares vehicles over several drops.

Weight is grams, volume cubic centimetres, time minutes from the start of the plan, distance kilometres. Packs stay
whole. A vehicle comes from the city that keeps it, stands at a free dock of its site for the loading time of its class,
leaves when the gate lets it, and makes one tour.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.dispatch.freight import Cargo, Fleet, Gate, Line, Load, Loading, Roads, Stop
from optimizer.engine import SolverFailed, cheapest_routes

VEHICLE_KM = 10_000  # a vehicle saved is worth more kilometres than any tour has
IMPROVEMENTS = 60


@dataclass
class Yard:
    """What is still free while loads are made: vehicles by fleet, docks by site, the last departure by site."""

    roads: Roads
    gates: Mapping[str, Gate]
    free: dict[Fleet, int]
    queues: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    left_at: dict[str, int] = field(default_factory=dict)

    def ranked(self, site: str, place: str, leave: int, due: int) -> list[Fleet]:
        """Fleets with a vehicle left, best first: those in time, from near, roomy."""

        def rank(one: Fleet) -> tuple[bool, int, int, int, str, str]:
            away = self.roads[one.home][site]
            arrive = max(leave, one.from_minute + one.minutes(away)) + one.load_minutes
            arrive += one.minutes(self.roads[site][place])
            return arrive > due, away, -one.volume_cm3, -one.payload_g, one.home, one.vehicle_code

        return sorted((one for one, count in self.free.items() if count), key=rank)

    def send(self, site: str, leave: int, one: Fleet, drops: Sequence[Sequence[Line]]) -> Load:
        """The vehicle at the first dock that is free, out of the gate, then from drop to drop."""
        gate = self.gates.get(site, Gate())
        queue = self.queues.setdefault(site, [(0, dock) for dock in range(max(1, gate.docks))])
        ready, dock = heapq.heappop(queue)
        start = max(ready, leave, one.from_minute + one.minutes(self.roads[one.home][site]))
        depart = start + one.load_minutes
        if gate.per_hour and site in self.left_at:
            depart = max(depart, self.left_at[site] + -(-60 // gate.per_hour))
        self.left_at[site] = max(depart, self.left_at.get(site, 0))
        heapq.heappush(queue, (depart, dock))
        at, minute, km, stops = site, depart, 0, []
        for lines in drops:
            place = lines[0].place_code
            leg = self.roads[at][place]
            minute += one.minutes(leg)
            km += leg
            stops.append(Stop(place, minute, tuple(sorted(lines, key=_picked))))
            at = place
        return Load(site, one.home, one.vehicle_code, dock, start, depart, km, tuple(stops))


def load_vehicles(
    cargoes: Sequence[Cargo], fleets: Sequence[Fleet], roads: Roads, gates: Mapping[str, Gate] | None = None
) -> Loading:
    """Loads for every site and hour of leaving, from the vehicles of all cities. Sites without a gate have one dock."""
    yard = Yard(roads, gates or {}, {row: row.vehicles for row in fleets})
    loads: list[Load] = []
    left: list[Line] = []
    for cargo in sorted(cargoes, key=lambda each: (each.leave_minute, each.site_code)):
        rest: dict[str, list[Line]] = {}
        by_place: dict[str, list[Line]] = defaultdict(list)
        for row in cargo.lines:
            by_place[row.place_code].append(row)
        for place, mine in sorted(by_place.items(), key=lambda entry: (_due(entry[1]), entry[0])):
            straight, remaining = _straight(yard, cargo, place, mine)
            loads += straight
            if remaining:
                rest[place] = remaining
        shared, without = _shared(yard, cargo, rest)
        loads += shared
        left += without
    return Loading(tuple(loads), tuple(left))


def _due(rows: Iterable[Line]) -> int:
    """The earliest minute wanted; what nobody waits for comes last."""
    return min((row.due_minute for row in rows if row.due_minute is not None), default=1 << 40)


def _picked(row: Line) -> tuple[str, str, str, str]:
    return row.item_code, row.expires_on or "9999", row.owner_code, row.lot_code


def _straight(yard: Yard, cargo: Cargo, place: str, rows: Sequence[Line]) -> tuple[list[Load], list[Line]]:
    """Full vehicles to one place; and what is left over for the last one."""
    loads: list[Load] = []
    remaining = sorted(rows, key=lambda row: (-row.cm3, row.item_code, row.owner_code, row.lot_code, row.pack_size))
    while remaining:
        ranked = yard.ranked(cargo.site_code, place, cargo.leave_minute, _due(remaining))
        one = ranked[0] if ranked else None
        if one is None or _fits(remaining, one):
            break
        taken, remaining = _fill(remaining, one)
        if not taken:
            break  # one pack is too large for the class at hand
        yard.free[one] -= 1
        loads.append(yard.send(cargo.site_code, cargo.leave_minute, one, [taken]))
    return loads, remaining


def _shared(yard: Yard, cargo: Cargo, rest: dict[str, list[Line]]) -> tuple[list[Load], list[Line]]:
    """Tours over several places, as few vehicles as the search finds, then the fewest kilometres."""
    places = sorted(rest, key=lambda place: (_due(rest[place]), place))
    if not places:
        return [], []
    ranked = yard.ranked(cargo.site_code, places[0], cargo.leave_minute, _due(rest[places[0]]))
    fleet = [row for row in ranked for _ in range(yard.free[row])][: len(places)]
    routes: list[list[int]] = []
    while places and not routes:
        routes = _routes(yard, cargo.site_code, fleet, places, rest)
        if not routes:
            places.pop()  # the vehicles at hand do not do for all: who is due last waits for the next ones
    used = [
        (one, [rest[places[node - 1]] for node in stops]) for one, stops in zip(fleet, routes, strict=False) if stops
    ]
    for one, _ in used:
        yard.free[one] -= 1
    loads = [yard.send(cargo.site_code, cargo.leave_minute, _swapped(yard, one, drops), drops) for one, drops in used]
    return loads, [row for place in sorted(set(rest) - set(places)) for row in rest[place]]


def _routes(
    yard: Yard, site: str, fleet: Sequence[Fleet], places: Sequence[str], rest: Mapping[str, list[Line]]
) -> list[list[int]]:
    nodes = [site, *places]
    km = np.array(
        [[0 if other in (one, site) else yard.roads[one][other] for other in nodes] for one in nodes], np.int64
    )  # ways back are free
    grams = np.array([0, *(sum(row.grams for row in rest[place]) for place in places)], np.int64)
    cm3 = np.array([0, *(sum(row.cm3 for row in rest[place]) for place in places)], np.int64)
    payload = np.array([row.payload_g for row in fleet], np.int64)
    room = np.array([row.volume_cm3 for row in fleet], np.int64)
    fixed = np.full(len(fleet), VEHICLE_KM, np.int64)
    try:
        return cheapest_routes(km, (grams, cm3), (payload, room), fixed, IMPROVEMENTS) if fleet else []
    except SolverFailed:
        return []


def _swapped(yard: Yard, one: Fleet, drops: Sequence[Sequence[Line]]) -> Fleet:
    """The smallest class of the same city that takes the tour and is as soon ready; the larger is free again."""
    rows = [row for lines in drops for row in lines]
    fitting = [
        other
        for other, count in yard.free.items()
        if count and other.home == one.home and other.from_minute <= one.from_minute and _fits(rows, other)
    ]
    chosen = min([one, *fitting], key=lambda each: (each.volume_cm3, each.payload_g, each.vehicle_code))
    yard.free[one] += 1
    yard.free[chosen] -= 1
    return chosen


def _fits(rows: Sequence[Line], one: Fleet) -> bool:
    return sum(row.grams for row in rows) <= one.payload_g and sum(row.cm3 for row in rows) <= one.volume_cm3


def _fill(rows: Sequence[Line], one: Fleet) -> tuple[list[Line], list[Line]]:
    """As many whole packs as the vehicle takes, largest lines first; what it takes and what remains."""
    grams, cm3 = one.payload_g, one.volume_cm3
    taken, remaining = [], []
    for row in rows:
        by_weight = row.quantity if row.grams == 0 else grams * row.quantity // row.grams
        by_room = row.quantity if row.cm3 == 0 else cm3 * row.quantity // row.cm3
        pieces = min(row.quantity, by_weight, by_room)
        quantity = pieces if pieces == row.quantity else pieces // row.pack_size * row.pack_size
        if quantity:
            taken.append(_part(row, quantity))
            grams, cm3 = grams - taken[-1].grams, cm3 - taken[-1].cm3
        if quantity < row.quantity:
            remaining.append(_part(row, row.quantity - quantity))
    return taken, remaining


def _part(row: Line, quantity: int) -> Line:
    return replace(
        row,
        quantity=quantity,
        grams=row.grams * quantity // row.quantity,
        cm3=row.cm3 * quantity // row.quantity,
    )
