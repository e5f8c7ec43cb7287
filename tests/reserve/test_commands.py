"""The only road to a commit: one effect for each key, the same answer byte for byte, nothing left of a refusal."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from reserve import commands
from reserve.audit import queries as audit_queries
from reserve.audit.models import AuditEntry, Outcome, RequestKey
from reserve.authority import Actor, Grant, Permission, require
from reserve.clock import StoryClock, local_day
from reserve.commands import MAX_TRIES, Busy, Runner, StorageTrouble
from reserve.db import Database
from reserve.drafts import Draft
from reserve.errors import Conflict, NotAllowed, RequestKeyReused
from reserve.jobs import outbox
from reserve.jobs.models import Job
from reserve.looking import Seen, looks_first

ACTOR = Actor(7, 70, "keeper", (Grant("keeper", "/", frozenset({Permission.STOCK_RECEIVE})),))
OTHER = Actor(8, 80, "other", ACTOR.grants)
GUEST = Actor(9, 90, "guest")


class NoteDraft(Draft):
    text: str
    reason: str = ""
    password: str = ""


class NoteOut(BaseModel):
    code: str
    subject: str


def note(session: Session, actor: Actor, draft: NoteDraft, *, now: datetime, today: date) -> Job:
    """A verb with one visible effect: a row in the outbox."""
    require(actor, Permission.STOCK_RECEIVE)
    job = outbox.put(session, "note", draft.text, {"on": today.isoformat()}, now=now)
    if draft.text == "refuse":
        raise Conflict("not now")
    return job


class Stubborn:
    """A verb that fails so many times, after its work, in the way of a database."""

    __name__ = "stubborn"

    def __init__(self, times: int, error: Callable[[], Exception]) -> None:
        self.times, self.error = times, error
        self.tries: list[datetime] = []

    def __call__(self, session: Session, actor: Actor, draft: NoteDraft, *, now: datetime, today: date) -> Job:
        self.tries.append(now)
        job = note(session, actor, draft, now=now, today=today)
        if len(self.tries) <= self.times:
            raise self.error()
        return job


class DatabaseSays(Exception):
    """What a driver raises, with the state of the standard."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        self.sqlstate = sqlstate
        super().__init__(text)


def failing(text: str, sqlstate: str | None = None, *, hung_up: bool = False) -> Callable[[], Exception]:
    return lambda: OperationalError("…", {}, DatabaseSays(text, sqlstate), connection_invalidated=hung_up)


def counted(runner: Runner, model: type[Any]) -> int:
    return runner.ask(lambda session: session.scalar(select(func.count()).select_from(model)) or 0)


def effects(runner: Runner) -> tuple[int, int, int]:
    """(jobs, request keys, audit entries)"""
    return counted(runner, Job), counted(runner, RequestKey), counted(runner, AuditEntry)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "FIRST_PAUSE_S", 0.0)


# --- one effect, one answer -----------------------------------------------------------------------------------------


def test_the_same_key_has_one_effect_and_the_same_bytes(runner: Runner) -> None:
    first = runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")
    again = runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")

    assert (first.replayed, again.replayed) == (False, True)
    assert first.body == again.body
    assert again.value == first.value
    assert effects(runner) == (1, 1, 1)


def test_the_stored_bytes_are_given_even_when_the_row_has_changed_since(runner: Runner) -> None:
    first = runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")
    with runner.database.writing() as session:
        session.execute(sa.update(Job).values(subject="changed"))
        session.commit()

    assert runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1").body == first.body


def test_another_body_under_the_same_key_is_refused_and_changes_nothing(runner: Runner) -> None:
    runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")

    with pytest.raises(RequestKeyReused):
        runner.run(note, NoteDraft(text="b"), actor=ACTOR, answer=NoteOut, key="k1")

    assert effects(runner) == (1, 1, 1)


