"""The home page: what waits for me."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from api.auth import Caller, doors_of, read_caller
from api.rendering import page
from api.views import home as views
from reserve.access import queries as access_queries
from reserve.authority import Permission
from reserve.papers import queries as paper_queries

router = APIRouter()


@router.get("/")
def home(request: Request, caller: Annotated[Caller, Depends(read_caller)]) -> Response:
    """Today's work by role. An account with a one-time password is sent to change it first."""
    if caller.must_change_password:
        return RedirectResponse("/password", status_code=303)
    runner = doors_of(request).runner
    ask, now = runner.ask, runner.clock.now()
    actor = caller.actor
    waiting = None
    if actor.has(Permission.DOCUMENT_SIGN):
        roles = [(grant.role, grant.organisation_path) for grant in actor.grants]
        waiting = list(ask(paper_queries.waiting_for_signature, roles))
    pending = None
    if actor.has(Permission.GRANT_CONFIRM):
        pending = list(ask(access_queries.list_pending_grants, actor.scopes(Permission.GRANT_CONFIRM)))
    context = {
        "caller": caller,
        "account": ask(access_queries.get_account, actor.login),
        "waiting": waiting,
        "incidents": ask(views.open_incidents, now) if actor.has(Permission.INCIDENT_READ) else None,
        "pending_grants": pending,
    }
    return page(request, "home.html", context)
