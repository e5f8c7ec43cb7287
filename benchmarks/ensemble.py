"""Many demands on one province: one model solved again from its basis, or from nothing, alone or by two workers."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import numpy as np

from benchmarks.provinces import province
from benchmarks.quality import POLICY
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.guide import edges, value_of
from optimizer.dispatch.packing import Packing, build_packing, claims_of
from optimizer.engine import FloatArray, LinearProgram
from optimizer.limits import Budget

SPREAD = 0.2  # of the logarithm of a need
WARM, POOLED = 8, 24  # solves


@cache
def model(size: str) -> tuple[Packing, FloatArray]:
    """The packing of seed 0 and its objective; of M as the guide sees it, far days together."""
    network = build_network(province(size[0]), timed=False)
    draft = Draft(network)
    packing = build_packing(network, draft, claims_of(network, draft, edges(network) if size == "M-guide" else ()))
    (together,) = POLICY.rounds(claim.priority_class for claim in packing.claims)
    cost = np.zeros(len(packing.matrix.column_upper))
    cost[: packing.uses] = -value_of(packing, together)
    return packing, cost


def wanted(packing: Packing, member: int) -> FloatArray:
    """[claims]  what member so-and-so of the ensemble needs: member 17 alone is member 17 of a thousand."""
    draw = np.random.default_rng(member)
    base = packing.matrix.row_upper[packing.wants.start : packing.wants.stop]
    changed: FloatArray = np.floor(base * np.exp(SPREAD * draw.standard_normal(len(base))))
    return changed


def solve_cold(member: int, size: str = "S") -> float:
    """One member from nothing."""
    packing, cost = model(size)
    program = LinearProgram(packing.matrix, Budget().iterations)
    program.bound_rows(np.arange(packing.wants.start, packing.wants.stop), -np.inf, wanted(packing, member))
    return program.minimise(cost).value


def warm_over_cold(size: str = "S") -> tuple[float, float]:
    """CPU of solving again from the basis over CPU from nothing, and the largest relative difference of optima."""
    packing, cost = model(size)
    rows = np.arange(packing.wants.start, packing.wants.stop)
    program = LinearProgram(packing.matrix, Budget().iterations)
    program.minimise(cost)
    warm_s = cold_s = apart = 0.0
    for member in range(WARM if size == "S" else 2):
        started = time.process_time()
        program.bound_rows(rows, -np.inf, wanted(packing, member))
        warm = program.minimise(cost).value
        between = time.process_time()
        cold = solve_cold(member, size)
        warm_s, cold_s = warm_s + between - started, cold_s + time.process_time() - between
        apart = max(apart, abs(warm - cold) / max(1.0, abs(cold)))
    return warm_s / cold_s, apart


def two_over_one() -> tuple[float, bool]:
    """Solves a second of two workers over those of one, and whether the answers are equal to the last bit."""
    elapsed, answers = [], []
    for workers in (1, 2):
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(solve_cold, range(2 * workers)))  # imports and models are there before the clock runs
            started = time.perf_counter()
            answers.append(list(pool.map(solve_cold, range(POOLED), chunksize=POOLED // workers // 2)))
            elapsed.append(time.perf_counter() - started)
    return elapsed[0] / elapsed[1], answers[0] == answers[1]
