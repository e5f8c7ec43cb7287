"""Equipment that comes back: who has which units when, where they go next, and the plan that staff make by hand.

A *tour* is what some units of one supply do: out to a place, there for one use after the other, home, out again. Units
taken under one layer of the floors stay under it, so that a floor holds at every hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from optimizer.dispatch.arcs import Demand, Lane, Supply, build_network
from optimizer.dispatch.components import Component, split
from optimizer.dispatch.instance import FAR_HOUR, Instance, Pin, Route
from optimizer.dispatch.packs import OTHERS, RELEASE, LotLayers
from optimizer.dispatch.plan import Loan, Shipment
from optimizer.dispatch.ways import earliest, ways_of

Tap = tuple[int, int]  # supply, layer


@dataclass(frozen=True)
class Leg:
    """Units at one place: how they came, and what they do there one after the other."""

    lane: Lane
    uses: tuple[Demand, ...]


@dataclass(frozen=True)
class Tour:
    """So many units of a supply, taken under one layer, and their legs in time."""

    count: int
    tap: Tap
    legs: tuple[Leg, ...] = ()


class Lending:
    """One item whose units come back: its component, and all times and ways that matter."""

    def __init__(self, component: Component) -> None:
        self.component, self.instance = component, component.instance
        self.until = {stay.need_code: stay.until_hour for stay in self.instance.stays}
        self.supplies = {supply.index: supply for supply in component.supplies}
        self._ways = ways_of(self.instance)
        self.lanes: dict[tuple[int, Tap], Lane] = {}  # by receiver and tap, as they leave first
        for lane in component.lanes:
            self.lanes.setdefault((lane.receiver.index, (lane.supply.index, lane.layer)), lane)

    def ways(self, lane: Lane) -> tuple[Route, ...]:
        """Every version of the road between the source and the place of a lane, taken there or back."""
        return self._ways[lane.route.site_code, lane.route.place_code]

    def leaving(self, lane: Lane, ready_hour: int) -> Lane | None:
        """The lane for units that are at home from an hour on; None where they cannot leave inside the horizon."""
        trip = earliest(self.ways(lane), max(ready_hour, lane.supply.available_hour), self.instance.horizon_hour)
        if trip is None:
            return None
        leave, way = trip
        return replace(lane, leave_hour=leave, arrive_hour=leave + way.travel_hours, route=way)

    def home(self, lane: Lane, until_hour: int) -> tuple[int, int] | None:
        """When units that are free at a place leave it, and when they are at home; None where no road leads back."""
        trip = earliest(self.ways(lane), until_hour, FAR_HOUR)
        return (trip[0], trip[0] + trip[1].travel_hours) if trip else None

    def may_use(self, supply: Supply, demand: Demand) -> bool:
        """Whether units of a supply live until the end of a use."""
        return demand.need.due_hour >= 0 and supply.outlives(demand.wanted_alive(demand.need.due_hour))


def lendings(instance: Instance, pins: Sequence[Pin] = ()) -> list[Lending]:
    """Every item of an instance whose units come back."""
    return [Lending(component) for component in split(build_network(instance, pins, timed=False, lent=True))]


def lent_by_hand(instance: Instance, pins: Sequence[Pin] = ()) -> tuple[Shipment, ...]:
    """What staff do: class by class, hour by hour, units that are free at the place, else from the nearest source."""
    return tuple(row for lending in lendings(instance, pins) for row in shipments_of(lending, extended(lending, [])))


def extended(lending: Lending, tours: Sequence[Tour]) -> list[Tour]:
    """Tours, and what can be added at their ends or from the shelf, so that what is still open is served."""
    writing = _Writing(lending, tours)
    component = lending.component
    rows = [(receiver.index, demand) for receiver in component.receivers for demand in receiver.demands]
    rows.sort(key=lambda row: (row[1].need.priority_class, row[1].need.due_hour, row[1].need.code))
    for index, demand in rows:
        writing.serve(index, demand)
    return writing.tours


class _Writing:
    """Tours while they are being written."""

    def __init__(self, lending: Lending, tours: Sequence[Tour]) -> None:
        self.lending, self.tours = lending, list(tours)
        self.open = {demand.need.code: demand.effective for demand in lending.component.demands}
        self.left: dict[Tap, int] = {}
        for index, supply in lending.supplies.items():
            for layer in range(OTHERS, RELEASE + 1):
                self.left[index, layer] = supply.ceiling(layer, 1)
        for tour in tours:
            self._take(tour.tap, tour.count)
            for leg in tour.legs:
                for demand in leg.uses:
                    self.open[demand.need.code] -= tour.count

    def _take(self, tap: Tap, count: int) -> None:
        index, layer = tap
        for wider in range(layer, RELEASE + 1):
            self.left[index, wider] -= count
        for inner in range(layer - 1, OTHERS - 1, -1):
            self.left[index, inner] = min(self.left[index, inner], self.left[index, inner + 1])

    def serve(self, receiver: int, demand: Demand) -> None:
        """Give a need its units: the nearest first, those that are there already nearest of all."""
        for *_, place, tap, lane in sorted(self._offers(receiver, demand), key=lambda row: row[:5]):
            missing = self.open[demand.need.code]
            if missing <= 0:
                return
            if place < 0:
                count = min(missing, self.left[tap])
                if count > 0 and lane is not None:
                    self._take(tap, count)
                    self.tours.append(Tour(count, tap, (Leg(lane, (demand,)),)))
                    self.open[demand.need.code] -= count
                continue
            tour = self.tours[place]
            count = min(missing, tour.count)
            last = tour.legs[-1]
            legs = (*tour.legs[:-1], Leg(last.lane, (*last.uses, demand))) if lane is None else (
                *tour.legs, Leg(lane, (demand,)))  # fmt: skip
            self.tours[place] = replace(tour, count=count, legs=legs)
            if tour.count > count:
                self.tours.append(replace(tour, count=tour.count - count))
            self.open[demand.need.code] -= count

    def _offers(self, receiver: int, demand: Demand) -> Iterator[tuple[int, int, int, int, int, Tap, Lane | None]]:
        """Who could serve: kilometres, arrival, step, supply, place in the tours (-1: the shelf), tap, way there."""
        due, lending = demand.need.due_hour, self.lending
        for place, tour in enumerate(self.tours):
            supply, last = lending.supplies[tour.tap[0]], tour.legs[-1]
            free = lending.until[last.uses[-1].need.code]
            if not lending.may_use(supply, demand):
                continue
            if last.lane.receiver.index == receiver:
                if free <= due:
                    yield 0, free, 0, supply.index, place, tour.tap, None
                continue
            lane, home = lending.lanes.get((receiver, tour.tap)), lending.home(last.lane, free)
            again = lending.leaving(lane, home[1]) if lane and home else None
            if again and again.arrive_hour <= due:
                yield again.route.km, again.arrive_hour, again.step.step, supply.index, place, tour.tap, again
        for (index, tap), lane in lending.lanes.items():
            first = lending.leaving(lane, 0) if index == receiver and lending.may_use(lane.supply, demand) else None
            if first and first.arrive_hour <= due:
                yield first.route.km, first.arrive_hour, first.step.step, tap[0], -1, tap, first


def shipments_of(lending: Lending, tours: Sequence[Tour]) -> list[Shipment]:
    """Tours as shipments, every unit of one lot throughout, first expiring first."""
    left = {_key(row): list(row.ceilings) for supply in lending.component.supplies for row in supply.lots}
    ranks = _ranks(lending)
    found: dict[tuple[str, Lane, Loan], int] = defaultdict(int)
    for tour in sorted(tours, key=lambda row: row.tap[1]):
        missing = tour.count
        for row in lending.supplies[tour.tap[0]].lots:
            room = left[_key(row)]
            count = min(missing, room[tour.tap[1]])
            if count <= 0:
                continue
            missing -= count
            for layer in range(tour.tap[1], RELEASE + 1):
                room[layer] -= count
            for layer in range(tour.tap[1] - 1, OTHERS - 1, -1):
                room[layer] = min(room[layer], room[layer + 1])
            for leg in tour.legs:
                found[row.lot.code, leg.lane, _loan(lending, leg)] += count
    return [_shipment(lane, lot, loan, count, ranks) for (lot, lane, loan), count in found.items()]


def _loan(lending: Lending, leg: Leg) -> Loan:
    codes = tuple(demand.need.code for demand in leg.uses)
    home = lending.home(leg.lane, lending.until[codes[-1]])
    return Loan(codes, *(home or (None, None)))


def _shipment(lane: Lane, lot_code: str, loan: Loan, count: int, ranks: dict[tuple[int, str], int]) -> Shipment:
    return Shipment(
        source_code=lane.supply.source.code,
        lot_code=lot_code,
        need_code=loan.need_codes[0],
        item_code=lane.supply.item_code,
        place_code=lane.receiver.need.place_code,
        quantity=count,
        excess=0,
        leave_hour=lane.leave_hour,
        arrive_hour=lane.arrive_hour,
        on_time=True,
        step=lane.step.step,
        source_kind=lane.step.source_kind,
        authority=lane.step.authority,
        rank=ranks[lane.receiver.index, lane.supply.source.code],
        km=lane.route.km,
        loan=loan,
    )


def _ranks(lending: Lending) -> dict[tuple[int, str], int]:
    """Place of every source among those of a receiver, nearest first, ties by code."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for lane in lending.component.lanes:
        known = found[lane.receiver.index].get(lane.supply.source.code, lane.route.km)
        found[lane.receiver.index][lane.supply.source.code] = min(known, lane.route.km)
    ranks = {}
    for receiver, km in found.items():
        for place, code in enumerate(sorted(km, key=lambda code: (km[code], code)), start=1):
            ranks[receiver, code] = place
    return ranks


def _key(row: LotLayers) -> tuple[str, str, str]:
    lot = row.lot
    return lot.source_code, lot.item_code, lot.code
