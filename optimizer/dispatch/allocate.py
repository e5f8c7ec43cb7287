"""The one public verb: from an instance to a checked plan, whatever the instance holds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimizer.dispatch.arcs import Lane, Network, build_network
from optimizer.dispatch.arrays import Arrays, build_arrays
from optimizer.dispatch.check import check
from optimizer.dispatch.components import Component, split
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.fairness import share_out
from optimizer.dispatch.fitting import fitted, without_limits
from optimizer.dispatch.guide import COLUMNS_SMALL, column_count, guided_plan
from optimizer.dispatch.heuristics import finished, nearest_first_on
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.lent_stages import lent_by_stages
from optimizer.dispatch.making import schedules
from optimizer.dispatch.output import with_output
from optimizer.dispatch.plan import Plan, StageValue
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.proposals import needed_only
from optimizer.dispatch.realise import sends_of, write
from optimizer.dispatch.score import no_worse
from optimizer.dispatch.stages import Settled, settle
from optimizer.dispatch.whole import may_search, search
from optimizer.engine import SolverFailed, solver_name, solver_version
from optimizer.limits import Budget, Rung
from optimizer.progress import Cancellation, Progress, never, silent

COLUMNS_MAX = 1_200_000  # above it the guide has the last word: the exact packing would not fit memory and patience

Bounds = dict[tuple[str, str], float]


def allocate(
    instance: Instance,
    policy: Policy | None = None,
    budget: Budget | None = None,
    pins: Sequence[Pin] = (),
    *,
    progress: Progress = silent,
    cancelled: Cancellation = never,
) -> Plan:
    """The best lawful plan for an instance. Always a plan: what cannot be had is unmet, a pin that cannot be is broken.

    Nearest-first stands at once; the exact stages replace it unless effort ends or they are, after rounding, no better.
    """
    policy, budget, started = policy or Policy(), budget or Budget(), time.process_time()
    best: Plan | None = None
    for plan in climb(instance, policy, budget, pins, progress=progress, cancelled=cancelled):
        best = plan
    assert best is not None
    return replace(best, cpu_s=round(time.process_time() - started, 3))


def climb(
    instance: Instance,
    policy: Policy,
    budget: Budget,
    pins: Sequence[Pin] = (),
    *,
    progress: Progress = silent,
    cancelled: Cancellation = never,
) -> Iterator[Plan]:
    """The ladder, rung by rung: every plan is checked and none is worse than the one before."""
    if instance.lines:
        yield from climb_with_lines(instance, policy, budget, pins, progress=progress, cancelled=cancelled)
        return
    loose = build_network(instance, pins, timed=False)
    large = instance.is_coupled and column_count(loose) > COLUMNS_SMALL
    network = build_network(instance, pins) if instance.is_coupled and not large else loose
    best = nearest_first_on(network, pins, policy)
    violations = check(instance, best)
    assert not violations, f"nearest-first breaks the model: {violations[:3]}"
    progress("nearest_first", 1, 2)
    yield best
    shared = instance.fleets or instance.lane_limits or (instance.docks and instance.stays)
    if shared and budget.rung is not Rung.NEAREST_FIRST:
        free = _as_if_free(instance, policy, budget, pins, progress, cancelled)
        if free is not None and not check(instance, free) and no_worse(instance, policy, free, best):
            yield free
            return

    def staged() -> Plan | None:
        return _exact(network, policy, budget, pins, progress, cancelled)

    def guided(rung: Rung) -> Plan | None:
        progress("guide" if rung is Rung.GUIDE else "exact_stages", 1, 2)
        return guided_plan(loose, policy, budget, pins, rung)

    attempts = _attempts(budget.rung, large, column_count(loose) <= COLUMNS_MAX)
    for rung, packed in attempts:
        rounded = best.gap > 0.0 and policy.sharing is Fairness.TOTAL  # else the stages have nothing left to gain
        if cancelled() or (packed and not large and not rounded):
            return
        try:
            plan = guided(rung) if packed else staged()
        except SolverFailed:  # effort spent, or a fault of ours: the rung before still stands
            continue
        if plan is not None and not check(instance, plan) and no_worse(instance, policy, plan, best):
            best = plan
            yield best


def _as_if_free(
    instance: Instance,
    policy: Policy,
    budget: Budget,
    pins: Sequence[Pin],
    progress: Progress,
    cancelled: Cancellation,
) -> Plan | None:
    """The best plan without any limit of transport, if transport can carry it: no plan within the limits beats it."""
    last: Plan | None = None
    for plan in climb(without_limits(instance), policy, budget, pins, progress=progress, cancelled=cancelled):
        last = plan
    return None if last is None or last.rung == Rung.NEAREST_FIRST else fitted(instance, last)


def climb_with_lines(
    instance: Instance,
    policy: Policy,
    budget: Budget,
    pins: Sequence[Pin] = (),
    *,
    progress: Progress = silent,
    cancelled: Cancellation = never,
) -> Iterator[Plan]:
    """The same with production: one climb for every schedule of the lines, and none worse than what stands."""
    best: Plan | None = None
    for schedule in schedules(instance, policy, budget, pins):
        world = with_output(instance, schedule.runs)
        for found in climb(world, policy, budget, pins, progress=progress, cancelled=cancelled):
            rung = schedule.rung.value if found.rung == Rung.EXACT_STAGES else found.rung
            plan = replace(found, production=schedule.runs, instance_hash=instance.hash, rung=rung)
            plan = needed_only(instance, plan)
            if schedule.bounds is not None:
                plan = _with_bounds(plan, schedule.bounds)
            if best is None or (not check(instance, plan) and no_worse(world, policy, plan, best)):
                best = plan
                yield plan
        if cancelled():
            return


def _attempts(highest: Rung, large: bool, fits: bool) -> list[tuple[Rung, bool]]:
    """What is tried after nearest-first, in order: the rung, and whether by the packing.

    A small world behind docks is packed too, after its stages: packs settled by deadline often round better.
    """
    if highest is Rung.NEAREST_FIRST:
        return []
    if not large:
        return [(Rung.EXACT_STAGES, False), (Rung.EXACT_STAGES, True)]
    return [(Rung.GUIDE, True)] + [(Rung.EXACT_STAGES, True)] * (highest is not Rung.GUIDE and fits)


def _exact(
    network: Network,
    policy: Policy,
    budget: Budget,
    pins: Sequence[Pin],
    progress: Progress,
    cancelled: Cancellation,
) -> Plan | None:
    """Every component through every stage; None when somebody cancels between two of them."""
    components = split(network, pins)
    draft = Draft(network, pins)
    bounds: Bounds = {}
    for number, component in enumerate(components):
        if cancelled():
            return None
        _settle_component(component, draft, policy, budget, bounds)
        progress("exact_stages", number + 1, len(components))
    if network.instance.stays and not network.instance.is_coupled:
        draft.loans = lent_by_stages(network.instance, policy, budget, pins, bounds)
    plan = finished(draft, pins, Rung.EXACT_STAGES.value, solver_name(), solver_version(), policy)
    return _with_bounds(plan, bounds)


def _settle_component(component: Component, draft: Draft, policy: Policy, budget: Budget, bounds: Bounds) -> None:
    arrays = build_arrays(component, policy)
    settled = settle(arrays, policy, budget.iterations, share_out)
    proven = settled.bounds
    undecided = settled.shared or not settled.whole  # a pure flow has whole corners and settles shares in whole steps
    if undecided and not component.pure_flow and may_search(arrays, policy):
        settled = search(arrays, policy, budget.search_work)
        proven = settled.bounds
    for key, value in proven.items():
        bounds[key] = bounds.get(key, 0.0) + round(value, 6)
    sends = sends_of(arrays, settled.x)
    if settled.whole:
        write(draft, sends)
        return
    for priority in sorted({pair.priority_class for pair in component.pairs}):
        for closed in (True, False):  # whole packs first: an opened pack is of no use to a need that wants it whole
            rows = [row for row in sends if (row[1].need.priority_class, row[1].closed) == (priority, closed)]
            write(draft, rows)
            repair(draft, arrays, settled, priority, closed)


def repair(draft: Draft, arrays: Arrays, settled: Settled, priority: int, closed: bool) -> None:
    """After rounding a class down: fill what is still open, worst fill first, by the lanes the linear plan prefers."""
    lanes: dict[int, list[tuple[int, float, int, int, int, Lane]]] = {}
    for column, lane in enumerate(arrays.component.lanes):
        rank = (lane.preference, -settled.x[column], lane.step.step, lane.route.km, column, lane)
        lanes.setdefault(lane.receiver.index, []).append(rank)
    open_needs = [
        (draft.filled(demand), demand.need.due_hour, demand.need.code, receiver.index, demand)
        for receiver in arrays.component.receivers
        for demand in receiver.demands
        if (demand.need.priority_class, demand.closed) == (priority, closed) and draft.open[demand.need.code] > 0
    ]
    for _, _, code, index, demand in sorted(open_needs, key=lambda row: row[:3]):
        for *_, lane in sorted(lanes.get(index, []), key=lambda row: row[:5]):
            draft.send(lane, demand, draft.open[code])


def _with_bounds(plan: Plan, bounds: Bounds) -> Plan:
    """The plan with what each stage could not have beaten. A stage's bound holds while the stages above it stand."""
    values = tuple(
        StageValue(
            row.name, row.key, row.value, row.value if row.name == "fill" else bounds.get((row.name, row.key), 0.0)
        )
        for row in plan.stage_values
    )
    classes = [row for row in values if row.name == "unmet"]
    bound = sum(row.bound for row in classes)
    above = sum(max(0.0, row.value - row.bound) for row in classes)  # a class below its bound does not excuse another
    return replace(plan, stage_values=values, bound=bound, gap=above / max(1.0, bound))
