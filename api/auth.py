"""Who asks: a cookie of a signed-in browser, or a bearer token of a program. Rights are read at every request."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.doors import Doors
from api.errors import ForgedRequest, NotSignedIn
from reserve.access import queries, rules, sessions
from reserve.access.models import SignInSession
from reserve.access.rules import GUEST, WORKER, csrf_token, secret_hash
from reserve.access.terms import ProofDraft, SignInDraft, SignInOutcome, SignInResult
from reserve.authority import Actor
from reserve.clock import SystemClock
from reserve.commands import Done
from reserve.errors import NotFound, Refusal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_PREFIX = "jb_"


class SignInRefused(Refusal):
    """Wrong login or password; nobody is told which."""

    kind = "not_signed_in"
    code = "sign_in_refused"


class SignInLocked(Refusal):
    """Too many failures; says when to try again."""

    kind = "too_many"
    code = "sign_in_locked"


class ProofNeeded(Refusal):
    """Signing wants the password again: a session left open must not sign. A program's token cannot give one."""

    kind = "not_allowed"
    code = "proof_needed"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks in this request. ``session_secret`` is the cookie's, empty for a token."""

    actor: Actor
    name: str = ""
    session_id: int = 0
    session_secret: str = ""
    must_change_password: bool = False
    proved_at: datetime | None = None
    """When the password was last given in this session; none for a token."""

    @property
    def csrf(self) -> str:
        return csrf_token(self.session_secret)


def doors_of(request: Request) -> Doors:
    doors: Doors = request.app.state.doors
    return doors


def cookie_name(doors: Doors) -> str:
    """``__Host-`` binds the cookie to this host and to HTTPS; on plain HTTP browsers would refuse it."""
    return "jibei-session" if doors.settings.plain_http else "__Host-jibei-session"


def find_caller(request: Request) -> Caller | None:
    """The caller, or None for a guest. Opens and closes its own read."""
    doors = doors_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        caller = doors.real.ask(_caller_of_token, secret_hash(token), doors.runner.clock.now())
    else:
        caller = _caller_of_cookie(request, doors)
    if caller is not None:
        request.state.actor = caller.actor
        request.state.caller = caller
    return caller


def read_caller(request: Request) -> Caller:
    """The caller. Raises NotSignedIn; for a browser's unsafe request also ForgedRequest."""
    caller = find_caller(request)
    if caller is None:
        raise NotSignedIn("nobody is signed in")
    if caller.session_secret and request.method not in SAFE_METHODS:
        require_same_origin(request)
        if request.url.path.startswith("/api/"):
            require_csrf(caller, request.headers.get("x-csrf-token", ""))
    return caller


def read_form_caller(caller: Annotated[Caller, Depends(read_caller)], csrf: Annotated[str, Form()] = "") -> Caller:
    """The caller behind a form of ours: the hidden field must belong to the session."""
    require_csrf(caller, csrf)
    return caller


def require_csrf(caller: Caller, found: str) -> None:
    """The form token belongs to this session. Raises ForgedRequest."""
    if not secrets.compare_digest(caller.csrf.encode(), found.encode()):
        raise ForgedRequest("the form does not belong to this session", permission="csrf")


def require_same_origin(request: Request) -> None:
    """A browser says where a form came from; a form of another site is refused."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForgedRequest("the form came from another site", permission="origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForgedRequest("the form came from another site", permission="origin")


def _caller_of_token(session: Session, hashed: str, now: datetime) -> Caller | None:
    """``now`` is the clock of the work; the token's own dates are real."""
    token = queries.find_token(session, hashed, SystemClock().now())
    return None if token is None else _caller_of_user(session, token.user_id, now)


def _caller_of_user(session: Session, user_id: int, now: datetime) -> Caller | None:
    try:
        actor = queries.load_actor(session, user_id, now)
    except NotFound:
        return None
    name, must_change = queries.who_is(session, user_id)
    return Caller(actor, name=name, must_change_password=must_change)


def _caller_of_cookie(request: Request, doors: Doors) -> Caller | None:
    secret = request.cookies.get(cookie_name(doors), "")
    if not secret:
        return None
    found = doors.real.ask(_session_and_caller, secret_hash(secret), doors.runner.clock.now())
    if found is None:
        return None
    row, caller = found
    now = doors.real.clock.now()
    is_alive = rules.is_session_alive(
        created_at=row.created_at,
        last_seen_at=doors.presence.last_seen(row.id, row.last_seen_at),
        now=now,
        idle=rules.idle_limit((grant.role for grant in caller.actor.grants), doors.idle),
        absolute=doors.absolute,
    )
    if not is_alive:
        return None
    if seen := doors.presence.note(row.id, now):
        doors.real.run(sessions.record_seen, seen, actor=WORKER, answer=Done)
    return replace(caller, session_id=row.id, session_secret=secret, proved_at=row.proved_at)


