"""Incidents and their response levels, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.errors import InvalidInput, NotAllowed
from reserve.incidents import queries, service
from reserve.incidents.models import AreaVersion, Incident, IncidentVersion, ResponseChange
from reserve.incidents.terms import (
    AreaDraft,
    AreasDraft,
    ClassDraft,
    CloseDraft,
    IncidentClass,
    IncidentState,
    ResponseDraft,
    ResponseInForceDraft,
    ResponseStep,
)
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers import service as papers
from reserve.papers.drafting import WrongState
from reserve.papers.models import Document
from reserve.papers.signing import NotYourSignature
from reserve.papers.terms import ResponseLevel, SignatureDraft, State
from tests.reserve.incidents.world import (
    CODE,
    DIRECTOR,
    MEMBER,
    NOW,
    PLANNER,
    STRANGER,
    TODAY,
    actor,
    build_world,
    declared,
    incident_draft,
)

LATER = NOW + timedelta(hours=2)


def ask_for(session: Session, level: ResponseLevel | None) -> Document:
    draft = ResponseDraft(incident_code=CODE, level=level, reason="疫情扩散")
    return service.request_response(session, PLANNER, draft, now=NOW, today=TODAY)


def sign(session: Session, document: Document) -> None:
    for signer in (MEMBER, DIRECTOR):
        papers.sign(session, signer, SignatureDraft(document_number=document.number), now=NOW, today=TODAY)


def put_in_force(session: Session, document: Document) -> ResponseChange:
    draft = ResponseInForceDraft(document_number=document.number)
    return service.put_response_in_force(session, PLANNER, draft, now=LATER, today=TODAY)


def test_a_declared_incident_has_a_class_and_no_level(session: Session) -> None:
    incident = declared(session)

    version = queries.version_at(session, incident.id, NOW, NOW)
    assert (version.incident_class, version.state) == (IncidentClass.MAJOR, IncidentState.OPEN)
    assert queries.level_at(session, incident.id, NOW, NOW) is None
    assert [area.region_code for area in queries.areas_at(session, incident.id, NOW, NOW)] == ["130109", "130102"]


def test_a_declaration_names_every_unknown_county(session: Session) -> None:
    build_world(session)
    areas = (AreaDraft(region_code="139999"), AreaDraft(region_code="130100"), AreaDraft(region_code="130109"))

    with pytest.raises(InvalidInput) as refusal:
        service.declare_incident(session, PLANNER, incident_draft(areas=areas), now=NOW, today=TODAY)

    assert [(p.code, p.field, p.found) for p in refusal.value.problems] == [
        ("unknown_region", "areas.0.region_code", "139999"),
        ("unknown_region", "areas.1.region_code", "130100"),  # a city holds no demand
    ]
    assert session.scalar(select(func.count(Incident.id))) == 0


def test_an_incident_is_declared_once(session: Session) -> None:
    declared(session)

    with pytest.raises(service.IncidentExists):
        service.declare_incident(session, PLANNER, incident_draft(), now=NOW, today=TODAY)


def test_only_within_ones_area_may_an_incident_be_declared(session: Session) -> None:
    build_world(session)
    county = actor(7, "planner", "/130000/130100/130109/", Permission.INCIDENT_WRITE)

    for stranger in (STRANGER, county):
        with pytest.raises(NotAllowed):
            service.declare_incident(session, stranger, incident_draft(), now=NOW, today=TODAY)


def test_a_level_holds_only_after_its_paper_is_signed(session: Session) -> None:
    incident = declared(session)
    document = ask_for(session, ResponseLevel.I)

    with pytest.raises(WrongState):
        put_in_force(session, document)
    sign(session, document)
    change = put_in_force(session, document)

    assert (change.step, change.level) == (ResponseStep.ACTIVATION, ResponseLevel.I)
    assert queries.level_at(session, incident.id, LATER, LATER) == ResponseLevel.I
    assert queries.level_at(session, incident.id, NOW, LATER) is None
    assert paper_queries.state_of(session, document.id) is State.CLOSED


def test_who_asks_for_a_level_does_not_sign_it(session: Session) -> None:
    declared(session)
    document = ask_for(session, ResponseLevel.I)

    with pytest.raises(NotYourSignature):
        papers.sign(session, PLANNER, SignatureDraft(document_number=document.number), now=NOW, today=TODAY)


def test_a_level_without_a_lawful_approver_cannot_be_asked_for(session: Session) -> None:
    declared(session)

    with pytest.raises(drafting.NoLawfulApprover):
        ask_for(session, ResponseLevel.II)  # the matrix of this world knows level I only


def test_the_level_in_force_cannot_be_asked_for_again(session: Session) -> None:
    declared(session)
    document = ask_for(session, ResponseLevel.I)
    sign(session, document)
    put_in_force(session, document)

    draft = ResponseDraft(incident_code=CODE, level=ResponseLevel.I, reason="again")
    with pytest.raises(service.LevelUnchanged):
        service.request_response(session, PLANNER, draft, now=LATER, today=TODAY)


def test_an_incident_closes_only_after_its_response_ended(session: Session) -> None:
    incident = declared(session)
    activation = ask_for(session, ResponseLevel.I)
    sign(session, activation)
    put_in_force(session, activation)
    close = CloseDraft(incident_code=CODE, reason="疫情结束")

    with pytest.raises(service.ResponseOn):
        service.close_incident(session, PLANNER, close, now=LATER, today=TODAY)
    draft = ResponseDraft(incident_code=CODE, level=None, reason="疫情结束")
    termination = service.request_response(session, PLANNER, draft, now=LATER, today=TODAY)
    sign(session, termination)
    put_in_force(session, termination)
    service.close_incident(session, PLANNER, close, now=LATER, today=TODAY)

    assert [change.step for change in queries.response_history(session, incident.id)] == ["activation", "termination"]
    with pytest.raises(service.IncidentClosed):
        service.close_incident(session, PLANNER, close, now=LATER, today=TODAY)


def test_an_incident_is_open_from_its_declaration_until_it_is_closed(session: Session) -> None:
    incident = declared(session)
    service.close_incident(
        session, PLANNER, CloseDraft(incident_code=CODE, reason="未启动响应"), now=LATER, today=TODAY
    )

    assert queries.open_incidents(session, ["/"], NOW - timedelta(minutes=1), LATER) == []
    assert queries.open_incidents(session, ["/"], NOW, LATER) == [incident]
    assert queries.open_incidents(session, ["/139999/"], NOW, LATER) == []
    assert queries.open_incidents(session, ["/"], LATER, LATER) == []
    assert queries.last_open_moment(session, ["/"]) == LATER - timedelta(microseconds=1)


def test_a_new_class_leaves_the_old_one_readable(session: Session) -> None:
    incident = declared(session)
    draft = ClassDraft(incident_code=CODE, incident_class=IncidentClass.EXCEPTIONAL, reason="扩散")

    service.set_class(session, PLANNER, draft, now=LATER, today=TODAY)

    assert queries.version_at(session, incident.id, LATER, LATER).incident_class == IncidentClass.EXCEPTIONAL
    assert queries.version_at(session, incident.id, NOW, LATER).incident_class == IncidentClass.MAJOR
    assert session.scalar(select(func.count(IncidentVersion.id))) == 2


def test_counties_join_and_leave_an_incident(session: Session) -> None:
    incident = declared(session)
    areas = (AreaDraft(region_code="130104"), AreaDraft(region_code="130102", is_affected=False))
    draft = AreasDraft(incident_code=CODE, areas=areas, source="日报")

    service.record_areas(session, PLANNER, draft, now=LATER, today=TODAY)

    assert [area.region_code for area in queries.areas_at(session, incident.id, LATER, LATER)] == ["130109", "130104"]
    assert [area.region_code for area in queries.areas_at(session, incident.id, LATER, NOW)] == ["130109", "130102"]
    assert session.scalar(select(func.count(AreaVersion.id))) == 4
