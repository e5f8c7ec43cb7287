"""Equipment that comes back through the exact stages: a network in time of shelves and places.

Columns besides those of every component (``arrays.py``):
    take   from the shelf of a supply, by layer       home   from one hour at home to the next
    carry  from one hour at a place to the next       back   from a place home again
A draw occupies a unit from the due hour of its need until it is free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from optimizer.dispatch.arcs import Demand, Lane
from optimizer.dispatch.arrays import INFINITY, Arrays, Rows, fill_rows, pair_rows, promise_rows
from optimizer.dispatch.components import Component
from optimizer.dispatch.fairness import share_out
from optimizer.dispatch.handles import Handle
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.lending import Leg, Lending, Tap, Tour, extended, lendings, shipments_of
from optimizer.dispatch.packs import OTHERS, RELEASE
from optimizer.dispatch.plan import Shipment
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.servings import Draw
from optimizer.dispatch.stages import settle
from optimizer.dispatch.whole import may_search, search
from optimizer.limits import Budget

NEARLY = 1e-4  # the solver's last digits below a whole number
Node = tuple[int, Tap, int]  # receiver (-1: at home), tap, hour


def lent_by_stages(
    instance: Instance, policy: Policy, budget: Budget, pins: Sequence[Pin], bounds: dict[tuple[str, str], float]
) -> tuple[Shipment, ...]:
    """Every item that comes back through every stage; adds what no stage could beat to ``bounds``."""
    rows: list[Shipment] = []
    for lending in lendings(instance, pins):
        arrays = lending_arrays(lending, policy)
        settled = settle(arrays, policy, budget.iterations, share_out)
        if (settled.shared or not settled.whole) and may_search(arrays, policy):
            settled = search(arrays, policy, budget.search_work)
        for key, value in settled.bounds.items():
            bounds[key] = bounds.get(key, 0.0) + round(value, 6)
        flow = [int(value + NEARLY) for value in settled.x]
        tours = _Walk(_Times(lending, policy), flow).tours()
        rows += shipments_of(lending, tours if settled.whole else extended(lending, tours))
    return tuple(rows)


def lending_arrays(lending: Lending, policy: Policy) -> Arrays:
    """The network of one item as the stages know it."""
    times = _Times(lending, policy)
    rows = Rows()
    take_rows(times, rows)
    home_and_place_rows(times, rows)
    use_rows(times, rows)
    pair_rows(times, rows)
    fair, promises = fill_rows(times, rows), promise_rows(times, rows)
    ceiling = np.full(times.blocks["theta"].stop, INFINITY)
    for name in ("short", "theta"):
        ceiling[times.blocks[name].start : times.blocks[name].stop] = 0.0
    return Arrays(
        component=times.component,
        **rows.sparse(),
        ceiling=ceiling,
        blocks=times.blocks,
        draws=tuple(times.draws),
        servings=(),
        lane_nodes=(),
        carries=(),
        fair_rows=fair,
        promise_rows=promises,
        handles=tuple(rows.handles),
    )


def take_rows(times: _Times, rows: Rows) -> None:
    """Units taken for lending fit in their supply: under every layer and those inside it at most its ceiling."""
    number = {tap: column for column, tap in zip(times.blocks["take"], times.taps, strict=True)}
    for index, supply in times.lending.supplies.items():
        inside: list[tuple[int, float]] = []
        for layer in range(OTHERS, RELEASE + 1):
            if (index, layer) in number:
                inside.append((number[index, layer], 1.0))
                row = rows.add(inside, -INFINITY, supply.ceiling(layer, 1))
                rows.handles.append(Handle("stock", supply.source.code, row, 1.0, index, layer))


def home_and_place_rows(times: _Times, rows: Rows) -> None:
    """Units that come to a node leave it for the next hour, for a place, for a use, or for home; the last may stay."""
    terms: dict[Node, list[tuple[int, float]]] = {node: [] for node in times.nodes}
    for arc in times.arcs:
        if arc.start is not None:
            terms[arc.start].append((arc.column, -1.0))
        terms[arc.end].append((arc.column, 1.0))
    for row in terms.values():
        rows.add(row, 0.0, INFINITY)


def use_rows(times: _Times, rows: Rows) -> None:
    """Units in use and what stays unmet make up the need of every stay."""
    terms: list[list[tuple[int, float]]] = [[] for _ in times.component.demands]
    for column, draw in zip(times.blocks["draw"], times.draws, strict=True):
        terms[draw.demand].append((column, 1.0))
    for position, demand in enumerate(times.component.demands):
        unmet = (times.blocks["unmet"][position], 1.0)
        rows.add([*terms[position], unmet], demand.effective, demand.effective)


@dataclass(frozen=True)
class Arc:
    """One column between two nodes; start None: from the shelf. What it means: a lane, a use, or a wait."""

    column: int
    start: Node | None
    end: Node
    lane: Lane | None = None
    use: Demand | None = None


@dataclass
class _Found:
    """Arcs before they have a column."""

    ends: dict[str, list[tuple[Node | None, Node]]] = field(default_factory=lambda: defaultdict(list))
    lanes: list[Lane] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)


class _Times:
    """Where every column of one item stands."""

    def __init__(self, lending: Lending, policy: Policy) -> None:
        self.lending, self.policy = lending, policy
        self._hours_of_use = self._uses()
        self._at_home = self._home_hours()
        found = self._find()
        self.taps = sorted(self._at_home)
        self.nodes = sorted({node for ends in found.ends.values() for pair in ends for node in pair if node})
        self.draws = found.draws
        self.component = _with_lanes(lending.component, found.lanes)
        self.blocks = self._lay_blocks(found)
        self.arcs = list(self._arcs(found))

    def _uses(self) -> dict[tuple[int, Tap], list[tuple[int, Demand]]]:
        """By receiver and tap: the demands that its units may serve, with their positions."""
        component, uses = self.lending.component, {}
        for (index, tap), lane in self.lending.lanes.items():
            first = component.first_demand[index]
            uses[index, tap] = [
                (first + n, demand)
                for n, demand in enumerate(lane.receiver.demands)
                if self.lending.may_use(lane.supply, demand)
            ]
        return uses

    def _home_hours(self) -> dict[Tap, list[int]]:
        """The hours at which units of a tap come to be at home: at first, and whenever a use could be over."""
        hours: dict[Tap, set[int]] = defaultdict(set)
        for (index, tap), uses in self._hours_of_use.items():
            lane = self.lending.lanes[index, tap]
            hours[tap].add(lane.supply.available_hour)
            for _, demand in uses:
                home = self.lending.home(lane, self.lending.until[demand.need.code])
                if home and home[1] < self.lending.instance.horizon_hour:
                    hours[tap].add(home[1])
        return {tap: sorted(hours[tap]) for tap in sorted(hours)}

    def _find(self) -> _Found:
        found = _Found()
        for tap, hours in self._at_home.items():
            found.ends["take"].append((None, (-1, tap, hours[0])))
            found.ends["home"] += [((-1, tap, a), (-1, tap, b)) for a, b in pairwise(hours)]
        for (index, tap), uses in self._hours_of_use.items():
            until = self.lending.until
            at = sorted({hour for _, d in uses for hour in (d.need.due_hour, until[d.need.code])})
            found.ends["carry"] += [((index, tap, a), (index, tap, b)) for a, b in pairwise(at)]
            for position, demand in uses:
                start, end = (index, tap, demand.need.due_hour), (index, tap, until[demand.need.code])
                found.ends["draw"].append((start, end))
                found.draws.append(Draw(len(found.draws), position, 1, 0))
            self._ways_there(found, index, tap, [demand.need.due_hour for _, demand in uses])
            for hour in sorted({until[demand.need.code] for _, demand in uses}):
                home = self.lending.home(self.lending.lanes[index, tap], hour)
                if home and home[1] in self._at_home[tap]:
                    found.ends["back"].append(((index, tap, hour), (-1, tap, home[1])))
        return found

    def _ways_there(self, found: _Found, index: int, tap: Tap, due: Sequence[int]) -> None:
        """One lane for every hour at which units come to be at home, as far as some use can still be reached."""
        for hour in self._at_home[tap]:
            lane = self.lending.leaving(self.lending.lanes[index, tap], hour)
            reached = [wanted for wanted in due if lane and lane.arrive_hour <= wanted]
            if lane and reached:
                found.lanes.append(lane)
                found.ends["ship"].append(((-1, tap, hour), (index, tap, min(reached))))

    def _lay_blocks(self, found: _Found) -> dict[str, range]:
        pairs = len(self.component.pairs)
        widths = {name: len(found.ends[name]) for name in ("ship", "carry", "draw", "take", "home", "back")}
        widths |= {"served": 0, "unmet": len(self.component.demands), "fill": pairs, "short": pairs, "breach": 0}
        blocks, start = {}, 0
        for name, width in (*widths.items(), ("theta", 1)):
            blocks[name] = range(start, start + width)
            start += width
        return blocks

    def _arcs(self, found: _Found) -> list[Arc]:
        arcs = []
        for name, ends in found.ends.items():
            for n, (column, (start, end)) in enumerate(zip(self.blocks[name], ends, strict=True)):
                lane = found.lanes[n] if name == "ship" else None
                use = self.component.demands[found.draws[n].demand] if name == "draw" else None
                arcs.append(Arc(column, start, end, lane, use))
        return arcs


def _with_lanes(component: Component, lanes: Sequence[Lane]) -> Component:
    return replace(component, lanes=tuple(lanes), pins=(), unit=1, pure_flow=False)


class _Walk:
    """A flow taken apart into tours, unit by unit the same way: uses first, then waiting, then home."""

    def __init__(self, times: _Times, flow: Sequence[int]) -> None:
        self.flow = list(flow)
        self.starts = [arc for arc in times.arcs if arc.start is None]
        self.following: dict[Node, list[Arc]] = defaultdict(list)
        order = {"draw": 0, "ship": 1, "carry": 2, "home": 3, "back": 4}
        rank = {column: order[name] for name in order for column in times.blocks[name]}
        for arc in sorted((arc for arc in times.arcs if arc.start), key=lambda arc: (rank[arc.column], arc.column)):
            assert arc.start is not None
            self.following[arc.start].append(arc)

    def tours(self) -> list[Tour]:
        found: list[Tour] = []
        for start in self.starts:
            while self.flow[start.column] > 0:
                path = self._path(start)
                count = min(self.flow[arc.column] for arc in path)
                for arc in path:
                    self.flow[arc.column] -= count
                if legs := _legs(path):
                    found.append(Tour(count, start.end[1], legs))
        return found

    def _path(self, start: Arc) -> list[Arc]:
        path = [start]
        while True:
            onward = (arc for arc in self.following[path[-1].end] if self.flow[arc.column] > 0)
            arc = next(onward, None)
            if arc is None:
                return path
            path.append(arc)


def _legs(path: Sequence[Arc]) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    for arc in path:
        if arc.lane is not None:
            legs.append(Leg(arc.lane, ()))
        elif arc.use is not None:
            legs[-1] = Leg(legs[-1].lane, (*legs[-1].uses, arc.use))
    return tuple(leg for leg in legs if leg.uses)
