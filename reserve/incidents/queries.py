"""Questions about incidents: what holds at a time (``as_of``) as it was known at a time (``known_at``)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.db import within
from reserve.errors import NotFound
from reserve.incidents.models import (
    AreaVersion,
    DemandEstimate,
    HouseholdCoverage,
    Incident,
    IncidentVersion,
    Need,
    NeedVersion,
    Observed,
    RequestDecision,
    RequestLine,
    ResponseChange,
)
from reserve.incidents.picture import Basis, Confidence, Measure, NeedKind
from reserve.incidents.rules import OpenLine
from reserve.incidents.terms import IncidentState, NeedOrigin
from reserve.papers import queries as paper_queries
from reserve.papers.terms import ResponseLevel, State

V = TypeVar("V", bound=Any)


def get_incident(session: Session, code: str) -> Incident:
    incident = find_incident(session, code)
    if incident is None:
        raise NotFound("incident", code)
    return incident


def find_incident(session: Session, code: str) -> Incident | None:
    return session.scalar(select(Incident).where(Incident.code == code))


def list_incidents(session: Session, scopes: Iterable[str], after: str = "", limit: int = 100) -> Sequence[Incident]:
    """Incidents inside the given scopes, by code, one keyset page."""
    statement = select(Incident).where(within(Incident.organisation_path, scopes), Incident.code > after)
    return session.scalars(statement.order_by(Incident.code).limit(limit)).all()


def _newest(
    session: Session, model: type[V], key: Callable[[V], Hashable], as_of: datetime, known_at: datetime, *where: Any
) -> dict[Hashable, V]:
    """The version in force per key: the latest ``valid_from`` not after ``as_of`` among those known by ``known_at``."""
    statement = select(model).where(model.valid_from <= as_of, model.recorded_at <= known_at, *where)
    rows = session.scalars(statement.order_by(model.valid_from, model.recorded_at, model.id))
    return {key(row): row for row in rows}


def version_at(session: Session, incident_id: int, as_of: datetime, known_at: datetime) -> IncidentVersion:
    """Class, state and way of reporting at a time. Raises NotFound before the incident began."""
    where = IncidentVersion.incident_id == incident_id
    found = _newest(session, IncidentVersion, lambda row: row.incident_id, as_of, known_at, where)
    if incident_id not in found:
        raise NotFound("incident at this time", as_of.isoformat())
    return found[incident_id]


def open_incidents(session: Session, scopes: Iterable[str], as_of: datetime, known_at: datetime) -> list[Incident]:
    """Incidents inside the scopes that have begun and are not closed at a time, as known at a time; by code."""
    inside = select(Incident).where(within(Incident.organisation_path, scopes)).order_by(Incident.code)
    incidents = session.scalars(inside).all()
    where = IncidentVersion.incident_id.in_(each.id for each in incidents)
    newest = _newest(session, IncidentVersion, lambda row: row.incident_id, as_of, known_at, where)
    return [each for each in incidents if each.id in newest and newest[each.id].state is IncidentState.OPEN]


def last_open_moment(session: Session, scopes: Iterable[str]) -> datetime | None:
    """The last instant at which an incident inside the scopes was still open; None when none was ever closed."""
    closed = (
        select(func.max(IncidentVersion.valid_from))
        .join(Incident, Incident.id == IncidentVersion.incident_id)
        .where(within(Incident.organisation_path, scopes), IncidentVersion.state == IncidentState.CLOSED)
    )
    closed_at = session.scalar(closed)
    return None if closed_at is None else closed_at - timedelta(microseconds=1)


def last_version(session: Session, incident_id: int) -> IncidentVersion:
    """The version recorded last, whatever its times: what a verb that holds the lock must not overlook."""
    statement = select(IncidentVersion).where(IncidentVersion.incident_id == incident_id)
    return session.scalars(statement.order_by(IncidentVersion.id.desc()).limit(1)).one()


def last_level(session: Session, incident_id: int) -> ResponseLevel | None:
    """The level set last, whatever its times; None when no response is on."""
    statement = select(ResponseChange).where(ResponseChange.incident_id == incident_id)
    change = session.scalars(statement.order_by(ResponseChange.id.desc()).limit(1)).first()
    return change.level if change else None


def response_at(session: Session, incident_id: int, as_of: datetime, known_at: datetime) -> ResponseChange | None:
    """The response change in force, also a termination; None before the first activation."""
    where = ResponseChange.incident_id == incident_id
    return _newest(session, ResponseChange, lambda row: row.incident_id, as_of, known_at, where).get(incident_id)


def level_at(session: Session, incident_id: int, as_of: datetime, known_at: datetime) -> ResponseLevel | None:
    """The response level in force; None when no response is on."""
    change = response_at(session, incident_id, as_of, known_at)
    return change.level if change else None


def response_history(session: Session, incident_id: int) -> Sequence[ResponseChange]:
    statement = select(ResponseChange).where(ResponseChange.incident_id == incident_id)
    return session.scalars(statement.order_by(ResponseChange.valid_from, ResponseChange.id)).all()


def areas_at(session: Session, incident_id: int, as_of: datetime, known_at: datetime) -> list[AreaVersion]:
    """Affected counties in their order of weight."""
    where = AreaVersion.incident_id == incident_id
    found = _newest(session, AreaVersion, lambda row: row.region_code, as_of, known_at, where)
    return sorted((row for row in found.values() if row.is_affected), key=lambda row: (row.place, row.region_code))


def last_place(session: Session, incident_id: int) -> int:
    """The highest place in the order of weight ever given in this incident."""
    return session.scalar(select(func.max(AreaVersion.place)).where(AreaVersion.incident_id == incident_id)) or 0


def observations_known(
    session: Session, incident_id: int, known_at: datetime, measure: Measure | None = None
) -> list[Observed]:
    """Reported values; of several for one measure, region and day the last one recorded by ``known_at``."""
    statement = select(Observed).where(Observed.incident_id == incident_id, Observed.recorded_at <= known_at)
    if measure is not None:
        statement = statement.where(Observed.measure == measure)
    rows = session.scalars(statement.order_by(Observed.recorded_at, Observed.id))
    found = {(row.measure, row.observed_on, row.region_code): row for row in rows}
    return [found[key] for key in sorted(found)]


def coverage_at(
    session: Session, region_codes: Collection[str], as_of: datetime, known_at: datetime
) -> list[HouseholdCoverage]:
    """Household coverage per county and kit version."""
    where = HouseholdCoverage.region_code.in_(sorted(region_codes))
    found = _newest(session, HouseholdCoverage, lambda r: (r.region_code, r.kit_version), as_of, known_at, where)
    return sorted(found.values(), key=lambda row: (row.region_code, row.kit_version))


def list_estimates(session: Session, incident_id: int, limit: int = 100) -> Sequence[DemandEstimate]:
    """Estimates of an incident, newest first."""
    statement = select(DemandEstimate).where(DemandEstimate.incident_id == incident_id)
    return session.scalars(statement.order_by(DemandEstimate.id.desc()).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class NeedNow:
    """A need with the quantity in force, base units, and where the number comes from."""

    need_id: int
    code: str
    origin: NeedOrigin
    region_code: str
    site_code: str
    item_code: str
    due_at: datetime
    need_class: int
    kind: NeedKind
    driver: str
    norm_code: str
    low: int
    base: int
    high: int
    gross_base: int
    household_base: int
    hospital_base: int
    driver_amount: str
    basis: Basis
    confidence: Confidence
    source: str
    recorded_at: datetime


_NEED_NOW: tuple[Any, ...] = (
    Need.id,
    Need.code,
    Need.origin,
    Need.region_code,
    Need.site_code,
    Need.item_code,
    Need.due_at,
    Need.need_class,
    Need.kind,
    Need.driver,
    Need.norm_code,
    NeedVersion.low,
    NeedVersion.base,
    NeedVersion.high,
    NeedVersion.gross_base,
    NeedVersion.household_base,
    NeedVersion.hospital_base,
    NeedVersion.driver_amount,
    NeedVersion.basis,
    NeedVersion.confidence,
    NeedVersion.source,
    NeedVersion.recorded_at,
)
"""The columns of a ``NeedNow``, in its order: thousands are read for every plan, too many for whole rows."""


def needs_at(
    session: Session,
    incident_id: int,
    as_of: datetime,
    known_at: datetime,
    *,
    item_codes: Collection[str] = (),
    due_from: datetime | None = None,
    due_until: datetime | None = None,
    origin: NeedOrigin | None = None,
    with_zero: bool = False,
) -> list[NeedNow]:
    """Needs in force, by due time, place, item and code. A withdrawn or fully covered need is zero and left out.

    item_codes  only these items; all where empty
    """
    place = func.row_number().over(
        partition_by=NeedVersion.need_id,
        order_by=(NeedVersion.valid_from.desc(), NeedVersion.recorded_at.desc(), NeedVersion.id.desc()),
    )
    newest = (
        select(NeedVersion.id, place.label("place"))
        .join(Need, Need.id == NeedVersion.need_id)
        .where(Need.incident_id == incident_id, NeedVersion.valid_from <= as_of, NeedVersion.recorded_at <= known_at)
        .subquery()
    )
    statement = (
        select(*_NEED_NOW)
        .join(NeedVersion, NeedVersion.need_id == Need.id)
        .join(newest, newest.c.id == NeedVersion.id)
        .where(newest.c.place == 1)
        .order_by(Need.due_at, Need.site_code, Need.item_code, Need.code)
    )
    if item_codes:
        statement = statement.where(Need.item_code.in_(sorted(item_codes)))
    if due_from is not None:
        statement = statement.where(Need.due_at >= due_from)
    if due_until is not None:
        statement = statement.where(Need.due_at <= due_until)
    if origin is not None:
        statement = statement.where(Need.origin == origin)
    if not with_zero:
        statement = statement.where(NeedVersion.high > 0)
    return [NeedNow(*row) for row in session.execute(statement)]


def request_lines(session: Session, document_id: int) -> Sequence[RequestLine]:
    statement = select(RequestLine).where(RequestLine.document_id == document_id)
    return session.scalars(statement.order_by(RequestLine.line_no)).all()


def open_request_lines(session: Session, incident_id: int) -> list[OpenLine]:
    """Lines of requests that are neither withdrawn nor replaced."""
    statement = select(RequestLine).where(RequestLine.incident_id == incident_id).order_by(RequestLine.id)
    lines = session.scalars(statement).all()
    states = paper_queries.states_of_many(session, {line.document_id for line in lines})
    return [
        OpenLine(line.id, line.site_code, line.item_code, line.recorded_at)
        for line in lines
        if states[line.document_id] is State.POSTED
    ]


def decisions_of(session: Session, line_ids: Collection[int]) -> Mapping[int, RequestDecision]:
    """The last decision per request line."""
    statement = select(RequestDecision).where(RequestDecision.request_line_id.in_(sorted(line_ids)))
    return {row.request_line_id: row for row in session.scalars(statement.order_by(RequestDecision.id))}


def has_asked(session: Session, incident_id: int, organisation_ids: Collection[int], known_at: datetime) -> bool:
    """Whether one of these organisations has a standing written request (opens province stock at level III)."""
    statement = select(RequestLine.document_id).where(
        RequestLine.incident_id == incident_id,
        RequestLine.organisation_id.in_(sorted(organisation_ids)),
        RequestLine.recorded_at <= known_at,
    )
    states = paper_queries.states_of_many(session, session.scalars(statement).all())
    return State.POSTED in states.values()
