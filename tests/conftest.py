"""Fixtures that every test may use. ``database`` runs each test on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.db import Database
from tests.databases import app_url, new_postgresql, new_sqlite

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
"""10:00 in Hebei."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty migrated database, on each engine in turn."""
    if request.param == "sqlite":
        database = Database(new_sqlite(tmp_path))
        yield database
        database.dispose()
        return
    with new_postgresql() as name:
        database = Database(app_url(name), pool_size=5)
        yield database
        database.dispose()


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(NOW)


@pytest.fixture
def runner(database: Database, clock: StoryClock) -> Runner:
    return Runner(database, clock)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def untouched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One empty migrated database for each engine, shared by all tests that leave nothing behind."""
    if request.param == "sqlite":
        database = Database(new_sqlite(tmp_path_factory.mktemp("untouched")))
        yield database
        database.dispose()
        return
    with new_postgresql() as name:
        database = Database(app_url(name), pool_size=5)
        yield database
        database.dispose()


@pytest.fixture
def session(untouched: Database) -> Iterator[Session]:
    """An open writing transaction that is rolled back; a test that commits takes ``database`` instead."""
    with untouched.writing() as session:
        yield session


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--faults", choices=["quick", "ci"], default="quick", help="size of tests/faults")
