"""One broken rule, as every part of the checker names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """rule: the sentence it breaks; where: codes; found against allowed, base units or hours."""

    rule: str
    where: str
    found: int
    allowed: int
