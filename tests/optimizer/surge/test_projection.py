"""Projections against closed forms: what arithmetic says, the projection says."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.surge.check import check
from optimizer.surge.instance import Demand, InvalidSurge, Material, SurgeInstance, Use
from optimizer.surge.plan import CAPACITY, CHANGEOVER, IDLE, ORDER, Projection
from optimizer.surge.plan import RAMP as RAMPING
from optimizer.surge.project import missing_by_item, project
from tests.optimizer.surge.worlds import DAYS, RAMP, line, made, plain_chains, richer, surges, world

FABRIC = (Use("SUIT", "M07", 4),)


def test_a_line_climbs_its_ramp_and_stays_at_full_rate() -> None:
    instance = world(line(rates=RAMP))

    assert made(instance) == [25, 50, 75, 100, 100, 100, 100, 100]
    assert project(instance).limits_of("SUIT")[:4] == (RAMPING, RAMPING, RAMPING, CAPACITY)


def test_conversion_loses_exactly_its_hours() -> None:
    converted = line(rates=(0, 50, 100))  # 36 hours at 100 a day: nothing, then half a day

    assert sum(made(world(line()))) - sum(made(world(converted))) == 150
    assert project(world(converted)).limits_of("SUIT")[:3] == (CHANGEOVER, RAMPING, CAPACITY)


def test_lag_moves_output_to_its_day_of_issue() -> None:
    path = project(world(line(lag_days=3))).item("SUIT")

    assert path.issued == (0, 0, 0, 0, 100, 100, 100, 100)


@pytest.mark.parametrize("days_late", [1, 2, 3])
def test_an_activation_later_costs_exactly_the_days_at_full_rate(days_late: int) -> None:
    early, late = line(rates=RAMP), line(rates=RAMP, from_day=days_late)

    assert sum(made(world(early))) - sum(made(world(late))) == 100 * days_late
    assert project(world(late)).limits_of("SUIT")[:days_late] == (IDLE,) * days_late


def test_a_line_stops_after_its_last_day_and_keeps_to_its_order() -> None:
    instance = world(line(until_day=2, cap_per_day=60))

    assert made(instance) == [60, 60, 60, 0, 0, 0, 0, 0]
    assert project(instance).limits_of("SUIT")[2:4] == (ORDER, IDLE)


def test_material_caps_output_exactly() -> None:
    instance = world(line(), materials=(Material("M07", "m2", opening=1_000),), uses=FABRIC)

    assert made(instance) == [100, 100, 50, 0, 0, 0, 0, 0]
    assert project(instance).limits_of("SUIT")[:4] == (CAPACITY, CAPACITY, "M07", "M07")


def test_a_dated_delivery_is_used_on_its_day() -> None:
    fabric = Material("M07", "m2", arrivals=((2, 800), (2, 40)))

    assert made(world(line(), materials=(fabric,), uses=FABRIC)) == [0, 0, 100, 100, 10, 0, 0, 0]


def test_a_service_that_nobody_uses_is_lost() -> None:
    slots = Material("M24", "m3", daily=30, keeps=False)
    instance = world(line(from_day=2), materials=(slots,), uses=(Use("SUIT", "M24", 1),))

    assert made(instance) == [0, 0, 30, 30, 30, 30, 30, 30]


def test_material_made_today_is_used_from_tomorrow() -> None:
    """Two levels: resin to fabric to suit."""
    lines = (line("F", (200,), "M07"), line())
    materials = (Material("M07", "m2"), Material("M11", "kg", daily=100))
    instance = world(*lines, materials=materials, uses=(*FABRIC, Use("M07", "M11", 1)))

    assert made(instance) == [0, 25, 25, 25, 25, 25, 25, 25]


def test_shared_material_goes_to_the_first_product_first() -> None:
    lines = (line("A", product="GOWN"), line("B"))
    uses = (Use("GOWN", "M", 1), Use("SUIT", "M", 1))
    instance = world(*lines, materials=(Material("M", "m", daily=120),), uses=uses)

    assert (made(instance)[0], made(instance, "GOWN")[0]) == (100, 20)


def test_of_one_product_the_line_that_issues_soonest_takes_first() -> None:
    lines = (line("A", lag_days=7), line("B", lag_days=1), line("C", lag_days=1, yield_permille=990))
    instance = world(*lines, materials=(Material("M07", "m2", daily=600),), uses=FABRIC)

    assert [path.made[0] for path in project(instance).lines] == [0, 100, 50]


def test_yield_and_claims_come_off_before_issue() -> None:
    path = project(world(line(rates=(101,), yield_permille=900, claimed_permille=500))).item("SUIT")

    assert path.issued[1] == 45  # 101 makes 90 good, half of them claimed
    assert sum(path.issued) == 7 * 101 * 900 // 1000 // 2  # no piece is lost to the rounding of days


def test_the_shortage_date_is_the_first_day_with_unmet_need() -> None:
    path = project(world(line(rates=RAMP), need=60, opening=90)).item("SUIT")

    assert path.unmet == (0, 5, 10, 0, 0, 0, 0, 0)
    assert (path.short_from_day, path.missing) == (1, 15)
    assert path.reachable_by(3) == 90 + 25 + 50 + 75


def test_a_lump_stays_open_until_it_is_filled_and_gives_way_to_flow() -> None:
    demand = Demand("SUIT", 0, (10,) * DAYS, (100, 0, 0, 0, 0, 0, 0, 0), arrivals=((1, 40), (2, 15), (5, 80)))
    path = project(replace(world(), demands=(demand,))).item("SUIT")

    assert path.open == (100, 70, 65, 65, 65, 0, 0, 0)
    assert path.unmet == (10, 0, 0, 10, 10, 0, 5, 10)
    assert (path.short_from_day, path.missing) == (0, 45)


@settings(max_examples=150, deadline=None)
@given(surges())
def test_every_projection_passes_the_checker(instance: SurgeInstance) -> None:
    projection = project(instance)

    assert check(instance, projection) == []
    assert missing_by_item(instance) == {path.item_code: path.missing for path in projection.items}
    assert Projection.from_json(projection.to_json()) == projection


@settings(max_examples=60, deadline=None)
@given(surges(), st.integers(1, 50))
def test_more_stock_never_leaves_more_missing(instance: SurgeInstance, more: int) -> None:
    demands = tuple(replace(demand, opening=demand.opening + more) for demand in instance.demands)
    before, after = missing_by_item(instance), missing_by_item(replace(instance, demands=demands))

    assert all(after[item] <= before[item] for item in before)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_more_of_anything_never_makes_less_where_nobody_competes(data: st.DataObject) -> None:
    instance = data.draw(plain_chains())
    more = data.draw(richer(instance))
    before, after = project(instance).item("SUIT"), project(more).item("SUIT")

    assert all(a <= b for a, b in zip(accumulate(before.issued), accumulate(after.issued), strict=True))
    assert after.missing <= before.missing


def test_where_products_compete_more_of_one_material_may_take_from_another() -> None:
    """As early as possible is not as wisely as possible: gowns use today what suits would have used tomorrow."""
    lines = (line("S", (10,), from_day=1), line("G", (10,), "GOWN"))
    uses = (Use("SUIT", "TAPE", 1), Use("GOWN", "TAPE", 1), Use("GOWN", "CLOTH", 1))
    tape, cloth = Material("TAPE", "m", opening=10), Material("CLOTH", "m2", opening=10)

    without = world(*lines, materials=(tape, replace(cloth, opening=0)), uses=uses)
    with_cloth = world(*lines, materials=(tape, cloth), uses=uses)

    assert (sum(made(without)), sum(made(without, "GOWN"))) == (10, 0)
    assert (sum(made(with_cloth)), sum(made(with_cloth, "GOWN"))) == (0, 10)


@settings(max_examples=40, deadline=None)
@given(surges(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(instance: SurgeInstance, shuffler: random.Random) -> None:
    def mixed(rows: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(shuffler.sample(rows, len(rows)))

    names = ("lines", "materials", "uses", "demands")
    shuffled = replace(instance, **{name: mixed(getattr(instance, name)) for name in names})

    assert shuffled.hash == instance.hash
    assert project(shuffled).hash == project(instance).hash
    assert SurgeInstance.from_json(instance.to_json()) == instance


def test_a_contradiction_is_refused_with_all_its_problems() -> None:
    uses = (Use("SUIT", "M9", 0), Use("SUIT", "M1", 1))
    late = Material("M1", "kg", arrivals=((8, 5),))
    with pytest.raises(InvalidSurge) as refusal:
        world(line(rates=(-1,), yield_permille=1001), line(rates=()), materials=(late,), uses=uses)

    assert refusal.value.problems == (
        "line L1: expected once",
        "use of M9 in SUIT: material unknown",
        "use of M9 in SUIT: expected at least 1, found 0",
        "line L1: rates expected 0 or more",
        "line L1: yield expected 0 to 1000 permille, found 1001",
        "line L1: expected at least one rate",
        "material M1: arrivals expected on days 0 to 7, found 8",
    )


def test_an_item_is_not_a_material_at_the_same_time() -> None:
    with pytest.raises(InvalidSurge) as refusal:
        world(materials=(Material("SUIT", "piece"),))

    assert refusal.value.problems == ("demand SUIT: expected an item, found a material",)
