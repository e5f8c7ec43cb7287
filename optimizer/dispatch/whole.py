"""Whole numbers on a small component whose parts couple: the same stages, searched exactly (CP-SAT).

Docks, pins, and packs that differ break the flow structure, and then corners need not be whole. Where such a component
is small, whole numbers decide, and every stage is settled by search; where it is large, packs are rounded and repaired.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from optimizer.dispatch.arrays import Arrays, IntArray
from optimizer.dispatch.policy import Fairness, Policy, Round
from optimizer.dispatch.stages import Settled, Stage, class_stages, closing_stages, matrix_of, pin_stage
from optimizer.engine import WholeNumbers

COLUMNS_MAX = 600
UNITS_MAX = 400


class StagedSearch:
    """One whole-number program carried through the stages; each stage leaves one row behind."""

    def __init__(self, arrays: Arrays, search_work: float) -> None:
        matrix = matrix_of(arrays)
        self.arrays, self.work = arrays, search_work
        self.program = WholeNumbers(matrix, search_work)
        self.settled = Settled(np.zeros(arrays.width))
        self.locks: list[tuple[list[int], list[int], float, float]] = []
        self.x: IntArray | None = None

    def run(self, stage: Stage) -> None:
        """Reach the best of one stage and lock it."""
        numbers = np.flatnonzero(stage.cost).tolist()
        bound = self.reach(numbers, [round(stage.cost[n]) for n in numbers], least=0)
        if stage.name != "tie":
            self.settled.bounds[stage.name, stage.key] = float(bound)

    def reach(self, numbers: list[int], values: list[int], least: int) -> int:
        """Lock the least value of an objective and return its bound; standing at ``least`` needs no search."""
        now = sum(v * int(self.x[n]) for n, v in zip(numbers, values, strict=True)) if self.x is not None else None
        bound = least
        if now != least:
            now, bound, self.x = self.program.minimise(numbers, values)
            self.settled.solves += 1
        if numbers:
            self.lock(numbers, values, -np.inf, now)
        return bound

    def lock(self, numbers: list[int], values: list[int], lower: float, upper: float) -> None:
        """Keep lower <= sum of values * columns <= upper from now on."""
        self.locks.append((numbers, values, lower, upper))
        self.program.add_row(numbers, values, lower, upper)

    def twin(self) -> StagedSearch:
        """A second search that stands where this one stands, for questions that must leave no trace."""
        other = StagedSearch(self.arrays, self.work)
        for row in self.locks:
            other.lock(*row)
        return other

    def fewest_below(self, steps_wanted: dict[int, int]) -> None:
        """Lock the least number of pairs that stay below so many steps each."""
        fill = self.arrays.blocks["fill"].start
        flags = [self.program.add_counter(fill + pair, steps) for pair, steps in steps_wanted.items()]
        if self.x is not None:
            below = [int(self.x[fill + pair] < steps) for pair, steps in steps_wanted.items()]
            self.x = np.concatenate([self.x, np.array(below, np.int64)])
        self.reach(flags, [1] * len(flags), least=0)


def may_search(arrays: Arrays, policy: Policy) -> bool:
    """Whether a component is small enough to be settled by search."""
    units = sum(pair.claim - pair.sent for pair in arrays.component.pairs)
    quotas = policy.sharing is Fairness.PROPORTIONAL  # they come from the linear total
    return arrays.width <= COLUMNS_MAX and units <= UNITS_MAX and not quotas


def search(arrays: Arrays, policy: Policy, search_work: float) -> Settled:
    """Carry one small component through all stages in whole numbers."""
    searching = StagedSearch(arrays, search_work)
    searching.run(pin_stage(arrays))
    for together in policy.rounds(pair.priority_class for pair in arrays.component.pairs):
        unmet, wait = class_stages(arrays, together)
        if policy.sharing in (Fairness.MAX_MIN, Fairness.NEED_WEIGHTED):
            kappa = Fraction(policy.kappa).limit_denominator(10_000)
            for column, fill in fairest_fills(searching, policy, together).items():
                searching.lock([column], [1], int(kappa * fill), np.inf)
        searching.run(unmet)
        searching.run(wait)
    for stage in closing_stages(arrays):
        searching.run(stage)
    if searching.x is not None:
        searching.settled.x = searching.x[: arrays.width].astype(np.float64)
    return searching.settled


def fairest_fills(searching: StagedSearch, policy: Policy, settled: Round) -> dict[int, int]:
    """Leximin by its definition: level by level from below, as few pairs as possible at or below it; then by code.

    returns  steps of every fill column of the class
    """
    component = searching.arrays.component
    ratios: dict[int, list[Fraction]] = {}
    for n, pair in enumerate(component.pairs):
        if pair.priority_class in settled.classes and pair.claim > pair.sent:
            claim = pair.claim * (pair.weight if policy.fairness is Fairness.NEED_WEIGHTED else 1)
            steps = (pair.claim - pair.sent) // component.unit
            ratios[n] = [Fraction(pair.sent + component.unit * k, claim) for k in range(steps + 1)]
    twin = searching.twin()
    for level in sorted({ratio for row in ratios.values() for ratio in row}):
        wanted = {n: sum(ratio <= level for ratio in row) for n, row in ratios.items()}
        twin.fewest_below({n: steps for n, steps in wanted.items() if steps < len(ratios[n])})
    fill = searching.arrays.blocks["fill"].start
    for n, row in ratios.items():
        twin.reach([fill + n], [-1], least=1 - len(row))
    searching.settled.solves += twin.settled.solves
    return {fill + n: int(twin.x[fill + n]) for n in ratios} if twin.x is not None else {}
