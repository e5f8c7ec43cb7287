"""The allocator against its goals and against peers, on seeded provinces: one JSON object a line.

    uv run --group bench python -m benchmarks.dispatch --size S|M|L [--seeds 5] [--json]

S shows quality and exactness over several seeds; M the ladder against the joint program; L one checked plan with a
proven bound. CPU seconds of this process, peers each in a process of their own on the same machine in the same run.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.by_hand import nearest_first_by_day, pro_rata_by_day
from benchmarks.peers import PEERS, ask
from benchmarks.provinces import province
from optimizer.dispatch.allocate import climb
from optimizer.dispatch.arcs import Network, build_network
from optimizer.dispatch.arrays import build_arrays
from optimizer.dispatch.brief import measure
from optimizer.dispatch.check import check
from optimizer.dispatch.components import split
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.guide import guided_plan, settle_packing
from optimizer.dispatch.heuristics import per_item_flow_on
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.packing import build_packing, claims_of
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.dispatch.stages import class_stages, matrix_of
from optimizer.engine import FloatArray, LinearProgram, Matrix, solver_version
from optimizer.limits import Budget, Rung

POLICY = Policy(Fairness.TOTAL, between=Between.WEIGHTED)


@dataclass(frozen=True)
class Goal:
    """One measured figure. goal: the most it may be, None for a figure that only stands beside others."""

    id: str
    what: str
    value: float
    goal: float | None
    cpu_s: float = 0.0
    detail: dict[str, Any] = field(default_factory=dict)

    def line(self, size: str) -> str:
        """The goal as one JSON object."""
        row = asdict(self) | {"size": size, "holds": self.goal is None or self.value <= self.goal}
        return json.dumps(row | {"versions": {"ortools": solver_version()}}, sort_keys=True)


def main() -> None:
    """Print every goal that is defined for the size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("S", "M", "L"), default="S")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the only format there is)")
    chosen = parser.parse_args()
    runs = {"S": small, "M": middling, "L": large}
    for goal in runs[chosen.size](chosen.seeds):
        sys.stdout.write(goal.line(chosen.size) + "\n")
        sys.stdout.flush()


def small(seeds: int) -> Iterator[Goal]:
    """Quality over seeds, exactness, repeatability, and one program beside the peers."""
    ratios: dict[str, list[float]] = {"nearest": [], "pro_rata": [], "flow": []}
    packs: list[float] = []
    for seed in range(seeds):
        world = province("S", seed)
        plan, cpu_s = timed_plan(world, Rung.EXACT_STAGES)
        network = build_network(world, timed=False)
        ratios["nearest"].append(missed(world, plan) / missed(world, nearest_first_by_day(network)))
        ratios["pro_rata"].append(missed(world, plan) / missed(world, pro_rata_by_day(network)))
        ratios["flow"].append(missed(world, plan) / missed(world, per_item_flow_on(build_network(world), ())))
        packs.append(1.0 + plan.gap)
    yield Goal("B8a", "weighted unmet over nearest-first, mean", float(np.mean(ratios["nearest"])), 0.5, cpu_s)
    yield Goal("B8b", "weighted unmet over nearest-first, worst seed", max(ratios["nearest"]), 0.7)
    yield Goal("B8c", "weighted unmet over pro-rata, mean", float(np.mean(ratios["pro_rata"])), 0.35)
    yield Goal("B8d", "weighted unmet over per-item flow, worst seed", max(ratios["flow"]), 1.0)
    yield Goal("B8e", "weighted unmet over per-item flow where docks bind, mean", float(np.mean(ratios["flow"])), 0.95)
    yield Goal("B7", "whole packs over the bound, worst seed", max(packs), 1.001)
    world = province("S", 0)
    yield Goal(
        "B12",
        "two runs with different plan hashes",
        float(len({timed_plan(world, Rung.EXACT_STAGES)[0].hash for _ in (1, 2)}) - 1),
        0.0,
    )
    yield from against_peers(world, tuple(PEERS))


