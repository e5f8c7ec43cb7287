"""Engines: the settings that the ledger's promises rest on are taken, read back, and refused when they differ."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from reserve.db import Database, UnsafeDatabase, owner_engine
from reserve.db.engines import READING_PRAGMAS, WRITING_PRAGMAS
from tests.databases import new_sqlite
from tests.planting import owner


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(new_sqlite(tmp_path))
    yield database
    database.dispose()


def test_a_migrated_database_passes_its_own_check(database: Database) -> None:
    warnings = database.check_settings()

    assert all("3.51.3" in warning for warning in warnings)


def test_the_writing_connection_keeps_what_was_acknowledged(sqlite: Database) -> None:
    with sqlite.write.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in WRITING_PRAGMAS}

    assert found == dict(WRITING_PRAGMAS)
    assert WRITING_PRAGMAS["synchronous"] == 2, "FULL: NORMAL loses acknowledged work at a power cut"


def test_the_reading_connection_never_writes_and_never_checkpoints(sqlite: Database) -> None:
    with sqlite.read.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in READING_PRAGMAS}

    assert found == dict(READING_PRAGMAS)


@pytest.mark.parametrize(("name", "value"), [("synchronous", 1), ("foreign_keys", 0), ("recursive_triggers", 0)])
def test_a_setting_that_was_not_taken_stops_the_program(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch, name: str, value: int
) -> None:
    changed = dict(WRITING_PRAGMAS) | {name: value}
    monkeypatch.setattr("reserve.db.engines.WRITING_PRAGMAS", changed)

    with pytest.raises(UnsafeDatabase, match=name):
        sqlite.check_settings()


def test_another_journal_stops_the_program(tmp_path: Path) -> None:
    """A database in memory cannot keep a write-ahead log."""
    memory = Database("sqlite:///:memory:")

    with pytest.raises(UnsafeDatabase, match="journal_mode"):
        memory.check_settings()
    memory.dispose()


def test_a_postgresql_server_that_forgets_at_a_crash_stops_the_program(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("PostgreSQL's own settings")
    forgetful = Database(database.url)
    sa.event.listen(
        forgetful.write, "connect", lambda connection, record: connection.execute("SET synchronous_commit = off")
    )

    with pytest.raises(UnsafeDatabase, match="synchronous_commit"):
        forgetful.check_settings()
    forgetful.dispose()


def test_a_writing_transaction_is_alone_from_its_first_moment(sqlite: Database) -> None:
    """BEGIN IMMEDIATE: who wants to write waits at the door, not in the middle of its work."""
    outsider = sqlite3.connect(str(sqlite.path), timeout=0.05)
    with sqlite.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        outsider.execute("BEGIN IMMEDIATE")
    outsider.execute("BEGIN IMMEDIATE")
    outsider.rollback()
    outsider.close()


def test_one_process_has_one_writing_connection(sqlite: Database) -> None:
    order: list[str] = []

    def write(name: str) -> None:
        with sqlite.writing():
            order.append(f"{name} in")
            inside.wait(0.2)
            order.append(f"{name} out")

    inside = threading.Event()
    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [step.split()[1] for step in order] == ["in", "out", "in", "out"]


def test_readers_go_on_while_somebody_writes(database: Database) -> None:
    with database.writing() as writer:
        writer.execute(
            sa.text("INSERT INTO number_series (kind, organisation_code, year, last) VALUES ('receipt', 'X', 1, 1)")
        )
        with database.reading() as reader:
            assert reader.execute(sa.text("SELECT count(*) FROM number_series")).scalar_one() == 0


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.reading() as reader, pytest.raises(DBAPIError):
        reader.execute(
            sa.text("INSERT INTO number_series (kind, organisation_code, year, last) VALUES ('receipt', 'X', 1, 1)")
        )


def test_what_is_not_committed_is_gone(database: Database) -> None:
    with database.writing() as session:
        session.execute(
            sa.text("INSERT INTO number_series (kind, organisation_code, year, last) VALUES ('receipt', 'X', 1, 1)")
        )

    with database.reading() as session:
        assert session.execute(sa.text("SELECT count(*) FROM number_series")).scalar_one() == 0


def test_a_lock_is_waited_for_a_while_and_not_for_ever(database: Database) -> None:
    """PostgreSQL: three seconds, then the command is repeated by the runner."""
    if database.is_sqlite:
        pytest.skip("SQLite waits at BEGIN")
    statement = "INSERT INTO number_series (id, kind, organisation_code, year, last) VALUES (1, 'receipt', 'X', 1, 1)"
    with owner(database) as connection:
        connection.exec_driver_sql(statement)
    with database.writing() as first, database.writing() as second:
        first.execute(sa.text("UPDATE number_series SET last = 2"))
        second.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError) as refusal:
            second.execute(sa.text("UPDATE number_series SET last = 3"))

    assert refusal.value.orig is not None
    assert refusal.value.orig.sqlstate == "55P03"  # type: ignore[attr-defined]


def test_the_owner_may_change_the_schema(tmp_path: Path) -> None:
    engine = owner_engine(new_sqlite(tmp_path))
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_stock_movement_update")
        connection.rollback()
        left = connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_master WHERE name = 'guard_stock_movement_update'"
        ).scalar_one()
    engine.dispose()

    assert left == 1, "schema changes are part of the transaction"
