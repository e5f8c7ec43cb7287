"""The reference world of Hebei for tests: loaded once per process and engine, then copied like an empty database."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path

from reserve.clock import StoryClock, local_time
from reserve.commands import Runner
from reserve.db import Database
from seed.hebei import World, load
from tests.databases import administer, app_url, new_postgresql, new_sqlite

WORLD = World(date(2021, 1, 1), "INC-2021-COVID-SJZ")
_serial = count(1)


def runner_on(database: Database, world: World = WORLD) -> Runner:
    """A runner whose clock stands at the opening of the books."""
    return Runner(database, StoryClock(local_time(world.opened_on, 8)))


@cache
def sqlite_world(world: World = WORLD) -> Path:
    """A SQLite file with the world in it, for copying."""
    folder = Path(tempfile.mkdtemp(prefix="jibei-world-"))
    url = new_sqlite(folder)
    database = Database(url)
    load(runner_on(database, world), world)
    database.dispose()
    path = Path(url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def sqlite_copy(folder: Path, world: World = WORLD) -> Database:
    path = folder / f"world{next(_serial)}.sqlite"
    shutil.copyfile(sqlite_world(world), path)
    return Database(f"sqlite:///{path}")


@cache
def postgresql_world() -> str:
    """Name of a PostgreSQL database with the world in it, for copying; dropped when the process ends."""
    held = new_postgresql()
    name = held.__enter__()
    atexit.register(held.__exit__, None, None, None)
    database = Database(app_url(name), pool_size=2)
    load(runner_on(database), WORLD)
    database.dispose()
    return name


@contextmanager
def postgresql_copy() -> Iterator[Database]:
    """A copy of the world; dropped afterwards."""
    world = postgresql_world()
    name = f"{world}_{next(_serial)}"
    administer(f"CREATE DATABASE {name} TEMPLATE {world}")
    database = Database(app_url(name), pool_size=5)
    try:
        yield database
    finally:
        database.dispose()
        administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
