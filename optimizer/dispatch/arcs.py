"""Lanes: which goods may go to whom, under which step of the cascade, leaving and arriving when.

A *supply* is a class of lots that no deadline can tell apart: same source, item, ground, pack, hour of availability,
and the same last hour unless that hour lies beyond everything this plan asks of the item. A *receiver* is a place in
one incident with its needs of one item. A *lane* joins the two, with the step that admits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from optimizer.dispatch.coupling import Limits
from optimizer.dispatch.instance import (
    Basis,
    CascadeStep,
    HolderKind,
    Instance,
    Level,
    Need,
    NeedKind,
    Pin,
    Rounding,
    Route,
    Source,
    SourceKind,
)
from optimizer.dispatch.packs import (
    OTHERS,
    OWN,
    RELEASE,
    LotLayers,
    effective_quantity,
    expiry_order,
    layered_lots,
    smallest_packs,
)
from optimizer.dispatch.substitutes import Exchange, Substitution
from optimizer.dispatch.ways import ways_of, worth_a_lane

GOVERNMENT = (HolderKind.PROVINCE, HolderKind.CITY, HolderKind.COUNTY)
BY_BASIS = {
    Basis.OFFERED: SourceKind.ACCEPTED_OFFER,
    Basis.ON_BEHALF: SourceKind.ON_BEHALF,
    Basis.CAPACITY: SourceKind.CAPACITY,
}


@dataclass(frozen=True)
class Supply:
    """A class of interchangeable lots. last_hour None: outlives every need. Lots in first-expiring order."""

    index: int
    source: Source
    item_code: str
    basis: Basis
    pack: int
    available_hour: int
    last_hour: int | None
    lots: tuple[LotLayers, ...]

    def ceiling(self, layer: int, pack: int) -> int:
        """What lanes of this layer and the layers inside it may take in all: base units, in whole packs of ``pack``."""
        return sum(row.ceilings[layer] // pack * pack for row in self.lots)

    def outlives(self, hour: int) -> bool:
        """Whether the goods may still be used at ``hour``."""
        return self.last_hour is None or self.last_hour >= hour


@dataclass(frozen=True)
class Demand:
    """A need as the plan sees it: ``effective`` base units, whole packs where the need asks for them."""

    need: Need
    effective: int

    @property
    def closed(self) -> bool:
        """Whether packs stay whole."""
        return self.need.rounding is not Rounding.OPEN

    @property
    def may_come_late(self) -> bool:
        """Whether units after the due hour still count."""
        return self.need.kind is NeedKind.LUMP and not self.need.hard

    def lateness(self, arrive_hour: int) -> int | None:
        """Hours late of goods that arrive then; 0 in time; None when they are of no use."""
        if arrive_hour <= self.need.due_hour:
            return 0
        return arrive_hour - self.need.due_hour if arrive_hour <= self.need.last_useful_hour else None

    def wanted_alive(self, arrive_hour: int) -> int:
        """The hour at which goods that arrive then must still be usable."""
        return max(arrive_hour, self.need.due_hour) + self.need.min_life_hours


@dataclass(frozen=True)
class Receiver:
    """One place in one incident with its needs of one item, closed and open needs apart, pinned needs alone.

    swaps  what may stand in for all of its needs: needs that take other substitutes are another receiver
    """

    index: int
    item_code: str
    demands: tuple[Demand, ...]
    swaps: tuple[Substitution, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """What it takes: its own item first, then substitutes in order of preference."""
        return self.item_code, *(pair.substitute_item for pair in self.swaps)

    @property
    def need(self) -> Need:
        """Any of its needs: they agree on place, county, city, incident and item."""
        return self.demands[0].need

    @property
    def closed(self) -> bool:
        """Whether packs stay whole."""
        return self.demands[0].closed


@dataclass(frozen=True)
class Lane:
    """One supply to one receiver under one step.

    period  the loading period at a site whose throughput is limited;  swap: the pair under which a substitute goes
    """

    supply: Supply
    receiver: Receiver
    layer: int
    step: CascadeStep
    leave_hour: int
    arrive_hour: int
    route: Route
    period: int | None = None
    swap: Substitution | None = None

    @property
    def preference(self) -> int:
        """0 for the own item, else the order of the substitute."""
        return self.swap.order if self.swap else 0


@dataclass(frozen=True)
class Network:
    """Everything lawful and reachable, in canonical order."""

    instance: Instance
    supplies: tuple[Supply, ...]
    receivers: tuple[Receiver, ...]
    lanes: tuple[Lane, ...]

    @cached_property
    def limits(self) -> Limits:
        """What its lanes share."""
        return Limits(self.instance)


@dataclass(frozen=True)
class Refusal:
    """Why a ground admits no lane. rule: no_step | level_too_low | paper_missing; step: the one that would."""

    rule: str
    step: CascadeStep | None = None


def source_kind(source: Source, basis: Basis, need: Need) -> SourceKind:
    """What a lot is, seen from the receiver. A county's stock is a neighbour's to every other county."""
    if basis in BY_BASIS:
        return BY_BASIS[basis]
    if source.holder is HolderKind.COUNTY and source.owner_region == need.county_code:
        return SourceKind.OWN_COUNTY_STOCK
    if source.holder is HolderKind.CITY and source.city_code == need.city_code:
        return SourceKind.OWN_CITY_STOCK
    if source.holder is HolderKind.PROVINCE:
        return SourceKind.PROVINCE_STOCK
    return SourceKind.NEIGHBOUR_STOCK if source.holder in GOVERNMENT else SourceKind.REQUISITION


def admit(instance: Instance, kind: SourceKind, incident_code: str) -> CascadeStep | Refusal:
    """The step that admits a kind of source in an incident, or the rule that keeps it out."""
    step = next((row for row in instance.steps if row.source_kind is kind), None)
    if step is None:
        return Refusal("no_step")
    incident = next(row for row in instance.incidents if row.code == incident_code)
    if incident.level.rank > step.opens_at_level.rank:
        return Refusal("level_too_low", step)
    if needs_paper(step, incident.level) and step.step not in incident.papers:
        return Refusal("paper_missing", step)
    return step


def needs_paper(step: CascadeStep, level: Level) -> bool:
    """Whether the step rests on a paper at this level."""
    return step.paper_until_level is not None and level.rank >= step.paper_until_level.rank


def lane_kinds(source: Source, basis: Basis, need: Need) -> Iterator[tuple[SourceKind, int]]:
    """The grounds on which one lot may serve one need, each with the layer it may draw on."""
    kind = source_kind(source, basis, need)
    yield kind, OWN if kind in (SourceKind.OWN_COUNTY_STOCK, SourceKind.OWN_CITY_STOCK) else OTHERS
    if basis is Basis.OWNED and source.holder in GOVERNMENT:
        yield SourceKind.STRATEGIC_FLOOR, RELEASE


def build_network(instance: Instance, pins: Sequence[Pin] = (), *, timed: bool = True, lent: bool = False) -> Network:
    """All supplies, receivers and lanes of an instance, bans applied.

    lent   only equipment that comes back; else everything but it
    timed  one lane per loading period at a site of limited throughput; else one in all, leaving as soon as it can
    """
    receivers = _receivers(instance, {pin.need_code for pin in pins}, lent)
    supplies = _supplies(instance, receivers)
    banned = {(pin.source_code, pin.need_code) for pin in pins if pin.quantity == 0}
    return Network(instance, supplies, receivers, tuple(_lanes(instance, supplies, receivers, banned, timed)))


def _receivers(instance: Instance, pinned: set[str], lent: bool) -> tuple[Receiver, ...]:
    until = {stay.need_code: stay.until_hour for stay in instance.stays}
    packs = smallest_packs(instance)
    exchange = Exchange(instance)
    groups: dict[tuple[str, ...], list[Demand]] = {}
    swaps: dict[tuple[str, ...], tuple[Substitution, ...]] = {}
    for need in instance.needs:
        if (need.code in until) is not lent:
            continue
        if lent:  # it must live until it is free again
            need = replace(need, min_life_hours=need.min_life_hours + until[need.code] - need.due_hour)
        demand = Demand(need, effective_quantity(need, packs.get(need.item_code, 1)))
        key = (need.item_code, need.place_code, need.incident_code, need.county_code, need.city_code)
        alone = need.code if need.code in pinned else ""
        pairs = exchange.pairs_for(need.code, need.item_code)
        full = (*key, "closed" if demand.closed else "open", alone, *(pair.substitute_item for pair in pairs))
        groups.setdefault(full, []).append(demand)
        swaps[full] = pairs
    return tuple(Receiver(index, key[0], tuple(groups[key]), swaps[key]) for index, key in enumerate(sorted(groups)))


def _supplies(instance: Instance, receivers: Sequence[Receiver]) -> tuple[Supply, ...]:
    """Lots put into classes. Where an item has open and closed needs, or several packs, every lot is its own class."""
    sources = {source.code: source for source in instance.sources}
    asked: dict[str, int] = {}
    closed: dict[str, set[bool]] = {}
    for receiver in receivers:
        hour = max(demand.wanted_alive(demand.need.latest_hour) for demand in receiver.demands)
        for item_code in receiver.items:
            closed.setdefault(item_code, set()).add(receiver.closed)
            asked[item_code] = max(asked.get(item_code, hour), hour)
    groups: dict[tuple[str, str, str, int, int, float, str], list[LotLayers]] = {}
    for row in layered_lots(instance):
        lot = row.lot
        if lot.item_code not in asked or row.ceilings[RELEASE] == 0:
            continue
        mortal = lot.last_usable_hour is not None and lot.last_usable_hour < asked[lot.item_code]
        last = float(lot.last_usable_hour or 0) if mortal else float("inf")
        pack = lot.pack_size if True in closed[lot.item_code] else 1
        alone = lot.code if len(closed[lot.item_code]) == 2 else ""
        key = (lot.item_code, lot.source_code, lot.basis.value, pack, lot.available_from_hour, last, alone)
        groups.setdefault(key, []).append(row)
    return tuple(
        Supply(
            index=index,
            source=sources[key[1]],
            item_code=key[0],
            basis=Basis(key[2]),
            pack=key[3],
            available_hour=key[4],
            last_hour=None if key[5] == float("inf") else int(key[5]),
            lots=tuple(sorted(groups[key], key=lambda row: expiry_order(row.lot))),
        )
        for index, key in enumerate(sorted(groups))
    )


def _lanes(
    instance: Instance,
    supplies: Sequence[Supply],
    receivers: Sequence[Receiver],
    banned: set[tuple[str, str]],
    timed: bool,
) -> Iterator[Lane]:
    ways = ways_of(instance)
    limits = Limits(instance)
    admitted: dict[tuple[SourceKind, str], CascadeStep | Refusal] = {}
    by_item: dict[str, list[Supply]] = {}
    gives = {(supply.index, layer): _gives(supply, layer) for supply in supplies for layer in (OTHERS, OWN, RELEASE)}
    for supply in supplies:
        by_item.setdefault(supply.item_code, []).append(supply)
    for receiver in receivers:
        need = receiver.need
        latest = max(demand.need.latest_hour for demand in receiver.demands)
        swaps = {pair.substitute_item: pair for pair in receiver.swaps}
        for supply in (supply for item_code in receiver.items for supply in by_item.get(item_code, ())):
            routes = ways.get((supply.source.site_code, need.place_code))
            if routes is None or (supply.source.code, need.code) in banned:
                continue
            trips = _trips(instance, supply, routes, limits, timed=timed)
            for kind, layer in lane_kinds(supply.source, supply.basis, need):
                known = (kind, need.incident_code)
                if known not in admitted:
                    admitted[known] = admit(instance, *known)
                step = admitted[known]
                if isinstance(step, Refusal) or not gives[supply.index, layer]:
                    continue
                swap = swaps.get(supply.item_code)
                for route, leave, period in trips:
                    arrive = leave + route.travel_hours
                    if arrive <= latest:
                        yield Lane(supply, receiver, layer, step, leave, arrive, route, period, swap)


def _trips(
    instance: Instance, supply: Supply, ways: Sequence[Route], limits: Limits, *, timed: bool
) -> list[tuple[Route, int, int | None]]:
    """Every departure on every version of a road that nothing beats; where ways are limited, on every version."""
    if len(ways) == 1 and not limits.families:  # most worlds, and most of the time it takes to build one
        leave = ways[0].first_leave(supply.available_hour)
        return [(ways[0], leave, None)] if leave < instance.horizon_hour else []
    if len(ways) > 1 and not limits.on(ways[0]):
        ways = worth_a_lane(ways, supply.available_hour, instance.horizon_hour)
    return [
        (way, leave, period) for way in ways for leave, period in departures(instance, supply, way, limits, timed=timed)
    ]


def _gives(supply: Supply, layer: int) -> bool:
    """Whether a layer holds anything; the release layer only what no lower layer already gives."""
    if layer == RELEASE:
        return any(row.ceilings[RELEASE] > row.ceilings[OWN] for row in supply.lots)
    return any(row.ceilings[layer] > 0 for row in supply.lots)


def timed_lanes(instance: Instance, lane: Lane, limits: Limits) -> Iterator[Lane]:
    """One lane for every period in which its limited way can take it."""
    for leave, period in departures(instance, lane.supply, lane.route, limits):
        yield replace(lane, leave_hour=leave, arrive_hour=leave + lane.route.travel_hours, period=period)


def departures(
    instance: Instance, supply: Supply, route: Route, limits: Limits, *, timed: bool = True
) -> Iterator[tuple[int, int | None]]:
    """When goods can leave: as soon as they can, and on a limited way once per period that has room."""
    ready = max(supply.available_hour, limits.first_hour(route))
    periods = limits.open_periods(route) if timed else None
    if periods is None:
        leave = route.first_leave(ready)
        if leave < instance.horizon_hour:
            yield leave, None
        return
    for period, has_room in enumerate(periods):
        start, end = instance.boundaries[period], instance.boundaries[period + 1]
        leave = route.first_leave(max(start, ready))
        if has_room and leave < end:
            yield leave, period
