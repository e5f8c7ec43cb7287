"""One canonical text for every value, and the hash over it: the same on every engine and in every year."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum as PythonEnum
from typing import Any

HASH_ALGORITHM = "sha256"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970; naive times are refused."""
    if instant.tzinfo is None:
        raise ValueError(f"a time without a zone: {instant.isoformat()}")
    return (instant - EPOCH) // MICROSECOND


def from_microseconds(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


def canonical(value: Any) -> Any:
    """A value as it enters a hash: the same text on every engine and in every year."""
    if isinstance(value, PythonEnum):
        return value.value
    if isinstance(value, datetime):
        return microseconds(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, bool):
        return int(value)
    return value


_COMPACT = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=canonical).encode
"""Words are written by value as they are; only what JSON does not know goes through ``canonical``."""


def content_hash(name: str, content: Mapping[str, Any]) -> str:
    """SHA-256 over the sorted, compact JSON of the content under a name."""
    body = _COMPACT({key: int(value) if isinstance(value, bool) else value for key, value in content.items()})
    return hashlib.sha256(f"{name}\n{body}".encode()).hexdigest()
