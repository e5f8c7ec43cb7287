"""Work for later: takes rows out of the outbox, hands them to whoever solves, stores what comes back.

A row goes over under its own code, so that handing it over twice has one effect; its result is stored under a request
key made of the code, so that storing it twice has one effect too. Whoever solves touches no database of ours.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from api.solving import first_answer
from optimizer.limits import Rung
from reserve.access.rules import WORKER
from reserve.authority import Actor, Permission, require
from reserve.commands import Done, Runner
from reserve.dispatch import plans, studies, study_queries
from reserve.dispatch import queries as dispatch_queries
from reserve.dispatch.drafts import PlanFailureDraft, PlanResultDraft, StudyFailureDraft, StudyResultDraft
from reserve.drafts import Draft
from reserve.errors import Refusal
from reserve.jobs import outbox
from reserve.jobs.models import Job
from reserve.stock import queries as stock_queries
from reserve.stock.drafts import ExpirySweepDraft
from reserve.stock.service import sweep_expired_holds

TURN_S = 1.0
MAX_PAUSE_S = 60.0
SWEEP_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a solve: its result, or in one sentence why there is none."""

    result: str | None
    error: str | None = None


class SolveQueue(Protocol):
    """Where solves wait and run: durable in a running system, at once in tests."""

    def hand_over(self, code: str, kind: str, text: str) -> None:
        """Ask for a solve under a code. The same code again changes nothing."""
        ...

    def outcome(self, code: str) -> Outcome | None:
        """What became of it; None while it runs."""
        ...


@dataclass(frozen=True, slots=True)
class JobHandler:
    """How one kind of job is made ready for a solver, and where its answer goes.

    prepare  everything the solver needs, as one JSON text
    store    runs the verb that records the answer
    fail     runs the verb that records why there is none
    first    records what can be said at once, while the solver works
    """

    prepare: Callable[[Session, Job], str]
    store: Callable[[Runner, Job, str], None]
    fail: Callable[[Runner, Job, str], None]
    first: Callable[[Runner, Job], None] = lambda runner, job: None


class JobDraft(Draft):
    code: str


def take_up(session: Session, actor: Actor, draft: JobDraft, *, now: datetime, today: date) -> Done:
    """Mark a job as handed over."""
    require(actor, Permission.SYSTEM)
    outbox.start(session, draft.code, now=now)
    return Done()


class Dispatcher:
    """Carries jobs between the outbox and the queue of solves. One turn is one pass; a thread turns until stopped."""

    def __init__(self, runner: Runner, queue: SolveQueue) -> None:
        self.runner = runner
        self.queue = queue
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._swept_at: datetime | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def turn(self) -> None:
        """Hand over what waits, store what is ready, end holds whose time has passed."""
        for job in self.runner.ask(outbox.list_waiting, kinds=tuple(JOB_HANDLERS)):
            handler = JOB_HANDLERS[job.kind]
            self.queue.hand_over(job.code, job.kind, self.runner.ask(handler.prepare, job))
            self.runner.run(take_up, JobDraft(code=job.code), actor=WORKER, answer=Done, key=f"take-up:{job.code}")
            handler.first(self.runner, job)
        for job in self.runner.ask(outbox.list_running):
            outcome = self.queue.outcome(job.code)
            if outcome is not None:
                self._store(JOB_HANDLERS[job.kind], job, outcome)
        self._sweep()

    def _store(self, handler: JobHandler, job: Job, outcome: Outcome) -> None:
        error = outcome.error
        if outcome.result is not None:
            try:
                handler.store(self.runner, job, outcome.result)
            except (plans.PlanAnswered, studies.StudyAnswered):
                return
            except Refusal as refusal:  # the answer is wrong: say so instead of asking for it for ever
                error = str(refusal)
            else:
                return
        handler.fail(self.runner, job, error or "no answer")

    def _sweep(self) -> None:
        now = self.runner.clock.now()
        if self._swept_at is not None and now - self._swept_at < SWEEP_EVERY:
            return
        self._swept_at = now
        if self.runner.ask(stock_queries.open_holds, expired_at=now, limit=1):
            self.runner.run(sweep_expired_holds, ExpirySweepDraft(), actor=WORKER, answer=Done)

    def _run(self) -> None:
        pause_s = TURN_S
        while not self._stop.wait(pause_s):
            try:
                self.turn()
                pause_s = TURN_S
            except Exception as error:
                # A turn that failed is tried again, ever more slowly: every step of it may be repeated.
                pause_s = min(2 * pause_s, MAX_PAUSE_S)
                log.error("dispatcher", error=type(error).__name__, exc_info=error)


def _prepare_plan(session: Session, job: Job) -> str:
    request = dispatch_queries.get_plan(session, job.subject)
    return json.dumps(dispatch_queries.solve_task(request, _rung(job)), ensure_ascii=False)


def _rung(job: Job) -> Rung:
    """How far this job climbs: the guide first, which is in small worlds the top already."""
    return Rung(json.loads(job.payload).get("rung", Rung.GUIDE))


def _first_plan(runner: Runner, job: Job) -> None:
    if _rung(job) is Rung.GUIDE:
        answer = first_answer(dispatch_queries.solve_task(runner.ask(dispatch_queries.get_plan, job.subject)))
        if answer is not None:
            draft = PlanResultDraft(plan_code=job.subject, goes_on=True, **answer)
            runner.run(plans.record_plan, draft, actor=WORKER, answer=Done, key=f"job-first:{job.code}")


def _store_plan(runner: Runner, job: Job, result: str) -> None:
    draft = PlanResultDraft(plan_code=job.subject, job_code=job.code, **json.loads(result))
    runner.run(plans.record_plan, draft, actor=WORKER, answer=Done, key=f"job:{job.code}")


def _fail_plan(runner: Runner, job: Job, error: str) -> None:
    draft = PlanFailureDraft(plan_code=job.subject, job_code=job.code, error=error)
    runner.run(plans.record_plan_failure, draft, actor=WORKER, answer=Done, key=f"job-failed:{job.code}")


def _prepare_study(session: Session, job: Job) -> str:
    study = study_queries.get_study(session, job.subject)
    return json.dumps(study_queries.study_task(session, study), ensure_ascii=False)


def _store_study(runner: Runner, job: Job, result: str) -> None:
    draft = StudyResultDraft(study_code=job.subject, **json.loads(result))
    runner.run(studies.record_study, draft, actor=WORKER, answer=Done, key=f"job:{job.code}")


def _fail_study(runner: Runner, job: Job, error: str) -> None:
    draft = StudyFailureDraft(study_code=job.subject, error=error)
    runner.run(studies.record_study_failure, draft, actor=WORKER, answer=Done, key=f"job-failed:{job.code}")


JOB_HANDLERS: Mapping[str, JobHandler] = {
    plans.JOB_KIND: JobHandler(_prepare_plan, _store_plan, _fail_plan, _first_plan),
    studies.JOB_KIND: JobHandler(_prepare_study, _store_study, _fail_study),
}
"""Every kind of job that the core writes into its outbox."""
