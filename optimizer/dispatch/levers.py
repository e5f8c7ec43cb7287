"""The plan's world with a handle on every limit: one linear program that answers "what would help" again and again.

The model of ``arrays.py`` is laid out for a *widened* world: every step of the cascade open, no operating floor, a
lot of every item at every source that could send it. Then what the real world does not allow is closed again by bounds
alone, and each such bound is a *lever* with a price. Nobody may get less than the plan gives: every need keeps what it
has. So the cheapest answer to "this need, too" is a list of levers that costs no other place a unit, and the goods it
adds to the plan are its own proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from optimizer.dispatch.arcs import Refusal, Supply, admit, build_network
from optimizer.dispatch.arrays import Arrays, FloatArray, IntArray, build_arrays
from optimizer.dispatch.components import Component, split
from optimizer.dispatch.coupling import DOCK, FLEET, LANE
from optimizer.dispatch.handles import Handle
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.lending import Lending, lendings
from optimizer.dispatch.lent_stages import lending_arrays
from optimizer.dispatch.packs import OTHERS, OWN, LotLayers, layered_lots
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.widened import MORE, widened
from optimizer.engine import LinearProgram, Matrix, SolverFailed
from optimizer.limits import Budget

INFINITY = float("inf")
MORE_OF = {DOCK: "more_loading", LANE: "more_room", FLEET: "more_vehicles"}
UNFILLED = 1000.0  # what a unit left unmet weighs against any price below
UNFILLED_AT_ANY_PRICE = 1e5  # and against units of others, of which class 1 weighs 100
STEP_PRICE, FLOOR_PRICE, LOADING_PRICE, STOCK_PRICE = 1.0, 2.0, 4.0, 8.0
CLASSES = 3
LANES_MAX = 60_000
A_LITTLE = 1e-5  # of an hour late against a unit unmet
NEARLY = 1e-6

Amounts = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Lever:
    """One limit that can be moved: so many units more.

    kind  lower_floor | more_stock (code: source; base units) | more_loading (code: site), more_room (code: site>place;
          both cubic centimetres an hour) | more_vehicles (code: fleet; cubic centimetre kilometres an hour)
    """

    kind: str
    code: str
    column: int
    ceiling: float
    price: float


@dataclass(frozen=True)
class Loss:
    """Base units that the needs of one class, item, place and incident would lose."""

    priority_class: int
    item_code: str
    place_code: str
    incident_code: str
    quantity: int


@dataclass(frozen=True)
class Taking:
    """What a pair could have if others gave it up, with nothing else changed.

    gains   base units every need of it would get more;  losses: what that takes, at least, the greatest first
    """

    gains: dict[str, int]
    losses: tuple[Loss, ...]

    @property
    def quantity(self) -> int:
        """Base units in all that the pair would get more."""
        return sum(self.gains.values())


@dataclass(frozen=True)
class Recipe:
    """What would fill a pair as far as it can be filled.

    gains    base units every need of it would get more
    amounts  units of every lever pulled, by kind and code;  steps: closed steps it uses, base units by source
    """

    gains: dict[str, int]
    amounts: Amounts
    steps: dict[int, dict[str, int]]

    @property
    def quantity(self) -> int:
        """Base units in all."""
        return sum(self.gains.values())


class Levers:
    """One component of the widened world, closed to what is real, with a column for every lever."""

    def __init__(self, real: Instance, arrays: Arrays, plan: Plan) -> None:
        self.real, self.arrays, self.component = real, arrays, arrays.component
        component = self.component
        self._layers = {(row.lot.source_code, row.lot.item_code, row.lot.code): row for row in layered_lots(real)}
        self.closed = self._closed_lanes()
        rows = self.arrays.upper.copy()
        self.levers = self._lay(rows)
        self.position = {demand.need.code: n for n, demand in enumerate(component.demands)}
        self.unmet = self.arrays.blocks["unmet"]
        self._inside: dict[int, list[int]] = defaultdict(list)
        for number, demand in enumerate(component.demands):
            self._inside[demand.need.priority_class].append(number)
        self.classes = tuple(sorted(self._inside))
        matrix = self._matrix(rows, plan)
        self.program = LinearProgram(matrix, Budget().iterations)
        self._totals = np.arange(len(rows), len(matrix.row_lower))
        self._asking = LinearProgram(matrix, Budget().iterations)
        self._ceiling = matrix.column_upper
        self._served: set[int] = set()
        self.width = self.arrays.width + len(self.levers)
        self._prices = self._price_list()
        self._free = np.arange(self.arrays.width, self.width)
        self._tops = np.array([lever.ceiling for lever in self.levers])
        self._items = np.array([lever.code.split("|")[1] if "|" in lever.code else "" for lever in self.levers])
        self._late_hours, self._late_class = np.zeros(self.width), np.zeros(self.width)
        for number, draw in enumerate(self.arrays.draws, self.arrays.blocks["draw"].start):
            self._late_hours[number] = 0 if draw.swap else draw.hours_late * draw.pack
            self._late_class[number] = component.demands[draw.demand].need.priority_class
        for number, serving in enumerate(self.arrays.servings, self.arrays.blocks["served"].start):
            self._late_hours[number] = serving.hours_late
            self._late_class[number] = component.demands[serving.demand].need.priority_class
        self._tighten()

    def _tighten(self) -> None:
        """Take up what rounding left lying about, so that no need can be helped without a lever.

        Classes count by 100, 10 and 1: any weights would do, for nobody may get less than the plan gives.
        """
        cost = np.zeros(self.width)
        for number, demand in enumerate(self.component.demands):
            cost[self.unmet.start + number] = 10.0 ** (CLASSES - demand.need.priority_class)
        cost += A_LITTLE * self._late_hours
        self._set(self.program, np.zeros(len(self.levers)), set())
        x = self.program.minimise(cost).x
        self.base = x[self.unmet.start : self.unmet.stop].copy()
        self.program.bound_columns(np.arange(self.unmet.start, self.unmet.stop), 0.0, self.base)
        self._late = late = np.flatnonzero(self._late_hours)
        self._late_now = x[late]
        self.program.bound_columns(late, 0.0, self._late_now)
        self.late_classes = {int(one) for one in np.unique(self._late_class[late[x[late] > NEARLY]])}

    def recipe(self, pair: int) -> Recipe | None:
        """The cheapest levers that bring a pair what its needs miss, or as much of it as can be brought."""
        inside = [n for n in self.component.pairs[pair].demands if self.base[n] > NEARLY]
        if not inside:
            return None
        item_code = self.component.pairs[pair].item_code
        strange = (self._items != "") & (self._items != item_code)
        self._set(self.program, np.where(strange, 0.0, self._tops), None)
        cost = self._prices.copy()
        cost[[self.unmet.start + n for n in inside]] = UNFILLED * self.component.unit
        try:
            x = self.program.minimise(cost).x
        except SolverFailed:
            return None
        brought = {n: self._units(self.base[n] - x[self.unmet.start + n]) for n in inside}
        amounts = {
            (lever.kind, lever.code): float(np.ceil(x[lever.column] - NEARLY))
            for lever in self.levers
            if x[lever.column] > NEARLY
        }
        gains = {self.component.demands[n].need.code: units for n, units in brought.items() if units}
        return Recipe(gains, amounts, self._steps_used(x)) if gains else None

    def taking(self, pair: int) -> Taking | None:
        """What a pair could have in the real world if others went without, who is harmed least by class first.

        Nobody gains beside it and nobody waits longer, so what the rest loses is what this pair costs.
        """
        inside = [n for n in self.component.pairs[pair].demands if self.base[n] > NEARLY]
        if not inside:
            return None
        own = self.unmet.start + np.array(self.component.pairs[pair].demands, np.int64)
        columns = np.arange(self.unmet.start, self.unmet.stop)
        self._set(self._asking, np.zeros(len(self.levers)), set())
        self._asking.bound_rows(self._totals, -INFINITY, INFINITY)
        self._asking.bound_columns(columns, self.base, INFINITY)
        self._asking.bound_columns(own, 0.0, self.base[own - self.unmet.start])
        self._asking.bound_columns(self._late, 0.0, self._late_now)
        cost = np.zeros(self.width)
        cost[columns] = [10.0 ** (CLASSES - demand.need.priority_class) for demand in self.component.demands]
        cost[own] = UNFILLED_AT_ANY_PRICE
        try:
            unmet = self._asking.minimise(cost).x[columns]
        except SolverFailed:
            return None
        gains = {n: self._units(self.base[n] - unmet[n]) for n in inside}
        losses = self._losses(unmet)
        named = {self.component.demands[n].need.code: units for n, units in gains.items() if units}
        return Taking(named, losses) if named and losses else None

    def _losses(self, unmet: FloatArray) -> tuple[Loss, ...]:
        """Who goes without more than now, by pair, rounded up."""
        found = []
        for pair in self.component.pairs:
            inside = list(pair.demands)
            if units := self._units_up(float((unmet[inside] - self.base[inside]).sum())):
                need = self.component.demands[inside[0]].need
                found.append(Loss(need.priority_class, need.item_code, need.place_code, need.incident_code, units))
        return tuple(sorted(found, key=lambda row: (-row.quantity, row.priority_class, row.item_code, row.place_code)))

    def missing(self, need_code: str) -> int:
        """Base units a need must go without, whole packs and what rounding left lying about apart."""
        return self._units(float(self.base[self.position[need_code]]))

    def unmet_of(self, priority: int) -> float:
        """Base units a class goes without in the plan, what rounding left lying about apart."""
        return self.component.unit * float(self.base[self._inside[priority]].sum())

    def _units(self, steps: float) -> int:
        return int(steps * self.component.unit + 100 * NEARLY)

    def _units_up(self, steps: float) -> int:
        return int(np.ceil(max(0.0, steps) * self.component.unit - 100 * NEARLY))

    def reach(self, classes: Sequence[int], amounts: Amounts, steps: Iterable[int]) -> list[tuple[float, float]]:
        """How little each of these classes could go without, one after the other, with levers pulled and steps opened.

        Here nobody is kept from losing: what a class can have does not depend on what lower ones want. A class that
        goes without nothing and waits for nothing before any lever is pulled has all it wants and is not asked again.
        returns  base units unmet, and unit hours late, by class
        """
        tops = np.array([min(amounts.get((one.kind, one.code), 0.0), one.ceiling) for one in self.levers])
        self._set(self._asking, tops, set(steps))
        self._asking.bound_rows(self._totals, -INFINITY, INFINITY)
        self._asking.bound_columns(np.arange(self.unmet.start, self.unmet.stop), 0.0, INFINITY)
        self._asking.bound_columns(self._late, 0.0, self._ceiling[self._late])
        reached = []
        for priority in classes:
            columns = [self.unmet.start + n for n in self._inside[priority]]
            hours = np.where(self._late_class == priority, self._late_hours, 0.0)
            if priority in self._served:
                self._asking.bound_rows(self._totals[[priority - 1]], -INFINITY, NEARLY)
                reached.append((0.0, 0.0))
                continue
            cost = A_LITTLE * hours
            cost[columns] = 1.0
            x = self._asking.minimise(cost).x
            least = float(x[columns].sum())
            self._asking.bound_rows(self._totals[[priority - 1]], -INFINITY, least * (1 + NEARLY) + NEARLY)
            reached.append((self.component.unit * least, float(hours @ x)))
        if not amounts and not steps:
            self._served |= {one for one, row in zip(classes, reached, strict=True) if max(row) < NEARLY}
        return reached

    def _set(self, program: LinearProgram, tops: FloatArray, steps: set[int] | None) -> None:
        """Levers up to these amounts; lanes of closed steps shut unless the step is named, or all are open (None)."""
        program.bound_columns(self._free, 0.0, tops)
        if len(self.closed):
            lanes = self.component.lanes
            may = [steps is None or lanes[n].step.step in steps for n in self.closed.tolist()]
            shut = [
                self.arrays.ceiling[n] if open_ else 0.0 for n, open_ in zip(self.closed.tolist(), may, strict=True)
            ]
            program.bound_columns(self.closed, 0.0, np.array(shut))

    def _closed_lanes(self) -> IntArray:
        """Lanes that the real world's law keeps shut."""
        known: dict[tuple[str, str], bool] = {}
        closed = []
        for number, lane in enumerate(self.component.lanes):
            key = (lane.step.source_kind, lane.receiver.need.incident_code)
            if key not in known:
                known[key] = isinstance(admit(self.real, *key), Refusal)
            if known[key]:
                closed.append(number)
        return np.array(closed, np.int64)

    def _lay(self, rows: FloatArray) -> list[Lever]:
        """Put the real limits into ``rows`` and one lever on each that can be moved; remembers which rows they move."""
        supplies = {supply.index: supply for supply in self.component.supplies}
        self._entries: dict[tuple[str, str], list[tuple[int, float, float]]] = defaultdict(list)
        shut = {(DOCK, row.site_code) for row in self.real.docks if row.cm3_per_hour == 0}
        shut |= {(LANE, f"{row.site_code}>{row.place_code}") for row in self.real.lane_limits if row.cm3_per_hour == 0}
        for limit in self.arrays.handles:
            if limit.kind == "stock":
                self._lay_stock(limit, supplies[limit.supply], rows)
            else:
                rows[limit.row] = 0.0 if (limit.kind, limit.code) in shut else rows[limit.row]
                self._entries[MORE_OF[limit.kind], limit.code].append((limit.row, limit.rate, INFINITY))
        levers: list[Lever] = []
        for (kind, code), entries in sorted(self._entries.items()):
            column = self.arrays.width + len(levers)
            levers.append(Lever(kind, code, column, max(entry[2] for entry in entries), self._price(kind, entries)))
        return levers

    def _lay_stock(self, limit: Handle, supply: Supply, rows: FloatArray) -> None:
        lots = [self._layer(supply, row) for row in supply.lots if row.lot.code != MORE]
        real = sum(row.ceilings[limit.layer] // limit.pack * limit.pack for row in lots)
        rows[limit.row] = real * limit.rate
        key = f"{supply.source.code}|{supply.item_code}"
        if any(row.lot.code == MORE for row in supply.lots):
            self._entries["more_stock", key].append((limit.row, limit.rate, INFINITY))
        kept = sum(row.ceilings[OWN] - row.ceilings[OTHERS] for row in lots)
        if limit.layer == OTHERS and kept:
            self._entries["lower_floor", f"{key}|{supply.index}"].append((limit.row, limit.rate, float(kept)))

    def _layer(self, supply: Supply, row: LotLayers) -> LotLayers:
        return self._layers[supply.source.code, supply.item_code, row.lot.code]

    def _price(self, kind: str, entries: Sequence[tuple[int, float, float]]) -> float:
        if kind == "lower_floor":
            return FLOOR_PRICE
        if kind == "more_stock":
            return STOCK_PRICE
        row, rate, _ = min(entries, key=lambda entry: entry[1])
        loads = self.arrays.values[self.arrays.starts[row] : self.arrays.starts[row + 1]]
        return LOADING_PRICE * rate / max(NEARLY, float(loads[loads > 0].min(initial=INFINITY)))

    def _matrix(self, upper: FloatArray, plan: Plan) -> Matrix:
        """The arrays with lever columns and a row per class for its unmet; no need has less than the plan gives."""
        arrays = self.arrays
        numbers = np.repeat(np.arange(len(arrays.lower), dtype=np.int64), np.diff(arrays.starts))
        more = [
            (row, lever.column, -rate)
            for lever in self.levers
            for row, rate, _ in self._entries[lever.kind, lever.code]
        ]
        more += [
            (len(upper) + priority - 1, self.unmet.start + n, 1.0)
            for priority, inside in self._inside.items()
            for n in inside
        ]
        lower = np.concatenate([arrays.lower, np.full(CLASSES, -INFINITY)])
        upper = np.concatenate([upper, np.full(CLASSES, INFINITY)])
        rows = np.concatenate([numbers, np.array([one[0] for one in more], np.int64)])
        columns = np.concatenate([arrays.columns, np.array([one[1] for one in more], np.int64)])
        values = np.concatenate([arrays.values, np.array([one[2] for one in more], np.float64)])
        order = np.lexsort((columns, rows))
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(upper)))]).astype(np.int64)
        ceiling = np.concatenate([arrays.ceiling, [lever.ceiling for lever in self.levers]])
        sent: dict[str, int] = defaultdict(int)
        for row in plan.shipments:
            for code, units in row.served:
                sent[code] += units
        open_ = [demand.effective - sent[demand.need.code] for demand in self.component.demands]
        self._unmet_now = np.array(open_, np.float64) / self.component.unit
        ceiling[self.unmet.start : self.unmet.stop] = self._unmet_now
        broken = {(pin.source_code, pin.need_code): float(abs(pin.wanted - pin.planned)) for pin in plan.broken_pins}
        for number, pin in enumerate(self.component.pins):
            ceiling[arrays.blocks["breach"].start + number] = broken.get((pin.source_code, pin.need_code), 0.0)
        zero = np.zeros(len(ceiling))
        return Matrix(starts, columns[order], values[order], lower, upper, zero, ceiling)

    def _price_list(self) -> FloatArray:
        """What a unit of every column costs: closed steps by their number, a little for the way, the rest nothing."""
        prices = np.zeros(self.width)
        for lever in self.levers:
            prices[lever.column] = lever.price
        lanes = self.component.lanes
        for number in self.closed.tolist():
            prices[number] = (STEP_PRICE + lanes[number].step.step / 100) * self.component.size(lanes[number])
        for number, lane in enumerate(lanes):
            prices[number] += lane.route.km * self.component.size(lane) * 1e-5
        return prices

    def _steps_used(self, x: FloatArray) -> dict[int, dict[str, int]]:
        """Base units that closed steps carry, by step and source."""
        steps: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for number in self.closed[x[self.closed] > NEARLY].tolist():
            lane = self.component.lanes[number]
            steps[lane.step.step][lane.supply.source.code] += int(
                np.ceil(x[number] * self.component.size(lane) - NEARLY)
            )
        return {step: dict(rows) for step, rows in steps.items()}


def levers_of(instance: Instance, plan: Plan, pins: Sequence[Pin] = ()) -> tuple[Levers, ...]:
    """One program per independent part of the widened world that holds a need the plan leaves short; none for a part
    so large that asking again and again would take minutes."""
    short = {row.need_code for row in plan.needs if row.unmet > row.short_of_pack}
    wide, policy, found = widened(instance), Policy(), []
    parts: list[Component | Lending] = [*split(build_network(wide, pins), pins), *lendings(wide, pins)]
    for part in parts:
        component = part.component if isinstance(part, Lending) else part
        if len(component.lanes) <= LANES_MAX and any(demand.need.code in short for demand in component.demands):
            arrays = lending_arrays(part, policy) if isinstance(part, Lending) else build_arrays(part, policy)
            with suppress(SolverFailed):  # then nothing is promised there
                found.append(Levers(instance, arrays, plan))
    return tuple(found)
