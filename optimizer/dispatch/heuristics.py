"""What staff do by hand, under the same law and physics: the first rung of the ladder, and the yardsticks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from optimizer.dispatch.arcs import Demand, Lane, Network, build_network
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.lending import lent_by_hand
from optimizer.dispatch.plan import Plan, Shipment
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.score import stage_values

Demands = list[tuple[int, Demand]]


def nearest_first(instance: Instance, pins: Sequence[Pin] = ()) -> Plan:
    """Class by class and day by day, each need from the nearest lawful source that still has goods."""
    return nearest_first_on(build_network(instance, pins), pins)


def nearest_first_on(network: Network, pins: Sequence[Pin], policy: Policy | None = None) -> Plan:
    """The same on a network that is already built; the policy says in which figures its worth is told."""
    draft = Draft(network, pins)
    keep_pins(draft, pins)
    _serve_nearest(draft, lambda demand: demand.effective)
    return finished(draft, pins, "R0", "nearest_first", policy=policy)


def pro_rata(instance: Instance, pins: Sequence[Pin] = ()) -> Plan:
    """Every need of an item cut by the same share, all stock over all need, then served from the nearest source."""
    return pro_rata_on(build_network(instance, pins), pins)


def pro_rata_on(network: Network, pins: Sequence[Pin]) -> Plan:
    """The same on a network that is already built."""
    need: dict[str, int] = defaultdict(int)
    stock: dict[str, int] = defaultdict(int)
    for receiver in network.receivers:
        need[receiver.item_code] += sum(demand.effective for demand in receiver.demands)
    used = {(lane.supply.index, lane.layer): lane.supply for lane in network.lanes}
    widest = dict(sorted(used))
    for index, layer in widest.items():
        supply = used[index, layer]
        stock[supply.item_code] += supply.ceiling(layer, 1)
    draft = Draft(network, pins)
    keep_pins(draft, pins)

    def share(demand: Demand) -> int:
        item_code = demand.need.item_code
        return demand.effective * min(stock[item_code], need[item_code]) // max(1, need[item_code])

    _serve_nearest(draft, share)
    return finished(draft, pins, "R0", "pro_rata")


def per_item_flow(instance: Instance, pins: Sequence[Pin] = ()) -> Plan:
    """What a good analyst does in a day: per item and class, most units at least unit kilometres, class by class.

    Blind to fairness, to the cascade beyond what is lawful, and to what other items do to a dock.
    """
    return per_item_flow_on(build_network(instance, pins), pins)


def per_item_flow_on(network: Network, pins: Sequence[Pin]) -> Plan:
    """The same on a network that is already built."""
    draft = Draft(network, pins)
    keep_pins(draft, pins)
    lanes = _lanes_by_receiver(draft.network)
    items = sorted({receiver.item_code for receiver in draft.network.receivers})
    for priority in (1, 2, 3):
        for item_code in items:
            demands = [
                (receiver.index, demand)
                for receiver in draft.network.receivers
                if receiver.item_code == item_code
                for demand in receiver.demands
                if demand.need.priority_class == priority
            ]
            _flow(draft, demands, lanes)
    return finished(draft, pins, "R0", "per_item_flow")


def keep_pins(draft: Draft, pins: Iterable[Pin]) -> None:
    lanes = _lanes_by_receiver(draft.network)
    for pin in sorted(pins, key=lambda row: (row.need_code, row.source_code)):
        left = pin.quantity
        for receiver in draft.network.receivers:
            for demand in receiver.demands:
                if demand.need.code == pin.need_code:
                    for lane in lanes.get(receiver.index, ()):
                        if lane.supply.source.code == pin.source_code and not lane.swap:
                            left -= draft.load(lane, demand, left)


def _serve_nearest(draft: Draft, wanted: Callable[[Demand], int]) -> None:
    lanes = _lanes_by_receiver(draft.network)
    demands = [(receiver.index, demand) for receiver in draft.network.receivers for demand in receiver.demands]
    demands.sort(key=lambda row: (row[1].need.priority_class, row[1].need.due_hour, row[1].need.code))
    for index, demand in demands:
        left = min(wanted(demand), draft.open[demand.need.code])
        for lane in lanes.get(index, ()):
            if left <= 0:
                break
            left -= draft.load(lane, demand, left)


def _lanes_by_receiver(network: Network) -> dict[int, list[Lane]]:
    """Lanes of every receiver, own item first, then nearest, earliest arrival, first cascade step, first expiring."""
    lanes: dict[int, list[Lane]] = defaultdict(list)
    for lane in network.lanes:
        lanes[lane.receiver.index].append(lane)
    for rows in lanes.values():
        rows.sort(key=lambda row: (row.preference, row.route.km, row.arrive_hour, row.step.step, row.supply.index))
    return lanes


def _flow(draft: Draft, demands: Demands, lanes: dict[int, list[Lane]]) -> None:
    """Minimum-cost flow from lanes to needs on what is left, sent through the draft, which has the last word."""
    from optimizer.engine import cheapest_flow  # nearest-first and pro-rata must work where OR-Tools is not loaded

    usable = [(lane, demand) for index, demand in demands for lane in lanes.get(index, ()) if _fits(lane, demand)]
    if not usable:
        return
    supplies = sorted({(lane.supply.index, lane.layer) for lane, _ in usable})
    codes = sorted({demand.need.code for _, demand in usable})
    at = {key: number for number, key in enumerate([*supplies, *codes])}
    source, sink = len(at), len(at) + 1
    drawn = {(lane.supply.index, lane.layer): lane for lane, _ in usable}  # one lane tells what all of a supply share
    stock = {key: draft.available(lane) for key, lane in drawn.items()}
    arcs = [(source, at[key], stock[key], 0) for key in supplies]
    arcs += [(at[code], sink, draft.open[code], 0) for code in codes]
    first = len(arcs)
    for lane, demand in usable:
        key, late = (lane.supply.index, lane.layer), lane.arrive_hour - demand.need.due_hour
        arcs.append((at[key], at[demand.need.code], stock[key], lane.route.km + (late if late > 0 else 0)))
    table = np.array(arcs, np.int64)
    amount = int(sum(draft.open[code] for code in codes))
    flows = cheapest_flow(table[:, 0], table[:, 1], table[:, 2], table[:, 3], source, sink, amount)[first:]
    for (lane, demand), quantity in zip(usable, flows.tolist(), strict=True):
        if quantity:
            draft.send(lane, demand, quantity)


def _fits(lane: Lane, demand: Demand) -> bool:
    if lane.swap or demand.lateness(lane.arrive_hour) is None:
        return False
    return lane.supply.last_hour is None or lane.supply.outlives(demand.wanted_alive(lane.arrive_hour))


def finished(
    draft: Draft, pins: Sequence[Pin], rung: str, solver: str, version: str = "1", policy: Policy | None = None
) -> Plan:
    """A draft as a plan without a proven bound: the bound of unmet is then the trivial one, nothing."""
    if draft.loans is None and draft.network.instance.stays:
        draft.loans = lent_by_hand(draft.network.instance, pins)
    shipments: tuple[Shipment, ...] = draft.shipments()
    broken = draft.broken(pins)
    results = draft.results(shipments)
    unmet = sum(result.unmet for result in results)
    return Plan(
        shipments=shipments,
        needs=results,
        stage_values=stage_values(draft.network.instance, shipments, broken, policy),
        broken_pins=broken,
        bound=0.0,
        gap=float(unmet),
        rung=rung,
        solver=solver,
        version=version,
        instance_hash=draft.network.instance.hash,
    )
