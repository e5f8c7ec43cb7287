"""Work for later: rows written with the change that asks for it, taken up by a worker afterwards."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import Base


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """One piece of work, at least once, under its own id: handing it over twice has one effect."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """UUIDv7, also the id of the durable workflow."""
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    """Code or number of what it works on; the cause, written in the same transaction."""
    payload: Mapped[str]
    state: Mapped[JobState] = mapped_column(index=True)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int]
    progress_percent: Mapped[int]
    result: Mapped[str | None]
    error: Mapped[str | None]
