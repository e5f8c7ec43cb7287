"""How a refusal looks: RFC 9457 problem JSON for programs, a page for people, in the reader's language.

Unknown and forbidden objects look the same (404); 403 says only that a permission is missing altogether.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from api import rendering
from api.faults import problems_of
from api.i18n import Text, language_of, text_in
from reserve.commands import StorageTrouble
from reserve.errors import NotAllowed, NotFound, Problem, Refusal

STATUS_OF_KIND: Mapping[str, int] = {
    "refusal": 409,
    "bad_request": 400,
    "not_signed_in": 401,
    "not_allowed": 403,
    "not_found": 404,
    "conflict": 409,
    "invalid": 422,
    "unprocessable": 422,
    "too_many": 429,
    "unavailable": 503,
}
TITLES: Mapping[int, str] = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    422: "Not valid",
    429: "Too many attempts",
    500: "Our mistake",
    503: "Not available now",
    507: "No space to write",
}
CODE_OF_STATUS: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    500: "broken",
}
"""Codes of what the web server itself refuses."""
RETRY_AFTER_S = 2

log = structlog.get_logger()


class BadRequest(Refusal):
    """The request itself is not well formed."""

    kind = "bad_request"
    code = "bad_request"


class RequestKeyMissing(BadRequest):
    code = "request_key_missing"


class NotSignedIn(Refusal):
    kind = "not_signed_in"
    code = "not_signed_in"


class PasswordDue(Refusal):
    """A one-time password opens only the way to a new one."""

    kind = "not_allowed"
    code = "password_due"


class ForgedRequest(Refusal):
    """A form that did not come from our own page."""

    kind = "not_allowed"
    code = "forged_request"


def install(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    if isinstance(error, NotSignedIn) and not _wants_json(request):
        here = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?next={quote(here)}", status_code=303)
    if isinstance(error, PasswordDue):
        return RedirectResponse("/password", status_code=303)
    error = _seen_from_outside(request, error)
    status = STATUS_OF_KIND[error.kind]
    headers = {}
    if isinstance(error, StorageTrouble):
        status = 507
    elif error.kind in ("unavailable", "too_many"):
        headers["Retry-After"] = str(error.facts.get("retry_after_s", RETRY_AFTER_S))
    elif status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(request, status, error.code, error.details(), error.problems, headers)


def _seen_from_outside(request: Request, error: Refusal) -> Refusal:
    """A permission that the actor has, but not here, looks as if the object did not exist."""
    actor = getattr(request.state, "actor", None)
    if isinstance(error, NotAllowed) and actor is not None and actor.has(error.facts["permission"]):
        return NotFound("object", "")
    return error


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems, is_json_broken = problems_of(error.errors())
    if is_json_broken:
        return _answer(request, 400, "json_broken", {}, (), {})
    return _answer(request, 422, "invalid_input", {}, problems, {})


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = CODE_OF_STATUS.get(error.status_code, "bad_request")
    return _answer(request, error.status_code, code, {}, (), dict(error.headers or {}))


def refuse_size(request: Request) -> Response:
    """The answer to a body that says it is too large, before a byte of it is read."""
    return _answer(request, 413, CODE_OF_STATUS[413], {}, (), {"Connection": "close"})


def tell_broken(request: Request, error: Exception) -> Response:
    """The answer to a mistake of ours: one sentence and an id; the details go to the log."""
    log.error("broken", error=type(error).__name__, exc_info=error)
    return _answer(request, 500, CODE_OF_STATUS[500], {}, (), {})


def _answer(
    request: Request,
    status: int,
    code: str,
    facts: Mapping[str, Any],
    problems: tuple[Problem, ...] | list[Problem],
    headers: Mapping[str, str],
) -> Response:
    text = text_in(language_of(request))
    body = problem_body(text, status, code, facts, problems, request_id=getattr(request.state, "request_id", ""))
    headers = {**headers, "Content-Language": text.language, "Cache-Control": "no-store"}
    if _wants_json(request):
        return JSONResponse(body, status, headers, media_type="application/problem+json")
    return rendering.error_page(request, status, body, headers)


def problem_body(
    text: Text,
    status: int,
    code: str,
    facts: Mapping[str, Any],
    problems: tuple[Problem, ...] | list[Problem],
    *,
    request_id: str,
) -> dict[str, Any]:
    """RFC 9457, with the facts beside the sentence and every problem named by row, field, expected and found."""
    return {
        "type": f"urn:jibei:problem:{code}",
        "title": text.say(TITLES[status]),
        "status": status,
        "code": code,
        "detail": text.error(code, facts),
        "instance": f"urn:jibei:request:{request_id}",
        "facts": json.loads(json.dumps(facts, default=str, ensure_ascii=False)),
        "problems": [problem_line(text, problem) for problem in problems],
    }


def problem_line(text: Text, problem: Problem) -> dict[str, Any]:
    facts = {**problem.facts, "field": problem.field, "expected": problem.expected, "found": problem.found}
    return {
        "code": problem.code,
        "row": problem.row,
        "field": problem.field,
        "expected": text.expected(problem.expected),
        "found": text.expected(problem.found),
        "message": text.error(problem.code, facts),
        "facts": dict(problem.facts),
    }


def _wants_json(request: Request) -> bool:
    path = request.url.path
    return path.startswith("/api/") or path in ("/health", "/ready", "/openapi.json")
