"""Floors: what a holder keeps, as a share of what it should hold or of what it had, whichever is smaller.

What a floor does to an asker is stock's law (``stock.rules.floor_kept``).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from reserve.mandates.terms import FloorRule
from reserve.organisations.terms import Tier
from reserve.papers.terms import ResponseLevel
from reserve.quantities import ceiling
from reserve.stock.terms import FloorKind


def floor_share(rule: FloorRule, level: ResponseLevel | None) -> Fraction:
    """The share in force at a level, or when no response is on. A strategic floor is lowered by no level."""
    if level is None or rule.kind == FloorKind.STRATEGIC:
        return rule.share
    return rule.by_level.get(level, rule.share)


def floor_quantities(
    tier: Tier, rules: Iterable[FloorRule], *, target: int, opening_book: int, level: ResponseLevel | None
) -> dict[FloorKind, int]:
    """Floors of one holder for one item, base units, rounded up: a floor protects.

    Example: target 1,000, opening book 500, level I, shares 0.1 operating and 0.1 strategic: 50 of each.
    """
    basis = min(target, opening_book)
    return {rule.kind: ceiling(basis * floor_share(rule, level)) for rule in rules if rule.tier == tier}
