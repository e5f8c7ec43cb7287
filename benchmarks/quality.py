"""Plan quality on one seed of size S: the plan, what staff would do by hand, and how far from the bound it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from benchmarks.by_hand import nearest_first_by_day, pro_rata_by_day
from benchmarks.provinces import province
from optimizer.dispatch.allocate import climb
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.check import check
from optimizer.dispatch.guide import guided_plan
from optimizer.dispatch.heuristics import per_item_flow_on
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.dispatch.score import weighted_unmet_ppm
from optimizer.limits import Budget, Rung

POLICY = Policy(Fairness.TOTAL, between=Between.WEIGHTED)


@dataclass(frozen=True)
class Quality:
    """Shares of priority-weighted need not met; over_bound: weighted unmet of a plan over what is proven, from 1 on.

    fixed  the plan where output is what staff make of hours and raw material, as the hand methods have it
    """

    plan: float
    fixed: float
    nearest_first: float
    pro_rata: float
    per_item_flow: float
    over_bound: float
    fixed_over_bound: float
    cpu_s: float


def qualities(seeds: int) -> list[Quality]:
    """The seeds from 0 on, two at a time, each in a process that does nothing else."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(quality_of, range(seeds)))


def quality_of(seed: int) -> Quality:
    """One seed."""
    world, with_lines = province("S", seed), province("S", seed, lines=True)
    started = time.process_time()
    plan = list(climb(with_lines, POLICY, Budget()))[-1]
    cpu_s = time.process_time() - started
    network = build_network(world, timed=False)
    fixed = guided_plan(network, POLICY, Budget(), (), Rung.EXACT_STAGES)
    return Quality(
        plan=missed(with_lines, plan),
        fixed=missed(world, fixed),
        nearest_first=missed(world, nearest_first_by_day(network)),
        pro_rata=missed(world, pro_rata_by_day(network)),
        per_item_flow=missed(world, per_item_flow_on(build_network(world), ())),
        over_bound=1.0 + plan.gap,
        fixed_over_bound=1.0 + fixed.gap,
        cpu_s=cpu_s,
    )


def missed(world: Instance, plan: Plan) -> float:
    """Share of priority-weighted need not met, of a plan that keeps every rule."""
    assert not check(world, plan)
    return weighted_unmet_ppm(world, plan.needs) / 1e6


def mean(values: Sequence[float]) -> float:
    """The mean of some figures."""
    return sum(values) / len(values)
