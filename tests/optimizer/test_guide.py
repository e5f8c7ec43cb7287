"""Province size in small: the guide and the packing against the exact stages, and what they prove."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.ensemble import model, wanted
from benchmarks.provinces import province
from optimizer.dispatch import allocate as ladder
from optimizer.dispatch.allocate import allocate, climb
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.check import check
from optimizer.dispatch.draft import Draft
from optimizer.dispatch.guide import edges, guided_plan, prices_of, proven, relaxed_gain, settle_packing, value_of
from optimizer.dispatch.instance import Dock, Instance, Pin
from optimizer.dispatch.packing import build_packing, claims_of
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.engine import LinearProgram
from optimizer.limits import Budget, Rung
from tests.optimizer.worlds import tiny

TOTAL = Policy(Fairness.TOTAL, between=Between.WEIGHTED)


def unmet(plan: Plan) -> float:
    return next(value.value for value in plan.stage_values if value.name == "unmet")


def guided(world: Instance, rung: Rung, policy: Policy = TOTAL) -> Plan:
    return guided_plan(build_network(world, timed=False), policy, Budget(), (), rung)


def least_unmet(world: Instance) -> float:
    """The proven bound of the packing: what its linear optimum leaves unmet, no solver involved."""
    network = build_network(world, timed=False)
    packing = build_packing(network, Draft(network), claims_of(network, Draft(network), ()))
    _, ((together, prices),) = settle_packing(packing, TOTAL, Budget(), closing=False)
    return proven(packing, together, prices)


def test_the_packing_has_the_optimum_of_the_arrival_nodes() -> None:
    world = province("S", 1)

    exact, packed = allocate(world, TOTAL), guided(world, Rung.EXACT_STAGES)

    bound = next(value.bound for value in exact.stage_values if value.name == "unmet")
    assert packed.bound == pytest.approx(bound, rel=1e-5)
    assert unmet(packed) <= 1.001 * bound
    assert not check(world, packed)


@pytest.mark.parametrize("seed", range(2))
def test_the_guide_is_checked_and_its_bound_holds(seed: int) -> None:
    world = province("S", seed)

    guide, least = guided(world, Rung.GUIDE), least_unmet(world)

    assert not check(world, guide)
    assert guide.bound <= least + 1.0
    assert least <= unmet(guide) <= 1.03 * least


def test_any_prices_prove_a_bound() -> None:
    world = province("S", 1)
    network = build_network(world, timed=False)
    packing = build_packing(network, Draft(network), claims_of(network, Draft(network), ()))
    (together,) = TOTAL.rounds((1, 2, 3))
    _, ((_, best),) = settle_packing(packing, TOTAL, Budget())
    value = value_of(packing, together)

    tight = relaxed_gain(packing, value, best.stock, best.loads)
    for factor in (0.0, 0.5, 2.0):
        assert relaxed_gain(packing, value, best.stock * factor, best.loads * factor) >= tight * 0.999999


def test_the_price_of_stock_lies_between_the_gain_and_the_loss_of_a_unit() -> None:
    """Over members of an ensemble too: what is true of each is true of the mean."""
    packing, cost = model("S")
    program = LinearProgram(packing.matrix, Budget().iterations)
    claims = np.arange(packing.wants.start, packing.wants.stop)
    gains, prices, losses = [], [], []
    for member in range(3):
        program.bound_rows(claims, -np.inf, wanted(packing, member))
        optimum = program.minimise(cost)
        price = prices_of(packing, optimum).stock
        for row in np.argsort(-price)[:3].tolist():
            number, held = np.array([packing.stock.start + row]), packing.matrix.row_upper[packing.stock.start + row]
            values = []
            for quantity in (held + 1, held - 1, held):
                program.bound_rows(number, -np.inf, quantity)
                values.append(program.minimise(cost).value)
            more, less, now = values
            assert now - more - 1e-4 <= price[row] <= less - now + 1e-4
            gains, prices, losses = [*gains, now - more], [*prices, price[row]], [*losses, less - now]

    assert 0 < sum(gains) <= sum(prices) + 1e-3
    assert sum(prices) <= sum(losses) + 1e-3


def test_far_days_are_taken_together_and_near_days_are_not() -> None:
    network = build_network(province("S", 0), timed=False)

    assert edges(network) == (24, 48, 96, 168, 240)


def test_a_large_coupled_world_climbs_rung_by_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "COLUMNS_SMALL", 10)
    world = province("S", 0)

    plans = list(climb(world, TOTAL, Budget()))

    assert [plan.rung for plan in plans] == ["R0", "R1", "R2"]
    assert sorted((unmet(plan) for plan in plans), reverse=True) == [unmet(plan) for plan in plans]
    assert list(climb(world, TOTAL, Budget(Rung.GUIDE)))[-1].hash == plans[1].hash


@given(st.integers(0, 10**6), st.booleans(), st.sampled_from(Rung), st.sampled_from(Fairness), st.sampled_from(Between))
@settings(max_examples=60, deadline=None)
def test_the_guide_plans_whatever_is_valid(
    seed: int, packs: bool, rung: Rung, fair: Fairness, between: Between
) -> None:
    world = tiny(seed, packs=packs)
    world = replace(
        world, docks=(Dock("W-S1", seed % 5), Dock("W-S2", 1)), items=(replace(world.items[0], volume_cm3=7),)
    )
    pins = (Pin("S1", "N0", seed % 4),)

    plan = guided_plan(build_network(world, pins, timed=False), Policy(fair, between=between), Budget(), pins, rung)

    assert not check(world, plan)


GOLDEN = (
    4743194.1232,
    3973760.2304,
    5596997.7536,
    1647737.8624,
    4879375.8,
    7186725.2072,
    5030638.9536,
    7930896.35,
    5215716.048,
    6542926.1312,
)


@pytest.mark.parametrize("seed", range(10))
def test_the_least_weighted_unmet_of_a_seed_stays_what_it_was(seed: int) -> None:
    assert least_unmet(province("S", seed)) == pytest.approx(GOLDEN[seed], rel=1e-6)


def test_bounds_stand_in_their_order() -> None:
    world = province("S", 1)
    free = replace(world, docks=())

    uncoupled, joint, guide = allocate(free, TOTAL), guided(world, Rung.EXACT_STAGES), guided(world, Rung.GUIDE)
    by_hand = allocate(world, TOTAL, Budget(Rung.NEAREST_FIRST))

    assert unmet(uncoupled) < joint.bound <= unmet(guide) <= unmet(by_hand)


def test_faster_docks_and_more_stock_never_leave_more_unmet() -> None:
    world = province("S", 3)
    faster = replace(world, docks=tuple(Dock(dock.site_code, dock.cm3_per_hour * 2) for dock in world.docks))
    richer = replace(world, lots=tuple(replace(lot, quantity=lot.quantity + 5) for lot in world.lots))

    now = least_unmet(world)

    assert least_unmet(faster) <= now
    assert least_unmet(richer) <= now


@pytest.mark.parametrize("rung", [Rung.GUIDE, Rung.EXACT_STAGES])
def test_permuted_rows_give_the_same_guided_plan(rung: Rung) -> None:
    world = province("S", 0)
    turned = replace(
        world, needs=world.needs[::-1], lots=world.lots[::-1], routes=world.routes[::-1], sources=world.sources[::-1]
    )

    assert guided(turned, rung).hash == guided(world, rung).hash
