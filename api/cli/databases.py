"""``reserve migrate`` and ``reserve verify``: bringing the database up to date, and proving the books."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError

from api.cli.lock import DatabaseInUse, only_writer
from api.cli.opening import REFUSED, DatabaseOption, open_database, refuse, say, settings_of, words
from api.i18n import Language
from api.worker import prepare_jobs
from migrations.run import upgrade
from reserve import verify as books
from reserve.db import Database

CLEAN = "The books are clean: {laws} laws proved up to position {position} in {seconds} s."
FINDINGS = "{findings} findings under {laws} laws, up to position {position}, in {seconds} s."


class Level(StrEnum):
    QUICK = "quick"
    FULL = "full"


def migrate(database: DatabaseOption = None) -> None:
    """升级数据库结构 · Bring the database up to date, as the owner of its tables."""
    settings = settings_of(database)
    url = settings.owner_database_url or settings.database_url
    opened = Database(url)
    try:
        with only_writer(opened):
            upgrade(url, app_role=settings.app_role)
            prepare_jobs(settings)
    except DatabaseInUse:
        refuse(
            "Another process of this system writes to {path}. Stop it first, or do the same in the browser.",
            path=opened.path,
        )
    except DBAPIError as error:
        refuse(
            "The database {url} does not answer: {error}",
            url=opened.url.render_as_string(hide_password=True),
            error=error.orig,
        )
    finally:
        opened.dispose()
    say("{url} is up to date.", url=opened.url.render_as_string(hide_password=True))


def verify(
    level: Annotated[Level, typer.Option(help="quick 快速 · full 全部")] = Level.QUICK,
    only: Annotated[list[str] | None, typer.Option(help="只查这些不变量,如 L03 · only these laws")] = None,
    since: Annotated[int | None, typer.Option(help="只查此位置之后 · only what was touched after this place")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 · for machines")] = False,
    database: DatabaseOption = None,
) -> None:
    """核对账目,只读 · Prove the books. Exit code 0: clean, 1: findings, 2: could not check."""
    with open_database(settings_of(database)) as opened:
        try:
            report = books.run(opened, level=level.value, only=tuple(only or ()), since=since)
        except ValueError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(REFUSED) from None
        except DBAPIError as error:
            refuse(
                "The database {url} does not answer: {error}",
                url=opened.url.render_as_string(hide_password=True),
                error=error.orig,
            )
    if as_json:
        typer.echo(json.dumps({**asdict(report), "clean": report.clean}, ensure_ascii=False, default=str, indent=1))
    else:
        _tell(report)
    raise typer.Exit(0 if report.clean else 1)


def _tell(report: books.Report) -> None:
    is_english = words().language is Language.EN
    for finding in report.findings:
        typer.echo(f"{finding.law}  {finding.en if is_english else finding.zh}")
        typer.echo(f"      {finding.todo_en if is_english else finding.todo_zh}")
    for law, more in report.left_out.items():
        say("{law}: {more} further findings", law=law, more=more)
    say(
        CLEAN if report.clean else FINDINGS,
        laws=len(report.laws),
        findings=len(report.findings) + sum(report.left_out.values()),
        position=report.position,
        seconds=f"{report.seconds:.1f}",
    )
