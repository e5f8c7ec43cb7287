"""Which papers an actor may read: those of organisations in scope, those with a line or a step there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from reserve.db import within
from reserve.errors import NotFound
from reserve.organisations.models import Organisation
from reserve.papers.models import ApprovalStep, Document, DocumentLine, DocumentState
from reserve.papers.terms import DocumentKind


def list_readable(
    session: Session,
    scopes: Iterable[str],
    parties: Iterable[str],
    *,
    kind: DocumentKind | None = None,
    incident_code: str | None = None,
    after_id: int = 0,
    limit: int = 100,
) -> Sequence[Document]:
    """Papers that the scopes may read, in the order they were written, one keyset page.

    parties  codes of sites and organisations inside the scopes, as they stand on lines
    """
    statement = select(Document).where(Document.id > after_id, _readable(list(scopes), sorted(set(parties))))
    if kind is not None:
        statement = statement.where(Document.kind == kind)
    if incident_code is not None:
        statement = statement.where(Document.incident_code == incident_code)
    return session.scalars(statement.order_by(Document.id).limit(limit)).all()


def list_newest(
    session: Session,
    scopes: Iterable[str],
    parties: Iterable[str],
    *,
    kind: DocumentKind | None = None,
    incident_code: str | None = None,
    number: str = "",
    before_id: int | None = None,
    limit: int = 50,
) -> Sequence[Document]:
    """Papers that the scopes may read, the newest first, one keyset page; ``number`` is how theirs begins."""
    statement = select(Document).where(_readable(list(scopes), sorted(set(parties))))
    if kind is not None:
        statement = statement.where(Document.kind == kind)
    if incident_code is not None:
        statement = statement.where(Document.incident_code == incident_code)
    if number:
        statement = statement.where(Document.number.istartswith(number, autoescape=True))
    if before_id is not None:
        statement = statement.where(Document.id < before_id)
    return session.scalars(statement.order_by(Document.id.desc()).limit(limit)).all()


def get_readable(session: Session, number: str, scopes: Iterable[str], parties: Iterable[str]) -> Document:
    """A paper, if the scopes may read it. Raises NotFound, also for one that stands but lies outside."""
    readable = _readable(list(scopes), sorted(set(parties)))
    document = session.scalar(select(Document).where(Document.number == number, readable))
    if document is None:
        raise NotFound("document", number)
    return document


def _readable(scopes: Sequence[str], parties: Sequence[str]) -> ColumnElement[bool]:
    ours = select(Organisation.id).where(within(Organisation.path, scopes))
    step = exists().where(ApprovalStep.document_id == Document.id, within(ApprovalStep.scope_path, scopes))
    line = exists().where(
        DocumentLine.document_id == Document.id,
        or_(
            DocumentLine.source_code.in_(parties),
            DocumentLine.receiver_code.in_(parties),
            DocumentLine.owner_code.in_(parties),
        ),
    )
    return or_(Document.organisation_id.in_(ours), step, line)


def latest_recorded_at(session: Session) -> datetime | None:
    """When a paper last entered a state; every movement of goods rests on one."""
    return session.scalar(select(func.max(DocumentState.recorded_at)))
