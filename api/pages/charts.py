"""Figures as pictures and as specifications, and the page of those that concern no single item.

Pages show a picture by its address, so that a page never waits for a drawing; the table behind it is one click away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter
from starlette.responses import Response

from api.charts.renderer import Drawing, NoFigure
from api.deps import needs
from api.desk import Page, PageDesk
from api.pages.planning_charts import PLANNING, Asked
from api.views import figures
from reserve.authority import Permission
from reserve.errors import NotFound, Unavailable

router = APIRouter()

READ = [needs(Permission.STOCK_READ, Permission.MANDATE_READ, Permission.PLAN_READ, Permission.CAPACITY_READ)]
"""Whoever may read something may ask for figures; each question looks inside the scopes of its own right."""


class FigureFailed(Unavailable):
    """The rendering process gave no picture; the table still tells everything."""

    code = "figure_failed"


@router.get("/charts/alive.js", dependencies=[needs()])
def script(page: Page) -> Response:
    """What brings figures to life; the same for everybody and as old as the installed library."""
    try:
        body = page.renderer.script()
    except NoFigure as error:
        raise FigureFailed("no script") from error
    return Response(body, media_type="text/javascript", headers={"Cache-Control": "private, max-age=604800"})


@router.get("/charts/{name}.svg", dependencies=READ)
def picture(page: Page, name: str) -> Response:
    return Response(_drawing(page, name).svg, media_type="image/svg+xml")


@router.get("/charts/{name}.json", dependencies=READ)
def specification(page: Page, name: str) -> Response:
    return Response(_drawing(page, name).spec, media_type="application/json")


@router.get("/coverage", dependencies=[needs(Permission.MANDATE_READ)])
def coverage(page: Page) -> Response:
    """Coverage of the mandates by kind of holder, and for how many days the usable stock lasts."""
    now, today = page.now, page.today
    covered = page.ask(figures.coverage_by_holder, page.scopes(Permission.MANDATE_READ), now, today=today)
    lasting = page.ask(figures.days_of_supply, page.scopes(Permission.STOCK_READ), now, page.text.language, today=today)
    return page.show("coverage.html", {"covered": covered, "lasting": lasting, "ahead": figures.AHEAD_DAYS})


def _drawing(page: PageDesk, name: str) -> Drawing:
    if name not in ASKED:
        raise NotFound("figure", name)
    figure, rows, words = ASKED[name](page, page.request.query_params)
    try:
        return page.renderer.draw(figure, {"rows": rows, "words": words, "language": page.text.language.value})
    except NoFigure as error:
        raise FigureFailed(name) from error


def _map(page: PageDesk, about: Mapping[str, str]) -> Asked:
    text = page.text
    rows = page.ask(
        figures.by_city_and_tier,
        page.scopes(Permission.STOCK_READ),
        about.get("item", ""),
        text.language,
        today=page.today,
    )
    other = text.say("Others")
    tiers = [*(text.catalogue.pgettext("tier", tier.value) for tier in figures.TIERS), other]
    told = [
        {
            "code": row.code,
            "name": row.name,
            "tier": text.catalogue.pgettext("tier", row.tier.value) if row.tier else other,
            "usable": row.usable,
            "longitude": row.longitude,
            "latitude": row.latitude,
        }
        for row in rows
    ]
    words = {"usable": text.say("Usable"), "city": text.say("City"), "tier": text.say("Owner's tier"), "tiers": tiers}
    return "stock_map", told, words


def _expiry(page: PageDesk, about: Mapping[str, str]) -> Asked:
    text = page.text
    rows = page.ask(figures.expiry_ladder, page.scopes(Permission.STOCK_READ), about.get("item", ""), today=page.today)
    told = [{"from": row.start.isoformat(), "until": row.until.isoformat(), "left": row.left} for row in rows]
    words = {"day": text.say("Day"), "left": text.say("Usable"), "until": text.say("Last usable day")}
    return "expiry_ladder", told, words


def _coverage(page: PageDesk, about: Mapping[str, str]) -> Asked:
    text = page.text
    scopes = page.scopes(Permission.MANDATE_READ)
    rows = page.ask(figures.coverage_by_holder, scopes, page.now, today=page.today)
    told = [
        {
            "holder": text.catalogue.pgettext("holder", row.holder.value),
            "covered": row.percent,
            "targets": row.targets,
            "label": f"{row.percent}%",
        }
        for row in rows
    ]
    words = {
        "covered": text.say("Mean coverage in percent"),
        "holder": text.say("Holder"),
        "targets": text.say("Targets"),
    }
    return "coverage_bars", told, words


def _days(page: PageDesk, about: Mapping[str, str]) -> Asked:
    text = page.text
    scopes = page.scopes(Permission.STOCK_READ)
    rows = page.ask(figures.days_of_supply, scopes, page.now, text.language, today=page.today)
    told = [{"item": row.name, "days": row.days, "label": f"{row.days:.1f}"} for row in rows]
    return "days_of_supply", told, {"days": text.say("Days of supply"), "item": text.say("Item")}


ASKED: Mapping[str, Callable[[PageDesk, Mapping[str, str]], Asked]] = {
    "map": _map,
    "expiry": _expiry,
    "coverage": _coverage,
    "days": _days,
    **PLANNING,
}
