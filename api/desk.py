"""What a page is given: a ``PageDesk`` to ask and show, a ``FormDesk`` to run a verb and show what is wrong in place.

Neither holds a connection. How a page is made stands in docs/web.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api import rendering
from api.auth import Caller, doors_of, read_caller, require_csrf
from api.charts.renderer import Renderer
from api.deps import QuestionDesk
from api.errors import STATUS_OF_KIND, PasswordDue, RequestKeyMissing, problem_line
from api.faults import problems_of
from api.filling import Filled, draft_fields, renumbered
from api.i18n import Text, language_of, text_in
from reserve.authority import Actor, Permission
from reserve.commands import Runner, Verb
from reserve.errors import InvalidInput, NotAllowed, Refusal, RequestKeyReused
from reserve.identifiers import uuid7

A = TypeVar("A", bound=BaseModel)
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class PageDesk:
    """One reader and one request."""

    request: Request
    caller: Caller
    runner: Runner

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    @property
    def now(self) -> datetime:
        return self.question.now

    @property
    def today(self) -> date:
        return self.question.today

    @property
    def question(self) -> QuestionDesk:
        return QuestionDesk(self.runner, self.caller)

    @property
    def renderer(self) -> Renderer:
        return doors_of(self.request).renderer

    @property
    def text(self) -> Text:
        return text_in(language_of(self.request))

    def may(self, *permissions: Permission) -> bool:
        """Whether the reader holds any of these rights anywhere."""
        return any(self.actor.has(permission) for permission in permissions)

    def scopes(self, *permissions: Permission) -> tuple[str, ...]:
        return self.question.scopes(*permissions)

    def ask(self, question: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return self.runner.ask(question, *args, **kwargs)

    def show(self, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200) -> Response:
        """Render a template with the reader's language, rights and navigation."""
        return rendering.page(self.request, template, {"caller": self.caller, **(context or {})}, status=status)

    def form(self, typed: Mapping[str, str] | None = None) -> Filled:
        """A fresh form with its own request key, filled with what is known already."""
        return Filled(csrf=self.caller.csrf, key=str(uuid7()), typed=typed or {})


@dataclass(frozen=True, slots=True)
class FormDesk:
    """A form that came back: whose, with which request key, and what was typed."""

    page: PageDesk
    key: str
    typed: Mapping[str, str]

    def run(
        self,
        verb: Verb[Any],
        draft: type[BaseModel],
        *,
        answer: type[A],
        then: Callable[[A], str],
        again: Callable[[Filled], Response],
        fields: Mapping[str, Any] | None = None,
    ) -> Response:
        """Run a verb on what was typed. Go to ``then``, or show the form ``again`` with all that is wrong at once.

        fields  the draft's content where it is not simply what was typed
        The same key twice has one effect and leads to the same place. A right that is missing is an error page.
        """
        try:
            filled = draft.model_validate(draft_fields(self.typed) if fields is None else fields)
            done = self.page.runner.run(verb, filled, actor=self.page.actor, answer=answer, key=self.key)
        except NotAllowed:
            raise
        except ValidationError as error:
            return again(self.refused(InvalidInput(problems_of(error.errors())[0])))
        except Refusal as refusal:
            return again(self.refused(refusal))
        return RedirectResponse(then(done.value), status_code=303)

    def refused(self, refusal: Refusal) -> Filled:
        """The form as typed, with the refusal in the reader's words. An unused key stays, a used one does not."""
        text = self.page.text
        used = isinstance(refusal, RequestKeyReused)
        return Filled(
            csrf=self.page.caller.csrf,
            key=str(uuid7()) if used else self.key,
            typed=self.typed,
            status=STATUS_OF_KIND[refusal.kind],
            message=text.error(refusal.code, refusal.details()),
            problems=[problem_line(text, problem) for problem in refusal.problems],
        )

    def refilled(self, typed: Mapping[str, str]) -> FormDesk:
        """The same form with other content, such as one more row."""
        return replace(self, typed=typed)


def read_page(request: Request, caller: Annotated[Caller, Depends(read_caller)]) -> PageDesk:
    """The reader of a page. Raises PasswordDue for an account that must choose its password first."""
    if caller.must_change_password:
        raise PasswordDue("the password was given by an officer")
    return PageDesk(request, caller, doors_of(request).runner)


async def read_form(request: Request, page: Annotated[PageDesk, Depends(read_page)]) -> FormDesk:
    """A form of ours that came back. Raises ForgedRequest, RequestKeyMissing."""
    sent = await request.form()
    typed = {name: value for name, value in sent.items() if isinstance(value, str)}
    require_csrf(page.caller, typed.pop("csrf", ""))
    try:
        key = str(uuid.UUID(typed.pop("key", "")))
    except ValueError:
        raise RequestKeyMissing("a form carries its request key", header="key", found="") from None
    return FormDesk(page, key, renumbered(typed))


Page = Annotated[PageDesk, Depends(read_page)]
Form = Annotated[FormDesk, Depends(read_form)]
