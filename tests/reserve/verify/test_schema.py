"""S01: a dropped guard is a finding, even while every row is still right."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reserve.db import Database
from reserve.verify import run
from reserve.verify.books import Books
from reserve.verify.findings import Finding
from reserve.verify.schema import schema_stands
from tests.databases import APP_ROLE
from tests.planting import owner, passing, rewrite_table
from tests.reserve.verify.worlds import ENGINES, world

GUARD = {"sqlite": "guard_stock_movement_update", "postgresql": "guard_stock_movement_change"}
REFUSING = "BEGIN SELECT RAISE(ABORT, 'append-only: no update on stock_movement'); END"

BOTH = {
    "table missing": ("DROP TABLE sign_in_session", "schema_missing", "sign_in_session"),
    "table added": ("CREATE TABLE extra (id bigint)", "schema_unexpected", "extra"),
    "view missing": ("DROP VIEW ledger_signed", "schema_missing", "ledger_signed"),
    "view added": ("CREATE VIEW extra AS SELECT 1 AS one", "schema_unexpected", "extra"),
    "index missing": ("DROP INDEX ix_stock_entry_from", "schema_missing", "ix_stock_entry_from"),
    "index added": ("CREATE INDEX extra ON stock_entry (quantity)", "schema_unexpected", "extra"),
    "column added": ("ALTER TABLE stock_movement ADD COLUMN extra INTEGER", "schema_unexpected", "extra"),
    "column renamed": ("ALTER TABLE stock_movement RENAME COLUMN reason TO cause", "schema_missing", "reason NOT NULL"),
}
SQLITE = {
    "guard dropped": ("DROP TRIGGER guard_stock_movement_update", "schema_missing", "guard_stock_movement_update"),
    "replace guard dropped": ("DROP TRIGGER guard_stock_lot_replace", "schema_missing", "guard_stock_lot_replace"),
    "counter guard dropped": ("DROP TRIGGER ledger_position_forward", "schema_missing", "ledger_position_forward"),
    "settled guard dropped": ("DROP TRIGGER guard_request_key_settled", "schema_missing", "guard_request_key_settled"),
    "trigger added": (
        "CREATE TRIGGER extra BEFORE INSERT ON stock_entry BEGIN SELECT RAISE(IGNORE); END",
        "schema_unexpected",
        "extra",
    ),
}
POSTGRESQL = {
    "guard dropped": (f"DROP TRIGGER {GUARD['postgresql']} ON stock_movement", "schema_missing", GUARD["postgresql"]),
    "guard disabled": (
        f"ALTER TABLE stock_movement DISABLE TRIGGER {GUARD['postgresql']}",
        "guard_switched_off",
        GUARD["postgresql"],
    ),
    "guard not always on": (
        f"ALTER TABLE stock_movement ENABLE TRIGGER {GUARD['postgresql']}",
        "guard_switched_off",
        GUARD["postgresql"],
    ),
    "guard hollow": (
        "CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "guard_hollow",
        GUARD["postgresql"],
    ),
    "unique missing": (
        "ALTER TABLE stock_hold_end DROP CONSTRAINT uq_stock_hold_end_hold_id",
        "schema_missing",
        "hold_id",
    ),
    "check missing": (
        "ALTER TABLE stock_balance DROP CONSTRAINT ck_stock_balance_on_hand_not_negative",
        "schema_missing",
        "ck_stock_balance_on_hand_not_negative",
    ),
    "reference missing": (
        "ALTER TABLE stock_entry DROP CONSTRAINT fk_stock_entry_lot_id",
        "schema_missing",
        "lot_id → stock_lot",
    ),
    "key missing": ("ALTER TABLE audit_entry DROP CONSTRAINT pk_audit_entry", "schema_missing", "id"),
    "null allowed": (
        "ALTER TABLE stock_movement ALTER COLUMN recorded_at DROP NOT NULL",
        "schema_missing",
        "recorded_at NOT NULL",
    ),
    "sequence missing": ("DROP SEQUENCE ledger_position", "schema_missing", "ledger_position"),
    "unsafe setting": ("SET synchronous_commit = off", "setting_differs", "synchronous_commit"),
}
SQLITE_REWRITES = {
    "unique missing": ("stock_hold_end", r",\s*CONSTRAINT uq_stock_hold_end_hold_id UNIQUE \(hold_id\)", "", "hold_id"),
    "check missing": (
        "stock_balance",
        r",\s*CONSTRAINT ck_stock_balance_on_hand_not_negative CHECK \([^)]*\)",
        "",
        "ck_stock_balance_on_hand_not_negative",
    ),
    "reference missing": (
        "stock_entry",
        r",\s*CONSTRAINT fk_stock_entry_lot_id FOREIGN KEY\(lot_id\) REFERENCES stock_lot \(id\)",
        "",
        "lot_id → stock_lot",
    ),
    "null allowed": ("stock_movement", r"recorded_at INTEGER NOT NULL", "recorded_at INTEGER", "recorded_at NOT NULL"),
    "no longer strict": ("stock_movement", r"STRICT\s*$", "", "stock_movement"),
}
RIGHTS = {
    "may update": (f"GRANT UPDATE ON stock_movement TO {APP_ROLE}", "right_too_wide", "UPDATE"),
    "may delete": (f"GRANT DELETE ON organisation TO {APP_ROLE}", "right_too_wide", "DELETE"),
    "may truncate": ("GRANT TRUNCATE ON stock_entry TO PUBLIC", "right_too_wide", "TRUNCATE"),
    "may set triggers": (f"GRANT TRIGGER ON stock_entry TO {APP_ROLE}", "right_too_wide", "TRIGGER"),
    "may not read": (f"REVOKE SELECT ON stock_floor FROM {APP_ROLE}", "right_missing", "SELECT"),
    "may not add": (f"REVOKE INSERT ON stock_movement FROM {APP_ROLE}", "right_missing", "INSERT"),
    "may create tables": (f"GRANT CREATE ON SCHEMA public TO {APP_ROLE}", "right_too_wide", "CREATE"),
}


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[str, Database]]:
    with world("sqlite", "small") as sqlite, world("postgresql", "small") as postgresql:
        yield {"sqlite": sqlite, "postgresql": postgresql}


def names(findings: list[Finding]) -> set[tuple[str, object]]:
    return {(each.code, each.facts.get("name") or each.facts.get("privilege")) for each in findings}


def cases() -> list[tuple[str, str]]:
    own = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
    return [(engine, name) for engine in ENGINES for name in BOTH | own[engine]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_migrated_schema_stands(worlds: dict[str, Database], engine: str) -> None:
    assert run(worlds[engine], only=["S01"]).findings == []


@pytest.mark.parametrize(("engine", "name"), cases())
def test_a_changed_schema_is_found_and_named(worlds: dict[str, Database], engine: str, name: str) -> None:
    statement, code, what = (BOTH | (SQLITE if engine == "sqlite" else POSTGRESQL))[name]
    with passing(worlds[engine]) as connection:
        connection.exec_driver_sql(statement)
        found = names(list(schema_stands(Books(connection))))

    assert (code, what) in found


@pytest.mark.parametrize("name", SQLITE_REWRITES)
def test_a_rebuilt_table_is_found_and_named(worlds: dict[str, Database], name: str) -> None:
    """SQLite changes a table by building it anew: its guards go with it, and are named besides."""
    table, pattern, replacement, what = SQLITE_REWRITES[name]
    with passing(worlds["sqlite"]) as connection:
        rewrite_table(connection, table, pattern, replacement)
        found = names(list(schema_stands(Books(connection))))

    assert ("schema_missing", what) in found
    assert ("schema_missing", f"guard_{table}_delete") in found


def test_a_hollow_guard_is_found_on_sqlite(worlds: dict[str, Database]) -> None:
    name = GUARD["sqlite"]
    with passing(worlds["sqlite"]) as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} BEFORE UPDATE ON stock_movement BEGIN SELECT 1; END")
        hollow = names(list(schema_stands(Books(connection))))
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} BEFORE UPDATE ON stock_count {REFUSING}")
        elsewhere = names(list(schema_stands(Books(connection))))

    assert ("guard_hollow", name) in hollow
    assert ("guard_hollow", name) in elsewhere


@pytest.mark.parametrize("name", RIGHTS)
def test_a_wider_or_narrower_right_is_found_and_named(worlds: dict[str, Database], name: str) -> None:
    statement, code, privilege = RIGHTS[name]
    with passing(worlds["postgresql"]) as connection:
        connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"SET LOCAL ROLE {APP_ROLE}")
        found = names(list(schema_stands(Books(connection))))
        connection.exec_driver_sql("RESET ROLE")

    assert (code, privilege) in found


def test_an_application_that_owns_or_rules_is_found(worlds: dict[str, Database]) -> None:
    with passing(worlds["postgresql"]) as connection:
        connection.exec_driver_sql(f"ALTER TABLE stock_movement OWNER TO {APP_ROLE}")
        connection.exec_driver_sql(f"ALTER ROLE {APP_ROLE} CREATEROLE")
        connection.exec_driver_sql(f"SET LOCAL ROLE {APP_ROLE}")
        codes = {each.code for each in schema_stands(Books(connection))}
        connection.exec_driver_sql("RESET ROLE")

    assert {"application_owns", "application_too_powerful"} <= codes


def test_another_journal_is_found_on_sqlite() -> None:
    with world("sqlite", "small") as database:
        with owner(database) as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
        findings = run(database, only=["S01"]).findings

    assert [(each.code, each.facts["name"], each.facts["found"]) for each in findings] == [
        ("setting_differs", "journal_mode", "delete")
    ]
