"""Signing in and out, and changing one's password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from api import auth
from api.auth import Caller, doors_of, read_caller, read_form_caller, require_same_origin
from api.errors import STATUS_OF_KIND
from api.i18n import language_of, text_in
from api.rendering import page
from api.schemas.access import UserOut
from reserve.access import queries, service, sessions
from reserve.access.terms import PasswordDraft, SignOutDraft
from reserve.commands import Done
from reserve.errors import InvalidInput, Problem, Refusal

router = APIRouter()


@router.get("/sign-in")
def show_sign_in(request: Request, next: str = "/") -> Response:
    return page(request, "sign_in.html", {"next": _inside(next), "login": "", "message": ""})


@router.post("/sign-in")
def sign_in(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """A new session under a new secret; a refused attempt shows the form again with what happened."""
    require_same_origin(request)
    try:
        secret = auth.sign_in(request, login, password)
    except Refusal as refusal:
        message = text_in(language_of(request)).error(refusal.code, refusal.details())
        status = STATUS_OF_KIND[refusal.kind]
        return page(request, "sign_in.html", {"next": _inside(next), "login": login, "message": message}, status=status)
    response = RedirectResponse(_inside(next), status_code=303)
    auth.set_cookie(response, doors_of(request), secret)
    return response


@router.post("/sign-out")
def sign_out(
    request: Request, caller: Annotated[Caller, Depends(read_form_caller)], everywhere: Annotated[bool, Form()] = False
) -> Response:
    doors = doors_of(request)
    draft = SignOutDraft(session_id=caller.session_id, everywhere=everywhere)
    doors.real.run(sessions.sign_out, draft, actor=caller.actor, answer=Done)
    response = RedirectResponse("/sign-in", status_code=303)
    auth.clear_cookie(response, doors)
    return response


@router.get("/password")
def show_password(request: Request, caller: Annotated[Caller, Depends(read_caller)]) -> Response:
    return page(request, "password.html", {"caller": caller, "problems": []})


@router.post("/password")
def change_password(
    request: Request,
    caller: Annotated[Caller, Depends(read_form_caller)],
    password: Annotated[str, Form()] = "",
    new_password: Annotated[str, Form()] = "",
) -> Response:
    """Change one's own password; asks for the old one, and signs out everywhere."""
    doors = doors_of(request)
    login = caller.actor.login
    try:
        stored, _ = doors.real.ask(queries.sign_in_facts, login)
        if not doors.passwords.fits(password, stored):
            raise InvalidInput([Problem("password_wrong", "password", "the present password", "***")])
        draft = PasswordDraft(login=login, password_hash=doors.passwords.new_hash(new_password, login=login))
        doors.real.run(service.change_password, draft, actor=caller.actor, answer=UserOut)
    except InvalidInput as refusal:
        text = text_in(language_of(request))
        problems = [
            (text.error(problem.code, problem.facts), text.expected(problem.expected)) for problem in refusal.problems
        ]
        return page(request, "password.html", {"caller": caller, "problems": problems}, status=422)
    response = RedirectResponse("/sign-in", status_code=303)
    auth.clear_cookie(response, doors)
    return response


def _inside(target: str) -> str:
    """A path of our own to go on to; anything that could lead elsewhere becomes the home page."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and "\\" not in target
    return target if is_ours and target.isprintable() else "/"
