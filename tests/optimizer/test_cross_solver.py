"""The same program in another solver has the same optimum, and staged values equal one blended value."""

import numpy as np
import pytest
from ortools.linear_solver import pywraplp

from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.arrays import build_arrays
from optimizer.dispatch.components import split
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.stages import StagedProgram, class_stages, matrix_of
from optimizer.engine import FloatArray, LinearProgram, Matrix
from tests.optimizer.worlds import tiny


def optimum_of(other: str, matrix: Matrix, cost: FloatArray) -> float:
    solver = pywraplp.Solver.CreateSolver(other)
    columns = [
        solver.NumVar(low, min(high, solver.infinity()), "")
        for low, high in zip(matrix.column_lower.tolist(), matrix.column_upper.tolist(), strict=True)
    ]
    for row in range(len(matrix.row_lower)):
        constraint = solver.Constraint(float(matrix.row_lower[row]), float(matrix.row_upper[row]))
        for entry in range(matrix.starts[row], matrix.starts[row + 1]):
            constraint.SetCoefficient(columns[matrix.columns[entry]], float(matrix.values[entry]))
    for column, value in zip(columns, cost.tolist(), strict=True):
        solver.Objective().SetCoefficient(column, value)
    solver.Objective().SetMinimization()
    assert solver.Solve() == pywraplp.Solver.OPTIMAL
    return float(solver.Objective().Value())


@pytest.mark.parametrize("block", range(4))
def test_clp_and_highs_find_the_optimum_of_glop(block: int) -> None:
    compared = 0
    for seed in range(50 * block, 50 * block + 50):
        for component in split(build_network(tiny(seed, packs=seed % 2 > 0))):
            arrays = build_arrays(component, Policy())
            cost = np.zeros(arrays.width)
            for together, weight in zip(Policy().rounds((1, 2, 3)), (9.0, 3.0, 1.0), strict=True):
                unmet, wait = class_stages(arrays, together)
                cost += weight * (unmet.cost + wait.cost / 1000)
            ours = LinearProgram(matrix_of(arrays), 10**6).minimise(cost).value
            for other in ("CLP", "HIGHS"):
                assert ours == pytest.approx(optimum_of(other, matrix_of(arrays), cost), rel=1e-9, abs=1e-7)
            compared += 1
    assert compared >= 50


def test_staged_values_equal_one_blended_value() -> None:
    for seed in range(40):
        for component in split(build_network(tiny(seed))):
            arrays = build_arrays(component, Policy())
            staged = StagedProgram(arrays, Policy(), 10**6)
            stages = [class_stages(arrays, one)[0] for one in Policy().rounds((1, 2, 3))]
            blended = LinearProgram(matrix_of(arrays), 10**6).minimise(
                sum(
                    (10_000.0**n * stage.cost for n, stage in zip((2, 1, 0), stages, strict=True)),
                    np.zeros(arrays.width),
                )
            )
            for stage in stages:
                staged.run(stage)
            for stage in stages:
                assert staged.settled.bounds[stage.name, stage.key] == pytest.approx(stage.cost @ blended.x, abs=1e-5)
