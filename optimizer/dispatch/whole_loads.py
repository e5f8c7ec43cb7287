"""Whole units into loading periods: what rounding down loses, searched for where it can still be had.

A large plan behind docks is fractional where goods of different volume meet in one period. It is written a little short
of its whole part, and what is then still on the shelf, open and free at the docks is filled by a small whole-number
program over the uses the plan chose, a few sites at a time. What it says is sent through the draft.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from optimizer.dispatch.arcs import Demand, Lane
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.packing import Packing
from optimizer.dispatch.packs import OTHERS, OWN, RELEASE
from optimizer.engine import FloatArray, Matrix, SolverFailed, best_whole

HELD_BACK = 20  # units of every use and period that are left to the search
NODES_MAX = 20  # of one program
GAP = 3e-5  # of what it can fill
COLUMNS_MAX = 4_000  # of one program
NEARLY = 1e-4  # the solver's last digits below a whole number


@dataclass(frozen=True)
class Load:
    """One column: units of one need on one lane in one period."""

    lane: Lane
    demand: Demand
    value: int
    most: int


def fit_whole(draft: Draft, packing: Packing, x: FloatArray, value: FloatArray) -> None:
    """Fill what is still open along the uses of ``x`` [uses] that count something in ``value`` [uses], as can be."""
    chosen = np.flatnonzero((x > NEARLY) & (value > 0)).tolist()
    by_site: dict[str, list[int]] = defaultdict(list)
    for use in chosen:
        by_site[packing.network.lanes[packing.lane[use]].route.site_code].append(use)
    batch: list[Load] = []
    for site_code in sorted(by_site):
        loads = [load for use in by_site[site_code] for load in _loads(draft, packing, use, int(value[use]))]
        if batch and len(batch) + len(loads) > COLUMNS_MAX:
            _send_best(draft, batch)
            batch = [load for use in by_site[site_code] for load in _loads(draft, packing, use, int(value[use]))]
        else:
            batch += loads
    if batch:
        _send_best(draft, batch)


def write_short(draft: Draft, packing: Packing, x: FloatArray) -> None:
    """Write the whole part of every use and period, less what is left to the search where a limit is on the way.

    Soonest deadline first into the earliest period that has room, as if units could be cut; only then cut and sent, so
    that what rounding frees is free in the very periods in which it is wanted.
    """
    room: dict[tuple[str, str, int], float] = {}
    cells: list[tuple[Lane, Demand, int]] = []
    chosen = np.flatnonzero(x > NEARLY)
    for use in chosen[np.lexsort((packing.lane[chosen], packing.period[chosen]))].tolist():
        lane, left = packing.network.lanes[packing.lane[use]], float(x[use])
        for demand in packing.claims[packing.claim[use]].demands:
            wanted = min(left, float(draft.open[demand.need.code]))
            left -= wanted
            for timed in draft.departures(lane):
                if wanted <= NEARLY or timed.arrive_hour > demand.need.latest_hour:
                    break
                part = _fitted(draft, timed, wanted, room)
                wanted -= part
                back = HELD_BACK if packing.period[use] >= 0 else 0
                cells.append((timed, demand, int(part + NEARLY) - back))
    for timed, demand, quantity in cells:
        if quantity > 0:
            draft.send(timed, demand, quantity)


def _fitted(draft: Draft, lane: Lane, wanted: float, room: dict[tuple[str, str, int], float]) -> float:
    """How much of ``wanted`` fits every limit of a lane in its period; takes it off ``room``."""
    keys = []
    for limit, taken, now in draft.rooms(lane):
        key = (limit.family, limit.code, lane.period or 0)
        keys.append((key, taken))
        wanted = min(wanted, room.setdefault(key, float(now)) / taken)
    for key, taken in keys:
        room[key] -= wanted * taken
    return wanted


def _loads(draft: Draft, packing: Packing, use: int, value: int) -> Iterator[Load]:
    """The columns of one use: every period in which it can still load something."""
    lane = packing.network.lanes[packing.lane[use]]
    if lane.swap is not None:
        return
    for demand in packing.claims[packing.claim[use]].demands:
        wanted = draft.open[demand.need.code]
        latest = demand.need.latest_hour if packing.late_hours[use] else demand.need.due_hour
        for timed in draft.departures(lane):
            most = min(wanted, draft.available(timed))
            if most > 0 and timed.arrive_hour <= latest:
                yield Load(timed, demand, value, most)


def _send_best(draft: Draft, loads: list[Load]) -> None:
    """Solve one program and send what it says; the search that finds nothing in its time sends nothing."""
    gain = np.array([load.value * _step(load) for load in loads], np.float64)
    with suppress(SolverFailed):
        amounts = best_whole(_program(draft, loads), -gain, NODES_MAX, GAP)
        for load, amount in zip(loads, amounts.astype(np.int64).tolist(), strict=True):
            if amount:
                draft.send(load.lane, load.demand, amount * _step(load))


def _step(load: Load) -> int:
    """Units in one step of a column: a pack where packs stay whole."""
    return load.lane.supply.pack if load.demand.closed else 1


def _program(draft: Draft, loads: list[Load]) -> Matrix:
    """What is left of every supply and layer, of every need and of every limit and period."""
    rows: dict[tuple[object, ...], list[tuple[int, int]]] = defaultdict(list)
    upper: dict[tuple[object, ...], int] = {}
    for column, load in enumerate(loads):
        lane, step = load.lane, _step(load)
        for layer in (OTHERS, OWN, RELEASE)[lane.layer :]:
            key = ("stock", lane.supply.index, layer)
            rows[key].append((column, step))
            upper[key] = draft.left(lane.supply, layer, 1)
        rows["need", load.demand.need.code].append((column, step))
        upper["need", load.demand.need.code] = draft.open[load.demand.need.code]
        for limit, taken, room in draft.rooms(lane):
            where = (limit.family, limit.code, lane.period)
            rows[where].append((column, taken * step))
            upper[where] = room
    terms = list(rows.values())
    return Matrix(
        starts=np.cumsum([0, *(len(row) for row in terms)]).astype(np.int64),
        columns=np.array([column for row in terms for column, _ in row], np.int64),
        values=np.array([value for row in terms for _, value in row], np.float64),
        row_lower=np.full(len(terms), -np.inf),
        row_upper=np.array([upper[key] for key in rows], np.float64),
        column_lower=np.zeros(len(loads)),
        column_upper=np.array([load.most // _step(load) for load in loads], np.float64),
    )
