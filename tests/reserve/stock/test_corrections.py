"""Loss, damage and find; reversal; disposal: the books are set right by adding to them."""

from __future__ import annotations

from typing import Any

import pytest

from reserve.errors import InvalidInput
from reserve.papers import service as papers
from reserve.papers.drafting import SignerDoesNotHandle, WrongState
from reserve.papers.terms import LineDecision, SignatureDraft
from reserve.stock import queries
from reserve.stock import service as stock
from reserve.stock.corrections import FoundTooMuch, NotReversible
from reserve.stock.drafts import (
    AdjustmentDraft,
    DisposalDraft,
    DisposalLineDraft,
    DisposeDraft,
    ReceiptLineDraft,
    ReversalDraft,
)
from reserve.stock.ledger import AlreadyReversed, InsufficientStock
from tests.books import problems
from tests.ledger_text import FUND, OWNER
from tests.reserve.stock.shelves import MEMBER, PLANNER, POSTER, Shelves, label, receipt, ref


def adjustment(**changes: Any) -> AdjustmentDraft:
    values = {"site_code": "W1", "lot_ref": ref(), "owner_code": OWNER, "fund": FUND, "reason": "seen"}
    return AdjustmentDraft(**(values | changes))


def undo(number: str) -> ReversalDraft:
    return ReversalDraft(document_number=number, reason="wrong paper")


def stocked(shelves: Shelves) -> Any:
    return shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")


# --- loss, damage, find --------------------------------------------------------------------------------------------


def test_a_loss_is_a_fact_and_breaks_holds(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.hold(90)

    shelves.book("now  lose  30  lot 7  A1 -> LOST")

    assert shelves.stand() == (70, 70)
    assert [hold.quantity for hold in shelves.ask(queries.open_holds)] == [70]


def test_damage_goes_to_the_rejected_area(shelves: Shelves) -> None:
    stocked(shelves)

    shelves.book("now  damage  30  lot 7  A1 -> REJECTED")

    assert (shelves.stand(), shelves.stand("REJ")) == ((70, 0), (30, 0))
    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.adjust, adjustment(damaged=5, bin_code="REJ"))
    assert problems(refusal) == [("same_bin", "bin_code", "REJ")]


def test_more_is_not_lost_than_stands_there(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.hold(90)

    with shelves.refused(InsufficientStock) as refusal:
        shelves.book("now  lose  101  lot 7  A1 -> LOST")

    assert [(short.wanted, short.available) for short in refusal.value.shortages] == [(101, 100)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "one_kind_of_adjustment"),
        ({"lost": 1, "damaged": 1}, "one_kind_of_adjustment"),
        ({"found": 1}, "loss_not_named"),
    ],
)
def test_an_adjustment_says_one_thing(shelves: Shelves, changes: dict[str, int], code: str) -> None:
    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.adjust, adjustment(**changes, owner_code="NOBODY"))

    assert {code, "unknown_lot", "unknown_organisation"} == {each for each, _, _ in problems(refusal)}


def test_finds_follow_their_loss_and_never_exceed_it(shelves: Shelves) -> None:
    stocked(shelves)
    loss = shelves.book("2026-02-21  lose  10  lot 7  A1 -> LOST").number
    shelves.book("2026-02-22  find  6  lot 7  LOST -> A1", follows_number=loss)

    with shelves.refused(FoundTooMuch) as refusal:
        shelves.book("2026-02-23  find  5  lot 7  LOST -> A1", follows_number=loss)

    assert refusal.value.facts == {"expected": "at most 4", "found": 5}
    shelves.book("2026-02-23  find  4  lot 7  LOST -> A1", follows_number=loss)
    assert shelves.stand() == (100, 0)


def test_goods_are_found_only_where_they_were_lost(shelves: Shelves) -> None:
    """The paper must have lost this lot, of this owner and fund."""
    receipt_number = stocked(shelves).number
    shelves.book("2026-02-20  receive  50  lot 8  SUPPLIER -> A1")
    loss = shelves.book("2026-02-21  lose  10  lot 7  A1 -> LOST").number

    for changes in (
        {"follows_number": receipt_number},
        {"follows_number": loss, "lot_ref": ref("8")},
        {"follows_number": loss, "owner_code": "HB"},
    ):
        with shelves.refused(InvalidInput) as refusal:
            shelves.run(stock.adjust, adjustment(found=1, **changes))
        assert [code for code, _, _ in problems(refusal)] == ["loss_not_named"]


def test_a_find_that_was_reversed_may_be_made_again(shelves: Shelves) -> None:
    stocked(shelves)
    loss = shelves.book("2026-02-21  lose  10  lot 7  A1 -> LOST").number
    find = shelves.book("2026-02-22  find  10  lot 7  LOST -> A1", follows_number=loss).number
    shelves.run(stock.reverse, undo(find))

    shelves.book("2026-02-23  find  10  lot 7  LOST -> A1", follows_number=loss)

    assert shelves.stand() == (100, 0)


