"""A province under a level II response: two stores, a plant at work, two hospitals in need, and the people of an order.

WH-P01   store of the provincial bureau    600 masks, lot P7, to the end of 2028
WH-C01   store of the city                 300 masks, lot C7, and 100 of C8, which expires first
PR001    plant of a producer               100 suits to come for today, 200 on each of the next three days
HS-1     hospital: 500 masks by tomorrow, class 1; 100 suits in four days, class 1
HS-2     hospital: 200 masks by tomorrow, class 2
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel
from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.catalogue import service as catalogue
from reserve.clock import StoryClock
from reserve.commands import Done, Runner
from reserve.db import append
from reserve.dispatch import queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import (
    DeliveryDraft,
    DeliveryLineDraft,
    DepartureDraft,
    DepartureLineDraft,
    OrderNumberDraft,
    OrdersDraft,
    PlanRequestDraft,
)
from reserve.dispatch.terms import LineProgress
from reserve.drafts import Draft
from reserve.errors import Refusal
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Need, NeedVersion
from reserve.incidents.picture import Basis, Confidence, NeedKind
from reserve.incidents.terms import NeedOrigin
from reserve.mandates import service as mandates
from reserve.mandates.drafts import CascadeDraft, CascadeStepDraft
from reserve.mandates.terms import SourceKind
from reserve.organisations import service as organisations
from reserve.organisations.terms import Body, OrganisationsDraft, Tier
from reserve.papers import queries as paper_queries
from reserve.papers import service as papers
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
from reserve.sites import service as sites
from reserve.sites.terms import SiteKind, SitesDraft
from reserve.stock import queries as stock_queries
from reserve.stock import service as stock
from reserve.stock.drafts import (
    AdjustmentDraft,
    BlockDraft,
    IssueDraft,
    IssueLineDraft,
    LotDraft,
    LotRef,
    ReceiptDraft,
    ReceiptLineDraft,
)
from reserve.stock.terms import BlockReason, Fund
from seed.solving import answer
from tests.books import refused
from tests.conftest import NOW
from tests.reserve.capacity.works import INCIDENT, issued_order, lay_out_line, lay_out_response
from tests.reserve.catalogue.goods import MASK, SUIT, make_catalogue, make_item
from tests.reserve.sites.places import TODAY, make_organisation, make_site
from tests.small_world import actor, run

R = TypeVar("R", bound=Refusal)
PLANNER, GATE, DOOR = actor(21), actor(24), actor(25)
MEMBER, DEPUTY = actor(22, "provincial_commission_member"), actor(23, "provincial_commission_deputy")
SIGNERS = (MEMBER, DEPUTY)
TOMORROW = NOW + timedelta(hours=24)
STORES = {"WH-P01": "BUREAU", "WH-C01": "130100"}


def lay_out(session: Session, by: Actor, draft: Draft, *, now: datetime, today: date) -> Done:
    """Build the world inside one command."""
    lay_out_line(session)
    lay_out_response(session)
    at = {"now": NOW, "today": TODAY}
    hospitals = tuple(
        make_organisation(code, "130109", Body.HOSPITAL, Tier.HOSPITAL, "130109") for code in ("HO1", "HO2")
    )
    organisations.record_organisations(session, by, OrganisationsDraft(organisations=hospitals), **at)
    places = (
        make_site("WH-C01", organisation_code="130100"),
        make_site("HS-1", kind=SiteKind.HOSPITAL, organisation_code="HO1", region_code="130109"),
        make_site("HS-2", kind=SiteKind.HOSPITAL, organisation_code="HO2", region_code="130109"),
    )
    sites.record_sites(session, by, SitesDraft(sites=places), **at)
    items = make_catalogue(make_item(MASK, pack_size=50), make_item(SUIT, pack_size=1, shelf_life_months=36))
    catalogue.record_catalogue(session, by, items, **at)
    _set_law(session, by)
    issued_order(session, delivery_site="PR001")
    for site, lot, quantity, expires in (
        ("WH-P01", "P7", 600, date(2028, 12, 31)),
        ("WH-C01", "C7", 300, date(2028, 12, 31)),
        ("WH-C01", "C8", 100, date(2027, 12, 31)),
    ):
        label = LotDraft(item_code=MASK, code=lot, expires_on=expires)
        row = ReceiptLineDraft(lot=label, accepted=quantity)
        receipt = ReceiptDraft(
            site_code=site, owner_code=STORES[site], fund=Fund.PROVINCIAL, supplier_code="PR001", lines=(row,)
        )
        stock.receive(session, by, receipt, **at)
    add_need(session, "HS-1", MASK, 500, 1, TOMORROW)
    add_need(session, "HS-2", MASK, 200, 2, TOMORROW)
    add_need(session, "HS-1", SUIT, 100, 1, NOW + timedelta(days=4))
    return Done()


def _set_law(session: Session, by: Actor) -> None:
    """Two of the commission sign whatever it is; the cascade knows own city, province and capacity."""
    kinds = (DocumentKind.DISPATCH_ORDER, DocumentKind.PRODUCTION_ORDER, DocumentKind.COUNT_VARIANCE)
    rows = tuple(
        MatrixRowDraft(
            document_kind=kind,
            response_level="any",
            holder_relation=HolderRelation.ANY,
            value_minor_from=0,
            step=step,
            role=role,
            quorum=1,
        )
        for kind in kinds
        for step, role in ((1, "provincial_commission_member"), (2, "provincial_commission_deputy"))
    )
    papers.set_approval_matrix(session, by, MatrixDraft(rows=rows), now=NOW, today=TODAY)
    steps = tuple(
        CascadeStepDraft(
            step=step,
            source_kind=kind,
            opens_at=level,
            authority="holder_commission_member",
            notice_document=DocumentKind.DISPATCH_ORDER,
        )
        for step, kind, level in (
            (2, SourceKind.OWN_CITY_STOCK, ResponseLevel.IV),
            (3, SourceKind.PROVINCE_STOCK_ABOVE_FLOOR, ResponseLevel.III),
            (7, SourceKind.CAPACITY_ACTIVATION, ResponseLevel.II),
        )
    )
    mandates.set_cascade(session, by, CascadeDraft(steps=steps, basis="test"), now=NOW, today=TODAY)


def add_need(
    session: Session, site: str, item: str, quantity: int, need_class: int, due_at: datetime, driver: str = "patient"
) -> None:
    """A place needs so much by an hour, as somebody reported it."""
    incident = incident_queries.get_incident(session, INCIDENT)
    need = {
        "incident_id": incident.id,
        "code": f"{site}/{item}/{need_class}/{driver}",
        "origin": NeedOrigin.ESTIMATE,
        "region_code": "130109",
        "site_code": site,
        "item_code": item,
        "due_at": due_at,
        "need_class": need_class,
        "kind": NeedKind.FLOW,
        "driver": driver,
        "norm_code": "N1",
        "recorded_at": NOW,
    }
    (need_id,) = append(session, Need, [need])
    version = dict.fromkeys(("low", "base", "high", "gross_base"), quantity) | {
        "need_id": need_id,
        "household_base": 0,
        "hospital_base": 0,
        "driver_amount": "1",
        "basis": Basis.OBSERVED,
        "confidence": Confidence.HIGH,
        "source": "",
        "valid_from": NOW,
        "recorded_at": NOW,
    }
    append(session, NeedVersion, [version])


def build_orders_world(runner: Runner, clock: StoryClock) -> None:
    """The world with a plan, its answer, and its letters still in draft."""
    runner.run(lay_out, Draft(), actor=PLANNER, answer=Done)
    office = Office(runner, clock)
    office.draft(office.plan())


@dataclass(slots=True)
class Office:
    """The people of an order at work."""

    runner: Runner
    clock: StoryClock

    def run(self, verb: Any, draft: BaseModel, by: Actor = PLANNER) -> Any:
        return run(self.runner, verb, draft, by)

    def ask(self, question: Any, *arguments: Any, **more: Any) -> Any:
        return self.runner.ask(question, *arguments, **more)

    def refused(self, error: type[R]) -> AbstractContextManager[pytest.ExceptionInfo[R]]:
        return refused(self.runner.database, error)

    # --- plan and letters

    def asked(self, **more: Any) -> str:
        """Code of a plan that waits for its answer."""
        draft = PlanRequestDraft(incident_codes=(INCIDENT,), **more)
        code: str = self.runner.run(dispatch.request_plan, draft, actor=PLANNER, answer=PlanCode).value.code
        return code

    def plan(self, **more: Any) -> str:
        """Code of a plan with its answer recorded."""
        code = self.asked(**more)
        self.run(dispatch.record_plan, answer(self.ask(queries.get_plan, code)))
        return code

    def draft(self, plan_code: str, **more: Any) -> list[str]:
        draft = OrdersDraft(plan_code=plan_code, **({"leave_within_hours": 240} | more))
        return list(self.run(dispatch.draft_orders, draft).numbers)

    def letter(self, source: str) -> str:
        """Number of the first letter to a store or plant."""
        documents = self.ask(paper_queries.list_documents, kind=DocumentKind.DISPATCH_ORDER)
        return next(
            each.number for each in documents if self.ask(paper_queries.lines_of, each.id)[0].source_code == source
        )

    @property
    def production(self) -> str:
        """Number of the production order."""
        (document,) = self.ask(paper_queries.list_documents, kind=DocumentKind.PRODUCTION_ORDER)
        number: str = document.number
        return number

    def lines(self, number: str) -> list[Any]:
        document = self.ask(paper_queries.get_document, number)
        return list(self.ask(paper_queries.lines_of, document.id))

    def state(self, number: str) -> State:
        found: State = self.ask(paper_queries.state_of, self.ask(paper_queries.get_document, number).id)
        return found

    def progress(self, number: str, line_no: int = 1) -> LineProgress:
        """What has become of a line; without its row id, so that it can be written down in a test."""
        found = self.ask(queries.progress_of, self.ask(paper_queries.get_document, number).id)
        return replace(found[line_no], line_id=0)

    def submit(self, number: str, by: Actor = PLANNER) -> None:
        self.run(dispatch.submit_order, OrderNumberDraft(order_number=number), by)

    def sign(self, number: str, *ceilings: int, by: tuple[Actor, ...] = SIGNERS) -> None:
        lines = tuple(LineDecision(line_no=place, ceiling=each) for place, each in enumerate(ceilings, 1))
        for signer in by:
            self.run(dispatch.sign, SignatureDraft(document_number=number, lines=lines), signer)

    def issue(self, number: str) -> None:
        self.run(dispatch.issue_order, OrderNumberDraft(order_number=number))

    def issued(self, source: str, *ceilings: int) -> str:
        """Number of a store's letter, submitted, signed and in force."""
        number = self.letter(source)
        self.submit(number)
        self.sign(number, *ceilings)
        self.issue(number)
        return number

    # --- goods

    def depart(self, number: str, receiver: str, *parts: tuple[int, int], by: Actor = GATE, **more: Any) -> str:
        """Number of the shipment; parts are (line, quantity), everything that is held where none is named."""
        lines = tuple(DepartureLineDraft(line_no=line_no, quantity=quantity) for line_no, quantity in parts)
        draft = DepartureDraft(order_number=number, receiver_site=receiver, lines=lines, **more)
        shipment: str = self.run(dispatch.depart, draft, by).number
        return shipment

    def deliver(
        self,
        shipment: str,
        lot: str,
        accepted: int = 0,
        damaged: int = 0,
        line_no: int = 1,
        reason: str = "",
        by: Actor = DOOR,
    ) -> Any:
        line = DeliveryLineDraft(line_no=line_no, lot_code=lot, accepted=accepted, damaged=damaged, reason=reason)
        return self.run(dispatch.deliver, DeliveryDraft(shipment_number=shipment, lines=(line,)), by)

    def stand(self, site: str, lot: str, bin_code: str = "A1") -> tuple[str, int, int]:
        """(owner, on hand, held) of a lot in a bin."""
        lines = self.ask(stock_queries.stock_lines, site_codes=[site])
        ((owner, on_hand, held),) = [
            (each.owner_code, each.on_hand, each.held)
            for each in lines
            if (each.lot_code, each.bin_code) == (lot, bin_code)
        ]
        return owner, on_hand, held

    def used(self, site: str, lot: str, quantity: int) -> None:
        """Somebody uses goods of a store that a plan counts on."""
        line = IssueLineDraft(lot_ref=mask_lot(lot), owner_code=STORES[site], fund=Fund.PROVINCIAL, quantity=quantity)
        self.run(stock.issue, IssueDraft(site_code=site, lines=(line,), receiver_code="HO1", reason="urgent"))

    def lost(self, site: str, lot: str, quantity: int) -> None:
        draft = AdjustmentDraft(
            site_code=site,
            lot_ref=mask_lot(lot),
            owner_code=STORES[site],
            fund=Fund.PROVINCIAL,
            lost=quantity,
            reason="water",
        )
        self.run(stock.adjust, draft)

    def blocked(self, lot: str) -> None:
        draft = BlockDraft(
            lot_ref=mask_lot(lot), reason_kind=BlockReason.RECALL, reason="recall", organisation_code="BUREAU"
        )
        self.run(stock.block, draft)


class PlanCode(BaseModel):
    code: str


def mask_lot(code: str) -> LotRef:
    return LotRef(item_code=MASK, code=code)
