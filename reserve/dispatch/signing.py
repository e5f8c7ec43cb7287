"""The verb that signs any paper: an order that falls gives its goods back in the same breath."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require
from reserve.dispatch.orders import release_all
from reserve.papers import queries as paper_queries
from reserve.papers import signing
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, SignatureDraft, State


def sign(session: Session, actor: Actor, draft: SignatureDraft, *, now: datetime, today: date) -> Document:
    """Decide lines of a submitted paper in the step that is open for them. A rejected order holds nothing any more."""
    require(actor, Permission.DOCUMENT_SIGN)
    document = signing.decide_lines(session, actor, draft, now=now)
    if document.kind is DocumentKind.DISPATCH_ORDER and (
        paper_queries.state_of(session, document.id) is State.REJECTED
    ):
        release_all(session, actor, document, now=now, reason=draft.reason or State.REJECTED)
    return document
