"""The only road to a commit: begin, claim the key, run the verb, audit, store the answer, commit, then answer.

A verb is ``verb(session, actor, draft, *, now, today)``; a question is ``question(session, *args, **kwargs)``.
The whole command is repeated when the database asks for it (serialisation, deadlock, lock time-out, busy); a
repetition claims its key first, so a commit whose outcome was lost is found and not made twice.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from pydantic import BaseModel, TypeAdapter
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from reserve.audit import queries as audit_queries
from reserve.audit import service as audit_service
from reserve.audit.models import RequestKey
from reserve.authority import Actor
from reserve.clock import Clock, local_day
from reserve.db import Database, claim
from reserve.errors import NotAllowed, Refusal, RequestKeyReused, Unavailable
from reserve.identifiers import uuid7
from reserve.looking import Seen

D = TypeVar("D", bound=BaseModel, contravariant=True)
A = TypeVar("A", bound=BaseModel)
P = ParamSpec("P")
R = TypeVar("R")

MAX_TRIES = 6
MAX_SECONDS = 4.0
FIRST_PAUSE_S = 0.010
RETRY_STATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialisation failure, deadlock, lock not available."""
PLAIN = TypeAdapter(Any)
"""Turns any value into what JSON can hold."""


class Verb(Protocol[D]):
    """Permission, read, decide, write. Never commits."""

    __name__: str

    def __call__(self, session: Session, actor: Actor, draft: D, /, *, now: datetime, today: date) -> Any: ...


@dataclass(frozen=True, slots=True)
class Answer(Generic[A]):
    """What the caller is told. ``body`` is stored and given again byte for byte for the same key."""

    model: type[A]
    body: bytes
    replayed: bool

    @property
    def value(self) -> A:
        return self.model.model_validate_json(self.body)


@dataclass(frozen=True, slots=True)
class Step:
    """One of several commands that are done together."""

    verb: Verb[Any]
    draft: BaseModel


Plan = Callable[[Session], Sequence[Step]]
"""Reads, inside the transaction, which commands are to be done."""


class StepsRefused(Refusal):
    """Commands that were to be done together were refused; none of them was done. Place and reason of each."""

    kind = "invalid"
    code = "steps_refused"

    def __init__(self, refusals: Sequence[tuple[int, Refusal]]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(f"{place}: {refusal}" for place, refusal in refusals), count=len(refusals))


class StorageTrouble(Unavailable):
    """The disk is full, read-only or failing: nothing was written; reading goes on."""

    code = "storage_trouble"


class Busy(Unavailable):
    """Too many commands at once; nothing was written."""

    code = "busy"