def middling(_seeds: int) -> Iterator[Goal]:
    """The ladder on size M against the joint program over arrival nodes."""
    world = province("M", 0)
    yield from against_peers(world, ("highspy",))
    started = time.process_time()
    network = build_network(world, timed=False)
    building = time.process_time() - started
    joint, joint_s = joint_optimum(world)
    guide, guide_s = timed_rung(network, Rung.GUIDE)
    exact, exact_s = timed_rung(network, Rung.EXACT_STAGES)
    yield Goal("B5", "guide over the optimum", unmet_of(guide) / joint, 1.03, guide_s)
    yield Goal("B6", "guide CPU over joint program CPU, network built in both", (building + guide_s) / joint_s, 0.25)
    yield Goal("B7", "whole packs of the exact packing over the optimum", unmet_of(exact) / joint, 1.001, exact_s)
    yield Goal("B5p", "proven gap of the guide", guide.gap, None, guide_s)


def large(_seeds: int) -> Iterator[Goal]:
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


def timed_plan(world: Instance, rung: Rung) -> tuple[Plan, float]:
    """The last plan of the ladder up to a rung, and its CPU seconds."""
    started = time.process_time()
    plan = list(climb(world, POLICY, Budget(rung)))[-1]
    return plan, time.process_time() - started


def timed_rung(network: Network, rung: Rung) -> tuple[Plan, float]:
    """One rung of the packing on a network that is built, checked."""
    started = time.process_time()
    plan = guided_plan(network, POLICY, Budget(), (), rung)
    cpu_s = time.process_time() - started
    assert not check(network.instance, plan)
    return plan, cpu_s


def missed(world: Instance, plan: Plan) -> float:
    """Priority-weighted share of need not met, of a plan that keeps every rule."""
    assert not check(world, plan)
    share = measure(world, plan)["weighted_unmet_ppm"]
    assert isinstance(share, int)
    return share / 1e6


def unmet_of(plan: Plan) -> float:
    """Weighted unmet of a plan made under ``POLICY``."""
    return next(row.value for row in plan.stage_values if row.name == "unmet")


def joint_program(world: Instance) -> tuple[Matrix, FloatArray]:
    """The arrival-node program of a world whose docks tie all items together, and its weighted unmet as cost."""
    (component,) = split(build_network(world))
    arrays = build_arrays(component, POLICY)
    (together,) = POLICY.rounds(pair.priority_class for pair in component.pairs)
    return matrix_of(arrays), class_stages(arrays, together)[0].cost


def joint_optimum(world: Instance) -> tuple[float, float]:
    """Weighted unmet at the optimum of the arrival-node program, and CPU seconds from instance to answer."""
    started = time.process_time()
    matrix, cost = joint_program(world)
    value = LinearProgram(matrix, Budget().iterations).minimise(cost).value
    return value, time.process_time() - started


def against_peers(world: Instance, names: tuple[str, ...]) -> Iterator[Goal]:
    """The same program in GLOP here and in every peer there; then three stages of the packing beside one cold solve."""
    matrix, cost = joint_program(world)
    started = time.process_time()
    program = LinearProgram(matrix, Budget().iterations)
    built = time.process_time()
    value = program.minimise(cost).value
    solved = time.process_time()
    network = build_network(world, timed=False)
    draft = Draft(network)
    packing = build_packing(network, draft, claims_of(network, draft, ()))
    stages = time.process_time()
    settle_packing(packing, Policy(Fairness.TOTAL), Budget())
    stages = time.process_time() - stages
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "joint.npz"
        np.savez(path, **(vars(matrix) | {"cost": cost}))
        answers = {name: ask(name, path) for name in names}
    for name, answer in answers.items():
        if answer is None:
            yield Goal(f"B4-{name}", f"{name} did not answer", 0.0, None)
            continue
        ours = solved - built
        yield Goal(
            f"B4-{name}",
            f"joint program, GLOP CPU over {name} CPU",
            ours / answer["solve_s"],
            1.1 if name == "highspy" else None,
            ours,
            answer,
        )
        same = abs(answer["value"] - value) / max(1.0, abs(value))
        yield Goal(f"V-{name}", f"optimum, relative difference to {name}", same, 1e-6)
        if name == "highspy":
            yield Goal(
                "B4b", "exact stages of the packing over one cold HiGHS", stages / answer["solve_s"], 3.0, stages
            )
            yield Goal(
                "B1",
                "building GLOP's model over highspy's",
                (built - started) / answer["build_s"],
                1.5,
                built - started,
            )
        if name == "pulp":
            yield Goal("B3", "building GLOP's model over PuLP's", (built - started) / answer["build_s"], 0.05)


if __name__ == "__main__":
    main()
