"""Dispatch orders for those who sign and follow them: the list, one order with its facts, what is on the road."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.filling import Filled, local_instant
from api.pages.papers import proof_of, sign_on
from api.views import order_page as views
from api.views import transit
from reserve.authority import Permission

router = APIRouter(dependencies=[needs(Permission.ORDER_READ)])


@router.get("/orders")
def orders(page: Page, incident: str = "", before: int | None = None) -> Response:
    """What waits for my signature first, then all orders, the newest first."""
    scopes = page.scopes(Permission.ORDER_READ)
    rows, next_key = page.ask(views.newest, scopes, incident.strip(), before, page.text)
    mine = page.ask(views.waiting, page.actor, page.text) if page.may(Permission.DOCUMENT_SIGN) and not before else []
    context = {"rows": rows, "next": next_key, "before": before, "incident": incident.strip(), "mine": mine}
    return page.show("orders.html", context)


@router.get("/on-the-road")
def on_the_road(page: Page, item: str = "") -> Response:
    """Goods that left and have not arrived, by item and shipment."""
    found = page.ask(transit.on_the_road, page.scopes(Permission.ORDER_READ), item.strip(), page.text)
    return page.show("on_the_road.html", {"road": found, "item": item.strip()})


@router.get("/orders/{number}")
def order(page: Page, number: str, known_at: str = "") -> Response:
    """One order from the need to closure, and the facts for its signers: as known now, or as known at a time."""
    return _order(page, number, page.form(), known_at)


@router.post("/orders/{number}/signature", dependencies=[needs(Permission.DOCUMENT_SIGN)])
def sign(form: Form, number: str) -> Response:
    """Decide the lines that wait for this person."""
    return sign_on(form, number, f"/orders/{number}", lambda filled: _order(form.page, number, filled))


def _order(page: PageDesk, number: str, filled: Filled, known_at: str = "") -> Response:
    at = local_instant(known_at, "known_at")
    found = page.ask(
        views.order_page,
        number,
        page.actor,
        page.scopes(Permission.ORDER_READ),
        page.scopes(Permission.STOCK_READ),
        page.text,
        known_at=at or page.now,
    )
    context = {"found": found, "paper": found.page.paper, "filled": filled, "is_past": at is not None}
    return page.show("order.html", {**context, **proof_of(page)}, status=filled.status)
