"""Counting: the figure that was found stands, whatever is entered late, and breaks the promises it must break."""

from __future__ import annotations

import json

from reserve.authority import Actor, Grant, Permission
from reserve.errors import InvalidInput, NotAllowed
from reserve.jobs import outbox
from reserve.papers import queries as paper_queries
from reserve.papers import service as papers
from reserve.papers.drafting import SignerDoesNotHandle, WrongState
from reserve.papers.terms import Decision, SignatureDraft, State, WithdrawalDraft
from reserve.stock import booked, count_queries, history, queries
from reserve.stock import service as stock
from reserve.stock.counts import CounterDoesNotRecount
from reserve.stock.differences import CountOvertaken
from reserve.stock.drafts import (
    CountDraft,
    CountLineDraft,
    CountReasonLineDraft,
    CountReasonsDraft,
    CountSignOffDraft,
    RecountDraft,
    RecountLineDraft,
    ReversalDraft,
)
from reserve.stock.posting import BeforeClosedCount
from reserve.stock.terms import CountCause, MovementKind
from tests.books import problems
from tests.ledger_text import FUND, OWNER
from tests.reserve.stock.shelves import MEMBER, PLANNER, POSTER, Shelves, at, issue, ref
from tests.small_world import actor

LATE = "2026-02-22  issue  10  lot 7  A1 -> H1"


def stocked(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")


def without_backdate() -> Actor:
    everything = frozenset(Permission) - {Permission.STOCK_BACKDATE}
    return Actor(7, 7, "person7", (Grant("keeper", "/", everything),))


def test_a_count_without_difference_closes_at_once(shelves: Shelves) -> None:
    stocked(shelves)

    answer = shelves.count(100, "2026-02-25")

    assert (answer.state, answer.differences, answer.variance_number) == (State.POSTED, 0, None)


def test_a_difference_is_posted_when_signed_at_the_time_of_counting(shelves: Shelves) -> None:
    stocked(shelves)
    answer = shelves.count(90, "2026-02-25")
    assert (answer.state, answer.differences) == (State.SUBMITTED, 1)
    assert shelves.stand() == (100, 0)

    shelves.sign(answer.variance_number)
    shelves.explain(answer.number)
    shelves.run(stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)

    assert shelves.stand() == (90, 0)
    (movement, _), *_ = reversed(shelves.ask(history.list_ledger, ["/"]))
    assert (movement.kind, movement.occurred_at) == (MovementKind.COUNT, at("2026-02-25"))


def test_the_difference_is_against_the_book_at_the_time_of_counting(shelves: Shelves) -> None:
    """105 found on the 25th, when the book said 100; 30 were used the day after."""
    stocked(shelves)
    shelves.book("2026-02-26  issue  30  lot 7  A1 -> H1")

    shelves.counted(105, "2026-02-25")

    assert shelves.stand() == (75, 0)


def test_counter_signer_and_poster_are_different_people(shelves: Shelves) -> None:
    stocked(shelves)
    answer = shelves.count(90, "2026-02-25")
    sign_off = CountSignOffDraft(count_number=answer.number)
    with shelves.refused(WrongState):
        shelves.run(stock.post_count, sign_off, POSTER)
    shelves.sign(answer.variance_number)
    shelves.explain(answer.number)

    with shelves.refused(NotAllowed):
        shelves.run(stock.post_count, sign_off)
    with shelves.refused(SignerDoesNotHandle):
        shelves.run(stock.post_count, sign_off, MEMBER)
    with shelves.refused(WrongState):
        shelves.run(stock.post_count, CountSignOffDraft(count_number=answer.variance_number), POSTER)


def test_a_bad_count_is_told_in_full(shelves: Shelves) -> None:
    stocked(shelves)
    with shelves.refused(InvalidInput) as refusal:
        shelves.count(90, "2026-03-02")
    assert problems(refusal) == [("in_the_future", "lines.0.counted_at", "2026-03-02T08:00:00+08:00")]


def test_the_same_goods_are_not_counted_twice_on_one_sheet(shelves: Shelves) -> None:
    stocked(shelves)
    line = CountLineDraft(lot_ref=ref(), owner_code=OWNER, fund=FUND, counted=90, counted_at=at("2026-02-25"))

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.count, CountDraft(site_code="W1", lines=(line, line.model_copy(update={"counted": 80}))))

    assert problems(refusal) == [("line_twice", "lines.1.lot_ref.code", "1")]


