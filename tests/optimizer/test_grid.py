"""Hours on an uneven grid, and roads that close."""

import pytest

from optimizer.grid import TimeGrid, first_departure


def test_deadlines_become_boundaries() -> None:
    assert TimeGrid.covering(48, extra=(20, 60)).boundaries == (0, 6, 12, 18, 20, 24, 36, 48)


def test_a_period_is_as_long_as_its_boundaries_say() -> None:
    grid = TimeGrid((0, 6, 24))

    assert (grid.length(0), grid.length(1), grid.horizon_hour) == (6, 18, 24)


@pytest.mark.parametrize(
    ("not_before", "hours", "closures", "leave"),
    [
        (0, 3, (), 0),
        (0, 2, ((2, 8),), 0),
        (0, 3, ((2, 8),), 8),
        (5, 1, ((2, 8), (8, 9)), 9),
        (0, 3, ((9, 11), (2, 8)), 11),
        (8, 3, ((2, 8),), 8),
    ],
)
def test_a_trip_waits_until_the_road_is_open_all_the_way(
    not_before: int, hours: int, closures: tuple[tuple[int, int], ...], leave: int
) -> None:
    assert first_departure(not_before, hours, closures) == leave
