"""The reference world, loaded once per engine; tests ask it and leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reserve.commands import Runner
from tests.reference_world import postgresql_copy, runner_on, sqlite_copy


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """A runner on a database with the whole reference world in it."""
    if request.param == "sqlite":
        database = sqlite_copy(tmp_path_factory.mktemp("world"))
        yield runner_on(database)
        database.dispose()
        return
    with postgresql_copy() as database:
        yield runner_on(database)