def test_another_verb_under_the_same_key_is_refused(runner: Runner) -> None:
    runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")

    with pytest.raises(RequestKeyReused):
        runner.run(Stubborn(0, failing("")), NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")


def test_keys_belong_to_their_users(runner: Runner) -> None:
    for actor in (ACTOR, OTHER):
        runner.run(note, NoteDraft(text="a"), actor=actor, answer=NoteOut, key="k1")

    assert effects(runner) == (2, 2, 2)


def test_requests_without_a_key_are_different_requests(runner: Runner) -> None:
    for _ in range(2):
        runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut)

    assert effects(runner) == (2, 2, 2)


def test_many_senders_of_one_key_get_one_answer(runner: Runner) -> None:
    answers, barrier = [], threading.Barrier(6)

    def send() -> None:
        barrier.wait()
        answers.append(runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1"))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({answer.body for answer in answers}) == 1
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 5
    assert effects(runner) == (1, 1, 1)


# --- refusals -------------------------------------------------------------------------------------------------------


def test_a_refusal_leaves_nothing_and_the_key_is_free_again(runner: Runner) -> None:
    with pytest.raises(Conflict):
        runner.run(note, NoteDraft(text="refuse"), actor=ACTOR, answer=NoteOut, key="k1")

    assert effects(runner) == (0, 0, 0)
    assert not runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1").replayed


def test_an_attempt_beyond_ones_rights_is_recorded(runner: Runner) -> None:
    with pytest.raises(NotAllowed):
        runner.run(note, NoteDraft(text="a"), actor=GUEST, answer=NoteOut, key="k1")

    assert effects(runner) == (0, 0, 1)
    (entry,) = runner.ask(audit_queries.list_entries)
    assert (entry.outcome, entry.refusal, entry.verb, entry.person_id) == (Outcome.REFUSED, "not_allowed", "note", 90)


def test_every_command_is_audited_without_its_secrets(runner: Runner, clock: StoryClock) -> None:
    draft = NoteDraft(text="a", reason="because", password="hidden")
    answer = runner.run(note, draft, actor=ACTOR, answer=NoteOut, key="k1")

    (entry,) = runner.ask(audit_queries.list_entries)
    assert (entry.user_id, entry.person_id, entry.verb, entry.request_key) == (7, 70, "note", "k1")
    assert (entry.outcome, entry.reason, entry.subject) == (Outcome.DONE, "because", answer.value.code)
    assert json.loads(entry.content) == {"text": "a", "reason": "because", "password": "***"}
    assert entry.recorded_at == clock.now()


# --- trying again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        failing("could not serialize access", "40001"),
        failing("deadlock detected", "40P01"),
        failing("canceling statement due to lock timeout", "55P03"),
        failing("database is locked"),
        failing("database table is locked"),
        failing("server closed the connection unexpectedly", hung_up=True),
    ],
    ids=["serialisation", "deadlock", "lock time-out", "busy", "table busy", "hung up"],
)
def test_what_the_database_asks_to_repeat_is_repeated_whole(
    runner: Runner, clock: StoryClock, error: Callable[[], Exception]
) -> None:
    verb = Stubborn(2, error)
    start = clock.now()
    event.listen(
        runner.database.write, "rollback", lambda connection: clock.move_to(clock.now() + timedelta(seconds=1))
    )

    answer = runner.run(verb, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")

    assert not answer.replayed
    assert len(verb.tries) == 3
    assert verb.tries[0] == start
    assert verb.tries[0] < verb.tries[1] < verb.tries[2], "now is read on each try"
    assert effects(runner) == (1, 1, 1)


def test_repeating_ends_with_busy_and_nothing_written(runner: Runner) -> None:
    verb = Stubborn(99, failing("could not serialize access", "40001"))

    with pytest.raises(Busy):
        runner.run(verb, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")

    assert len(verb.tries) == MAX_TRIES
    assert effects(runner) == (0, 0, 0)


@pytest.mark.parametrize(
    "error",
    [
        failing("syntax error", "42601"),
        failing("no such table: x"),
        lambda: IntegrityError("…", {}, DatabaseSays("duplicate key", "23505")),
    ],
    ids=["syntax", "table", "constraint"],
)
def test_our_own_mistakes_are_not_repeated(runner: Runner, error: Callable[[], Exception]) -> None:
    verb = Stubborn(99, error)

    with pytest.raises(type(error())):
        runner.run(verb, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")

    assert len(verb.tries) == 1
    assert effects(runner) == (0, 0, 0)


@pytest.mark.parametrize("text", ["database or disk is full", "disk I/O error", "attempt to write a readonly database"])
def test_a_failing_disk_is_said_so_and_not_tried_again(runner: Runner, text: str) -> None:
    verb = Stubborn(99, failing(text))

    with pytest.raises(StorageTrouble):
        runner.run(verb, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")

    assert len(verb.tries) == 1
    assert effects(runner) == (0, 0, 0)
    assert runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1").value.subject == "a"


@pytest.mark.parametrize("arrived", [True, False], ids=["committed", "not committed"])
def test_a_connection_lost_during_commit_is_decided_by_the_key(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    real, lost = Session.commit, []

    def commit(session: Session) -> None:
        if lost:
            return real(session)
        lost.append(True)
        if arrived:
            real(session)
        raise failing("connection is lost", hung_up=True)()

    monkeypatch.setattr(Session, "commit", commit)

    answer = runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut, key="k1")

    assert answer.replayed is arrived
    assert answer.value.subject == "a"
    assert effects(runner) == (1, 1, 1)


# --- time and questions ---------------------------------------------------------------------------------------------


def test_the_time_is_read_after_the_transaction_began(database: Database) -> None:
    seen: list[str] = []

    class Watch:
        def now(self) -> datetime:
            seen.append("now")
            return datetime(2026, 3, 1, 17, 0, tzinfo=UTC)

    event.listen(database.write, "begin", lambda connection: seen.append("begin"))
    Runner(database, Watch()).run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut)

    assert seen == ["begin", "now"]


def test_today_is_the_day_in_hebei(runner: Runner, clock: StoryClock) -> None:
    clock.move_to(datetime(2026, 3, 1, 17, 0, tzinfo=UTC))
    runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut)

    payload = runner.ask(lambda session: session.scalars(select(Job.payload)).one())
    assert json.loads(payload) == {"on": "2026-03-02"}
    assert local_day(clock.now()) == date(2026, 3, 2)


def test_a_question_sees_one_snapshot(runner: Runner) -> None:
    def twice(session: Session) -> tuple[int, int]:
        before = session.scalar(select(func.count()).select_from(Job)) or 0
        runner.run(note, NoteDraft(text="a"), actor=ACTOR, answer=NoteOut)
        return before, session.scalar(select(func.count()).select_from(Job)) or 0

    assert runner.ask(twice) == (0, 0)
    assert counted(runner, Job) == 1


def test_a_question_cannot_write(runner: Runner) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        runner.ask(lambda session: session.execute(sa.insert(Job).values(code="x")))


def look(session: Session, actor: Actor, draft: NoteDraft, *, now: datetime, today: date) -> str:
    with pytest.raises(sa.exc.DBAPIError):
        outbox.put(session, "note", "look", {}, now=now)
    session.rollback()
    return draft.text


@looks_first(look)
def considered(
    session: Session, actor: Actor, draft: NoteDraft, *, now: datetime, today: date, seen: Seen[str] | None = None
) -> Job:
    """A verb that looks before it writes."""
    return outbox.put(session, "note", f"{seen.found if seen else 'nothing'} seen", {}, now=now)


def test_a_verb_that_looks_first_is_told_what_it_saw_where_nothing_can_be_written(runner: Runner) -> None:
    first = runner.run(considered, NoteDraft(text="rain"), actor=ACTOR, answer=NoteOut, key="k")
    again = runner.run(considered, NoteDraft(text="rain"), actor=ACTOR, answer=NoteOut, key="k")

    assert first.value.subject == "rain seen"
    assert (again.body, again.replayed, counted(runner, Job)) == (first.body, True, 1)
