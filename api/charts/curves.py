"""Curves over days: the points of a line in a box of fixed size, one scale for all lines of a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

WIDTH, HEIGHT = 640, 200


@dataclass(frozen=True, slots=True)
class Figure:
    """What can be had by each day against what is needed by then; ``short_x`` marks the first day with something short.

    points  ``x,y`` pairs, separated by spaces, in a box of WIDTH by HEIGHT
    """

    supply: str
    need: str
    short_x: int | None
    days: int
    most: int


def supply_against_need(supply: Sequence[int], need: Sequence[int], short_from_day: int | None) -> Figure:
    """Cumulative supply and cumulative need, by day. Base units.

    supply  what comes to hand on each day; the opening stock on the first
    """
    reached, wanted = list(accumulate(supply)), list(accumulate(need))
    days, most = len(reached), max([*reached, *wanted, 1])
    return Figure(
        supply=_points(reached, most),
        need=_points(wanted, most),
        short_x=None if short_from_day is None else _x(short_from_day, days),
        days=days,
        most=most,
    )


def _points(values: Sequence[int], most: int) -> str:
    days = len(values)
    return " ".join(f"{_x(day, days)},{HEIGHT - HEIGHT * value // most}" for day, value in enumerate(values))


def _x(day: int, days: int) -> int:
    return WIDTH * day // max(1, days - 1)
