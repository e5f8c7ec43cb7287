"""What if: make scenarios, change them, work out what they come to, and put two side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import AfterId, Command, Limit, Page, Question, needs, page_of
from api.i18n import language_of, text_in
from api.schemas.scenarios import (
    ComparisonOut,
    ProjectionOut,
    ScenarioOut,
    ScenarioRef,
    VersionMadeOut,
    VersionProjectedOut,
)
from api.surging import projection_draft
from api.views import scenarios as views
from reserve.authority import Permission
from reserve.scenarios import drafts, queries, service

router = APIRouter(tags=["scenarios"])

READ = [needs(Permission.PLAN_READ)]
WRITE = [needs(Permission.PLAN_WRITE)]
Version = Annotated[int | None, Query(ge=1, description="the last one where empty")]


@router.post("/scenarios", status_code=201, response_model=VersionMadeOut, dependencies=WRITE)
def create_scenario(draft: drafts.ScenarioDraft, command: Command) -> Response:
    """Freeze lines, materials, stock and needs as of one time and as known at another, with the first changes."""
    return command.run(service.create_scenario, draft, answer=VersionMadeOut)


@router.post("/scenarios/change", status_code=201, response_model=VersionMadeOut, dependencies=WRITE)
def change_scenario(draft: drafts.ScenarioChangesDraft, command: Command) -> Response:
    """A new version on the same base; the base and the versions before it stay as they are."""
    return command.run(service.change_scenario, draft, answer=VersionMadeOut)


@router.post("/scenarios/run", status_code=201, response_model=VersionProjectedOut, dependencies=WRITE)
def run_scenario(draft: drafts.RunDraft, command: Command, question: Question) -> Response:
    """Work out what a version comes to, and store it once the independent checker has found nothing wrong."""
    scopes = question.scopes(Permission.PLAN_WRITE)
    instance = question.ask(views.instance, draft.scenario_code, draft.version, scopes)
    return command.run(service.record_projection, projection_draft(draft, instance), answer=VersionProjectedOut)


@router.get("/scenarios", response_model=Page[ScenarioRef], dependencies=READ)
def list_scenarios(question: Question, after: AfterId = 0, limit: Limit = 100) -> Page[ScenarioRef]:
    rows = question.ask(queries.list_scenarios, question.scopes(Permission.PLAN_READ), after, limit)
    return page_of(ScenarioRef, rows, limit, key=lambda row: row.id)


@router.get("/scenarios/{code}", response_model=ScenarioOut, dependencies=READ)
def get_scenario(code: str, question: Question) -> ScenarioOut:
    """A scenario with all its versions and the changes that each of them makes."""
    return question.ask(views.scenario, code, question.scopes(Permission.PLAN_READ))


@router.get("/scenarios/{code}/projection", response_model=ProjectionOut, dependencies=READ)
def get_projection(code: str, question: Question, version: Version = None, paths: bool = False) -> ProjectionOut:
    """What a version comes to: for each item what is short from when, what binds, what more of a material brings."""
    scopes = question.scopes(Permission.PLAN_READ)
    return question.ask(views.projection, code, version, scopes, with_paths=paths)


@router.get("/scenarios/{code}/comparison", response_model=ComparisonOut, dependencies=READ)
def compare_scenarios(
    code: str,
    request: Request,
    question: Question,
    other: Annotated[str, Query(description="code of the scenario on the right; the same one for two versions of it")],
    version: Version = None,
    other_version: Version = None,
) -> ComparisonOut:
    """Two versions side by side, with the difference of their assumptions in words."""
    scopes, text = question.scopes(Permission.PLAN_READ), text_in(language_of(request))
    return question.ask(views.comparison, (code, version), (other, other_version), scopes, text)
