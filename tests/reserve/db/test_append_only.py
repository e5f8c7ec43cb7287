"""History is added to, never edited: every known way around that fails as the application, on every guarded table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from reserve.db import Base, Database
from reserve.models import append_only_tables, kept_tables, metadata
from tests.planting import fill_every_table, owner

Way = Callable[[sa.Table], str]


def columns(table: sa.Table, **changed: str) -> str:
    """The table's columns as a SELECT list, some of them replaced."""
    return ", ".join(changed.get(column.name, column.name) for column in table.columns)


def changed_text(table: sa.Table) -> str:
    """A column that a forger would like to change."""
    return next(column.name for column in reversed(table.columns) if not column.primary_key)


REWRITES: dict[str, Way] = {
    "update": lambda t: f"UPDATE {t.name} SET {changed_text(t)} = {changed_text(t)}",
    "upsert": lambda t: (
        f"INSERT INTO {t.name} SELECT {columns(t)} FROM {t.name} WHERE true "
        f"ON CONFLICT (id) DO UPDATE SET {changed_text(t)} = excluded.{changed_text(t)}"
    ),
}
REMOVALS: dict[str, Way] = {
    "delete": lambda t: f"DELETE FROM {t.name}",
    "delete returning": lambda t: f"DELETE FROM {t.name} WHERE id = 1 RETURNING id",
}
SQLITE_REWRITES: dict[str, Way] = {
    "update or replace": lambda t: f"UPDATE OR REPLACE {t.name} SET {changed_text(t)} = {changed_text(t)}",
    "update from": lambda t: f"UPDATE {t.name} SET id = 7 FROM (SELECT 1 AS one) WHERE one = 1",
}
SQLITE_REMOVALS: dict[str, Way] = {
    "replace by key": lambda t: f"INSERT OR REPLACE INTO {t.name} SELECT {columns(t)} FROM {t.name}",
    "replace as a word": lambda t: f"REPLACE INTO {t.name} SELECT {columns(t)} FROM {t.name}",
}
POSTGRESQL_REWRITES: dict[str, Way] = {
    "merge": lambda t: (
        f"MERGE INTO {t.name} t USING (SELECT 1 AS id) s ON t.id = s.id "
        f"WHEN MATCHED THEN UPDATE SET {changed_text(t)} = t.{changed_text(t)}"
    ),
    "update in a common table": lambda t: (
        f"WITH x AS (UPDATE {t.name} SET {changed_text(t)} = {changed_text(t)} RETURNING 1) SELECT * FROM x"
    ),
}
POSTGRESQL_REMOVALS: dict[str, Way] = {
    "truncate": lambda t: f"TRUNCATE {t.name}",
    "truncate cascade": lambda t: f"TRUNCATE {t.name} CASCADE",
    "merge delete": lambda t: f"MERGE INTO {t.name} t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE",
}


@pytest.fixture
def filled(database: Database) -> Database:
    fill_every_table(database)
    return database


@pytest.fixture
def application(filled: Database) -> Iterator[Connection]:
    """The connection that commands write on."""
    with filled.write.connect() as connection:
        yield connection


def succeeds(connection: Connection, statement: str) -> bool:
    """Whether a statement runs; its effect is taken back at once."""
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(statement)
    except DBAPIError:
        return False
    finally:
        if savepoint.is_active:
            savepoint.rollback()
    return True


def ways(database: Database, *, removals_only: bool) -> dict[str, Way]:
    own_rewrites, own_removals = (
        (SQLITE_REWRITES, SQLITE_REMOVALS) if database.is_sqlite else (POSTGRESQL_REWRITES, POSTGRESQL_REMOVALS)
    )
    return REMOVALS | own_removals | ({} if removals_only else REWRITES | own_rewrites)


def bypasses(database: Database, connection: Connection, tables: list[str], *, removals_only: bool) -> list[str]:
    return [
        f"{way} {name}"
        for name in tables
        for way, statement in ways(database, removals_only=removals_only).items()
        if succeeds(connection, statement(metadata.tables[name]))
    ]


def test_no_row_of_an_append_only_table_can_be_changed_or_removed(filled: Database, application: Connection) -> None:
    assert bypasses(filled, application, append_only_tables(), removals_only=False) == []


def test_no_row_of_any_other_table_can_be_removed(filled: Database, application: Connection) -> None:
    assert bypasses(filled, application, kept_tables(), removals_only=True) == []


