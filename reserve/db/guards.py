"""Triggers that hold history still: every known way around append-only is closed here, on both engines.

Migrations call these functions with table names, so that a migration never depends on today's models. Every
migration that touches a guarded table ends by calling them again (SQLite's batch mode drops triggers).
What is closed and how it was tried: docs/ledger.md.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

PREFIX = "guard"


def guard_append_only(connection: Connection, tables: Iterable[str]) -> None:
    """Rows may be added, never changed, replaced or removed."""
    for table in tables:
        if connection.dialect.name == "sqlite":
            _sqlite_refuse(connection, table, "update")
            _sqlite_refuse(connection, table, "delete")
            _sqlite_refuse_replace(connection, table)
        else:
            _pg_refuse(connection, table, "UPDATE OR DELETE", "change")
            _pg_refuse_truncate(connection, table)


def guard_against_deletion(connection: Connection, tables: Iterable[str]) -> None:
    """Rows may be added and changed, never removed: things end, they do not vanish."""
    for table in tables:
        if connection.dialect.name == "sqlite":
            _sqlite_refuse(connection, table, "delete")
            _sqlite_refuse_replace(connection, table)
        else:
            _pg_refuse(connection, table, "DELETE", "delete")
            _pg_refuse_truncate(connection, table)


def guard_once_settled(connection: Connection, table: str, column: str) -> None:
    """A row whose ``column`` is filled is final."""
    name = f"{PREFIX}_{table}_settled"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN OLD.{column} IS NOT NULL "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table} is settled'); END"
        )
        return
    _pg_function(connection)
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN (OLD.{column} IS NOT NULL) "
        f"EXECUTE FUNCTION guard_refuse()"
    )
    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def expected_triggers(dialect: str, append_only: Iterable[str], kept: Iterable[str]) -> set[str]:
    """Names of the triggers that must stand; ``verify`` (S01) compares them with the catalogue."""
    kinds = {"sqlite": (("update", "delete", "replace"), ("delete", "replace"))}.get(
        dialect, (("change", "truncate"), ("delete", "truncate"))
    )
    names = {f"{PREFIX}_{table}_{kind}" for table in append_only for kind in kinds[0]}
    return names | {f"{PREFIX}_{table}_{kind}" for table in kept for kind in kinds[1]}


def grant_application_rights(
    connection: Connection, role: str, append_only: Iterable[str], kept: Iterable[str]
) -> None:
    """PostgreSQL: the application reads and adds everywhere, changes only what may change, deletes nothing."""
    if connection.dialect.name != "postgresql":
        return
    exists = connection.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar()
    if not exists:
        return
    quoted = connection.dialect.identifier_preparer.quote(role)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {quoted}")
    for table in append_only:
        connection.exec_driver_sql(f"REVOKE ALL ON {table} FROM {quoted}")
        connection.exec_driver_sql(f"GRANT SELECT, INSERT ON {table} TO {quoted}")
    for table in kept:
        connection.exec_driver_sql(f"REVOKE ALL ON {table} FROM {quoted}")
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quoted}")
    for view in sa.inspect(connection).get_view_names():
        connection.exec_driver_sql(f"GRANT SELECT ON {view} TO {quoted}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def _sqlite_refuse(connection: Connection, table: str, verb: str) -> None:
    name = f"{PREFIX}_{table}_{verb}"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: no {verb} on {table}'); END"
    )


def _sqlite_refuse_replace(connection: Connection, table: str) -> None:
    """INSERT OR REPLACE walks past update and delete triggers; look for the key before the row goes in."""
    name = f"{PREFIX}_{table}_replace"
    inspector = sa.inspect(connection)
    keys: list[list[str | None]] = [list(inspector.get_pk_constraint(table)["constrained_columns"])]
    keys += [list(unique["column_names"]) for unique in inspector.get_unique_constraints(table)]
    keys += [index["column_names"] for index in inspector.get_indexes(table) if index["unique"]]
    clauses = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE "
        + " AND ".join(f"{column} = NEW.{column}" for column in key if column)
        + ")"
        for key in keys
    )
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {clauses} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: key exists in {table}'); END"
    )


def _pg_function(connection: Connection) -> None:
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'append-only: no %% on %%', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
    )


def _pg_refuse(connection: Connection, table: str, events: str, kind: str) -> None:
    _pg_function(connection)
    name = f"{PREFIX}_{table}_{kind}"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION guard_refuse()"
    )
    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _pg_refuse_truncate(connection: Connection, table: str) -> None:
    _pg_function(connection)
    name = f"{PREFIX}_{table}_truncate"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION guard_refuse()"
    )
    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
