"""Surge against its goals: ``python -m benchmarks.surge``; one JSON object a line, exit code 1 where a goal is missed.

The floor is the least that any projection in Python must do: for each line and day take the smaller of two whole
numbers and add it up. Times are CPU seconds of this process, the median of several runs.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

from benchmarks.surge_hebei import DAYS, all_lines
from optimizer.surge.brief import brief
from optimizer.surge.check import check
from optimizer.surge.instance import SurgeInstance
from optimizer.surge.project import project

RUNS = 9
NEED = {"H2010201": 60_000, "H2010101": 900_000, "H2010104": 6_000_000}
VERSIONS = {"python": platform.python_version(), "jibei": version("jibei")}


def cpu_s(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median CPU seconds of a piece of work; its first run, which warms up, is not counted."""
    times = []
    for _ in range(runs + 1):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times[1:])


def floor(instance: SurgeInstance) -> int:
    """One comparison and one addition for each line, day and material."""
    rates = [[line.allowed_on(day) for day in range(instance.days)] for line in instance.lines]
    parts = [len(instance.recipes.get(line.product_code, ())) for line in instance.lines]
    total = 0
    for day in range(instance.days):
        for line, uses in zip(rates, parts, strict=True):
            made = line[day]
            for _ in range(uses):
                made = min(made, line[day])
            total += made
    return total


def tell(id_: str, what: str, value: float, goal: float | None, seconds: float) -> bool:
    """Print one measurement; whether its goal, an upper bound, holds."""
    holds = goal is None or value <= goal
    row = {
        "id": id_,
        "what": what,
        "value": round(value, 4),
        "goal": goal,
        "holds": holds,
        "versions": VERSIONS,
        "cpu_s": round(seconds, 6),
    }
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return holds


def main() -> int:
    instance = all_lines(DAYS, NEED)
    projection = project(instance)
    size = f"{len(instance.lines)} lines over {instance.days} days"
    projecting, least = cpu_s(lambda: project(instance)), cpu_s(lambda: floor(instance))
    checking, briefing = cpu_s(lambda: check(instance, projection)), cpu_s(lambda: brief(instance), runs=3)
    held = [
        tell("G1", f"{size}, projected, ms", 1000 * projecting, 50.0, projecting),
        tell("G2", f"{size}, projected / floor of plain arithmetic", projecting / least, None, least),
        tell("G3", f"{size}, independent check, violations", len(check(instance, projection)), 0, checking),
        tell("G4", f"{size}, with every worth projected again, ms", 1000 * briefing, None, briefing),
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