@pytest.mark.parametrize("statement", ["UPDATE stock_account SET owner_id = 2", "UPDATE bin SET kind = 'lost'"])
def test_whose_goods_stand_where_is_never_rewritten(application: Connection, statement: str) -> None:
    """An account's owner and a bin's kind give every past entry its meaning."""
    assert not succeeds(application, statement)


def test_an_answer_once_given_is_never_rewritten(application: Connection) -> None:
    assert not succeeds(application, "UPDATE request_key SET answer = NULL")


def test_the_same_attempts_succeed_on_a_table_without_guards(database: Database) -> None:
    """The control: the attempts are real ones."""
    table = sa.Table(
        "unguarded", sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("x", sa.Text)
    )
    with owner(database) as connection:
        connection.exec_driver_sql("CREATE TABLE unguarded (id bigint PRIMARY KEY, x text)")
        connection.exec_driver_sql("INSERT INTO unguarded VALUES (1, 'a')")
    role = None if database.is_sqlite else database.url.username
    with owner(database) as connection:
        if role is not None:
            connection.exec_driver_sql(f"GRANT ALL ON unguarded TO {role}")
    tried = ways(database, removals_only=False)
    with database.write.connect() as connection:
        refused = [way for way, statement in tried.items() if not succeeds(connection, statement(table))]

    assert refused == []


def test_a_row_cannot_be_replaced_through_another_unique_column(filled: Database, application: Connection) -> None:
    """SQLite's REPLACE removes the row that stands in the way, under whatever key."""
    if not filled.is_sqlite:
        pytest.skip("PostgreSQL has no REPLACE")
    replaced = []
    for name in (*append_only_tables(), *kept_tables()):
        table = metadata.tables[name]
        if any(isinstance(each, sa.UniqueConstraint) for each in table.constraints):
            statement = f"INSERT OR REPLACE INTO {name} SELECT {columns(table, id='77')} FROM {name}"
            replaced += [name] if succeeds(application, statement) else []

    assert replaced == []


def test_no_reference_cascades() -> None:
    """What deletes or empties another table's rows by itself walks past every guard."""
    cascading = [
        f"{table.name}: {each.name}"
        for table in Base.metadata.tables.values()
        for each in table.foreign_key_constraints
        if (each.ondelete or "RESTRICT") != "RESTRICT" or each.onupdate
    ]

    assert cascading == []


