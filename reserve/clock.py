"""The only place that reads the time of day. Below the doors ``now`` and ``today`` are arguments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
"""Every ``_on`` date in the system is a day in this zone."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DrillClock:
    """Real time moved by a fixed offset, so that a drill goes on from the story's last instant."""

    def __init__(self, offset: timedelta) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


class StoryClock:
    """A clock that stands where it was put; a replay moves it from step to step."""

    def __init__(self, start: datetime) -> None:
        self._now = require_aware(start)

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        self._now = require_aware(instant)


def require_aware(instant: datetime) -> datetime:
    """The same instant in UTC; a time without a zone is our mistake, never a guess."""
    if instant.tzinfo is None:
        raise ValueError(f"a time without a zone: {instant.isoformat()}")
    return instant.astimezone(UTC)


def local_day(instant: datetime) -> date:
    """The calendar day in Hebei at this instant."""
    return instant.astimezone(LOCAL).date()


def local_time(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """The UTC instant of a wall-clock time in Hebei."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first instant after the day in Hebei: a lot usable until ``day`` is usable until then."""
    return local_time(day + timedelta(days=1))
