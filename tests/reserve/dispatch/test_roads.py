"""Road versions of the books in a plan: whole hours, never in the receiver's favour, closed roads in the picture."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from optimizer.dispatch.instance import Instance
from optimizer.dispatch.roads import RoadChange
from reserve.dispatch import queries
from reserve.dispatch.roads import Span, changes_of
from reserve.sites import service as sites
from reserve.sites.terms import Road, RoadChangeDraft
from tests.conftest import NOW
from tests.reserve.catalogue.goods import MASK
from tests.reserve.dispatch.orders_world import Office
from tests.reserve.dispatch.test_planning import instance, lines_from

SPAN = Span(NOW, NOW + timedelta(hours=48), NOW, loading_minutes=60)
OPEN, SLOW, SHUT = Road(60, 40_000), Road(300, 40_500), Road(60, 40_000, closed=True)
FAST_HOURS, SLOW_HOURS = 2, 6
ENDS = ("A", "B")


def seen(*later: tuple[float, Road], start: Road = OPEN) -> tuple[Road, list[tuple[int, int, bool]]]:
    rows = [(NOW + timedelta(hours=hour), road) for hour, road in later]
    first, found = changes_of(ENDS, start, rows, SPAN)
    return first, [(row.from_hour, row.travel_hours, row.closed) for row in found]


@pytest.mark.parametrize(
    ("later", "found"),
    [
        ([(5.5, SLOW)], [(5, SLOW_HOURS, False)]),  # worse from the hour before
        ([(5.5, SHUT), (9.5, OPEN)], [(5, FAST_HOURS, True), (10, FAST_HOURS, False)]),  # better from the hour after
        ([(5.0, SHUT), (9.0, OPEN)], [(5, FAST_HOURS, True), (9, FAST_HOURS, False)]),
        (
            [(5.1, SHUT), (5.2, OPEN), (5.3, SHUT)],
            [(5, FAST_HOURS, True), (6, FAST_HOURS, True)],
        ),  # no gap to slip through
    ],
)
def test_changes_count_in_whole_hours_and_never_in_the_receivers_favour(
    later: list[tuple[float, Road]], found: list[tuple[int, int, bool]]
) -> None:
    assert seen(*later) == (OPEN, found)


def test_what_gets_worse_within_the_first_hour_is_worse_from_the_start() -> None:
    assert seen((0.3, SHUT), (3.2, OPEN)) == (SHUT, [(4, FAST_HOURS, False)])
    assert seen((0.3, OPEN), start=SLOW) == (SLOW, [(1, FAST_HOURS, False)])


def close(office: Office, hours: int) -> None:
    for place in ("HS-1", "HS-2"):
        when = NOW + timedelta(hours=hours)
        draft = RoadChangeDraft(from_site="WH-P01", to_site=place, both_ways=False, valid_from=when, reason="flood")
        office.run(sites.close_road, draft)


def reopen(office: Office, hours: int) -> None:
    for place in ("HS-1", "HS-2"):
        when = NOW + timedelta(hours=hours)
        draft = RoadChangeDraft(from_site="WH-P01", to_site=place, both_ways=False, valid_from=when, reason="repaired")
        office.run(sites.open_road, draft)


def from_p01(found: Instance) -> list[RoadChange]:
    return [row for row in found.road_changes if row.site_code == "WH-P01"]


def test_a_closure_known_ahead_reaches_the_plan_and_everything_leaves_before_or_after_it(office: Office) -> None:
    close(office, 0)
    reopen(office, 10)

    code = office.plan(item_codes=(MASK,))

    assert [(row.from_hour, row.closed) for row in from_p01(instance(office, code))] == [(10, False), (10, False)]
    lines = lines_from(office, code, "WH-P01")
    assert {line.leave_at for line in lines} == {NOW + timedelta(hours=10)}
    assert sum(line.quantity for line in lines) == 300


def test_a_road_closed_throughout_carries_nothing_and_is_named_with_the_rule(office: Office) -> None:
    close(office, 0)

    code = office.plan(item_codes=(MASK,))

    assert lines_from(office, code, "WH-P01") == []
    result = office.ask(queries.find_result, office.ask(queries.get_plan, code).id)
    reasons = [row["excluded"] for row in json.loads(queries.explanation_of(result))]
    kept_out = [("road_closed", ["BUREAU@WH-P01"], 600)]
    assert [[(row["rule"], row["sources"], row["quantity"]) for row in rows] for rows in reasons] == [kept_out] * 2
