"""The choices a commission makes about a plan, apart from the facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fairness(StrEnum):
    """How the places of one class share what is scarce, item by item."""

    MAX_MIN = "max_min"  # raise the worst-off place, then the next worst, and so on (leximin)
    TOTAL = "total"  # least unmet in all, whoever bears it
    PROPORTIONAL = "proportional"  # equal share of the need, as far as the goods of one's connected group go
    NEED_WEIGHTED = "need_weighted"  # as MAX_MIN, with fill ratios divided by the weight of the need


@dataclass(frozen=True)
class Policy:
    """Classes are strictly in order; this says how one class shares.

    kappa  0 to 1: the share of the best attainable fair fill that every place is promised; 1 is full fairness
    """

    fairness: Fairness = Fairness.MAX_MIN
    kappa: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.kappa <= 1.0:
            raise ValueError(f"kappa: expected 0 to 1, found {self.kappa}")
