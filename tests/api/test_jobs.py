"""Jobs are handed over under their own code, stored once, and a failure is an answer too."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api import jobs
from api.jobs import Dispatcher, JobHandler, Outcome
from api.solving import SOLVERS, SolveFailed, solve, solve_in_child
from optimizer.dispatch.plan import Plan
from reserve.authority import Actor
from reserve.commands import Done, Runner
from reserve.drafts import Draft
from reserve.errors import Conflict
from reserve.jobs import outbox
from reserve.jobs.models import Job, JobState
from tests.conftest import NOW
from tests.optimizer import worlds


@dataclass
class Bench:
    """A queue of solves on a bench: the test says what came out."""

    handed: list[tuple[str, str, str]] = field(default_factory=list)
    done: dict[str, Outcome] = field(default_factory=dict)

    def hand_over(self, code: str, kind: str, text: str) -> None:
        self.handed.append((code, kind, text))

    def outcome(self, code: str) -> Outcome | None:
        return self.done.get(code)


class Stored(Draft):
    code: str
    error: str | None = None


def record(session: Session, actor: Actor, draft: Stored, *, now: object, today: object) -> Job:
    if draft.error is not None:
        return outbox.fail(session, draft.code, draft.error, now=NOW)
    return outbox.finish(session, draft.code, {}, now=NOW)


def store(runner: Runner, job: Job, result: str) -> None:
    if result == "wrong":
        raise Conflict("the checker says no")
    run(runner, Stored(code=job.code))


def run(runner: Runner, draft: Stored) -> None:
    answer: type[BaseModel] = Done
    runner.run(record, draft, actor=jobs.WORKER, answer=answer, key=f"{draft.code}-{draft.error}")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    handler = JobHandler(
        prepare=lambda session, job: f"all that {job.subject} needs",
        store=store,
        fail=lambda runner, job, error: run(runner, Stored(code=job.code, error=error)),
    )
    monkeypatch.setattr(jobs, "JOB_HANDLERS", {"cake": handler})
    return Bench()


@pytest.fixture
def job(runner: Runner) -> str:
    with runner.database.writing() as session:
        code = outbox.put(session, "cake", "PLAN-1", {}, now=NOW).code
        session.commit()
    return code


def found(runner: Runner, code: str) -> Job:
    return runner.ask(outbox.get_job, code)


def test_a_waiting_job_is_handed_over_once_under_its_own_code(runner: Runner, bench: Bench, job: str) -> None:
    dispatcher = Dispatcher(runner, bench)

    dispatcher.turn()
    dispatcher.turn()

    assert bench.handed == [(job, "cake", "all that PLAN-1 needs")]
    assert found(runner, job).state is JobState.RUNNING


def test_notices_in_the_outbox_do_not_hold_up_solves(runner: Runner, bench: Bench) -> None:
    """The core also tells of issued orders and broken holds there; nobody solves those."""
    with runner.database.writing() as session:
        notice = outbox.put(session, "order_issued", "DSP-1", {}, now=NOW).code
        code = outbox.put(session, "cake", "PLAN-1", {}, now=NOW).code
        session.commit()

    Dispatcher(runner, bench).turn()

    assert [handed for handed, _, _ in bench.handed] == [code]
    assert found(runner, notice).state is JobState.WAITING


def test_what_comes_back_is_stored_and_not_asked_for_again(runner: Runner, bench: Bench, job: str) -> None:
    dispatcher = Dispatcher(runner, bench)
    bench.done[job] = Outcome("baked")

    dispatcher.turn()
    dispatcher.turn()

    assert found(runner, job).state is JobState.DONE


def test_a_solve_that_failed_says_why(runner: Runner, bench: Bench, job: str) -> None:
    bench.done[job] = Outcome(None, "the oven is cold")

    Dispatcher(runner, bench).turn()

    assert (found(runner, job).state, found(runner, job).error) == (JobState.FAILED, "the oven is cold")


def test_an_answer_that_is_refused_is_a_failure_and_not_asked_for_ever(runner: Runner, bench: Bench, job: str) -> None:
    bench.done[job] = Outcome("wrong")

    Dispatcher(runner, bench).turn()

    assert (found(runner, job).state, found(runner, job).error) == (JobState.FAILED, "the checker says no")


def test_a_crash_between_handing_over_and_writing_down_repeats_harmlessly(
    runner: Runner, bench: Bench, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher = Dispatcher(runner, bench)

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(runner, "run", crash)
        with pytest.raises(RuntimeError):
            dispatcher.turn()
    assert found(runner, job).state is JobState.WAITING
    dispatcher.turn()

    assert [code for code, _, _ in bench.handed] == [job, job]
    assert found(runner, job).attempts == 1


def test_every_kind_of_job_has_a_solver() -> None:
    assert set(jobs.JOB_HANDLERS) == set(SOLVERS)


def plan_task() -> str:
    policy = {"fairness": "max_min", "kappa": 1.0}
    return json.dumps({"instance": worlds.make_world().to_json(), "policy": policy, "pins": []})


def test_a_plan_is_solved_with_its_reasons_and_yardsticks() -> None:
    answer = json.loads(solve("dispatch_plan", plan_task()))

    assert set(answer) == {"plan", "explanation", "yardsticks", "changes"}
    assert Plan.from_json(answer["plan"]).to_json() == answer["plan"]
    assert set(json.loads(answer["yardsticks"])) == {"plan", "nearest_first", "pro_rata", "per_item_flow"}


def test_a_fault_in_the_child_is_told_in_one_sentence() -> None:
    with pytest.raises(SolveFailed, match="KeyError: 'policy'"):
        solve_in_child("dispatch_plan", "{}")


def test_a_solve_that_hangs_is_ended() -> None:
    with pytest.raises(SolveFailed, match="no answer within 0 s"):
        solve_in_child("dispatch_plan", "{}", wall_s=0.01)
