"""What a route is given: a ``Command`` to run a verb, a ``Question`` to ask one. Neither holds a connection."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Concatenate, Generic, ParamSpec, TypeVar

from fastapi import Depends, Header, Query, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth import Caller, doors_of, read_caller
from api.doors import Doors
from api.errors import RequestKeyMissing
from reserve.authority import Actor, Permission, require
from reserve.clock import local_day
from reserve.commands import Answer, Done, Runner, Verb
from reserve.drafts import Draft
from reserve.errors import NotFound

A = TypeVar("A", bound=BaseModel)
T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")

MAX_PAGE = 500

After = Annotated[str, Query(description="the last key of the page before")]
AfterId = Annotated[int, Query(description="the last id of the page before", ge=0, le=2**63 - 1)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]


@dataclass(frozen=True, slots=True)
class CommandDesk:
    """Carries actor and request key and hands a verb to the runner."""

    doors: Doors
    caller: Caller
    key: str
    status: int

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    @property
    def now(self) -> datetime:
        return self.doors.runner.clock.now()

    def run(self, verb: Verb[Any], draft: BaseModel, *, answer: type[BaseModel]) -> Response:
        """Run a verb; the stored answer, byte for byte, also when the same key comes again."""
        return self.send(self.doors.runner.run(verb, draft, actor=self.actor, answer=answer, key=self.key))

    def answer(self, verb: Verb[Any], draft: BaseModel, *, answer: type[A]) -> Answer[A]:
        """Run a verb whose stored answer the door completes with a secret that is shown once."""
        return self.doors.runner.run(verb, draft, actor=self.actor, answer=answer, key=self.key)

    def run_real(self, verb: Verb[Any], draft: BaseModel, *, answer: type[A]) -> Answer[A]:
        """Run a verb of sign-in and tokens: on real time, also in a drill."""
        return self.doors.real.run(verb, draft, actor=self.actor, answer=answer, key=self.key)

    def send(self, answer: Answer[Any]) -> Response:
        """A stored answer as it was stored."""
        headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
        return Response(answer.body, self.status, headers, media_type="application/json")


@dataclass(frozen=True, slots=True)
class QuestionDesk:
    """Carries the actor and asks on a snapshot that cannot write."""

    runner: Runner
    caller: Caller

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    @property
    def now(self) -> datetime:
        return self.runner.clock.now()

    @property
    def today(self) -> date:
        return local_day(self.now)

    def scopes(self, *permissions: Permission) -> tuple[str, ...]:
        """Organisation paths that the actor may see by any of these permissions."""
        return tuple(sorted({path for permission in permissions for path in self.actor.scopes(permission)}))

    @property
    def own_scopes(self) -> tuple[str, ...]:
        """Every organisation path the actor has any role over."""
        return tuple(sorted({grant.organisation_path for grant in self.actor.grants}))

    def note_reading(self, what: str, permission: Permission) -> None:
        """Write down that somebody read this."""
        attempt = Attempt(permissions=(permission,), route=what)
        self.runner.run(open_door, attempt, actor=self.actor, answer=Done)

    def ask(self, question: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return self.runner.ask(question, *args, **kwargs)


async def read_command(
    request: Request,
    caller: Annotated[Caller, Depends(read_caller)],
    idempotency_key: Annotated[str | None, Header(description="UUID made by the client; one effect per key")] = None,
) -> CommandDesk:
    """Nothing here waits for anything, so it runs in the event loop and costs no thread."""
    try:
        key = str(uuid.UUID(idempotency_key or ""))
    except ValueError:
        raise RequestKeyMissing(
            "every write carries an Idempotency-Key", header="Idempotency-Key", found=idempotency_key or ""
        ) from None
    status = getattr(request.scope.get("route"), "status_code", None) or 200
    return CommandDesk(doors_of(request), caller, key, status)


async def read_question(request: Request, caller: Annotated[Caller, Depends(read_caller)]) -> QuestionDesk:
    return QuestionDesk(doors_of(request).runner, caller)


Command = Annotated[CommandDesk, Depends(read_command)]
Question = Annotated[QuestionDesk, Depends(read_question)]


class Attempt(Draft):
    """Somebody came to a door that is not open to him."""

    permissions: tuple[Permission, ...]
    route: str


def open_door(session: Session, actor: Actor, draft: Attempt, *, now: datetime, today: date) -> Done:
    """The door's own look at the rights, before the body is read. As a verb, so that refusals are kept in the audit."""
    if not any(actor.has(permission) for permission in draft.permissions):
        require(actor, draft.permissions[0])
    return Done()


class Needs:
    """The row of the rights matrix for a route: any of these permissions; none means signed in is enough."""

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    def __call__(self, request: Request, caller: Annotated[Caller, Depends(read_caller)]) -> None:
        if not self.permissions or any(caller.actor.has(permission) for permission in self.permissions):
            return
        attempt = Attempt(permissions=self.permissions, route=getattr(request.scope.get("route"), "path", ""))
        doors_of(request).runner.run(open_door, attempt, actor=caller.actor, answer=Done)


def needs(*permissions: Permission) -> Any:
    return Depends(Needs(*permissions))


class Page(BaseModel, Generic[T]):
    """One keyset page. ``next`` is the ``after`` of the page that follows; none when this is the last."""

    items: list[T]
    next: str | int | None = None


def page_of(model: type[A], rows: Sequence[Any], limit: int, key: Callable[[Any], str | int]) -> Page[A]:
    """Rows as a page; a full page has a next one."""
    items = [model.model_validate(row, from_attributes=True) for row in rows]
    return Page[model](items=items, next=key(rows[-1]) if len(rows) == limit else None)  # type: ignore[valid-type]


def cut_page(rows: Sequence[A], after: str, limit: int, key: Callable[[A], str]) -> Page[A]:
    """A page out of rows that a question could only give as a whole, in their own order; ``after`` is a row's key."""
    start = next((place + 1 for place, row in enumerate(rows) if key(row) == after), 0) if after else 0
    items = list(rows[start : start + limit])
    return Page(items=items, next=key(items[-1]) if start + limit < len(rows) else None)


def found_in(scopes: Sequence[str], organisation_path: str, what: str, code: str) -> None:
    """Raise NotFound for an object outside the scopes: it looks as if it did not exist."""
    if not any(organisation_path.startswith(scope) for scope in scopes):
        raise NotFound(what, code)
