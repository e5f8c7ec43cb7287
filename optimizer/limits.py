"""How far a solve may go, in effort and never in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rung(StrEnum):
    """The ladder of answers: each rung is checked before it is shown and none is worse than the one before."""

    NEAREST_FIRST = "R0"
    GUIDE = "R1"
    EXACT_STAGES = "R2"
    LINES = "R3"


@dataclass(frozen=True)
class Budget:
    """The highest rung wanted and the effort allowed. The same budget gives the same plan on any machine.

    rung         climb no higher than this
    iterations   simplex iterations per linear program
    search_work  deterministic time units per whole-number search (CP-SAT); about a second each on a slow core
    """

    rung: Rung = Rung.LINES
    iterations: int = 2_000_000
    search_work: float = 30.0
