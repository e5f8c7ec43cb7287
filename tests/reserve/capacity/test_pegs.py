"""Goods promised before they exist, and what becomes of the promise, on both engines."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.capacity import output, pegs, queries
from reserve.capacity.pegs import PromisedTwice
from reserve.commands import Done, Runner
from reserve.db import Database
from reserve.drafts import Draft
from reserve.jobs import outbox
from reserve.organisations import queries as organisation_queries
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.stock.models import Balance, Hold
from tests.conftest import NOW
from tests.reserve.capacity.works import (
    KEEPER,
    OFFICE,
    PRODUCER,
    issued_order,
    lay_out_line,
    lay_out_response,
    make_release,
    make_report,
)
from tests.reserve.catalogue.goods import SUIT
from tests.reserve.sites.places import TODAY

LATER = NOW + timedelta(days=2)


@pytest.fixture
def number(session: Session) -> str:
    """An order in force: 100 suits on its first day, 200 on each of the next three."""
    lay_out_line(session)
    lay_out_response(session)
    return issued_order(session)


def dispatch_order(session: Session) -> tuple[Document, int]:
    """A dispatch order with one line, and the id of that line."""
    province = organisation_queries.get_organisation(session, "130000")
    lines = [LineContent(line_no=1, item_code=SUIT, quantity=500)]
    document = drafting.draft_document(
        session, OFFICE, DocumentKind.DISPATCH_ORDER, province, state=State.SUBMITTED, now=NOW, lines=lines
    )
    (line,) = paper_queries.lines_of(session, document.id)
    return document, line.id


def peg(session: Session, number: str, quantity: int) -> tuple[Document, int]:
    """Promise part of the first day's output to a new order."""
    document, line_id = dispatch_order(session)
    pegs.peg(session, OFFICE, document, line_id, f"{number}/2026-03-01", quantity, now=NOW)
    return document, line_id


def report_and_release(session: Session, number: str, good: int, accepted: int) -> None:
    output.report_output(session, PRODUCER, make_report(number, good=good), now=NOW, today=TODAY)
    output.release_output(
        session, KEEPER, make_release(number, accepted=accepted), now=LATER, today=TODAY + timedelta(days=2)
    )


def at_risk(session: Session) -> list[tuple[str, str]]:
    """Subject and payload of every warning in the outbox."""
    return [(job.subject, job.payload) for job in outbox.list_waiting(session) if job.kind == "promise_at_risk"]


def test_expected_goods_are_not_promised_twice(session: Session, number: str) -> None:
    peg(session, number, 70)

    with pytest.raises(PromisedTwice) as refusal:
        peg(session, number, 31)

    assert refusal.value.facts == {"supply": f"{number}/2026-03-01", "found": 30, "wanted": 31}
    assert pegs.pegged_by_supply(session, NOW) == {f"{number}/2026-03-01": 70}
    assert pegs.pegged_by_supply(session, NOW - timedelta(hours=1)) == {}


def test_a_promise_that_waited_sees_what_was_reported_meanwhile(session: Session, number: str) -> None:
    """Its own time was taken first; the report came while it waited for the lock."""
    now = NOW + timedelta(hours=1)
    output.report_output(session, PRODUCER, make_report(number, good=50), now=now, today=TODAY)

    with pytest.raises(PromisedTwice):
        peg(session, number, 51)

    assert pegs.open_pegs(session) == []


def test_released_goods_are_held_for_the_oldest_promise_first(session: Session, number: str) -> None:
    first, first_line = peg(session, number, 60)
    _, second_line = peg(session, number, 40)

    report_and_release(session, number, good=100, accepted=80)

    holds = session.scalars(select(Hold).order_by(Hold.position)).all()
    assert [(hold.document_line_id, hold.quantity) for hold in holds] == [(first_line, 60), (second_line, 20)]
    assert holds[0].document_id == first.id
    (balance,) = session.scalars(select(Balance)).all()
    assert (balance.on_hand, balance.held) == (80, 80)
    assert pegs.pegged_by_line(session) == {second_line: 20}
    assert pegs.pegged_by_line(session, known_at=NOW) == {first_line: 60, second_line: 40}


def test_goods_that_nobody_was_promised_are_free(session: Session, number: str) -> None:
    peg(session, number, 60)

    report_and_release(session, number, good=100, accepted=100)

    (balance,) = session.scalars(select(Balance)).all()
    assert (balance.on_hand, balance.held) == (100, 60)
    assert pegs.open_pegs(session) == []


def test_when_less_is_made_the_latest_promise_is_named(session: Session, number: str) -> None:
    peg(session, number, 60)
    second, second_line = peg(session, number, 40)

    output.report_output(session, PRODUCER, make_report(number, good=90), now=NOW, today=TODAY)

    ((subject, payload),) = at_risk(session)
    assert subject == second.number
    assert f'"line_id": {second_line}' in payload
    assert '"lost": 10' in payload


def test_a_report_as_planned_alarms_nobody(session: Session, number: str) -> None:
    peg(session, number, 100)

    output.report_output(session, PRODUCER, make_report(number), now=NOW, today=TODAY)

    assert at_risk(session) == []


def test_an_order_that_gives_up_frees_what_it_was_promised(session: Session, number: str) -> None:
    document, _ = peg(session, number, 100)

    pegs.unpeg(session, OFFICE, document.id, now=NOW, reason="cancelled")

    assert pegs.open_pegs(session, document_id=document.id) == []
    peg(session, number, 100)
    assert sum(each.quantity for each in queries.expected_supply(session, NOW, NOW)) == 700


def test_two_orders_at_once_do_not_promise_the_same_goods(database: Database, runner: Runner) -> None:
    """The second waits for the first to commit, and then finds too little."""
    supply: list[str] = []
    papers: list[tuple[Document, int]] = []

    def lay_out(session: Session, *_: object, **__: object) -> Done:
        lay_out_line(session)
        lay_out_response(session)
        supply.append(f"{issued_order(session)}/2026-03-01")
        papers.extend([dispatch_order(session), dispatch_order(session)])
        return Done()

    def promise(session: Session, document: Document, line_id: int) -> None:
        pegs.peg(session, OFFICE, document, line_id, supply[0], 70, now=NOW)

    def second() -> None:
        with database.writing() as session, pytest.raises(PromisedTwice):
            promise(session, *papers[1])

    runner.run(lay_out, Draft(), actor=OFFICE, answer=Done)
    waiting = Thread(target=second)
    with database.writing() as session:
        promise(session, *papers[0])
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        session.commit()
    waiting.join(20)

    assert not waiting.is_alive()
    assert runner.ask(pegs.pegged_by_supply, NOW) == {supply[0]: 70}
