"""Laws of dispatch: how needs are keyed, how a plan becomes letters, who must sign, what may arrive and be cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reserve.clock import LOCAL
from reserve.dispatch import rules
from reserve.dispatch.terms import LineProgress, PlannedLine
from reserve.errors import Problem
from reserve.organisations.terms import Tier
from reserve.papers.terms import HolderRelation

DUE = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


# --- keys and hours ------------------------------------------------------------------------------------------------


def test_a_need_has_one_key_whatever_clock_it_is_written_in() -> None:
    key = rules.need_key("INC-1", "RP-130109", "H2010103", 2, DUE)

    assert key == f"INC-1|RP-130109|H2010103|2|{int(DUE.timestamp()) // 60}"
    assert rules.need_key("INC-1", "RP-130109", "H2010103", 2, DUE.astimezone(LOCAL)) == key
    assert (rules.incident_of_key(key), rules.class_of_key(key)) == ("INC-1", 2)


@pytest.mark.parametrize(
    "other",
    [
        ("INC-2", "H1", "M1", 1, DUE),
        ("INC-1", "H2", "M1", 1, DUE),
        ("INC-1", "H1", "M2", 1, DUE),
        ("INC-1", "H1", "M1", 2, DUE),
        ("INC-1", "H1", "M1", 1, DUE + timedelta(minutes=1)),
    ],
)
def test_whatever_tells_needs_apart_is_in_the_key(other: tuple[str, str, str, int, datetime]) -> None:
    assert rules.need_key(*other) != rules.need_key("INC-1", "H1", "M1", 1, DUE)


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (59, 0), (60, 1), (119, 1), (-1, -1), (-60, -1), (-61, -2)])
def test_a_deadline_is_rounded_against_the_receiver(minutes: int, hours: int) -> None:
    assert rules.hours_between(DUE, DUE + timedelta(minutes=minutes)) == hours


@pytest.mark.parametrize(
    ("minutes", "loading", "hours"), [(0, 0, 0), (1, 0, 1), (60, 0, 1), (60, 120, 3), (61, 120, 4), (0, 119, 2)]
)
def test_travel_is_rounded_up_with_the_loading(minutes: int, loading: int, hours: int) -> None:
    assert rules.hours_of_travel(minutes, loading) == hours


@given(st.integers(-10_000, 10_000), st.integers(0, 5_000), st.integers(0, 600))
def test_what_the_plan_calls_in_time_is_in_time(due_in: int, travel: int, loading: int) -> None:
    """Leaving at once, goods that arrive by the rounded hours arrive by the minutes."""
    if rules.hours_of_travel(travel, loading) <= rules.hours_between(DUE, DUE + timedelta(minutes=due_in)):
        assert travel + loading <= due_in


# --- from plan to letters ------------------------------------------------------------------------------------------


def planned(line_no: int, **changes: Any) -> PlannedLine:
    values: dict[str, Any] = {
        "line_no": line_no,
        "need_key": rules.need_key("INC-1", "H1", "M1", 1, DUE),
        "item_code": "M1",
        "owner_code": "PB",
        "source_site": "W1",
        "receiver_site": "H1",
        "account_id": 1,
        "lot_id": 1,
        "supply_code": None,
        "quantity": 10,
        "leave_at": DUE - 10 * HOUR,
        "arrive_at": DUE - HOUR,
        "due_at": DUE,
        "step": 1,
        "source_kind": "own_stock",
        "authority": "the bureau",
        "numerator": 1,
        "denominator": 1,
        "makes_up": 10,
    }
    return PlannedLine(**(values | changes))


def test_a_letter_is_for_one_owner_one_site_and_one_step() -> None:
    lines = [
        planned(1, source_site="W2"),
        planned(2),
        planned(3, owner_code="HB"),
        planned(4, step=2, source_kind="province_stock"),
        planned(5, item_code="M2"),
    ]

    letters = rules.letters(lines)

    assert [(each.owner_code, each.source_site, each.step) for each in letters] == [
        ("HB", "W1", 1),
        ("PB", "W1", 1),
        ("PB", "W1", 2),
        ("PB", "W2", 1),
    ]
    assert [[line.line_no for line in each.lines] for each in letters] == [[3], [2, 5], [4], [1]]


def test_no_plan_lines_no_letters() -> None:
    assert rules.letters([]) == []


PROVINCE, CITY, COUNTY = "/130000/", "/130000/130100/", "/130000/130100/130109/"
OTHER_CITY, OTHER_COUNTY = "/130000/130200/", "/130000/130100/130110/"


@pytest.mark.parametrize(
    ("lead", "owner_path", "owner_tier", "government", "relation"),
    [
        ((PROVINCE, Tier.PROVINCE), PROVINCE, Tier.PROVINCE, Tier.PROVINCE, HolderRelation.OWN),
        ((PROVINCE, Tier.PROVINCE), OTHER_CITY, Tier.CITY, Tier.CITY, HolderRelation.OWN),
        ((PROVINCE, Tier.PROVINCE), COUNTY, Tier.COUNTY, Tier.COUNTY, HolderRelation.OWN),
        ((CITY, Tier.CITY), COUNTY, Tier.COUNTY, Tier.COUNTY, HolderRelation.OWN),
        ((CITY, Tier.CITY), PROVINCE, Tier.PROVINCE, Tier.PROVINCE, HolderRelation.ABOVE),
        ((COUNTY, Tier.COUNTY), CITY, Tier.CITY, Tier.CITY, HolderRelation.ABOVE),
        ((COUNTY, Tier.COUNTY), OTHER_CITY, Tier.CITY, Tier.CITY, HolderRelation.ABOVE),
        ((CITY, Tier.CITY), OTHER_CITY, Tier.CITY, Tier.CITY, HolderRelation.NEIGHBOUR),
        ((CITY, Tier.CITY), f"{OTHER_CITY}130202/", Tier.COUNTY, Tier.COUNTY, HolderRelation.NEIGHBOUR),
        ((COUNTY, Tier.COUNTY), OTHER_COUNTY, Tier.COUNTY, Tier.COUNTY, HolderRelation.NEIGHBOUR),
        ((COUNTY, Tier.COUNTY), f"{COUNTY}T1/", Tier.TOWNSHIP, Tier.COUNTY, HolderRelation.OWN),
        ((PROVINCE, Tier.PROVINCE), f"{PROVINCE}RC/", Tier.CHARITY, Tier.PROVINCE, HolderRelation.OTHER),
        ((CITY, Tier.CITY), f"{CITY}MAKER/", Tier.PRODUCER, Tier.CITY, HolderRelation.OTHER),
        ((CITY, Tier.CITY), f"{CITY}TEAM/", Tier.RESCUE_BODY, Tier.CITY, HolderRelation.OTHER),
        ((CITY, Tier.CITY), f"{CITY}X/", None, Tier.CITY, HolderRelation.OTHER),
    ],
)
def test_how_the_owner_stands_to_the_body_that_leads(
    lead: tuple[str, Tier], owner_path: str, owner_tier: Tier | None, government: Tier, relation: HolderRelation
) -> None:
    found = rules.holder_relation(
        lead_path=lead[0],
        lead_tier=lead[1],
        owner_path=owner_path,
        owner_tier=owner_tier,
        owner_government=government,
    )

    assert found is relation


# --- floors over sites ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("floor", "books", "kept"),
    [
        (100, [30, 80, 50], [0, 80, 20]),
        (60, [30, 80, 50], [0, 60, 0]),
        (0, [30, 80], [0, 0]),
        (500, [30, 80], [30, 80]),
        (70, [50, 50], [50, 20]),
        (10, [], []),
    ],
)
def test_a_floor_lies_where_most_stands(floor: int, books: list[int], kept: list[int]) -> None:
    assert rules.spread_floor(floor, books) == kept


@given(st.integers(0, 500), st.lists(st.integers(0, 200), max_size=5))
def test_a_floor_is_kept_whole_or_takes_everything(floor: int, books: list[int]) -> None:
    kept = rules.spread_floor(floor, books)

    assert sum(kept) == min(floor, sum(books))
    assert all(0 <= mine <= book for mine, book in zip(kept, books, strict=True))


# --- deliveries and cuts -------------------------------------------------------------------------------------------


def test_everything_wrong_with_a_delivery_is_told_at_once() -> None:
    on_the_road = {(1, "7"): 50, (2, "8"): 5}
    wanted = {
        (1, "7"): (40, 11, "wet"),
        (1, "9"): (1, 0, ""),
        (2, "8"): (0, 0, ""),
        (3, "8"): (0, 2, ""),
    }

    problems = rules.delivery_problems(wanted, on_the_road)

    assert problems == [
        Problem("more_than_shipped", "lines.0.accepted", "at most 50", "51", 1),
        Problem("lot_not_on_shipment", "lines.1.lot_code", "1/7, 2/8", "1/9", 2),
        Problem("quantity_missing", "lines.2.accepted", "at least 1 piece", "0", 3),
        Problem("lot_not_on_shipment", "lines.3.lot_code", "1/7, 2/8", "3/8", 4),
        Problem("reason_missing", "lines.3.reason", "a reason for the damage", "", 4),
    ]


def test_a_delivery_may_take_everything_or_a_part() -> None:
    assert rules.delivery_problems({(1, "7"): (49, 1, "wet")}, {(1, "7"): 50}) == []
    assert rules.delivery_problems({(1, "7"): (1, 0, "")}, {(1, "7"): 50}) == []


def test_nothing_arrives_from_an_empty_shipment() -> None:
    (problem,) = rules.delivery_problems({(1, "7"): (1, 0, "")}, {})

    assert (problem.code, problem.expected) == ("lot_not_on_shipment", "-")


def progress(ordered: int, **more: int) -> LineProgress:
    return LineProgress(1, **({"ordered": ordered} | dict.fromkeys(PARTS, 0) | more))


PARTS = ("held", "departed", "accepted", "damaged", "lost", "returned")


@pytest.mark.parametrize(("left", "is_lawful"), [(29, False), (30, True), (99, True), (100, False), (0, False)])
def test_a_cut_takes_only_what_has_not_left(left: int, is_lawful: bool) -> None:
    """100 ordered, 30 have left, 50 are held and 20 are still to be made."""
    problems = rules.cut_problems({1: left}, {1: progress(100, held=50, departed=30, expected=20)}, {})

    assert problems == (
        [] if is_lawful else [Problem("cut_out_of_range", "lines.0.quantity", "30 to 99", str(left), 1)]
    )


def test_a_cut_of_a_line_that_is_not_there_names_those_that_are() -> None:
    lines = {1: progress(10, held=10), 2: progress(10, held=10)}

    problems = rules.cut_problems({1: 0, 3: 5, 2: 10}, lines, {})

    assert problems == [
        Problem("unknown_line", "lines.1.line_no", "1 to 2", "3", 2),
        Problem("cut_out_of_range", "lines.2.quantity", "0 to 9", "10", 3),
    ]


def test_what_is_coming_is_promised_or_on_the_road() -> None:
    line = progress(100, held=20, expected=10, departed=60, accepted=30, damaged=5, lost=4, returned=1)

    assert (line.promised, line.in_transit, line.coming) == (30, 20, 50)


def test_what_came_of_a_substitute_counts_by_its_ratio_over_all_lines_together() -> None:
    units = {("a", 1, 1): (10, 5), ("a", 2, 1): (3, 2), ("a", 2, 3): (1, 1), ("b", 3, 1): (2, 0)}

    assert rules.in_needed_units(units) == {"a": (10 + 1 + 1, 5 + 1 + 2), "b": (0, 0)}
