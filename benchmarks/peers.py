"""One linear program solved by somebody else, in a process of its own: never HiGHS beside OR-Tools in one process.

    python -m benchmarks.peers highspy|scipy|pulp  file.npz

The file holds the arrays of ``Matrix`` and a cost; the answer is one JSON object: objective, CPU seconds of building
and of solving, version.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

BUILDS = 5  # repeats of the building that is compared
TIMEOUT_S = 600


def ask(peer: str, path: Path, timeout_s: int = TIMEOUT_S) -> dict[str, Any] | None:
    """The answer of one peer; None where it is not installed or does not end in time."""
    command = [sys.executable, "-m", "benchmarks.peers", peer, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def highspy_(lp: Any) -> tuple[float, float, float]:
    """HiGHS through its own bindings, arrays handed over whole, one thread."""
    import highspy

    built = []
    for _ in range(BUILDS):
        started = time.process_time()
        solver = _passed(highspy, lp)
        built.append(time.process_time() - started)
    started = time.process_time()
    solver.run()
    return solver.getInfo().objective_function_value, median(built), time.process_time() - started


def _passed(highspy: Any, lp: Any) -> Any:
    """A HiGHS that holds the program."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(lp["cost"]), len(lp["row_lower"])
    model.col_cost_, model.col_lower_, model.col_upper_ = lp["cost"], lp["column_lower"], lp["column_upper"]
    model.row_lower_, model.row_upper_ = lp["row_lower"], lp["row_upper"]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = lp["starts"], lp["columns"]
    model.a_matrix_.value_ = lp["values"]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    return solver


def scipy_(lp: Any) -> tuple[float, float, float]:
    """scipy.optimize.linprog: rows as inequalities and equalities apart, as it wants them."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, vstack

    started = time.process_time()
    lower, upper = lp["row_lower"], lp["row_upper"]
    whole = csr_matrix((lp["values"], lp["columns"], lp["starts"]), shape=(len(lower), len(lp["cost"])))
    same = lower == upper
    below, above = np.isfinite(upper) & ~same, np.isfinite(lower) & ~same
    left, right = vstack([whole[below], -whole[above]]), np.concatenate([upper[below], -lower[above]])
    bounds = np.column_stack([lp["column_lower"], lp["column_upper"]])
    built = time.process_time()
    done = linprog(lp["cost"], left, right, whole[same], upper[same], bounds, method="highs")
    return float(done.fun), built - started, time.process_time() - built


def pulp_(lp: Any) -> tuple[float, float, float]:
    """PuLP expressions, solved by its CBC; the child process of CBC is counted."""
    import pulp

    started = time.process_time()
    problem = pulp.LpProblem("dispatch", pulp.LpMinimize)
    finite = [None if value == np.inf else value for value in lp["column_upper"].tolist()]
    columns = [pulp.LpVariable(f"x{n}", 0, upper) for n, upper in enumerate(finite)]
    problem += pulp.lpSum(value * column for value, column in zip(lp["cost"].tolist(), columns, strict=True) if value)
    for row, (low, high) in enumerate(zip(lp["row_lower"].tolist(), lp["row_upper"].tolist(), strict=True)):
        inside = slice(lp["starts"][row], lp["starts"][row + 1])
        terms = zip(lp["values"][inside].tolist(), lp["columns"][inside].tolist(), strict=True)
        total = pulp.lpSum(value * columns[n] for value, n in terms)
        if low == high:
            problem += total == high
        else:
            if high < np.inf:
                problem += total <= high
            if low > -np.inf:
                problem += total >= low
    built = time.process_time()
    problem.solve(pulp.PULP_CBC_CMD(msg=False, threads=1))
    import resource

    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    solved = time.process_time() - built + child.ru_utime + child.ru_stime
    return float(pulp.value(problem.objective)), built - started, solved


PEERS = {"highspy": highspy_, "scipy": scipy_, "pulp": pulp_}


def main() -> None:
    """Answer for one peer and one file."""
    peer, path = sys.argv[1], sys.argv[2]
    with np.load(path) as lp:
        arrays = {name: lp[name] for name in lp.files}
    value, build_s, solve_s = PEERS[peer](arrays)
    answer = {"peer": peer, "version": version(peer), "value": value, "build_s": build_s, "solve_s": solve_s}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
