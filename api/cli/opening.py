"""Opening the database for a command: it must be there, be up to date and keep its promises."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.cli.lock import DatabaseInUse, only_writer
from api.i18n import Language, Text, text_in
from migrations.run import configuration
from reserve.clock import Clock, DrillClock, SystemClock
from reserve.commands import Runner
from reserve.db import Database, UnsafeDatabase
from reserve.organisations.queries import find_installation
from reserve.papers.reading import latest_recorded_at
from reserve.settings import Settings

REFUSED = 2
"""Exit code when a command could not be done."""

DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", help="文件或 URL,默认取 RESERVE_DATABASE_URL · file or URL of the database"),
]


def settings_of(database: str | None) -> Settings:
    """Settings from the environment, on another database where one is named."""
    if database is None:
        return Settings()
    if "://" in database:
        return Settings(database_url=database)
    return Settings(database_url=f"sqlite:///{Path(database).resolve()}", owner_database_url=None)


_asked: ContextVar[str | None] = ContextVar("asked", default=None)


def _speak(command: typer.Context, lang: str | None) -> str | None:
    """Speak this language until the command ends."""
    token = _asked.set(lang)
    command.call_on_close(lambda: _asked.reset(token))
    return lang


LanguageOption = Annotated[
    str | None, typer.Option("--lang", callback=_speak, help="zh 中文 · en English,默认取 RESERVE_LANG")
]


def words() -> Text:
    """The command's language: its ``--lang``, else RESERVE_LANG; Chinese unless English is asked for."""
    asked = _asked.get() or os.environ.get("RESERVE_LANG", "")
    return text_in(Language.EN if asked.startswith("en") else Language.ZH)


def say(message: str, /, **facts: object) -> None:
    typer.echo(words().say(message, **facts))


def refuse(message: str, /, **facts: object) -> NoReturn:
    """Say why not and what to do, and end with exit code 2."""
    typer.echo(words().say(message, **facts), err=True)
    raise typer.Exit(REFUSED)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database, checked. Ends the command with a sentence when it is missing, unmigrated, unreachable or unsafe."""
    database = Database(settings.database_url)
    try:
        _check(database)
        yield database
    finally:
        database.dispose()


@contextmanager
def open_to_write(settings: Settings) -> Iterator[Runner]:
    """A runner for commands that write; on SQLite this process is the only writer for as long."""
    with open_database(settings) as database:
        try:
            with only_writer(database):
                yield Runner(database, clock_of(database))
        except DatabaseInUse:
            refuse(
                "Another process of this system writes to {path}. Stop it first, or do the same in the browser.",
                path=database.path,
            )


def clock_of(database: Database) -> Clock:
    """Real time; in a drill the clock that goes on from the last instant written down, so that time never goes back."""
    with database.reading() as session:
        last = _last_instant(session)
    return SystemClock() if last is None else DrillClock(last - datetime.now(UTC))


def _last_instant(session: Session) -> datetime | None:
    """None outside a drill."""
    installation = find_installation(session)
    if installation is None or not installation.is_drill:
        return None
    instants = [installation.story_ends_at, latest_recorded_at(session)]
    return max((instant for instant in instants if instant is not None), default=installation.created_at)


def _check(database: Database) -> None:
    if database.path is not None and not database.path.exists():
        refuse("There is no database at {path}. Run: reserve migrate", path=database.path)
    try:
        with database.read.connect() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
    except DBAPIError as error:
        refuse(
            "The database {url} does not answer: {error}",
            url=database.url.render_as_string(hide_password=True),
            error=error.orig,
        )
    wanted = ScriptDirectory.from_config(configuration()).get_heads()
    if set(found) != set(wanted):
        refuse(
            "The database is at revision {found}, this program needs {wanted}. Run: reserve migrate",
            found=", ".join(found) or "–",
            wanted=", ".join(wanted),
        )
    try:
        warnings = database.check_settings()
    except UnsafeDatabase as error:
        refuse("The database does not keep what the books rest on: {error}", error=error)
    for warning in warnings:
        typer.echo(warning, err=True)
