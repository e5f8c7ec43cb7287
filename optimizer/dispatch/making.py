"""What lines are told to make, from the plainest schedule to the best known, each for the ladder to climb on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.arrays import build_arrays
from optimizer.dispatch.components import split
from optimizer.dispatch.fairness import share_out
from optimizer.dispatch.guide import COLUMNS_SMALL, column_count
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.joint import is_contested, targets_of, with_most_output
from optimizer.dispatch.lines import best_lines
from optimizer.dispatch.output import Targets, carried_out, earliest, has_choices, one_choice
from optimizer.dispatch.plan import Run
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.proposals import topped_up
from optimizer.dispatch.stages import settle
from optimizer.dispatch.whole import may_search, search
from optimizer.engine import SolverFailed
from optimizer.limits import Budget, Rung

Bounds = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Schedule:
    """Runs to plan on. bounds: what no production could beat by stage; None: these runs are the best there are."""

    runs: tuple[Run, ...]
    bounds: Bounds | None
    rung: Rung


def schedules(instance: Instance, policy: Policy, budget: Budget, pins: Sequence[Pin]) -> Iterator[Schedule]:
    """All lines as early as they can; then, where that may not be the best, what is decided with the allocation."""
    contested = is_contested(instance)
    yield Schedule(earliest(instance), {} if contested else None, Rung.EXACT_STAGES)
    if not contested or budget.rung is Rung.NEAREST_FIRST:
        return
    if (found := settled_together(one_choice(instance), policy, budget, pins)) is None:
        return
    targets, bounds = found
    if has_choices(instance):
        relaxed = settled_together(instance, policy, budget, pins)
        bounds = relaxed[1] if relaxed else {}
    yield Schedule(carried_out(instance, topped_up(one_choice(instance), targets)), bounds, Rung.EXACT_STAGES)
    if has_choices(instance) and budget.rung is Rung.LINES:
        with suppress(SolverFailed):  # effort spent: the schedule before still stands
            yield Schedule(carried_out(instance, best_lines(instance, budget.search_work)), bounds, Rung.LINES)


def settled_together(
    instance: Instance, policy: Policy, budget: Budget, pins: Sequence[Pin]
) -> tuple[Targets, Bounds] | None:
    """Every stage over shipments and production at once: what lines should make, and what no stage can beat.

    A line with several choices divides its hours among them as it likes here, which only bounds what it can do. None
    where the world is too large for it, or the solver ends without an answer.
    """
    world, makes = with_most_output(instance)
    if world.is_coupled and column_count(build_network(world, pins, timed=False)) > COLUMNS_SMALL:
        return None
    targets: Targets = {}
    bounds: Bounds = {}
    for component in split(build_network(world, pins), pins, makes):
        arrays = build_arrays(component, policy)
        try:
            settled = settle(arrays, policy, budget.iterations, share_out)
            if component.makes and not has_choices(instance) and not settled.whole and may_search(arrays, policy):
                settled = search(arrays, policy, budget.search_work)
        except SolverFailed:
            return None
        for key, value in settled.bounds.items():
            bounds[key] = bounds.get(key, 0.0) + round(value, 6)
        if component.makes:
            make = arrays.blocks["make"]
            targets = targets_of(makes, settled.x[make.start : make.stop])
    return targets, bounds
