"""The choices a commission makes about a plan, apart from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Fairness(StrEnum):
    """How the places of one class share what is scarce, item by item."""

    MAX_MIN = "max_min"  # raise the worst-off place, then the next worst, and so on (leximin)
    TOTAL = "total"  # least unmet in all, whoever bears it
    PROPORTIONAL = "proportional"  # equal share of the need, as far as the goods of one's connected group go
    NEED_WEIGHTED = "need_weighted"  # as MAX_MIN, with fill ratios divided by the weight of the need


class Between(StrEnum):
    """How classes stand to each other."""

    STRICT = "strict"  # nothing a lower class gains makes up for a unit a higher class loses
    WEIGHTED = "weighted"  # all classes at once, unmet units counted by the weight of their class


@dataclass(frozen=True)
class Round:
    """Classes that are settled together, and what an unmet unit of each counts."""

    classes: tuple[int, ...]
    weights: tuple[int, ...]

    @property
    def key(self) -> str:
        """What stands beside a stage: the class, or ``weighted`` where classes are settled together."""
        return str(self.classes[0]) if self.weights == (1,) else "weighted"


@dataclass(frozen=True)
class Policy:
    """How classes stand to each other, and how one class, or all of them together, shares.

    kappa          0 to 1: the share of the best attainable fair fill that every place is promised; 1 is full fairness
    class_weights  what an unmet unit of class 1, 2 and 3 counts where classes are weighted; read under WEIGHTED only
    """

    fairness: Fairness = Fairness.MAX_MIN
    kappa: float = 1.0
    between: Between = Between.STRICT
    class_weights: tuple[int, int, int] = (9, 3, 1)

    def __post_init__(self) -> None:
        if not 0.0 <= self.kappa <= 1.0:
            raise ValueError(f"kappa: expected 0 to 1, found {self.kappa}")
        if any(weight < 1 for weight in self.class_weights):
            raise ValueError(f"class_weights: expected whole numbers from 1 on, found {self.class_weights}")

    def plain(self) -> dict[str, Any]:
        """The choice as JSON values, for whoever keeps it."""
        return {
            "fairness": self.fairness.value,
            "kappa": self.kappa,
            "between": self.between.value,
            "class_weights": list(self.class_weights),
        }

    @classmethod
    def from_plain(cls, raw: Mapping[str, Any]) -> Self:
        """Read what ``plain`` wrote; what an older choice did not name stands at its usual value."""
        first, second, third = raw.get("class_weights", cls.class_weights)
        between = Between(raw.get("between", cls.between))
        return cls(Fairness(raw["fairness"]), raw["kappa"], between, (first, second, third))

    @property
    def sharing(self) -> Fairness:
        """The fairness that has effect: with the dial at nought every kind is the plain total."""
        return self.fairness if self.kappa > 0 else Fairness.TOTAL

    def rounds(self, classes: Iterable[int]) -> tuple[Round, ...]:
        """The classes in the order in which they are settled: one by one, or all in one round."""
        present = tuple(sorted(set(classes)))
        if self.between is Between.STRICT or not present:
            return tuple(Round((one,), (1,)) for one in present)
        return (Round(present, tuple(self.class_weights[one - 1] for one in present)),)
