"""The allocator against its goals and against peers, on seeded provinces: one JSON object a line.

    uv run --group bench python -m benchmarks.dispatch --size S|M|L [--seeds 5] [--part NAME …] [--json]

S shows quality and exactness over several seeds; M the ladder against the joint program; L one checked plan with a
proven bound. CPU seconds of this process, peers each in a process of their own on the same machine in the same run.
``--part`` runs some of a size alone, for M takes many minutes whole. A peer that ends without an answer does not hold.
What each goal measures, and which are missed, is in docs/decisions/0020-benchmark-provinces.md.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ensemble import two_over_one, warm_over_cold
from benchmarks.explained import all_explained
from benchmarks.peers import PEERS, TIMEOUT_S, ask
from benchmarks.provinces import province
from benchmarks.quality import POLICY, Quality, mean, qualities
from benchmarks.rolling import rolling_over_clairvoyant
from optimizer.dispatch.allocate import climb
from optimizer.dispatch.arcs import Network, build_network
from optimizer.dispatch.arrays import build_arrays
from optimizer.dispatch.check import check
from optimizer.dispatch.components import split
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.guide import guided_plan, settle_packing, value_of
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.packing import Packing, build_packing, claims_of
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.stages import class_stages, matrix_of
from optimizer.engine import FloatArray, LinearProgram, Matrix, model_proto, solver_version
from optimizer.limits import Budget, Rung

REPEATS = 5
ROLLED_SEEDS = 2


@dataclass(frozen=True)
class Goal:
    """One measured figure. goal: the most it may be, or the least; None for a figure that only stands beside others.

    value  None where nothing could be measured: such a line never holds
    """

    id: str
    what: str
    value: float | None
    goal: float | None
    cpu_s: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)
    at_least: bool = False

    def line(self, size: str) -> str:
        """The goal as one JSON object."""
        row = asdict(self) | {"size": size, "holds": self.is_reached}
        return json.dumps(row | {"versions": {"ortools": solver_version()}}, sort_keys=True)

    @property
    def is_reached(self) -> bool:
        """Whether it was measured and the goal, where there is one, holds."""
        if self.value is None or self.goal is None:
            return self.value is not None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def main() -> None:
    """Print every goal that is defined for the size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("S", "M", "L"), default="S")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the only format there is)")
    names = sorted({name for parts in PARTS.values() for name in parts})
    parser.add_argument("--part", action="append", choices=names, help="run this part alone; may be repeated")
    chosen = parser.parse_args()
    parts = PARTS[chosen.size]
    for name in [name for name in parts if name in (chosen.part or parts)]:
        for goal in parts[name](chosen.size, chosen.seeds):
            sys.stdout.write(goal.line(chosen.size) + "\n")
            sys.stdout.flush()


def peers(size: str, _seeds: int) -> Iterator[Goal]:
    """One program beside the peers: all of them on S, on M the one that could be a match."""
    yield from against_peers(province(size, 0), tuple(PEERS) if size == "S" else ("highspy",))


def ready(size: str, _seeds: int) -> Iterator[Goal]:
    """What it takes until the solver can begin."""
    yield from built(province(size, 0))


def plans(_size: str, seeds: int) -> Iterator[Goal]:
    """Plan quality over seeds."""
    yield from quality(qualities(seeds))


def ensembles(_size: str, _seeds: int) -> Iterator[Goal]:
    """Many demands on one province."""
    ratio, apart = warm_over_cold()
    yield Goal("B9", "solving a scenario again from the basis over solving it from nothing", ratio, 0.25)
    yield Goal("V9", "optimum of the two, largest relative difference", apart, 1e-9)
    speed, equal = two_over_one()
    detail = {"equal to the last bit": equal}
    yield Goal("B10", "two workers over one, solves a second", speed, 1.6, detail=detail, at_least=True)


def repeated(_size: str, _seeds: int) -> Iterator[Goal]:
    """Whether the same question has the same answer."""
    world = province("S", 0)
    turned = replace(world, needs=world.needs[::-1], lots=world.lots[::-1], routes=world.routes[::-1])
    hashes = {timed_rung(build_network(row, timed=False), Rung.EXACT_STAGES)[0].hash for row in (world, world, turned)}
    yield Goal("B12", "two runs and permuted rows: plan hashes beyond the first", float(len(hashes) - 1), 0.0)


def mornings(_size: str, seeds: int) -> Iterator[Goal]:
    """Planning every morning with a forecast that is wrong."""
    started = time.process_time()
    rolled = [rolling_over_clairvoyant(province("S", seed), 0.3, seed) for seed in range(min(seeds, ROLLED_SEEDS))]
    cpu_s = time.process_time() - started
    yield Goal("B14", "planning every morning, sigma 0.3 at three days, over clairvoyant", mean(rolled), 1.25, cpu_s)


