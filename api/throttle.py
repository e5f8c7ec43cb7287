"""Slowing down those who guess: by address, and by logins that nobody has, so that these look like any other.

Accounts that exist carry their own lock in the database. What stands here is per process and forgotten at a restart.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from reserve.access.rules import pause_after

MAX_REMEMBERED = 10_000
FREE_FAILURES_PER_ADDRESS = 20
"""An office behind one address mistypes a good deal on a bad day."""
ADDRESS_PAUSE = timedelta(minutes=1)
FORGET_AFTER = timedelta(hours=1)


class Throttle:
    """Counts failures by key; the oldest keys are forgotten when there are too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def retry_at(self, address: str, login: str, now: datetime) -> datetime | None:
        """When this address may try this login again; None: now."""
        with self._lock:
            by_address, address_at = self._read(f"address {address}", now)
            by_login, login_at = self._read(f"login {login}", now)
        until = login_at + pause_after(by_login)
        if by_address >= FREE_FAILURES_PER_ADDRESS:
            until = max(until, address_at + ADDRESS_PAUSE)
        return until if until > now else None

    def fail(self, address: str, unknown_login: str | None, now: datetime) -> None:
        """Count a failure of an address, and of a login that no account carries."""
        with self._lock:
            self._count(f"address {address}", now)
            if unknown_login is not None:
                self._count(f"login {unknown_login}", now)

    def succeed(self, address: str) -> None:
        with self._lock:
            self._failures.pop(f"address {address}", None)

    def _read(self, key: str, now: datetime) -> tuple[int, datetime]:
        count, at = self._failures.get(key, (0, now))
        return (0, now) if now - at > FORGET_AFTER else (count, at)

    def _count(self, key: str, now: datetime) -> None:
        count, _ = self._read(key, now)
        self._failures[key] = (count + 1, now)
        self._failures.move_to_end(key)
        while len(self._failures) > MAX_REMEMBERED:
            self._failures.popitem(last=False)
