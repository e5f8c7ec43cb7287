"""Daily reports, and finished lots that become stock, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.capacity import order_queries, orders, output, queries
from reserve.capacity.drafts import ProductionOrderRefDraft
from reserve.capacity.order_queries import LateReport
from reserve.capacity.output import NotReported, OwnReport, Released, Reported
from reserve.capacity.terms import DayReport, Reliability, SupplyKind
from reserve.catalogue.models import Item
from reserve.errors import InvalidInput, NotAllowed
from reserve.incidents.terms import Evidence
from reserve.papers import queries as paper_queries
from reserve.papers.drafting import WrongState
from reserve.papers.terms import DocumentKind, State
from reserve.sites.models import Bin
from reserve.stock.models import Balance, Entry, Lot, StockAccount
from tests.conftest import NOW
from tests.reserve.capacity.works import (
    KEEPER,
    LINE,
    OFFICE,
    PRODUCER,
    issued_order,
    lay_out_line,
    lay_out_response,
    make_release,
    make_report,
    signed_order,
)
from tests.reserve.catalogue.goods import make_actor
from tests.reserve.sites.places import TODAY

DAY = timedelta(days=1)
LATER = NOW + 2 * DAY
"""The first day's lot may be issued since midnight."""
STRANGER = make_actor(Permission.CAPACITY_DECLARE, Permission.STOCK_RECEIVE, path="/130000/130100/130109/", user_id=9)


@pytest.fixture
def number(session: Session) -> str:
    """An order in force: 100, 200, 200, 200 suits, each day's lot two midnights later."""
    lay_out_line(session)
    lay_out_response(session)
    return issued_order(session)


def report(session: Session, number: str, days: int = 0, good: int = 100, **changes: object) -> Reported:
    """The report of a day, handed in on that day."""
    draft = make_report(number, TODAY + days * DAY, good, **changes)
    return output.report_output(session, PRODUCER, draft, now=NOW + days * DAY, today=TODAY + days * DAY)


def release(session: Session, number: str, accepted: int = 100, **changes: object) -> Released:
    draft = make_release(number, accepted=accepted, **changes)
    return output.release_output(session, KEEPER, draft, now=LATER, today=TODAY + 2 * DAY)


