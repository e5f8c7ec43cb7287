"""What stands on the shelves: items, one item, one lot; now, as of any hour, and as known on any hour."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Page, PageDesk
from api.filling import local_instant
from api.views import figures, shelves
from api.views.shelves import Moment
from reserve.authority import Permission
from reserve.errors import NotFound
from reserve.sites import queries as site_queries

router = APIRouter(dependencies=[needs(Permission.STOCK_READ)])


@router.get("/stock")
def stock(page: Page, q: str = "", site: str = "", as_of: str = "", known_at: str = "", after: str = "") -> Response:
    """Items with their ladder, keyset by code."""
    scopes = page.scopes(Permission.STOCK_READ)
    rows, next_key = page.ask(
        shelves.items_on_shelves,
        scopes,
        _moment(as_of, known_at),
        text=q,
        site_code=site or None,
        after=after,
        today=page.today,
    )
    sites = page.ask(site_queries.list_sites, scopes, limit=shelves.MOST_SITES)
    context = {"rows": rows, "next": next_key, "after": after, "sites": sites, "q": q, "site": site}
    return page.show("stock.html", context | _times(as_of, known_at))


@router.get("/items/{code}")
def item(page: Page, code: str, as_of: str = "", known_at: str = "") -> Response:
    """One item: its ladder, its lots and, for today, two figures."""
    scopes, moment, today = page.scopes(Permission.STOCK_READ), _moment(as_of, known_at), page.today
    context = {"card": page.ask(shelves.item_card, scopes, moment, code, today=today), "today": today}
    if moment.is_now:
        context["cities"] = page.ask(figures.by_city_and_tier, scopes, code, page.text.language, today=today)
        context["rungs"] = page.ask(figures.expiry_ladder, scopes, code, today=today)
    return page.show("item.html", {"cities": [], "rungs": []} | context | _times(as_of, known_at))


@router.get("/items/{item}/lots/{code}")
def lot(
    page: Page, item: str, code: str, id: int | None = None, as_of: str = "", known_at: str = "", after: int = 0
) -> Response:
    """One lot. Two makers may print the same code, and one maker two expiries: then the reader chooses."""
    scopes = page.scopes(Permission.STOCK_READ)
    lots = page.ask(shelves.lots_called, scopes, item, code)
    chosen = [each for each in lots if id in (None, each.id)]
    if not chosen:
        raise NotFound("lot", code)
    if len(chosen) > 1:
        return page.show("lots.html", {"lots": chosen, "item": item, "code": code})
    card = page.ask(shelves.lot_card, scopes, _moment(as_of, known_at), chosen[0], after=after)
    context = {"card": card, "after": after, "people": _people(page, card)}
    return page.show("lot.html", context | _times(as_of, known_at))


def _people(page: PageDesk, card: shelves.LotCard) -> dict[int, str]:
    return page.ask(shelves.people_of, card.history)


def _moment(as_of: str, known_at: str) -> Moment:
    return Moment(local_instant(as_of, "as_of"), local_instant(known_at, "known_at"))


def _times(as_of: str, known_at: str) -> dict[str, Any]:
    return {"as_of": as_of, "known_at": known_at}
