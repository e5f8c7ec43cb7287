"""Replaying a story: every step is a verb with its actor and both its times, run through the runner like any other.

A story is a generator: it yields steps and is sent each answer, so that a later step can name the paper that an
earlier one wrote. Steps that wait for their hour stand on an agenda; recorded time never goes back.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Concatenate, ParamSpec, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator
from sqlalchemy.orm import Session

from reserve.access import queries as access_queries
from reserve.authority import Actor
from reserve.clock import StoryClock
from reserve.commands import Runner, Verb
from reserve.drafts import Draft

P = ParamSpec("P")
R = TypeVar("R")


class Told(BaseModel):
    """What a story needs to know of any answer: the number or code of what was written."""

    model_config = ConfigDict(extra="ignore")

    number: str = ""
    code: str = ""
    numbers: tuple[str, ...] = ()
    on_the_road: int = 0

    @model_validator(mode="before")
    @classmethod
    def _nothing_of_lists(cls, value: Any) -> Any:
        return {} if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did.

    occurred_at  when it happened; the draft carries it where its verb takes one
    recorded_at  when the system was told
    """

    verb: Verb[Any]
    login: str
    draft: Draft
    occurred_at: datetime
    recorded_at: datetime


Script = Generator[Step, Told, None]
"""A part of a story: yields steps, is sent their answers."""


@dataclass(slots=True)
class Stage:
    """Where a story is played: a runner whose clock stands where it is put, and an agenda of what is still to come."""

    runner: Runner
    clock: StoryClock
    played: list[Step] = field(default_factory=list)
    _agenda: list[tuple[datetime, int, Script]] = field(default_factory=list)
    _serial: count[int] = field(default_factory=count)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def ask(self, question: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What a person on the scene would look up."""
        return self.runner.ask(question, *args, **kwargs)

    def later(self, at: datetime, script: Script) -> None:
        """Put a part of the story on the agenda. It starts at its hour, or at once when that is past."""
        heapq.heappush(self._agenda, (at, next(self._serial), script))

    def play_until(self, until: datetime) -> None:
        """Play everything on the agenda that begins before a time, in the order of the hours."""
        while self._agenda and self._agenda[0][0] < until:
            at, _, script = heapq.heappop(self._agenda)
            self._move_to(at)
            self.play(script)

    def play(self, script: Script) -> None:
        """Play one part to its end, step by step."""
        answer: Told | None = None
        while True:
            try:
                step = next(script) if answer is None else script.send(answer)
            except StopIteration:
                return
            answer = self.run(step)

    def run(self, step: Step) -> Told:
        """Run one step as its actor, at its recorded time."""
        self._move_to(step.recorded_at)
        answer = self.runner.run(step.verb, step.draft, actor=self.actor(step.login), answer=Told)
        self.played.append(step)
        return answer.value

    def actor(self, login: str) -> Actor:
        """The actor behind a login. Nobody's rights change within a story, so they are read once."""
        if login not in self._actors:
            user = self.ask(access_queries.get_user, login)
            self._actors[login] = self.ask(access_queries.load_actor, user.id, self.clock.now())
        return self._actors[login]

    def _move_to(self, instant: datetime) -> None:
        self.clock.move_to(max(instant, self.clock.now()))


def now_by(login: str, verb: Verb[Any], draft: Draft, at: datetime, *, late: timedelta = timedelta(0)) -> Step:
    """A step that is told ``late`` after it happened; most are told at once."""
    return Step(verb, login, draft, at, at + late)
