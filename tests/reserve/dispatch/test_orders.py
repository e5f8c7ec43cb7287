"""An order's life until goods move: submitted with its holds, signed, issued, withdrawn, cut, closed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from reserve.capacity import output, pegs
from reserve.dispatch import service as dispatch
from reserve.dispatch.cuts import NothingToCut
from reserve.dispatch.drafts import (
    ApplyCutDraft,
    CutDraft,
    CutLineDraft,
    OrderNumberDraft,
    OrderReasonDraft,
)
from reserve.dispatch.orders import StalePlan, StillOpen
from reserve.dispatch.terms import LineProgress
from reserve.errors import InvalidInput
from reserve.jobs import outbox
from reserve.papers import service as papers
from reserve.papers.drafting import WrongState
from reserve.papers.signing import NotYourSignature
from reserve.papers.terms import Decision, SignatureDraft, State, WithdrawalDraft
from reserve.stock import queries as stock_queries
from reserve.stock import service as stock
from reserve.stock.drafts import CountDraft, CountLineDraft, CountReasonLineDraft, CountReasonsDraft, CountSignOffDraft
from reserve.stock.terms import CountCause, Fund
from tests.books import problems
from tests.conftest import NOW
from tests.reserve.capacity.works import make_release, make_report
from tests.reserve.catalogue.goods import SUIT
from tests.reserve.dispatch.orders_world import GATE, MEMBER, PLANNER, SIGNERS, Office, mask_lot
from tests.small_world import actor


def progress(ordered: int, **more: int) -> LineProgress:
    values = dict.fromkeys(("held", "departed", "accepted", "damaged", "lost", "returned"), 0)
    return LineProgress(0, ordered, **(values | more))


def ref(number: str) -> OrderNumberDraft:
    return OrderNumberDraft(order_number=number)


# --- submit --------------------------------------------------------------------------------------------------------


def test_submitting_holds_the_lots_of_the_plan(office: Office) -> None:
    number = office.letter("WH-C01")

    office.submit(number)

    assert office.state(number) is State.SUBMITTED
    assert (office.stand("WH-C01", "C7"), office.stand("WH-C01", "C8")) == (("130100", 300, 300), ("130100", 100, 100))
    assert [hold.priority for hold in office.ask(stock_queries.open_holds)] == [7, 7, 5]
    with office.refused(WrongState):
        office.submit(number)


def test_every_stale_line_is_named_and_nothing_is_held(office: Office) -> None:
    """C8 was recalled and half of C7 used since the plan: the first line still finds its part of C7."""
    number = office.letter("WH-C01")
    office.used("WH-C01", "C7", 150)
    office.blocked("C8")

    with office.refused(StalePlan) as refusal:
        office.submit(number)

    stale = {(line.line_no, line.lot_code, line.wanted, line.available, line.because) for line in refusal.value.stale}
    assert stale == {(1, "C8", 100, 0, "blocked"), (2, "C7", 200, 50, "held_or_gone")}
    assert office.state(number) is State.DRAFT


def test_goods_that_expired_since_the_plan_are_stale(office: Office) -> None:
    office.clock.move_to(NOW + timedelta(days=800))

    with office.refused(StalePlan) as refusal:
        office.submit(office.letter("WH-C01"))

    assert {(line.lot_code, line.because) for line in refusal.value.stale} == {("C8", "expired")}


def test_expected_goods_promised_to_another_are_stale(office: Office) -> None:
    """A second plan counts on what the first one's letter takes first."""
    second = office.plan()
    (late,) = [number for number in office.draft(second) if office.lines(number)[0].source_code == "PR001"]
    first = office.letter("PR001")
    office.submit(first)

    with office.refused(StalePlan) as refusal:
        office.submit(late)

    assert [(line.item_code, line.wanted, line.available, line.because) for line in refusal.value.stale] == [
        (SUIT, 100, 0, "promised_twice")
    ]


# --- sign and issue ------------------------------------------------------------------------------------------------


