"""Plans, orders and shipments inside the reader's scopes."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.deps import AfterId, Limit, Page, Question, needs, page_of
from api.i18n import language_of, text_in
from api.schemas.dispatch import (
    ChangeOut,
    OrderOut,
    PlanOut,
    PlanRef,
    ShipmentOut,
    ShipmentWholeOut,
)
from api.schemas.papers import DocumentRow
from api.views import dispatch as views
from api.views import plan_changes
from reserve.authority import Permission
from reserve.dispatch import queries

router = APIRouter(tags=["dispatch"])

PLANS = [needs(Permission.PLAN_READ)]
ORDERS = [needs(Permission.ORDER_READ)]


@router.get("/plans", response_model=Page[PlanRef], dependencies=PLANS)
def list_plans(question: Question, after: AfterId = 0, limit: Limit = 100) -> Page[PlanRef]:
    rows = question.ask(queries.list_plans, question.scopes(Permission.PLAN_READ), after, limit)
    return page_of(PlanRef, rows, limit, key=lambda row: row.id)


@router.get("/plans/{code}", response_model=PlanOut, dependencies=PLANS)
def get_plan(code: str, question: Question, request: Request) -> PlanOut:
    """A plan: waiting, solved with its shipments and explanations in the reader's language, or why it failed."""
    text = text_in(language_of(request))
    return question.ask(views.plan, code, question.scopes(Permission.PLAN_READ), text)


@router.get("/plans/{code}/changes", response_model=list[ChangeOut], dependencies=PLANS)
def list_changes(code: str, question: Question, request: Request) -> list[ChangeOut]:
    """What changes against the plan that this one takes the place of, in the reader's language."""
    text = text_in(language_of(request))
    return question.ask(plan_changes.changes, code, question.scopes(Permission.PLAN_READ), text)


@router.get("/orders", response_model=Page[DocumentRow], dependencies=ORDERS)
def list_orders(
    question: Question, incident: str | None = None, after: AfterId = 0, limit: Limit = 100
) -> Page[DocumentRow]:
    """Dispatch orders of my bodies, from my stores or to my places, or with a step for my roles."""
    return question.ask(views.orders, question.scopes(Permission.ORDER_READ), incident, after, limit)


@router.get("/orders/{number}", response_model=OrderOut, dependencies=ORDERS)
def get_order(number: str, question: Question) -> OrderOut:
    """An order line by line: held, on the road, accepted, damaged, lost."""
    return question.ask(views.order, number, question.scopes(Permission.ORDER_READ))


@router.get("/shipments", response_model=Page[ShipmentOut], dependencies=ORDERS)
def list_shipments(question: Question, after: AfterId = 0, limit: Limit = 100) -> Page[ShipmentOut]:
    rows = question.ask(queries.list_shipments, question.scopes(Permission.ORDER_READ), after_id=after, limit=limit)
    return page_of(ShipmentOut, rows, limit, key=lambda row: row.id)


@router.get("/shipments/{number}", response_model=ShipmentWholeOut, dependencies=ORDERS)
def get_shipment(number: str, question: Question) -> ShipmentWholeOut:
    return question.ask(views.shipment, number, question.scopes(Permission.ORDER_READ))
