"""What people did: all of it for auditors, one's own acts for everybody. Reading is itself written down."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import AfterId, Limit, Page, Question, needs, page_of
from api.schemas.audit import AuditEntryOut
from reserve.audit import queries
from reserve.authority import Permission

router = APIRouter(tags=["audit"])


@router.get("/audit", response_model=Page[AuditEntryOut], dependencies=[needs(Permission.AUDIT_READ)])
def list_entries(
    question: Question, subject: str | None = None, after: AfterId = 0, limit: Limit = 100
) -> Page[AuditEntryOut]:
    question.note_reading(f"audit {subject or ''} after {after}", Permission.AUDIT_READ)
    rows = question.ask(queries.list_entries, subject=subject, after_id=after, limit=limit)
    return page_of(AuditEntryOut, rows, limit, key=lambda row: row.id)


@router.get("/audit/mine", response_model=Page[AuditEntryOut], dependencies=[needs()])
def list_own_entries(question: Question, after: AfterId = 0, limit: Limit = 100) -> Page[AuditEntryOut]:
    rows = question.ask(queries.list_entries, person_id=question.actor.person_id, after_id=after, limit=limit)
    return page_of(AuditEntryOut, rows, limit, key=lambda row: row.id)
