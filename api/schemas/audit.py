"""Answers about what people did."""

from __future__ import annotations

from datetime import datetime

from api.schemas.base import Out
from reserve.audit.models import Outcome


class AuditEntryOut(Out):
    id: int
    recorded_at: datetime
    user_id: int
    person_id: int
    verb: str
    subject: str | None
    request_key: str
    content: str
    reason: str | None
    outcome: Outcome
    refusal: str | None
    row_hash: str
