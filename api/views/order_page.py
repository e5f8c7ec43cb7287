"""A dispatch order as the commission reads it: the facts before signing, its way to closure, its lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.i18n import Text
from api.schemas.papers import DocumentRow, LineOut
from api.views import paper_page
from api.views.document_rows import document_rows
from api.views.naming import Names, names_in
from api.views.paper_page import PaperPage
from api.views.scoping import parties_in
from reserve.access import queries as access_queries
from reserve.authority import Actor
from reserve.dispatch import facts, queries
from reserve.dispatch.facts import LineFacts
from reserve.dispatch.models import DispatchPlan, Shipment
from reserve.errors import NotFound
from reserve.papers import queries as paper_queries
from reserve.papers import reading
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, State
from reserve.stock.terms import MovementKind

PAGE = 50
Scopes = tuple[str, ...]
ARRIVALS = frozenset({MovementKind.ACCEPT, MovementKind.LOSE, MovementKind.RETURN, MovementKind.FIND})


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list: from where, to whom, how much of it is still to come. Base units."""

    row: DocumentRow
    sources: list[str]
    receivers: list[str]
    ordered: int
    coming: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an order. ``word`` names it unless it is a state or a movement of goods."""

    occurred_at: datetime
    recorded_at: datetime
    person_id: int | None
    word: str = ""
    state: State | None = None
    movement: MovementKind | None = None
    detail: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class OrderPage:
    page: PaperPage
    known_at: datetime
    content: Mapping[str, Any]
    facts: list[LineFacts]
    bases: list[str]
    """What the approval matrix rested on when the order was submitted."""
    events: list[Event]
    shipments: Sequence[Shipment]
    names: Names
    people: dict[int, str]
    mine: list[LineOut]


def newest(
    session: Session, scopes: Scopes, incident: str, before: int | None, text: Text
) -> tuple[list[OrderRow], int | None]:
    """Orders, the newest first, and the key of the next page."""
    documents = reading.list_newest(
        session,
        scopes,
        parties_in(session, scopes),
        kind=DocumentKind.DISPATCH_ORDER,
        incident_code=incident or None,
        before_id=before,
        limit=PAGE,
    )
    return _rows(session, documents, text), documents[-1].id if len(documents) == PAGE else None


def waiting(session: Session, actor: Actor, text: Text) -> list[OrderRow]:
    """Orders that wait for this person's signature, oldest first."""
    papers = paper_queries.waiting_for_signature(session, actor)
    return _rows(session, [each for each in papers if each.kind is DocumentKind.DISPATCH_ORDER], text)


def _rows(session: Session, documents: Sequence[Document], text: Text) -> list[OrderRow]:
    names = names_in(session, text)
    rows = []
    for document, row in zip(documents, document_rows(session, documents), strict=True):
        lines = paper_queries.lines_of(session, document.id)
        progress = queries.progress_of(session, document.id).values()
        rows.append(
            OrderRow(
                row=row,
                sources=list(dict.fromkeys(names.site(line.source_code) for line in lines)),
                receivers=list(dict.fromkeys(names.site(line.receiver_code) for line in lines)),
                ordered=sum(each.ordered for each in progress),
                coming=sum(each.coming for each in progress),
                accepted=sum(each.accepted for each in progress),
            )
        )
    return rows


def order_page(
    session: Session,
    number: str,
    actor: Actor,
    scopes: Scopes,
    stock_scopes: Scopes,
    text: Text,
    *,
    known_at: datetime,
) -> OrderPage:
    """An order with everything behind it; the facts as the books knew them at a time. Raises NotFound."""
    page = paper_page.paper_page(session, number, actor, scopes, stock_scopes, with_audit=False)
    if page.paper.kind is not DocumentKind.DISPATCH_ORDER:
        raise NotFound("order", number)
    order = paper_queries.get_document(session, number)
    shipments = queries.shipments_of(session, order.id)
    lines = facts.order_facts(session, order, stock_scopes, known_at=known_at)
    events = _events(session, order, page, lines, shipments, text)
    persons = {event.person_id for event in events if event.person_id is not None}
    return OrderPage(
        page=page,
        known_at=known_at,
        content=json.loads(order.content),
        facts=lines,
        bases=paper_queries.bases_of(session, order),
        events=events,
        shipments=shipments,
        names=names_in(session, text),
        people=access_queries.names_of_persons(session, persons),
        mine=page.mine,
    )


