"""Pages from templates, in the reader's language, with what every page shows: title, drill, who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.i18n import Language, language_of, text_in
from reserve.clock import LOCAL

if TYPE_CHECKING:
    from api.doors import Doors

FOLDER = Path(str(files("api")))


@cache
def environment(language: Language) -> Environment:
    """One environment for each language: the words are bound when it is made."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(text_in(language).catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.filters["local"] = _local
    return made


def _local(instant: datetime) -> str:
    """An instant as the wall clock in Hebei shows it."""
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Render a template; personal pages are never stored by browsers or proxies."""
    language = language_of(request)
    doors: Doors = request.app.state.doors
    shared = {
        "language": language,
        "other_language": Language.EN if language is Language.ZH else Language.ZH,
        "here": request.url.path,
        "title": doors.sign.title_en if language is Language.EN else doors.sign.title_zh,
        "is_drill": doors.sign.is_drill,
        "story_day": doors.today(),
        "is_plain_http": doors.settings.plain_http,
        "caller": None,
    }
    body = environment(language).get_template(template).render({**shared, **(context or {})})
    response = HTMLResponse(body, status, dict(headers or {}))
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Content-Language"] = language
    if "lang" in request.query_params:
        response.set_cookie("lang", language, path="/", samesite="lax", httponly=True, max_age=31_536_000)
    return response


def error_page(request: Request, status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    return page(request, "error.html", {"problem": problem}, status=status, headers=headers)
