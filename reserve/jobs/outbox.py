"""Putting work into the outbox, and moving it along. Called inside a command's transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.errors import Conflict, NotFound
from reserve.identifiers import uuid7
from reserve.jobs.models import Job, JobState


class JobNotWaiting(Conflict):
    """Somebody else works on it or has finished it."""

    code = "job_not_waiting"


def put(session: Session, kind: str, subject: str, payload: Mapping[str, Any], *, now: datetime) -> Job:
    """Ask for work, in the same transaction as its cause."""
    job = Job(
        code=str(uuid7()),
        kind=kind,
        subject=subject,
        payload=json.dumps(payload, ensure_ascii=False, sort_keys=True),
        state=JobState.WAITING,
        created_at=now,
        attempts=0,
        progress_percent=0,
    )
    session.add(job)
    session.flush()
    return job


def get_job(session: Session, code: str) -> Job:
    job = session.scalar(select(Job).where(Job.code == code))
    if job is None:
        raise NotFound("job", code)
    return job


def is_open(session: Session, kind: str, subject: str) -> bool:
    """Whether work of a kind on a subject waits or runs."""
    open_states = (JobState.WAITING, JobState.RUNNING)
    found = select(Job.id).where(Job.kind == kind, Job.subject == subject, Job.state.in_(open_states)).limit(1)
    return session.scalar(found) is not None


def list_waiting(session: Session, limit: int = 100, *, kinds: Collection[str] | None = None) -> Sequence[Job]:
    """Jobs nobody has taken up, oldest first; only of some kinds where any are named."""
    waiting = select(Job).where(Job.state == JobState.WAITING)
    if kinds is not None:
        waiting = waiting.where(Job.kind.in_(kinds))
    return session.scalars(waiting.order_by(Job.id).limit(limit)).all()


def start(session: Session, code: str, *, now: datetime) -> Job:
    """Take a job up. A job that ran and was interrupted may be taken up again; a finished one may not."""
    job = get_job(session, code)
    if job.state not in (JobState.WAITING, JobState.RUNNING):
        raise JobNotWaiting(f"job {code} is {job.state}", job=code, found=job.state)
    job.state = JobState.RUNNING
    job.started_at = now
    job.attempts += 1
    return job


def finish(session: Session, code: str, result: Mapping[str, Any], *, now: datetime) -> Job:
    job = get_job(session, code)
    if job.state is not JobState.RUNNING:
        raise JobNotWaiting(f"job {code} is {job.state}", job=code, found=job.state)
    job.state = JobState.DONE
    job.finished_at = now
    job.progress_percent = 100
    job.result = json.dumps(result, ensure_ascii=False, sort_keys=True)
    return job


def settle(session: Session, code: str, result: Mapping[str, Any], *, now: datetime) -> Job:
    """Mark a job done by its result, whether or not somebody had taken it up: the result is what counts."""
    job = get_job(session, code)
    if job.state is JobState.WAITING:
        start(session, code, now=now)
    return finish(session, code, result, now=now)


def fail(session: Session, code: str, error: str, *, now: datetime) -> Job:
    """Give a job up with the reason. A job that is done stays done."""
    job = get_job(session, code)
    if job.state not in (JobState.WAITING, JobState.RUNNING):
        raise JobNotWaiting(f"job {code} is {job.state}", job=code, found=job.state)
    job.state = JobState.FAILED
    job.finished_at = now
    job.error = error
    return job


def list_running(session: Session, limit: int = 100) -> Sequence[Job]:
    """Jobs taken up and not finished, oldest first."""
    return session.scalars(select(Job).where(Job.state == JobState.RUNNING).order_by(Job.id).limit(limit)).all()
