"""The only file that talks to OR-Tools: linear programs, whole-number programs, minimum-cost flows.

Linear programs go to GLOP through MathOpt's incremental solver, on protocol buffers filled from arrays; after a change
of bounds or costs the old basis is kept. One thread, no clock: effort is counted in iterations or deterministic time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    model_update_pb2,
    parameters_pb2,
    result_pb2,
    sparse_containers_pb2,
)
from ortools.math_opt.core.python import solver as mathopt

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
TOLERANCE = 1e-6
HUGE = 1e15  # bounds beyond it are no bounds


class SolverFailed(RuntimeError):
    """The solver ended without an optimum; says what it said. On a valid instance this is a fault of ours."""


class EffortSpent(SolverFailed):
    """The effort allowed by the budget ran out."""


@dataclass(frozen=True)
class Matrix:
    """Rows in CSR form with bounds on rows and columns; columns are >= 0 unless ``column_lower`` says otherwise."""

    starts: IntArray
    columns: IntArray
    values: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray
    column_lower: FloatArray
    column_upper: FloatArray

    def row_of_entry(self) -> IntArray:
        """The row number of every non-zero."""
        return np.repeat(np.arange(len(self.row_lower), dtype=np.int64), np.diff(self.starts))


class Optimum:
    """A corner of the feasible set, with its certificate; parts are read from the solver's answer when asked for."""

    def __init__(self, answer: result_pb2.SolveResultProto, columns: int) -> None:
        self._solution = answer.solutions[0]
        self._columns = columns

    @cached_property
    def value(self) -> float:
        """The objective at this corner."""
        return float(self._solution.primal_solution.objective_value)

    @cached_property
    def x(self) -> FloatArray:
        """[columns]"""
        return _dense(self._solution.primal_solution.variable_values, self._columns)

    @cached_property
    def row_duals(self) -> FloatArray:
        """[rows]"""
        return _dense(self._solution.dual_solution.dual_values, -1)

    @cached_property
    def reduced_costs(self) -> FloatArray:
        """[columns]  cost less row duals times column"""
        return _dense(self._solution.dual_solution.reduced_costs, self._columns)


def solver_name() -> str:
    """What stands in a plan as its solver."""
    return "GLOP, HiGHS, CP-SAT (OR-Tools)"


def solver_version() -> str:
    """The version of OR-Tools in use."""
    return version("ortools")


