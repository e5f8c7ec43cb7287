"""Goods are whole numbers, and a split loses none of them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from reserve.money import line_value_minor, yuan_text
from reserve.quantities import MAX_QUANTITY, ceiling, split_by_share, whole_packs


def test_packs_are_full_packs_and_loose_pieces() -> None:
    assert whole_packs(1_030, 50) == (20, 30)
    assert whole_packs(49, 50) == (0, 49)


def test_ceiling_never_falls_short() -> None:
    assert [ceiling(Fraction(7, 2)), ceiling(Fraction(4)), ceiling(Fraction(-7, 2))] == [4, 4, -3]


def test_split_gives_the_odd_piece_to_the_largest_remainder() -> None:
    assert split_by_share(10, [1, 1, 1]) == [4, 3, 3]
    assert split_by_share(7, [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]) == [4, 2, 1]


def test_split_without_shares_gives_nothing() -> None:
    assert split_by_share(5, [0, 0]) == [0, 0]


@given(st.integers(0, MAX_QUANTITY), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_split_adds_up_and_stays_within_one_of_the_exact_share(total: int, shares: list[int]) -> None:
    parts = split_by_share(total, shares)

    whole = sum(shares)
    assert sum(parts) == (total if whole else 0)
    assert all(abs(part - Fraction(share * total, whole or 1)) < 1 for part, share in zip(parts, shares, strict=True))


def test_the_largest_quantity_of_every_line_still_adds_up_in_64_bits() -> None:
    assert MAX_QUANTITY * 1_000_000 < 2**63


def test_money_is_whole_fen() -> None:
    assert line_value_minor(1_000, 125) == 125_000
    assert [yuan_text(1_234_567), yuan_text(-5), yuan_text(0)] == ["12,345.67", "-0.05", "0.00"]
