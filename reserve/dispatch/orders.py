"""Verbs on dispatch orders: hold and submit, issue, acknowledge, withdraw, close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.capacity import pegs
from reserve.clock import local_day
from reserve.db import append
from reserve.dispatch import queries
from reserve.dispatch.drafts import OrderNumberDraft, OrderReasonDraft
from reserve.dispatch.models import Acknowledgement, OrderLot
from reserve.dispatch.terms import StaleLine
from reserve.errors import Conflict
from reserve.jobs import outbox
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document, DocumentLine
from reserve.papers.terms import DocumentKind, State
from reserve.sites import queries as site_queries
from reserve.stock import ledger
from reserve.stock import queries as stock_queries
from reserve.stock import rules as stock_rules
from reserve.stock.terms import HoldMode, HoldOutcome, HoldWish

PRIORITY = {1: 7, 2: 5, 3: 3}
"""Priority of a hold by the class of the need it serves; larger gives way later."""


class StalePlan(Conflict):
    """The goods are no longer there as planned. Names every stale line; nothing was held."""

    code = "stale_plan"

    def __init__(self, number: str, stale: Sequence[StaleLine]) -> None:
        self.stale = tuple(stale)
        lines = "; ".join(
            f"line {line.line_no}, {line.item_code} {line.lot_code}: {line.available} of {line.wanted}, {line.because}"
            for line in stale
        )
        super().__init__(f"{number}: {lines}", number=number)

    def details(self) -> dict[str, object]:
        return {
            "number": self.facts["number"],
            "stale_lines": [
                {
                    "line_no": line.line_no,
                    "item": line.item_code,
                    "lot": line.lot_code,
                    "wanted": line.wanted,
                    "available": line.available,
                    "because": line.because,
                }
                for line in self.stale
            ],
        }


class StillOpen(Conflict):
    """Something of the order is still held or on the road."""

    code = "order_still_open"


def submit_order(session: Session, actor: Actor, draft: OrderNumberDraft, *, now: datetime, today: date) -> Document:
    """Hold the goods of a drafted order and hand it to the signers. Raises StalePlan naming every stale line."""
    require(actor, Permission.ORDER_DRAFT)
    document = locked_order(session, actor, draft.order_number, Permission.ORDER_DRAFT)
    drafting.require_state(session, document, State.DRAFT)
    lots = queries.order_lots(session, document.id)
    pegs.lock_supplies(session, {lot.supply_code for lot in lots if lot.supply_code is not None}, now=now)
    by_id = {line.id: line for line in paper_queries.lines_of(session, document.id)}
    on_shelf = [lot for lot in lots if lot.supply_code is None]
    unusable = _unusable(session, on_shelf, document, now=now)
    stale = [
        StaleLine(
            by_id[lot.document_line_id].line_no, by_id[lot.document_line_id].item_code, code, lot.quantity, 0, why
        )
        for lot, (code, why) in unusable
    ]
    if stale:
        raise StalePlan(document.number, stale)
    order_lines = queries.order_lines(session, document.id)
    classes: dict[int, list[HoldWish]] = defaultdict(list)
    for lot in on_shelf:
        assert lot.account_id is not None
        assert lot.lot_id is not None
        need_class = int(order_lines[lot.document_line_id].need_key.split("|")[3])
        classes[need_class].append(HoldWish(lot.account_id, lot.lot_id, lot.quantity, lot.document_line_id))
    try:
        for need_class in sorted(classes):
            ledger.hold(
                session,
                actor,
                document,
                classes[need_class],
                mode=HoldMode.ALL_OR_NOTHING,
                now=now,
                priority=PRIORITY[need_class],
            )
    except ledger.InsufficientStock as short:
        raise StalePlan(document.number, _short_lines(session, short, on_shelf, by_id)) from short
    for lot in lots:
        if lot.supply_code is not None:
            pegs.peg(session, actor, document, lot.document_line_id, lot.supply_code, lot.quantity, now=now)
    drafting.enter_state(session, actor, document, State.SUBMITTED, now=now)
    lead = session.get_one(Organisation, document.organisation_id)
    owner = organisation_queries.get_organisation(session, next(iter(by_id.values())).owner_code)
    quantity = max(line.quantity for line in by_id.values())
    drafting.open_case(session, document, lead=lead, holder=owner, quantity=quantity, now=now)
    return document


def _stale(line: DocumentLine, lot: OrderLot, lot_code: str, because: str) -> StaleLine:
    return StaleLine(line.line_no, line.item_code, lot_code, lot.quantity, 0, because)


def _unusable(
    session: Session, lots: Sequence[OrderLot], document: Document, *, now: datetime
) -> list[tuple[OrderLot, tuple[str, str]]]:
    """Lots of the plan that may no longer be used, with code and reason."""
    lines = paper_queries.lines_of(session, document.id)
    standing = {
        (line.account_id, line.lot_id): line
        for line in stock_queries.stock_lines(session, site_codes={line.source_code for line in lines})
    }
    found = []
    for lot in lots:
        line = standing.get((lot.account_id or 0, lot.lot_id or 0))
        if line is not None and (because := stock_rules.unusable_because(line, local_day(now))):
            found.append((lot, (line.lot_code, because.value)))
    return found


def _short_lines(
    session: Session, short: ledger.InsufficientStock, lots: Sequence[OrderLot], by_id: Mapping[int, DocumentLine]
) -> list[StaleLine]:
    """The order lines behind a shortage of lots."""
    codes = stock_queries.lots_by_id(session, {lot.lot_id for lot in lots if lot.lot_id is not None})
    stale = []
    for shortage in short.shortages:
        for lot in lots:
            known = codes[lot.lot_id or 0]
            if (known.item_code, known.code) == (shortage.item_code, shortage.lot_code):
                line_no = by_id[lot.document_line_id].line_no
                stale.append(
                    StaleLine(line_no, known.item_code, known.code, shortage.wanted, shortage.available, "held_or_gone")
                )
    return stale


def issue_order(session: Session, actor: Actor, draft: OrderNumberDraft, *, now: datetime, today: date) -> Document:
    """Put a signed order in force: the store is told, and may let goods go. What a ceiling cut is given back."""
    require(actor, Permission.ORDER_DRAFT)
    document = locked_order(session, actor, draft.order_number, Permission.ORDER_DRAFT)
    drafting.require_state(session, document, State.APPROVED)
    progress = queries.progress_of(session, document.id)
    approved = paper_queries.approved_quantities(session, document)
    promised = pegs.pegged_by_line(session, document.id)
    missing = []
    for line in paper_queries.lines_of(session, document.id):
        standing = progress[line.line_no].held + promised.get(line.id, 0)
        if standing < approved[line.line_no]:
            missing.append(StaleLine(line.line_no, line.item_code, "", approved[line.line_no], standing, "hold_broken"))
        elif standing > approved[line.line_no]:
            _give_back(session, actor, document, line.id, standing - approved[line.line_no], now=now)
    if missing:
        raise StalePlan(document.number, missing)
    drafting.enter_state(session, actor, document, State.ISSUED, now=now)
    outbox.put(session, "order_issued", document.number, {"order": document.number}, now=now)
    return document


def acknowledge_order(
    session: Session, actor: Actor, draft: OrderNumberDraft, *, now: datetime, today: date
) -> Acknowledgement:
    """The store confirms that it has read an order and will carry it out."""
    require(actor, Permission.ORDER_EXECUTE)
    document = drafting.lock_document(session, draft.order_number)
    line = paper_queries.lines_of(session, document.id)[0]
    site = site_queries.get_site(session, line.source_code)
    require_scope(actor, Permission.ORDER_EXECUTE, organisation_path=site.organisation_path)
    drafting.require_state(session, document, State.ISSUED, State.IN_EXECUTION)
    row = {"document_id": document.id, "person_id": actor.person_id, "recorded_at": now}
    (row_id,) = append(session, Acknowledgement, [row])
    return session.get_one(Acknowledgement, row_id)


def withdraw_order(session: Session, actor: Actor, draft: OrderReasonDraft, *, now: datetime, today: date) -> Document:
    """Take back an order that is not issued yet; what it holds is free again at once."""
    require(actor, Permission.ORDER_DRAFT)
    document = locked_order(session, actor, draft.order_number, Permission.ORDER_DRAFT)
    drafting.enter_state(session, actor, document, State.WITHDRAWN, now=now, reason=draft.reason)
    release_all(session, actor, document, now=now, reason=draft.reason)
    return document


def close_order(session: Session, actor: Actor, draft: OrderNumberDraft, *, now: datetime, today: date) -> Document:
    """Close an order of which nothing is held or on the road. Raises StillOpen naming the lines."""
    require(actor, Permission.ORDER_DRAFT)
    document = locked_order(session, actor, draft.order_number, Permission.ORDER_DRAFT)
    drafting.require_state(session, document, State.IN_EXECUTION, State.CANCELLED, State.ISSUED)
    progress = queries.progress_of(session, document.id)
    waiting = [number for number, line in sorted(progress.items()) if line.held or line.in_transit]
    if waiting or pegs.pegged_by_line(session, document.id):
        lines = ", ".join(map(str, waiting))
        raise StillOpen(
            f"{document.number}: lines {lines} are held or on the road", number=document.number, lines=lines
        )
    drafting.enter_state(session, actor, document, State.CLOSED, now=now)
    return document


def release_all(session: Session, actor: Actor, document: Document, *, now: datetime, reason: str) -> None:
    """End every hold and peg of an order."""
    pegs.unpeg(session, actor, document.id, now=now, reason=reason)  # papers are locked before balances
    holds = [hold.id for hold in stock_queries.open_holds(session, document_id=document.id)]
    ledger.end_holds(session, actor, holds, HoldOutcome.RELEASED, now=now, reason=reason)


def _give_back(
    session: Session, actor: Actor, document: Document, line_id: int, quantity: int, *, now: datetime
) -> None:
    """Free part of what a line holds: what the signatures did not grant."""
    holds = [
        hold for hold in stock_queries.open_holds(session, document_id=document.id) if hold.document_line_id == line_id
    ]
    ledger.reduce_holds(session, actor, holds, quantity, now=now, reason="ceiling")


def locked_order(session: Session, actor: Actor, number: str, permission: Permission) -> Document:
    """An order under lock, inside the actor's scope. First in the lock order."""
    document = drafting.lock_document(session, number)
    if document.kind is not DocumentKind.DISPATCH_ORDER:
        expected = DocumentKind.DISPATCH_ORDER.value
        raise drafting.WrongState(
            f"{number} is a {document.kind}", number=number, found=document.kind, expected=expected
        )
    organisation = session.get_one(Organisation, document.organisation_id)
    require_scope(actor, permission, organisation_path=organisation.path)
    return document
