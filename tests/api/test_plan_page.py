"""What a planner reads of a plan: for what a substitute goes, and which rule keeps goods out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.i18n import Language, text_in
from api.views.plan_map import plan_map
from api.views.plan_page import plan_page
from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.drafts import Draft
from tests.reserve.catalogue.goods import MASK, SURGICAL
from tests.reserve.dispatch.orders_world import Office, build_orders_world
from tests.reserve.dispatch.test_exchange import surgery
from tests.reserve.dispatch.test_roads import close
from tests.reserve.verify.worlds import BUILDERS, world

BUILDERS["orders"] = build_orders_world
EN, ALL = text_in(Language.EN), ("/",)


@pytest.fixture
def office(clock: StoryClock) -> Iterator[Office]:
    with world("sqlite", "orders") as ready:  # words know no engine
        yield Office(Runner(ready, clock), clock)


def test_a_line_of_a_substitute_says_for_what_it_goes_and_others_say_nothing(office: Office) -> None:
    office.run(surgery("ordinary_hcw_day"), Draft())

    page = office.ask(plan_page, office.plan(item_codes=(SURGICAL, MASK)), ALL, EN)

    said = {(line.item_code, f"|{SURGICAL}|" in line.need_key, page.instead[line.line_no]) for line in page.plan.lines}
    ((_, _, instead),) = (row for row in said if row[1])
    assert instead.startswith(" (in place of ")
    assert instead.endswith(", 2 for 1)")
    assert {row[2] for row in said if not row[1]} == {""}


@pytest.mark.parametrize(
    ("driver", "because"),
    [
        ("critical_bed_day", "substitute forbidden for this use"),
        ("mild_bed_day", "substitute not permitted for this use"),
    ],
)
def test_the_rule_that_keeps_a_substitute_out_is_said(office: Office, driver: str, because: str) -> None:
    office.run(surgery(driver), Draft())

    page = office.ask(plan_page, office.plan(item_codes=(SURGICAL,)), ALL, EN)

    assert [because in row.because for row in page.unmet] == [True]


def test_a_closed_road_is_said(office: Office) -> None:
    close(office, 0)

    page = office.ask(plan_page, office.plan(item_codes=(MASK,)), ALL, EN)

    assert ["the road is closed until too late" in row.because for row in page.unmet] == [True, True]


def test_the_map_shows_every_way_of_an_item_and_the_matrix_every_county(office: Office) -> None:
    page = office.ask(plan_page, office.plan(item_codes=(MASK,)), ALL, EN)

    assert page.map is not None
    assert page.matrix is not None
    sent = sum(flow.quantity for flow in page.map.flows)
    assert sent == sum(line.makes_up for line in page.plan.lines)
    assert sent == sum(source.quantity for source in page.map.sources)
    assert [(choice.code, choice.unmet) for choice in page.map.choices] == [
        (MASK, sum(row.unmet for row in page.unmet))
    ]
    assert [code for code, _ in page.matrix.items] == [MASK]
    assert sum(row.cells[0].claim for row in page.matrix.rows if row.cells[0]) == page.matrix.totals[0].claim
    assert page.matrix.totals[0].claim == page.map.item.claim


def test_a_map_of_an_unknown_item_shows_the_one_that_is_short_most(office: Office) -> None:
    code = office.plan(item_codes=(MASK,))

    found = office.ask(plan_map, code, ALL, EN, "NOPE")

    assert found is not None
    assert found.item.code == MASK


def test_many_needs_are_told_as_one_with_their_units_added_up(office: Office) -> None:
    close(office, 0)

    page = office.ask(plan_page, office.plan(item_codes=(MASK,)), ALL, EN)

    (told,) = page.unmet_items
    assert (told.needs, told.unmet) == (2, sum(row.unmet for row in page.unmet))
    assert sum("road closed" in each or "road is closed" in each for each in told.because) == 1
