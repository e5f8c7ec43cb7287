"""Incidents, responses, estimates, requests, household coverage: what people record."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import RootModel
from starlette.responses import Response

from api.deps import Command, needs
from api.schemas.incidents import (
    CoverageOut,
    EstimateOut,
    IncidentOut,
    ObservedOut,
    ResponseChangeOut,
    RuleBookOut,
)
from api.schemas.papers import DocumentRef
from reserve.authority import Permission
from reserve.incidents import estimates, reporting, requests, service
from reserve.incidents import terms as drafts

router = APIRouter(tags=["incidents"])

INCIDENT = [needs(Permission.INCIDENT_WRITE)]
Observations = RootModel[list[ObservedOut]]
Coverages = RootModel[list[CoverageOut]]


@router.post("/incidents", status_code=201, response_model=IncidentOut, dependencies=INCIDENT)
def declare_incident(draft: drafts.IncidentDraft, command: Command) -> Response:
    """Declare an incident with its class and affected counties. It has no response level yet."""
    return command.run(service.declare_incident, draft, answer=IncidentOut)


@router.post("/incidents/areas", response_model=IncidentOut, dependencies=INCIDENT)
def record_areas(draft: drafts.AreasDraft, command: Command) -> Response:
    return command.run(service.record_areas, draft, answer=IncidentOut)


@router.post("/incidents/class", response_model=IncidentOut, dependencies=INCIDENT)
def set_class(draft: drafts.ClassDraft, command: Command) -> Response:
    return command.run(service.set_class, draft, answer=IncidentOut)


@router.post("/responses", status_code=201, response_model=DocumentRef, dependencies=INCIDENT)
def request_response(draft: drafts.ResponseDraft, command: Command) -> Response:
    """Write the paper that activates, changes or ends a response; it is signed before it holds."""
    return command.run(service.request_response, draft, answer=DocumentRef)


@router.post("/responses/in-force", response_model=ResponseChangeOut, dependencies=INCIDENT)
def put_response_in_force(draft: drafts.ResponseInForceDraft, command: Command) -> Response:
    return command.run(service.put_response_in_force, draft, answer=ResponseChangeOut)


@router.post("/incidents/close", response_model=IncidentOut, dependencies=INCIDENT)
def close_incident(draft: drafts.CloseDraft, command: Command) -> Response:
    return command.run(service.close_incident, draft, answer=IncidentOut)


@router.post("/observations", status_code=201, response_model=Observations, dependencies=[needs(Permission.NEED_WRITE)])
def record_observations(draft: drafts.ObservationsDraft, command: Command) -> Response:
    return command.run(reporting.record_observations, draft, answer=Observations)


@router.post("/estimates", status_code=201, response_model=EstimateOut, dependencies=[needs(Permission.NEED_WRITE)])
def estimate_needs(draft: drafts.EstimateDraft, command: Command) -> Response:
    """Estimate needs from drivers, norms and what was counted, day by day and place by place."""
    return command.run(estimates.estimate_needs, draft, answer=EstimateOut)


@router.post("/requests", status_code=201, response_model=DocumentRef, dependencies=[needs(Permission.NEED_REQUEST)])
def raise_request(draft: drafts.RequestDraft, command: Command) -> Response:
    return command.run(requests.raise_request, draft, answer=DocumentRef)


@router.post("/requests/withdraw", response_model=DocumentRef, dependencies=[needs(Permission.NEED_REQUEST)])
def withdraw_request(draft: drafts.RequestWithdrawalDraft, command: Command) -> Response:
    return command.run(requests.withdraw_request, draft, answer=DocumentRef)


@router.post("/requests/decide", response_model=DocumentRef, dependencies=[needs(Permission.NEED_WRITE)])
def decide_request(draft: drafts.RequestDecisionDraft, command: Command) -> Response:
    return command.run(requests.decide_request, draft, answer=DocumentRef)


@router.post(
    "/household-coverage", status_code=201, response_model=Coverages, dependencies=[needs(Permission.COVERAGE_WRITE)]
)
def record_coverage(draft: drafts.CoveragesDraft, command: Command) -> Response:
    return command.run(reporting.record_coverage, draft, answer=Coverages)


@router.post("/rule-books", status_code=201, response_model=RuleBookOut, dependencies=[needs(Permission.MANDATE_WRITE)])
def set_rule_book(draft: drafts.RuleBookDraft, command: Command) -> Response:
    return command.run(reporting.set_rule_book, draft, answer=RuleBookOut)
