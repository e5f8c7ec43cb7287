"""Laws of what if: what a base holds, what a change does to it, what makes no sense, in what two differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from optimizer.surge.project import project
from reserve.scenarios import rules
from reserve.scenarios.assembly import freeze, ramp_of
from reserve.scenarios.drafts import Change
from reserve.scenarios.terms import Assumptions, Difference, NeedLevel, ScenarioBase, Side
from tests.reserve.scenarios.factories import FABRIC, SLOT, SUIT, ZIP, declared, make_facts, make_line

BASE = freeze(make_facts())
ASKED = Assumptions(
    datetime(2021, 1, 5, tzinfo=UTC), datetime(2021, 1, 5, tzinfo=UTC), 10, ("INC-1",), NeedLevel.BASE, False
)
READER: TypeAdapter[Change] = TypeAdapter(Change)


def change(kind: str, **values: Any) -> Change:
    return READER.validate_python({"kind": kind, **values})


def made(base: ScenarioBase, line: str, *changes: Change) -> tuple[int, ...]:
    return project(rules.with_changes(base, changes)).line(line).made


# --- the base -----------------------------------------------------------------------------------------------------


def test_a_ramp_is_a_list_of_quantities_that_ends_at_what_is_declared() -> None:
    line = make_line("A-1")

    assert ramp_of(line, 400) == (0, 50, 150, 250, 350, 400)
    assert ramp_of(line, 200) == (0, 50, 150, 200)


def test_without_changes_materials_are_made_at_their_normal_rate_and_items_only_to_order() -> None:
    ordered = freeze(make_facts(ordered={"A-1": (0, 30, 40, 0, 0, 0, 0, 0, 0, 0)}))

    assert [line.code for line in BASE.instance.lines] == ["F-1"]
    assert made(BASE, "F-1") == (100,) * 10
    assert made(ordered, "A-1") == (0, 30, 40, 0, 0, 0, 0, 0, 0, 0)


def test_a_material_made_by_listed_lines_is_closed_to_the_rest_and_others_come_from_the_province() -> None:
    daily = {material.code: material.daily // material.scale for material in BASE.instance.materials}

    assert daily == {FABRIC: 0, ZIP: 900, SLOT: 30}


def test_what_producers_keep_is_there_on_day_0_and_services_are_not_kept() -> None:
    materials = {material.code: material for material in BASE.instance.materials}

    assert (materials[FABRIC].opening, materials[FABRIC].scale) == (7 * 100 * 5, 2)  # halves of a square metre
    assert (materials[SLOT].opening, materials[SLOT].keeps) == (0, False)


def test_who_is_needed_most_urgently_takes_first() -> None:
    lines = {"A-1": make_line("A-1"), "B-1": make_line("B-1", "H2010101")}
    facts = make_facts(lines=lines, declared={}, classes={SUIT: 2, "H2010101": 1})

    assert freeze(facts).instance.products == ("H2010101", SUIT)


def test_a_base_comes_back_from_its_text() -> None:
    again = ScenarioBase.from_json(BASE.to_json())

    assert again == BASE
    assert again.hash == BASE.hash
    assert freeze(make_facts(stock={SUIT: 51})).hash != BASE.hash


# --- what a change does -------------------------------------------------------------------------------------------


def test_an_activated_line_converts_climbs_and_stays_and_the_base_is_untouched() -> None:
    before = BASE.hash

    assert made(BASE, "A-1", change("activate", line_code="A-1")) == (0, 50, 150, 250, 330) + (40,) * 5
    assert made(BASE, "A-1", change("activate", line_code="A-1", from_day=8)) == (0,) * 9 + (50,)
    assert BASE.hash == before


def test_a_delay_moves_the_start() -> None:
    changes = (change("activate", line_code="A-1"), change("delay", line_code="A-1", days=2))

    assert made(BASE, "A-1", *changes)[:5] == (0, 0, 0, 50, 150)


def test_a_material_line_goes_on_at_its_normal_rate_until_its_surge_begins() -> None:
    changes = (change("activate", line_code="F-1", from_day=2),)

    assert made(BASE, "F-1", *changes)[:6] == (100, 100, 100, 200, 300, 400)


def test_a_line_under_order_does_not_convert_again() -> None:
    running = freeze(make_facts(ordered={"A-1": (200, 200) + (0,) * 8}, days_run={"A-1": 3}, recipes={}))

    at_once = made(running, "A-1", change("activate", line_code="A-1"))
    after_the_order = made(running, "A-1", change("activate", line_code="A-1", from_day=2))
    after_a_break = made(running, "A-1", change("activate", line_code="A-1", from_day=3))

    assert at_once[:3] == (250, 350, 400)
    assert after_the_order[:4] == (200, 200, 400, 400)
    assert after_a_break[:5] == (200, 200, 0, 0, 50)


def test_a_line_never_makes_more_than_declared_nor_after_the_declaration_ran_out() -> None:
    facts = make_facts(declared={"A-1": declared("A-1", 120, days=4)}, recipes={})

    assert made(freeze(facts), "A-1", change("activate", line_code="A-1")) == (0, 50, 120, 120, 120, 0, 0, 0, 0, 0)


def test_materials_arrive_and_shares_take_the_place_of_the_daily_quantity() -> None:
    changes = (
        change("add_material", material_code=FABRIC, quantity=500, day=3),
        change("supply_share", material_code=ZIP, percent=10),
    )
    materials = {each.code: each for each in rules.with_changes(BASE, changes).materials}

    assert materials[FABRIC].arrivals == ((3, 1_000),)
    assert materials[ZIP].daily == 100


def test_a_need_is_scaled_rounded_up_or_set() -> None:
    percent = rules.with_changes(BASE, [change("change_need", item_code=SUIT, percent=151)])
    per_day = rules.with_changes(BASE, [change("change_need", item_code=SUIT, per_day=7)])

    assert percent.demands[0].needs == (31,) * 10
    assert per_day.demands[0].needs == (7,) * 10


# --- what makes no sense ------------------------------------------------------------------------------------------


def test_every_fault_of_changes_is_named() -> None:
    changes = [
        change("activate", line_code="Z-9"),
        change("delay", line_code="A-1", days=1),
        change("add_material", material_code="M99", quantity=1, day=10),
        change("change_need", item_code="H9", per_day=1),
        change("supply_share", material_code=ZIP, percent=1),
        change("supply_share", material_code=ZIP, percent=2),
    ]

    assert [(each.code, each.field) for each in rules.change_problems(BASE, changes)] == [
        ("line_not_available", "changes.0.line_code"),
        ("line_not_running", "changes.1.line_code"),
        ("unknown_material", "changes.2.material_code"),
        ("unknown_item", "changes.3.item_code"),
        ("beyond_horizon", "changes.2.day"),
        ("repeated", "changes.5.material_code"),
    ]


def test_a_need_is_changed_in_one_way_only() -> None:
    for values in ({}, {"percent": 50, "per_day": 3}):
        with pytest.raises(ValidationError):
            change("change_need", item_code=SUIT, **values)


# --- in what two differ -------------------------------------------------------------------------------------------


def test_equal_scenarios_do_not_differ_whatever_the_order_of_their_changes() -> None:
    one, two = change("activate", line_code="A-1"), change("delay", line_code="F-1", days=1)

    assert rules.differences((ASKED, [one, two]), (ASKED, [two, one])) == []


def test_differences_name_the_assumption_and_who_makes_it() -> None:
    delay = change("delay", line_code="F-1", days=1)
    high = replace(ASKED, need_level=NeedLevel.HIGH)

    assert rules.differences((ASKED, [delay]), (high, [])) == [
        Difference("base_need_level", None, {"left": "base", "right": "high"}),
        Difference("delay", Side.LEFT, {"line_code": "F-1", "days": 1}),
    ]
