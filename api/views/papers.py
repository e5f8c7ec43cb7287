"""Papers as their readers see them: rows with their state, and whole papers with lines, steps and signatures."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.deps import Page
from api.schemas.papers import (
    DocumentOut,
    DocumentRow,
    LineOut,
    SignatureOut,
    StateOut,
    StepOut,
)
from api.views.document_rows import document_rows
from api.views.scoping import parties_in
from reserve.papers import queries, reading, rules
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind


def page(
    session: Session, scopes: tuple[str, ...], kind: DocumentKind | None, incident: str | None, after: int, limit: int
) -> Page[DocumentRow]:
    rows = reading.list_readable(
        session, scopes, parties_in(session, scopes), kind=kind, incident_code=incident, after_id=after, limit=limit
    )
    return Page(items=document_rows(session, rows), next=rows[-1].id if len(rows) == limit else None)


def whole(session: Session, number: str, scopes: tuple[str, ...]) -> DocumentOut:
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    (row,) = document_rows(session, [document])
    return DocumentOut(
        **row.model_dump(),
        content=document.content,
        response_level=document.response_level,
        holder_relation=document.holder_relation,
        lines=lines(session, document),
        steps=[StepOut.model_validate(step) for step in queries.steps_of(session, document.id)],
        signatures=[SignatureOut.model_validate(row) for row in queries.signatures_of(session, document.id)],
        history=[StateOut.model_validate(row) for row in queries.history_of(session, document.id)],
    )


def lines(session: Session, document: Document) -> list[LineOut]:
    steps = queries.steps_of(session, document.id)
    given = queries.given_signatures(session, document.id)
    contents = {line.line_no: line for line in queries.line_contents(session, document.id)}
    return [
        LineOut(
            line_no=line.line_no,
            item_code=line.item_code,
            quantity=line.quantity,
            approved_quantity=rules.approved_quantity(steps, given, contents[line.line_no]),
            source_code=line.source_code,
            receiver_code=line.receiver_code,
            owner_code=line.owner_code,
            ground=line.ground,
            latest_arrival_at=line.latest_arrival_at,
            value_minor=line.value_minor,
            note=line.note,
        )
        for line in contents.values()
    ]
