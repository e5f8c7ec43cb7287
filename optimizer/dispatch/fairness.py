"""Fair shares inside one class: promises to every pair before the total is sought.

On a pure flow the reachable fills form a polymatroid (Edmonds 1970; Megiddo 1974 for flows): raising the worst-off
pair unit by unit is exact and costs no unit in total. Levels are found by bisection, so the number of programs grows
with the number of levels and not with the number of units.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from optimizer.dispatch.arcs import Demand
from optimizer.dispatch.arrays import INFINITY, FloatArray, weighed_claim
from optimizer.dispatch.components import Pair
from optimizer.dispatch.policy import Fairness, Round
from optimizer.dispatch.stages import WHOLE, Stage, StagedProgram


class Shares:
    """The pairs of one class, what each is promised, and the tests that show what can be promised."""

    def __init__(self, staged: StagedProgram, settled: Round) -> None:
        self.staged, self.program, self.arrays = staged, staged.program, staged.arrays
        component = self.arrays.component
        self.unit = component.unit
        self.claim = {n: weighed_claim(pair, staged.policy) for n, pair in enumerate(component.pairs)}
        served = {draw.demand for draw in self.arrays.draws}
        self.pairs = component.pairs
        self.all = [n for n, pair in enumerate(self.pairs) if pair.priority_class in settled.classes]
        self.most = {n: _most(self.pairs[n], served, component.demands, self.unit) for n in self.all}
        self.promise = dict.fromkeys(self.all, 0)

    def ratio(self, number: int, steps: int) -> Fraction:
        """Cumulative fill of a pair after so many steps, over its claim and its weight."""
        pair = self.pairs[number]
        return Fraction(pair.sent + self.unit * steps) / self.claim[number]

    def steps_for(self, number: int, ratio: Fraction) -> int:
        """The fewest steps that bring a pair to a ratio, at most all it can take."""
        pair = self.pairs[number]
        units = ratio * self.claim[number] - pair.sent
        return max(0, min(self.most[number], -(-units.numerator // (units.denominator * self.unit))))

    def steps_up_to(self, number: int, ratio: float) -> int:
        """The most steps that keep a pair at or below a ratio read from a linear program."""
        pair = self.pairs[number]
        units = ratio * float(self.claim[number]) - pair.sent
        return max(0, min(self.most[number], int(np.floor(units / self.unit + WHOLE))))

    def keepable(self, promise: dict[int, int]) -> bool:
        """Whether all these promises can be kept together; one linear program."""
        short = self.ask(promise, INFINITY)
        return self.program.minimise(short).value < 0.5

    def give(self, promise: dict[int, int]) -> None:
        """Make promises binding for everything that follows, as far as they can be kept together."""
        cost = self.ask(promise, INFINITY)
        self.program.lock(cost, self.staged.look(cost))

    def ask(self, promise: dict[int, int], slack: float) -> FloatArray:
        """Set the promises, each with so much slack; returns the cost of using the slack."""
        rows, shorts = self.arrays.promise_rows, self.arrays.blocks["short"]
        numbers = np.array(self.all, np.int64)
        wanted = np.array([promise[n] for n in self.all], np.float64)
        self.program.bound_rows(numbers + rows.start, wanted, INFINITY)
        self.program.bound_columns(numbers + shorts.start, 0.0, slack)
        cost = np.zeros(self.arrays.width)
        cost[numbers + shorts.start] = 1.0
        return cost

    def worst_ratio(self, active: Sequence[int], promise: dict[int, float]) -> tuple[float, set[int]]:
        """The highest ratio all active pairs can have at once, and the pairs whose duals hold it down."""
        theta = np.array([self.arrays.blocks["theta"].start], np.int64)
        fair = np.array([self.arrays.fair_rows.start + n for n in active], np.int64)
        numbers = np.array(self.all, np.int64)
        self.program.bound_columns(numbers + self.arrays.blocks["short"].start, 0.0, 0.0)
        self.program.bound_rows(
            numbers + self.arrays.promise_rows.start, np.array([promise[n] for n in self.all], np.float64), INFINITY
        )
        self.program.bound_rows(fair, np.array([-self.pairs[n].sent / self.unit for n in active]), INFINITY)
        self.program.bound_columns(theta, 0.0, INFINITY)
        cost = np.zeros(self.arrays.width)
        cost[theta] = -1.0
        optimum = self.staged.look(cost)
        self.program.bound_rows(fair, -INFINITY, INFINITY)
        self.program.bound_columns(theta, 0.0, 0.0)
        tight = {n for n, row in zip(active, fair, strict=True) if abs(optimum.row_duals[row]) > 1e-9}
        return float(optimum.x[theta[0]]), tight


def share_out(staged: StagedProgram, settled: Round, unmet: Stage) -> None:
    """Promise every pair of a class its fair share, times kappa."""
    staged.settled.shared = True
    shares = Shares(staged, settled)
    if staged.policy.fairness is Fairness.PROPORTIONAL:
        promise = _quotas(shares, unmet)
    elif staged.arrays.component.pure_flow:
        promise = whole_leximin(shares)
    else:
        promise = linear_leximin(shares)
    kappa = Fraction(staged.policy.kappa).limit_denominator(10_000)
    shares.give({n: int(kappa * value) for n, value in promise.items()})


def whole_leximin(shares: Shares) -> dict[int, int]:
    """The fairest whole numbers: the worst ratio as high as can be, then the next, and so on.

    Each round finds the highest worst ratio, gives every pair what it needs for it, then tries the pairs that stand
    exactly on it one by one, who gains most first, then by code; who cannot be raised is done.
    """
    active = [n for n in shares.all if shares.most[n] > 0]
    promise = dict(shares.promise)
    while active:
        level = _highest_level(shares, active, promise)
        for n in active:
            promise[n] = max(promise[n], shares.steps_for(n, level))
        active = [n for n in active if promise[n] < shares.most[n]]
        standing = [n for n in active if shares.ratio(n, promise[n]) <= level]
        standing.sort(key=lambda n: (-shares.ratio(n, promise[n] + 1), n))
        raised = set()
        for n in standing:
            if shares.keepable(promise | {n: promise[n] + 1}):
                promise[n] += 1
                raised.add(n)
        active = [n for n in active if (n not in standing or n in raised) and promise[n] < shares.most[n]]
    return promise


def _highest_level(shares: Shares, active: Sequence[int], promise: dict[int, int]) -> Fraction:
    """The largest ratio to which all active pairs can be brought at once, given what is promised already."""
    top, _ = shares.worst_ratio(active, {n: float(value) for n, value in promise.items()})
    above = {n: max(promise[n], shares.steps_up_to(n, top)) for n in active}  # most steps not yet known to be too many
    level = min(shares.ratio(n, above[n]) for n in active)  # every pair rounded down: a flow of whole numbers has that
    while True:
        first = {n: shares.steps_for(n, level) for n in active}
        first = {n: steps + (shares.ratio(n, steps) <= level) for n, steps in first.items()}
        widest = max(active, key=lambda n: (above[n] - first[n], -n))
        if above[widest] < first[widest]:
            return level
        tried = shares.ratio(widest, (first[widest] + above[widest] + 1) // 2)
        if shares.keepable(promise | {n: max(promise[n], shares.steps_for(n, tried)) for n in active}):
            level = tried
        else:
            for n in active:
                steps = shares.steps_for(n, tried)
                above[n] = min(above[n], steps if shares.ratio(n, steps) < tried else steps - 1)


def linear_leximin(shares: Shares) -> dict[int, int]:
    """Fair shares where columns couple: rounds of linear programs, freezing the pairs whose duals hold the level down.

    Whole parts of the levels only; what is left over goes where the total wants it.
    """
    active = [n for n in shares.all if shares.most[n] > 0]
    promise = {n: float(value) for n, value in shares.promise.items()}
    while active:
        level, tight = shares.worst_ratio(active, promise)
        frozen = tight or set(active)
        for n in frozen:
            units = level * float(shares.claim[n]) - shares.pairs[n].sent
            promise[n] = max(0.0, min(float(shares.most[n]), units / shares.unit) - WHOLE / 10)
        active = [n for n in active if n not in frozen]
    return {n: int(value + WHOLE) for n, value in promise.items()}


def _quotas(shares: Shares, unmet: Stage) -> dict[int, int]:
    """Equal shares of what each connected group of pairs can have in all; whole numbers by largest remainder."""
    x = shares.staged.look(unmet.cost).x
    fill = shares.arrays.blocks["fill"]
    promise = dict(shares.promise)
    for group in connected(shares):
        supply = round(sum(x[fill.start + n] for n in group))
        claims = {n: shares.most[n] for n in group}
        total = max(1, sum(claims.values()))
        exact = {n: Fraction(supply * claims[n], total) for n in group}
        promise |= {n: int(exact[n]) for n in group}
        left = supply - sum(promise[n] for n in group)
        order = sorted(group, key=lambda n: (int(exact[n]) - exact[n], n))
        promise |= {n: promise[n] + 1 for n in order[:left] if promise[n] < claims[n]}
    return promise


def connected(shares: Shares) -> list[list[int]]:
    """Pairs of the class that share a supply, directly or through others."""
    component = shares.arrays.component
    place = {position: n for n in shares.all for position in shares.pairs[n].demands}
    members: dict[int, set[int]] = {}
    for lane in component.lanes:
        first = component.first_demand[lane.receiver.index]
        mine = {place[p] for p in range(first, first + len(lane.receiver.demands)) if p in place}
        members.setdefault(lane.supply.index, set()).update(mine)
    groups = [{n} for n in shares.all]
    for joined in members.values():
        touched = [group for group in groups if group & joined]
        groups = [group for group in groups if not group & joined]
        if touched:
            groups.append(set().union(*touched))
    return sorted(sorted(group) for group in groups)


def _most(pair: Pair, served: set[int], demands: Sequence[Demand], unit: int) -> int:
    """The most steps a pair can take: its needs that any goods can reach at all."""
    return sum(demands[n].effective for n in pair.demands if n in served) // unit
