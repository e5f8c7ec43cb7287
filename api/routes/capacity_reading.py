"""What can be made, and what is expected, inside the reader's scopes."""

from __future__ import annotations

from fastapi import APIRouter

from api.deps import After, AfterId, Limit, Page, Question, needs, page_of
from api.schemas.capacity import (
    HolderHoldingOut,
    LateReportOut,
    MaterialOut,
    ProducerOut,
    ProducerWholeOut,
    ProductionOrderOut,
    SupplyOut,
)
from api.schemas.papers import DocumentRef
from api.views import capacity as views
from reserve.authority import Permission
from reserve.capacity import queries

router = APIRouter(tags=["capacity"], dependencies=[needs(Permission.CAPACITY_READ)])


@router.get("/producers", response_model=Page[ProducerOut])
def list_producers(question: Question, after: After = "", limit: Limit = 100) -> Page[ProducerOut]:
    rows = question.ask(queries.list_producers, question.scopes(Permission.CAPACITY_READ), after=after, limit=limit)
    return page_of(ProducerOut, rows, limit, key=lambda row: row.code)


@router.get("/producers/{code}", response_model=ProducerWholeOut)
def get_producer(code: str, question: Question) -> ProducerWholeOut:
    """A producer with its lines and what they are declared to make."""
    return question.ask(views.producer, code, question.scopes(Permission.CAPACITY_READ), question.now)


@router.get("/materials", response_model=list[MaterialOut])
def list_materials(question: Question) -> list[MaterialOut]:
    return [MaterialOut.model_validate(row) for row in question.ask(queries.materials_by_code).values()]


@router.get("/holdings", response_model=list[HolderHoldingOut])
def list_holdings(question: Question, item: str | None = None) -> list[HolderHoldingOut]:
    """What holders outside government inside my scopes say they have."""
    return question.ask(views.holdings, question.scopes(Permission.CAPACITY_READ), item, question.now)


@router.get("/expected-supply", response_model=list[SupplyOut])
def list_expected_supply(question: Question, item: str | None = None) -> list[SupplyOut]:
    """Goods expected at sites inside my scopes."""
    return question.ask(views.supplies, question.scopes(Permission.CAPACITY_READ), item, question.now)


@router.get("/production-orders", response_model=Page[DocumentRef])
def list_production_orders(
    question: Question, incident: str | None = None, after: AfterId = 0, limit: Limit = 100
) -> Page[DocumentRef]:
    rows = question.ask(views.orders, question.scopes(Permission.CAPACITY_READ), incident, after, limit)
    return page_of(DocumentRef, rows, limit, key=lambda row: row.id)


@router.get("/production-orders/late", response_model=list[LateReportOut])
def list_late_reports(question: Question) -> list[LateReportOut]:
    """Orders of producers inside my scopes with days over, planned and not reported."""
    return question.ask(views.late, question.scopes(Permission.CAPACITY_READ), question.today, question.now)


@router.get("/production-orders/{number}", response_model=ProductionOrderOut)
def get_production_order(number: str, question: Question) -> ProductionOrderOut:
    return question.ask(views.order, number, question.scopes(Permission.CAPACITY_READ), question.now)
