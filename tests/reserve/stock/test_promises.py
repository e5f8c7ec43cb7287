"""Holds, blocks, the sweep of what has run out, and what the books knew at a past hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reserve.authority import Actor, Grant, Permission
from reserve.errors import InvalidInput, NotAllowed, NotFound
from reserve.organisations import queries as organisation_queries
from reserve.papers import queries as paper_queries
from reserve.papers.drafting import WrongState
from reserve.stock import queries, tracing
from reserve.stock import service as stock
from reserve.stock.drafts import (
    BlockDraft,
    BlockEndDraft,
    ExpirySweepDraft,
    HoldReleaseDraft,
    ReceiptLineDraft,
    ReversalDraft,
)
from reserve.stock.ledger import InsufficientStock
from reserve.stock.terms import BlockReason, HoldMode, Shortage
from reserve.verify import run as verify
from tests.books import problems
from tests.reserve.stock.shelves import Shelves, issue, label, receipt, ref
from tests.small_world import MASK

SWEEP = ExpirySweepDraft()


def release(number: str) -> HoldReleaseDraft:
    return HoldReleaseDraft(document_number=number, reason="not needed")


def stocked(shelves: Shelves) -> str:
    number: str = shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1").number
    return number


# --- holds ---------------------------------------------------------------------------------------------------------


def test_all_or_nothing_holds_nothing_when_short(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.hold(70)

    with shelves.refused(InsufficientStock) as refusal:
        shelves.hold(31)

    assert refusal.value.shortages == (Shortage(MASK, "7", 31, 30, "W1/A1"),)


def test_up_to_holds_what_is_free_and_says_what_is_short(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.hold(70)

    answer = shelves.hold(50, mode=HoldMode.UP_TO)

    assert (answer.held, answer.short) == ([30], [20])
    assert shelves.stand() == (100, 100)
    assert shelves.hold(1, mode=HoldMode.UP_TO).held == [0]


def test_released_goods_are_free_again_and_releasing_twice_changes_nothing(shelves: Shelves) -> None:
    stocked(shelves)
    number = shelves.hold(70).number

    assert shelves.run(stock.release_hold, release(number)).ended == 1
    assert shelves.run(stock.release_hold, release(number)).ended == 0

    assert shelves.stand() == (100, 0)


def test_only_a_hold_request_is_released(shelves: Shelves) -> None:
    number = stocked(shelves)

    with shelves.refused(WrongState):
        shelves.run(stock.release_hold, release(number))


def test_the_sweep_ends_what_has_run_out_and_nothing_else(shelves: Shelves) -> None:
    stocked(shelves)
    now = shelves.clock.now()
    shelves.hold(10, expires_at=now + timedelta(hours=1))
    shelves.hold(20, expires_at=now + timedelta(hours=3))
    shelves.hold(30)
    assert shelves.run(stock.sweep_expired_holds, SWEEP).ended == 0

    shelves.clock.move_to(now + timedelta(hours=2))

    assert shelves.stand() == (100, 60)
    assert shelves.run(stock.sweep_expired_holds, SWEEP).ended == 1
    assert shelves.stand() == (100, 50)


def test_a_hold_of_the_past_and_unknown_names_are_told_at_once(shelves: Shelves) -> None:
    with shelves.refused(InvalidInput) as refusal:
        shelves.hold(1, expires_at=shelves.clock.now())

    assert [code for code, _, _ in problems(refusal)] == ["unknown_lot", "in_the_past"]


def test_what_may_not_be_used_is_not_held(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.block()

    with shelves.refused(InvalidInput) as refusal:
        shelves.hold(1)

    assert problems(refusal) == [("lot_blocked", "lines.0.lot_ref.code", "7")]


# --- blocks --------------------------------------------------------------------------------------------------------


def test_a_whole_lot_is_blocked_everywhere(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.book("2026-02-21  transfer  30  lot 7  A1 -> W2/A1")

    shelves.block()

    assert [line.blocked for line in shelves.ask(queries.stock_lines)] == [True, True]


def test_a_block_of_one_bin_leaves_the_others_usable(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.book("2026-02-21  transfer  30  lot 7  A1 -> STAGE")

    shelves.block(site_code="W1", bin_code="STAGE")

    shelves.run(stock.issue, issue(1))
    with shelves.refused(InvalidInput):
        shelves.run(stock.issue, issue(1, bin_code="STAGE"))


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ({"bin_code": "STAGE"}, ("missing", "site_code", "")),
        ({"site_code": "W1"}, ("unknown_bin", "bin_code", "")),
        ({"site_code": "W1", "bin_code": "Z9"}, ("unknown_bin", "bin_code", "Z9")),
    ],
)
def test_half_a_place_does_not_block_a_province(
    shelves: Shelves, place: dict[str, str], problem: tuple[str, str, str]
) -> None:
    stocked(shelves)

    with shelves.refused(InvalidInput) as refusal:
        shelves.block(**place)

    assert problems(refusal) == [problem]


def test_two_blocks_are_lifted_one_by_one(shelves: Shelves) -> None:
    stocked(shelves)
    first, second = shelves.block(), shelves.block()
    lift = BlockEndDraft(document_number=first, reason="cleared")

    shelves.run(stock.lift_block, lift)

    with shelves.refused(InvalidInput):
        shelves.run(stock.issue, issue(1))
    with shelves.refused(WrongState):
        shelves.run(stock.lift_block, lift)
    shelves.run(stock.lift_block, BlockEndDraft(document_number=second, reason="cleared"))
    shelves.run(stock.issue, issue(1))
    assert shelves.stand() == (99, 0)


def test_a_notice_names_every_place_owner_and_user_and_the_pieces_sum_to_what_came(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    shelves.book("2026-02-21  transfer  30  lot 7  A1 -> W2/A1")
    shelves.book("2026-02-22  issue  10  lot 7  A1 -> H1")
    shelves.book("2026-02-23  lose  5  lot 7  A1 -> LOST")

    number = shelves.block()

    notice = shelves.ask(paper_queries.get_document, number)
    lines = shelves.ask(paper_queries.line_contents, notice.id)
    assert [(line.source_code, line.receiver_code, line.quantity) for line in lines] == [
        ("", "H1", 10),
        ("W1", "", 55),
        ("W2", "", 30),
    ]
    found = shelves.ask(tracing.whereabouts, lot_id(shelves))
    came = [(each.place, each.quantity) for each in found if each.quantity < 0]
    assert (came, sum(each.quantity for each in found)) == ([("MAKER", -100)], 0)
    assert shelves.ask(tracing.whereabouts, lot_id(shelves), ["/nobody/"]) == []


def lot_id(shelves: Shelves) -> int:
    found: int = shelves.ask(queries.get_lot, ref()).id
    return found


def test_who_may_not_stop_it_in_every_store_stops_it_nowhere(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    path = shelves.ask(organisation_queries.get_organisation, "H1").path
    nurse = Actor(9, 9, "nurse", (Grant("keeper", path, frozenset(Permission)),))
    draft = BlockDraft(lot_ref=ref(), reason_kind=BlockReason.RECALL, reason="recall", organisation_code="H1")

    with shelves.refused(NotAllowed):
        shelves.run(stock.block, draft, nurse)

    assert [line.blocked for line in shelves.ask(queries.stock_lines)] == [False]


def test_a_lot_stopped_everywhere_is_freed_bin_by_bin(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    shelves.book("2026-02-21  transfer  30  lot 7  A1 -> W2/A1")
    number = shelves.block()
    free = BlockEndDraft(document_number=number, site_code="W2", bin_code="A1", reason="tested")

    shelves.run(stock.lift_block, free)

    assert [(line.site_code, line.blocked) for line in shelves.ask(queries.stock_lines)] == [
        ("W1", True),
        ("W2", False),
    ]
    with shelves.refused(InvalidInput) as again:
        shelves.run(stock.lift_block, free)
    assert problems(again) == [("bin_not_blocked", "bin_code", "W2/A1")]
    shelves.book("now  issue  5  lot 7  W2/A1 -> H1")
    with shelves.refused(InvalidInput):
        shelves.book("now  issue  5  lot 7  A1 -> H1")
    shelves.run(stock.lift_block, BlockEndDraft(document_number=number, reason="all tested"))
    assert [line.blocked for line in shelves.ask(queries.stock_lines)] == [False, False]
    assert verify(shelves.runner.database, level="full").findings == []


def test_blocked_goods_may_be_moved_aside_and_lost(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.block()

    shelves.book("now  transfer  30  lot 7  A1 -> STAGE")
    shelves.book("now  lose  1  lot 7  A1 -> LOST")

    assert (shelves.stand(), shelves.stand("STAGE")) == ((69, 0), (30, 0))


def test_a_lot_that_nobody_knows_is_not_blocked(shelves: Shelves) -> None:
    with shelves.refused(NotFound):
        shelves.block("99")


# --- as known at a past hour ---------------------------------------------------------------------------------------


def test_the_books_of_a_past_hour_say_what_they_said_then(shelves: Shelves) -> None:
    """On hand, held and blocked, hour by hour; late papers change no past hour."""
    seen = []

    def look() -> None:
        seen.append((shelves.clock.now(), shelves.ask(queries.stock_lines)))
        shelves.clock.move_to(shelves.clock.now() + timedelta(hours=1))

    receipt_number = stocked(shelves)
    look()
    held = shelves.hold(40).number
    look()
    blocked = shelves.block()
    look()
    shelves.book("2026-02-22  lose  70  lot 7  A1 -> LOST")
    look()
    shelves.run(stock.lift_block, BlockEndDraft(document_number=blocked, reason="cleared"))
    shelves.run(stock.release_hold, release(held))
    look()
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label("8"), accepted=5, uninspected=1)))
    look()

    for hour, lines in seen:
        assert shelves.ask(queries.stock_lines, known_at=hour) == lines
    assert [(lines[0].on_hand, lines[0].held, lines[0].blocked) for _, lines in seen] == [
        (100, 0, False),
        (100, 40, False),
        (100, 40, True),
        (30, 30, True),
        (30, 0, False),
        (30, 0, False),
    ]
    with shelves.refused(InsufficientStock):
        shelves.run(stock.reverse, ReversalDraft(document_number=receipt_number, reason="too late"))