class LinearProgram:
    """One matrix solved again and again with other bounds and costs, from the last basis."""

    def __init__(self, matrix: Matrix, iterations: int) -> None:
        self.matrix = matrix
        self.solves = 0
        self._row_lower, self._row_upper = matrix.row_lower.copy(), matrix.row_upper.copy()
        self._column_lower, self._column_upper = matrix.column_lower.copy(), matrix.column_upper.copy()
        bounds = (matrix.column_lower, matrix.column_upper, matrix.row_lower, matrix.row_upper)
        self._sent: tuple[FloatArray, ...] = (*bounds, np.zeros(len(matrix.column_upper)))
        self._solver = self._new_solver(self._sent)
        self._parameters = parameters_pb2.SolveParametersProto(threads=1, iteration_limit=iterations)
        self._parameters.glop.use_preprocessing = False  # GLOP drops the basis when it may presolve

    def bound_columns(self, numbers: IntArray, lower: FloatArray | float, upper: FloatArray | float) -> None:
        """Move the bounds of some columns."""
        self._column_lower[numbers], self._column_upper[numbers] = lower, upper

    def bound_rows(self, numbers: IntArray, lower: FloatArray | float, upper: FloatArray | float) -> None:
        """Move the bounds of some rows."""
        self._row_lower[numbers], self._row_upper[numbers] = lower, upper

    def minimise(self, cost: FloatArray) -> Optimum:
        """The cheapest corner for these costs, or an exception: our programs are never infeasible.

        GLOP now and then loses its way, mostly from an old basis. Then the program starts anew from none, and if that
        does not help either, anew and presolved.
        """
        self._send(cost)
        self.solves += 1
        for presolved in (None, False, True):
            if presolved is not None:
                self._solver = self._new_solver(self._now(cost))
            self._parameters.glop.use_preprocessing = presolved is True
            try:
                return _read(_ask(self._solver, self._parameters), len(cost))
            except EffortSpent:
                raise
            except SolverFailed:
                if presolved:
                    raise
            finally:
                self._parameters.glop.use_preprocessing = False
        raise AssertionError("the last attempt returns or raises")

    def lock(self, cost: FloatArray, optimum: Optimum) -> None:
        """Keep every later answer as good as this one, by complementary slackness instead of an objective row.

        A column with a reduced cost stays at the bound it stands on, a row with a dual stays tight: together that is
        exactly the set of all optima. The matrix keeps its shape, so a network stays a network and its corners whole.
        """
        small = TOLERANCE * max(1.0, float(np.abs(cost).max(initial=0.0)))
        at_lower = np.flatnonzero(optimum.reduced_costs > small)
        at_upper = np.flatnonzero(optimum.reduced_costs < -small)
        self._column_upper[at_lower] = self._column_lower[at_lower]
        self._column_lower[at_upper] = self._column_upper[at_upper]
        down = np.flatnonzero((optimum.row_duals > small) & np.isfinite(self._row_lower))
        up = np.flatnonzero((optimum.row_duals < -small) & np.isfinite(self._row_upper))
        self._row_upper[down] = self._row_lower[down]
        self._row_lower[up] = self._row_upper[up]

    def _now(self, cost: FloatArray) -> tuple[FloatArray, ...]:
        return self._column_lower, self._column_upper, self._row_lower, self._row_upper, cost

    def _new_solver(self, state: tuple[FloatArray, ...]) -> Any:
        model = model_proto(self.matrix, state)
        return mathopt.new(parameters_pb2.SOLVER_TYPE_GLOP, model, parameters_pb2.SolverInitializerProto())

    def bounds(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Row and column bounds as they stand now: row lower, row upper, column lower, column upper."""
        return self._row_lower, self._row_upper, self._column_lower, self._column_upper

    def _send(self, cost: FloatArray) -> None:
        update = model_update_pb2.ModelUpdateProto()
        now = self._now(cost)
        targets = (
            update.variable_updates.lower_bounds,
            update.variable_updates.upper_bounds,
            update.linear_constraint_updates.lower_bounds,
            update.linear_constraint_updates.upper_bounds,
            update.objective_updates.linear_coefficients,
        )
        for old, new, target in zip(self._sent, now, targets, strict=True):
            changed = np.flatnonzero(old != new)
            target.ids.extend(changed.tolist())
            target.values.extend(new[changed].tolist())
        self._sent = tuple(part.copy() for part in now)
        if not self._solver.update(update):
            raise SolverFailed("GLOP refused an update of bounds")


def model_proto(matrix: Matrix, state: tuple[FloatArray, ...]) -> model_pb2.ModelProto:
    """state: column lower and upper, row lower and upper, cost."""
    column_lower, column_upper, row_lower, row_upper, cost = state
    model = model_pb2.ModelProto()
    columns, rows = len(matrix.column_upper), len(matrix.row_lower)
    model.variables.ids.extend(range(columns))
    model.variables.lower_bounds.extend(column_lower.tolist())
    model.variables.upper_bounds.extend(column_upper.tolist())
    model.variables.integers.extend([False] * columns)
    model.objective.linear_coefficients.ids.extend(np.flatnonzero(cost).tolist())
    model.objective.linear_coefficients.values.extend(cost[np.flatnonzero(cost)].tolist())
    model.linear_constraints.ids.extend(range(rows))
    model.linear_constraints.lower_bounds.extend(row_lower.tolist())
    model.linear_constraints.upper_bounds.extend(row_upper.tolist())
    model.linear_constraint_matrix.row_ids.extend(matrix.row_of_entry().tolist())
    model.linear_constraint_matrix.column_ids.extend(matrix.columns.tolist())
    model.linear_constraint_matrix.coefficients.extend(matrix.values.tolist())
    return model


def _read(answer: result_pb2.SolveResultProto, columns: int) -> Optimum:
    reason = answer.termination.reason
    if reason != result_pb2.TERMINATION_REASON_OPTIMAL:
        name = result_pb2.TerminationReasonProto.Name(reason)
        kind = EffortSpent if "LIMIT" in name or name.rsplit("_", 1)[-1] == "FEASIBLE" else SolverFailed
        raise kind(f"{name}: {answer.termination.detail}")
    return Optimum(answer, columns)


def _dense(vector: sparse_containers_pb2.SparseDoubleVectorProto, length: int) -> FloatArray:
    values = np.array(vector.values, np.float64)
    if length < 0 or len(values) == length:
        return values
    dense = np.zeros(length)
    dense[np.array(vector.ids, np.int64)] = values
    return dense


class WholeNumbers:
    """The same kind of matrix over whole numbers, for small programs whose corners are not whole (CP-SAT)."""

    def __init__(self, matrix: Matrix, search_work: float) -> None:
        from ortools.sat.python import cp_model  # only small, coupled programs need it, and it is slow to import

        self._cp = cp_model
        self._work = search_work
        self.model = cp_model.CpModel()
        upper = np.minimum(matrix.column_upper, HUGE / 1e6)
        self.columns = [
            self.model.new_int_var(int(low), int(high), "")
            for low, high in zip(matrix.column_lower, upper, strict=True)
        ]
        for row in range(len(matrix.row_lower)):
            inside = slice(matrix.starts[row], matrix.starts[row + 1])
            numbers, values = matrix.columns[inside].tolist(), matrix.values[inside].tolist()
            terms = sum(round(v) * self.columns[c] for c, v in zip(numbers, values, strict=True))
            self._add(terms, matrix.row_lower[row], matrix.row_upper[row])

    def _add(self, terms: Any, lower: float, upper: float) -> None:
        low = int(np.ceil(max(lower, -HUGE))) if np.isfinite(lower) else -int(HUGE)
        high = int(np.floor(min(upper, HUGE))) if np.isfinite(upper) else int(HUGE)
        if np.isfinite(lower) or np.isfinite(upper):
            self.model.add_linear_constraint(terms, low, high)

    def add_row(self, numbers: list[int], values: list[int], lower: float, upper: float) -> None:
        """One more row: lower <= sum of values * columns <= upper."""
        self._add(sum(v * self.columns[c] for c, v in zip(numbers, values, strict=True)), lower, upper)

    def add_counter(self, column: int, threshold: int) -> int:
        """A new 0/1 column that is 1 unless ``column`` is at least ``threshold``; returns its number."""
        flag = self.model.new_bool_var("")
        self.model.add(self.columns[column] >= threshold).only_enforce_if(~flag)
        self.columns.append(flag)
        return len(self.columns) - 1

    def minimise(self, numbers: list[int], values: list[int]) -> tuple[int, int, IntArray]:
        """The least value of the objective, its proven bound, and the columns that reach it."""
        self.model.minimize(sum(v * self.columns[c] for c, v in zip(numbers, values, strict=True)))
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = self._work
        status = solver.solve(self.model)
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            raise EffortSpent(f"CP-SAT: {solver.status_name(status)}")
        x = np.array([solver.value(column) for column in self.columns], np.int64)
        return round(solver.objective_value), int(np.ceil(solver.best_objective_bound - TOLERANCE)), x


def best_whole(matrix: Matrix, cost: FloatArray, nodes: int, gap: float) -> FloatArray:
    """Whole numbers for the columns, cheap to within ``gap``, or the best found in so many nodes of the search.

    Branch and bound of the HiGHS that OR-Tools brings, for programs of some thousand columns that are nearly whole.
    """
    state = (matrix.column_lower, matrix.column_upper, matrix.row_lower, matrix.row_upper, cost)
    model = model_proto(matrix, state)
    del model.variables.integers[:]
    model.variables.integers.extend([True] * len(cost))
    searching = mathopt.new(parameters_pb2.SOLVER_TYPE_HIGHS, model, parameters_pb2.SolverInitializerProto())
    parameters = parameters_pb2.SolveParametersProto(node_limit=nodes, relative_gap_tolerance=gap)
    answer = _ask(searching, parameters)
    if not answer.solutions or not answer.solutions[0].HasField("primal_solution"):
        raise EffortSpent("HiGHS: no whole numbers found")
    return np.round(_dense(answer.solutions[0].primal_solution.variable_values, len(cost)))


def _ask(solver: Any, parameters: parameters_pb2.SolveParametersProto) -> result_pb2.SolveResultProto:
    try:
        return solver.solve(
            parameters,
            model_parameters_pb2.ModelSolveParametersProto(),
            None,
            callback_pb2.CallbackRegistrationProto(),
            None,
            None,
        )
    except Exception as error:  # the wheel raises a status type of its own
        raise SolverFailed(f"{error} {error.__context__}") from error


def cheapest_flow(
    tails: IntArray, heads: IntArray, capacities: IntArray, costs: IntArray, source: int, sink: int, amount: int
) -> IntArray:
    """Whole flow on every arc that sends ``amount`` (or all that fits) from source to sink at the least cost."""
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    flow.set_node_supply(source, amount)
    flow.set_node_supply(sink, -amount)
    if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:
        raise SolverFailed("minimum-cost flow found no optimum")
    return np.array(flow.flows(arcs), np.int64)


def cheapest_routes(
    km: IntArray, demands: Sequence[IntArray], capacities: Sequence[IntArray], fixed: IntArray, solutions: int
) -> list[list[int]]:
    """Stops of every vehicle, node 0 the origin, each other node visited once; ways back are free.

    km          [nodes, nodes];  demands, capacities: one pair per dimension, [nodes] and [vehicles]
    fixed       [vehicles] cost of using a vehicle at all, in km
    solutions   how many improvements the search may make; no clock, so the same question has the same answer
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # slow to import, and only loads need it

    manager = pywrapcp.RoutingIndexManager(len(km), len(fixed), 0)
    model = pywrapcp.RoutingModel(manager)

    def distance(one: int, other: int) -> int:
        to = manager.IndexToNode(other)
        return 0 if to == 0 else int(km[manager.IndexToNode(one), to])

    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitCallback(distance))
    for number, (demand, capacity) in enumerate(zip(demands, capacities, strict=True)):
        amounts = [int(amount) for amount in demand]
        taken = model.RegisterUnaryTransitVector(amounts)
        model.AddDimensionWithVehicleCapacity(taken, 0, capacity.tolist(), True, f"capacity {number}")
    for vehicle, cost in enumerate(fixed.tolist()):
        model.SetFixedCostOfVehicle(cost, vehicle)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    parameters.solution_limit = solutions
    found = model.SolveWithParameters(parameters)
    if found is None:
        raise SolverFailed("no routes fit these vehicles")
    routes = []
    for vehicle in range(len(fixed)):
        node, stops = found.Value(model.NextVar(model.Start(vehicle))), []
        while not model.IsEnd(node):
            stops.append(manager.IndexToNode(node))
            node = found.Value(model.NextVar(node))
        routes.append(stops)
    return routes
