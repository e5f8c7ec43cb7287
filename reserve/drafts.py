"""The base of every input a user can give."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Draft(BaseModel):
    """Frozen, unknown fields refused; shared by form, JSON, command line, sheet and seed."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
