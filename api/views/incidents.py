"""Incidents as they are, or as they were known at a time; needs as far as a reader may see them."""

from __future__ import annotations

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from api.schemas.incidents import (
    AreaOut,
    EstimateOut,
    IncidentOut,
    IncidentStateOut,
    NeedOut,
    ObservedOut,
    ResponseChangeOut,
)
from api.views.scoping import parties_in
from reserve.incidents import queries
from reserve.incidents.picture import Measure


def state(session: Session, code: str, as_of: AwareDatetime, known_at: AwareDatetime) -> IncidentStateOut:
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


def visible_needs(
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


def estimates(session: Session, code: str, limit: int) -> list[EstimateOut]:
    incident = queries.get_incident(session, code)
    return [EstimateOut.model_validate(row) for row in queries.list_estimates(session, incident.id, limit)]


def observations(session: Session, code: str, measure: Measure | None, now: AwareDatetime) -> list[ObservedOut]:
    incident = queries.get_incident(session, code)
    return [ObservedOut.model_validate(row) for row in queries.observations_known(session, incident.id, now, measure)]
