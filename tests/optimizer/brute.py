"""The oracle: every whole-number plan of a tiny world, scored by its own reading of the order, the best one kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from optimizer.dispatch.instance import (
    Basis,
    Floor,
    HolderKind,
    Instance,
    Lot,
    Need,
    NeedKind,
    Rounding,
    Route,
    SourceKind,
)
from optimizer.dispatch.substitutes import Substitution
from optimizer.grid import first_departure

GOVERNMENT = (HolderKind.PROVINCE, HolderKind.CITY, HolderKind.COUNTY)
OWN = (SourceKind.OWN_COUNTY_STOCK, SourceKind.OWN_CITY_STOCK)


@dataclass(frozen=True)
class Way:
    """One lot to one need under one step, leaving as soon as it can."""

    lot: int
    need: int
    step: int
    kind: SourceKind
    arrive: int
    km: int
    pack: int
    swap: Substitution | None = None


def best_score(world: Instance) -> tuple[object, ...]:
    """The lexicographically best score over all whole-number plans."""
    ways = list(all_ways(world))
    lots = list(world.lots)
    per_lot = [list(_splits(world, [way for way in ways if way.lot == n], lots[n])) for n in range(len(lots))]
    scores = (
        score(world, [pair for part in choice for pair in part])
        for choice in product(*per_lot)
        if fits(world, [pair for part in choice for pair in part])
    )
    return min(scores)


def size(world: Instance) -> int:
    """How many combinations ``best_score`` walks through, at most."""
    ways, total = list(all_ways(world)), 1
    for n, lot in enumerate(world.lots):
        total *= sum(1 for _ in _splits(world, [way for way in ways if way.lot == n], lot))
    return total


def all_ways(world: Instance) -> Iterator[Way]:
    steps = {step.source_kind: step for step in world.steps}
    levels = {incident.code: incident for incident in world.incidents}
    sources = {source.code: source for source in world.sources}
    routes = {(route.site_code, route.place_code): route for route in world.routes}
    for place, lot in enumerate(world.lots):
        source = sources[lot.source_code]
        for n, need in enumerate(world.needs):
            route = routes.get((source.site_code, need.place_code))
            swap = may_stand_in(world, lot, need)
            if route is None or (need.item_code != lot.item_code and swap is None):
                continue
            soft = need.kind is NeedKind.LUMP and not need.hard
            latest = need.latest_hour if soft else need.due_hour
            life = 10**9 if lot.last_usable_hour is None else lot.last_usable_hour
            useful = [
                (arrive, km)
                for arrive, km in trips(world, lot, route)
                if arrive <= latest and max(arrive, need.due_hour) + need.min_life_hours <= life
            ]
            for (arrive, km), kind in product(
                useful, kinds(lot, source.holder, source.owner_region, source.city_code, need)
            ):
                step, incident = steps.get(kind), levels[need.incident_code]
                if step is None or incident.level.rank > step.opens_at_level.rank:
                    continue
                paper = step.paper_until_level is not None and incident.level.rank >= step.paper_until_level.rank
                if paper and step.step not in incident.papers:
                    continue
                pack = 1 if need.rounding is Rounding.OPEN else lot.pack_size
                yield Way(place, n, step.step, kind, arrive, km, pack, swap)


def trips(world: Instance, lot: Lot, route: Route) -> list[tuple[int, int]]:
    """Hour of arrival and kilometres of every trip that no other beats in both, tried hour by hour."""
    changes = [
        row for row in world.road_changes if (row.site_code, row.place_code) == (route.site_code, route.place_code)
    ]
    if not changes:
        leave = first_departure(lot.available_from_hour, route.travel_hours, route.closures)
        return [(leave + route.travel_hours, route.km)] if leave < world.horizon_hour else []
    versions = {0: (route.travel_hours, route.km, False)}
    versions |= {row.from_hour: (row.travel_hours, row.km, row.closed) for row in changes}
    of_hour = [versions[max(h for h in versions if h <= hour)] for hour in range(world.horizon_hour + 100)]
    open_at = [
        not closed and not any(a <= hour < b for a, b in route.closures) for hour, (_, _, closed) in enumerate(of_hour)
    ]
    found = {
        (leave + hours, km)
        for leave in range(lot.available_from_hour, world.horizon_hour)
        for hours, km, _ in (of_hour[leave],)
        if all(open_at[leave : leave + max(1, hours)])
    }
    return sorted(t for t in found if not any(o != t and o[0] <= t[0] and o[1] <= t[1] for o in found))


def may_stand_in(world: Instance, lot: Lot, need: Need) -> Substitution | None:
    """The pair under which a lot may serve a need of another item."""
    named = [set(use.words) for use in world.uses if use.need_code == need.code]
    for pair in world.substitutions:
        if (pair.needed_item, pair.substitute_item) != (need.item_code, lot.item_code):
            continue
        open_to_all = not pair.allowed and not pair.forbidden
        told = all(not words & set(pair.forbidden) for words in named)
        told &= all(not pair.allowed or bool(words & set(pair.allowed)) for words in named)
        if open_to_all or (named and told):
            return pair
    return None


def made_up(world: Instance, sent: list[tuple[Way, int]]) -> tuple[list[int], dict[tuple[int, int], int], list[int]]:
    """Units of need served; by (need, hour of arrival); by order of substitutes, least preferred first."""
    got = [0] * len(world.needs)
    by_hour: dict[tuple[int, int], int] = {}
    for way, quantity in sent:
        if way.swap is None:
            got[way.need] += quantity
            by_hour[way.need, way.arrive] = by_hour.get((way.need, way.arrive), 0) + quantity
    orders = dict.fromkeys(sorted((pair.order for pair in world.substitutions), reverse=True), 0)
    there: dict[tuple[int, str], int] = {}
    counted: dict[tuple[int, str], int] = {}
    rows = [(max(way.arrive, world.needs[way.need].due_hour), way, quantity) for way, quantity in sent if way.swap]
    moments = {(hour, way.swap.order, way.need, way.swap.substitute_item): way for hour, way, _ in rows if way.swap}
    for hour, order, n, item in sorted(moments):
        swap, key = moments[hour, order, n, item].swap, (n, item)
        assert swap is not None
        there[key] = sum(q for h, way, q in rows if (way.need, way.swap) == (n, swap) and h <= hour)
        room = max(0, effective(world, world.needs[n]) - got[n])
        now = min(room, there[key] * swap.denominator // swap.numerator - counted.get(key, 0))
        counted[key] = counted.get(key, 0) + now
        by_hour[n, hour] = by_hour.get((n, hour), 0) + now
        got[n] += now
        orders[order] += now
    return got, by_hour, list(orders.values())


def kinds(lot: Lot, holder: HolderKind, region: str, city: str, need: Need) -> list[SourceKind]:
    if lot.basis is Basis.OFFERED:
        return [SourceKind.ACCEPTED_OFFER]
    if lot.basis is Basis.ON_BEHALF:
        return [SourceKind.ON_BEHALF]
    if lot.basis is Basis.CAPACITY:
        return [SourceKind.CAPACITY]
    if holder not in GOVERNMENT:
        return [SourceKind.REQUISITION]
    own_county = holder is HolderKind.COUNTY and region == need.county_code
    own_city = holder is HolderKind.CITY and city == need.city_code
    first = SourceKind.PROVINCE_STOCK if holder is HolderKind.PROVINCE else SourceKind.NEIGHBOUR_STOCK
    if own_county or own_city:
        first = SourceKind.OWN_COUNTY_STOCK if own_county else SourceKind.OWN_CITY_STOCK
    return [first, SourceKind.STRATEGIC_FLOOR]


def _splits(world: Instance, ways: list[Way], lot: Lot) -> Iterator[list[tuple[Way, int]]]:
    """Every way to hand out at most one lot, within its floors."""
    if not ways:
        yield []
        return
    free, own, release = ceilings(world, lot)

    def walk(place: int, left: int) -> Iterator[list[tuple[Way, int]]]:
        if place == len(ways):
            yield []
            return
        for quantity in range(0, left + 1, ways[place].pack):
            for rest in walk(place + 1, left - quantity):
                yield [(ways[place], quantity), *rest] if quantity else rest

    for split in walk(0, release):
        others = sum(q for way, q in split if way.kind not in OWN and way.kind is not SourceKind.STRATEGIC_FLOOR)
        inside = sum(q for way, q in split if way.kind is not SourceKind.STRATEGIC_FLOOR)
        if others <= free and inside <= own:
            yield split


def ceilings(world: Instance, lot: Lot) -> tuple[int, int, int]:
    """What a lot may give to others, to own incidents too, under a release too: floors sit on what expires last."""
    if lot.basis is not Basis.OWNED:
        return (lot.quantity,) * 3
    floor = next((f for f in world.floors if (f.source_code, f.item_code) == (lot.source_code, lot.item_code)), None)
    floor = floor or Floor(lot.source_code, lot.item_code)
    mates = [
        other
        for other in world.lots
        if (other.source_code, other.item_code, other.basis) == (lot.source_code, lot.item_code, Basis.OWNED)
        and (other.last_usable_hour is None or other.last_usable_hour >= other.available_from_hour)
    ]
    mates.sort(
        key=lambda m: (
            m.available_from_hour,
            -(m.last_usable_hour if m.last_usable_hour is not None else 10**9),
            m.code,
        )
    )
    result = []
    for wanted in (
        floor.readiness + max(floor.operating, floor.strategic),
        floor.readiness + floor.strategic,
        floor.readiness + floor.strategic - floor.opened,
    ):
        for mate in mates:
            kept = min(wanted, mate.quantity)
            wanted -= kept
            if mate is lot:
                result.append(lot.quantity - kept)
    return (result[0], result[1], result[2]) if result else (0, 0, 0)


def effective(world: Instance, need: Need) -> int:
    pack = min((lot.pack_size for lot in world.lots if lot.item_code == need.item_code), default=1)
    left = max(0, need.quantity - need.received - need.on_road)
    if need.rounding is Rounding.OPEN:
        return left
    return left // pack * pack if need.rounding is Rounding.DOWN else (left + pack - 1) // pack * pack


def fits(world: Instance, sent: list[tuple[Way, int]]) -> bool:
    """Needs are not exceeded, docks not overrun (tiny worlds load everything in the first period)."""
    got, _, _ = made_up(world, sent)
    if any(got[n] > effective(world, need) for n, need in enumerate(world.needs)):
        return False
    sites = {source.code: source.site_code for source in world.sources}
    volumes = {item.code: item.volume_cm3 for item in world.items}
    for dock in world.docks:
        load = sum(
            q * volumes[world.lots[w.lot].item_code]
            for w, q in sent
            if sites[world.lots[w.lot].source_code] == dock.site_code
        )
        if load > dock.cm3_per_hour * world.boundaries[1]:
            return False
    return True


def score(world: Instance, sent: list[tuple[Way, int]]) -> tuple[object, ...]:
    """Smaller is better: per class the sorted fill, who has it, unmet, wait; substitutes; steps last to first; km."""
    got, by_hour, orders = made_up(world, sent)
    end = max([world.horizon_hour, *(need.latest_hour for need in world.needs)])
    parts: list[object] = []
    for priority in sorted({need.priority_class for need in world.needs}):
        fills: dict[tuple[str, str], list[int]] = {}
        unmet = wait = 0
        for n, need in enumerate(world.needs):
            if need.priority_class == priority:
                row = fills.setdefault((need.item_code, need.place_code), [0, 0])
                row[0] += need.received + need.on_road + got[n]
                row[1] += need.received + need.on_road + effective(world, need)
                unmet += effective(world, need) - got[n]
                wait += (effective(world, need) - got[n]) * (end - need.due_hour)
        for (n, hour), quantity in by_hour.items():
            if world.needs[n].priority_class == priority:
                wait += quantity * max(0, hour - world.needs[n].due_hour)
        ratios = [Fraction(*fills[key]) for key in sorted(fills) if fills[key][1]]
        parts += [[-r for r in sorted(ratios)], [-r for r in ratios], unmet, wait]
    parts += orders
    for step in sorted((step.step for step in world.steps), reverse=True):
        parts.append(sum(q for way, q in sent if way.step == step))
    parts.append(sum(q * way.km for way, q in sent))
    return tuple(parts)
