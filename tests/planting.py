"""Doing wrong on purpose: changes behind the system's back, as the owner of the tables with the guards off.

Tests of ``verify`` and of the guards use this; the product has no such road.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from reserve.db import Base, Database, UtcDateTime
from reserve.hashing import from_microseconds
from tests.databases import owner_url

WRITTEN_TABLE = re.compile(r"^\s*(?:UPDATE|DELETE FROM|INSERT INTO)\s+(\w+)", re.IGNORECASE)
SOME_INSTANT = from_microseconds(1_772_330_400_000_000)


@contextmanager
def owner(database: Database) -> Iterator[Connection]:
    """A connection that may do anything, autocommitted. SQLite: no authorizer, no keys, no checks."""
    if database.is_sqlite:
        url: Any = database.url
    else:
        assert database.url.database is not None
        url = owner_url(database.url.database)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        if database.is_sqlite:
            for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON", "busy_timeout = 5000"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
        yield connection
    engine.dispose()


@contextmanager
def passing(database: Database) -> Iterator[Connection]:
    """The owner inside a transaction that is rolled back: a fault for as long as somebody looks at it."""
    with owner(database) as connection:
        connection.exec_driver_sql("BEGIN")
        yield connection
        connection.exec_driver_sql("ROLLBACK")


def plant(connection: Connection, *statements: str) -> None:
    """Run statements with the guards, keys and checks of the tables they write switched off."""
    written = {found.group(1) for each in statements if (found := WRITTEN_TABLE.match(each))}
    for table in sorted(written & Base.metadata.tables.keys()):
        switch_guards_off(connection, table)
    for statement in statements:
        connection.exec_driver_sql(statement)


def switch_guards_off(connection: Connection, table: str) -> None:
    """Take away whatever refuses a change of this table's rows."""
    if connection.dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        for name in connection.exec_driver_sql(names, (table,)).scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    drop_checks(connection, table)


def drop_checks(connection: Connection, table: str) -> None:
    """PostgreSQL: take away the CHECK constraints of a table. On SQLite the owner's connection ignores them."""
    if connection.dialect.name == "sqlite":
        return
    checks = "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(%s) AND contype = 'c'"
    for name in connection.exec_driver_sql(checks, (table,)).scalars().all():
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def forget_uniqueness(connection: Connection, table: str) -> None:
    """Take away the unique constraints of a table."""
    if connection.dialect.name == "sqlite":
        rewrite_table(connection, table, r",\s*CONSTRAINT \w+ UNIQUE \([^)]*\)", "")
        return
    uniques = "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(%s) AND contype = 'u'"
    for name in connection.exec_driver_sql(uniques, (table,)).scalars().all():
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')


def rewrite_table(connection: Connection, table: str, pattern: str, replacement: str) -> None:
    """SQLite: build a table anew from its own text with something taken out. Its triggers and indexes are lost."""
    (text,) = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).one()
    changed, times = re.subn(pattern, replacement, text)
    assert times, f"{pattern} does not occur in {text}"
    new = re.sub(rf'CREATE TABLE "?{table}"?', f"CREATE TABLE {table}_new", changed)
    connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")  # references and views keep their text
    connection.exec_driver_sql(new)
    connection.exec_driver_sql(f"INSERT INTO {table}_new SELECT * FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {table}_new RENAME TO {table}")


def fill_every_table(database: Database) -> None:
    """One row in every table, well formed and meaningless: guards are tried on rows, not on emptiness."""
    with owner(database) as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET session_replication_role = replica")  # no foreign keys
        for table in Base.metadata.sorted_tables:
            try:
                connection.execute(table.insert().values(_row(table, distinct=False)))
            except sa.exc.IntegrityError:
                drop_checks(connection, table.name)
                connection.execute(table.insert().values(_row(table, distinct=True)))


def _row(table: sa.Table, *, distinct: bool) -> dict[str, Any]:
    return {column.name: _value(column, place if distinct else 1) for place, column in enumerate(table.columns, 1)}


def _value(column: sa.Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return SOME_INSTANT
    if isinstance(kind, sa.Date):
        return date(2026, 3, 1)
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.LargeBinary):
        return b"x"
    if isinstance(kind, sa.JSON):
        return {}
    if isinstance(kind, sa.Enum):
        return (kind.enum_class and next(iter(kind.enum_class))) or kind.enums[0]
    if isinstance(kind, sa.String):
        return f"x{number}"
    return 1 if column.primary_key else number
