"""Substitutes: what may stand in for what, for which use, and how much of it makes up a unit.

A pair is directed and enabled by a competent person. The need's own item goes first; a substitute makes up only what
stays short of it. Fill is always counted in the need's units: ``x`` units of the substitute make up
floor(x * denominator / numerator) of what is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.dispatch.instance import Instance

FORBIDDEN, NOT_PERMITTED = "use_forbidden", "use_not_permitted"

Words = tuple[str, ...]


@dataclass(frozen=True)
class Substitution:
    """``numerator`` units of the substitute make up ``denominator`` units of the needed item.

    order      preference among the substitutes of an item, 1 first; the own item goes before all of them
    allowed    uses for which it may stand in; empty: any use
    forbidden  uses for which it never does, whatever else is allowed
    """

    needed_item: str
    substitute_item: str
    numerator: int = 1
    denominator: int = 1
    order: int = 1
    allowed: Words = ()
    forbidden: Words = ()

    def makes_up(self, units: int) -> int:
        """Units of the needed item that so many units of the substitute stand for, rounded down."""
        return units * self.denominator // self.numerator

    def takes(self, needed: int) -> int:
        """The fewest units of the substitute that stand for so many needed ones."""
        return -(-needed * self.numerator // self.denominator)


@dataclass(frozen=True)
class Use:
    """One of the things a need is for, in every word that says so. A need may be for several."""

    need_code: str
    words: Words


def uses_by_need(instance: Instance) -> dict[str, list[Words]]:
    """What every need is for; a need without a row does not say."""
    found: dict[str, list[Words]] = defaultdict(list)
    for use in instance.uses:
        found[use.need_code].append(use.words)
    return found


def refusal(pair: Substitution, uses: Sequence[Words]) -> str | None:
    """The rule that keeps a substitute from a need with these uses, or None where it may stand in.

    Every use must allow it and none may forbid it. A need that does not say what it is for, in whole or in part, takes
    only what may stand in everywhere.
    """
    if not uses or not all(uses):
        return NOT_PERMITTED if pair.allowed or pair.forbidden else None
    if any(set(pair.forbidden) & set(words) for words in uses):
        return FORBIDDEN
    permitted = not pair.allowed or all(set(pair.allowed) & set(words) for words in uses)
    return None if permitted else NOT_PERMITTED


class Exchange:
    """The enabled pairs of an instance, asked need by need."""

    def __init__(self, instance: Instance) -> None:
        self._uses: Mapping[str, list[Words]] = uses_by_need(instance)
        self._pairs: dict[str, list[Substitution]] = defaultdict(list)
        for pair in sorted(instance.substitutions, key=lambda row: (row.order, row.substitute_item)):
            self._pairs[pair.needed_item].append(pair)

    def pairs_for(self, need_code: str, item_code: str) -> tuple[Substitution, ...]:
        """What may stand in for a need, in order of preference."""
        pairs = self._pairs.get(item_code, ())
        return tuple(pair for pair in pairs if refusal(pair, self._uses.get(need_code, ())) is None)

    def refused(self, need_code: str, item_code: str) -> Iterator[tuple[Substitution, str]]:
        """What stands in for the item elsewhere but not for this need, each with the rule."""
        for pair in self._pairs.get(item_code, ()):
            if rule := refusal(pair, self._uses.get(need_code, ())):
                yield pair, rule


def linked_items(instance: Instance, item_code: str) -> frozenset[str]:
    """The item and all that substitution ties to it, in either direction, directly or through others."""
    linked, before = {item_code}, 0
    while len(linked) > before:
        before = len(linked)
        for pair in instance.substitutions:
            if linked & {pair.needed_item, pair.substitute_item}:
                linked |= {pair.needed_item, pair.substitute_item}
    return frozenset(linked)


def substitution_problems(instance: Instance) -> Iterator[str]:
    """What is wrong with the pairs and uses of an instance."""
    items = {row.code for row in instance.items}
    needs = {row.code for row in instance.needs}
    for pair in instance.substitutions:
        where = f"substitution of {pair.needed_item} by {pair.substitute_item}"
        for code in (pair.needed_item, pair.substitute_item):
            if code not in items:
                yield f"{where}: item {code} unknown"
        if pair.needed_item == pair.substitute_item:
            yield f"{where}: expected two items"
        if pair.numerator < 1 or pair.denominator < 1:
            yield f"{where}: ratio expected of whole numbers from 1 on, found {pair.numerator}/{pair.denominator}"
        if pair.order < 1:
            yield f"{where}: order expected from 1 on, found {pair.order}"
    for use in instance.uses:
        if use.need_code not in needs:
            yield f"use of {use.need_code}: need unknown"