# --- large differences, and reasons --------------------------------------------------------------------------------


def large(shelves: Shelves) -> str:
    """A sheet on which 1,500 of 3,000 pieces are missing: more than one person's word."""
    shelves.book("2026-02-20  receive  3000  lot 7  SUPPLIER -> A1")
    answer = shelves.count(1500, "2026-02-25")
    assert (answer.state, answer.differences, answer.variance_number, answer.recounts) == (State.COUNTING, 1, None, 1)
    number: str = answer.number
    return number


def again(number: str, counted: int, *, line_no: int = 1, when: str = "2026-02-26") -> RecountDraft:
    line = RecountLineDraft(line_no=line_no, counted=counted, counted_at=at(when))
    return RecountDraft(count_number=number, lines=(line,))


def test_a_large_difference_is_counted_again_by_somebody_else_and_that_figure_stands(shelves: Shelves) -> None:
    number = large(shelves)
    with shelves.refused(CounterDoesNotRecount):
        shelves.run(stock.recount, again(number, 2990))

    answer = shelves.run(stock.recount, again(number, 2990), PLANNER)
    assert (answer.state, answer.differences, answer.recounts) == (State.SUBMITTED, 1, 0)
    (line,) = shelves.ask(booked.counted_lines, site_code="W1")
    assert (line.counted_first, line.counted, line.book) == (1500, 2990, 3000)
    for signer in (actor(8, "planner"), MEMBER):
        shelves.run(papers.sign, SignatureDraft(document_number=answer.variance_number), signer)
    shelves.explain(number)
    with shelves.refused(NotAllowed):
        shelves.run(stock.post_count, CountSignOffDraft(count_number=number), PLANNER)
    shelves.run(stock.post_count, CountSignOffDraft(count_number=number), POSTER)

    assert shelves.stand() == (2990, 0)


def test_a_recount_that_finds_the_book_right_closes_the_sheet(shelves: Shelves) -> None:
    number = large(shelves)

    answer = shelves.run(stock.recount, again(number, 3000), PLANNER)

    assert (answer.state, answer.differences, answer.variance_number) == (State.POSTED, 0, None)
    assert shelves.stand() == (3000, 0)
    with shelves.refused(BeforeClosedCount):
        shelves.book("2026-02-25T20:00  issue  10  lot 7  A1 -> H1", by=without_backdate())


def test_a_recount_names_every_line_once_and_after_the_first_count(shelves: Shelves) -> None:
    number = large(shelves)

    with shelves.refused(InvalidInput) as wrong_line:
        shelves.run(stock.recount, again(number, 2990, line_no=2), PLANNER)
    with shelves.refused(InvalidInput) as too_early:
        shelves.run(stock.recount, again(number, 2990, when="2026-02-24"), PLANNER)

    assert [each.code for each in wrong_line.value.problems] == ["line_not_recounted", "recount_missing"]
    assert [each.code for each in too_early.value.problems] == ["not_after_first_count"]


def test_no_difference_is_posted_without_its_reason(shelves: Shelves) -> None:
    stocked(shelves)
    answer = shelves.count(90, "2026-02-25")
    shelves.sign(answer.variance_number)
    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)
    assert problems(refusal) == [("reason_missing", "lines.0.cause", "")]

    given = shelves.run(stock.give_reasons, reasons(answer.number, 1, CountCause.BROKEN, note="wet cartons"))
    shelves.run(stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)

    assert (given.given, given.missing) == (1, 0)
    assert shelves.stand() == (90, 0)


def test_only_a_line_that_differs_has_a_reason(shelves: Shelves) -> None:
    stocked(shelves)
    answer = shelves.count(90, "2026-02-25")

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.give_reasons, reasons(answer.number, 2, CountCause.MISSING))

    assert problems(refusal) == [("line_without_difference", "lines.0.line_no", "2")]