def reasons(_size: str, seeds: int) -> Iterator[Goal]:
    """The plan whose reasons cover least, each policy on a seed of its own."""
    rows = all_explained(seeds)
    worst, cpu_s = min(row.share for row in rows), sum(row.cpu_s for row in rows)
    detail = {"plans": [asdict(row) | {"share": round(row.share, 4)} for row in rows]}
    what = "share of unmet units with a verified sentence, the least of all policies"
    yield Goal("E1", what, worst, 0.9, cpu_s, detail, at_least=True)


def quality(rows: list[Quality]) -> Iterator[Goal]:
    """What the plan leaves unmet beside hand methods, and what whole units cost."""
    nearest = [row.plan / row.nearest_first for row in rows]
    flow = [row.plan / row.per_item_flow for row in rows]
    detail = {"seeds": [asdict(row) for row in rows]}
    cpu_s = sum(row.cpu_s for row in rows)
    yield Goal("B7", "whole units over the bound, mean", mean([row.over_bound for row in rows]), 1.001, cpu_s)
    yield Goal("B7w", "the same, worst seed", max(row.over_bound for row in rows), None)
    yield Goal("B7f", "the same where output is given, mean", mean([row.fixed_over_bound for row in rows]), 1.001)
    yield Goal("B8a", "weighted unmet over nearest-first, mean", mean(nearest), 0.5, cpu_s, detail)
    yield Goal("B8b", "weighted unmet over nearest-first, worst seed", max(nearest), 0.7)
    pro_rata = mean([row.plan / row.pro_rata for row in rows])
    yield Goal("B8c", "weighted unmet over pro-rata, mean", pro_rata, 0.35)
    yield Goal("B8d", "weighted unmet over per-item flow, worst seed", max(flow), 1.0)
    yield Goal("B8e", "weighted unmet over per-item flow where docks and raw material bind, mean", mean(flow), 0.95)
    given = mean([row.fixed / row.nearest_first for row in rows])
    yield Goal("B8f", "weighted unmet over nearest-first where output is given, mean", given, None)
    given = mean([row.fixed / row.pro_rata for row in rows])
    yield Goal("B8g", "weighted unmet over pro-rata where output is given, mean", given, None)


def ladder(size: str, _seeds: int) -> Iterator[Goal]:
    """The guide and the exact packing, and what the joint program over arrival nodes says to both."""
    network, building = timed_network(size)
    guide, guide_s = timed_rung(network, Rung.GUIDE)
    exact, exact_s = timed_rung(network, Rung.EXACT_STAGES)
    yield Goal("B5", "guide over the optimum", unmet_of(guide) / exact.bound, 1.03, guide_s)
    yield Goal("B7", "whole units of the exact packing over its optimum", 1.0 + exact.gap, 1.001, exact_s)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        value, joint_s, bytes_each = pool.submit(joint_optimum, size).result()
    yield Goal("B6", "guide CPU over joint program CPU, network built in both", (building + guide_s) / joint_s, 0.25)
    yield Goal("V5", "optimum of the packing, relative difference to the joint program", exact.bound / value - 1, 1e-4)
    yield Goal("B11", "peak memory of the joint program over 12 bytes a non-zero", bytes_each / 12, 60.0, joint_s)


def guides(size: str, _seeds: int) -> Iterator[Goal]:
    """The guide alone: what it takes and what it proves."""
    network, building = timed_network(size)
    guide, guide_s = timed_rung(network, Rung.GUIDE)
    yield Goal("B5p", "proven gap of the guide, which B5 cannot exceed", guide.gap, 0.03, building + guide_s)
    ratio, _ = warm_over_cold("M-guide")
    yield Goal("B9", "the guide's program again from its basis over from nothing", ratio, 0.5)


def whole(_size: str, _seeds: int) -> Iterator[Goal]:
    """One checked plan for the largest size, its proof, its time and its memory."""
    world = province("L", 0)
    started = time.process_time()
    plan = list(climb(world, POLICY, Budget(Rung.GUIDE)))[-1]
    cpu_s = time.process_time() - started
    memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Goal(
        "L1",
        "proven gap of a checked plan",
        plan.gap,
        0.10,
        cpu_s,
        {"violations": len(check(world, plan)), "rung": plan.rung},
    )
    yield Goal("L2", "CPU seconds", cpu_s, 120.0, cpu_s)
    yield Goal("L3", "peak memory in MiB", memory_mib, 2048.0)


def timed_network(size: str) -> tuple[Network, float]:
    """The network of a province, and the CPU seconds of building it."""
    world = province(size, 0)
    started = time.process_time()
    network = build_network(world, timed=False)
    return network, time.process_time() - started


def timed_rung(network: Network, rung: Rung) -> tuple[Plan, float]:
    """One rung of the packing on a network that is built, checked."""
    started = time.process_time()
    plan = guided_plan(network, POLICY, Budget(), (), rung)
    cpu_s = time.process_time() - started
    assert not check(network.instance, plan)
    return plan, cpu_s


def unmet_of(plan: Plan) -> float:
    """Weighted unmet of a plan made under ``POLICY``."""
    return next(row.value for row in plan.stage_values if row.name == "unmet")


