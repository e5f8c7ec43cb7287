"""``reserve demo``: build a drill database, load Hebei, tell a story, and say what came of it.

``run`` is the one thing a door needs; ``report_text.text`` renders its answer for people, ``model_dump_json`` for
machines. Drills are marked 演练 everywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr

from migrations.run import upgrade
from reserve import verify
from reserve.access.passwords import Passwords, one_time_password
from reserve.access.rules import INSTALLER
from reserve.clock import StoryClock, SystemClock, local_time
from reserve.commands import Done, Runner
from reserve.db import Database
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.organisations.queries import find_installation
from reserve.organisations.service import set_up_installation
from reserve.organisations.terms import InstallationDraft
from reserve.settings import Settings
from seed.bodies import posts
from seed.hebei import World, load
from seed.replay import Stage
from seed.report import StoryReport, report_on
from seed.stories import STORIES, tell
from seed.story import Story

Progress = Callable[[str, int, int], None]
"""Told the stage (``schema``, ``load``, ``story``, ``report``, ``verify``), how much is done, and how much there is."""

DRILL_HASHING = Settings(argon2_memory_kib=8192, argon2_time_cost=1)
"""Seventeen hashes at a tenth of the usual cost: a drill's one printed password guards nothing."""


class Verified(BaseModel):
    """What ``verify`` at level full said of the books after the story."""

    model_config = ConfigDict(frozen=True)

    clean: bool
    laws: int
    position: int
    findings: tuple[str, ...]


class DemoReport(BaseModel):
    """All that the demo has to tell."""

    model_config = ConfigDict(frozen=True)

    is_drill: bool = True
    story: str
    title_zh: str
    title_en: str
    declared_at: datetime
    ends_at: datetime
    steps: int
    seconds: float
    tables: StoryReport
    verified: Verified
    database_url: str
    logins: tuple[str, ...]
    password: str


def run(
    path_or_url: str,
    story: str = "outbreak-2021",
    *,
    owner_url: str | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> DemoReport:
    """Build, load, tell, verify. The database must be new; nothing that stands is ever overwritten.

    path_or_url  a file for SQLite, or a database URL of the application role
    owner_url    PostgreSQL: URL of the role that owns the tables, if it is another
    Raises InvalidInput for an unknown story, Conflict for a database that is in use already.
    """
    told = _story(story)
    started = time.perf_counter()
    url = path_or_url if "://" in path_or_url else f"sqlite:///{Path(path_or_url).resolve()}"
    database = _new_database(url, owner_url, progress)
    try:
        clock = StoryClock(local_time(told.opened_on, 8))
        runner = Runner(database, clock)
        password = _set_up(runner, told, progress)
        stage = Stage(runner, clock)
        tell(told, stage, progress=lambda day, done, total: progress("story", done, total))
        progress("report", 0, 1)
        tables = runner.ask(report_on, told)
        progress("report", 1, 1)
        verified = _verified(database, progress)
    finally:
        database.dispose()
    return DemoReport(
        story=told.name,
        title_zh=f"【演练】{told.title_zh}",
        title_en=f"[Drill] {told.title_en}",
        declared_at=local_time(told.declared_on, 8),
        ends_at=told.ends_at,
        steps=len(stage.played),
        seconds=round(time.perf_counter() - started, 1),
        tables=tables,
        verified=verified,
        database_url=database.url.render_as_string(hide_password=True),
        logins=tuple(post.login for post in posts()),
        password=password,
    )


def _story(name: str) -> Story:
    if name not in STORIES:
        raise InvalidInput([Problem("unknown_story", "story", " / ".join(sorted(STORIES)), name)])
    return STORIES[name]


def _new_database(url: str, owner_url: str | None, progress: Progress) -> Database:
    """A migrated database in which nothing stands yet. Raises Conflict."""
    progress("schema", 0, 1)
    database = Database(url)
    if database.path is not None and database.path.exists():
        database.dispose()
        raise Conflict(f"{database.path} exists already", found=str(database.path))
    upgrade(owner_url or url, app_role=database.url.username)
    with database.reading() as session:
        if find_installation(session) is not None:
            raise Conflict("this database is set up already", found=database.url.render_as_string(hide_password=True))
    progress("schema", 1, 1)
    return database


def _set_up(runner: Runner, story: Story, progress: Progress) -> str:
    """Mark the database as a drill and load the world; the drill password of its posts."""
    draft = InstallationDraft(
        is_drill=True,
        title_zh=f"【演练】{story.title_zh}",
        title_en=f"[Drill] {story.title_en}",
        created_at=SystemClock().now(),
        story_ends_at=story.ends_at,
    )
    runner.run(set_up_installation, draft, actor=INSTALLER, answer=Done, key="seed:installation")
    password, desk = one_time_password(), Passwords(DRILL_HASHING)
    hashes: dict[str, SecretStr] = {post.login: desk.new_hash(password, login=post.login) for post in posts()}
    world = World(story.opened_on, story.incident_code, hashes)
    load(runner, world, progress=lambda stage, done, total: progress("load", done, total))
    return password


def _verified(database: Database, progress: Progress) -> Verified:
    progress("verify", 0, 1)
    report = verify.run(database, level="full")
    progress("verify", 1, 1)
    return Verified(
        clean=report.clean,
        laws=len(report.laws),
        position=report.position,
        findings=tuple(f"{finding.law}: {finding.zh} / {finding.en}" for finding in report.findings),
    )