def reasons(number: str, line_no: int, cause: CountCause, note: str = "") -> CountReasonsDraft:
    return CountReasonsDraft(
        count_number=number, lines=(CountReasonLineDraft(line_no=line_no, cause=cause, note=note),)
    )


def test_the_paper_that_broke_a_promise_names_whose_it_was(shelves: Shelves) -> None:
    stocked(shelves)
    held = shelves.hold(40)

    sheet = shelves.counted(15, "2026-03-01")

    (broken,) = shelves.ask(count_queries.broken_holds, ["/"])
    assert (broken.number, broken.lot_code, broken.lost, broken.because_of) == (held.number, "7", 25, sheet)
    assert shelves.ask(count_queries.broken_holds, []) == []


# --- holds give way ------------------------------------------------------------------------------------------------


def test_a_shortage_breaks_the_least_important_and_latest_holds_and_tells_their_owners(shelves: Shelves) -> None:
    stocked(shelves)
    first = shelves.hold(40, priority=3)
    important = shelves.hold(30, priority=7)
    second = shelves.hold(20, priority=3)

    shelves.counted(65, "2026-03-01")

    assert shelves.stand() == (65, 65)
    holds = shelves.ask(queries.open_holds)
    assert [(hold.quantity, hold.priority, hold.replaces_id is None) for hold in holds] == [
        (30, 7, True),
        (35, 3, False),
    ]
    told = [job for job in shelves.ask(outbox.list_waiting) if job.kind == "hold_broken"]
    lost = {job.subject: json.loads(job.payload)["lost"] for job in told}
    assert lost == {second.number: 20, first.number: 5}
    assert important.number not in lost