def joint_program(world: Instance) -> tuple[Matrix, FloatArray]:
    """The arrival-node program of a world whose docks tie all items together, and its weighted unmet as cost."""
    (component,) = split(build_network(world))
    arrays = build_arrays(component, POLICY)
    (together,) = POLICY.rounds(pair.priority_class for pair in component.pairs)
    return matrix_of(arrays), class_stages(arrays, together)[0].cost


def joint_optimum(size: str) -> tuple[float, float, float]:
    """In a process of its own: weighted unmet at the optimum of the arrival-node program, CPU seconds from instance to
    answer, and bytes of peak memory for each non-zero."""
    world = province(size)
    started = time.process_time()
    matrix, cost = joint_program(world)
    value = LinearProgram(matrix, Budget().iterations).minimise(cost).value
    cpu_s = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return value, cpu_s, peak / len(matrix.values)


def median_cpu(act: Callable[[], object]) -> float:
    """Median CPU seconds of some repeats."""
    seconds = []
    for _ in range(REPEATS):
        started = time.process_time()
        act()
        seconds.append(time.process_time() - started)
    return float(np.median(seconds))


def built(world: Instance) -> Iterator[Goal]:
    """From the instance to a program that is ready, over solving it; the packing, which is what large worlds use."""

    def handed_over() -> tuple[LinearProgram, FloatArray]:
        network = build_network(world, timed=False)
        draft = Draft(network)
        packing = build_packing(network, draft, claims_of(network, draft, ()))
        return LinearProgram(packing.matrix, Budget().iterations), packing_cost(packing)

    started = time.process_time()
    program, cost = handed_over()
    building = time.process_time() - started
    program.minimise(cost)
    solving = time.process_time() - started - building
    yield Goal("B2", "from instance to solver over solving", building / solving, 0.05, building)


def packing_cost(packing: Packing) -> FloatArray:
    """The objective of the packing under ``POLICY``: what is filled counts, with its sign turned."""
    (together,) = POLICY.rounds(claim.priority_class for claim in packing.claims)
    cost = np.zeros(len(packing.matrix.column_upper))
    cost[: packing.uses] = -value_of(packing, together)
    return cost


def against_peers(world: Instance, names: tuple[str, ...]) -> Iterator[Goal]:
    """The same program in GLOP here and in every peer there; then three stages beside one cold solve."""
    matrix, cost = joint_program(world)
    state = (matrix.column_lower, matrix.column_upper, matrix.row_lower, matrix.row_upper, cost)
    filling = median_cpu(lambda: model_proto(matrix, state))
    handing = median_cpu(lambda: LinearProgram(matrix, 1))
    program = LinearProgram(matrix, Budget().iterations)
    started = time.process_time()
    value = program.minimise(cost).value
    ours = time.process_time() - started
    stages = staged_s(world)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "joint.npz"
        np.savez(path, **(vars(matrix) | {"cost": cost}))
        answers = {name: ask(name, path) for name in names}
    for name, answer in answers.items():
        if answer is None:
            yield Goal(f"B4-{name}", f"{name} did not answer in {TIMEOUT_S} s", None, None)
            continue
        goal = 1.1 if name == "highspy" else None
        ratio = ours / answer["solve_s"]
        yield Goal(f"B4-{name}", f"joint program, GLOP CPU over {name} CPU", ratio, goal, ours, answer)
        same = abs(answer["value"] - value) / max(1.0, abs(value))
        yield Goal(f"V-{name}", f"optimum, relative difference to {name}", same, 1e-6)
        if name == "highspy":
            ratio = stages / answer["solve_s"]
            yield Goal("B4b", "exact stages of the packing over one cold HiGHS", ratio, 3.0, stages)
            ratio = filling / answer["build_s"]
            yield Goal("B1", "filling GLOP's model from arrays over highspy's passModel", ratio, 1.5, filling)
            ratio = handing / answer["build_s"]
            yield Goal("B1n", "the same, handed to GLOP as well", ratio, None, handing)
        if name == "pulp":
            yield Goal("B3", "filling GLOP's model from arrays over building PuLP's", filling / answer["build_s"], 0.05)


def staged_s(world: Instance) -> float:
    """CPU seconds of the packing through its three classes, each locked."""
    network = build_network(world, timed=False)
    draft = Draft(network)
    packing = build_packing(network, draft, claims_of(network, draft, ()))
    started = time.process_time()
    settle_packing(packing, Policy(Fairness.TOTAL), Budget(), closing=False)
    return time.process_time() - started


PARTS: dict[str, dict[str, Callable[[str, int], Iterator[Goal]]]] = {
    "S": {
        "peers": peers,
        "ready": ready,
        "plans": plans,
        "ensembles": ensembles,
        "repeated": repeated,
        "reasons": reasons,
        "mornings": mornings,
    },
    "M": {"guides": guides, "ladder": ladder, "ready": ready, "peers": peers},
    "L": {"whole": whole},
}


if __name__ == "__main__":
    main()
