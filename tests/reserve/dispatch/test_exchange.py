"""Substitutes from the catalogue through a plan and a letter to what has come for the need."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from optimizer.dispatch.substitutes import Substitution, Use
from reserve.authority import Actor
from reserve.catalogue import service as catalogue
from reserve.catalogue.terms import SubstitutionDecisionDraft
from reserve.commands import Done
from reserve.dispatch import queries
from reserve.dispatch.terms import PlannedLine
from reserve.drafts import Draft
from tests.conftest import NOW
from tests.reserve.capacity.works import INCIDENT
from tests.reserve.catalogue.goods import MASK, SURGICAL, make_catalogue, make_item, make_substitution
from tests.reserve.dispatch.orders_world import TOMORROW, Office, add_need
from tests.reserve.dispatch.test_planning import instance

PAIR = SubstitutionDecisionDraft(needed_item=SURGICAL, substitute_item=MASK, reason="physicians agreed")


def surgery(driver: str, *, is_enabled: bool = True) -> Any:
    """HS-2 needs 100 surgical masks as well, of which there are none; two plain ones stand in for one on wards."""

    def lay_out(session: Session, by: Actor, draft: Draft, *, now: datetime, today: date) -> Done:
        pair = make_substitution(
            numerator=2, allowed_context="general ward; community", forbidden_context="ICU", is_enabled=is_enabled
        )
        goods = make_catalogue(make_item(MASK, pack_size=50), make_item(SURGICAL), substitutions=(pair,))
        catalogue.record_catalogue(session, by, goods, now=now, today=today)
        add_need(session, "HS-2", SURGICAL, 100, 1, TOMORROW, driver)
        return Done()

    return lay_out


def surgical(office: Office, code: str) -> list[PlannedLine]:
    lines = office.ask(queries.plan_lines, office.ask(queries.get_plan, code).id)
    return [line for line in lines if f"|{SURGICAL}|" in line.need_key]


def test_a_permitted_use_is_served_and_the_plan_says_with_what_and_at_what_ratio(office: Office) -> None:
    office.run(surgery("ordinary_hcw_day"), Draft())

    code = office.plan(item_codes=(SURGICAL,))

    found = instance(office, code)
    assert found.substitutions == (Substitution(SURGICAL, MASK, 2, 1, 1, ("general ward", "community"), ("ICU",)),)
    assert [use.words[0] for use in found.uses] == ["general ward"]
    lines = surgical(office, code)
    assert {(line.item_code, line.numerator, line.denominator) for line in lines} == {(MASK, 2, 1)}
    assert (sum(line.quantity for line in lines), sum(line.makes_up for line in lines)) == (200, 100)


@pytest.mark.parametrize("driver", ["critical_bed_day", "mild_bed_day", "patient"])
def test_intensive_care_and_uses_that_nobody_named_get_no_substitute(office: Office, driver: str) -> None:
    office.run(surgery(driver), Draft())

    code = office.plan(item_codes=(SURGICAL,))

    assert surgical(office, code) == []
    assert [use.need_code.split("|")[2] for use in instance(office, code).uses] == [SURGICAL]


def test_what_a_competent_person_has_not_enabled_is_not_in_the_instance(office: Office) -> None:
    office.run(surgery("ordinary_hcw_day", is_enabled=False), Draft())
    before = office.asked(item_codes=(SURGICAL,))
    office.clock.move_to(NOW + timedelta(hours=1))
    office.run(catalogue.enable_substitution, PAIR)

    assert instance(office, before).substitutions == ()
    assert len(instance(office, office.asked(item_codes=(SURGICAL,))).substitutions) == 1
    as_known_before = office.asked(item_codes=(SURGICAL,), as_of=NOW, known_at=NOW)
    assert instance(office, as_known_before).substitutions == ()


def test_what_comes_of_a_substitute_counts_for_the_need_by_its_ratio(office: Office) -> None:
    office.run(surgery("ordinary_hcw_day"), Draft())
    numbers = office.draft(office.plan(item_codes=(SURGICAL,)))
    for number in numbers:
        office.submit(number)

    progress = office.ask(queries.progress_by_need, [INCIDENT], office.clock.now())

    (key,) = (key for key in progress if f"|{SURGICAL}|" in key)
    assert progress[key] == (0, 100)
    assert {line.item_code for number in numbers for line in office.lines(number)} == {MASK}
    again = instance(office, office.asked(item_codes=(SURGICAL,)))
    assert [(need.quantity, need.on_road) for need in again.needs] == [(100, 100)]


def test_two_uses_behind_one_need_are_both_told(office: Office) -> None:
    def lay_out(session: Session, by: Actor, draft: Draft, *, now: datetime, today: date) -> Done:
        add_need(session, "HS-2", SURGICAL, 20, 1, TOMORROW, "critical_bed_day")
        return Done()

    office.run(surgery("ordinary_hcw_day"), Draft())
    office.run(lay_out, Draft())

    found = instance(office, code := office.plan(item_codes=(SURGICAL,)))

    (need,) = found.needs
    assert need.quantity == 120
    assert {use.words[0] for use in found.uses} == {"ICU", "general ward"}
    assert all(isinstance(use, Use) for use in found.uses)
    assert surgical(office, code) == []
