"""What is known of incidents. An incident is announced: whoever may read incidents reads all of them. Needs are
shown in full to those whose scope holds the incident, and of their own sites to everybody else.
"""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import AwareDatetime

from api.deps import After, Limit, Page, Question, cut_page, needs, page_of
from api.schemas.incidents import (
    CoverageOut,
    EstimateOut,
    IncidentOut,
    IncidentStateOut,
    NeedOut,
    ObservedOut,
)
from api.views import incidents as views
from reserve.authority import Permission
from reserve.incidents import queries
from reserve.incidents.picture import Measure

router = APIRouter(tags=["incidents"], dependencies=[needs(Permission.INCIDENT_READ)])

EVERYWHERE = ("/",)


@router.get("/incidents", response_model=Page[IncidentOut])
def list_incidents(question: Question, after: After = "", limit: Limit = 100) -> Page[IncidentOut]:
    rows = question.ask(queries.list_incidents, EVERYWHERE, after, limit)
    return page_of(IncidentOut, rows, limit, key=lambda row: row.code)


@router.get("/incidents/{code}", response_model=IncidentStateOut)
def get_incident(
    code: str, question: Question, as_of: AwareDatetime | None = None, known_at: AwareDatetime | None = None
) -> IncidentStateOut:
    """An incident now, or as of a time and as known at a time."""
    now = question.now
    return question.ask(views.state, code, as_of or now, known_at or now)


@router.get("/incidents/{code}/needs", response_model=Page[NeedOut])
def list_needs(
    code: str,
    question: Question,
    item: str | None = None,
    due_until: AwareDatetime | None = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[NeedOut]:
    """Needs in force, by due time and place; ``after`` is the code of the last need seen."""
    rows = question.ask(
        views.visible_needs, code, question.scopes(Permission.INCIDENT_READ), item, due_until, question.now
    )
    return cut_page(rows, after, limit, key=lambda row: row.code)


@router.get("/incidents/{code}/estimates", response_model=list[EstimateOut])
def list_estimates(code: str, question: Question, limit: Limit = 100) -> list[EstimateOut]:
    """Estimates, newest first."""
    return question.ask(views.estimates, code, limit)


@router.get("/incidents/{code}/observations", response_model=list[ObservedOut])
def list_observations(code: str, question: Question, measure: Measure | None = None) -> list[ObservedOut]:
    return question.ask(views.observations, code, measure, question.now)


@router.get("/regions/{code}/household-coverage", response_model=list[CoverageOut])
def coverage_of_region(code: str, question: Question) -> list[CoverageOut]:
    now = question.now
    return [CoverageOut.model_validate(row) for row in question.ask(queries.coverage_at, [code], now, now)]
