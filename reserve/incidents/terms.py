"""Words for incidents."""

from __future__ import annotations

from enum import StrEnum


class Evidence(StrEnum):
    """How well a quantity is proved, weakest first. Only counted stock has no need of the word."""

    DECLARED = "declared"
    VERIFIED = "verified"
    DRILLED = "drilled"
    COUNTED = "counted"
