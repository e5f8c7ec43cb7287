"""Producers, lines, declarations, agreements, production orders and their output: what people record."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Command, needs
from api.schemas.capacity import CapacityDeclaredOut, HoldingOut, ReleasedOut, ReportedOut
from api.schemas.papers import DocumentRef
from api.schemas.sites import RowsRecorded
from reserve.authority import Permission
from reserve.capacity import drafts, orders, output, service

router = APIRouter(tags=["capacity"])

WRITE = [needs(Permission.CAPACITY_WRITE)]
ACTIVATE = [needs(Permission.CAPACITY_ACTIVATE)]
DECLARE = [needs(Permission.CAPACITY_DECLARE)]


@router.post("/producers", status_code=201, response_model=RowsRecorded, dependencies=WRITE)
def record_producers(draft: drafts.ProducersDraft, command: Command) -> Response:
    return command.run(service.record_producers, draft, answer=RowsRecorded)


@router.post("/production-lines", status_code=201, response_model=RowsRecorded, dependencies=WRITE)
def record_lines(draft: drafts.LinesDraft, command: Command) -> Response:
    return command.run(service.record_lines, draft, answer=RowsRecorded)


@router.post("/materials", status_code=201, response_model=RowsRecorded, dependencies=WRITE)
def record_materials(draft: drafts.MaterialsDraft, command: Command) -> Response:
    return command.run(service.record_materials, draft, answer=RowsRecorded)


@router.post("/capacity-declarations", status_code=201, response_model=CapacityDeclaredOut, dependencies=DECLARE)
def declare_capacity(draft: drafts.CapacityDeclarationsDraft, command: Command) -> Response:
    """A producer says what its own lines can make; the answer names promises that are no longer backed."""
    return command.run(service.declare_capacity, draft, answer=CapacityDeclaredOut)


@router.post("/capacity-declarations/recorded", status_code=201, response_model=CapacityDeclaredOut, dependencies=WRITE)
def record_capacity(draft: drafts.CapacityDeclarationsDraft, command: Command) -> Response:
    """Enter what was verified or drilled at a producer."""
    return command.run(service.record_capacity, draft, answer=CapacityDeclaredOut)


@router.post("/holding-agreements", status_code=201, response_model=RowsRecorded, dependencies=WRITE)
def record_agreements(draft: drafts.AgreementsDraft, command: Command) -> Response:
    return command.run(service.record_agreements, draft, answer=RowsRecorded)


@router.post(
    "/holdings", status_code=201, response_model=RowsRecorded, dependencies=[needs(Permission.DECLARATION_WRITE)]
)
def declare_holdings(draft: drafts.HoldingsDraft, command: Command) -> Response:
    """Say what a holder outside government has. It is never stock."""
    return command.run(service.declare_holdings, draft, answer=RowsRecorded)


@router.post("/holdings/accept", response_model=HoldingOut, dependencies=WRITE)
def accept_offer(draft: drafts.OfferAcceptanceDraft, command: Command) -> Response:
    return command.run(service.accept_offer, draft, answer=HoldingOut)


@router.post("/production-orders", status_code=201, response_model=DocumentRef, dependencies=ACTIVATE)
def draft_production_order(draft: drafts.ProductionOrderDraft, command: Command) -> Response:
    return command.run(orders.draft_production_order, draft, answer=DocumentRef)


@router.post("/production-orders/issue", response_model=DocumentRef, dependencies=ACTIVATE)
def issue_production_order(draft: drafts.ProductionOrderRefDraft, command: Command) -> Response:
    return command.run(orders.issue_production_order, draft, answer=DocumentRef)


@router.post("/production-orders/acknowledge", response_model=DocumentRef, dependencies=DECLARE)
def acknowledge_production_order(draft: drafts.ProductionOrderRefDraft, command: Command) -> Response:
    return command.run(orders.acknowledge_production_order, draft, answer=DocumentRef)


@router.post("/production-orders/cancel", response_model=DocumentRef, dependencies=ACTIVATE)
def cancel_production_order(draft: drafts.ProductionCancellationDraft, command: Command) -> Response:
    return command.run(orders.cancel_production_order, draft, answer=DocumentRef)


@router.post("/production-orders/close", response_model=DocumentRef, dependencies=ACTIVATE)
def close_production_order(draft: drafts.ProductionOrderRefDraft, command: Command) -> Response:
    return command.run(orders.close_production_order, draft, answer=DocumentRef)


@router.post("/output-reports", status_code=201, response_model=ReportedOut, dependencies=DECLARE)
def report_output(draft: drafts.OutputReportDraft, command: Command) -> Response:
    """Say what was made on one day; it takes the place of the plan for that day."""
    return command.run(output.report_output, draft, answer=ReportedOut)


@router.post(
    "/output-releases", status_code=201, response_model=ReleasedOut, dependencies=[needs(Permission.STOCK_RECEIVE)]
)
def release_output(draft: drafts.ReleaseDraft, command: Command) -> Response:
    return command.run(output.release_output, draft, answer=ReleasedOut)
