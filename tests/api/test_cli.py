"""The command line, as a stranger would use it: on an empty folder, with settings from the environment."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.lock import DatabaseInUse, lock_file, only_writer
from api.cli.main import app
from reserve.access import queries
from reserve.access.passwords import Passwords
from reserve.access.queries import load_actor
from reserve.access.terms import Role
from reserve.authority import Permission
from reserve.clock import SystemClock
from reserve.commands import Runner
from reserve.db import Database
from reserve.settings import Settings
from tests.databases import new_sqlite
from tests.reserve.access.people import settle


@pytest.fixture
def settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A migrated SQLite file with a few governments, which the environment points at."""
    url = new_sqlite(tmp_path)
    monkeypatch.setenv("RESERVE_DATABASE_URL", url)
    monkeypatch.setenv("RESERVE_ARGON2_MEMORY_KIB", "8")
    monkeypatch.setenv("RESERVE_ARGON2_TIME_COST", "1")
    monkeypatch.setenv("RESERVE_LANG", "en")
    database = Database(url)
    with database.writing() as session:
        settle(session)
        session.commit()
    yield database
    database.dispose()


def reserve(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


@pytest.mark.parametrize(
    "command", [(), ("demo",), ("serve",), ("worker",), ("migrate",), ("verify",), ("user",), ("user", "add")]
)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    result = reserve(*command, "--help")

    assert result.exit_code == 0
    assert "Usage" in result.output


def test_a_missing_database_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESERVE_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite")

    result = reserve("verify")

    assert result.exit_code == 2
    assert "没有数据库。请运行:reserve migrate" in result.output
    assert not (tmp_path / "none.sqlite").exists()


def test_language_asked_of_one_command_is_not_that_of_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESERVE_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite")

    first, second = reserve("surge", "--lang", "en"), reserve("surge")

    assert first.output.startswith("There is no database at ")
    assert "没有数据库。" in second.output


def test_an_unmigrated_database_is_refused_and_migrate_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new.sqlite"
    path.touch()
    monkeypatch.setenv("RESERVE_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("RESERVE_LANG", "en")

    before, migrated, after = reserve("serve"), reserve("migrate"), reserve("verify", "--level", "full")

    assert (before.exit_code, migrated.exit_code, after.exit_code) == (2, 0, 0)
    assert "The database is at revision –, this program needs " in before.output
    assert "The books are clean" in after.output


def test_verify_names_what_it_finds_and_ends_with_1(settled: Database) -> None:
    import sqlalchemy as sa

    engine = sa.create_engine(settled.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_stock_entry_update")
    engine.dispose()

    plain, for_machines = reserve("verify"), reserve("verify", "--json")

    assert (plain.exit_code, for_machines.exit_code) == (1, 1)
    assert "S01" in plain.output
    assert "guard_stock_entry_update" in plain.output
    assert '"clean": false' in for_machines.output


def test_a_new_user_gets_a_one_time_password_and_a_role_in_force(settled: Database) -> None:
    result = reserve(
        "user",
        "add",
        "wang",
        "--name",
        "王",
        "--organisation",
        "130100",
        "--role",
        "security_officer",
        "--scope",
        "130000",
    )

    assert result.exit_code == 0, result.output
    password = result.output.strip().rsplit(" ", 1)[-1]
    runner = Runner(settled, SystemClock())
    stored, _ = runner.ask(queries.sign_in_facts, "wang")
    assert Passwords(Settings()).fits(password, stored)
    user = runner.ask(queries.get_user, "wang")
    assert user.must_change_password
    grants = runner.ask(queries.list_grants, ["/"], login="wang")
    assert [(grant.role, grant.organisation_code, grant.confirmed_at is not None) for grant in grants] == [
        (Role.SECURITY_OFFICER, "130000", True)
    ]
    assert not runner.ask(load_actor, user.id, SystemClock().now()).has(Permission.GRANT_WRITE)


def test_a_password_can_be_typed_and_must_be_good(settled: Database) -> None:
    arguments = ("user", "add", "wang", "--name", "王", "--organisation", "130100", "--ask-password")

    weak = reserve(*arguments, typed="short\nshort\n")
    good = reserve(*arguments, typed="correct horse battery\ncorrect horse battery\n")

    assert (weak.exit_code, good.exit_code) == (2, 0)
    assert "at least 15 characters" in weak.output
    assert "correct horse battery" not in good.output
    assert not Runner(settled, SystemClock()).ask(queries.get_user, "wang").must_change_password


def test_a_bad_login_is_said_field_by_field(settled: Database) -> None:
    result = reserve("user", "add", "Wang Li", "--name", "王", "--organisation", "130100")

    assert result.exit_code == 2
    assert "login: The form is wrong." in result.output


def test_an_unknown_organisation_changes_nothing(settled: Database) -> None:
    result = reserve("user", "add", "wang", "--name", "王", "--organisation", "139999")

    assert result.exit_code == 2
    assert "no organisation 139999" in result.output
    assert Runner(settled, SystemClock()).ask(queries.find_user, "wang") is None


def test_only_one_process_writes_at_a_time(settled: Database) -> None:
    assert settled.path is not None
    with only_writer(settled):
        again = reserve("user", "add", "wang", "--name", "王", "--organisation", "130100")
        migrating = reserve("migrate")
        serving = reserve("serve")
        reading = reserve("verify")

    assert [again.exit_code, migrating.exit_code, serving.exit_code, reading.exit_code] == [2, 2, 2, 0]
    assert "Another process of this system writes to" in again.output
    with only_writer(settled):
        assert lock_file(settled.path).exists()


def test_the_lock_is_refused_to_a_second_holder(settled: Database) -> None:
    with only_writer(settled), pytest.raises(DatabaseInUse), only_writer(settled):
        raise AssertionError("unreachable")


def test_several_web_processes_need_postgresql(settled: Database) -> None:
    result = reserve("serve", "--processes", "2")

    assert result.exit_code == 2
    assert "need PostgreSQL" in result.output


def test_a_demo_never_overwrites_what_stands(settled: Database) -> None:
    assert settled.path is not None
    before = settled.path.read_bytes()

    result = reserve("demo", "--database", str(settled.path), "--lang", "en")

    assert result.exit_code == 2
    assert "stands already and is left as it is. Open it with: reserve serve --database" in result.output
    assert settled.path.read_bytes() == before


def test_an_unknown_story_is_said_with_those_that_are_known(tmp_path: Path) -> None:
    result = reserve("demo", "--database", str(tmp_path / "new.sqlite"), "--story", "earthquake")

    assert result.exit_code == 2
    assert "没有这个演练故事。" in result.output
    assert "outbreak-2021" in result.output
    assert not (tmp_path / "new.sqlite").exists()


@contextmanager
def served(port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli.main import app; app()", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answers(url: str, within_s: float = 60) -> int:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return int(answer.status)
        except OSError:
            time.sleep(0.2)
    return 0


def test_a_started_server_answers_and_its_death_frees_the_lock(settled: Database, free_port: int) -> None:
    with served(free_port):
        assert answers(f"http://127.0.0.1:{free_port}/ready") == 200
        second = reserve("user", "add", "wang", "--name", "王", "--organisation", "130100")
    after = reserve("user", "add", "wang", "--name", "王", "--organisation", "130100")

    assert (second.exit_code, after.exit_code) == (2, 0)


@pytest.fixture
def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
