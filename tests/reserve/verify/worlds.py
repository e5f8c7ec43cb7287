"""Worlds built once for each engine and copied for each test."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.db import Database
from tests.conftest import ENGINES, NOW
from tests.databases import administer, app_url, new_sqlite, postgresql_template
from tests.reserve.verify.rich_world import build_rich_world
from tests.small_world import build

__all__ = ["ENGINES", "world"]

_serial = count(1)
BUILDERS: dict[str, Callable[[Runner, StoryClock], None]] = {
    "small": lambda runner, clock: build(runner),
    "rich": build_rich_world,
}


@cache
def _template(engine: str, world: str) -> str:
    """A database with the world in it: path of a file, or name of a database."""
    if engine == "sqlite":
        url = new_sqlite(Path(tempfile.mkdtemp(prefix="jibei-")))
        place = url.removeprefix("sqlite:///")
    else:
        place = f"jibei_{world}_{os.getpid()}"
        administer(f"CREATE DATABASE {place} TEMPLATE {postgresql_template()}")
        url = app_url(place).render_as_string(hide_password=False)
    database, clock = Database(url), StoryClock(NOW)
    BUILDERS[world](Runner(database, clock), clock)
    if engine == "sqlite":
        database.dispose()
        file = sqlite3.connect(place)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.close()
    database.dispose()
    return place


@contextmanager
def world(engine: str, name: str) -> Iterator[Database]:
    """A copy of a world to do as one likes with."""
    template = _template(engine, name)
    if engine == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix="jibei-"))
        shutil.copyfile(template, folder / "world.sqlite")
        database = Database(f"sqlite:///{folder / 'world.sqlite'}")
        try:
            yield database
        finally:
            database.dispose()
            shutil.rmtree(folder)
        return
    copy = f"jibei_copy_{os.getpid()}_{next(_serial)}"
    administer(f"CREATE DATABASE {copy} TEMPLATE {template}")
    database = Database(app_url(copy), pool_size=3)
    try:
        yield database
    finally:
        database.dispose()
        administer(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
