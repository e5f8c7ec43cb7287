"""Counting goods: whole numbers of base units, packs only for reading and printing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

MAX_QUANTITY = 1_000_000_000_000
"""A quantity above this is a slip of the keyboard; it also keeps sums inside 64 bits."""


def whole_packs(quantity: int, pack_size: int) -> tuple[int, int]:
    """Full packs and loose pieces: ``1_030`` in packs of 50 is 20 packs and 30 pieces."""
    return divmod(quantity, pack_size)


def ceiling(amount: Fraction) -> int:
    """The least whole number not below ``amount``."""
    return -(-amount.numerator // amount.denominator)


def split_by_share(total: int, shares: Sequence[int | Fraction]) -> list[int]:
    """Whole parts of ``total`` in proportion to ``shares``, by largest remainder; ties go to the earlier one.

    Shares need not add to one. All-zero shares give all-zero parts.
    """
    whole = sum(Fraction(share) for share in shares)
    if whole == 0:
        return [0] * len(shares)
    exact = [Fraction(share) * total / whole for share in shares]
    parts = [int(amount) for amount in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts
