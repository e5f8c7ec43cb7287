"""A plan as vehicle loads: full vehicles go straight to one place, what is left shares vehicles over several drops.

Weight is grams, volume cubic centimetres, time minutes from the start of the plan, distance kilometres. Packs stay
whole. Vehicles queue at the docks of their site; each takes the loading time of its class.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan
from optimizer.engine import SolverFailed, cheapest_routes

VEHICLE_KM = 10_000  # a vehicle saved is worth more kilometres than any tour has
IMPROVEMENTS = 60


@dataclass(frozen=True)
class VehicleClass:
    """One class of the vehicles at hand. vehicles: how many may be used in all."""

    code: str
    payload_g: int
    volume_cm3: int
    vehicles: int
    load_minutes: int
    km_per_hour: int


@dataclass(frozen=True)
class Line:
    """One line of a pick list: whole packs of one item for one place."""

    place_code: str
    item_code: str
    quantity: int
    pack_size: int
    grams: int
    cm3: int


@dataclass(frozen=True)
class Stop:
    """Where a vehicle unloads, and when it arrives."""

    place_code: str
    arrive_minute: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Load:
    """One vehicle on one tour. Lines are loaded in the reverse order of the stops."""

    site_code: str
    vehicle_code: str
    dock: int
    load_minute: int
    depart_minute: int
    km: int
    stops: tuple[Stop, ...]

    @property
    def grams(self) -> int:
        """Weight on the vehicle when it leaves."""
        return sum(line.grams for stop in self.stops for line in stop.lines)

    @property
    def cm3(self) -> int:
        """Volume on the vehicle when it leaves."""
        return sum(line.cm3 for stop in self.stops for line in stop.lines)


@dataclass(frozen=True)
class Loading:
    """All loads of a plan, and what found no vehicle."""

    loads: tuple[Load, ...]
    left: tuple[Line, ...]


Roads = Callable[[str, str], int]


def lines_of(instance: Instance, plan: Plan) -> dict[tuple[str, int], list[Line]]:
    """Pick lines by site and hour of leaving; goods of one lot size, item and place are one line."""
    sites = {source.code: source.site_code for source in instance.sources}
    packs = {(lot.source_code, lot.item_code, lot.code): lot.pack_size for lot in instance.lots}
    items = {item.code: item for item in instance.items}
    sums: dict[tuple[str, int, str, str, int], int] = defaultdict(int)
    for row in plan.shipments:
        pack = packs[row.source_code, row.item_code, row.lot_code]
        sums[sites[row.source_code], row.leave_hour, row.place_code, row.item_code, pack] += row.quantity
    found: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for (site, hour, place, code, pack), quantity in sorted(sums.items()):
        item = items[code]
        grams, cm3 = quantity * item.weight_g, quantity * item.volume_cm3
        found[site, hour].append(Line(place, code, quantity, pack, grams, cm3))
    return dict(found)


def load_vehicles(
    lines: dict[tuple[str, int], list[Line]],
    classes: Sequence[VehicleClass],
    roads: Roads,
    docks: dict[str, int] | None = None,
) -> Loading:
    """Loads for every site and hour of leaving, from one pool of vehicles, the roomiest class first.

    roads  kilometres between two codes, sites and places alike;  docks: vehicles a site loads at once, 1 if not said
    """
    pool = {row.code: row.vehicles for row in classes}
    ranked = sorted(classes, key=lambda row: (-row.volume_cm3, -row.payload_g, row.code))
    free: dict[str, list[tuple[int, int]]] = {}
    loads: list[Load] = []
    left: list[Line] = []
    for (site, hour), rows in sorted(lines.items(), key=lambda entry: (entry[0][1], entry[0][0])):
        queue = free.setdefault(site, [(0, dock) for dock in range((docks or {}).get(site, 1))])
        tours, without = _tours(site, rows, ranked, pool, roads)
        left += without
        loads += [_timed(site, hour, one, drops, queue, roads) for one, drops in tours]
    return Loading(tuple(loads), tuple(left))


Tour = tuple[VehicleClass, list[list[Line]]]


def _tours(
    site: str, rows: Sequence[Line], ranked: Sequence[VehicleClass], pool: dict[str, int], roads: Roads
) -> tuple[list[Tour], list[Line]]:
    """Full vehicles place by place; then shared tours for the rest. Vehicles used leave the pool."""
    tours: list[Tour] = []
    rest: dict[str, list[Line]] = {}
    by_place: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        by_place[row.place_code].append(row)
    for place, mine in sorted(by_place.items()):
        remaining = sorted(mine, key=lambda row: (-row.cm3, row.item_code, row.pack_size))
        while (one := next((row for row in ranked if pool[row.code]), None)) and not _fits(remaining, one):
            taken, remaining = _fill(remaining, one)
            if not taken:
                break  # one pack is too large for the class at hand
            pool[one.code] -= 1
            tours.append((one, [taken]))
        if remaining:
            rest[place] = remaining
    shared, without = _shared(site, rest, ranked, pool, roads)
    return tours + shared, without


def _shared(
    site: str, rest: dict[str, list[Line]], ranked: Sequence[VehicleClass], pool: dict[str, int], roads: Roads
) -> tuple[list[Tour], list[Line]]:
    """Tours over several places, as few vehicles as the search finds, then the fewest kilometres."""
    places = sorted(rest)
    fleet = [row for row in ranked for _ in range(pool[row.code])][: len(places)]
    while places:
        nodes = [site, *places]
        km = np.array([[roads(one, other) for other in nodes] for one in nodes], np.int64)
        grams = np.array([0, *(sum(row.grams for row in rest[place]) for place in places)], np.int64)
        cm3 = np.array([0, *(sum(row.cm3 for row in rest[place]) for place in places)], np.int64)
        payload = np.array([row.payload_g for row in fleet], np.int64)
        room = np.array([row.volume_cm3 for row in fleet], np.int64)
        try:
            fixed = np.full(len(fleet), VEHICLE_KM, np.int64)
            routes = cheapest_routes(km, (grams, cm3), (payload, room), fixed, IMPROVEMENTS) if fleet else []
        except SolverFailed:
            routes = []
        if routes:
            break
        places.pop()  # the vehicles at hand do not do for all: the last by code waits for the next ones
    tours: list[Tour] = []
    for one, stops in zip(fleet, routes if places else [], strict=False):
        if stops:
            pool[one.code] -= 1
            tours.append((one, [rest[places[node - 1]] for node in stops]))
    return tours, [row for place in sorted(set(rest) - set(places)) for row in rest[place]]


def _fits(rows: Iterable[Line], one: VehicleClass) -> bool:
    found = list(rows)
    return sum(row.grams for row in found) <= one.payload_g and sum(row.cm3 for row in found) <= one.volume_cm3


def _fill(rows: Sequence[Line], one: VehicleClass) -> tuple[list[Line], list[Line]]:
    """As many whole packs as the vehicle takes, largest lines first; what it takes and what remains."""
    grams, cm3 = one.payload_g, one.volume_cm3
    taken, remaining = [], []
    for row in rows:
        packs = -(-row.quantity // row.pack_size)
        by_weight = packs if row.grams == 0 else grams * packs // row.grams
        by_room = packs if row.cm3 == 0 else cm3 * packs // row.cm3
        part = min(packs, by_weight, by_room)
        quantity = min(row.quantity, part * row.pack_size)
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


def _timed(
    site: str, hour: int, one: VehicleClass, drops: Sequence[list[Line]], queue: list[tuple[int, int]], roads: Roads
) -> Load:
    """The vehicle at the first dock that is free, then from drop to drop."""
    ready, dock = heapq.heappop(queue)
    start = max(ready, 60 * hour)
    depart = start + one.load_minutes
    heapq.heappush(queue, (depart, dock))
    at, minute, km = site, depart, 0
    stops = []
    for lines in drops:
        place = lines[0].place_code
        leg = roads(at, place)
        minute += -(-60 * leg // one.km_per_hour)
        km += leg
        stops.append(Stop(place, minute, tuple(lines)))
        at = place
    return Load(site, one.code, dock, start, depart, km, tuple(stops))
