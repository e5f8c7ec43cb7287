"""Time: aware, UTC inside, days in Hebei."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import time_machine

from reserve.clock import (
    DrillClock,
    StoryClock,
    SystemClock,
    end_of_day,
    local_day,
    local_time,
    require_aware,
)


def test_the_day_in_hebei_begins_at_sixteen_hours_utc() -> None:
    assert local_day(datetime(2026, 3, 1, 15, 59, 59, 999999, tzinfo=UTC)) == date(2026, 3, 1)
    assert local_day(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)


def test_eight_in_the_morning_in_hebei_is_midnight_utc() -> None:
    assert local_time(date(2021, 1, 5), 8) == datetime(2021, 1, 5, 0, 0, tzinfo=UTC)


def test_a_day_ends_where_the_next_begins() -> None:
    assert end_of_day(date(2026, 12, 31)) == local_time(date(2027, 1, 1))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        require_aware(datetime(2026, 3, 1, 8, 0))  # noqa: DTZ001 - the fault under test


def test_an_aware_time_becomes_the_same_instant_in_utc() -> None:
    eight = datetime(2026, 3, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))

    assert require_aware(eight) == eight
    assert require_aware(eight).tzinfo is UTC


def test_a_drill_goes_on_from_the_end_of_its_story() -> None:
    with time_machine.travel(datetime(2030, 6, 1, tzinfo=UTC), tick=False):
        assert SystemClock().now() == datetime(2030, 6, 1, tzinfo=UTC)
        assert DrillClock(timedelta(days=-3650)).now() == datetime(2020, 6, 3, tzinfo=UTC)


def test_a_story_clock_stands_where_it_was_put() -> None:
    clock = StoryClock(datetime(2021, 1, 5, tzinfo=UTC))
    clock.move_to(datetime(2021, 1, 6, 8, 0, tzinfo=timezone(timedelta(hours=8))))

    assert clock.now() == datetime(2021, 1, 6, 0, 0, tzinfo=UTC)
