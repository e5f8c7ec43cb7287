"""The laws of stock, one line each: what may be used, what leaves first, what a fact does to holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from reserve.sites.terms import BinKind
from reserve.stock import rules
from reserve.stock.terms import Break, Deduction, FloorKind, HoldHere, LotOnHand, Pick, Step, StockLine

TODAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


def line(lot_id: int = 1, **more: object) -> StockLine:
    """A usable line of 100 pieces, none held, expiring at the end of 2027."""
    sound = StockLine(
        item_code="MASK",
        lot_id=lot_id,
        lot_code=str(lot_id),
        maker="",
        expires_on=date(2027, 12, 31),
        must_expire=True,
        needs_certificate=False,
        certificate=None,
        pack_size=50,
        account_id=1,
        bin_code="A1",
        bin_kind=BinKind.SHELF,
        site_code="W1",
        owner_code="PB",
        on_hand=100,
        held=0,
        blocked=False,
    )
    return replace(sound, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        ({}, None),
        ({"blocked": True}, Deduction.BLOCKED),
        ({"bin_kind": BinKind.INSPECTION}, Deduction.UNINSPECTED),
        ({"bin_kind": BinKind.UNRECONCILED}, Deduction.UNINSPECTED),
        ({"bin_kind": BinKind.REJECTED}, Deduction.REJECTED),
        ({"needs_certificate": True}, Deduction.UNCERTIFIED),
        ({"needs_certificate": True, "certificate": "C1"}, None),
        ({"expires_on": None}, Deduction.EXPIRY_MISSING),
        ({"expires_on": None, "must_expire": False}, None),
        ({"expires_on": TODAY}, None),
        ({"expires_on": TODAY - timedelta(days=1)}, Deduction.EXPIRED),
    ],
)
def test_goods_are_usable_unless_one_thing_is_wrong(facts: dict[str, object], because: Deduction | None) -> None:
    assert rules.unusable_because(line(**facts), TODAY) is because


def test_each_deduction_is_made_once_on_the_way_from_book_to_deliverable() -> None:
    lines = [
        line(1, expires_on=date(2026, 6, 30), held=30),
        line(2, blocked=True),
        line(3, bin_kind=BinKind.INSPECTION, on_hand=40),
    ]

    rung = rules.walk_ladder(lines, today=TODAY, arrival=TODAY, floor=20)

    assert (rung.book, rung.usable, rung.free, rung.drawable, rung.deliverable) == (240, 100, 70, 50, 50)
    assert dict(rung.deductions) == {
        Deduction.BLOCKED: 100,
        Deduction.UNINSPECTED: 40,
        Deduction.HELD: 30,
        Deduction.FLOOR: 20,
    }


def test_a_floor_stays_on_the_lots_that_expire_last() -> None:
    lines = [line(1, expires_on=date(2026, 4, 30)), line(2, expires_on=date(2027, 12, 31))]

    rung = rules.walk_ladder(lines, today=TODAY, arrival=date(2026, 6, 1), floor=100)

    assert (rung.drawable, rung.deliverable) == (100, 0)  # only the early lot may go, and it would be dead on arrival


@pytest.mark.parametrize(
    ("expires_on", "months", "last"),
    [
        (date(2026, 12, 31), 6, date(2026, 6, 30)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 30), 1, date(2026, 2, 28)),
        (date(2026, 6, 15), 0, date(2026, 6, 15)),
        (None, 6, None),
    ],
)
def test_remaining_life_is_counted_in_calendar_months(expires_on: date | None, months: int, last: date | None) -> None:
    assert rules.usable_until(expires_on, months) == last


def test_what_expires_first_leaves_first_and_the_expired_stays() -> None:
    lots = [
        LotOnHand(1, date(2026, 1, 1), 100),
        LotOnHand(3, None, 100),
        LotOnHand(2, date(2026, 9, 1), 100),
        LotOnHand(4, date(2026, 9, 1), 10),
    ]

    picks = rules.pick_first_expiring(lots, 150, usable_until=TODAY)

    assert picks == [Pick(2, 100), Pick(4, 10), Pick(3, 40)]


def test_a_pick_falls_short_when_stock_does() -> None:
    picks = rules.pick_first_expiring([LotOnHand(1, None, 5)], 9, usable_until=TODAY)

    assert picks == [Pick(1, 5)]


@pytest.mark.parametrize("label", ["ab-12 3", "AB123", "ＡＢ１２３", " ab.12/3 "])
def test_one_lot_code_however_it_is_typed(label: str) -> None:
    assert rules.normalised_lot_code(label) == "AB123"


def test_holds_give_way_lowest_priority_and_latest_first() -> None:
    holds = [HoldHere(1, 50, 5, 10), HoldHere(2, 50, 3, 11), HoldHere(3, 50, 3, 12)]

    assert rules.holds_to_break(holds, 70) == [Break(3, 50, 0), Break(2, 20, 30)]
    assert rules.holds_to_break(holds, 0) == []


def test_a_late_taking_names_the_first_day_that_would_be_negative() -> None:
    later = [Step(NOON + timedelta(days=1), 500), Step(NOON - timedelta(hours=1) + timedelta(days=2), -450)]

    # 150 now: 100 before, 500 came on the 11th, 450 went on the 12th
    assert rules.first_negative_day(150, later, taken=200, occurred_at=NOON) == (date(2026, 3, 10), -100)
    assert rules.first_negative_day(150, later, taken=100, occurred_at=NOON) is None
    assert rules.first_negative_day(50, later, taken=0, occurred_at=NOON) is None


def test_things_of_one_instant_are_judged_together() -> None:
    instant = NOON + timedelta(days=1)
    later = [Step(instant, -100), Step(instant, 100)]

    assert rules.first_negative_day(50, later, taken=50, occurred_at=NOON) is None


def test_the_operating_floor_binds_outward_shipments_only() -> None:
    floors = {FloorKind.READINESS: 5, FloorKind.OPERATING: 60, FloorKind.STRATEGIC: 10}

    assert rules.floor_kept(floors, outward=True) == 65
    assert rules.floor_kept(floors, outward=False) == 15
    assert rules.floor_kept(floors | {FloorKind.OPERATING: 0}, outward=True) == 15