class Runner:
    """Runs verbs and questions on one database with one clock."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    def run(
        self, verb: Verb[Any], draft: BaseModel, *, actor: Actor, answer: type[A], key: str | None = None
    ) -> Answer[A]:
        """Run a verb as one transaction and return what was stored as its answer.

        key  made by the client (a UUIDv7); the same key and body get the same answer and have one effect.
             Raises RequestKeyReused for another body, any Refusal of the verb, Busy, StorageTrouble.
        """
        key = key or str(uuid7())
        content = draft.model_dump(mode="json")
        body_hash = _body_hash(verb.__name__, content)
        try:
            return self._repeat(lambda: self._attempt(verb, draft, content, actor, answer, key, body_hash))
        except NotAllowed as refusal:
            self._record_refusal(verb.__name__, content, actor, key, refusal)
            raise

    def run_together(
        self,
        plan: Plan,
        closing: Callable[[list[Any]], Step],
        *,
        actor: Actor,
        asked: BaseModel,
        answer: type[A],
        key: str,
    ) -> Answer[A]:
        """Run several commands and one that closes them as one transaction: all of them or none.

        plan     which commands; read inside the transaction, so that nothing comes between looking and doing
        closing  the last command, made from what the others gave; its answer is the answer
        asked    what the person asked for: with the same key it must be the same
        Raises StepsRefused with every refusal of the plan's commands, each tried on its own.
        """
        body_hash = _body_hash("together", asked.model_dump(mode="json"))

        def attempt() -> Answer[A]:
            with self.database.writing() as session:
                now = self.clock.now()
                if not _claim_key(session, actor, key, "together", body_hash, now):
                    return _stored(session, actor, key, body_hash, answer)
                steps = list(plan(session))
                outcomes = [self._try(session, step, actor, key, now) for step in steps]
                if refused := [(n, each) for n, each in enumerate(outcomes) if isinstance(each, Refusal)]:
                    raise StepsRefused(refused)
                last = closing(outcomes)
                body = self._do(session, last, actor, key, now, answer)
                _store(session, actor, key, body)
                session.commit()
            return Answer(answer, body, replayed=False)

        try:
            return self._repeat(attempt)
        except StepsRefused as refused:
            for _, refusal in refused.refusals:
                if isinstance(refusal, NotAllowed):
                    self._record_refusal("together", asked.model_dump(mode="json"), actor, key, refusal)
                    break
            raise

    def rehearse(self, plan: Plan, *, actor: Actor) -> list[Refusal | None]:
        """What each of several commands would say, each tried after those before it. Nothing is kept."""

        def attempt() -> list[Refusal | None]:
            with self.database.writing() as session:
                now = self.clock.now()
                outcomes = [self._try(session, step, actor, None, now) for step in plan(session)]
                session.rollback()
            return [each if isinstance(each, Refusal) else None for each in outcomes]

        return self._repeat(attempt)

    def _try(self, session: Session, step: Step, actor: Actor, key: str | None, now: datetime) -> Any:
        """The result of one command, or its refusal with everything it wrote taken back."""
        part = session.begin_nested()
        try:
            result = step.verb(session, actor, step.draft, now=now, today=local_day(now))
            if key is not None:
                _audit(session, actor, step.verb, step.draft.model_dump(mode="json"), key, now, result)
            part.commit()
        except Refusal as refusal:
            part.rollback()
            return refusal
        return result

    def _do(self, session: Session, step: Step, actor: Actor, key: str, now: datetime, answer: type[A]) -> bytes:
        result = step.verb(session, actor, step.draft, now=now, today=local_day(now))
        _audit(session, actor, step.verb, step.draft.model_dump(mode="json"), key, now, result)
        return answer.model_validate(result, from_attributes=True).model_dump_json().encode()

    def _repeat(self, attempt: Callable[[], R]) -> R:
        """Do it again while the database asks for that, for a few seconds at most."""
        deadline = time.monotonic() + MAX_SECONDS
        pause = FIRST_PAUSE_S
        for tried in range(1, MAX_TRIES + 1):
            try:
                return attempt()
            except PoolTimeout as error:
                raise Busy("no connection became free") from error
            except DBAPIError as error:
                if _is_storage_trouble(error):
                    raise StorageTrouble(str(error.orig)) from error
                if not _may_repeat(error):
                    raise
                if tried == MAX_TRIES or time.monotonic() + pause > deadline:
                    raise Busy("the database stayed busy") from error
                time.sleep(pause)
                pause = min(0.5, random.uniform(FIRST_PAUSE_S, pause * 3))
        raise AssertionError("unreachable")

    def ask(self, question: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Answer a question on one consistent, read-only snapshot."""
        try:
            with self.database.reading() as session:
                return question(session, *args, **kwargs)
        except PoolTimeout as error:
            raise Busy("no connection became free") from error

    def _attempt(
        self,
        verb: Verb[Any],
        draft: BaseModel,
        content: dict[str, Any],
        actor: Actor,
        answer: type[A],
        key: str,
        body_hash: str,
    ) -> Answer[A]:
        seen = self._look(verb, draft, actor, key)
        with self.database.writing() as session:
            now = self.clock.now()
            if not _claim_key(session, actor, key, verb.__name__, body_hash, now):
                return _stored(session, actor, key, body_hash, answer)
            result = verb(session, actor, draft, now=now, today=local_day(now), **seen)
            body = answer.model_validate(result, from_attributes=True).model_dump_json().encode()
            _audit(session, actor, verb, content, key, now, result)
            _store(session, actor, key, body)
            session.commit()
        return Answer(answer, body, replayed=False)

    def _look(self, verb: Verb[Any], draft: BaseModel, actor: Actor, key: str) -> dict[str, Any]:
        """What a verb that looks first sees, in a transaction for which nobody waits; nothing for an answered key."""
        look = getattr(verb, "look", None)
        if look is None:
            return {}
        with self.database.reading() as session:
            if audit_queries.find_request(session, actor.user_id, key) is not None:
                return {}
            last = audit_queries.last_entry(session)
            # The clock is read after the snapshot: what was recorded by then and is not in it comes after ``last``.
            now = self.clock.now()
            return {"seen": Seen(look(session, actor, draft, now=now, today=local_day(now)), last)}

    def _record_refusal(self, verb: str, content: dict[str, Any], actor: Actor, key: str, refusal: Refusal) -> None:
        """Attempts beyond one's rights are kept, in a transaction of their own."""
        with self.database.writing() as session:
            now = self.clock.now()
            audit_service.record(
                session, actor, verb=verb, request_key=key, content=content, now=now, refusal=refusal.code
            )
            session.commit()


