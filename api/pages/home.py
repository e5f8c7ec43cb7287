"""The home page: what waits for me."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.desk import Page
from api.views import home as views
from api.views import transit
from reserve.access import queries as access_queries
from reserve.authority import Permission
from reserve.papers import queries as paper_queries

router = APIRouter()


@router.get("/")
def home(page: Page) -> Response:
    """Today's work by role."""
    actor = page.actor
    waiting = None
    if actor.has(Permission.DOCUMENT_SIGN):
        waiting = list(page.ask(paper_queries.waiting_for_signature, actor))
    pending = None
    if actor.has(Permission.GRANT_CONFIRM):
        pending = list(page.ask(access_queries.list_pending_grants, actor.scopes(Permission.GRANT_CONFIRM)))
    context = {
        "account": page.ask(access_queries.get_account, actor.login),
        "roles": page.ask(views.roles_with_places, actor, page.text.language),
        "waiting": waiting,
        "incidents": page.ask(views.open_incidents, page.now) if actor.has(Permission.INCIDENT_READ) else None,
        "road": page.ask(transit.vital, page.scopes(Permission.ORDER_READ), page.now, page.text)
        if actor.has(Permission.ORDER_READ)
        else None,
        "pending_grants": pending,
        "notices": page.ask(views.block_notices, page.scopes(Permission.STOCK_READ)),
        "broken": page.ask(views.broken_promises, page.scopes(Permission.ORDER_READ), page.now),
    }
    return page.show("home.html", context)
