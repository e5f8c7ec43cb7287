"""A plan while it is being written: what is still on the shelf, what is still open, what has been sent.

Every way to a plan ends here, exact or by hand, so that lots are picked, packs kept whole and hours set in one place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from optimizer.dispatch.arcs import Demand, Lane, Network, Supply, timed_lanes
from optimizer.dispatch.coupling import Limit
from optimizer.dispatch.fitting import loaded_first
from optimizer.dispatch.instance import Need, Pin, Rounding
from optimizer.dispatch.lending import lent_by_hand
from optimizer.dispatch.packs import OTHERS, RELEASE, LotLayers
from optimizer.dispatch.plan import NeedResult, PinBreak, Shipment
from optimizer.dispatch.standins import StandIns, credited, stands_for

LotKey = tuple[str, str, str]


class Draft:
    """Sends goods along lanes as far as lots, floors, packs, docks and needs allow; never further."""

    def __init__(self, network: Network, pins: Sequence[Pin] = ()) -> None:
        self.network = network
        self._pinned = {(pin.source_code, pin.need_code): pin.quantity for pin in pins}
        self._left = {
            _key(row): list(row.ceilings) for supply in network.supplies for row in supply.lots
        }  # per lot, what each layer can still give
        self._limits = network.limits
        self._room: dict[Limit, list[int]] = {}
        self._timed: dict[tuple[int, int, int, int], list[Lane]] = {}
        self._sent: dict[tuple[LotKey, str, int, int], tuple[Lane, Demand, LotKey, int]] = {}
        self._spent: set[tuple[int, int]] = set()  # supplies with nothing left in a layer
        self._ranks: dict[int, dict[str, int]] = {}
        self._stand_ins = StandIns()
        self.loans: tuple[Shipment, ...] | None = None  # equipment that comes back, planned apart
        demands = [demand for receiver in network.receivers for demand in receiver.demands]
        self.open = {demand.need.code: demand.effective for demand in demands}
        if network.instance.stays and network.instance.is_coupled:
            self._load_loans(pins)

    def _load_loans(self, pins: Sequence[Pin]) -> None:
        """Equipment that comes back is loaded first; goods get the room that it leaves."""
        instance = self.network.instance
        self.loans = loaded_first(instance, lent_by_hand(instance, pins))
        sites = {source.code: source.site_code for source in instance.sources}
        routes = {(route.site_code, route.place_code): route for route in instance.routes}
        for row in self.loans:
            period = bisect_right(instance.boundaries, row.leave_hour) - 1
            for limit in self._limits.on(routes[sites[row.source_code], row.place_code]):
                load = limit.load(self._limits.volumes[row.item_code], row.km)
                self._room_of(limit)[period] -= row.quantity * load

    def available(self, lane: Lane) -> int:
        """What a lane could still carry, base units, its receiver's needs apart."""
        pack = lane.supply.pack if lane.receiver.closed else 1
        stock = sum(self._left[_key(row)][lane.layer] // pack * pack for row in lane.supply.lots)
        return min(stock, self._room_for(lane) // pack * pack)

    def left(self, supply: Supply, layer: int, pack: int) -> int:
        """What a layer of a supply can still give, base units, in whole packs of ``pack``."""
        return sum(self._left[_key(row)][layer] // pack * pack for row in supply.lots)

    def load(self, lane: Lane, demand: Demand, wanted: int, *, not_before: int = 0) -> int:
        """Send along a lane that may still choose its period, as early as docks allow; returns what was sent."""
        total = 0
        if (lane.supply.index, lane.layer) in self._spent:
            return 0
        for timed in self.departures(lane):
            if total >= wanted or timed.arrive_hour > demand.need.latest_hour:
                break
            if timed.leave_hour >= not_before or timed.period is None:
                total += self.send(timed, demand, wanted - total)
        return total

    def departures(self, lane: Lane) -> list[Lane]:
        """The lane itself where nothing limits loading, or where its period is chosen; else one for each period."""
        if lane.period is not None or not self._limits.on(lane.route):
            return [lane]
        key = (lane.supply.index, lane.receiver.index, lane.step.step, lane.leave_hour)
        if key not in self._timed:
            self._timed[key] = list(timed_lanes(self.network.instance, lane, self._limits))
        return self._timed[key]

    def filled(self, demand: Demand) -> Fraction:
        """Share of the effective need that is sent."""
        return 1 - Fraction(self.open[demand.need.code], max(1, demand.effective))

    def send(self, lane: Lane, demand: Demand, wanted: int) -> int:
        """Send up to ``wanted`` units of the need, first expiring lots first; returns what of them was sent.

        A substitute goes in as many of its own units as make that up, and only where they make up something.
        """
        need = demand.need
        wanted = min(wanted, self.open[need.code])
        if lane.swap is None:
            pinned = self._pinned.get((lane.supply.source.code, need.code), wanted)
            return self._pick(lane, demand, min(wanted, pinned))
        if not self._may_go(lane, demand):
            return 0
        pack = lane.supply.pack if demand.closed else 1
        units = self._stand_ins.units_for(need.code, lane.swap, wanted, self.available(lane), pack)
        return self.send_units(lane, demand, units)

    def send_units(self, lane: Lane, demand: Demand, units: int) -> int:
        """Send so many units of a substitute; returns what they make up of the need with those sent before."""
        assert lane.swap is not None
        sent = self._pick(lane, demand, units)
        made_up = self._stand_ins.hand_over(demand.need.code, lane.swap, sent, self.open[demand.need.code])
        self.open[demand.need.code] -= made_up
        return made_up

    def _may_go(self, lane: Lane, demand: Demand) -> bool:
        """Whether the lane has goods that come in time and alive."""
        if (lane.supply.index, lane.layer) in self._spent or demand.lateness(lane.arrive_hour) is None:
            return False
        return lane.supply.outlives(demand.wanted_alive(lane.arrive_hour))

    def _pick(self, lane: Lane, demand: Demand, wanted: int) -> int:
        """Take up to so many units of the supply off its lots, whole packs where they stay whole."""
        if not self._may_go(lane, demand):
            return 0
        tap = (lane.supply.index, lane.layer)
        pack = lane.supply.pack if demand.closed else 1
        missing = min(wanted, self._room_for(lane)) // pack * pack
        total = 0
        if not any(self._left[_key(row)][lane.layer] for row in lane.supply.lots):
            self._spent.add(tap)
        for row in lane.supply.lots:
            quantity = min(missing, self._left[_key(row)][lane.layer] // pack * pack)
            if quantity > 0:
                self._take(row, lane, demand, quantity)
                missing -= quantity
                total += quantity
        return total

    def _room_for(self, lane: Lane) -> int:
        least = 10**15
        if lane.period is not None:
            for limit, load in self._loads(lane):
                least = min(least, self._room_of(limit)[lane.period] // load)
        return least

    def rooms(self, lane: Lane) -> Iterator[tuple[Limit, int, int]]:
        """For every limit on a lane with a period: what one unit takes of it, and what it still has in that period."""
        if lane.period is not None:
            for limit, load in self._loads(lane):
                yield limit, load, self._room_of(limit)[lane.period]

    def _loads(self, lane: Lane) -> Iterator[tuple[Limit, int]]:
        """What one unit on a lane takes of each limit on its way."""
        volume = self._limits.volumes[lane.supply.item_code]
        for limit in self._limits.on(lane.route):
            if load := limit.load(volume, lane.route.km):
                yield limit, load

    def _room_of(self, limit: Limit) -> list[int]:
        if limit not in self._room:
            self._room[limit] = list(limit.room)
        return self._room[limit]

    def _take(self, row: LotLayers, lane: Lane, demand: Demand, quantity: int) -> None:
        left = self._left[_key(row)]
        for layer in range(lane.layer, RELEASE + 1):
            left[layer] -= quantity
        for layer in range(lane.layer - 1, OTHERS - 1, -1):
            left[layer] = min(left[layer], left[layer + 1])
        if lane.period is not None:
            for limit, load in self._loads(lane):
                self._room_of(limit)[lane.period] -= quantity * load
        pair = (lane.supply.source.code, demand.need.code)
        if lane.swap is None:
            self.open[demand.need.code] -= quantity
        else:
            pack = lane.supply.pack if demand.closed else 1
            self._stand_ins.packs[(demand.need.code, *_key(row))] = pack
        if pair in self._pinned and lane.swap is None:
            self._pinned[pair] -= quantity
        key = (_key(row), demand.need.code, lane.step.step, lane.leave_hour)
        before = self._sent[key][3] if key in self._sent else 0
        self._sent[key] = (lane, demand, _key(row), before + quantity)

    def shipments(self) -> tuple[Shipment, ...]:
        """Everything sent so far in canonical order, with what whole packs brought above each need."""
        rows = [self._shipment(*entry) for entry in self._sent.values()]
        rows = [*credited(rows, self._stand_ins), *(self.loans or ())]
        rows.sort(
            key=lambda row: (row.need_code, row.arrive_hour, row.source_code, row.lot_code, row.step, row.leave_hour)
        )
        above: dict[str, int] = defaultdict(int)
        for row in rows:
            above[row.need_code] += 0 if row.loan else row.fills
        for receiver in self.network.receivers:
            for demand in receiver.demands:
                above[demand.need.code] -= demand.need.open_quantity
        final: list[Shipment] = []
        for row in reversed(rows):  # the last to arrive carries the excess
            excess = min(row.fills, max(0, above[row.need_code]))
            above[row.need_code] -= excess
            final.append(replace(row, excess=excess) if excess else row)
        return tuple(reversed(final))

    def results(self, shipments: Sequence[Shipment]) -> tuple[NeedResult, ...]:
        """What every need of the instance gets, in the instance's order."""
        got: dict[str, list[Shipment]] = defaultdict(list)
        for shipment in shipments:
            for code, _ in shipment.served:
                got[code].append(shipment)
        effective = {d.need.code: d.effective for receiver in self.network.receivers for d in receiver.demands}
        return tuple(
            need_result(need, effective.get(need.code, need.open_quantity), got[need.code])  # lent: in single units
            for need in self.network.instance.needs
        )

    def broken(self, pins: Sequence[Pin]) -> tuple[PinBreak, ...]:
        """Pins the draft does not meet to the unit."""
        sent: dict[tuple[str, str], int] = defaultdict(int)
        for lane, demand, _, quantity in self._sent.values():
            if lane.swap:
                continue
            sent[lane.supply.source.code, demand.need.code] += quantity
        rows = [PinBreak(p.source_code, p.need_code, p.quantity, sent[p.source_code, p.need_code]) for p in pins]
        return tuple(
            sorted((row for row in rows if row.wanted != row.planned), key=lambda r: (r.need_code, r.source_code))
        )

    def _shipment(self, lane: Lane, demand: Demand, lot: LotKey, quantity: int) -> Shipment:
        leave, arrive = timed(lane, demand.need, self.network.instance.horizon_hour)
        return Shipment(
            source_code=lane.supply.source.code,
            lot_code=lot[2],
            need_code=demand.need.code,
            item_code=lane.supply.item_code,
            place_code=demand.need.place_code,
            quantity=quantity,
            excess=0,
            leave_hour=leave,
            arrive_hour=arrive,
            on_time=arrive <= demand.need.due_hour,
            step=lane.step.step,
            source_kind=lane.step.source_kind,
            authority=lane.step.authority,
            rank=self._rank(lane),
            km=lane.route.km,
            stands_for=stands_for(lane.swap, 0) if lane.swap else None,
        )

    def _rank(self, lane: Lane) -> int:
        """Place of the source among all lawful sources of its receiver, nearest first, ties by code."""
        if not self._ranks:
            for other in self.network.lanes:
                known = self._ranks.setdefault(other.receiver.index, {})
                source, km = other.supply.source.code, other.route.km
                known[source] = min(km, known.get(source, km))
            for index, found in self._ranks.items():
                order = sorted(found, key=lambda code: (found[code], code))
                self._ranks[index] = {code: place for place, code in enumerate(order, start=1)}
        return self._ranks[lane.receiver.index][lane.supply.source.code]


def timed(lane: Lane, need: Need, horizon_hour: int) -> tuple[int, int]:
    """When a shipment leaves and arrives: not before the place wants it, unless that would make it late.

    A lot cannot die of the wait: a need asks for life at its due hour, not only on arrival. A loading slot at a limited
    site is kept.
    """
    if lane.period is None and need.not_before_hour is not None:
        hours = lane.route.travel_hours
        leave = lane.route.first_leave(max(lane.leave_hour, need.not_before_hour - hours))
        if leave < horizon_hour and leave + hours <= max(need.due_hour, lane.arrive_hour):
            return leave, leave + hours
    return lane.leave_hour, lane.arrive_hour


def need_result(need: Need, effective: int, shipments: Sequence[Shipment]) -> NeedResult:
    """Sum up one need."""
    on_time = sum(row.fills - row.excess for row in shipments if row.on_time)
    late = sum(row.fills - row.excess for row in shipments if not row.on_time)
    unmet = need.open_quantity - on_time - late
    lost_to_packs = need.open_quantity - effective if need.rounding is Rounding.DOWN else 0
    return NeedResult(
        need_code=need.code,
        open=need.open_quantity,
        on_time=on_time,
        late=late,
        unmet=unmet,
        short_of_pack=min(unmet, lost_to_packs),
        excess=sum(row.excess for row in shipments),
        late_arrival_hour=max((row.arrive_hour for row in shipments if not row.on_time), default=None),
    )


def _key(row: LotLayers) -> LotKey:
    return row.lot.source_code, row.lot.item_code, row.lot.code
