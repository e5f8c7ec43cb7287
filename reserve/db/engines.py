"""Engines for SQLite and PostgreSQL. Why each setting stands: docs/operations.md."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.orm import Session

WRITING_PRAGMAS: Mapping[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a power cut must not take back what was acknowledged
    "foreign_keys": 1,
    "busy_timeout": 10000,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "wal_autocheckpoint": 1000,
    "journal_size_limit": 67108864,
}
READING_PRAGMAS: Mapping[str, str | int] = {
    "foreign_keys": 1,
    "busy_timeout": 10000,
    "wal_autocheckpoint": 0,
    "query_only": 1,
}
PG_OPTIONS = (
    "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s "
    "-c synchronous_commit=on -c timezone=UTC -c search_path=public,pg_temp"
)
"""``pg_temp`` last: a temporary table never stands in front of a real one."""


class UnsafeDatabase(RuntimeError):
    """The database does not keep the settings that the ledger's promises rest on."""


class Database:
    """A pair of engines on one database: ``write`` for commands, ``read`` for questions."""

    def __init__(self, url: str | URL, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.write = _sqlite_engine(self.url, WRITING_PRAGMAS, begin="BEGIN IMMEDIATE", pool_size=1, guarded=True)
            self.read = _sqlite_engine(self.url, READING_PRAGMAS, begin="BEGIN", pool_size=8, guarded=True)
        else:
            self.write = _postgresql_engine(self.url, PG_OPTIONS, pool_size)
            self.read = _postgresql_engine(self.url, PG_OPTIONS + " -c default_transaction_read_only=on", pool_size)

    @property
    def path(self) -> Path | None:
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session inside a transaction that may write. Only the command runner commits it."""
        with Session(self.write, expire_on_commit=False) as session:
            session.connection()  # BEGIN now: ``now`` is read after it
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on one consistent snapshot that cannot write."""
        with Session(self.read, expire_on_commit=False) as session:
            if not self.is_sqlite:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    def dispose(self) -> None:
        self.write.dispose()
        self.read.dispose()

    def check_settings(self) -> list[str]:
        """Read the settings back; refuse to run on any that differs. Returns warnings."""
        with self.write.connect() as connection:
            if self.is_sqlite:
                return _check_sqlite(connection)
            return _check_postgresql(connection)


def _sqlite_engine(url: URL, pragmas: Mapping[str, str | int], *, begin: str, pool_size: int, guarded: bool) -> Engine:
    engine = sa.create_engine(
        url,
        poolclass=sa.QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        connect_args={"check_same_thread": False, "timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver must not invent BEGIN
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name} = {value}")
        if guarded:
            connection.set_authorizer(_authorise)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def owner_engine(url: str | URL) -> Engine:
    """An engine for migrations: it may change the schema. Nothing else uses it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, WRITING_PRAGMAS, begin="BEGIN IMMEDIATE", pool_size=1, guarded=False)
    return _postgresql_engine(parsed, "-c timezone=UTC", 2)


FORBIDDEN_ACTIONS = frozenset(
    {
        sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_DROP_TRIGGER,
        sqlite3.SQLITE_DROP_INDEX,
        sqlite3.SQLITE_DROP_VIEW,
        sqlite3.SQLITE_ALTER_TABLE,
        sqlite3.SQLITE_CREATE_TABLE,
        sqlite3.SQLITE_CREATE_INDEX,
        sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_VIEW,
        sqlite3.SQLITE_CREATE_VTABLE,
        sqlite3.SQLITE_CREATE_TEMP_TABLE,
        sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
        sqlite3.SQLITE_CREATE_TEMP_VIEW,
        sqlite3.SQLITE_ATTACH,
        sqlite3.SQLITE_DETACH,
    }
)
"""A temporary table or trigger of the same name would stand in front of the real one."""
READING_PRAGMA_ARGUMENTS = frozenset(
    {
        "table_info",
        "table_xinfo",
        "table_list",
        "index_list",
        "index_info",
        "index_xinfo",
        "foreign_key_list",
        "foreign_key_check",
        "integrity_check",
        "quick_check",
        "wal_checkpoint",
    }
)
"""PRAGMAs whose argument only says what to look at; with any other, an argument is a change of settings."""


def _authorise(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """SQLite's own gatekeeper: the running application changes no schema, no setting, and attaches no file."""
    if action in FORBIDDEN_ACTIONS:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and second is not None and first not in READING_PRAGMA_ARGUMENTS:
        return sqlite3.SQLITE_DENY
    writes = action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
    if writes and (first or "").startswith("sqlite_"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _postgresql_engine(url: URL, options: str, pool_size: int) -> Engine:
    return sa.create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=30,
        connect_args={"options": options},
    )


def _check_sqlite(connection: Connection) -> list[str]:
    found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in WRITING_PRAGMAS}
    wrong = {name: found[name] for name, wanted in WRITING_PRAGMAS.items() if str(found[name]).lower() != str(wanted)}
    if wrong:
        raise UnsafeDatabase(f"SQLite did not take these settings: {wrong}")
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    if tuple(int(part) for part in str(version).split(".")) < (3, 51, 3):
        return [f"SQLite {version}: below 3.51.3; only one process may write (it does)"]
    return []


def _check_postgresql(connection: Connection) -> list[str]:
    found = {
        name: connection.exec_driver_sql(f"SHOW {name}").scalar()
        for name in ("synchronous_commit", "fsync", "full_page_writes")
    }
    wrong = {name: value for name, value in found.items() if value not in ("on", "remote_apply", "remote_write")}
    if wrong:
        raise UnsafeDatabase(f"PostgreSQL runs with unsafe settings: {wrong}")
    return []
