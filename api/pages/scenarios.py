"""What if: scenarios built from named changes, with their curves against need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, FormDesk, Page, PageDesk
from api.filling import Filled
from api.schemas.scenarios import VersionOut
from api.surging import projection_draft
from api.views import scenario_page
from api.views import scenarios as views
from reserve.authority import Permission
from reserve.scenarios import drafts, queries, service
from reserve.scenarios.terms import ChangeKind

router = APIRouter()

READ = [needs(Permission.PLAN_READ)]
WRITE = [needs(Permission.PLAN_WRITE)]
NUMBERS = ("from_day", "per_day", "yield_permille", "days", "quantity", "day", "percent")
"""Fields of a change that count something."""


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


@router.get("/scenarios/{code}/beside", dependencies=READ)
def beside(page: Page, code: str, version: int | None = None, other: str = "") -> Response:
    """Two versions side by side: their assumptions in words, and every item under both."""
    name, _, number = other.partition(":")
    right = name, int(number) if number.isdecimal() else None
    scopes = page.scopes(Permission.PLAN_READ)
    found = page.ask(scenario_page.comparison_page, (code, version), right, scopes, page.text)
    return page.show("scenario_beside.html", {"page": found})


@router.post("/scenarios/{code}/change", dependencies=WRITE)
def change_scenario(form: Form, code: str) -> Response:
    """A new version: all changes of the last one, and one more."""
    changes = _last(form, code).changes
    return _new_version(form, code, [*changes, _change(form.typed)], f"changes.{len(changes)}.")


@router.post("/scenarios/{code}/without", dependencies=WRITE)
def drop_change(form: Form, code: str) -> Response:
    """A new version: all changes of the last one but that on one place."""
    place = form.typed.get("place", "")
    kept = [each for at, each in enumerate(_last(form, code).changes) if str(at) != place]
    return _new_version(form, code, kept, "changes.")


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


def _last(form: FormDesk, code: str) -> VersionOut:
    return form.page.ask(views.scenario, code, form.page.scopes(Permission.PLAN_WRITE)).versions[-1]


def _new_version(form: FormDesk, code: str, changes: list[dict[str, Any]], row: str) -> Response:
    """Make it, or show what is wrong with the row beside its own fields."""

    def again(filled: Filled) -> Response:
        problems = [{**each, "field": each["field"].removeprefix(row)} for each in filled.problems]
        return _scenario(form.page, code, None, replace(filled, problems=problems))

    return form.run(
        service.change_scenario,
        drafts.ScenarioChangesDraft,
        answer=MadeVersion,
        then=lambda made: f"/scenarios/{made.code}?version={made.number}",
        again=again,
        fields={"scenario_code": code, "reason": form.typed.get("reason", ""), "changes": changes},
    )


def _change(typed: Mapping[str, str]) -> dict[str, Any]:
    """One change as it was typed; what was left empty is left out, the draft refuses what makes no sense."""
    told = {name: value.strip() for name, value in typed.items() if name != "reason" and value.strip()}
    return {name: int(said) if name in NUMBERS and said.isdecimal() else said for name, said in told.items()}


def _list(page: PageDesk, filled: Filled) -> Response:
    rows = page.ask(queries.list_scenarios, page.scopes(Permission.PLAN_READ), 0, 500)
    return page.show("scenarios.html", {"rows": rows, "filled": filled}, status=filled.status)


def _scenario(page: PageDesk, code: str, version: int | None, filled: Filled) -> Response:
    """The form that came back as it was typed, all others fresh."""
    found = page.ask(scenario_page.scenario_page, code, version, page.scopes(Permission.PLAN_READ), page.text)
    forms = {kind: filled if filled.value("kind") == kind else page.form() for kind in ChangeKind}
    return page.show("scenario.html", {"page": found, "filled": filled, "forms": forms}, status=filled.status)
