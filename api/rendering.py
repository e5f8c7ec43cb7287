"""Pages from templates, in the reader's language, with what every page shows: title, drill, who is signed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.i18n import Language, language_of, text_in
from reserve.clock import LOCAL
from reserve.money import yuan_text
from reserve.quantities import whole_packs

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
    made.filters.update(local=_local, day=_day, grouped="{:,}".format, yuan=yuan_text, named=_name_in(language))
    made.globals.update(asset=asset, whole_packs=whole_packs, language=language)
    return made


@cache
def asset(name: str) -> str:
    """Address of a static file of ours; it changes with the content, so that browsers may keep it for good."""
    digest = hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def _local(instant: datetime) -> str:
    """An instant as the wall clock in Hebei shows it."""
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")


def _day(day: date | None) -> str:
    return day.isoformat() if day else "–"


def _name_in(language: Language) -> Callable[[Any], str]:
    """The name or title of a thing in this language, Chinese where it has no other."""
    order = ("name_en", "title_en", "name_zh", "title_zh") if language is Language.EN else ("name_zh", "title_zh")

    def named(thing: Any) -> str:
        return next((str(name) for name in (getattr(thing, each, "") for each in order) if name), "")

    return named


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
    caller = (context or {}).get("caller")
    shared = {
        "other_language": Language.EN if language is Language.ZH else Language.ZH,
        "here": request.url.path,
        "other_language_address": _same_page_in_the_other_language(request, language),
        "title": doors.sign.title_en if language is Language.EN else doors.sign.title_zh,
        "is_drill": doors.sign.is_drill,
        "story_day": doors.today(),
        "is_plain_http": doors.settings.plain_http,
        "caller": None,
        "may": lambda *permissions: caller is not None and any(caller.actor.has(each) for each in permissions),
    }
    body = environment(language).get_template(template).render({**shared, **(context or {})})
    response = HTMLResponse(body, status, dict(headers or {}))
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Content-Language"] = language
    if "lang" in request.query_params:
        response.set_cookie("lang", language, path="/", samesite="lax", httponly=True, max_age=31_536_000)
    return response


def _same_page_in_the_other_language(request: Request, language: Language) -> str:
    """The address of this page, its filters kept, in the other language."""
    return str(request.url.include_query_params(lang="zh" if language is Language.EN else "en")).removeprefix(
        str(request.base_url).rstrip("/")
    )


def error_page(request: Request, status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    """A refusal as a page, with the reader's own navigation where somebody is signed in."""
    context = {"problem": problem, "caller": getattr(request.state, "caller", None)}
    return page(request, "error.html", context, status=status, headers=headers)
