"""Goods under way: parts leave, parts arrive, some damaged, the rest lost or brought back; it always adds up."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.authority import Actor, Grant, Permission
from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.dispatch import queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import (
    DeliveryDraft,
    DeliveryLineDraft,
    OrderNumberDraft,
    TransitLossDraft,
    TransitReturnDraft,
)
from reserve.dispatch.models import DeliveryLine
from reserve.dispatch.orders import StillOpen
from reserve.dispatch.shipments import NothingHeld
from reserve.dispatch.terms import LineProgress, ShipmentState
from reserve.errors import InvalidInput, NotAllowed, Refusal
from reserve.papers.drafting import SignerDoesNotHandle, WrongState
from reserve.papers.terms import State
from reserve.stock import queries as stock_queries
from reserve.stock import service as stock
from reserve.stock.drafts import LotDraft, ReceiptDraft, ReceiptLineDraft
from reserve.stock.ledger import PastWouldBeNegative
from reserve.stock.terms import Fund
from tests.books import problems
from tests.conftest import ENGINES, NOW
from tests.reserve.catalogue.goods import MASK
from tests.reserve.dispatch.orders_world import DEPUTY, DOOR, GATE, MEMBER, STORES, Office
from tests.reserve.verify.worlds import world


def progress(ordered: int, **more: int) -> LineProgress:
    values = dict.fromkeys(("held", "departed", "accepted", "damaged", "lost", "returned"), 0)
    return LineProgress(0, ordered, **(values | more))


def lose(shipment: str) -> TransitLossDraft:
    return TransitLossDraft(shipment_number=shipment, reason="fell off", report_no="R-1", responsible="carrier")


def bring_back(shipment: str) -> TransitReturnDraft:
    return TransitReturnDraft(shipment_number=shipment, reason="road closed")


def close(number: str) -> OrderNumberDraft:
    return OrderNumberDraft(order_number=number)


def found_at_doors(session: Session) -> list[tuple[int, int, str]]:
    rows = session.scalars(select(DeliveryLine).order_by(DeliveryLine.id))
    return [(row.accepted, row.damaged, row.reason) for row in rows]


# --- departure -----------------------------------------------------------------------------------------------------


def test_goods_leave_in_parts_and_stand_in_transit(office: Office) -> None:
    number = office.issued("WH-P01")

    first = office.depart(number, "HS-1", (1, 100))
    second = office.depart(number, "HS-1")

    assert (first, second) == (f"{number}-S1", f"{number}-S2")
    assert office.progress(number) == progress(300, departed=300)
    assert office.stand("WH-P01", "P7") == ("BUREAU", 300, 0)
    assert office.state(number) is State.IN_EXECUTION
    on_road = [line for line in office.ask(stock_queries.stock_lines, in_transit=True) if line.site_code == first]
    assert [(line.owner_code, line.lot_code, line.on_hand) for line in on_road] == [("BUREAU", "P7", 100)]
    with office.refused(NothingHeld):
        office.depart(number, "HS-1")


def test_each_receiver_has_a_shipment_of_its_own(office: Office) -> None:
    number = office.issued("WH-C01")

    office.depart(number, "HS-2")

    assert office.progress(number, 1) == progress(200, held=200)
    assert office.progress(number, 2) == progress(200, departed=200)


def test_every_bad_line_of_a_departure_is_told(office: Office) -> None:
    number = office.issued("WH-C01")

    with office.refused(InvalidInput) as refusal:
        office.depart(number, "HS-1", (1, 201), (1, 5), (2, 10))

    assert [(code, field) for code, field, _ in problems(refusal)] == [
        ("line_twice", "lines.1.line_no"),
        ("unknown_line", "lines.1.line_no"),
    ]
    with office.refused(InvalidInput) as refusal:
        office.depart(number, "HS-1", (1, 201))
    assert problems(refusal) == [("more_than_held", "lines.0.quantity", "201")]


def test_what_expires_first_leaves_first(office: Office) -> None:
    number = office.issued("WH-C01")

    shipment = office.depart(number, "HS-1", (1, 60))

    on_road = [line for line in office.ask(stock_queries.stock_lines, in_transit=True) if line.site_code == shipment]
    assert [(line.lot_code, line.on_hand) for line in on_road] == [("C8", 60)]


def test_what_was_blocked_since_it_was_held_stays(office: Office) -> None:
    """The first line holds 100 of C7 and 100 of C8; C8 is recalled before the lorry comes."""
    number = office.issued("WH-C01")
    office.blocked("C8")

    with office.refused(InvalidInput) as refusal:
        office.depart(number, "HS-1")
    assert problems(refusal) == [("lot_blocked", "lines.0.line_no", "C8")]

    shipment = office.depart(number, "HS-1", (1, 100))
    on_road = [line for line in office.ask(stock_queries.stock_lines, in_transit=True) if line.site_code == shipment]
    assert [(line.lot_code, line.on_hand) for line in on_road] == [("C7", 100)]


def test_what_expired_since_it_was_held_stays(office: Office) -> None:
    number = office.issued("WH-P01")
    office.clock.move_to(NOW + timedelta(days=1100))

    with office.refused(InvalidInput) as refusal:
        office.depart(number, "HS-1")

    assert problems(refusal) == [("lot_expired", "lines.0.line_no", "P7")]


def test_nothing_leaves_before_the_order_is_in_force_or_without_an_order(office: Office) -> None:
    number = office.letter("WH-P01")
    office.submit(number)

    with office.refused(WrongState):
        office.depart(number, "HS-1")
    with office.refused(WrongState):
        office.depart(office.production, "HS-1")


def test_signers_handle_no_goods(office: Office) -> None:
    number = office.issued("WH-P01")
    with office.refused(SignerDoesNotHandle):
        office.depart(number, "HS-1", by=MEMBER)
    shipment = office.depart(number, "HS-1")

    with office.refused(SignerDoesNotHandle):
        office.deliver(shipment, "P7", 100, by=DEPUTY)
    with office.refused(SignerDoesNotHandle):
        office.run(dispatch.report_transit_loss, lose(shipment), MEMBER)
    with office.refused(SignerDoesNotHandle):
        office.run(dispatch.return_shipment, bring_back(shipment), DEPUTY)


def test_only_the_store_lets_go_and_only_the_receiver_accepts(office: Office) -> None:
    number = office.issued("WH-P01")
    rights = frozenset({Permission.ORDER_EXECUTE, Permission.ORDER_RECEIVE})
    store = Actor(31, 31, "store", (Grant("keeper", "/130000/BUREAU/", rights),))
    other = Actor(32, 32, "other", (Grant("keeper", "/130000/130100/130109/HO2/", rights),))

    with office.refused(NotAllowed):
        office.depart(number, "HS-1", by=other)
    shipment = office.depart(number, "HS-1", by=store)
    for outsider in (store, other):
        with office.refused(NotAllowed):
            office.deliver(shipment, "P7", 100, by=outsider)


# --- arrival -------------------------------------------------------------------------------------------------------


def test_goods_are_accepted_in_parts_and_become_the_receivers(office: Office) -> None:
    number = office.issued("WH-P01")
    shipment = office.depart(number, "HS-1")

    first = office.deliver(shipment, "P7", 180)
    second = office.deliver(shipment, " p-7 ", 90, 30, reason="wet")

    assert (first.on_the_road, first.state) == (120, ShipmentState.ON_THE_ROAD)
    assert (second.on_the_road, second.state) == (0, ShipmentState.ARRIVED)
    assert office.stand("HS-1", "P7", "RP") == ("HO1", 270, 0)
    assert office.stand("HS-1", "P7", "REJ") == ("HO1", 30, 0)
    assert office.ask(found_at_doors) == [(180, 0, ""), (90, 30, "wet")]
    assert office.progress(number) == progress(300, departed=300, accepted=270, damaged=30)


def test_goods_on_loan_keep_their_owner(office: Office) -> None:
    code = office.plan()
    (number,) = [
        each for each in office.draft(code, transfers_ownership=False) if office.lines(each)[0].source_code == "WH-P01"
    ]
    office.submit(number)
    office.sign(number)
    office.issue(number)

    office.deliver(office.depart(number, "HS-1"), "P7", 300)

    assert office.stand("HS-1", "P7", "RP") == ("BUREAU", 300, 0)


def test_everything_wrong_at_the_door_is_told_at_once(office: Office) -> None:
    number = office.issued("WH-C01")
    shipment = office.depart(number, "HS-2")
    lines = (
        DeliveryLineDraft(line_no=2, lot_code="C7", accepted=150, damaged=51),
        DeliveryLineDraft(line_no=2, lot_code="c7", accepted=1),
        DeliveryLineDraft(line_no=1, lot_code="C8", accepted=1),
    )

    with office.refused(InvalidInput) as refusal:
        office.run(dispatch.deliver, DeliveryDraft(shipment_number=shipment, lines=lines), DOOR)

    told = {(code, field) for code, field, _ in problems(refusal)}
    assert ("line_twice", "lines.1.lot_code") in told
    assert ("lot_not_on_shipment", "lines.1.lot_code") in told
    with office.refused(InvalidInput) as refusal:
        office.run(dispatch.deliver, DeliveryDraft(shipment_number=shipment, lines=lines[:1]), DOOR)
    assert {(code, field) for code, field, _ in problems(refusal)} == {
        ("more_than_shipped", "lines.0.accepted"),
        ("reason_missing", "lines.0.reason"),
    }


def test_goods_do_not_arrive_before_they_left(office: Office) -> None:
    number = office.issued("WH-P01")
    office.clock.move_to(NOW + timedelta(hours=5))
    shipment = office.depart(number, "HS-1", occurred_at=NOW + timedelta(hours=4))
    line = DeliveryLineDraft(line_no=1, lot_code="P7", accepted=300)

    with office.refused(PastWouldBeNegative):
        early = DeliveryDraft(shipment_number=shipment, lines=(line,), occurred_at=NOW + timedelta(hours=3))
        office.run(dispatch.deliver, early, DOOR)


def test_two_lots_of_one_code_are_told_apart(office: Office) -> None:
    """The store has two lots P7 with two expiries; each is written down with what was found of it."""
    label = LotDraft(item_code=MASK, code="P7", expires_on=date(2027, 6, 30), confirms_other_expiry=True)
    receipt = ReceiptDraft(
        site_code="WH-P01",
        owner_code=STORES["WH-P01"],
        fund=Fund.PROVINCIAL,
        supplier_code="PR001",
        lines=(ReceiptLineDraft(lot=label, accepted=100),),
    )
    office.run(stock.receive, receipt)
    office.clock.move_to(NOW + timedelta(minutes=1))
    code = office.plan()
    (number,) = [each for each in office.draft(code) if office.lines(each)[0].source_code == "WH-P01"]
    office.submit(number)
    office.sign(number)
    office.issue(number)
    shipment = office.depart(number, "HS-1")

    office.deliver(shipment, "P7", 290, 10, reason="wet")

    assert sorted(office.ask(found_at_doors)) == [(90, 10, "wet"), (200, 0, "wet")]
    assert office.progress(number) == progress(300, departed=300, accepted=290, damaged=10)


# --- what does not arrive ------------------------------------------------------------------------------------------


def test_the_rest_is_lost_with_a_report_or_brought_back(office: Office) -> None:
    number = office.issued("WH-P01")
    lorry, van = office.depart(number, "HS-1", (1, 200)), office.depart(number, "HS-1")
    office.deliver(lorry, "P7", 190)

    lost = office.run(dispatch.report_transit_loss, lose(lorry), GATE)
    returned = office.run(dispatch.return_shipment, bring_back(van), GATE)

    assert (lost.lost, lost.on_the_road, lost.state) == (10, 0, ShipmentState.ARRIVED)
    assert (returned.returned, returned.on_the_road) == (100, 0)
    assert office.stand("WH-P01", "P7", "RET") == ("BUREAU", 100, 0)
    assert office.progress(number) == progress(300, departed=300, accepted=190, lost=10, returned=100)
    with office.refused(NothingHeld):
        office.run(dispatch.report_transit_loss, lose(lorry), GATE)


def test_an_order_closes_when_nothing_of_it_is_on_the_road(office: Office) -> None:
    number = office.issued("WH-P01")
    shipment = office.depart(number, "HS-1")
    office.deliver(shipment, "P7", 299)
    with office.refused(StillOpen):
        office.run(dispatch.close_order, close(number))

    office.deliver(shipment, "P7", 1)
    office.run(dispatch.close_order, close(number))

    assert office.state(number) is State.CLOSED
    with office.refused(WrongState):
        office.run(dispatch.close_order, close(number))


# --- it always adds up ---------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["depart", "depart", "deliver", "deliver", "damage", "lose", "return", "cut_away"]),
        st.integers(1, 2),
        st.integers(1, 150),
    ),
    min_size=1,
    max_size=10,
)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=8, deadline=None, phases=[Phase.generate, Phase.shrink], database=None)
@given(steps=STEPS)
def test_progress_adds_up_whatever_happens(engine: str, steps: list[tuple[str, int, int]]) -> None:
    with world(engine, "orders") as database:
        clock = StoryClock(NOW)
        office = Office(Runner(database, clock), clock)
        number = office.issued("WH-C01")
        shipments: list[str] = []
        for verb, line_no, quantity in steps:
            clock.move_to(clock.now() + timedelta(minutes=5))
            with suppress(Refusal):
                _do(office, verb, number, shipments, line_no, quantity)
        for line_no in (1, 2):
            require_sums(office, number, line_no)
        on_road = sum(
            sum(office.ask(queries.on_the_road, office.ask(queries.get_shipment, each)).values()) for each in shipments
        )
        assert on_road == sum(office.progress(number, line_no).in_transit for line_no in (1, 2))


def _do(office: Office, verb: str, number: str, shipments: list[str], line_no: int, quantity: int) -> None:
    match verb:
        case "depart":
            shipments.append(office.depart(number, f"HS-{line_no}", (line_no, quantity)))
        case "deliver" if shipments:
            office.deliver(shipments[-1], "C7", quantity, line_no=line_no)
        case "damage" if shipments:
            office.deliver(shipments[0], "C7", 0, quantity, line_no=line_no, reason="wet")
        case "lose" if shipments:
            office.run(dispatch.report_transit_loss, lose(shipments[0]), GATE)
        case "return" if shipments:
            office.run(dispatch.return_shipment, bring_back(shipments[-1]), GATE)
        case "cut_away":
            office.lost("WH-C01", "C7", quantity)


def require_sums(office: Office, number: str, line_no: int) -> None:
    line = office.progress(number, line_no)
    parts = (line.accepted, line.damaged, line.lost, line.returned, line.in_transit)
    assert all(part >= 0 for part in (*parts, line.held, line.expected))
    assert line.departed == sum(parts)
    assert line.held + line.departed <= line.ordered
    assert line.coming == line.held + line.in_transit