def test_nobody_signs_an_own_order(office: Office) -> None:
    number = office.letter("WH-P01")
    drafter = actor(PLANNER.person_id, "provincial_commission_member")
    office.submit(number)

    with office.refused(NotYourSignature) as refusal:
        office.sign(number, by=(drafter,))

    assert refusal.value.facts["reason"] == "own_paper"


def test_an_order_is_issued_when_all_have_signed(office: Office) -> None:
    number = office.letter("WH-P01")
    office.submit(number)
    office.sign(number, by=(MEMBER,))
    with office.refused(WrongState):
        office.issue(number)
    office.sign(number, by=SIGNERS[1:])

    office.issue(number)

    assert office.state(number) is State.ISSUED
    assert office.progress(number) == progress(300, held=300)
    told = [job.subject for job in office.ask(outbox.list_waiting) if job.kind == "order_issued"]
    assert told == [number]


def test_a_ceiling_gives_back_what_it_does_not_grant(office: Office) -> None:
    number = office.issued("WH-C01", 120, 0)

    assert office.progress(number, 1) == progress(200, held=120)
    assert office.progress(number, 2) == progress(200)
    held = sum(office.stand("WH-C01", lot)[2] for lot in ("C7", "C8"))
    assert held == 120


def test_a_ceiling_holds_for_expected_goods_too(office: Office) -> None:
    number = office.issued("PR001", 60)

    assert office.progress(number) == progress(100, expected=60)
    assert list(office.ask(pegs.pegged_by_line).values()) == [60]


def test_a_hold_broken_before_the_order_is_in_force_makes_it_stale(office: Office) -> None:
    number = office.letter("WH-P01")
    office.submit(number)
    office.sign(number)
    office.lost("WH-P01", "P7", 310)

    with office.refused(StalePlan) as refusal:
        office.issue(number)

    assert [(line.wanted, line.available, line.because) for line in refusal.value.stale] == [(300, 290, "hold_broken")]
    office.run(dispatch.withdraw_order, OrderReasonDraft(order_number=number, reason="goods lost"))
    assert office.stand("WH-P01", "P7") == ("BUREAU", 290, 0)


def test_the_store_acknowledges_once(office: Office) -> None:
    number = office.issued("WH-P01")

    first = office.run(dispatch.acknowledge_order, ref(number), GATE)
    again = office.run(dispatch.acknowledge_order, ref(number), GATE)

    assert first == again
    with office.refused(WrongState):
        office.run(dispatch.acknowledge_order, ref(office.letter("WH-C01")), GATE)


# --- withdraw and close --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["WH-C01", "PR001"])
def test_a_withdrawn_order_frees_what_it_was_promised(office: Office, source: str) -> None:
    number = office.letter(source)
    office.submit(number)

    office.run(dispatch.withdraw_order, OrderReasonDraft(order_number=number, reason="not needed"))

    assert office.state(number) is State.WITHDRAWN
    assert office.progress(number).promised == 0
    assert office.ask(stock_queries.open_holds) == []
    assert office.ask(pegs.pegged_by_line) == {}


def test_a_rejected_order_gives_back_what_it_holds(office: Office) -> None:
    number = office.letter("WH-P01")
    office.submit(number)
    rejection = SignatureDraft(document_number=number, decision=Decision.REJECT, reason="too much")
    with office.refused(WrongState):
        office.run(papers.sign, rejection, MEMBER)  # only the verb that knows of holds may let an order fall
    assert office.stand("WH-P01", "P7") == ("BUREAU", 600, 300)

    office.run(dispatch.sign, rejection, MEMBER)

    assert office.state(number) is State.REJECTED
    assert office.stand("WH-P01", "P7") == ("BUREAU", 600, 0)
    with office.refused(WrongState):
        office.run(dispatch.withdraw_order, OrderReasonDraft(order_number=number, reason="rejected"))


def test_a_rejected_order_gives_back_expected_goods_too(office: Office) -> None:
    number = office.letter("PR001")
    office.submit(number)
    assert office.progress(number).expected == 100

    rejection = SignatureDraft(document_number=number, decision=Decision.REJECT, reason="too much")
    office.run(dispatch.sign, rejection, MEMBER)

    assert office.progress(number).promised == 0
    assert office.ask(pegs.pegged_by_line) == {}


