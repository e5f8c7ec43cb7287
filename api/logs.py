"""Logs: JSON lines with a request id, no bodies, no persons. What looks like personal data is masked all the same."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

MASKED_NAMES = ("password", "secret", "token", "cookie", "authorization", "display_name", "phone", "id_number")
PATTERNS = (
    re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"),  # identity number
    re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),  # mobile telephone
    re.compile(r"\$argon2id?\$[^\s\"']+"),
    re.compile(r"\bjb_[A-Za-z0-9_-]{20,}"),  # our own tokens
)


def mask(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank fields by name, and values by pattern."""
    for key, value in event.items():
        if any(word in key.lower() for word in MASKED_NAMES):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = masked(value)
    return event


def masked(text: str) -> str:
    for pattern in PATTERNS:
        text = pattern.sub("***", text)
    return text


def configure(level: int = logging.INFO) -> None:
    """JSON lines on standard error, one event each; a line break inside a value cannot start a new line."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