def at_the_plant(session: Session) -> list[tuple[str, int]]:
    """Bin and pieces of everything that stands in one of our bins."""
    statement = (
        select(Bin.code, func.sum(Balance.on_hand))
        .join(StockAccount, StockAccount.id == Balance.account_id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .group_by(Bin.code)
        .order_by(Bin.code)
    )
    return [(code, int(quantity)) for code, quantity in session.execute(statement)]


# --- reports ------------------------------------------------------------------------------------------------------


def test_a_report_takes_the_place_of_the_plan(session: Session, number: str) -> None:
    reported = report(session, number, good=90, scrap=3)

    assert reported == Reported(number, TODAY, 90, 3, cumulative_good=90, waiting=90)
    first = queries.expected_supply(session, NOW, NOW)[0]
    assert (first.kind, first.quantity, first.evidence) == (SupplyKind.PRE_ADVISED, 90, Evidence.COUNTED)
    assert [each.kind for each in queries.expected_supply(session, NOW, NOW)[1:]] == [SupplyKind.PRODUCTION] * 3
    order = order_queries.get_order(session, number)
    assert order_queries.reliability_of(session, order.id, NOW) == Reliability(planned=100, made=90)


def test_a_correction_is_a_new_version(session: Session, number: str) -> None:
    report(session, number, good=90)

    output.report_output(
        session,
        PRODUCER,
        make_report(number, good=95, correction_reason="counted again"),
        now=NOW + DAY,
        today=TODAY + DAY,
    )

    order = order_queries.get_order(session, number)
    assert order_queries.reports_of(session, order.id, NOW) == {TODAY: DayReport(TODAY, 90, 0)}
    assert order_queries.reports_of(session, order.id, NOW + DAY) == {TODAY: DayReport(TODAY, 95, 0)}
    assert queries.expected_supply(session, NOW + DAY, NOW + DAY)[0].quantity == 95


def test_the_report_written_last_stands_whatever_its_clock_says(session: Session, number: str) -> None:
    """The correction took its time before the report that it corrects, and waited."""
    output.report_output(session, PRODUCER, make_report(number, good=90), now=NOW + DAY, today=TODAY + DAY)

    report(session, number, good=95, correction_reason="counted again")

    order = order_queries.get_order(session, number)
    assert order_queries.reports_of(session, order.id, NOW + DAY)[TODAY].good == 95
    assert queries.expected_supply(session, NOW + DAY, NOW + DAY)[0].quantity == 95


def test_a_bad_report_changes_nothing(session: Session, number: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        report(session, number, days=1, good=700, cumulative_good=900)

    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [
        ("beyond_capacity", "good"),
        ("cumulative_differs", "cumulative_good"),
    ]
    order = order_queries.get_order(session, number)
    assert order_queries.reports_of(session, order.id, NOW + DAY) == {}
    assert queries.expected_supply(session, NOW + DAY, NOW + DAY)[1].kind is SupplyKind.PRODUCTION


def test_only_the_producer_reports(session: Session, number: str) -> None:
    with pytest.raises(NotAllowed):
        output.report_output(session, STRANGER, make_report(number), now=NOW, today=TODAY)

    assert order_queries.reports_of(session, order_queries.get_order(session, number).id, NOW) == {}


def test_an_order_that_is_not_acknowledged_has_no_reports(session: Session) -> None:
    lay_out_line(session)
    lay_out_response(session)
    document = signed_order(session)
    reference = ProductionOrderRefDraft(document_number=document.number)
    orders.issue_production_order(session, OFFICE, reference, now=NOW, today=TODAY)

    with pytest.raises(WrongState):
        report(session, document.number)


def test_late_reporters_are_listed_with_their_days(session: Session, number: str) -> None:
    report(session, number, days=1, good=200)

    def late(days: int) -> list[LateReport]:
        return order_queries.late_reporters(session, TODAY + days * DAY, NOW + DAY)

    assert late(0) == []
    assert late(1) == [LateReport(number, "PR001", LINE, (TODAY,))]
    assert late(9) == [LateReport(number, "PR001", LINE, (TODAY, TODAY + 2 * DAY, TODAY + 3 * DAY))]


# --- releases -----------------------------------------------------------------------------------------------------


def test_a_released_lot_is_stock_of_the_beneficiary_at_the_plant(session: Session, number: str) -> None:
    report(session, number)

    released = release(session, number)

    assert (released.order_number, released.accepted, released.rejected, released.waiting) == (number, 100, 0, 0)
    assert at_the_plant(session) == [("PROD", 100)]
    lot = session.scalars(select(Lot)).one()
    assert (lot.code, lot.certificate, lot.made_on, lot.maker) == ("S-001", "QC-1", TODAY, "PR001")
    item = session.scalars(select(Item).where(Item.code == lot.item_code)).one()
    assert lot.pack_size == item.pack_size
    receipt = paper_queries.get_document(session, released.number)
    (line,) = paper_queries.lines_of(session, receipt.id)
    assert (receipt.kind, line.ground, line.owner_code, line.value_minor) == (
        DocumentKind.RECEIPT,
        number,
        "130000",
        900_000,
    )
    assert session.scalars(select(Entry.document_line_id)).all() == [line.id]
    assert f"{number}/2026-03-01" not in [each.code for each in queries.expected_supply(session, LATER, LATER)]


def test_a_lot_is_released_in_parts(session: Session, number: str) -> None:
    report(session, number)

    first = release(session, number, accepted=60, rejected=10)
    second = release(session, number, accepted=30, lot_code="S-002", bin_code="A1")

    assert (first.waiting, second.waiting) == (30, 0)
    assert at_the_plant(session) == [("A1", 30), ("PROD", 60)]
    with pytest.raises(NotReported):
        release(session, number, accepted=1)


def test_a_wholly_rejected_lot_never_is_stock(session: Session, number: str) -> None:
    report(session, number)

    released = release(session, number, accepted=0, rejected=100)

    assert released == Released(number, number, 0, 100, 0)
    assert at_the_plant(session) == []
    assert paper_queries.list_documents(session, kind=DocumentKind.RECEIPT) == []


def test_nothing_is_released_before_its_day(session: Session, number: str) -> None:
    report(session, number)

    with pytest.raises(InvalidInput) as refusal:
        output.release_output(session, KEEPER, make_release(number), now=NOW + DAY, today=TODAY + DAY)

    assert [problem.code for problem in refusal.value.problems] == ["before_release_lag"]
    assert at_the_plant(session) == []
    assert queries.expected_supply(session, LATER, LATER)[0].quantity == 100


def test_planned_output_is_not_released_before_it_is_reported(session: Session, number: str) -> None:
    with pytest.raises(NotReported):
        release(session, number)

    assert at_the_plant(session) == []


def test_who_reported_does_not_receive(session: Session, number: str) -> None:
    report(session, number)
    both = make_actor(Permission.STOCK_RECEIVE, path="/130000/130100/", user_id=PRODUCER.user_id)

    with pytest.raises(OwnReport):
        output.release_output(session, both, make_release(number), now=LATER, today=TODAY + 2 * DAY)

    assert at_the_plant(session) == []


def test_a_keeper_of_another_place_does_not_receive(session: Session, number: str) -> None:
    report(session, number)

    with pytest.raises(NotAllowed):
        output.release_output(session, STRANGER, make_release(number), now=LATER, today=TODAY + 2 * DAY)

    assert at_the_plant(session) == []


def test_a_correction_after_a_release_leaves_the_rest(session: Session, number: str) -> None:
    report(session, number)
    release(session, number, accepted=60)

    def correct(good: int) -> Reported:
        draft = make_report(number, good=good, correction_reason="counted again")
        return output.report_output(session, PRODUCER, draft, now=LATER, today=TODAY + 2 * DAY)

    with pytest.raises(InvalidInput):
        correct(59)
    assert correct(75).waiting == 15


def test_an_order_is_closed_when_all_its_lots_are_dealt_with(session: Session) -> None:
    lay_out_line(session)
    lay_out_response(session)
    number = issued_order(session, to_on=TODAY)
    report(session, number)
    release(session, number)

    reference = ProductionOrderRefDraft(document_number=number)
    document = orders.close_production_order(session, OFFICE, reference, now=LATER, today=TODAY + 2 * DAY)

    assert paper_queries.state_of(session, document.id) is State.CLOSED
    with pytest.raises(WrongState):
        report(session, number, good=90, correction_reason="late")
