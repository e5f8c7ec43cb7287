"""Writing down what people did. Only the command runner calls this; nobody can switch it off."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from reserve.audit.models import AuditEntry, Outcome
from reserve.authority import Actor
from reserve.db import append

SECRET_FIELDS = frozenset({"password", "new_password", "token", "secret", "session_token", "csrf"})
MAX_CONTENT = 20_000
"""Characters of a draft kept in the audit entry; longer drafts keep their hash and their beginning."""


def record(
    session: Session,
    actor: Actor,
    *,
    verb: str,
    request_key: str,
    content: Any,
    now: datetime,
    subject: str | None = None,
    refusal: str | None = None,
) -> None:
    """Append one audit entry inside the running transaction."""
    text = json.dumps(_without_secrets(content), ensure_ascii=False, sort_keys=True, default=str)
    reason = content.get("reason") if isinstance(content, dict) else None
    row = {
        "recorded_at": now,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "verb": verb,
        "subject": subject,
        "request_key": request_key,
        "content": text[:MAX_CONTENT],
        "reason": reason if isinstance(reason, str) else None,
        "outcome": Outcome.REFUSED if refusal else Outcome.DONE,
        "refusal": refusal,
    }
    append(session, AuditEntry, [row])


def _without_secrets(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: "***" if key in SECRET_FIELDS else _without_secrets(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_secrets(value) for value in content]
    return content
