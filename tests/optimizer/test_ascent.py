"""Prices that climb: they prove more than they did, and never more than is true."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from benchmarks.provinces import province
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.ascent import raised
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.guide import narrowed, relaxed_gain, settle_packing, value_of
from optimizer.dispatch.packing import Packing, build_packing, claims_of
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.engine import FloatArray
from optimizer.limits import Budget

TOTAL = Policy(Fairness.TOTAL, between=Between.WEIGHTED)


@dataclass(frozen=True)
class Bounds:
    """What can be filled at most, in weights, by the prices of the guide, by those raised, and in truth."""

    packing: Packing
    value: FloatArray
    stock: FloatArray
    loads: FloatArray
    by_guide: float
    by_raised: float
    optimum: float


@cache
def bounds() -> Bounds:
    network = build_network(province("S", 0), timed=False)
    draft = Draft(network)
    packing = build_packing(network, draft, claims_of(network, draft, ()))
    _, ((together, guide),) = settle_packing(narrowed(packing, draft, TOTAL, Budget()), TOTAL, Budget(), closing=False)
    _, ((_, best),) = settle_packing(packing, TOTAL, Budget(), closing=False)
    value = value_of(packing, together)
    stock, loads = raised(packing, value, guide.stock, guide.loads)
    gains = [relaxed_gain(packing, value, *row) for row in ((guide.stock, guide.loads), (stock, loads))]
    return Bounds(packing, value, stock, loads, *gains, relaxed_gain(packing, value, best.stock, best.loads))


def test_raised_prices_prove_more_and_never_more_than_is_true() -> None:
    found = bounds()

    assert found.optimum <= found.by_raised < found.by_guide


def test_raised_prices_come_within_two_thousandths_of_what_can_be_filled() -> None:
    found = bounds()

    assert found.by_raised <= 1.002 * found.optimum


def test_from_poor_prices_the_climb_proves_no_less_and_is_the_same_every_time() -> None:
    found = bounds()
    start = (found.stock * 0.5, found.loads * 0.5)

    better, again = (raised(found.packing, found.value, *start) for _ in range(2))

    assert min(better[0].min(), better[1].min()) >= 0.0
    gain = relaxed_gain(found.packing, found.value, *better)
    assert found.optimum <= gain <= relaxed_gain(found.packing, found.value, *start)
    assert all(np.array_equal(one, other) for one, other in zip(better, again, strict=True))
