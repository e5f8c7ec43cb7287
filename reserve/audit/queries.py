"""Questions about what people did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.audit.models import AuditEntry, RequestKey


def find_request(session: Session, user_id: int, key: str) -> RequestKey | None:
    return session.scalar(select(RequestKey).where(RequestKey.user_id == user_id, RequestKey.key == key))


def last_entry(session: Session) -> int:
    """The id of the newest audit entry; 0 where there is none."""
    return session.scalar(select(func.coalesce(func.max(AuditEntry.id), 0))) or 0


def was_written_late(session: Session, after_id: int, known_at: datetime) -> bool:
    """Whether a command that others were still at belongs to the books as known at a time: it was written after an
    entry, but recorded by then."""
    statement = select(AuditEntry.id).where(AuditEntry.id > after_id, AuditEntry.recorded_at <= known_at)
    return session.scalar(statement.limit(1)) is not None


def list_entries(
    session: Session, *, subject: str | None = None, person_id: int | None = None, after_id: int = 0, limit: int = 100
) -> Sequence[AuditEntry]:
    """Audit entries in the order they were written, one keyset page."""
    statement = select(AuditEntry).where(AuditEntry.id > after_id)
    if subject is not None:
        statement = statement.where(AuditEntry.subject == subject)
    if person_id is not None:
        statement = statement.where(AuditEntry.person_id == person_id)
    return session.scalars(statement.order_by(AuditEntry.id).limit(limit)).all()
