"""The order of the stages on one component, as linear programs with locks.

Pins; then class by class fairness, unmet and waiting; then the cascade from its last step; then kilometres; then a
canonical tie-break. Each stage is locked before the next: nothing below can take from anything above.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from optimizer.dispatch.arcs import Lane
from optimizer.dispatch.arrays import Arrays, FloatArray
from optimizer.dispatch.policy import Fairness, Policy, Round
from optimizer.dispatch.score import last_hour, unit_weights
from optimizer.engine import LinearProgram, Matrix, Optimum

WHOLE = 1e-5  # a column this near to a whole number is whole: corners of a flow are, up to the solver's last digits


@dataclass(frozen=True)
class Stage:
    """One objective of the order, smaller is better. cost [columns], base units per step of the column."""

    name: str
    key: str
    cost: FloatArray


@dataclass
class Settled:
    """Where the stages ended.

    x [columns];  bounds: what no stage can beat, base units;  solves: programs run;  shared: some class ran short, so
    that fairness had a say
    """

    x: FloatArray
    bounds: dict[tuple[str, str], float] = field(default_factory=dict)
    solves: int = 0
    shared: bool = False

    @property
    def whole(self) -> bool:
        """Whether every column is a whole number."""
        return bool(np.all(np.abs(self.x - np.round(self.x)) < WHOLE))


def matrix_of(arrays: Arrays) -> Matrix:
    """The arrays as the engine wants them."""
    zero = np.zeros(arrays.width)
    return Matrix(arrays.starts, arrays.columns, arrays.values, arrays.lower, arrays.upper, zero, arrays.ceiling.copy())


def pin_stage(arrays: Arrays) -> Stage:
    """Break as little of the pins as can be."""
    return Stage("pins", "", _cost(arrays, "breach", [1.0] * len(arrays.blocks["breach"])))


def class_stages(arrays: Arrays, settled: Round) -> tuple[Stage, Stage]:
    """Least unmet of a class, then its least waiting: late hours of late goods, and unmet from the due hour on.

    Classes that are settled together count by their weight, and by item as ``unit_weights`` says.
    """
    component = arrays.component
    end = last_hour(component.instance)
    weights = unit_weights(component.instance, settled)
    inside = [float(weights.get(demand.need.code, 0)) for demand in component.demands]
    unmet = _cost(arrays, "unmet", [component.unit * one for one in inside])
    hours = [
        component.unit * one * (end - demand.need.due_hour)
        for one, demand in zip(inside, component.demands, strict=True)
    ]
    late = [0.0 if draw.swap else inside[draw.demand] * draw.hours_late * draw.pack for draw in arrays.draws]
    instead = [inside[serving.demand] * serving.hours_late for serving in arrays.servings]
    wait = _cost(arrays, "unmet", hours) + _cost(arrays, "draw", late) + _cost(arrays, "served", instead)
    return Stage("unmet", settled.key, unmet), Stage("wait", settled.key, wait)


def closing_stages(arrays: Arrays) -> Iterator[Stage]:
    """Substitutes from the least preferred, the cascade from its last step, unit kilometres, and the tie-break."""
    component = arrays.component
    for order in sorted({serving.swap.order for serving in arrays.servings}, reverse=True):
        inside = [float(serving.swap.order == order) for serving in arrays.servings]
        yield Stage("substitute", str(order), _cost(arrays, "served", inside))
    sizes = [float(component.size(lane)) for lane in component.lanes]
    used = {lane.step.step for lane in component.lanes}
    for step in sorted(used, reverse=True):
        inside = [size if lane.step.step == step else 0.0 for lane, size in zip(component.lanes, sizes, strict=True)]
        yield Stage("step", str(step), _cost(arrays, "ship", inside))
    kilometres = [lane.route.km * size for lane, size in zip(component.lanes, sizes, strict=True)]
    yield Stage("cost", "unit_km", _cost(arrays, "ship", kilometres))
    yield Stage("tie", "", _cost(arrays, "ship", tie_break(component.lanes)))


def tie_break(lanes: Sequence[Lane]) -> list[float]:
    """Between equals: what expires first, then what is there first, then leaves first, then the source code."""
    lives = [10**9 if lane.supply.last_hour is None else lane.supply.last_hour for lane in lanes]
    fresh = {hour: place for place, hour in enumerate(sorted(set(lives)))}
    ready = {hour: place for place, hour in enumerate(sorted({lane.supply.available_hour for lane in lanes}))}
    leave = {hour: place for place, hour in enumerate(sorted({lane.leave_hour for lane in lanes}))}
    code = {name: place for place, name in enumerate(sorted({lane.supply.source.code for lane in lanes}))}
    costs = []
    for lane, life in zip(lanes, lives, strict=True):
        rank = fresh[life]
        rank = rank * len(ready) + ready[lane.supply.available_hour]
        rank = rank * len(leave) + leave[lane.leave_hour]
        costs.append(float(1 + rank * len(code) + code[lane.supply.source.code]))
    return costs


class ShareOut(Protocol):
    """Makes the fairness promises of one class (``fairness.share_out``)."""

    def __call__(self, staged: StagedProgram, settled: Round, unmet: Stage) -> None: ...


class StagedProgram:
    """One linear program carried through the stages."""

    def __init__(self, arrays: Arrays, policy: Policy, iterations: int) -> None:
        self.arrays = arrays
        self.policy = policy
        self.program = LinearProgram(matrix_of(arrays), iterations)
        self.settled = Settled(np.zeros(arrays.width))
        self._solved = False

    def run(self, stage: Stage) -> None:
        """Reach the best of one stage and lock it."""
        if not np.any(stage.cost):
            value = 0.0
        elif self._solved and float(stage.cost @ self.settled.x) < WHOLE:
            value = 0.0  # no cost is negative: nothing beats 0, and staying there means not using these columns
            self.program.bound_columns(np.flatnonzero(stage.cost > 0), 0.0, 0.0)
        else:
            optimum = self.look(stage.cost)
            self.program.lock(stage.cost, optimum)
            value = optimum.value
        if stage.name != "tie":
            self.settled.bounds[stage.name, stage.key] = value

    def look(self, cost: FloatArray) -> Optimum:
        """The best of one objective without locking it."""
        optimum = self.program.minimise(cost)
        self.settled.x, self._solved = optimum.x, True
        self.settled.solves = self.program.solves
        return optimum


def settle(arrays: Arrays, policy: Policy, iterations: int, share_out: ShareOut) -> Settled:
    """Carry one component through all stages; ``share_out`` makes the promises of a class that runs short."""
    staged = StagedProgram(arrays, policy, iterations)
    if arrays.component.pins:
        staged.run(pin_stage(arrays))
    for together in policy.rounds(pair.priority_class for pair in arrays.component.pairs):
        unmet, wait = class_stages(arrays, together)
        if policy.sharing is not Fairness.TOTAL and staged.look(unmet.cost).value > 0.5:
            share_out(staged, together, unmet)
        staged.run(unmet)
        staged.run(wait)
    for stage in closing_stages(arrays):
        staged.run(stage)
    if not staged.settled.solves:
        staged.look(np.zeros(arrays.width))
    return staged.settled


def _cost(arrays: Arrays, block: str, values: Sequence[float]) -> FloatArray:
    cost = np.zeros(arrays.width)
    columns = arrays.blocks[block]
    cost[columns.start : columns.stop] = values
    return cost
