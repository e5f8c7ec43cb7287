"""The base of every answer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """Read from rows and value objects by attribute."""

    model_config = ConfigDict(from_attributes=True, frozen=True)
