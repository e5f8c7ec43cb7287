"""What goods at a place are used for: draws, and what the drawn units of a substitute make up of a need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.dispatch.substitutes import Substitution

if TYPE_CHECKING:
    from optimizer.dispatch.arrays import Rows


@dataclass(frozen=True)
class Draw:
    """Goods at an arrival node used for one need. hours_late: 0 when they are there by the due hour.

    swap  the pair under which a substitute is used: then ``pack`` is in units of the substitute
    """

    node: int
    demand: int
    pack: int
    hours_late: int
    swap: Substitution | None = None


@dataclass(frozen=True)
class Serving:
    """What one substitute makes up of one need, so many hours late, by the draws that bring it (their numbers)."""

    demand: int
    swap: Substitution
    hours_late: int
    draws: tuple[int, ...]


def servings_of(draws: Sequence[Draw]) -> list[Serving]:
    """Draws of one substitute for one need at one hour make up together what their sum makes."""
    groups: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    pairs: dict[tuple[int, str, int], Substitution] = {}
    for number, draw in enumerate(draws):
        if draw.swap:
            key = (draw.demand, draw.swap.substitute_item, draw.hours_late)
            groups[key].append(number)
            pairs[key] = draw.swap
    return [Serving(key[0], pairs[key], key[2], tuple(groups[key])) for key in sorted(groups)]


def serving_rows(servings: Sequence[Serving], draws: Sequence[Draw], blocks: dict[str, range], rows: Rows) -> None:
    """What a substitute makes up of a need is no more than the units of it that are drawn make at their ratio."""
    for number, serving in enumerate(servings):
        drawn = [(blocks["draw"][n], -float(serving.swap.denominator * draws[n].pack)) for n in serving.draws]
        made_up = (blocks["served"][number], float(serving.swap.numerator))
        rows.add([*drawn, made_up], -float("inf"), 0.0)