def test_an_order_in_force_is_cut_and_not_withdrawn(office: Office) -> None:
    number = office.issued("WH-P01")

    with office.refused(WrongState):
        office.run(dispatch.withdraw_order, OrderReasonDraft(order_number=number, reason="not needed"))


@pytest.mark.parametrize("source", ["WH-P01", "PR001"])
def test_an_order_that_still_promises_is_not_closed(office: Office, source: str) -> None:
    number = office.issued(source)

    with office.refused(StillOpen) as refusal:
        office.run(dispatch.close_order, ref(number))

    assert refusal.value.facts["lines"] == "1"


@pytest.mark.parametrize("verb", [dispatch.submit_order, dispatch.issue_order, dispatch.close_order])
def test_a_paper_of_another_kind_is_no_order(office: Office, verb: Any) -> None:
    with office.refused(WrongState):
        office.run(verb, ref(office.production))


# --- cut -----------------------------------------------------------------------------------------------------------


def cut(office: Office, number: str, *lines: tuple[int, int]) -> str:
    """Number of a cut of lines to what remains promised."""
    wanted = tuple(CutLineDraft(line_no=line_no, quantity=quantity) for line_no, quantity in lines)
    draft = CutDraft(order_number=number, lines=wanted, reason="needed elsewhere")
    found: str = office.run(dispatch.request_cut, draft).number
    return found


def apply(office: Office, number: str) -> None:
    office.run(dispatch.apply_cut, ApplyCutDraft(cut_number=number))


def test_a_cut_is_signed_by_the_steps_that_gave_the_promise(office: Office) -> None:
    number = office.issued("WH-P01")
    office.depart(number, "HS-1", (1, 100))

    taken = cut(office, number, (1, 180))

    assert [line.quantity for line in office.lines(taken)] == [120]
    with office.refused(WrongState):
        apply(office, taken)
    office.sign(taken)
    apply(office, taken)
    assert office.progress(number) == progress(300, held=80, departed=100)
    assert office.state(taken) is State.CLOSED
    with office.refused(WrongState):
        apply(office, taken)


def test_a_cut_of_everything_before_anything_left_cancels_the_order(office: Office) -> None:
    number = office.issued("WH-C01")
    taken = cut(office, number)
    office.sign(taken)

    apply(office, taken)

    assert office.state(number) is State.CANCELLED
    assert office.ask(stock_queries.open_holds) == []
    with office.refused(WrongState):
        cut(office, number)


def test_what_left_meanwhile_stays_shipped(office: Office) -> None:
    number = office.issued("WH-P01")
    taken = cut(office, number)
    office.depart(number, "HS-1", (1, 250))
    office.sign(taken)

    apply(office, taken)

    assert office.progress(number) == progress(300, departed=250)
    assert office.state(number) is State.IN_EXECUTION


def test_a_line_has_one_open_cut_at_a_time(office: Office) -> None:
    number = office.issued("WH-C01")
    first = cut(office, number, (1, 150))

    with office.refused(InvalidInput) as refusal:
        cut(office, number)
    assert [(each.code, each.field, each.expected, each.found) for each in refusal.value.problems] == [
        ("cut_still_open", "lines.0.line_no", f"{first} applied or withdrawn first", "1")
    ]

    other = cut(office, number, (2, 0))
    for each in (first, other):
        office.sign(each)
        apply(office, each)
    second = cut(office, number, (1, 50))
    assert [line.quantity for line in office.lines(second)] == [100]


@pytest.mark.parametrize("end", ["withdrawn", "rejected"])
def test_a_cut_that_was_given_up_stands_in_nobody_s_way(office: Office, end: str) -> None:
    number = office.issued("WH-P01")
    given_up = cut(office, number)
    if end == "withdrawn":
        office.run(papers.withdraw, WithdrawalDraft(document_number=given_up, reason="mistake"))
    else:
        rejection = SignatureDraft(document_number=given_up, decision=Decision.REJECT, reason="no")
        office.run(dispatch.sign, rejection, MEMBER)

    taken = cut(office, number, (1, 100))
    office.sign(taken)
    apply(office, taken)

    assert office.progress(number) == progress(300, held=100)


