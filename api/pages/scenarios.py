"""What if: scenarios built from named changes, with their curves against need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.filling import Filled
from api.surging import projection_draft
from api.views import scenario_page
from api.views import scenarios as views
from reserve.authority import Permission
from reserve.scenarios import drafts, queries, service

router = APIRouter()

READ = [needs(Permission.PLAN_READ)]
WRITE = [needs(Permission.PLAN_WRITE)]
ROWS = {
    "activate": ("activate", "line_code", "from_day"),
    "delay": ("delay", "line_code", "days"),
    "add_material": ("add_material", "material_code", "quantity"),
    "need_percent": ("change_need", "item_code", "percent"),
    "need_per_day": ("change_need", "item_code", "per_day"),
}
"""What a choice on the form means: the kind of change, what its code names, and what its number is."""


class Made(BaseModel):
    code: str


class MadeVersion(BaseModel):
    code: str
    number: int


@router.get("/scenarios", dependencies=READ)
def scenarios(page: Page) -> Response:
    return _list(page, page.form())


@router.post("/scenarios", dependencies=WRITE)
def create_scenario(form: Form) -> Response:
    return form.run(
        service.create_scenario,
        drafts.ScenarioDraft,
        answer=Made,
        then=lambda made: f"/scenarios/{made.code}",
        again=lambda filled: _list(form.page, filled),
    )


@router.get("/scenarios/{code}", dependencies=READ)
def scenario(page: Page, code: str, version: int | None = None) -> Response:
    """One version: what it assumes, and its curves once it was worked out."""
    return _scenario(page, code, version, page.form())


@router.post("/scenarios/{code}/change", dependencies=WRITE)
def change_scenario(form: Form, code: str) -> Response:
    """A new version: all changes of the last one, and one more."""
    scopes = form.page.scopes(Permission.PLAN_WRITE)
    last = form.page.ask(views.scenario, code, scopes).versions[-1]
    return form.run(
        service.change_scenario,
        drafts.ScenarioChangesDraft,
        answer=MadeVersion,
        then=lambda made: f"/scenarios/{made.code}?version={made.number}",
        again=lambda filled: _scenario(form.page, code, None, filled),
        fields={
            "scenario_code": code,
            "reason": form.typed.get("reason", ""),
            "changes": [*last.changes, _change(form.typed)],
        },
    )


@router.post("/scenarios/{code}/run", dependencies=WRITE)
def run_scenario(form: Form, code: str) -> Response:
    """Work a version out and keep what it comes to."""
    number = int(form.typed.get("version", "1"))
    instance = form.page.ask(views.instance, code, number, form.page.scopes(Permission.PLAN_WRITE))
    asked = drafts.RunDraft(scenario_code=code, version=number)
    return form.run(
        service.record_projection,
        drafts.ProjectionDraft,
        answer=MadeVersion,
        then=lambda made: f"/scenarios/{code}?version={number}",
        again=lambda filled: _scenario(form.page, code, number, filled),
        fields=projection_draft(asked, instance).model_dump(),
    )


def _change(typed: Mapping[str, str]) -> dict[str, Any]:
    """One row of the form as a change; what makes no sense is left for the draft to refuse."""
    choice, number = typed.get("kind", ""), typed.get("amount", "")
    kind, object_name, number_name = ROWS.get(choice, (choice, "item_code", "percent"))
    amount = int(number) if number.isdecimal() else number
    return {"kind": kind, object_name: typed.get("object", ""), number_name: amount}


def _list(page: PageDesk, filled: Filled) -> Response:
    rows = page.ask(queries.list_scenarios, page.scopes(Permission.PLAN_READ), 0, 500)
    return page.show("scenarios.html", {"rows": rows, "filled": filled}, status=filled.status)


def _scenario(page: PageDesk, code: str, version: int | None, filled: Filled) -> Response:
    found = page.ask(scenario_page.scenario_page, code, version, page.scopes(Permission.PLAN_READ), page.text)
    return page.show("scenario.html", {"page": found, "filled": filled}, status=filled.status)
