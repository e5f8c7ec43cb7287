"""From columns to shipments: which arrival serves which need, and which lots go."""

from __future__ import annotations

from collections import defaultdict

from optimizer.dispatch.arcs import Demand, Lane
from optimizer.dispatch.arrays import Arrays, FloatArray
from optimizer.dispatch.components import Component
from optimizer.dispatch.draft import Draft

Send = tuple[Lane, Demand, int]
NEARLY = 1e-4  # the solver's last digits below a whole number


def sends_of(arrays: Arrays, x: FloatArray) -> list[Send]:
    """Match arrivals with draws, node by node in time: what arrived first is used first, by the most urgent need.

    Quantities in base units, whole steps only: of a column that is not whole the part below is taken.
    """
    component = arrays.component
    waiting: dict[int, list[tuple[Lane, int]]] = defaultdict(list)
    for column, node in enumerate(arrays.lane_nodes):
        steps = int(x[column] + NEARLY)
        if node is not None and steps:
            waiting[node].append((component.lanes[column], steps))
    draws: dict[int, list[tuple[Demand, int]]] = defaultdict(list)
    for number, draw in enumerate(arrays.draws):
        steps = int(x[arrays.blocks["draw"].start + number] + NEARLY)
        if steps:
            draws[draw.node].append((component.demands[draw.demand], steps))
    following = dict(arrays.carries)
    sends: list[Send] = []
    for node in sorted({*waiting, *draws, *following}):  # the nodes of a chain are numbered in time
        queue = waiting.pop(node, [])
        queue.sort(key=lambda row: (row[0].arrive_hour, row[0].leave_hour, row[0].supply.index))
        left = _use_up(queue, draws[node], component, sends)
        if left and node in following:
            waiting[following[node]] += left
    return sends


def write(draft: Draft, sends: list[Send]) -> None:
    """Put sends on the draft, layer by layer: goods free to anybody go to others first, then to the owner's own."""
    for lane, demand, quantity in sorted(sends, key=_writing_order):
        if lane.swap:
            draft.send_units(lane, demand, quantity)
        else:
            draft.send(lane, demand, quantity)


def _use_up(
    queue: list[tuple[Lane, int]], draws: list[tuple[Demand, int]], component: Component, sends: list[Send]
) -> list[tuple[Lane, int]]:
    """Serve the draws of one node from the queue; returns what waits on."""
    place = 0
    draws.sort(key=lambda row: (row[0].need.priority_class, row[0].need.due_hour, row[0].need.code))
    for demand, wanted in draws:
        missing = wanted
        while missing and place < len(queue):
            lane, steps = queue[place]
            taken = min(steps, missing)
            sends.append((lane, demand, taken * component.size(lane)))
            missing -= taken
            queue[place] = (lane, steps - taken)
            place += steps == taken
    return queue[place:]


def _writing_order(send: Send) -> tuple[int, int, int, int, str]:
    lane, demand, _ = send
    return lane.layer, lane.arrive_hour, demand.need.due_hour, lane.supply.index, demand.need.code
