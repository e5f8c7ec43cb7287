"""A component as one sparse matrix. Each family of constraints is one function and one sentence of dispatch-model.md.

Columns, all whole numbers >= 0, in steps of ``Component.size``:
    ship    one per lane                              draw    from an arrival node to one need
    carry   from an arrival node to the next hour     unmet   one per need
    served  one per need, substitute and lateness
    fill    one per pair                              short   how far a pair stays below its promise
    breach  one per pin                               theta   one in all: worst ratio of the pairs compared
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from optimizer.dispatch.arcs import Demand, Lane, Receiver
from optimizer.dispatch.components import Component, Pair
from optimizer.dispatch.coupling import Limits, dock_rows, fleet_rows, lane_rows
from optimizer.dispatch.handles import Handle
from optimizer.dispatch.joint import line_rows, material_rows, output_rows
from optimizer.dispatch.packs import OTHERS, OWN, RELEASE
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.servings import Draw, Serving, serving_rows, servings_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
INFINITY = float("inf")
Node = tuple[int, int, float, int, str]  # receiver, position of the arrival hour, last usable hour, pack, substitute


@dataclass
class Rows:
    """Sparse rows under construction: coordinates, bounds, handles. Only ``add`` writes coordinates and bounds."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    handles: list[Handle] = field(default_factory=list)

    def add(self, terms: Iterable[tuple[int, float]], lower: float, upper: float) -> int:
        """Append one row lower <= sum of value * column <= upper; returns its number."""
        number = len(self.lower)
        for column, value in terms:
            self.rows.append(number)
            self.columns.append(column)
            self.values.append(value)
        self.lower.append(lower)
        self.upper.append(upper)
        return number

    def sparse(self) -> dict[str, Any]:
        """The rows in CSR form: the fields of ``Arrays`` that hold them."""
        numbers, columns = np.array(self.rows, np.int64), np.array(self.columns, np.int64)
        order = np.lexsort((columns, numbers))
        starts = np.zeros(len(self.lower) + 1, np.int64)
        np.add.at(starts, numbers + 1, 1)
        return {
            "starts": np.cumsum(starts),
            "columns": columns[order],
            "values": np.array(self.values, np.float64)[order],
            "lower": np.array(self.lower, np.float64),
            "upper": np.array(self.upper, np.float64),
        }


class Laid(Protocol):
    """What the rows of pairs need to know: where every column stands."""

    component: Component
    policy: Policy
    blocks: dict[str, range]


@dataclass(frozen=True)
class Arrays:
    """The matrix in CSR form with bounds, the columns by block, and the rows that stages move.

    starts [rows + 1], columns [non-zeros], values [non-zeros]; lower, upper [rows]; ceiling [columns] upper bounds
    draws, servings, carries are in the order of their blocks, lane_nodes in that of the ship block; fair_rows and
    promise_rows hold one row number per pair; handles stand on rows whose limit somebody could move
    """

    component: Component
    starts: IntArray
    columns: IntArray
    values: FloatArray
    lower: FloatArray
    upper: FloatArray
    ceiling: FloatArray
    blocks: dict[str, range]
    draws: tuple[Draw, ...]
    servings: tuple[Serving, ...]
    lane_nodes: tuple[int | None, ...]
    carries: tuple[tuple[int, int], ...]
    fair_rows: range
    promise_rows: range
    handles: tuple[Handle, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.ceiling)


