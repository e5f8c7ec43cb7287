"""Fixtures that every test may use. ``database`` runs each test on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy.orm import Session

from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.db import Database
from tests.databases import app_url, new_postgresql, new_sqlite

hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):  # the same examples for everybody who asks of one commit; other runs go on looking
    hypothesis.settings.load_profile("ci")

ENGINES = ("sqlite", "postgresql")
NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
"""10:00 in Hebei."""


@contextmanager
def new_database(engine: str, folder: Path) -> Iterator[Database]:
    """An empty migrated database."""
    with ExitStack() as stack:
        url = new_sqlite(folder) if engine == "sqlite" else app_url(stack.enter_context(new_postgresql()))
        database = Database(url, pool_size=5)
        stack.callback(database.dispose)
        yield database


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty migrated database, on each engine in turn."""
    with new_database(request.param, tmp_path) as database:
        yield database


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock(NOW)


@pytest.fixture
def runner(database: Database, clock: StoryClock) -> Runner:
    return Runner(database, clock)


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Database]]:
    """One empty migrated database for each engine, shared by all tests that leave nothing behind."""
    with ExitStack() as stack:

        @cache
        def open_one(engine: str) -> Database:
            return stack.enter_context(new_database(engine, tmp_path_factory.mktemp("untouched")))

        yield open_one


@pytest.fixture(params=ENGINES)
def session(request: pytest.FixtureRequest, untouched: Callable[[str], Database]) -> Iterator[Session]:
    """An open writing transaction that is rolled back; a test that commits takes ``database`` instead."""
    with untouched(request.param).writing() as session:
        yield session


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--faults", choices=["quick", "ci"], default="quick", help="size of tests/faults")
    parser.addoption("--pictures", action="store_true", help="draw the guide's pictures anew")
