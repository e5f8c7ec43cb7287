"""When sessions were last used. Kept in memory and written down every few minutes, so that reading does not write."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from reserve.access.terms import SeenDraft, SeenSession

WRITE_EVERY = timedelta(minutes=5)


class Presence:
    """Remembers the last use of each session in this process. A crash forgets at most ``WRITE_EVERY``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[int, datetime] = {}
        self._written_at: datetime | None = None

    def last_seen(self, session_id: int, stored: datetime) -> datetime:
        """The later of what the database knows and what this process has seen."""
        with self._lock:
            return max(stored, self._seen.get(session_id, stored))

    def note(self, session_id: int, at: datetime) -> SeenDraft | None:
        """Remember a use. Every few minutes returns all that is to be written down now, once."""
        with self._lock:
            self._seen[session_id] = at
            if self._written_at is None:
                self._written_at = at
            if at - self._written_at < WRITE_EVERY:
                return None
            self._written_at = at
            seen, self._seen = self._seen, {}
        return SeenDraft(sessions=tuple(SeenSession(session_id=each, at=when) for each, when in sorted(seen.items())))
