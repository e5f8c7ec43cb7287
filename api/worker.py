"""Durable solves by DBOS: a queue that survives any process, on a file of its own or a schema of its own.

The server enqueues under the job's code and asks for the outcome; workers on any number of machines solve. A solve is
one step of one workflow and may be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy.engine import make_url

from api.jobs import Outcome
from api.solving import WALL_S, SolveFailed, solve_in_child
from reserve.settings import Settings

NAME = "jibei"
SCHEMA = "dbos"
QUEUE = "solves"
WORKFLOW = "solve"
VERSION = "1"
"""Of the workflow, set by hand: raise it when a running solve could not be finished by new code."""
DEAD_AFTER = timedelta(seconds=WALL_S + 60)
"""No living worker takes longer; a solve that is older waits for a worker that died."""


def jobs_url(settings: Settings, *, owner: bool = False) -> str:
    """Where DBOS keeps its tables: a file beside the ledger's, or a schema of its own in the same PostgreSQL."""
    path = settings.sqlite_path
    if path is not None:
        return f"sqlite:///{path.with_name(path.name + '.jobs')}"
    url = (settings.owner_database_url if owner else None) or settings.database_url
    return make_url(url).render_as_string(hide_password=False)


def prepare_jobs(settings: Settings) -> None:
    """Make or bring up to date DBOS's own tables, as their owner."""
    role = None if settings.sqlite_path is not None else settings.app_role
    DBOS.migrate(jobs_url(settings, owner=True), schema=SCHEMA, application_role=role)


@DBOS.step(name="solve_in_child")
def _solve_step(kind: str, text: str) -> tuple[str | None, str | None]:
    try:
        return solve_in_child(kind, text), None
    except SolveFailed as failure:
        return None, str(failure)


@DBOS.workflow(name=WORKFLOW)
def _solve_workflow(kind: str, text: str) -> tuple[str | None, str | None]:
    return _solve_step(kind, text)


@contextmanager
def solving(settings: Settings, executor: str) -> Iterator[None]:
    """Take solves from the queue, one at a time, for as long as this lasts. Not inside a running event loop.

    executor  fixed for each slot, so that a restarted worker takes up what it left
    """
    DBOS(
        config=DBOSConfig(
            name=NAME,
            system_database_url=jobs_url(settings),
            dbos_system_schema=SCHEMA,
            application_version=VERSION,
            executor_id=executor,
            log_level="WARNING",
            enable_otlp=False,
            run_migrations=settings.sqlite_path is not None,
        )
    )
    DBOS.launch()
    try:
        DBOS.register_queue(QUEUE, worker_concurrency=1)
        yield
    finally:
        DBOS.destroy()


class DurableQueue:
    """The server's side: asks for solves and looks what became of them."""

    def __init__(self, settings: Settings) -> None:
        self._client = DBOSClient(system_database_url=jobs_url(settings), dbos_system_schema=SCHEMA)

    def hand_over(self, code: str, kind: str, text: str) -> None:
        self._client.enqueue(
            {"queue_name": QUEUE, "workflow_name": WORKFLOW, "workflow_id": code, "app_version": VERSION}, kind, text
        )

    def outcome(self, code: str) -> Outcome | None:
        found = self._client.list_workflows(workflow_ids=[code])
        if not found:
            return Outcome(None, "the queue does not know this job")
        status = found[0]
        if status.status == "SUCCESS":
            result, error = status.output or (None, "the solve gave no answer")
            return Outcome(result, error)
        if status.status in ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"):
            return Outcome(None, f"{status.status}: {status.error}")
        if status.status == "PENDING" and _age(status.updated_at) > DEAD_AFTER:
            self._client.resume_workflow(code)
        return None

    def close(self) -> None:
        self._client.destroy()


def _age(milliseconds: int | None) -> timedelta:
    if milliseconds is None:
        return timedelta(0)
    return datetime.now(UTC) - datetime.fromtimestamp(milliseconds / 1000, UTC)
