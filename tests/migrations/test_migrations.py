"""Migrations: up, down and up again, with data, on both engines; nothing between; guards after every step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from migrations.run import configuration, downgrade, upgrade
from reserve.db import Database, owner_engine
from reserve.models import metadata
from reserve.verify.books import Books
from reserve.verify.schema import schema_stands
from tests.databases import APP_ROLE, administer, app_url, new_sqlite, owner_url, postgresql_template
from tests.planting import fill_every_table

ENGINES = ("sqlite", "postgresql")
SCRIPTS = ScriptDirectory.from_config(configuration())
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@contextmanager
def empty(engine: str, folder: Path, serial: list[int] = [0]) -> Iterator[Any]:  # noqa: B006 - counts the databases
    """URL, as the owner, of a database without any table."""
    serial[0] += 1
    if engine == "sqlite":
        yield f"sqlite:///{folder / f'empty{serial[0]}.sqlite'}"
        return
    postgresql_template()  # makes the application role
    name = f"jibei_empty_{folder.name.replace('-', '_')}_{serial[0]}"
    administer(f'CREATE DATABASE "{name}"')
    yield owner_url(name)
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def as_owner(url: Any) -> Iterator[Connection]:
    engine = owner_engine(url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def picture(url: Any) -> set[tuple[str, ...]]:
    """Everything that the catalogue says of the schema, as text."""
    with as_owner(url) as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master")
            return {tuple(str(value) for value in row) for row in rows}
        inspector = sa.inspect(connection)
        parts: set[tuple[str, ...]] = set()
        for what in ("columns", "pk_constraint", "foreign_keys", "unique_constraints", "check_constraints", "indexes"):
            found = getattr(inspector, f"get_multi_{what}")()
            parts |= {(what, str(table), repr(each)) for (_, table), each in found.items()}
        triggers = connection.exec_driver_sql(
            "SELECT tgname, tgrelid::regclass::text, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE NOT tgisinternal"
        )
        parts |= {tuple(str(value) for value in row) for row in triggers}
        rights = connection.exec_driver_sql(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s",
            (APP_ROLE,),
        )
        return parts | {tuple(str(value) for value in row) for row in rights}


def tables(url: Any) -> set[str]:
    with as_owner(url) as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_history_is_one_line_and_its_files_are_numbered() -> None:
    assert SCRIPTS.get_heads() == [REVISIONS[-1]]
    assert [f"{number:04d}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    names = [Path(script.path).name for script in SCRIPTS.walk_revisions()]
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", name) for name in names)


@pytest.mark.parametrize("engine", ENGINES)
def test_up_down_and_up_again_gives_the_same_schema(engine: str, tmp_path: Path) -> None:
    with empty(engine, tmp_path) as url:
        upgrade(url, app_role=APP_ROLE)
        first = picture(url)
        fill_every_table(Database(url))
        downgrade(url, "base")
        nothing_left = tables(url)
        upgrade(url, app_role=APP_ROLE)
        again = picture(url)

    assert nothing_left == set()
    assert first == again
    assert len(first) > 300


@pytest.mark.parametrize("engine", ENGINES)
def test_each_step_goes_down_and_up_with_data_above_it(engine: str, tmp_path: Path) -> None:
    """Rows of the tables that stay are there afterwards, guarded as before."""
    with empty(engine, tmp_path) as url:
        upgrade(url, app_role=APP_ROLE)
        head = picture(url)
        fill_every_table(Database(url))
        for target in reversed(REVISIONS[:-1]):
            downgrade(url, target)
            left = tables(url)
            with as_owner(url) as connection:
                counts = {
                    name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
                    for name in sorted(left & set(metadata.tables))
                }
            assert set(counts.values()) <= {1}, (target, counts)
        upgrade(url, app_role=APP_ROLE)

        assert picture(url) == head


@pytest.mark.parametrize("engine", ENGINES)
def test_guards_stand_after_every_step(engine: str, tmp_path: Path) -> None:
    """S01 after each step: nothing is amiss but what later steps bring."""
    with empty(engine, tmp_path) as url:
        for revision in REVISIONS:
            upgrade(url, revision=revision, app_role=APP_ROLE)
            missing = set(metadata.tables) - tables(url)
            with as_owner(url) as connection:
                findings = [each for each in schema_stands(Books(connection)) if each.facts.get("what")]
            amiss = [
                (revision, each.code, each.facts["what"], each.facts["name"])
                for each in findings
                if not _belongs_to(missing, str(each.facts["name"]), str(each.facts["table"]))
            ]

            assert amiss == []
        assert missing == set()


def _belongs_to(missing: set[str], name: str, table: str) -> bool:
    return (
        table in missing
        or (name == "ledger_signed" and "stock_entry" in missing)
        or any(re.fullmatch(rf"guard_{each}_(update|delete|replace|change|truncate|settled)", name) for each in missing)
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_the_models_are_what_the_migrations_make(engine: str, tmp_path: Path) -> None:
    with empty(engine, tmp_path) as url:
        upgrade(url, app_role=APP_ROLE)
        with as_owner(url) as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": False,
                    "include_object": lambda thing, name, kind, reflected, other: name != "ledger_position",
                },
            )
            differences = compare_metadata(context, metadata)

    assert differences == []


def test_every_sqlite_table_is_strict(tmp_path: Path) -> None:
    url = new_sqlite(tmp_path)
    with as_owner(url) as connection:
        rows = connection.exec_driver_sql("PRAGMA table_list").mappings().all()
    loose = {row["name"] for row in rows if row["type"] == "table" and not row["strict"]}

    assert {name for name in loose if not name.startswith("sqlite_")} == {"alembic_version"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failing_step_takes_all_steps_back(engine: str, tmp_path: Path) -> None:
    """Old or new, nothing between."""
    with empty(engine, tmp_path) as url:
        maker = owner_engine(url)
        with maker.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE stock_entry (id integer)")  # stands in the way
        maker.dispose()

        with pytest.raises(DBAPIError, match="already exists"):
            upgrade(url, app_role=APP_ROLE)

        assert tables(url) == {"stock_entry"}


@pytest.mark.parametrize("engine", ENGINES)
def test_migrating_a_current_database_changes_nothing(engine: str, tmp_path: Path) -> None:
    with empty(engine, tmp_path) as url:
        upgrade(url, app_role=APP_ROLE)
        before = picture(url)
        upgrade(url, app_role=APP_ROLE)

        assert picture(url) == before


def test_the_application_role_cannot_migrate(tmp_path: Path) -> None:
    with empty("postgresql", tmp_path) as url:
        with pytest.raises(DBAPIError, match="permission denied"):
            upgrade(app_url(url.database), app_role=APP_ROLE)

        assert tables(url) == set()


def test_a_missing_application_role_does_not_stop_the_owner(tmp_path: Path) -> None:
    """One role for everything is possible on a laptop; S01 says so."""
    with empty("postgresql", tmp_path) as url:
        upgrade(url, app_role="nobody_of_that_name")

        assert tables(url) == set(metadata.tables)
