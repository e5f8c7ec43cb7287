"""Work for later: written with its cause, taken up once, finished once."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.commands import Done, Runner
from reserve.drafts import Draft
from reserve.errors import Conflict, NotFound
from reserve.jobs import outbox
from reserve.jobs.models import Job, JobState
from reserve.jobs.outbox import JobNotWaiting
from tests.conftest import NOW
from tests.small_world import actor

LATER = NOW + timedelta(minutes=5)


def waiting(session: Session, subject: str = "PLAN-1") -> Job:
    return outbox.put(session, "solve", subject, {"b": 2, "甲": 1}, now=NOW)


def test_a_job_waits_with_its_cause(session: Session) -> None:
    job = waiting(session)

    assert (job.kind, job.subject, job.state, job.attempts, job.progress_percent) == (
        "solve",
        "PLAN-1",
        JobState.WAITING,
        0,
        0,
    )
    assert json.loads(job.payload) == {"b": 2, "甲": 1}
    assert [each.code for each in outbox.list_waiting(session)] == [job.code]


def test_jobs_are_taken_up_oldest_first_and_no_more_than_asked(session: Session) -> None:
    codes = [waiting(session, f"P{number}").code for number in range(3)]

    assert [each.code for each in outbox.list_waiting(session, limit=2)] == codes[:2]


def test_a_job_runs_and_is_done(session: Session) -> None:
    code = waiting(session).code
    outbox.start(session, code, now=NOW)
    job = outbox.finish(session, code, {"served": 7}, now=LATER)

    assert (job.state, job.started_at, job.finished_at, job.attempts) == (JobState.DONE, NOW, LATER, 1)
    assert (job.progress_percent, json.loads(job.result or "")) == (100, {"served": 7})
    assert outbox.list_waiting(session) == []


def test_an_interrupted_job_is_taken_up_again(session: Session) -> None:
    code = waiting(session).code
    outbox.start(session, code, now=NOW)

    assert outbox.start(session, code, now=LATER).attempts == 2


@pytest.mark.parametrize("end", ["finish", "fail"])
def test_what_has_ended_stays_as_it_ended(session: Session, end: str) -> None:
    code = waiting(session).code
    outbox.start(session, code, now=NOW)
    ended = outbox.finish(session, code, {}, now=NOW) if end == "finish" else outbox.fail(session, code, "no", now=NOW)
    state = ended.state

    for again in (
        lambda: outbox.start(session, code, now=LATER),
        lambda: outbox.finish(session, code, {"other": 1}, now=LATER),
        lambda: outbox.fail(session, code, "other", now=LATER),
    ):
        with pytest.raises(JobNotWaiting) as refusal:
            again()
        assert refusal.value.facts == {"job": code, "found": state.value}

    assert (outbox.get_job(session, code).state, outbox.get_job(session, code).finished_at) == (state, NOW)


def test_a_job_that_nobody_took_up_is_not_finished(session: Session) -> None:
    code = waiting(session).code

    with pytest.raises(JobNotWaiting):
        outbox.finish(session, code, {}, now=NOW)

    assert outbox.get_job(session, code).state is JobState.WAITING


def test_a_result_settles_a_job_whoever_worked(session: Session) -> None:
    code = waiting(session).code

    assert outbox.settle(session, code, {"served": 7}, now=NOW).state is JobState.DONE


def test_a_failed_job_keeps_its_reason(session: Session) -> None:
    job = outbox.fail(session, waiting(session).code, "out of memory", now=LATER)

    assert (job.state, job.error, job.finished_at) == (JobState.FAILED, "out of memory", LATER)


def test_an_unknown_job_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        outbox.get_job(session, "none")


class Ask(Draft):
    refused: bool


def ask_for_work(session: Session, by: Actor, draft: Ask, *, now: datetime, today: date) -> Done:
    waiting(session)
    if draft.refused:
        raise Conflict("no")
    return Done()


def test_work_is_asked_for_only_together_with_its_cause(runner: Runner) -> None:
    with pytest.raises(Conflict):
        runner.run(ask_for_work, Ask(refused=True), actor=actor(), answer=Done)
    assert runner.ask(outbox.list_waiting) == []

    runner.run(ask_for_work, Ask(refused=False), actor=actor(), answer=Done)
    assert [each.subject for each in runner.ask(outbox.list_waiting)] == ["PLAN-1"]