def test_a_promise_on_expected_goods_is_cut_too(office: Office) -> None:
    number = office.issued("PR001")
    taken = cut(office, number, (1, 30))
    office.sign(taken)

    apply(office, taken)

    assert office.progress(number) == progress(100, expected=30)


def test_a_cut_neither_raises_nor_calls_back(office: Office) -> None:
    number = office.issued("WH-P01")
    office.depart(number, "HS-1", (1, 100))

    with office.refused(InvalidInput) as refusal:
        cut(office, number, (1, 99), (1, 300), (7, 1))

    assert [(code, field) for code, field, _ in problems(refusal)] == [
        ("line_twice", "lines.1.line_no"),
        ("cut_out_of_range", "lines.0.quantity"),
        ("unknown_line", "lines.1.line_no"),
    ]


def test_nothing_is_cut_from_what_has_left(office: Office) -> None:
    number = office.issued("WH-P01")
    office.depart(number, "HS-1")

    with office.refused(NothingToCut):
        cut(office, number)
    with office.refused(WrongState):
        apply(office, number)


# --- expected goods ------------------------------------------------------------------------------------------------


def report(office: Office, good: int) -> None:
    office.run(output.report_output, make_report(office.production, good=good))


def release(office: Office, accepted: int) -> None:
    office.clock.move_to(NOW + timedelta(days=2))
    office.run(output.release_output, make_release(office.production, accepted=accepted), GATE)


def test_goods_that_come_are_held_for_the_line_that_was_promised_them(office: Office) -> None:
    number = office.issued("PR001", 60)
    report(office, 100)

    release(office, 100)

    assert office.progress(number) == progress(100, held=60)
    assert office.stand("PR001", "S-001", "PROD") == ("130000", 100, 60)
    shipment = office.depart(number, "HS-1")
    office.deliver(shipment, "S-001", 60)
    office.run(dispatch.close_order, ref(number))
    assert office.state(number) is State.CLOSED


def test_goods_that_come_in_part_leave_a_promise_for_the_rest(office: Office) -> None:
    number = office.issued("PR001")
    report(office, 100)

    release(office, 70)

    assert office.progress(number) == progress(100, held=70, expected=30)


def test_when_less_is_made_exactly_the_pegged_lines_are_told(office: Office) -> None:
    number = office.issued("PR001")
    office.issued("WH-P01")

    report(office, 85)

    told = [json.loads(job.payload) for job in office.ask(outbox.list_waiting) if job.kind == "promise_at_risk"]
    (line,) = office.lines(number)
    assert [(each["document"], each["line_id"], each["lost"]) for each in told] == [(number, line.id, 15)]


# --- facts break promises ------------------------------------------------------------------------------------------


def test_a_count_breaks_the_hold_of_an_order_and_tells_it(office: Office) -> None:
    number = office.issued("WH-P01")
    line = CountLineDraft(
        lot_ref=mask_lot("P7"), owner_code="BUREAU", fund=Fund.PROVINCIAL, counted=200, counted_at=NOW
    )
    office.clock.move_to(NOW + timedelta(minutes=5))
    sheet = office.run(stock.count, CountDraft(site_code="WH-P01", lines=(line,)), GATE)
    office.sign(sheet.variance_number)
    reason = CountReasonLineDraft(line_no=1, cause=CountCause.UNKNOWN)
    office.run(stock.give_reasons, CountReasonsDraft(count_number=sheet.number, lines=(reason,)), GATE)
    office.run(stock.post_count, CountSignOffDraft(count_number=sheet.number), actor(29))

    assert office.progress(number) == progress(300, held=200)
    told = [job.subject for job in office.ask(outbox.list_waiting) if job.kind == "hold_broken"]
    assert told == [number]
