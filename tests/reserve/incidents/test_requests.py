"""Requests: raised by one, taken up by another, never needs by themselves."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.errors import InvalidInput, NotAllowed, NotFound
from reserve.incidents import queries, requests
from reserve.incidents.models import RequestLine
from reserve.incidents.terms import (
    NeedOrigin,
    RequestDecisionDraft,
    RequestDraft,
    RequestLineDecision,
    RequestLineDraft,
    RequestWithdrawalDraft,
)
from reserve.papers import queries as paper_queries
from reserve.papers.drafting import WrongState
from reserve.papers.models import Document
from reserve.papers.terms import State
from tests.reserve.incidents.world import CODE, NOW, PLANNER, REQUESTER, STRANGER, SUIT, TODAY, actor, declared

DUE = NOW + timedelta(days=1)


def line(**changes: Any) -> RequestLineDraft:
    values: dict[str, Any] = {"site_code": "HS-130109", "item_code": SUIT, "quantity": 500, "needed_by": DUE}
    return RequestLineDraft.model_validate(values | changes)


def ask(session: Session, *lines: RequestLineDraft, now: datetime = NOW, **changes: Any) -> Document:
    values: dict[str, Any] = {
        "incident_code": CODE,
        "organisation_code": "130109",
        "lines": lines or (line(),),
        "justification": "库存不足",
    }
    return requests.raise_request(
        session, REQUESTER, RequestDraft.model_validate(values | changes), now=now, today=TODAY
    )


def decide(session: Session, document: Document, accepted: int, reason: str = "") -> None:
    decision = RequestLineDecision(line_no=1, accepted=accepted, reason=reason)
    draft = RequestDecisionDraft(document_number=document.number, lines=(decision,))
    requests.decide_request(session, PLANNER, draft, now=NOW, today=TODAY)


def wanted(session: Session) -> list[int]:
    incident = queries.get_incident(session, CODE)
    return [need.base for need in queries.needs_at(session, incident.id, NOW, NOW, origin=NeedOrigin.REQUEST)]


def duplicates(session: Session) -> list[int | None]:
    return list(session.scalars(select(RequestLine.duplicate_of_id).order_by(RequestLine.id)))


def test_a_request_is_a_numbered_paper_and_no_need_yet(session: Session) -> None:
    incident = declared(session)

    document = ask(session)

    assert document.number.startswith("REQ-130109-2021-000001-")
    assert wanted(session) == []
    assert queries.has_asked(session, incident.id, [document.organisation_id], NOW)


def test_a_line_taken_up_becomes_a_need_and_the_last_decision_holds(session: Session) -> None:
    declared(session)
    document = ask(session)

    decide(session, document, 500)
    decide(session, document, 300, reason="按消耗核减")

    assert wanted(session) == [300]


def test_a_declined_line_makes_no_need(session: Session) -> None:
    declared(session)

    decide(session, ask(session), 0, reason="已有库存")

    assert wanted(session) == []


def test_less_than_asked_needs_a_reason_and_more_is_refused(session: Session) -> None:
    declared(session)
    document = ask(session)

    for accepted, code in ((400, "reason_missing"), (501, "more_than_asked")):
        with pytest.raises(InvalidInput) as refusal:
            decide(session, document, accepted)
        assert [problem.code for problem in refusal.value.problems] == [code]
    assert wanted(session) == []


def test_who_asks_does_not_decide(session: Session) -> None:
    declared(session)
    document = ask(session)
    same_person = actor(2, "planner", "/", *PLANNER.grants[0].permissions)
    decision = RequestLineDecision(line_no=1, accepted=500)
    draft = RequestDecisionDraft(document_number=document.number, lines=(decision,))

    with pytest.raises(requests.OwnRequest):
        requests.decide_request(session, same_person, draft, now=NOW, today=TODAY)


def test_the_same_wish_within_a_day_is_marked_and_not_refused(session: Session) -> None:
    declared(session)
    ask(session)
    ask(session, line(quantity=600), now=NOW + timedelta(hours=3))
    ask(session, line(needed_by=NOW + timedelta(days=3)), now=NOW + timedelta(hours=30))

    first = session.scalar(select(func.min(RequestLine.id)))
    assert duplicates(session) == [None, first, None]


def test_an_amended_request_replaces_the_old_one_and_its_need(session: Session) -> None:
    declared(session)
    first = ask(session)
    decide(session, first, 500)

    second = ask(session, line(quantity=900), replaces=first.number)

    assert paper_queries.state_of(session, first.id) is State.REVERSED
    assert second.refers_to_id == first.id
    assert wanted(session) == []
    assert duplicates(session) == [None, None]  # the replaced line stands no more


def test_a_withdrawn_request_cannot_be_taken_up(session: Session) -> None:
    declared(session)
    document = ask(session)
    draft = RequestWithdrawalDraft(document_number=document.number, reason="已自行解决")
    requests.withdraw_request(session, REQUESTER, draft, now=NOW, today=TODAY)

    with pytest.raises(WrongState):
        decide(session, document, 500)


def test_a_request_names_all_that_is_wrong(session: Session) -> None:
    declared(session)
    lines = (
        line(site_code="HS-000000", item_code="H0000000"),
        line(site_code="HS-130102", needed_by=NOW),
        line(own_total=5, own_used=9),
        line(),
    )

    with pytest.raises(InvalidInput) as refusal:
        ask(session, *lines)

    assert [(p.code, p.field) for p in refusal.value.problems] == [
        ("unknown_site", "lines.0.site_code"),
        ("unknown_item", "lines.0.item_code"),
        ("outside_area", "lines.1.site_code"),
        ("in_the_past", "lines.1.needed_by"),
        ("used_more_than_had", "lines.2.own_used"),
        ("named_twice", "lines.3"),
    ]
    assert session.scalar(select(func.count(RequestLine.id))) == 0


def test_only_ones_own_request_may_be_amended(session: Session) -> None:
    declared(session)
    document = ask(session)
    city = actor(12, "requester", "/130000/130100/", *REQUESTER.grants[0].permissions)
    draft = RequestDraft(
        incident_code=CODE,
        organisation_code="130100",
        lines=(line(),),
        justification="市级",
        replaces=document.number,
    )

    with pytest.raises(NotFound):
        requests.raise_request(session, city, draft, now=NOW, today=TODAY)
    with pytest.raises(NotAllowed):
        requests.raise_request(session, STRANGER, draft, now=NOW, today=TODAY)
