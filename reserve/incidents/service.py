"""Verbs on incidents: declare, describe, set the response level by signed paper, close.

Reports and coverage: ``reporting.py``. Needs: ``estimates.py``. Requests: ``requests.py``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append, lock_row
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.incidents import queries, rules
from reserve.incidents.models import AreaVersion, Incident, IncidentVersion, ResponseChange
from reserve.incidents.terms import (
    AreaDraft,
    AreasDraft,
    ClassDraft,
    CloseDraft,
    IncidentDraft,
    IncidentState,
    ResponseDraft,
    ResponseInForceDraft,
)
from reserve.organisations import queries as organisation_queries
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, ResponseLevel, State


class IncidentExists(Conflict):
    """An incident with this code stands already."""

    code = "incident_exists"


class IncidentClosed(Conflict):
    """The incident is closed; nothing more is entered for it."""

    code = "incident_closed"


class ResponseOn(Conflict):
    """A response is still on; it is terminated by a signed paper before the incident closes."""

    code = "response_on"


class LevelUnchanged(Conflict):
    """The level asked for is the one in force."""

    code = "level_unchanged"


class NotAResponsePaper(Conflict):
    """The document is not a response activation."""

    code = "not_a_response_paper"


def declare_incident(session: Session, actor: Actor, draft: IncidentDraft, *, now: datetime, today: date) -> Incident:
    """Declare an incident with its class and affected counties. It has no response level yet."""
    require(actor, Permission.INCIDENT_WRITE)
    organisation = organisation_queries.get_organisation(session, draft.organisation_code)
    require_scope(actor, Permission.INCIDENT_WRITE, organisation_path=organisation.path)
    if queries.find_incident(session, draft.code) is not None:
        raise IncidentExists(f"{draft.code} stands already", found=draft.code)
    if problems := _declaration_problems(session, draft, now=now, today=today):
        raise InvalidInput(problems)
    occurred_at = draft.occurred_at or now
    row = {
        "code": draft.code,
        "title_zh": draft.title_zh,
        "title_en": draft.title_en,
        "scenario": draft.scenario,
        "organisation_id": organisation.id,
        "organisation_path": organisation.path,
        "begins_on": draft.begins_on,
        "occurred_at": occurred_at,
        "recorded_at": now,
        **_by(actor),
    }
    (incident_id,) = append(session, Incident, [row])
    version = {
        "incident_class": draft.incident_class,
        "state": IncidentState.OPEN,
        "reported": ";".join(draft.reported),
        "severity_profile": draft.severity_profile,
        "injured": draft.injured,
        "injured_are_serious": draft.injured_are_serious,
        "reason": draft.reason,
    }
    _append_version(session, actor, incident_id, version, valid_from=occurred_at, now=now)
    _append_areas(session, incident_id, draft.areas, source=draft.reason, valid_from=occurred_at, now=now)
    return session.get_one(Incident, incident_id)


def record_areas(session: Session, actor: Actor, draft: AreasDraft, *, now: datetime, today: date) -> Incident:
    """Enter new figures for affected counties, or counties that join or leave the incident."""
    require(actor, Permission.INCIDENT_WRITE)
    incident = open_incident(session, draft.incident_code)
    require_scope(actor, Permission.INCIDENT_WRITE, organisation_path=incident.organisation_path)
    if problems := rules.area_problems(draft.areas, _counties(session)):
        raise InvalidInput(problems)
    valid_from = draft.valid_from or now
    _append_areas(session, incident.id, draft.areas, source=draft.source, valid_from=valid_from, now=now)
    return incident


def set_class(session: Session, actor: Actor, draft: ClassDraft, *, now: datetime, today: date) -> Incident:
    """Set the class of an incident anew; its response level stays as it is."""
    require(actor, Permission.INCIDENT_WRITE)
    incident = open_incident(session, draft.incident_code)
    require_scope(actor, Permission.INCIDENT_WRITE, organisation_path=incident.organisation_path)
    change = {"incident_class": draft.incident_class, "reason": draft.reason}
    _amend(session, actor, incident, change, now=now)
    return incident


def request_response(session: Session, actor: Actor, draft: ResponseDraft, *, now: datetime, today: date) -> Document:
    """Draft and submit the paper that activates, changes or ends a response; the matrix says who signs it.

    Who signs is decided by the higher of the level in force and the level asked for. Raises LevelUnchanged.
    """
    require(actor, Permission.INCIDENT_WRITE)
    incident = open_incident(session, draft.incident_code)
    current = queries.last_level(session, incident.id)
    step = rules.response_step(current, draft.level)
    if step is None:
        raise LevelUnchanged("this level is in force", found=current and current.value)
    organisation = (
        organisation_queries.get_organisation(session, draft.organisation_code)
        if draft.organisation_code
        else organisation_queries.organisations_by_id(session, [incident.organisation_id])[incident.organisation_id]
    )
    require_scope(actor, Permission.INCIDENT_WRITE, organisation_path=organisation.path)
    level = draft.level.value if draft.level else ""
    document = drafting.draft_document(
        session,
        actor,
        DocumentKind.RESPONSE_ACTIVATION,
        organisation,
        state=State.SUBMITTED,
        now=now,
        title=incident.title_zh,
        lines=[LineContent(1, "", 1, receiver_code=incident.code, ground=f"{step}:{level}", note=draft.measures)],
        content=draft.model_dump(mode="json") | {"step": step, "from_level": current},
        incident_code=incident.code,
        response_level=rules.signing_level(current, draft.level),
        holder_relation="any",
        reason=draft.reason,
    )
    drafting.open_case(session, document, lead=organisation, quantity=1, now=now)
    return document


def put_response_in_force(
    session: Session, actor: Actor, draft: ResponseInForceDraft, *, now: datetime, today: date
) -> ResponseChange:
    """The signed response level holds from now on, or from the hour the paper names.

    Raises WrongState while signatures are missing, LevelUnchanged when another paper was faster.
    """
    require(actor, Permission.INCIDENT_WRITE)
    document = paper_queries.get_document(session, draft.document_number)
    if document.kind is not DocumentKind.RESPONSE_ACTIVATION or document.incident_code is None:
        raise NotAResponsePaper(f"{document.number} is a {document.kind}", found=document.kind)
    incident = open_incident(session, document.incident_code)
    drafting.lock_document(session, document.number)
    drafting.require_state(session, document, State.APPROVED)
    leader = organisation_queries.organisations_by_id(session, [document.organisation_id])[document.organisation_id]
    require_scope(actor, Permission.INCIDENT_WRITE, organisation_path=leader.path)
    asked = ResponseDraft.model_validate(_asked(document))
    step = rules.response_step(queries.last_level(session, incident.id), asked.level)
    if step is None:
        raise LevelUnchanged("this level is in force", found=asked.level and asked.level.value)
    row = {
        "incident_id": incident.id,
        "step": step,
        "level": asked.level,
        "organisation_id": leader.id,
        "document_id": document.id,
        "expected_until": asked.expected_until,
        "measures": asked.measures,
        "valid_from": draft.valid_from or now,
        "recorded_at": now,
        **_by(actor),
    }
    (change_id,) = append(session, ResponseChange, [row])
    drafting.enter_state(session, actor, document, State.ISSUED, now=now)
    drafting.enter_state(session, actor, document, State.CLOSED, now=now)
    return session.get_one(ResponseChange, change_id)


def close_incident(session: Session, actor: Actor, draft: CloseDraft, *, now: datetime, today: date) -> Incident:
    """Close an incident whose response has been terminated. Raises ResponseOn."""
    require(actor, Permission.INCIDENT_WRITE)
    incident = open_incident(session, draft.incident_code)
    require_scope(actor, Permission.INCIDENT_WRITE, organisation_path=incident.organisation_path)
    level: ResponseLevel | None = queries.last_level(session, incident.id)
    if level is not None:
        raise ResponseOn(f"response {level} is on", found=level.value, expected="no response")
    _amend(session, actor, incident, {"state": IncidentState.CLOSED, "reason": draft.reason}, now=now)
    return incident


def open_incident(session: Session, code: str) -> Incident:
    """The incident, if it is open, locked until the verb ends. Raises NotFound, IncidentClosed.

    Taken before any lock on a document. Who waited here may have taken its time before the one it waited for: state
    and level are therefore read as recorded last.
    """
    incident = queries.get_incident(session, code)
    lock_row(session, Incident, incident.id)
    version = queries.last_version(session, incident.id)
    if version.state is IncidentState.CLOSED:
        raise IncidentClosed(f"{code} is closed", found=code)
    return incident


def _asked(document: Document) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(document.content)
    return {name: content[name] for name in ResponseDraft.model_fields if name in content}


def _by(actor: Actor) -> dict[str, int]:
    return {"user_id": actor.user_id, "person_id": actor.person_id}


def _counties(session: Session) -> set[str]:
    regions = organisation_queries.regions_by_code(session)
    return {code for code, region in regions.items() if region.county_equivalent}


def _declaration_problems(session: Session, draft: IncidentDraft, *, now: datetime, today: date) -> list[Problem]:
    problems = rules.area_problems(draft.areas, _counties(session))
    if draft.occurred_at is not None and draft.occurred_at > now:
        found = draft.occurred_at.isoformat()
        problems.append(Problem("in_the_future", "occurred_at", f"at most {now.isoformat()}", found))
    return problems


def _append_version(
    session: Session, actor: Actor, incident_id: int, values: dict[str, Any], *, valid_from: datetime, now: datetime
) -> None:
    row = {"incident_id": incident_id, **values, "valid_from": valid_from, "recorded_at": now, **_by(actor)}
    append(session, IncidentVersion, [row])


def _amend(session: Session, actor: Actor, incident: Incident, change: dict[str, Any], *, now: datetime) -> None:
    """A new version of the incident: the one in force with some values changed."""
    current = queries.last_version(session, incident.id)
    kept = ("incident_class", "state", "reported", "severity_profile", "injured", "injured_are_serious")
    values = {name: getattr(current, name) for name in kept} | change
    _append_version(session, actor, incident.id, values, valid_from=now, now=now)


def _append_areas(
    session: Session, incident_id: int, areas: Sequence[AreaDraft], *, source: str, valid_from: datetime, now: datetime
) -> None:
    """New versions of areas; a county keeps its place in the order, a new one comes last."""
    places = {row.region_code: row.place for row in queries.areas_at(session, incident_id, valid_from, now)}
    following = queries.last_place(session, incident_id)
    rows = []
    for area in areas:
        if area.region_code not in places:
            following += 1
        place = places.get(area.region_code, following)
        times = {"valid_from": valid_from, "recorded_at": now}
        rows.append({"incident_id": incident_id, "place": place, "source": source, **times, **area.model_dump()})
    append(session, AreaVersion, rows)
