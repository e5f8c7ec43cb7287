"""Verbs on papers: keep the approval matrix, sign, reject, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append
from reserve.organisations import queries as organisation_queries
from reserve.papers import drafting, queries, signing
from reserve.papers.models import ApprovalRule, Document
from reserve.papers.terms import DocumentKind, MatrixDraft, SignatureDraft, State, WithdrawalDraft


def set_approval_matrix(
    session: Session, actor: Actor, draft: MatrixDraft, *, now: datetime, today: date
) -> Sequence[ApprovalRule]:
    """Put a new approval matrix in force. Papers already submitted keep the steps they were given."""
    require(actor, Permission.ORGANISATION_WRITE)
    version = (session.scalar(select(func.max(ApprovalRule.version))) or 0) + 1
    rows = [
        row.model_dump() | {"version": version, "row_no": number, "recorded_at": now}
        for number, row in enumerate(draft.rows, 1)
    ]
    append(session, ApprovalRule, rows)
    return session.scalars(select(ApprovalRule).where(ApprovalRule.version == version)).all()


def sign(session: Session, actor: Actor, draft: SignatureDraft, *, now: datetime, today: date) -> Document:
    """Decide lines of a paper that holds no goods; dispatch has the verb that signs any paper.

    Raises WrongState for a dispatch order that this signature would reject: its holds would stay behind.
    """
    require(actor, Permission.DOCUMENT_SIGN)
    document = signing.decide_lines(session, actor, draft, now=now)
    if document.kind is DocumentKind.DISPATCH_ORDER and queries.state_of(session, document.id) is State.REJECTED:
        raise drafting.WrongState(f"{document.number} holds goods", number=document.number, found=document.kind)
    return document


def withdraw(session: Session, actor: Actor, draft: WithdrawalDraft, *, now: datetime, today: date) -> Document:
    """The drafting side takes back a paper that is not in force. Papers that hold goods have verbs of their own."""
    require(actor, Permission.ORDER_DRAFT)
    document = drafting.lock_document(session, draft.document_number)
    organisation = organisation_queries.organisations_by_id(session, [document.organisation_id])[
        document.organisation_id
    ]
    require_scope(actor, Permission.ORDER_DRAFT, organisation_path=organisation.path)
    if document.kind is DocumentKind.DISPATCH_ORDER:  # its holds would stay behind
        raise drafting.WrongState(f"{document.number} holds goods", number=document.number, found=document.kind)
    drafting.enter_state(session, actor, document, State.WITHDRAWN, now=now, reason=draft.reason)
    return document
