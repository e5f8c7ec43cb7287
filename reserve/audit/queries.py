"""Questions about what people did."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.audit.models import AuditEntry, RequestKey


def find_request(session: Session, user_id: int, key: str) -> RequestKey | None:
    return session.scalar(select(RequestKey).where(RequestKey.user_id == user_id, RequestKey.key == key))


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
