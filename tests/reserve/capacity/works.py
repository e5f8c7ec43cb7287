"""Producers and orders for tests: a certified plant PR001 that makes suits out of fabric, under a level II response."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor, Grant, Permission
from reserve.capacity import orders, service
from reserve.capacity.drafts import (
    BomLineDraft,
    CapacityDeclarationDraft,
    CapacityDeclarationsDraft,
    LineDraft,
    LinesDraft,
    MaterialDraft,
    MaterialsDraft,
    MaterialSupplyDraft,
    OutputReportDraft,
    ProducerDraft,
    ProducersDraft,
    ProductionOrderDraft,
    ProductionOrderRefDraft,
    ReleaseDraft,
)
from reserve.capacity.terms import Line, ProductKind
from reserve.catalogue import service as catalogue_service
from reserve.db import append
from reserve.incidents.models import Incident, ResponseChange
from reserve.incidents.picture import Scenario
from reserve.incidents.terms import Evidence, ResponseStep
from reserve.organisations import queries as organisation_queries
from reserve.papers import drafting
from reserve.papers import service as paper_service
from reserve.papers.models import Document
from reserve.papers.terms import (
    DocumentKind,
    HolderRelation,
    LineDecision,
    MatrixDraft,
    MatrixRowDraft,
    ResponseLevel,
    SignatureDraft,
    State,
)
from tests.conftest import NOW
from tests.reserve.catalogue.goods import SUIT, make_actor, make_catalogue, make_item
from tests.reserve.sites.places import TODAY, lay_out_sites

P = Permission
OFFICE = make_actor(P.CAPACITY_WRITE, P.CAPACITY_ACTIVATE, P.DECLARATION_WRITE, P.CATALOGUE_WRITE, user_id=2)
PRODUCER = make_actor(P.CAPACITY_DECLARE, P.DECLARATION_WRITE, path="/130000/130100/PR001/", user_id=3)
KEEPER = make_actor(P.STOCK_RECEIVE, path="/130000/130100/", user_id=4)
INSTALLER = make_actor(P.ORGANISATION_WRITE, user_id=5)
SIGNERS = tuple(
    Actor(user_id, user_id, role, (Grant(role, "/130000/", frozenset({P.DOCUMENT_SIGN})),))
    for user_id, role in ((11, "provincial_commission_member"), (12, "provincial_commission_deputy"))
)
DAY = timedelta(days=1)
LINE = "PR001-L1"
INCIDENT = "OUTBREAK-1"


def a_line(code: str = LINE, **changes: Any) -> Line:
    """A line that makes 100 suits a day at once and has no release lag, unless told otherwise."""
    values: dict[str, Any] = {
        "code": code,
        "producer_code": code.partition("-")[0],
        "product_code": SUIT,
        "product_kind": ProductKind.ITEM,
        "normal_daily": 100,
        "max_daily": 100,
        "changeover_hours": 0,
        "ramp_up_days": 0,
        "release_lag_days": 0,
    }
    return Line(**(values | changes))


def make_line(code: str = LINE, **changes: Any) -> LineDraft:
    values: dict[str, Any] = {
        "code": code,
        "producer_code": "PR001",
        "product_code": SUIT,
        "normal_daily": 100,
        "max_daily": 300,
        "ramp_up_days": 2,
        "release_lag_days": 1,
    }
    return LineDraft.model_validate(values | changes)


def make_declaration(line_code: str = LINE, **changes: Any) -> CapacityDeclarationDraft:
    values: dict[str, Any] = {
        "line_code": line_code,
        "daily_quantity": 300,
        "valid_from": TODAY,
        "valid_until": TODAY + 90 * DAY,
        "evidence": Evidence.DECLARED,
    }
    return CapacityDeclarationDraft.model_validate(values | changes)


def make_order(**changes: Any) -> ProductionOrderDraft:
    """200 suits a day for four days from today, for the province, to the provincial store."""
    values: dict[str, Any] = {
        "organisation_code": "130000",
        "incident_code": INCIDENT,
        "line_code": LINE,
        "item_code": SUIT,
        "quantity_per_day": 200,
        "from_on": TODAY,
        "to_on": TODAY + 3 * DAY,
        "quality_standard": "GB 19082",
        "delivery_site": "WH-P01",
        "beneficiary_code": "130000",
        "fund": "provincial",
        "unit_price_minor": 9000,
        "price_basis": "published price",
    }
    return ProductionOrderDraft.model_validate(values | changes)


def make_report(number: str, day: date = TODAY, good: int = 100, **changes: Any) -> OutputReportDraft:
    values = {"document_number": number, "day": day, "good": good, "cumulative_good": good}
    return OutputReportDraft.model_validate(values | changes)


def make_release(number: str, made_on: date = TODAY, accepted: int = 100, **changes: Any) -> ReleaseDraft:
    values: dict[str, Any] = {
        "document_number": number,
        "made_on": made_on,
        "accepted": accepted,
        "lot_code": "S-001",
        "expires_on": TODAY + 700 * DAY,
        "certificate": "QC-1",
    }
    return ReleaseDraft.model_validate(values | changes)


def lay_out_producer(session: Session) -> None:
    """Suits and masks; PR001 is certified, its plant stands, it has no lines yet."""
    lay_out_sites(session)
    catalogue = make_catalogue(make_item(), make_item(SUIT, shelf_life_months=36, name_en="Protective suit"))
    catalogue_service.record_catalogue(session, OFFICE, catalogue, now=NOW, today=TODAY)
    producer = ProducerDraft.model_validate(
        {
            "code": "PR001",
            "organisation_code": "PR001",
            "site_code": "PR001",
            "role": "designated_producer",
            "ownership": "private",
            "quality_status": "certified",
            "holds_stock_on_behalf": True,
        }
    )
    service.record_producers(session, OFFICE, ProducersDraft(producers=(producer,)), now=NOW, today=TODAY)


def lay_out_line(session: Session, *lines: LineDraft) -> None:
    """The producer with its lines, each declared for 90 days; 1,000 square metres of fabric a day, 4 for a suit."""
    lay_out_producer(session)
    materials = MaterialsDraft(
        materials=(MaterialDraft(code="M07", name_zh="覆膜布", unit="m2"),),
        bom=(BomLineDraft(product_code=SUIT, material_code="M07", numerator=4, denominator=1),),
        supplies=(MaterialSupplyDraft(material_code="M07", daily_quantity=1000),),
    )
    service.record_materials(session, OFFICE, materials, now=NOW, today=TODAY)
    chosen = lines or (make_line(),)
    service.record_lines(session, OFFICE, LinesDraft(lines=chosen), now=NOW, today=TODAY)
    declared = tuple(make_declaration(line.code, daily_quantity=line.max_daily) for line in chosen)
    service.record_capacity(session, OFFICE, CapacityDeclarationsDraft(declarations=declared), now=NOW, today=TODAY)


def lay_out_response(session: Session, *codes: str, level: ResponseLevel | None = ResponseLevel.II) -> None:
    """Incidents that the province leads at a level, and a matrix by which a member and the deputy sign."""
    province = organisation_queries.get_organisation(session, "130000")
    who = {"user_id": 1, "person_id": 1, "recorded_at": NOW}
    for code in codes or (INCIDENT,):
        incident = {
            "code": code,
            "title_zh": "疫情",
            "title_en": "Outbreak",
            "scenario": Scenario.PUBLIC_HEALTH,
            "organisation_id": province.id,
            "organisation_path": province.path,
            "begins_on": TODAY,
            "occurred_at": NOW,
        }
        (incident_id,) = append(session, Incident, [incident | who])
        paper = drafting.draft_document(
            session, INSTALLER, DocumentKind.RESPONSE_ACTIVATION, province, state=State.SUBMITTED, now=NOW
        )
        change = {
            "incident_id": incident_id,
            "step": ResponseStep.ACTIVATION,
            "level": level,
            "organisation_id": province.id,
            "document_id": paper.id,
            "measures": "",
            "valid_from": NOW,
        }
        append(session, ResponseChange, [change | who])
    rows = tuple(
        MatrixRowDraft(
            document_kind=DocumentKind.PRODUCTION_ORDER,
            response_level="II",
            holder_relation=HolderRelation.OTHER,
            value_minor_from=0,
            step=step,
            role=signer.login,
            quorum=1,
        )
        for step, signer in enumerate(SIGNERS, 1)
    )
    paper_service.set_approval_matrix(session, INSTALLER, MatrixDraft(rows=rows), now=NOW, today=TODAY)


def signed_order(session: Session, ceiling: int | None = None, now: datetime = NOW, **changes: Any) -> Document:
    """An order drafted and signed by both, the first of them up to a ceiling."""
    document = orders.draft_production_order(session, OFFICE, make_order(**changes), now=now, today=TODAY)
    for signer in SIGNERS:
        lines = () if ceiling is None or signer is not SIGNERS[0] else (LineDecision(line_no=1, ceiling=ceiling),)
        signature = SignatureDraft(document_number=document.number, lines=lines)
        paper_service.sign(session, signer, signature, now=now, today=TODAY)
    return document


def issued_order(session: Session, ceiling: int | None = None, now: datetime = NOW, **changes: Any) -> str:
    """Number of an order in force, acknowledged by the producer."""
    document = signed_order(session, ceiling, now, **changes)
    ref = ProductionOrderRefDraft(document_number=document.number)
    orders.issue_production_order(session, OFFICE, ref, now=now, today=TODAY)
    orders.acknowledge_production_order(session, PRODUCER, ref, now=now, today=TODAY)
    return document.number