def _claim_key(session: Session, actor: Actor, key: str, verb: str, body_hash: str, now: datetime) -> bool:
    """Whether this key is new; it is then ours."""
    row = {"user_id": actor.user_id, "key": key, "verb": verb, "body_hash": body_hash, "claimed_at": now}
    return claim(session, RequestKey, row, unique=("user_id", "key"))


def _audit(
    session: Session, actor: Actor, verb: Verb[Any], content: dict[str, Any], key: str, now: datetime, result: Any
) -> None:
    audit_service.record(
        session,
        actor,
        verb=verb.__name__,
        request_key=key,
        content=content,
        now=now,
        subject=getattr(result, "number", None) or getattr(result, "code", None),
    )


def _store(session: Session, actor: Actor, key: str, body: bytes) -> None:
    request = audit_queries.find_request(session, actor.user_id, key)
    assert request is not None
    request.status = 200
    request.answer = body


def _stored(session: Session, actor: Actor, key: str, body_hash: str, answer: type[A]) -> Answer[A]:
    request = audit_queries.find_request(session, actor.user_id, key)
    assert request is not None
    if request.body_hash != body_hash:
        raise RequestKeyReused("this request key was used for another request", key=key)
    assert request.answer is not None, "a committed request has an answer"
    return Answer(answer, request.answer, replayed=True)


def _body_hash(verb: str, content: dict[str, Any]) -> str:
    text = json.dumps([verb, content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _may_repeat(error: DBAPIError) -> bool:
    """Whether the database itself asks for another try, or hung up at a moment when the key will tell what happened."""
    if error.connection_invalidated:
        return True
    if getattr(error.orig, "sqlstate", None) in RETRY_STATES:
        return True
    text = str(error.orig)
    return isinstance(error, OperationalError) and ("database is locked" in text or "database table is locked" in text)


def _is_storage_trouble(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return False
    text = str(error.orig).lower()
    signs = ("disk is full", "disk i/o error", "readonly database", "no space left", "could not extend file")
    return any(sign in text for sign in signs)


class Done(BaseModel):
    """The answer of a verb that has nothing to tell but that it was done."""

    done: bool = True


def canonical_json(value: Any) -> str:
    """Sorted, compact JSON of any Pydantic-serialisable value; the text that hashes are taken over."""
    plain = PLAIN.dump_python(value, mode="json")
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