def build_arrays(component: Component, policy: Policy) -> Arrays:
    """Lay out the columns, then let every family add its rows. The policy only says how claims are weighed."""
    shape = _Shape(component, policy)
    rows = Rows()
    stock_rows(shape, rows)
    for couple in (dock_rows, lane_rows, fleet_rows):
        couple(component, shape.limits, rows)
    if component.makes:
        for produce in (line_rows, material_rows, output_rows):
            produce(component, component.makes, shape.blocks["make"].start, rows)
    arrival_rows(shape, rows)
    need_rows(shape, rows)
    serving_rows(shape.servings, shape.draws, shape.blocks, rows)
    pair_rows(shape, rows)
    fair_rows = fill_rows(shape, rows)
    promises = promise_rows(shape, rows)
    pin_rows(shape, rows)
    return Arrays(
        component=component,
        **rows.sparse(),
        ceiling=shape.ceiling(),
        blocks=shape.blocks,
        draws=tuple(shape.draws),
        servings=tuple(shape.servings),
        lane_nodes=tuple(shape.lane_nodes),
        carries=tuple(shape.carries),
        fair_rows=fair_rows,
        promise_rows=promises,
        handles=tuple(rows.handles),
    )


def stock_rows(shape: _Shape, rows: Rows) -> None:
    """What leaves a supply fits in it: to others above all floors, with own incidents and a release above fewer.

    For every (supply, layer): shipments of this layer and of the layers inside it <= ceiling of the layer.
    """
    by_supply: dict[int, dict[int, list[int]]] = {}
    for column, lane in enumerate(shape.component.lanes):
        by_supply.setdefault(lane.supply.index, {}).setdefault(lane.layer, []).append(column)
    for supply in shape.component.supplies:
        inside: list[tuple[int, float]] = []
        for layer in (OTHERS, OWN, RELEASE):
            own = by_supply.get(supply.index, {}).get(layer, [])
            if own:
                inside += [(column, shape.steps(shape.component.lanes[column])) for column in own]
                pack = shape.closed_pack(supply.index)
                row = rows.add(inside, -INFINITY, supply.ceiling(layer, pack) // shape.component.unit)
                rate = 1.0 / shape.component.unit
                rows.handles.append(Handle("stock", supply.source.code, row, rate, supply.index, layer, pack))


def arrival_rows(shape: _Shape, rows: Rows) -> None:
    """What arrives at a place by an hour, or waits there from before, is used for a need or waits on."""
    terms: list[list[tuple[int, float]]] = [[] for _ in shape.node_numbers]
    for column, node in enumerate(shape.lane_nodes):
        if node is not None:
            terms[node].append((column, 1.0))
    for number, (node, following) in enumerate(shape.carries):
        terms[node].append((shape.blocks["carry"][number], -1.0))
        terms[following].append((shape.blocks["carry"][number], 1.0))
    for number, draw in enumerate(shape.draws):
        terms[draw.node].append((shape.blocks["draw"][number], -1.0))
    for row in terms:
        rows.add(row, 0.0, 0.0)


def need_rows(shape: _Shape, rows: Rows) -> None:
    """What a need draws, in time or late, what substitutes make up, and what stays unmet are what is open."""
    terms: list[list[tuple[int, float]]] = [[] for _ in shape.component.demands]
    for number, serving in enumerate(shape.servings):
        terms[serving.demand].append((shape.blocks["served"][number], 1.0))
    for number, draw in enumerate(shape.draws):
        if draw.swap is None:
            terms[draw.demand].append((shape.blocks["draw"][number], draw.pack // shape.component.unit))
    for position, demand in enumerate(shape.component.demands):
        wanted = demand.effective // shape.component.unit
        rows.add([*terms[position], (shape.blocks["unmet"][position], 1.0)], wanted, wanted)


def pair_rows(shape: Laid, rows: Rows) -> None:
    """The fill of a pair is what its needs do not leave unmet."""
    for number, pair in enumerate(shape.component.pairs):
        wanted = (pair.claim - pair.sent) // shape.component.unit
        unmet = [(shape.blocks["unmet"][position], 1.0) for position in pair.demands]
        rows.add([*unmet, (shape.blocks["fill"][number], 1.0)], wanted, wanted)


def fill_rows(shape: Laid, rows: Rows) -> range:
    """Sent and filled, over the claim of the pair, is at least theta. Asleep until a fairness stage wakes them."""
    theta, first = shape.blocks["theta"][0], len(rows.lower)
    for number, pair in enumerate(shape.component.pairs):
        claim = float(weighed_claim(pair, shape.policy)) / shape.component.unit
        rows.add([(shape.blocks["fill"][number], 1.0), (theta, -claim)], -INFINITY, INFINITY)
    return range(first, len(rows.lower))


def promise_rows(shape: Laid, rows: Rows) -> range:
    """A pair is filled up to its promise, or says how far it stays short. Promises are 0 until fairness sets them."""
    first = len(rows.lower)
    for number in range(len(shape.component.pairs)):
        rows.add([(shape.blocks["fill"][number], 1.0), (shape.blocks["short"][number], 1.0)], 0.0, INFINITY)
    return range(first, len(rows.lower))


def pin_rows(shape: _Shape, rows: Rows) -> None:
    """What a source sends of its own item to a pinned need is the pin, less what supply, law and roads do not allow."""
    for number, pin in enumerate(shape.component.pins):
        terms = [
            (column, float(shape.component.size(lane)))
            for column, lane in enumerate(shape.component.lanes)
            if lane.supply.source.code == pin.source_code and lane.receiver.need.code == pin.need_code and not lane.swap
        ]
        rows.add([*terms, (shape.blocks["breach"][number], 1.0)], pin.quantity, pin.quantity)


def weighed_claim(pair: Pair, policy: Policy) -> Fraction:
    """What a pair's fill is measured against: its claim, times weight over 100 under the need-weighted policy."""
    weight = pair.weight if policy.fairness is Fairness.NEED_WEIGHTED else 100
    return Fraction(max(1, pair.claim) * weight, 100)


class _Shape:
    """Where every column stands, worked out once before the rows are written."""

    def __init__(self, component: Component, policy: Policy) -> None:
        self.component, self.policy = component, policy
        lanes: dict[int, list[Lane]] = defaultdict(list)
        for lane in component.lanes:
            lanes[lane.receiver.index].append(lane)
        self.hours = {row.index: _arrival_hours(row, lanes[row.index]) for row in component.receivers}
        self.asked = {row.index: _asked_hours(row, self.hours[row.index]) for row in component.receivers}
        self.limits = Limits(component.instance)
        self.node_numbers: dict[Node, int] = {}
        self.draws: list[Draw] = []
        self.carries: list[tuple[int, int]] = []
        nodes = [self._node(lane) for lane in component.lanes]
        self._lay_nodes(nodes)
        self.servings = servings_of(self.draws)
        self.lane_nodes = [self.node_numbers.get(node) if node else None for node in nodes]
        self.blocks = self._lay_blocks()
        self._closed_packs = {lane.supply.index: lane.supply.pack for lane in component.lanes if lane.receiver.closed}
        self._open = {lane.supply.index for lane in component.lanes if not lane.receiver.closed}

    def steps(self, lane: Lane) -> float:
        """Units of the component in one step of the lane's column."""
        return self.component.size(lane) // self.component.unit

    def closed_pack(self, supply_index: int) -> int:
        """The pack that must stay whole for all lanes of a supply; 1 when some lane may open it."""
        return 1 if supply_index in self._open else self._closed_packs.get(supply_index, 1)

    def ceiling(self) -> FloatArray:
        """Upper bounds: a lane without an arrival node carries nothing; theta and short sleep at 0."""
        ceiling = np.full(self.blocks["theta"].stop, INFINITY)
        for column, node in enumerate(self.lane_nodes):
            if node is None:
                ceiling[column] = 0.0
        ceiling[self.blocks["short"].start : self.blocks["short"].stop] = 0.0
        ceiling[self.blocks["theta"].start] = 0.0
        return ceiling

    def _node(self, lane: Lane) -> Node | None:
        """The arrival node of a lane: the first remembered hour at its receiver that is not before its arrival."""
        hours = self.hours[lane.receiver.index]
        position = bisect_left(hours, lane.arrive_hour)
        if position == len(hours):
            return None
        substitute = lane.supply.item_code if lane.swap else ""
        return lane.receiver.index, position, self._life(lane), self.component.size(lane), substitute

    def _life(self, lane: Lane) -> float:
        """The last usable hour, rounded down to the hours at which this receiver asks whether goods still live."""
        asked = self.asked[lane.receiver.index]
        if lane.supply.last_hour is None or lane.supply.last_hour >= asked[-1]:
            return INFINITY
        place = bisect_right(asked, lane.supply.last_hour)
        return float(asked[place - 1]) if place else -INFINITY

    def _lay_nodes(self, nodes: Sequence[Node | None]) -> None:
        """Arrival nodes from each first arrival on, as far as some need can still be served from them."""
        first: dict[tuple[int, float, int, str], int] = {}
        for node in nodes:
            if node:
                key = (node[0], node[2], node[3], node[4])
                first[key] = min(first.get(key, node[1]), node[1])
        receivers = {receiver.index: receiver for receiver in self.component.receivers}
        for (index, last, pack, substitute), position in sorted(first.items()):
            self._lay_chain(receivers[index], position, last, pack, substitute)

    def _lay_chain(self, receiver: Receiver, first: int, last: float, pack: int, substitute: str) -> None:
        hours = self.hours[receiver.index]
        served = [
            (position, number, late)
            for position in range(first, len(hours))
            for number, demand in enumerate(receiver.demands)
            if (late := _use(demand, hours[position])) is not None and last >= demand.wanted_alive(hours[position])
        ]
        if not served:
            return
        end = max(position for position, _, _ in served)
        numbers = {}
        for position in range(first, end + 1):
            node = (receiver.index, position, last, pack, substitute)
            numbers[position] = self.node_numbers[node] = len(self.node_numbers)
        self.carries += [(numbers[position], numbers[position + 1]) for position in range(first, end)]
        offset = self.component.first_demand[receiver.index]
        swap = next((pair for pair in receiver.swaps if pair.substitute_item == substitute), None)
        self.draws += [Draw(numbers[p], offset + number, pack, late, swap) for p, number, late in served]

    def _lay_blocks(self) -> dict[str, range]:
        component = self.component
        widths = {
            "ship": len(component.lanes),
            "carry": len(self.carries),
            "draw": len(self.draws),
            "served": len(self.servings),
            "unmet": len(component.demands),
            "fill": len(component.pairs),
            "short": len(component.pairs),
            "breach": len(component.pins),
            "make": len(component.makes.columns) if component.makes else 0,
            "theta": 1,
        }
        blocks, start = {}, 0
        for name, width in widths.items():
            blocks[name] = range(start, start + width)
            start += width
        return blocks


def _arrival_hours(receiver: Receiver, lanes: Sequence[Lane]) -> tuple[int, ...]:
    """The hours a receiver must tell apart: its deadlines, and every arrival that some need would take late."""
    hours = {demand.need.due_hour for demand in receiver.demands if demand.need.due_hour >= 0}
    if any(demand.may_come_late for demand in receiver.demands):
        hours |= {lane.arrive_hour for lane in lanes}
    return tuple(sorted(hours))


def _asked_hours(receiver: Receiver, hours: Sequence[int]) -> tuple[int, ...]:
    """The hours at which some need of the receiver asks whether goods still live; never empty."""
    draws = ((demand, hour) for demand in receiver.demands for hour in hours)
    asked = {demand.wanted_alive(hour) for demand, hour in draws if _use(demand, hour) is not None}
    return tuple(sorted(asked)) or (0,)


def _use(demand: Demand, hour: int) -> int | None:
    """Hours late of a need drawing at this hour: at its own due hour, or after it if it may be late; else no draw."""
    return None if hour < demand.need.due_hour else demand.lateness(hour)