SQLITE_DOORS = (
    "DROP TRIGGER guard_stock_movement_update",
    "DROP TABLE stock_movement",
    "DROP INDEX ix_stock_movement_document_id",
    "DROP VIEW ledger_signed",
    "ALTER TABLE stock_movement RENAME TO old_movement",
    "ALTER TABLE stock_movement ADD COLUMN note TEXT",
    "ALTER TABLE stock_movement DROP COLUMN reason",
    "ALTER TABLE stock_movement RENAME COLUMN reason TO cause",
    "CREATE TABLE stock_movement_new (id INTEGER)",
    "CREATE TABLE copy AS SELECT * FROM stock_movement",
    "CREATE TEMP TABLE stock_movement (id INTEGER)",
    "CREATE TEMP VIEW stock_movement AS SELECT 1 AS id",
    "CREATE TEMP TRIGGER t BEFORE INSERT ON stock_movement BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER t BEFORE INSERT ON stock_movement BEGIN SELECT RAISE(IGNORE); END",
    "CREATE VIEW v AS SELECT * FROM stock_movement",
    "CREATE UNIQUE INDEX one_a_day ON stock_movement (recorded_at)",
    "PRAGMA writable_schema = ON",
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA defer_foreign_keys = ON",
    "PRAGMA ignore_check_constraints = ON",
    "PRAGMA query_only = ON",
    "PRAGMA synchronous = OFF",
    "PRAGMA journal_mode = MEMORY",
    "PRAGMA trusted_schema = ON",
    "PRAGMA schema_version = 7",
    "PRAGMA user_version = 7",
    "UPDATE sqlite_master SET sql = replace(sql, 'RAISE', 'IFNULL')",
    "DELETE FROM sqlite_master WHERE type = 'trigger'",
    "ATTACH DATABASE ':memory:' AS other",
    "UPDATE ledger_signed SET quantity = 1",
    "DELETE FROM ledger_signed",
    "UPDATE ledger_position SET value = value - 1",
    "DELETE FROM ledger_position",
    "REPLACE INTO ledger_position (id, value) VALUES (1, 0)",
    "INSERT INTO ledger_position (id, value) VALUES (2, 0)",
)
POSTGRESQL_DOORS = (
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = replica",
    "ALTER TABLE stock_movement DISABLE TRIGGER ALL",
    "ALTER TABLE stock_movement DISABLE TRIGGER guard_stock_movement_change",
    "ALTER TABLE stock_movement ENABLE REPLICA TRIGGER guard_stock_movement_change",
    "DROP TRIGGER guard_stock_movement_change ON stock_movement",
    "DROP FUNCTION guard_refuse() CASCADE",
    "CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "DROP TABLE stock_movement CASCADE",
    "ALTER TABLE stock_movement RENAME TO old_movement",
    "ALTER TABLE stock_movement ALTER COLUMN reason TYPE varchar(1) USING left(reason, 1)",
    "ALTER TABLE stock_movement DROP CONSTRAINT uq_stock_movement_position",
    "ALTER TABLE stock_movement OWNER TO CURRENT_USER",
    "CREATE TABLE copy AS SELECT * FROM stock_movement",
    "CREATE VIEW v AS SELECT * FROM stock_movement",
    "CREATE RULE r AS ON INSERT TO stock_movement DO INSTEAD NOTHING",
    "CREATE TRIGGER t BEFORE INSERT ON stock_movement FOR EACH ROW EXECUTE FUNCTION guard_refuse()",
    "CREATE INDEX i ON stock_movement (reason)",
    "COPY stock_movement FROM PROGRAM 'true'",
    "COPY stock_movement TO PROGRAM 'true'",
    "COPY stock_movement FROM '/dev/null'",
    "UPDATE ledger_signed SET quantity = 1",
    "DELETE FROM ledger_signed",
    "SELECT setval('ledger_position', 1)",
    "ALTER SEQUENCE ledger_position RESTART",
    "DROP SEQUENCE ledger_position",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "CREATE ROLE another SUPERUSER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "LOCK TABLE stock_movement IN ACCESS EXCLUSIVE MODE",
    "DO $$ BEGIN UPDATE stock_movement SET reason = 'x'; END $$",
)


def test_no_door_beside_the_guards_is_open_to_the_application(filled: Database, application: Connection) -> None:
    doors = SQLITE_DOORS if filled.is_sqlite else POSTGRESQL_DOORS

    assert [statement for statement in doors if succeeds(application, statement)] == []


def test_the_application_cannot_grant_itself_more(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no roles")
    with database.write.connect() as connection:
        connection.exec_driver_sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO CURRENT_USER")  # warns, grants nothing
        held = "SELECT has_table_privilege('stock_movement', 'UPDATE, DELETE, TRUNCATE, TRIGGER')"

        assert connection.exec_driver_sql(held).scalar_one() is False


def test_the_file_cannot_be_copied_out_by_the_application(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("a file of its own is SQLite's")
    raw = database.write.raw_connection()
    with pytest.raises(Exception, match="authorization denied"):
        raw.execute("VACUUM INTO 'elsewhere.sqlite'")
    raw.close()


def test_a_temporary_table_does_not_stand_in_front_of_a_real_one(filled: Database) -> None:
    if filled.is_sqlite:
        pytest.skip("SQLite refuses temporary tables: see the doors")
    with filled.write.connect() as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE stock_movement (id bigint)")

        assert connection.exec_driver_sql("SELECT count(*) FROM stock_movement").scalar_one() == 1
        connection.rollback()


def test_the_reading_connection_cannot_write(filled: Database) -> None:
    with filled.read.connect() as connection:
        statements = ["INSERT INTO number_series DEFAULT VALUES", "UPDATE stock_balance SET held = 0"]
        if filled.is_sqlite:
            statements += ["PRAGMA query_only = OFF"]

        assert [each for each in statements if succeeds(connection, each)] == []


def test_guards_hold_against_the_owner_too_until_they_are_taken_away(filled: Database) -> None:
    """The owner can take them away; that is loud (S01). Merely being the owner is not enough."""
    tried = ways(filled, removals_only=False)
    table = metadata.tables["stock_movement"]
    with owner(filled) as connection:
        if not filled.is_sqlite:
            connection.exec_driver_sql("SET session_replication_role = replica")
        passed = []
        for way, statement in tried.items():
            try:
                connection.exec_driver_sql(statement(table))
                passed.append(way)
            except DBAPIError:
                continue

    assert passed == []
