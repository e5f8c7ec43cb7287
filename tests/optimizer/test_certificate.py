"""Every optimum proves itself: primal, dual and gap worked out from the arrays alone."""

import numpy as np
import pytest

from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.arrays import build_arrays
from optimizer.dispatch.components import split
from optimizer.dispatch.fairness import share_out
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.stages import StagedProgram, class_stages, closing_stages, settle
from optimizer.engine import LinearProgram, Matrix, Optimum, SolverFailed, cheapest_flow
from tests.optimizer.worlds import province, tiny


def bound_of(matrix: Matrix, bounds: tuple[np.ndarray, ...], cost: np.ndarray, optimum: Optimum) -> float:
    """The dual objective: what no feasible x can undercut, given these row duals."""
    row_lower, row_upper, column_lower, column_upper = bounds
    duals = np.where(np.abs(optimum.row_duals) < 1e-9, 0.0, optimum.row_duals)
    reduced = cost.copy()
    np.subtract.at(reduced, matrix.columns, matrix.values * duals[matrix.row_of_entry()])
    reduced[np.abs(reduced) < 1e-7 * max(1.0, np.abs(cost).max())] = 0.0
    rows = np.where(duals > 0, row_lower, row_upper)
    columns = np.where(reduced > 0, column_lower, column_upper)
    parts = [d * r for d, r in zip(duals, rows, strict=True) if d] + [
        d * c for d, c in zip(reduced, columns, strict=True) if d
    ]
    return float(sum(parts))


def test_each_stage_closes_its_gap() -> None:
    world = province(4, sources=40, places=8, items=1, days=5)
    (component,) = split(build_network(world))
    arrays = build_arrays(component, Policy())
    staged = StagedProgram(arrays, Policy(), 10**6)
    stages = [stage for one in Policy().rounds((1, 2, 3)) for stage in class_stages(arrays, one)] + list(
        closing_stages(arrays)
    )
    proved = 0
    for stage in stages:
        if not stage.cost.any():
            continue
        optimum = staged.look(stage.cost)
        x, matrix = optimum.x, staged.program.matrix
        activity = np.zeros(len(matrix.row_lower))
        np.add.at(activity, matrix.row_of_entry(), matrix.values * x[matrix.columns])
        row_lower, row_upper, column_lower, column_upper = staged.program.bounds()
        assert np.all(activity >= row_lower - 1e-6)
        assert np.all(activity <= row_upper + 1e-6)
        assert np.all((x >= column_lower - 1e-6) & (x <= column_upper + 1e-6))
        bound = bound_of(matrix, staged.program.bounds(), stage.cost, optimum)
        assert bound == pytest.approx(optimum.value, rel=1e-6, abs=1e-5)
        staged.program.lock(stage.cost, optimum)
        proved += 1
    assert proved > 5


def test_corners_of_a_pure_flow_are_whole() -> None:
    for seed in range(30):
        for component in split(build_network(tiny(seed))):
            assert component.pure_flow
            assert settle(build_arrays(component, Policy()), Policy(), 10**6, share_out).whole


def test_a_lock_keeps_every_later_answer_as_good() -> None:
    matrix = Matrix(
        starts=np.array([0, 2, 4]),
        columns=np.array([0, 1, 0, 1]),
        values=np.array([1.0, 1.0, 1.0, -1.0]),
        row_lower=np.full(2, -np.inf),
        row_upper=np.array([10.0, 2.0]),
        column_lower=np.zeros(2),
        column_upper=np.full(2, np.inf),
    )
    program = LinearProgram(matrix, 1000)
    most = np.array([-1.0, -1.0])

    program.lock(most, program.minimise(most))
    second = program.minimise(np.array([-1.0, 0.0]))

    assert second.x.tolist() == [6.0, 4.0]


def test_a_contradiction_is_our_fault_and_says_so() -> None:
    one = np.array([0, 1]), np.array([0]), np.array([1.0])
    matrix = Matrix(*one, np.array([5.0]), np.array([9.0]), np.zeros(1), np.ones(1))

    with pytest.raises(SolverFailed, match="INFEASIBLE"):
        LinearProgram(matrix, 1000).minimise(np.ones(1))


def test_a_flow_sends_what_fits_at_least_cost() -> None:
    arcs = np.array([[0, 1, 5, 0], [1, 2, 3, 1], [1, 2, 9, 4]], np.int64)

    assert cheapest_flow(arcs[:, 0], arcs[:, 1], arcs[:, 2], arcs[:, 3], 0, 2, 7).tolist() == [5, 3, 2]