def test_a_loss_is_not_both_found_and_undone(shelves: Shelves) -> None:
    stocked(shelves)
    loss = shelves.book("2026-02-21  lose  10  lot 7  A1 -> LOST").number
    other = shelves.book("2026-02-21  lose  5  lot 7  A1 -> LOST").number
    shelves.book("2026-02-22  find  6  lot 7  LOST -> A1", follows_number=loss)
    shelves.run(stock.reverse, undo(other))

    with shelves.refused(FoundTooMuch):
        shelves.run(stock.reverse, undo(loss))
    with shelves.refused(InvalidInput):
        shelves.book("2026-02-22  find  1  lot 7  LOST -> A1", follows_number=other)
    assert shelves.stand() == (96, 0)


# --- reversal ------------------------------------------------------------------------------------------------------


def test_a_reversal_restores_every_balance_at_most_once(shelves: Shelves) -> None:
    line = ReceiptLineDraft(lot=label(), accepted=100, rejected=7, uninspected=20)
    number = shelves.run(stock.receive, receipt(line)).number

    reversal = shelves.run(stock.reverse, undo(number)).number

    assert [shelves.stand(place) for place in ("A1", "REJ", "INSP")] == [(0, 0), (0, 0), (0, 0)]
    with shelves.refused(AlreadyReversed):
        shelves.run(stock.reverse, undo(number))
    with shelves.refused(NotReversible):
        shelves.run(stock.reverse, undo(reversal))


def test_a_transfer_is_undone_in_both_stores(shelves: Shelves) -> None:
    stocked(shelves)
    number = shelves.book("2026-02-21  transfer  30  lot 7  A1 -> W2/A1").number

    shelves.run(stock.reverse, undo(number))

    assert (shelves.stand(), shelves.stand("W2/A1")) == ((100, 0), (0, 0))


def test_a_receipt_whose_goods_are_gone_is_not_reversed(shelves: Shelves) -> None:
    number = stocked(shelves).number
    shelves.book("2026-02-21  issue  1  lot 7  A1 -> H1")

    with shelves.refused(InsufficientStock) as refusal:
        shelves.run(stock.reverse, undo(number))

    assert [(short.wanted, short.available) for short in refusal.value.shortages] == [(100, 99)]


def test_a_receipt_whose_goods_are_held_is_not_reversed(shelves: Shelves) -> None:
    number = stocked(shelves).number
    shelves.hold(1)

    with shelves.refused(InsufficientStock):
        shelves.run(stock.reverse, undo(number))


def test_notices_and_requests_are_not_reversed(shelves: Shelves) -> None:
    stocked(shelves)
    held = shelves.hold(10).number
    blocked = shelves.block()

    for number in (held, blocked):
        with shelves.refused(NotReversible):
            shelves.run(stock.reverse, undo(number))


# --- disposal ------------------------------------------------------------------------------------------------------


def asked(shelves: Shelves, *quantities: int) -> str:
    """A request to dispose of lots 7, 8 …, so much of each; its number."""
    lines = tuple(
        DisposalLineDraft(lot_ref=ref(str(7 + place)), owner_code=OWNER, fund=FUND, quantity=quantity)
        for place, quantity in enumerate(quantities)
    )
    draft = DisposalDraft(site_code="W1", lines=lines, appraisal="torn", reason="torn")
    number: str = shelves.run(stock.request_disposal, draft).number
    return number


def test_disposal_is_signed_before_it_is_posted_and_not_by_a_signer(shelves: Shelves) -> None:
    stocked(shelves)
    number = asked(shelves, 30)
    with shelves.refused(WrongState):
        shelves.run(stock.dispose, DisposeDraft(document_number=number), POSTER)
    shelves.sign(number)
    with shelves.refused(SignerDoesNotHandle):
        shelves.run(stock.dispose, DisposeDraft(document_number=number), MEMBER)

    shelves.run(stock.dispose, DisposeDraft(document_number=number), POSTER)

    assert shelves.stand() == (70, 0)
    with shelves.refused(WrongState):
        shelves.run(stock.dispose, DisposeDraft(document_number=number), POSTER)


def test_disposal_takes_what_was_signed_and_no_more(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.book("2026-02-20  receive  50  lot 8  SUPPLIER -> A1")
    shelves.block("7")
    number = asked(shelves, 30, 20)
    for signer, ceiling in ((PLANNER, 12), (MEMBER, 30)):
        lines = (LineDecision(line_no=1, ceiling=ceiling), LineDecision(line_no=2, ceiling=20))
        shelves.run(papers.sign, SignatureDraft(document_number=number, lines=lines), signer)

    shelves.run(stock.dispose, DisposeDraft(document_number=number), POSTER)

    assert (shelves.stand(lot="7"), shelves.stand(lot="8")) == ((88, 0), (30, 0))


def test_a_paper_of_another_kind_is_not_disposed_of(shelves: Shelves) -> None:
    number = stocked(shelves).number

    with shelves.refused(WrongState):
        shelves.run(stock.dispose, DisposeDraft(document_number=number), POSTER)
