"""Large coupled worlds without arrival nodes: one column per lane and claim, the same optimum on a third of the rows.

Goods that arrive early wait at the place and cost nothing there, so it is enough to say how much of a lane serves which
claim and by when it must be loaded. Three families of rows are left, and all but ``load`` columns are bounded by slack:
the corner 0 is feasible, and any prices of stock and loading room prove a bound.

A *claim* is a need, or several flows of one class and receiver that the guide takes together: there by the first
due hour, alive until the last. Taking needs together can only lose quantity, never break a rule.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.dispatch.arcs import Demand, Lane, Network
from optimizer.dispatch.coupling import FLEET
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.instance import NeedKind
from optimizer.engine import FloatArray, IntArray, Matrix

INFINITY = float("inf")
ROOM_UNIT = 10_000.0  # cubic centimetres per unit of a load column: keeps coefficients near one
KM_UNIT = 100.0  # and kilometres, where load is volume times way
FAR = 10**9  # an hour beyond every horizon


@dataclass(frozen=True)
class Claim:
    """Needs of one receiver and class that are planned together; ``wanted`` base units are open of them."""

    receiver: int
    demands: tuple[Demand, ...]
    wanted: int

    @property
    def priority_class(self) -> int:
        """The class they share."""
        return self.demands[0].need.priority_class

    @property
    def due_hour(self) -> int:
        """Goods must be there by then to be in time for all of them."""
        return min(demand.need.due_hour for demand in self.demands)

    @property
    def latest_hour(self) -> int:
        """The last hour of arrival that is of use."""
        demand = self.demands[0]
        return demand.need.latest_hour if demand.may_come_late else self.due_hour

    @property
    def alive_hour(self) -> int:
        """Goods there by the due hour must live until then."""
        return max(demand.need.due_hour + demand.need.min_life_hours for demand in self.demands)


@dataclass(frozen=True)
class Packing:
    """The matrix and what its columns mean: ``uses`` first, then one load column per chain and period.

    lane, claim, late_hours, period [uses]   position of the lane and of the claim, hours late at the earliest arrival,
                                             last period of the grid in which it may still be loaded (-1: no limit)
    stock, wants, loads                      row numbers of the three families
    """

    network: Network
    claims: tuple[Claim, ...]
    lane: IntArray
    claim: IntArray
    late_hours: IntArray
    period: IntArray
    matrix: Matrix
    stock: range
    wants: range
    loads: range

    @property
    def uses(self) -> int:
        """Number of columns that move goods."""
        return len(self.lane)


class _Rows:
    """Coordinates of the rows under construction, family by family."""

    def __init__(self) -> None:
        self.parts: list[tuple[IntArray, IntArray, FloatArray]] = []
        self.lower: list[FloatArray] = []
        self.upper: list[FloatArray] = []
        self.height = 0

    def add(self, rows: IntArray, columns: IntArray, values: FloatArray) -> None:
        self.parts.append((rows, columns, values))

    def close(self, lower: FloatArray, upper: FloatArray) -> range:
        """Finish a family; returns its rows."""
        self.lower.append(lower)
        self.upper.append(upper)
        family = range(self.height, self.height + len(lower))
        self.height = family.stop
        return family

    def matrix(self, column_upper: FloatArray) -> Matrix:
        rows, columns, values = (np.concatenate([part[n] for part in self.parts]) for n in range(3))
        order = np.lexsort((columns, rows))
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=self.height))]).astype(np.int64)
        lower, upper = np.concatenate(self.lower), np.concatenate(self.upper)
        zero = np.zeros(len(column_upper))
        return Matrix(starts, columns[order], values[order], lower, upper, zero, column_upper)


def build_packing(network: Network, draft: Draft, claims: Sequence[Claim]) -> Packing:
    """What is left on the shelf and open in the draft, for a network whose lanes know no loading period yet."""
    lane, claim, late = _uses(network, claims)
    period = _last_periods(network, claims, lane, claim, late)
    rows = _Rows()
    stock = _stock_rows(network, draft, lane, rows)
    wants = _claim_rows(claims, claim, rows)
    loads, room = _load_rows(network, lane, period, rows)
    column_upper = np.concatenate([np.full(len(lane), INFINITY), room])
    return Packing(network, tuple(claims), lane, claim, late, period, rows.matrix(column_upper), stock, wants, loads)


def restricted(packing: Packing, kept: NDArray[np.bool_]) -> Packing:
    """The same rows with some uses only, so that prices of the one mean the same in the other. kept [uses]"""
    matrix = packing.matrix
    stays = np.concatenate([kept, np.ones(len(matrix.column_upper) - packing.uses, np.bool_)])
    number = np.cumsum(stays) - 1
    inside = stays[matrix.columns]
    count = np.bincount(matrix.row_of_entry()[inside], minlength=len(matrix.row_lower))
    starts = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    columns, values = number[matrix.columns[inside]].astype(np.int64), matrix.values[inside]
    upper = matrix.column_upper[stays]
    part = Matrix(starts, columns, values, matrix.row_lower, matrix.row_upper, np.zeros(len(upper)), upper)
    fields = {name: getattr(packing, name)[kept] for name in ("lane", "claim", "late_hours", "period")}
    return replace(packing, matrix=part, **fields)


def claims_of(network: Network, draft: Draft, edges: Sequence[int]) -> list[Claim]:
    """The open needs; flows of one receiver and class due between two neighbouring ``edges`` become one claim."""
    claims = []
    for receiver in network.receivers:
        groups: dict[tuple[int, int, str], list[Demand]] = defaultdict(list)
        for demand in receiver.demands:
            need = demand.need
            bucket = bisect_left(edges, need.due_hour)
            alone = need.code if need.kind is not NeedKind.FLOW or not edges else ""
            groups[need.priority_class, bucket, alone].append(demand)
        for key in sorted(groups):
            wanted = sum(draft.open[demand.need.code] for demand in groups[key])
            if wanted > 0:
                claims.append(Claim(receiver.index, tuple(groups[key]), wanted))
    return claims


def _uses(network: Network, claims: Sequence[Claim]) -> tuple[IntArray, IntArray, IntArray]:
    """Every lane with every claim it can serve; a soft claim also late, as a use of its own."""
    lanes = network.lanes
    receiver = np.array([lane.receiver.index for lane in lanes], np.int64)
    arrive = np.array([lane.arrive_hour for lane in lanes], np.int64)
    lasts = (lane.supply.last_hour for lane in lanes)
    last = np.array([FAR if hour is None else hour for hour in lasts], np.int64)
    owner = np.array([claim.receiver for claim in claims], np.int64)
    first = np.searchsorted(owner, receiver, side="left")
    count = np.searchsorted(owner, receiver, side="right") - first
    lane = np.repeat(np.arange(len(lanes), dtype=np.int64), count)
    claim = np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(lane))
    due = np.array([row.due_hour for row in claims], np.int64)[claim]
    latest = np.array([row.latest_hour for row in claims], np.int64)[claim]
    alive = np.array([row.alive_hour for row in claims], np.int64)[claim]
    in_time = (arrive[lane] <= due) & (last[lane] >= alive)
    at_late = np.maximum(arrive[lane], due + 1)
    late = (at_late <= latest) & (last[lane] >= at_late + (alive - due))
    hours = np.concatenate([np.zeros(in_time.sum(), np.int64), (at_late - due)[late]])
    return np.concatenate([lane[in_time], lane[late]]), np.concatenate([claim[in_time], claim[late]]), hours


def _last_periods(
    network: Network, claims: Sequence[Claim], lane: IntArray, claim: IntArray, late: IntArray
) -> IntArray:
    """The period that holds the last hour at which a use may leave; -1 where the site has no limit."""
    boundaries = np.array(network.instance.boundaries, np.int64)
    bound = np.array([bool(network.limits.on(row.route)) for row in network.lanes], bool)
    travel = np.array([row.route.travel_hours for row in network.lanes], np.int64)
    due = np.array([row.due_hour for row in claims], np.int64)
    latest = np.array([row.latest_hour for row in claims], np.int64)
    last = np.array([row.route.last_leave for row in network.lanes], np.int64)
    leave = np.minimum(np.where(late > 0, latest[claim], due[claim]) - travel[lane], last[lane])
    period = np.minimum(np.searchsorted(boundaries, leave, side="right") - 1, len(boundaries) - 2)
    return np.where(bound[lane], period, -1).astype(np.int64)


def _stock_rows(network: Network, draft: Draft, lane: IntArray, rows: _Rows) -> range:
    """What leaves a supply fits in it: to others above all floors, with own incidents and a release above fewer."""
    taps = np.array([row.supply.index * 3 + row.layer for row in network.lanes], np.int64)
    used, position = np.unique(taps, return_inverse=True)
    by_tap = {int(tap): lane_row for lane_row, tap in enumerate(used)}
    column = np.arange(len(lane), dtype=np.int64)
    tap_of = position[lane]
    takes = _takes(network)[lane]
    rows.add(rows.height + tap_of, column, takes)
    for tap, number in by_tap.items():
        for inner in range(tap - tap % 3, tap):
            if inner in by_tap:
                inside = np.flatnonzero(tap_of == by_tap[inner])
                rows.add(np.full(len(inside), rows.height + number), inside, takes[inside])
    packs = {supply.index: 1 for supply in network.supplies}
    for row in network.lanes:
        if row.receiver.closed:
            packs[row.supply.index] = row.supply.pack
    ceiling = [draft.left(network.supplies[tap // 3], tap % 3, packs[tap // 3]) for tap in by_tap]
    return rows.close(np.full(len(used), -INFINITY), np.array(ceiling, np.float64))


def _claim_rows(claims: Sequence[Claim], claim: IntArray, rows: _Rows) -> range:
    """What serves a claim, in time or late, is no more than what is open of it."""
    rows.add(rows.height + claim, np.arange(len(claim), dtype=np.int64), np.ones(len(claim)))
    return rows.close(np.full(len(claims), -INFINITY), np.array([row.wanted for row in claims], np.float64))


def _load_rows(network: Network, lane: IntArray, period: IntArray, rows: _Rows) -> tuple[range, FloatArray]:
    """What must have left by the end of a period, of goods there from an hour on, fits each limit until then.

    One chain of load columns per limit and first hour of its goods: load[t] = load[t - 1] + load due in t, at most the
    room from that hour to the end of t. All windows that begin with some goods are watched: for one limit that is all
    that matters; where several meet on a way it is a little too hopeful, and writing the plan has the last word.
    """
    first = rows.height
    room: list[FloatArray] = []
    for family in network.limits.families:
        room.append(_family_rows(network, family, lane, period, len(lane) + sum(len(part) for part in room), rows))
    return range(first, rows.height), np.concatenate(room) if room else np.zeros(0)


def _family_rows(
    network: Network, family: str, lane: IntArray, period: IntArray, first_column: int, rows: _Rows
) -> FloatArray:
    """The chains of one family; returns the upper bounds of their load columns."""
    limits = [network.limits.of_family(family, row.route) for row in network.lanes]
    rooms = {limit.code: limit.room for limit in limits if limit is not None}
    starts: dict[str, set[int]] = defaultdict(set)
    begin = np.array([_first_period(network, row) for row in network.lanes], np.int64)
    for number, limit in enumerate(limits):
        if limit is not None:
            starts[limit.code].add(int(begin[number]))
    unit = ROOM_UNIT * (KM_UNIT if family == FLEET else 1.0)
    load = np.array([_load(network, row, family) for row in network.lanes], np.float64) / unit
    load *= _takes(network)
    numbers = {code: number for number, code in enumerate(sorted(rooms))}
    owner = np.array([-1 if limit is None else numbers[limit.code] for limit in limits], np.int64)
    chains = [(code, start) for code in numbers for start in sorted(starts[code])]
    length = len(network.instance.boundaries) - 1
    first_chain = np.array([next(n for n, chain in enumerate(chains) if chain[0] == code) for code in numbers] or [0])
    room: list[FloatArray] = []
    for number, (code, start) in enumerate(chains):
        capacity = np.array(rooms[code], np.float64)
        capacity[:start] = 0.0
        room.append(np.cumsum(capacity) / unit)
        depth = number - first_chain[numbers[code]]
        if depth == 0:
            continue  # the outermost chain of every limit is written for all limits at once below
        inside = np.flatnonzero((owner[lane] == numbers[code]) & (begin[lane] >= start) & (period >= 0))
        rows.add(rows.height + number * length + period[inside], inside, -load[lane[inside]])
    held = np.flatnonzero((period >= 0) & (owner[lane] >= 0) & (load[lane] > 0))
    rows.add(rows.height + first_chain[owner[lane[held]]] * length + period[held], held, -load[lane[held]])
    links = np.arange(len(chains) * length, dtype=np.int64)
    rows.add(rows.height + links, first_column + links, np.ones(len(links)))
    later = links[links % length > 0]
    rows.add(rows.height + later, first_column + later - 1, -np.ones(len(later)))
    rows.close(np.zeros(len(links)), np.zeros(len(links)))
    return np.concatenate(room) if room else np.zeros(0)


def _load(network: Network, lane: Lane, family: str) -> int:
    limit = network.limits.of_family(family, lane.route)
    return 0 if limit is None else limit.load(network.limits.volumes[lane.supply.item_code], lane.route.km)


def _takes(network: Network) -> FloatArray:
    """[lanes]  units of the supply that make up one unit of the need: 1 where the own item goes."""
    swaps = (lane.swap for lane in network.lanes)
    return np.array([pair.numerator / pair.denominator if pair else 1.0 for pair in swaps], np.float64)


def _first_period(network: Network, lane: Lane) -> int:
    boundaries = network.instance.boundaries
    return int(np.searchsorted(boundaries, lane.supply.available_hour, side="right")) - 1
