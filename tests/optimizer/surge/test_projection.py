"""Projections against closed forms: what arithmetic says, the projection says."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.surge.check import check
from optimizer.surge.explain import binding_materials, worth_of
from optimizer.surge.instance import Demand, InvalidSurge, Line, Material, SurgeInstance, Use
from optimizer.surge.plan import RUN
from optimizer.surge.project import project

DAYS = 8
RAMP = (25, 50, 75, 100)


def world(
    *lines: Line, materials: tuple[Material, ...] = (), uses: tuple[Use, ...] = (), need: int = 0, opening: int = 0
) -> SurgeInstance:
    """Lines for one item SUIT, with the same need every day."""
    demand = Demand("SUIT", opening, (need,) * DAYS)
    return SurgeInstance("2021-01-05", DAYS, lines, materials, uses, (demand,), ("SUIT",))


def made(instance: SurgeInstance) -> list[int]:
    rows = project(instance).line_days
    return [sum(row.made for row in rows if row.day == day and row.product_code == "SUIT") for day in range(DAYS)]


def test_a_line_climbs_its_ramp_and_stays_at_full_rate() -> None:
    assert made(world(Line("L1", "P", "SUIT", RAMP))) == [25, 50, 75, 100, 100, 100, 100, 100]


def test_conversion_loses_exactly_its_hours() -> None:
    converted = Line("L1", "P", "SUIT", (0, 50, 100))  # 36 hours at 100 a day: nothing, then half a day

    assert sum(made(world(Line("L1", "P", "SUIT", (100,))))) - sum(made(world(converted))) == 150


def test_lag_moves_output_to_its_day_of_issue() -> None:
    path = project(world(Line("L1", "P", "SUIT", (100,), lag_days=3))).item("SUIT")

    assert path.issued == (0, 0, 0, 0, 100, 100, 100, 100)


def test_an_activation_a_day_later_costs_the_last_day_at_full_rate() -> None:
    early, late = Line("L1", "P", "SUIT", RAMP), Line("L1", "P", "SUIT", RAMP, from_day=1)

    assert sum(made(world(early))) - sum(made(world(late))) == 100


def test_material_caps_output_exactly() -> None:
    fabric = Material("M07", "m2", opening=1_000)
    instance = world(Line("L1", "P", "SUIT", (100,)), materials=(fabric,), uses=(Use("SUIT", "M07", 4),))

    assert made(instance) == [100, 100, 50, 0, 0, 0, 0, 0]
    assert project(instance).limits_of("SUIT")[:4] == (RUN, RUN, "M07", "M07")


def test_material_made_today_is_used_from_tomorrow() -> None:
    """Two levels: resin to fabric to suit."""
    lines = (Line("F", "P", "M07", (200,)), Line("L1", "P", "SUIT", (100,)))
    materials = (Material("M07", "m2"), Material("M11", "kg", daily=100))
    instance = world(*lines, materials=materials, uses=(Use("SUIT", "M07", 4), Use("M07", "M11", 1)))

    assert made(instance) == [0, 25, 25, 25, 25, 25, 25, 25]


def test_shared_material_goes_to_the_first_product_first() -> None:
    lines = (Line("A", "P", "GOWN", (100,)), Line("B", "P", "SUIT", (100,)))
    uses = (Use("GOWN", "M", 1), Use("SUIT", "M", 1))
    instance = world(*lines, materials=(Material("M", "m", daily=120),), uses=uses)

    rows = {row.line_code: row.made for row in project(instance).line_days if row.day == 0}

    assert rows == {"A": 20, "B": 100}


def test_yield_and_claims_come_off_before_issue() -> None:
    line = Line("L1", "P", "SUIT", (101,), yield_permille=900, claimed_permille=500)

    assert project(world(line)).item("SUIT").issued[1] == 45  # 101 makes 90 good, half of them claimed


def test_the_shortage_date_is_the_first_day_with_unmet_need() -> None:
    path = project(world(Line("L1", "P", "SUIT", RAMP), need=60, opening=90)).item("SUIT")

    assert path.unmet == (0, 5, 10, 0, 0, 0, 0, 0)
    assert path.short_from_day == 1
    assert path.reachable_by(3) == 90 + 25 + 50 + 75


def test_the_worth_of_a_material_ends_where_the_line_binds() -> None:
    fabric = Material("M07", "m2", daily=40)
    line = Line("L1", "P", "SUIT", (30,))
    instance = world(line, materials=(fabric,), uses=(Use("SUIT", "M07", 4),), need=20)

    worth = worth_of(instance, "M07", "SUIT")

    assert binding_materials(project(instance), "SUIT") == ("M07",)
    assert worth is not None
    assert (worth.quantity, worth.pieces) == (4, 1)
    assert worth.pieces_in_all == 70  # seven days of issue, ten pieces short on each; day 0 cannot be helped
    assert worth.helps_up_to == 280
    assert worth_of(replace(instance, materials=(replace(fabric, daily=400),)), "M07", "SUIT") is None


@st.composite
def surges(draw: st.DrawFn) -> SurgeInstance:
    small = st.integers(0, 30)
    lines = [
        Line(
            f"L{place}",
            "P",
            draw(st.sampled_from(["SUIT", "GOWN", "M1"])),
            tuple(draw(st.lists(small, min_size=1, max_size=4))),
            from_day=draw(st.integers(-2, 5)),
            lag_days=draw(st.integers(0, 3)),
            yield_permille=draw(st.sampled_from([1000, 950])),
        )
        for place in range(draw(st.integers(1, 4)))
    ]
    materials = tuple(Material(code, "kg", opening=draw(small), daily=draw(small)) for code in ("M1", "M2"))
    uses = (Use("SUIT", "M1", 2), Use("GOWN", "M1", 1), Use("M1", "M2", 1))
    needs = tuple(draw(st.lists(small, min_size=DAYS, max_size=DAYS)))
    return SurgeInstance("2021-01-05", DAYS, tuple(lines), materials, uses, (Demand("SUIT", draw(small), needs),), ())


@settings(max_examples=60, deadline=None)
@given(surges())
def test_every_projection_passes_the_checker(instance: SurgeInstance) -> None:
    assert check(instance, project(instance)) == []


@settings(max_examples=60, deadline=None)
@given(surges(), st.integers(1, 50))
def test_more_stock_never_leaves_more_unmet(instance: SurgeInstance, more: int) -> None:
    (demand,) = instance.demands
    richer = replace(instance, demands=(replace(demand, opening=demand.opening + more),))

    assert sum(project(richer).item("SUIT").unmet) <= sum(project(instance).item("SUIT").unmet)


@settings(max_examples=40, deadline=None)
@given(surges(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(instance: SurgeInstance, shuffler: random.Random) -> None:
    lines, materials = list(instance.lines), list(instance.materials)
    shuffler.shuffle(lines)
    shuffler.shuffle(materials)
    shuffled = replace(instance, lines=tuple(lines), materials=tuple(materials))

    assert shuffled.hash == instance.hash
    assert project(shuffled) == project(instance)
    assert SurgeInstance.from_json(instance.to_json()) == instance


def test_a_planted_lie_is_found() -> None:
    instance = world(Line("L1", "P", "SUIT", (100,)), need=10)
    projection = project(instance)
    first, *rest = projection.line_days

    too_much = check(instance, replace(projection, line_days=(replace(first, made=101), *rest)))
    too_late = check(instance, replace(projection, line_days=(replace(first, made=90), *rest)))

    assert {violation.rule for violation in too_much} == {"beyond_rate", "issue"}
    assert {violation.rule for violation in too_late} == {"made_too_late", "issue"}


def test_a_contradiction_is_refused_with_all_its_problems() -> None:
    with pytest.raises(InvalidSurge) as refusal:
        world(Line("L1", "P", "SUIT", (-1,), yield_permille=1001), uses=(Use("SUIT", "M9", 0),))

    assert len(refusal.value.problems) == 4