def test_a_count_that_leaves_enough_breaks_nothing(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.hold(40)

    shelves.counted(40, "2026-03-01")

    assert shelves.stand() == (40, 40)
    assert len(shelves.ask(queries.open_holds)) == 1


# --- late papers ---------------------------------------------------------------------------------------------------


def test_a_late_paper_before_a_closed_count_needs_the_supervisors_right(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.counted(90, "2026-02-25")

    with shelves.refused(BeforeClosedCount) as refusal:
        shelves.book(LATE, by=without_backdate())

    assert refusal.value.facts["found"] == at("2026-02-22").isoformat()


def test_with_the_right_the_counted_figure_stands(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.counted(90, "2026-02-25")

    answer = shelves.book(LATE)

    assert shelves.stand() == (90, 0)
    assert len(answer.positions) == 2
    kinds = [(movement.kind, movement.occurred_at) for movement, _ in shelves.ask(history.list_ledger, ["/"])[-2:]]
    assert kinds == [(MovementKind.COUNT, at("2026-02-25")), (MovementKind.ISSUE, at("2026-02-22"))]


def test_a_late_receipt_before_a_closed_count_does_not_raise_it(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.counted(100, "2026-02-25")

    shelves.book("2026-02-24  receive  10  lot 7  SUPPLIER -> A1")

    assert shelves.stand() == (100, 0)


def test_a_late_loss_before_a_closed_count_does_not_lower_it(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.counted(90, "2026-02-25")
    with shelves.refused(BeforeClosedCount):
        shelves.book("2026-02-22  lose  10  lot 7  A1 -> LOST", by=without_backdate())

    shelves.book("2026-02-22  lose  10  lot 7  A1 -> LOST")

    assert shelves.stand() == (90, 0)


def test_late_paper_and_correction_are_undone_together(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.counted(90, "2026-02-25")
    late = shelves.book(LATE)

    shelves.run(stock.reverse, ReversalDraft(document_number=late.number, reason="wrong paper"))

    assert shelves.stand() == (90, 0)
    reversed_kinds = [movement.kind for movement, _ in shelves.ask(history.list_ledger, ["/"])[-2:]]
    assert reversed_kinds == [MovementKind.REVERSE, MovementKind.REVERSE]


def test_papers_after_the_count_are_none_of_its_business(shelves: Shelves) -> None:
    stocked(shelves)
    shelves.counted(90, "2026-02-25")

    answer = shelves.book("2026-02-26  issue  10  lot 7  A1 -> H1", by=without_backdate())

    assert len(answer.positions) == 1
    assert shelves.stand() == (80, 0)


def test_a_count_that_was_reversed_binds_nobody(shelves: Shelves) -> None:
    stocked(shelves)
    sheet = shelves.counted(90, "2026-02-25")
    shelves.run(stock.reverse, ReversalDraft(document_number=sheet, reason="counted the wrong shelf"))
    assert shelves.stand() == (100, 0)

    shelves.book(LATE, by=without_backdate())

    assert shelves.stand() == (90, 0)


def test_a_late_paper_that_explains_the_difference_leaves_nothing_to_post(shelves: Shelves) -> None:
    """10 were missing when counted; before the signatures came, the paper of their issue turned up."""
    stocked(shelves)
    answer = shelves.count(90, "2026-02-25")
    shelves.book(LATE)
    shelves.sign(answer.variance_number)
    shelves.explain(answer.number)

    posted = shelves.run(stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)

    assert shelves.stand() == (90, 0)
    assert posted.positions == []
    with shelves.refused(BeforeClosedCount):
        shelves.book(LATE, by=without_backdate())


def test_a_late_paper_that_makes_the_difference_larger_asks_for_another_count(shelves: Shelves) -> None:
    stocked(shelves)
    answer = shelves.count(90, "2026-02-25")
    shelves.book("2026-02-24  receive  5  lot 7  SUPPLIER -> A1")
    shelves.sign(answer.variance_number)
    shelves.explain(answer.number)

    with shelves.refused(CountOvertaken):
        shelves.run(stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)


def test_two_sheets_with_one_difference_post_it_once(shelves: Shelves) -> None:
    stocked(shelves)
    sheets = [shelves.count(90, day) for day in ("2026-02-25", "2026-02-26")]

    for sheet in sheets:
        shelves.sign(sheet.variance_number)
        shelves.explain(sheet.number)
        shelves.run(stock.post_count, CountSignOffDraft(count_number=sheet.number), POSTER)

    assert shelves.stand() == (90, 0)


def test_an_older_count_is_not_posted_before_a_closed_one(shelves: Shelves) -> None:
    stocked(shelves)
    older = shelves.count(90, "2026-02-25")
    shelves.sign(older.variance_number)
    shelves.explain(older.number)
    shelves.counted(100, "2026-02-26")

    with shelves.refused(CountOvertaken):
        shelves.run(stock.post_count, CountSignOffDraft(count_number=older.number), POSTER)


def test_a_count_that_would_have_left_too_little_is_overtaken(shelves: Shelves) -> None:
    stocked(shelves)
    answer = shelves.count(40, "2026-02-25")
    shelves.sign(answer.variance_number)
    shelves.explain(answer.number)
    shelves.run(stock.issue, issue(60))

    with shelves.refused(CountOvertaken):
        shelves.run(stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)


def test_a_rejected_difference_ends_the_count_and_the_shelf_is_counted_again(shelves: Shelves) -> None:
    stocked(shelves)
    answer = shelves.count(90, "2026-02-25")

    refusal = SignatureDraft(document_number=answer.variance_number, decision=Decision.REJECT, reason="count again")
    shelves.run(papers.sign, refusal, PLANNER)

    sheet = shelves.ask(paper_queries.get_document, answer.number)
    assert shelves.ask(paper_queries.state_of, sheet.id) is State.REJECTED
    with shelves.refused(WrongState):
        shelves.run(stock.post_count, CountSignOffDraft(count_number=answer.number), POSTER)
    shelves.counted(90, "2026-02-26")
    assert shelves.stand() == (90, 0)


def test_a_withdrawn_difference_ends_the_count_too(shelves: Shelves) -> None:
    stocked(shelves)
    answer = shelves.count(90, "2026-02-25")

    shelves.run(papers.withdraw, WithdrawalDraft(document_number=answer.variance_number, reason="mistyped"), PLANNER)

    sheet = shelves.ask(paper_queries.get_document, answer.number)
    assert shelves.ask(paper_queries.state_of, sheet.id) is State.REJECTED
