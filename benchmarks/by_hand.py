"""What staff would do with a province, morning by morning: they see three days and what they sent is gone."""

from __future__ import annotations

from collections import defaultdict

from optimizer.dispatch.arcs import Demand, Lane, Network
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.heuristics import finished
from optimizer.dispatch.plan import Plan

SIGHT_HOURS = 72


def nearest_first_by_day(network: Network) -> Plan:
    """Each morning the needs of three days: class by class, then by date, from the nearest source with goods."""
    return _by_day(network, dict.fromkeys(_items(network), (1, 1)))


def pro_rata_by_day(network: Network) -> Plan:
    """The same, every need cut to the share that all stock is of all need over the whole horizon."""
    need: dict[str, int] = defaultdict(int)
    stock: dict[str, int] = defaultdict(int)
    for receiver in network.receivers:
        need[receiver.item_code] += sum(demand.effective for demand in receiver.demands)
    for index, layer in sorted({(lane.supply.index, lane.layer) for lane in network.lanes if lane.layer < 2}):
        supply = network.supplies[index]
        stock[supply.item_code] += supply.ceiling(layer, 1)
    return _by_day(network, {code: (min(stock[code], need[code]), max(1, need[code])) for code in need})


def _items(network: Network) -> set[str]:
    return {receiver.item_code for receiver in network.receivers}


def _by_day(network: Network, share: dict[str, tuple[int, int]]) -> Plan:
    draft = Draft(network)
    lanes: dict[int, list[Lane]] = defaultdict(list)
    for lane in network.lanes:
        lanes[lane.receiver.index].append(lane)
    for rows in lanes.values():
        rows.sort(key=lambda lane: (lane.route.km, lane.step.step, lane.supply.index))
    demands = [(receiver.index, demand) for receiver in network.receivers for demand in receiver.demands]
    for morning in range(0, network.instance.horizon_hour, 24):
        seen = [row for row in demands if morning < row[1].need.due_hour <= morning + SIGHT_HOURS]
        seen.sort(key=lambda row: (row[1].need.priority_class, row[1].need.due_hour, row[1].need.code))
        for index, demand in seen:
            _serve(draft, lanes[index], demand, share, morning)
    return finished(draft, (), "R0", "by_hand")


def _serve(draft: Draft, lanes: list[Lane], demand: Demand, share: dict[str, tuple[int, int]], morning: int) -> None:
    part, whole = share[demand.need.item_code]
    left = demand.effective * part // whole - (demand.effective - draft.open[demand.need.code])
    for lane in lanes:
        if left <= 0:
            return
        left -= draft.load(lane, demand, left, not_before=morning)