def _events(
    session: Session,
    order: Document,
    page: PaperPage,
    lines: Sequence[LineFacts],
    shipments: Sequence[Shipment],
    text: Text,
) -> list[Event]:
    """From the need to closure, in the order in which it happened."""
    events = [
        *_before_it_was_written(session, order, lines, text),
        *(
            Event(each.occurred_at, each.recorded_at, each.person_id, state=each.state, detail=each.reason)
            for each in page.paper.history
        ),
        *_signed(page, text),
        *_left(shipments, text),
        *_arrived(page),
    ]
    acknowledged = queries.find_acknowledgement(session, order.id)
    if acknowledged is not None:
        at = acknowledged.recorded_at
        events.append(Event(at, at, acknowledged.person_id, text.say("Acknowledged by the store")))
    for cut in paper_queries.referring_documents(session, order.id, DocumentKind.CUT):
        told = Event(cut.recorded_at, cut.recorded_at, cut.drafted_by_person, text.word(cut.kind), detail=cut.number)
        events.append(replace(told, href=f"/papers/{cut.number}"))
    return sorted(events, key=lambda event: (event.occurred_at, event.recorded_at))


def _before_it_was_written(session: Session, order: Document, lines: Sequence[LineFacts], text: Text) -> list[Event]:
    needs = [need for each in lines for need in each.needs]
    events = []
    if needs:
        first = min(needs, key=lambda need: need.recorded_at)
        detail = text.say("{count} lines of need", count=len(needs))
        told = Event(first.recorded_at, first.recorded_at, None, text.say("Need recorded"), detail=detail)
        events.append(replace(told, href=f"/incidents/{order.incident_code}"))
    for plan_id in sorted({each.ground.plan_id for each in lines}):
        plan = session.get_one(DispatchPlan, plan_id)
        at, person = plan.recorded_at, plan.requested_by_person
        told = Event(at, at, person, text.say("Planned"), detail=plan.code)
        events.append(replace(told, href=f"/plans/{plan.code}"))
    return events


def _signed(page: PaperPage, text: Text) -> list[Event]:
    """One event for each signer: role, decision, and the link to what the signer could see."""
    events: dict[int, Event] = {}
    for each in page.paper.signatures:
        word = text.say("Signed") if each.decision == "approve" else text.say("Rejected by signature")
        role = text.word(each.role)
        detail = f"{role} · {each.reason}" if each.reason else role
        seen = each.recorded_at.isoformat().replace("+00:00", "Z")
        href = f"/orders/{page.paper.number}?known_at={seen}#facts"
        events.setdefault(
            each.person_id, Event(each.recorded_at, each.recorded_at, each.person_id, word, detail=detail, href=href)
        )
    return list(events.values())


def _left(shipments: Sequence[Shipment], text: Text) -> list[Event]:
    return [
        Event(
            each.departed_at,
            each.recorded_at,
            each.person_id,
            text.say("Left"),
            detail=" · ".join(part for part in (each.number, each.vehicle_no) if part),
            href=f"#ship-{each.number}",
        )
        for each in shipments
    ]


def _arrived(page: PaperPage) -> list[Event]:
    """What the receivers booked, one event for each movement, with a link to its first ledger line."""
    events: dict[int, Event] = {}
    quantities: dict[int, int] = {}
    for line in page.ledger:
        if line.kind in ARRIVALS:
            quantities[line.position] = quantities.get(line.position, 0) + line.quantity
            found = Event(line.occurred_at, line.recorded_at, line.person_id, movement=line.kind, detail=line.reason)
            events.setdefault(line.position, replace(found, href=f"#line-{line.id}"))
    return [
        replace(each, detail=f"{quantities[position]:,} {each.detail}".strip()) for position, each in events.items()
    ]
