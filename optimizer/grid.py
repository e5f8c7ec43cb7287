"""Hours: the uneven grid of a plan, and arrival arithmetic on closed roads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

USUAL_BOUNDARIES = (0, 6, 12, 18, 24, 36, 48, 72, 96, 120, 144, 168, 192, 216, 240, 288, 336)


@dataclass(frozen=True)
class TimeGrid:
    """Boundaries in whole hours from the start of a plan, rising, the first one 0.

    Period k runs from ``boundaries[k]`` (included) to ``boundaries[k + 1]`` (excluded). Only limits per period (a
    site's throughput) are read on the grid. Leaving, arriving and deadlines are compared in hours, never in periods,
    so that rounding to the grid can favour nobody.
    """

    boundaries: tuple[int, ...]

    @classmethod
    def covering(cls, horizon_hour: int, extra: Iterable[int] = ()) -> TimeGrid:
        """The usual boundaries up to the horizon, and ``extra`` hours (deadlines, arrivals) as boundaries too."""
        inside = {hour for hour in (*USUAL_BOUNDARIES, *extra) if 0 <= hour < horizon_hour}
        return cls(tuple(sorted(inside | {0, horizon_hour})))

    @property
    def horizon_hour(self) -> int:
        """The last boundary: what leaves at or after it is not planned."""
        return self.boundaries[-1]

    def length(self, period: int) -> int:
        """Hours in one period."""
        return self.boundaries[period + 1] - self.boundaries[period]


def first_departure(not_before: int, travel_hours: int, closures: Sequence[tuple[int, int]]) -> int:
    """The earliest hour from ``not_before`` on at which a trip meets no closure from start to end.

    A closure (from, to) bars the whole route for from <= hour < to. A trip of zero hours is still at a place for an
    instant, so it may not start inside a closure either.

    Example: a trip of 3 hours with the road closed from 2 to 8 leaves at 8, not at 0.
    """
    leave = not_before
    for start, end in sorted(closures):
        if leave < end and start < leave + max(travel_hours, 1):
            leave = end
    return leave
