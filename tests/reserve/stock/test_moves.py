"""Goods go: from bin to bin, and out of the door for use."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reserve.authority import Actor, Grant, Permission
from reserve.errors import InvalidInput, NotAllowed
from reserve.stock import service as stock
from reserve.stock.drafts import IssueLineDraft, ReceiptLineDraft
from reserve.stock.ledger import InsufficientStock, PastWouldBeNegative
from reserve.stock.terms import Purpose, Shortage
from tests.books import problems
from tests.ledger_text import FUND, OWNER
from tests.reserve.stock.shelves import Shelves, at, issue, label, receipt, ref, transfer
from tests.small_world import MASK


def test_a_transfer_moves_goods_between_the_stores_of_one_custodian(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")

    answer = shelves.run(stock.transfer, transfer(30))

    assert answer.number.startswith("TRF-PB-2026-000001")
    assert (shelves.stand(), shelves.stand("W2/A1")) == ((70, 0), (30, 0))


def test_another_custodian_gets_goods_by_an_order_only(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.transfer, transfer(30, to_site="H1", to_bin="RP"))

    assert problems(refusal) == [("wrong_holder", "to_site", "H1")]


def test_a_bad_transfer_is_told_in_full(shelves: Shelves) -> None:
    draft = transfer(30, to_site="W1")
    (line,) = draft.lines
    lines = (line, line.model_copy(update={"owner_code": "NOBODY", "to_bin": "Z9", "lot_ref": ref("99")}))

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.transfer, draft.model_copy(update={"lines": lines}))

    assert problems(refusal) == [
        ("unknown_lot", "lines.0.lot_ref.code", "7"),
        ("same_bin", "lines.0.to_bin", "A1"),
        ("unknown_lot", "lines.1.lot_ref.code", "99"),
        ("unknown_organisation", "lines.1.owner_code", "NOBODY"),
        ("unknown_bin", "lines.1.to_bin", "Z9"),
    ]


@pytest.mark.parametrize(("part", "area"), [("uninspected", "INSP"), ("rejected", "REJ")])
def test_a_transfer_does_not_stand_in_for_an_inspection(shelves: Shelves, part: str, area: str) -> None:
    line = ReceiptLineDraft.model_validate({"lot": label(), part: 20})
    shelves.run(stock.receive, receipt(line))

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.transfer, transfer(5, to_site="W1", from_bin=area))

    assert problems(refusal) == [("unknown_bin", "lines.0.from_bin", area)]


def test_every_short_line_is_told(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    shelves.book("2026-02-20  receive   10  lot 8  SUPPLIER -> A1")
    lines = tuple(
        IssueLineDraft(lot_ref=ref(lot), owner_code=OWNER, fund=FUND, quantity=quantity)
        for lot, quantity in (("7", 60), ("7", 41), ("8", 11))
    )

    with shelves.refused(InsufficientStock) as refusal:
        shelves.run(stock.issue, issue(1).model_copy(update={"lines": lines}))

    assert refusal.value.shortages == (Shortage(MASK, "7", 101, 100, "W1/A1"), Shortage(MASK, "8", 11, 10, "W1/A1"))


def test_held_goods_are_out_of_reach(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    shelves.hold(80)

    with shelves.refused(InsufficientStock) as refusal:
        shelves.run(stock.issue, issue(21))

    assert refusal.value.shortages == (Shortage(MASK, "7", 21, 20, "W1/A1"),)
    shelves.run(stock.issue, issue(20))
    assert shelves.stand() == (80, 80)


def test_goods_of_another_owner_are_not_there(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    (line,) = issue(1).lines

    with shelves.refused(InsufficientStock):
        shelves.run(stock.issue, issue(1).model_copy(update={"lines": (line.model_copy(update={"owner_code": "HB"}),)}))


@pytest.mark.parametrize("purpose", [Purpose.USE, Purpose.TRAINING])
def test_what_may_not_be_used_is_refused_with_its_reason(shelves: Shelves, purpose: Purpose) -> None:
    lines = (
        ReceiptLineDraft(lot=label("7"), accepted=10, uninspected=10, rejected=10),
        ReceiptLineDraft(lot=label("8", "2026-03-01"), accepted=10),
        ReceiptLineDraft(lot=label("9"), accepted=10),
    )
    shelves.run(stock.receive, receipt(*lines))
    shelves.block("9")
    shelves.clock.move_to(at("2026-03-02"))
    wanted = (("8", "A1"), ("7", "INSP"), ("7", "A1"), ("9", "A1"), ("7", "REJ"))
    goods = tuple(
        IssueLineDraft(lot_ref=ref(lot), owner_code=OWNER, fund=FUND, quantity=1, from_bin=bin_code)
        for lot, bin_code in wanted
    )

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.issue, issue(1, purpose=purpose).model_copy(update={"lines": goods}))

    assert problems(refusal) == [
        ("lot_expired", "lines.0.lot_ref.code", "8"),
        ("lot_uninspected", "lines.1.lot_ref.code", "7"),
        ("lot_blocked", "lines.3.lot_ref.code", "9"),
        ("lot_rejected", "lines.4.lot_ref.code", "7"),
    ]
    assert [each.row for each in refusal.value.problems] == [1, 2, 4, 5]


def test_rejected_goods_may_go_back_and_nothing_is_disposed_of_unsigned(shelves: Shelves) -> None:
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(), rejected=10)))

    shelves.run(stock.issue, issue(4, bin_code="REJ", purpose=Purpose.RETURN, receiver_code="MAKER"))

    assert shelves.stand("REJ") == (6, 0)
    with pytest.raises(ValidationError):
        issue(4, bin_code="REJ", purpose=Purpose.DISPOSAL)


def test_the_last_usable_day_counts_at_the_time_of_use(shelves: Shelves) -> None:
    """Used on its last day, entered the day after."""
    shelves.book("2026-02-20  receive  10  lot 7/2026-02-28  SUPPLIER -> A1")

    shelves.run(stock.issue, issue(4, occurred_at=at("2026-02-28T20:00")))

    assert shelves.stand() == (6, 0)
    with shelves.refused(InvalidInput):
        shelves.run(stock.issue, issue(4))


def test_a_late_issue_that_makes_a_past_day_negative_names_day_and_amount(shelves: Shelves) -> None:
    shelves.clock.move_to(at("2026-03-15"))
    shelves.book("2026-03-01  receive  200  lot 7  SUPPLIER -> A1")
    shelves.book("2026-03-10  issue    150  lot 7  A1 -> H1")
    shelves.book("2026-03-12  receive  250  lot 7  SUPPLIER -> A1")

    with shelves.refused(
        PastWouldBeNegative,
    ) as refusal:
        shelves.book("2026-03-05  issue  150  lot 7  A1 -> H1")

    assert str(refusal.value) == f"{MASK}, lot 7: on 2026-03-10 it would be -100"
    assert refusal.value.facts == {"item": MASK, "lot": "7", "day": "2026-03-10", "quantity": -100}
    shelves.book("2026-03-05  issue  50  lot 7  A1 -> H1")
    assert shelves.stand() == (250, 0)


def test_goods_are_not_issued_before_they_came(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")

    with shelves.refused(PastWouldBeNegative) as refusal:
        shelves.book("2026-02-19  issue  1  lot 7  A1 -> H1")

    assert refusal.value.facts["day"] == "2026-02-19"


def test_only_who_may_issue_here_issues(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    elsewhere = Actor(8, 8, "other", (Grant("keeper", "/HB/SJZ/", frozenset({Permission.STOCK_ISSUE})),))
    nobody = Actor(9, 9, "nobody", (Grant("reader", "/", frozenset({Permission.STOCK_READ})),))

    for outsider in (elsewhere, nobody):
        with shelves.refused(NotAllowed):
            shelves.run(stock.issue, issue(1), outsider)
