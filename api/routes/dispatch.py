"""Plan, order, ship, receive, cut, close: what people do."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Command, needs
from api.schemas.dispatch import AcknowledgementOut, DepartedOut, HandledOut, OrdersDraftedOut, PlanRef
from api.schemas.papers import DocumentRef
from reserve.authority import Permission
from reserve.dispatch import drafts, service

router = APIRouter(tags=["dispatch"])

DRAFT = [needs(Permission.ORDER_DRAFT)]
EXECUTE = [needs(Permission.ORDER_EXECUTE)]


@router.post("/plans", status_code=202, response_model=PlanRef, dependencies=[needs(Permission.PLAN_WRITE)])
def request_plan(draft: drafts.PlanRequestDraft, command: Command) -> Response:
    """Freeze what is known and ask for a plan. It is solved afterwards: read ``/plans/{code}`` until it is there."""
    return command.run(service.request_plan, draft, answer=PlanRef)


@router.post("/orders", status_code=201, response_model=OrdersDraftedOut, dependencies=DRAFT)
def draft_orders(draft: drafts.OrdersDraft, command: Command) -> Response:
    """Turn shipments of a plan into order letters, one for each owner and site."""
    return command.run(service.draft_orders, draft, answer=OrdersDraftedOut)


@router.post("/orders/submit", response_model=DocumentRef, dependencies=DRAFT)
def submit_order(draft: drafts.OrderNumberDraft, command: Command) -> Response:
    return command.run(service.submit_order, draft, answer=DocumentRef)


@router.post("/orders/issue", response_model=DocumentRef, dependencies=DRAFT)
def issue_order(draft: drafts.OrderNumberDraft, command: Command) -> Response:
    return command.run(service.issue_order, draft, answer=DocumentRef)


@router.post("/orders/acknowledge", response_model=AcknowledgementOut, dependencies=EXECUTE)
def acknowledge_order(draft: drafts.OrderNumberDraft, command: Command) -> Response:
    return command.run(service.acknowledge_order, draft, answer=AcknowledgementOut)


@router.post("/orders/withdraw", response_model=DocumentRef, dependencies=DRAFT)
def withdraw_order(draft: drafts.OrderReasonDraft, command: Command) -> Response:
    return command.run(service.withdraw_order, draft, answer=DocumentRef)


@router.post("/orders/close", response_model=DocumentRef, dependencies=DRAFT)
def close_order(draft: drafts.OrderNumberDraft, command: Command) -> Response:
    return command.run(service.close_order, draft, answer=DocumentRef)


@router.post("/cuts", status_code=201, response_model=DocumentRef, dependencies=DRAFT)
def request_cut(draft: drafts.CutDraft, command: Command) -> Response:
    """Ask to take quantity from an issued promise; signed by the level that gave it."""
    return command.run(service.request_cut, draft, answer=DocumentRef)


@router.post("/cuts/apply", response_model=DocumentRef, dependencies=DRAFT)
def apply_cut(draft: drafts.ApplyCutDraft, command: Command) -> Response:
    return command.run(service.apply_cut, draft, answer=DocumentRef)


@router.post("/shipments", status_code=201, response_model=DepartedOut, dependencies=EXECUTE)
def depart(draft: drafts.DepartureDraft, command: Command) -> Response:
    """Goods leave the gate, in whole or in part."""
    return command.run(service.depart, draft, answer=DepartedOut)


@router.post("/shipments/deliver", response_model=HandledOut, dependencies=[needs(Permission.ORDER_RECEIVE)])
def deliver(draft: drafts.DeliveryDraft, command: Command) -> Response:
    """Accept a shipment, in whole or in part; what is not named stays on the road."""
    return command.run(service.deliver, draft, answer=HandledOut)


@router.post("/shipments/loss", response_model=HandledOut, dependencies=EXECUTE)
def report_transit_loss(draft: drafts.TransitLossDraft, command: Command) -> Response:
    return command.run(service.report_transit_loss, draft, answer=HandledOut)


@router.post("/shipments/return", response_model=HandledOut, dependencies=EXECUTE)
def return_shipment(draft: drafts.TransitReturnDraft, command: Command) -> Response:
    return command.run(service.return_shipment, draft, answer=HandledOut)
