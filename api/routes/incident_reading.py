"""What is known of incidents. An incident is announced: whoever may read incidents reads all of them. Needs are
shown in full to those whose scope holds the incident, and of their own sites to everybody else.
"""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from api.deps import After, Limit, Page, Question, cut_page, needs, page_of
from api.schemas.incidents import (
    AreaOut,
    CoverageOut,
    EstimateOut,
    IncidentOut,
    IncidentStateOut,
    NeedOut,
    ObservedOut,
    ResponseChangeOut,
)
from api.scoping import parties_in
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
    return question.ask(_state, code, as_of or now, known_at or now)


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
    rows = question.ask(_needs, code, question.scopes(Permission.INCIDENT_READ), item, due_until, question.now)
    return cut_page(rows, after, limit, key=lambda row: row.code)


@router.get("/incidents/{code}/estimates", response_model=list[EstimateOut])
def list_estimates(code: str, question: Question, limit: Limit = 100) -> list[EstimateOut]:
    """Estimates, newest first."""
    return question.ask(_estimates, code, limit)


@router.get("/incidents/{code}/observations", response_model=list[ObservedOut])
def list_observations(code: str, question: Question, measure: Measure | None = None) -> list[ObservedOut]:
    return question.ask(_observations, code, measure, question.now)


@router.get("/regions/{code}/household-coverage", response_model=list[CoverageOut])
def coverage_of_region(code: str, question: Question) -> list[CoverageOut]:
    now = question.now
    return [CoverageOut.model_validate(row) for row in question.ask(queries.coverage_at, [code], now, now)]


def _state(session: Session, code: str, as_of: AwareDatetime, known_at: AwareDatetime) -> IncidentStateOut:
    incident = queries.get_incident(session, code)
    version = queries.version_at(session, incident.id, as_of, known_at)
    return IncidentStateOut(
        **IncidentOut.model_validate(incident).model_dump(),
        incident_class=version.incident_class,
        state=version.state,
        level=queries.level_at(session, incident.id, as_of, known_at),
        areas=[AreaOut.model_validate(row) for row in queries.areas_at(session, incident.id, as_of, known_at)],
        responses=[ResponseChangeOut.model_validate(row) for row in queries.response_history(session, incident.id)],
    )


def _needs(
    session: Session,
    code: str,
    scopes: tuple[str, ...],
    item: str | None,
    due_until: AwareDatetime | None,
    now: AwareDatetime,
) -> list[NeedOut]:
    incident = queries.get_incident(session, code)
    needs = queries.needs_at(session, incident.id, now, now, item_codes=[item] if item else (), due_until=due_until)
    if not any(incident.organisation_path.startswith(scope) for scope in scopes):
        mine = parties_in(session, scopes)
        needs = [need for need in needs if need.site_code in mine]
    return [NeedOut.model_validate(need) for need in needs]


def _estimates(session: Session, code: str, limit: int) -> list[EstimateOut]:
    incident = queries.get_incident(session, code)
    return [EstimateOut.model_validate(row) for row in queries.list_estimates(session, incident.id, limit)]


def _observations(session: Session, code: str, measure: Measure | None, now: AwareDatetime) -> list[ObservedOut]:
    incident = queries.get_incident(session, code)
    return [ObservedOut.model_validate(row) for row in queries.observations_known(session, incident.id, now, measure)]
