"""What people did outside the ledger, and the answers they were given."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"


class AuditEntry(AppendOnly, Base):
    """One command: who, what, on which object, why, with what result. Persons are opaque ids."""

    __tablename__ = "audit_entry"

    recorded_at: Mapped[datetime] = mapped_column(index=True)
    user_id: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[int]
    verb: Mapped[str]
    subject: Mapped[str | None] = mapped_column(index=True)
    """Document number or code that the command was about."""
    request_key: Mapped[str]
    content: Mapped[str]
    """Canonical JSON of the draft, without secrets."""
    reason: Mapped[str | None]
    outcome: Mapped[Outcome]
    refusal: Mapped[str | None]


class RequestKey(Base):
    """One effect for each (user, key): the stored answer is given again, byte for byte, as long as the paper lives."""

    __tablename__ = "request_key"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    key: Mapped[str]
    verb: Mapped[str]
    body_hash: Mapped[str]
    claimed_at: Mapped[datetime]
    status: Mapped[int | None]
    answer: Mapped[bytes | None]
