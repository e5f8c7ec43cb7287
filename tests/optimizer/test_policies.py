"""Policies as a visible choice: what strict and weighted classes give to whom."""

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.instance import Dock, Instance, Item, Route
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Between, Fairness, Policy
from tests.optimizer.worlds import make_lot, make_need, make_world, tiny


def sent(plan: Plan) -> dict[str, int]:
    return {result.need_code: result.on_time for result in plan.needs}


def scarce() -> Instance:
    """Ten masks for a class 1 need and a class 3 need of ten each, at one place."""
    return make_world(
        lots=(make_lot(quantity=10),),
        needs=(make_need("N1", quantity=10), make_need("N3", quantity=10, priority_class=3)),
    )


def test_strict_classes_give_everything_to_the_higher_class() -> None:
    assert sent(allocate(scarce())) == {"N1": 10, "N3": 0}


def test_weighted_classes_under_max_min_share_across_classes() -> None:
    assert sent(allocate(scarce(), Policy(between=Between.WEIGHTED))) == {"N1": 5, "N3": 5}


def test_weighted_classes_give_up_one_heavy_unit_for_many_light_ones() -> None:
    world = make_world(
        boundaries=(0, 24),
        items=(Item("BED", volume_cm3=10), Item("MASK", volume_cm3=1)),
        lots=(make_lot(quantity=10), make_lot("L2", quantity=10, item_code="BED")),
        needs=(make_need("N1", quantity=10, item_code="BED"), make_need("N2", quantity=10, priority_class=2)),
        routes=(Route("W-S1", "P1", 2, 10),),
        docks=(Dock("W-S1", 1),),
    )

    strict = allocate(world, Policy(Fairness.TOTAL))
    weighted = allocate(world, Policy(Fairness.TOTAL, between=Between.WEIGHTED))

    assert (sent(strict), sent(weighted)) == ({"N1": 2, "N2": 4}, {"N1": 1, "N2": 10})
    assert not check(world, weighted)
    assert [value.value for value in weighted.stage_values if value.name == "unmet"] == [9 * 9 * 100]


def test_a_weight_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="class_weights"):
        Policy(class_weights=(9, 0, 1))


@pytest.mark.parametrize("seed", range(12))
def test_a_dial_at_nought_is_the_total_whatever_the_shares_would_have_been(seed: int) -> None:
    world = tiny(seed, packs=True, two_packs=True)

    quotas_off = allocate(world, Policy(Fairness.PROPORTIONAL, kappa=0.0))

    assert quotas_off.shipments == allocate(world, Policy(Fairness.TOTAL)).shipments
    assert quotas_off.rung == "R2"