def _session_and_caller(session: Session, hashed: str, now: datetime) -> tuple[SignInSession, Caller] | None:
    found = queries.find_session(session, hashed)
    if found is None:
        return None
    caller = _caller_of_user(session, found.user_id, now)
    return None if caller is None else (found, caller)


# --- signing in -------------------------------------------------------------------------------------------------------


def sign_in(request: Request, login: str, password: str) -> str:
    """Try to sign in; the secret for the cookie. Raises SignInRefused, SignInLocked, TooManySignIns.

    The password is checked here, outside any transaction; the verb then counts the failure or opens the session.
    """
    doors = doors_of(request)
    address = request.client.host if request.client else ""
    now = doors.real.clock.now()
    _refuse_until(doors.throttle.retry_at(address, login, now), now)
    stored, locked_until = doors.real.ask(queries.sign_in_facts, login)
    _refuse_until(locked_until, now)
    fits = doors.passwords.fits(password, stored)
    secret = secrets.token_urlsafe(32)
    draft = SignInDraft(
        login=login[:200],
        address=address,
        fitting_hash=stored if fits else None,
        session_hash=secret_hash(secret),
    )
    result = doors.real.run(sessions.sign_in, draft, actor=GUEST, answer=SignInResult).value
    if result.outcome is SignInOutcome.LOCKED:
        _refuse_until(result.retry_at, now)
    if result.outcome is not SignInOutcome.SIGNED_IN:
        doors.throttle.fail(address, login if stored is None else None, now)
        raise SignInRefused("login and password do not fit")
    doors.throttle.succeed(address)
    return secret


def has_proof(request: Request, caller: Caller) -> bool:
    """Whether this session's person gave the password a short while ago."""
    doors = doors_of(request)
    return caller.proved_at is not None and rules.is_proof_fresh(
        caller.proved_at, doors.real.clock.now(), doors.signing
    )


def read_proven_caller(request: Request, caller: Annotated[Caller, Depends(read_caller)]) -> Caller:
    """The caller of a route that signs. Raises ProofNeeded."""
    if not has_proof(request, caller):
        minutes = doors_of(request).settings.signing_minutes
        raise ProofNeeded("the password is wanted again", permission="proof", minutes=minutes)
    return caller


def prove(request: Request, caller: Caller, password: str) -> None:
    """Take the password once more. Raises SignInRefused, SignInLocked, TooManySignIns as at sign-in.

    A program's token has no session that could be proved: ProofNeeded.
    """
    doors = doors_of(request)
    if not caller.session_secret:
        raise ProofNeeded("a token cannot sign", permission="proof", minutes=doors.settings.signing_minutes)
    address = request.client.host if request.client else ""
    now = doors.real.clock.now()
    _refuse_until(doors.throttle.retry_at(address, caller.actor.login, now), now)
    stored, locked_until = doors.real.ask(queries.sign_in_facts, caller.actor.login)
    _refuse_until(locked_until, now)
    fits = doors.passwords.fits(password, stored)
    draft = ProofDraft(session_id=caller.session_id, fitting_hash=stored if fits else None)
    result = doors.real.run(sessions.prove, draft, actor=caller.actor, answer=SignInResult).value
    if result.outcome is SignInOutcome.LOCKED:
        _refuse_until(result.retry_at, now)
    if result.outcome is not SignInOutcome.SIGNED_IN:
        doors.throttle.fail(address, None, now)
        raise SignInRefused("the password does not fit")
    doors.throttle.succeed(address)


def _refuse_until(moment: datetime | None, now: datetime) -> None:
    if moment is not None and moment > now:
        wait_s = int((moment - now).total_seconds()) + 1
        raise SignInLocked(f"try again in {wait_s} s", retry_after_s=wait_s)


def set_cookie(response: Response, doors: Doors, secret: str) -> None:
    response.set_cookie(
        cookie_name(doors), secret, path="/", httponly=True, samesite="lax", secure=not doors.settings.plain_http
    )


def clear_cookie(response: Response, doors: Doors) -> None:
    response.delete_cookie(cookie_name(doors), path="/", httponly=True, secure=not doors.settings.plain_http)


def new_token() -> str:
    """A secret for a program; the prefix lets scanners of logs and repositories recognise it."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)
