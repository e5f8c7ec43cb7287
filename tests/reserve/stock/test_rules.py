"""Laws of stock: what may be used, what leaves first, what must stay, what a fact does to holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reserve.clock import LOCAL
from reserve.sites.terms import BinKind
from reserve.stock.rules import (
    first_negative_day,
    floor_kept,
    holds_to_break,
    months_after,
    needs_recount,
    normalised_lot_code,
    outlives,
    pick_first_expiring,
    repeated_lines,
    unusable_because,
    usable_until,
    walk_ladder,
)
from reserve.stock.terms import Break, Deduction, FloorKind, HoldHere, LotOnHand, Pick, Step, StockLine

TODAY = date(2026, 3, 1)
FAR = date(2099, 1, 1)


def stands(**changes: object) -> StockLine:
    """100 free, certified, inspected masks that last until June 2027, unless told otherwise."""
    values = {
        "item_code": "MASK",
        "lot_id": 1,
        "lot_code": "7",
        "maker": "",
        "expires_on": date(2027, 6, 30),
        "must_expire": True,
        "needs_certificate": False,
        "certificate": None,
        "pack_size": 50,
        "account_id": 1,
        "bin_code": "A1",
        "bin_kind": BinKind.SHELF,
        "site_code": "W1",
        "owner_code": "PB",
        "on_hand": 100,
        "held": 0,
        "blocked": False,
    }
    return StockLine(**(values | changes))  # type: ignore[arg-type]


def lot(lot_id: int, expires: str | None, available: int = 100, account_id: int = 0) -> LotOnHand:
    return LotOnHand(lot_id, date.fromisoformat(expires) if expires else None, available, account_id=account_id)


def at(day: int, hour: int = 8) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=LOCAL)


# --- what may be used ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({}, None),
        ({"blocked": True}, Deduction.BLOCKED),
        ({"bin_kind": BinKind.INSPECTION}, Deduction.UNINSPECTED),
        ({"bin_kind": BinKind.UNRECONCILED}, Deduction.UNINSPECTED),
        ({"bin_kind": BinKind.REJECTED}, Deduction.REJECTED),
        ({"bin_kind": BinKind.RETURNED}, None),
        ({"needs_certificate": True}, Deduction.UNCERTIFIED),
        ({"needs_certificate": True, "certificate": ""}, Deduction.UNCERTIFIED),
        ({"needs_certificate": True, "certificate": "QC-1"}, None),
        ({"expires_on": None}, Deduction.EXPIRY_MISSING),
        ({"expires_on": None, "must_expire": False}, None),
        ({"expires_on": TODAY - timedelta(days=1)}, Deduction.EXPIRED),
        ({"expires_on": TODAY}, None),
        ({"expires_on": TODAY - timedelta(days=1), "must_expire": False}, Deduction.EXPIRED),
    ],
)
def test_each_deduction_has_one_reason(changes: dict[str, object], because: Deduction | None) -> None:
    assert unusable_because(stands(**changes), TODAY) == because


def test_a_blocked_expired_uninspected_piece_is_deducted_once() -> None:
    line = stands(blocked=True, bin_kind=BinKind.INSPECTION, expires_on=date(2020, 1, 1))

    assert unusable_because(line, TODAY) is Deduction.BLOCKED


@pytest.mark.parametrize(
    ("code", "normalised"),
    [
        ("7", "7"),
        (" ab-12/3 ", "AB123"),
        ("\uff21\uff22\uff0d\uff11\uff12", "AB12"),
        ("ab.12", "AB12"),
        ("批号-07", "批号07"),
        ("---", ""),
    ],
)
def test_lot_codes_are_one_whatever_the_spelling(code: str, normalised: str) -> None:
    assert normalised_lot_code(code) == normalised


# --- calendar months -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-08-31", -6, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-05-31", 0, "2026-05-31"),
        ("2026-02-28", -24, "2024-02-28"),
    ],
)
def test_months_end_where_the_calendar_ends_them(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_a_lot_may_arrive_until_its_remaining_life_begins() -> None:
    line = stands(expires_on=date(2026, 8, 31), min_remaining_months=6)

    assert usable_until(line.expires_on, 6) == date(2026, 2, 28)
    assert outlives(line, date(2026, 2, 28))
    assert not outlives(line, date(2026, 3, 1))


def test_goods_without_expiry_outlive_everything() -> None:
    assert outlives(stands(expires_on=None, min_remaining_months=24), FAR)


# --- the ladder ----------------------------------------------------------------------------------------------------


def test_the_ladder_takes_each_deduction_once() -> None:
    lines = [
        stands(lot_id=1, on_hand=100, held=30, expires_on=date(2026, 6, 30), min_remaining_months=6),
        stands(lot_id=2, on_hand=80, held=20, expires_on=date(2027, 6, 30), min_remaining_months=6),
        stands(lot_id=3, on_hand=50, held=50, blocked=True),
        stands(lot_id=4, on_hand=7, expires_on=date(2026, 2, 1)),
        stands(lot_id=5, on_hand=5, bin_kind=BinKind.INSPECTION),
    ]

    rung = walk_ladder(lines, today=TODAY, arrival=TODAY, floor=25)

    assert (rung.book, rung.usable, rung.free, rung.drawable, rung.deliverable) == (242, 180, 130, 105, 35)
    assert rung.deductions == (
        (Deduction.BLOCKED, 50),
        (Deduction.EXPIRED, 7),
        (Deduction.FLOOR, 25),
        (Deduction.HELD, 50),
        (Deduction.TOO_SHORT_LIFE, 70),
        (Deduction.UNINSPECTED, 5),
    )


def test_the_floor_is_kept_on_the_lots_that_expire_last() -> None:
    short = stands(lot_id=1, expires_on=date(2026, 6, 30), min_remaining_months=6)
    long = stands(lot_id=2, expires_on=date(2027, 6, 30), min_remaining_months=6)

    rung = walk_ladder([short, long], today=TODAY, arrival=TODAY, floor=100)

    assert (rung.drawable, rung.deliverable) == (100, 0)


def test_a_floor_above_what_is_free_leaves_nothing() -> None:
    rung = walk_ladder([stands(held=60)], today=TODAY, arrival=TODAY, floor=1000)

    assert (rung.free, rung.drawable, rung.deliverable) == (40, 0, 0)
    assert dict(rung.deductions)[Deduction.FLOOR] == 40


LINES = st.lists(
    st.builds(
        stands,
        lot_id=st.integers(1, 9),
        on_hand=st.integers(50, 90),
        held=st.integers(0, 50),
        blocked=st.booleans(),
        expires_on=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
        min_remaining_months=st.integers(0, 12),
    ),
    min_size=1,
    max_size=6,
)


@given(LINES, st.integers(0, 300), st.integers(0, 400))
def test_the_rungs_fall_and_the_deductions_explain_them(lines: list[StockLine], floor: int, days: int) -> None:
    rung = walk_ladder(lines, today=TODAY, arrival=TODAY + timedelta(days=days), floor=floor)

    assert rung.book >= rung.usable >= rung.free >= rung.drawable >= rung.deliverable >= 0
    assert rung.book - rung.deliverable == sum(quantity for _, quantity in rung.deductions)


@given(st.permutations([stands(lot_id=n, expires_on=date(2027, 1, n % 3 + 1)) for n in range(1, 6)]))
def test_the_order_of_rows_never_shows(lines: list[StockLine]) -> None:
    rung = walk_ladder(lines, today=TODAY, arrival=date(2027, 1, 2), floor=130)

    assert (rung.drawable, rung.deliverable) == (370, 270)


# --- first to expire leaves first ----------------------------------------------------------------------------------


def test_expired_lots_stay_on_the_shelf() -> None:
    lots = [lot(1, "2026-01-01"), lot(2, "2026-09-01"), lot(3, None)]

    picks = pick_first_expiring(lots, 150, usable_until=TODAY)

    assert picks == [Pick(2, 100), Pick(3, 50)]


def test_equal_expiries_leave_in_the_order_of_lots_and_accounts() -> None:
    lots = [lot(2, "2026-09-01", 10, 5), lot(1, "2026-09-01", 10, 9), lot(1, "2026-09-01", 10, 3)]

    picks = pick_first_expiring(lots, 25, usable_until=TODAY)

    assert picks == [Pick(1, 10, 3), Pick(1, 10, 9), Pick(2, 5, 5)]


def test_picking_falls_short_rather_than_invents() -> None:
    assert pick_first_expiring([lot(1, None, 30), lot(2, None, 0)], 50, usable_until=TODAY) == [Pick(1, 30)]


# --- what a fact does to holds -------------------------------------------------------------------------------------


def test_the_least_important_and_latest_hold_gives_way_first() -> None:
    holds = [HoldHere(1, 40, 7, 10), HoldHere(2, 40, 3, 11), HoldHere(3, 40, 3, 12)]

    assert holds_to_break(holds, 50) == [Break(3, 40, 0), Break(2, 10, 30)]


def test_nothing_missing_breaks_nothing() -> None:
    assert holds_to_break([HoldHere(1, 40, 7, 10)], 0) == []


@given(st.lists(st.integers(1, 50), max_size=6), st.integers(0, 200))
def test_breaking_takes_exactly_what_is_missing(quantities: list[int], excess: int) -> None:
    holds = [HoldHere(place, quantity, place % 3, place) for place, quantity in enumerate(quantities)]

    breaks = holds_to_break(holds, excess)

    assert sum(each.lost for each in breaks) == min(excess, sum(quantities))
    assert all(each.lost + each.rest == quantities[each.hold_id] for each in breaks)


# --- no past day becomes negative ----------------------------------------------------------------------------------


def test_the_first_day_and_amount_are_named() -> None:
    """200 stood on the 5th; 150 left on the 10th, 250 came on the 12th."""
    later = [Step(at(12), 250), Step(at(10), -150)]

    assert first_negative_day(300, later, taken=50, occurred_at=at(5)) is None
    assert first_negative_day(300, later, taken=150, occurred_at=at(5)) == (date(2026, 3, 10), -100)
    assert first_negative_day(300, later, taken=201, occurred_at=at(5)) == (date(2026, 3, 5), -1)


def test_what_happens_at_one_instant_is_one_step() -> None:
    later = [Step(at(10), -80), Step(at(10), 60)]

    assert first_negative_day(80, later, taken=80, occurred_at=at(5)) is None
    assert first_negative_day(80, later, taken=81, occurred_at=at(5)) == (date(2026, 3, 10), -1)


def test_the_day_is_the_one_in_hebei() -> None:
    just_after_midnight = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)

    assert first_negative_day(0, [], taken=5, occurred_at=just_after_midnight) == (date(2026, 3, 10), -5)


# --- floors and repeated lines -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("outward", "kept"), [(True, 170), (False, 80)])
def test_the_operating_floor_includes_the_strategic_one(outward: bool, kept: int) -> None:
    floors = {FloorKind.READINESS: 20, FloorKind.OPERATING: 150, FloorKind.STRATEGIC: 60}

    assert floor_kept(floors, outward=outward) == kept


def test_a_strategic_floor_above_the_operating_one_counts_alone() -> None:
    assert floor_kept({FloorKind.OPERATING: 50, FloorKind.STRATEGIC: 60}, outward=True) == 60
    assert floor_kept({}, outward=True) == 0


def test_a_line_named_again_names_the_first() -> None:
    problems = repeated_lines(["a", "b", "a", "a"], "lot_ref.code")

    assert [(each.code, each.field, each.found, each.row) for each in problems] == [
        ("line_twice", "lines.2.lot_ref.code", "1", 3),
        ("line_twice", "lines.3.lot_ref.code", "1", 4),
    ]


@pytest.mark.parametrize(
    ("difference", "book", "value_minor", "again"),
    [
        (-1000, 100_000, 1, True),
        (999, 100_000, 999_999, False),
        (-1, 10_000, 1_000_000, True),
        (10, 100, 100_000, True),
        (10, 100, 99_999, False),
        (10, 101, 100_000, False),
        (5, 0, 100_000, True),
        (0, 0, 0, False),
    ],
)
def test_a_large_difference_is_counted_again(difference: int, book: int, value_minor: int, again: bool) -> None:
    assert needs_recount(difference, book, value_minor) is again
