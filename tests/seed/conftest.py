"""The reference world, loaded once per engine; tests ask it and leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from reserve.clock import StoryClock, local_time
from reserve.commands import Runner
from reserve.db import Database
from seed.hebei import World, load
from tests.databases import app_url, new_postgresql, new_sqlite

WORLD = World(date(2021, 1, 1), "INC-2021-COVID-SJZ")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """A runner on a database with the whole reference world in it."""
    clock = StoryClock(local_time(WORLD.opened_on, 8))
    if request.param == "sqlite":
        database = Database(new_sqlite(tmp_path_factory.mktemp("world")))
        load(runner := Runner(database, clock), WORLD)
        yield runner
        database.dispose()
        return
    with new_postgresql() as name:
        database = Database(app_url(name), pool_size=5)
        load(runner := Runner(database, clock), WORLD)
        yield runner
        database.dispose()
