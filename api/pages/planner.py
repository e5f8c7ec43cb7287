"""The planner's pages: incidents with their needs, plans with what is unmet and why, and questions about a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.filling import Filled
from api.views import home as home_views
from api.views import plan_page, studies
from api.views.plan_page import PlanPage
from reserve.authority import Permission
from reserve.dispatch import drafts, queries, service

router = APIRouter()

READ = [needs(Permission.PLAN_READ)]
WRITE = [needs(Permission.PLAN_WRITE)]


class Made(BaseModel):
    """The code of what was asked for."""

    code: str


@router.get("/incidents", dependencies=[needs(Permission.INCIDENT_READ)])
def incidents(page: Page) -> Response:
    return page.show("incidents.html", {"incidents": page.ask(home_views.open_incidents, page.now)})


@router.get("/incidents/{code}", dependencies=[needs(Permission.INCIDENT_READ)])
def incident(page: Page, code: str) -> Response:
    """One incident: level, needs by county and item, plans."""
    return _incident(page, code, page.form())


@router.get("/plans", dependencies=READ)
def plans(page: Page, after: int = 0) -> Response:
    rows = page.ask(queries.list_plans, page.scopes(Permission.PLAN_READ), after, 100)
    return page.show("plans.html", {"plans": rows, "next": rows[-1].id if len(rows) == 100 else None})


@router.post("/incidents/{code}/plans", dependencies=WRITE)
def request_plan(form: Form, code: str) -> Response:
    """Ask for a plan over the needs of one incident, with the policy chosen."""
    return form.run(
        service.request_plan,
        drafts.PlanRequestDraft,
        answer=Made,
        then=lambda made: f"/plans/{made.code}",
        again=lambda filled: _incident(form.page, code, filled),
        fields={**form.typed, "incident_codes": [code]},
    )


@router.get("/plans/{code}", dependencies=READ)
def plan(page: Page, code: str, item: str = "") -> Response:
    """One plan: an item on the map, fill, what is unmet and why, yardsticks, changes, studies."""
    return _plan(page, code, page.form(), item)


@router.get("/plans/{code}/shipments", dependencies=READ)
def shipments(page: Page, code: str, item: str = "", after: int = 0) -> Response:
    """What a plan sends, by lot and hour."""
    found = _asked(page, code, item)
    lines = [line for line in found.plan.lines if item in ("", line.item_code)]
    return page.show("plan_shipments.html", {"page": found, "item": item, **_stretch(lines, after)})


@router.get("/plans/{code}/unmet", dependencies=READ)
def unmet(page: Page, code: str, item: str = "", after: int = 0) -> Response:
    """What a plan leaves unmet, need by need."""
    found = _asked(page, code, item)
    rows = [row for row in found.unmet if item in ("", row.item_code)]
    return page.show("plan_unmet.html", {"page": found, "item": item, **_stretch(rows, after)})


@router.post("/plans/{code}/policies", dependencies=READ)
def compare_policies(form: Form, code: str) -> Response:
    return form.run(
        service.compare_policies,
        drafts.PolicyComparisonDraft,
        answer=Made,
        then=lambda made: f"/studies/{made.code}",
        again=lambda filled: _plan(form.page, code, filled),
        fields={**form.typed, "plan_code": code},
    )


@router.post("/plans/{code}/hold-back", dependencies=READ)
def weigh_hold_back(form: Form, code: str) -> Response:
    return form.run(
        service.weigh_hold_back,
        drafts.HoldBackDraft,
        answer=Made,
        then=lambda made: f"/studies/{made.code}",
        again=lambda filled: _plan(form.page, code, filled),
        fields={**form.typed, "plan_code": code},
    )


@router.post("/plans/{code}/loads", dependencies=READ)
def load_vehicles(form: Form, code: str) -> Response:
    return form.run(
        service.load_vehicles,
        drafts.LoadsDraft,
        answer=Made,
        then=lambda made: f"/studies/{made.code}",
        again=lambda filled: _plan(form.page, code, filled),
        fields={**form.typed, "plan_code": code},
    )


@router.post("/plans/{code}/again", dependencies=WRITE)
def plan_again(form: Form, code: str) -> Response:
    """Plan again from this plan, over the same incidents, as of now."""
    before = form.page.ask(queries.get_plan, code)
    return form.run(
        service.request_plan,
        drafts.PlanRequestDraft,
        answer=Made,
        then=lambda made: f"/plans/{made.code}",
        again=lambda filled: _plan(form.page, code, filled),
        fields={**form.typed, "incident_codes": before.incident_codes.split(";"), "previous_plan": code},
    )


@router.get("/studies/{code}", dependencies=READ)
def study(page: Page, code: str) -> Response:
    """What was asked about a plan, and the answer."""
    found = page.ask(studies.study, code, page.scopes(Permission.PLAN_READ), page.text)
    return page.show("study.html", {"study": found})


def _incident(page: PageDesk, code: str, filled: Filled) -> Response:
    found = page.ask(plan_page.incident_page, code, page.scopes(Permission.PLAN_READ), page.now, page.text)
    return page.show("incident.html", {"page": found, "filled": filled}, status=filled.status)


def _plan(page: PageDesk, code: str, filled: Filled, item: str = "") -> Response:
    return page.show("plan.html", {"page": _asked(page, code, item), "filled": filled}, status=filled.status)


def _asked(page: PageDesk, code: str, item: str) -> PlanPage:
    return page.ask(plan_page.plan_page, code, page.scopes(Permission.PLAN_READ), page.text, item)


def _stretch(rows: Sequence[Any], after: int) -> dict[str, Any]:
    """A hundred rows of a plan, which never changes: the next ones begin where these end."""
    end = max(0, after) + 100
    return {"rows": rows[max(0, after) : end], "next": end if end < len(rows) else None}
