"""The independent look at vehicle loads: nothing lost, nothing overloaded, no vehicle, dock or hour used twice.

Shares the words of ``freight.py`` with the reckoning in ``loads.py``, and nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from optimizer.dispatch.freight import Cargo, Fleet, Gate, Line, Load, Loading, Roads

Goods = tuple[str, str, str, str, str | None]
"""Place, item, owner, lot, expiry."""


def loading_violations(
    cargoes: Sequence[Cargo], fleets: Sequence[Fleet], roads: Roads, gates: Mapping[str, Gate], loading: Loading
) -> list[str]:
    """Everything that is wrong with the loads, in words; none when they hold."""
    return [
        *_goods(cargoes, loading),
        *_vehicles(fleets, loading.loads),
        *(fault for load in loading.loads for fault in _tour(fleets, roads, load)),
        *_docks(gates, loading.loads),
        *_early(cargoes, loading.loads),
    ]


def _amounts(lines: Iterable[Line]) -> Counter[Goods]:
    found: Counter[Goods] = Counter()
    for line in lines:
        found[line.place_code, line.item_code, line.owner_code, line.lot_code, line.expires_on] += line.quantity
    return found


def _goods(cargoes: Sequence[Cargo], loading: Loading) -> Iterator[str]:
    wanted = _amounts(line for cargo in cargoes for line in cargo.lines)
    carried = _amounts(line for load in loading.loads for stop in load.stops for line in stop.lines)
    carried += _amounts(loading.left)
    for key in sorted({*wanted, *carried}, key=str):
        if wanted[key] != carried[key]:
            yield f"{key}: {carried[key]} loaded or left of {wanted[key]}"
    for load in loading.loads:
        for stop in load.stops:
            if wrong := [line for line in stop.lines if line.place_code != stop.place_code]:
                yield f"{load.site_code}: {wrong[0].place_code} unloaded at {stop.place_code}"


def _vehicles(fleets: Sequence[Fleet], loads: Sequence[Load]) -> Iterator[str]:
    used = Counter((load.home, load.vehicle_code) for load in loads)
    there = Counter({(fleet.home, fleet.vehicle_code): fleet.vehicles for fleet in fleets})
    for key, count in sorted(used.items()):
        if count > there[key]:
            yield f"{key}: {count} vehicles used of {there[key]}"


def _tour(fleets: Sequence[Fleet], roads: Roads, load: Load) -> Iterator[str]:
    fleet = next((one for one in fleets if (one.home, one.vehicle_code) == (load.home, load.vehicle_code)), None)
    if fleet is None:
        yield f"{load.home} has no {load.vehicle_code}"
        return
    lines = [line for stop in load.stops for line in stop.lines]
    if sum(line.grams for line in lines) > fleet.payload_g or sum(line.cm3 for line in lines) > fleet.volume_cm3:
        yield f"{load.vehicle_code} from {load.site_code} at {load.depart_minute}: overloaded"
    ready = fleet.from_minute + 60 * roads[load.home][load.site_code] / fleet.km_per_hour
    if load.load_minute < ready or load.depart_minute < load.load_minute + fleet.load_minutes:
        yield f"{load.vehicle_code} from {load.site_code}: loaded before it can be there, or too fast"
    at, since, km = load.site_code, load.depart_minute, 0
    for stop in load.stops:
        leg = roads[at][stop.place_code]
        if (stop.arrive_minute - since) * fleet.km_per_hour < 60 * leg:
            yield f"{load.vehicle_code} to {stop.place_code}: {leg} km in {stop.arrive_minute - since} minutes"
        at, since, km = stop.place_code, stop.arrive_minute, km + leg
    if km != load.km:
        yield f"{load.vehicle_code} from {load.site_code}: {load.km} km told, {km} km driven"


def _docks(gates: Mapping[str, Gate], loads: Sequence[Load]) -> Iterator[str]:
    spans: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    departures: dict[str, list[int]] = defaultdict(list)
    for load in loads:
        spans[load.site_code, load.dock].append((load.load_minute, load.depart_minute))
        departures[load.site_code].append(load.depart_minute)
    for (site, dock), taken in sorted(spans.items()):
        taken.sort()
        if any(after[0] < before[1] for before, after in pairwise(taken)):
            yield f"{site}: two vehicles at dock {dock}"
        if not 0 <= dock < max(1, gates.get(site, Gate()).docks):
            yield f"{site} has no dock {dock}"
    for site, minutes in sorted(departures.items()):
        most = gates.get(site, Gate()).per_hour
        minutes.sort()
        if most and any(later - minutes[place] < 60 for place, later in enumerate(minutes[most:])):
            yield f"{site}: more than {most} vehicles leave in an hour"


def _early(cargoes: Sequence[Cargo], loads: Sequence[Load]) -> Iterator[str]:
    first: dict[tuple[str, str], int] = {}
    for cargo in cargoes:
        for line in cargo.lines:
            key = (cargo.site_code, line.place_code)
            first[key] = min(cargo.leave_minute, first.get(key, cargo.leave_minute))
    for load in loads:
        for stop in load.stops:
            if load.load_minute < first.get((load.site_code, stop.place_code), 0):
                yield f"{load.site_code}: loaded for {stop.place_code} before the plan lets it go"
