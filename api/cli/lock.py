"""On SQLite one process writes: it holds an exclusive lock on a file beside the database for as long as it lives."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reserve.db import Database


class DatabaseInUse(RuntimeError):
    """Another process of ours writes into this database now."""


@contextmanager
def only_writer(database: Database) -> Iterator[None]:
    """Be the one writing process. The lock goes with the process, also when it is killed. PostgreSQL needs none.

    Raises DatabaseInUse.
    """
    if database.path is None:
        yield
        return
    with lock_file(database.path).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DatabaseInUse(str(database.path)) from None
        yield


def lock_file(database: Path) -> Path:
    return database.with_name(database.name + ".lock")
