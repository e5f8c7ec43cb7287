"""The home page: what waits for me."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api.auth import Caller, doors_of, read_caller
from api.rendering import page
from reserve.access import queries as access_queries
from reserve.authority import Permission
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident
from reserve.incidents.terms import IncidentState
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
        "incidents": ask(_open_incidents, now) if actor.has(Permission.INCIDENT_READ) else None,
        "pending_grants": pending,
    }
    return page(request, "home.html", context)


def _open_incidents(session: Session, now: datetime) -> list[Incident]:
    """Incidents that are not closed. They are announced, so everybody who may read incidents sees all of them."""
    return [
        incident
        for incident in incident_queries.list_incidents(session, ["/"])
        if incident_queries.version_at(session, incident.id, now, now).state is not IncidentState.CLOSED
    ]
