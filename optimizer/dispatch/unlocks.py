"""The cheapest unlock of every pair that goes short, verified before it is shown.

``levers.py`` finds what would fill a pair and shows goods that do so while nobody loses a unit. One doubt is left: in a
strict order a *higher* class might take what the levers set free. So the levers are pulled once more and the higher
classes are asked what they would take. More levers never give them less, so if the levers of many pairs together bring
them nothing, those of each alone bring nothing either: one re-solve proves a whole group, halves of it are tried where
it does not. Where a higher class would take it, its own gap is closed first and said (``also``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from optimizer.dispatch.levers import Amounts, Levers, Recipe
from optimizer.engine import SolverFailed

PROMISE_KEPT = 0.9  # the least share of a promise that a re-solve must bring
NEAR_LEAST = 1.02  # a plan this near the least unmet of its class is one in which fairness cost nothing
STRICT_BELOW = 2  # below it two classes may take, by waiting less as well: there every promise is solved again
NOTHING = 1e-6  # base units, or unit hours, that count as none
TAKEN_MAX = 0.01  # base units a higher class may take: the room of one bulky unit is that of a hundred small ones


@dataclass(frozen=True)
class Proven:
    """A recipe that holds on a re-solve.

    also  base units that higher classes lack and that must be there too before this pair gets any
    """

    recipe: Recipe
    also: int = 0


class Unlocks:
    """Recipes for the pairs of one component that go short, and which of them hold."""

    def __init__(self, levers: Levers) -> None:
        self.levers, self.pairs = levers, levers.component.pairs
        found = {pair: levers.recipe(pair) for pair in range(len(self.pairs))}  # pairs come by class, then item
        self.recipes = {pair: recipe for pair, recipe in found.items() if recipe is not None}
        self._before: dict[int, tuple[float, float]] = {}
        with suppress(SolverFailed):  # then nothing is proven but what needs no comparison
            self._before = dict(zip(levers.classes, levers.reach(levers.classes, {}, ()), strict=True))
        held = dict(self._prove())
        self.proven = {code: one for pair, one in held.items() for code in self.recipes[pair].gains}
        takings = (levers.taking(pair) for pair in range(len(self.pairs)) if pair not in held)
        self.takings = {code: taking for taking in takings if taking is not None for code in taking.gains}

    def _prove(self) -> Iterator[tuple[int, Proven]]:
        groups: dict[tuple[int, str], list[int]] = defaultdict(list)
        for pair in self.recipes:
            groups[self.pairs[pair].priority_class, self.pairs[pair].item_code].append(pair)
        for (priority, item_code), left in sorted(groups.items()):
            higher = [n for n in self.recipes if self.pairs[n].priority_class < priority]
            same_item = [n for n in higher if self.pairs[n].item_code == item_code]
            plain = [pair for pair in left if self._holds_by_itself(pair)]
            yield from ((pair, Proven(self.recipes[pair])) for pair in plain)
            left = [pair for pair in left if pair not in plain]
            for first in dict.fromkeys(((), tuple(same_item), tuple(higher))) if left else ():
                held = set(self._held(left, first, higher))
                also = sum(self.recipes[n].quantity for n in first)
                yield from ((pair, Proven(self.recipes[pair], also)) for pair in sorted(held))
                left = [pair for pair in left if pair not in held]
                if not left:
                    break

    def _held(self, pairs: Sequence[int], first: Sequence[int], higher: Sequence[int]) -> Iterator[int]:
        """The pairs whose levers leave higher classes what they had, and ``first`` what its own levers bring: all at
        once, else half by half. With higher classes served, and in time, nothing is left to take."""
        if self._holds(pairs, first, served=len(first) == len(higher)):
            yield from pairs
        elif len(pairs) > 1 and not first:
            middle = len(pairs) // 2
            yield from self._held(pairs[:middle], first, higher)
            yield from self._held(pairs[middle:], first, higher)

    def _holds_by_itself(self, pair: int) -> bool:
        """Whether no re-solve is due: higher classes have all they want, so the goods of the recipe are left to this
        class, and the plan was near enough to the least that what the recipe brings brings the least down with it."""
        priority, promised = self.pairs[pair].priority_class, self.recipes[pair].quantity
        if priority not in self._before or any(max(self._before[n]) > NOTHING for n in self._before if n < priority):
            return False
        above_least = self.levers.unmet_of(priority) - self._before[priority][0]
        return above_least <= (1 - PROMISE_KEPT) * promised

    def _holds(self, pairs: Sequence[int], first: Sequence[int], *, served: bool) -> bool:
        """Whether these levers bring what they promise on a re-solve in which every class takes what it can have."""
        priority = self.pairs[pairs[0]].priority_class
        classes = tuple(one for one in self.levers.classes if one <= priority)
        late = any(one < priority for one in self.levers.late_classes)
        if served and not late and (priority == 1 or first):
            return True
        if priority not in self._before:
            return False
        before = [self._before[one] for one in classes]
        try:
            after = self.levers.reach(classes, *together(self.recipes[n] for n in (*pairs, *first)))
        except SolverFailed:  # then nothing is proven
            return False
        taken = 0.0
        for one, was, now in zip(classes[:-1], before, after, strict=False):
            meant = sum(self.recipes[n].quantity for n in first if self.pairs[n].priority_class == one)
            taken += max(0.0, was[0] - now[0] - meant) + max(0.0, was[1] - now[1])
        promised = sum(self.recipes[n].quantity for n in pairs)
        kept = before[-1][0] - after[-1][0] >= PROMISE_KEPT * promised
        spared = priority <= STRICT_BELOW and not self._is_least(classes)
        return taken < TAKEN_MAX and (kept or spared)

    def _is_least(self, classes: tuple[int, ...]) -> bool:
        """Whether the plan leaves no more unmet than it must; behind docks fairness may cost units, and then another
        plan of the same world is no measure for what a lever does to this one."""
        return all(self.levers.unmet_of(one) <= NEAR_LEAST * self._before[one][0] + 1 for one in classes)


def together(recipes: Iterable[Recipe]) -> tuple[Amounts, set[int]]:
    """All levers of some recipes, and all steps they open."""
    amounts: Amounts = defaultdict(float)
    steps: set[int] = set()
    for recipe in recipes:
        steps |= set(recipe.steps)
        for key, amount in recipe.amounts.items():
            amounts[key] += amount
    return dict(amounts), steps
