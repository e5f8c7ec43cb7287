"""Verbs on dispatch orders: hold and submit, issue, acknowledge, withdraw, close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.capacity import pegs
from reserve.clock import local_day
from reserve.db import append
from reserve.dispatch import queries, rules
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

Lines = Mapping[int, DocumentLine]
"""Lines of an order by id."""
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
    """Something of the order is still promised or on the road."""

    code = "order_still_open"


def submit_order(session: Session, actor: Actor, draft: OrderNumberDraft, *, now: datetime, today: date) -> Document:
    """Hold the goods of a drafted order and hand it to the signers. Raises StalePlan naming every stale line."""
    require(actor, Permission.ORDER_DRAFT)
    document = locked_order(session, actor, draft.order_number, Permission.ORDER_DRAFT)
    drafting.require_state(session, document, State.DRAFT)
    lines = {line.id: line for line in paper_queries.lines_of(session, document.id)}
    lots = queries.order_lots(session, document.id)
    expected = [lot for lot in lots if lot.supply_code is not None]
    pegs.lock_supplies(session, {lot.supply_code for lot in expected if lot.supply_code}, now=now)
    on_shelf = [lot for lot in lots if lot.supply_code is None]
    unusable = _unusable(session, on_shelf, lines, now=now)
    stale = [_stale(lines, lot, code, 0, because) for lot, code, because in unusable]
    spoilt = {lot.id for lot, _, _ in unusable}
    stale += _hold(session, actor, document, lines, [lot for lot in on_shelf if lot.id not in spoilt], now=now)
    stale += _peg(session, actor, document, lines, expected, now=now)
    if stale:  # what was held so far is rolled back with the refusal
        raise StalePlan(document.number, sorted(stale, key=lambda each: (each.line_no, each.lot_code)))
    drafting.enter_state(session, actor, document, State.SUBMITTED, now=now)
    lead = session.get_one(Organisation, document.organisation_id)
    owner = organisation_queries.get_organisation(session, next(iter(lines.values())).owner_code)
    quantity = max(line.quantity for line in lines.values())
    drafting.open_case(session, document, lead=lead, holder=owner, quantity=quantity, now=now)
    return document


def _stale(lines: Lines, lot: OrderLot, lot_code: str, available: int, because: str) -> StaleLine:
    line = lines[lot.document_line_id]
    return StaleLine(line.line_no, line.item_code, lot_code, lot.quantity, available, because)


def _unusable(
    session: Session, lots: Sequence[OrderLot], lines: Lines, *, now: datetime
) -> list[tuple[OrderLot, str, str]]:
    """Lots of the plan that may no longer be used, with code and reason."""
    standing = {
        (line.account_id, line.lot_id): line
        for line in stock_queries.stock_lines(
            session,
            site_codes={line.source_code for line in lines.values()},
            lot_ids={lot.lot_id for lot in lots if lot.lot_id is not None},
        )
    }
    found = []
    for lot in lots:
        line = standing.get((lot.account_id or 0, lot.lot_id or 0))
        if line is not None and (because := stock_rules.unusable_because(line, local_day(now))):
            found.append((lot, line.lot_code, because.value))
    return found


def _hold(
    session: Session, actor: Actor, document: Document, lines: Lines, lots: Sequence[OrderLot], *, now: datetime
) -> list[StaleLine]:
    """Hold every lot of the order; or the lines whose goods are held by others or gone."""
    grounds = queries.order_lines(session, document.id)
    wishes = []
    for lot in lots:
        assert lot.account_id is not None
        assert lot.lot_id is not None
        priority = PRIORITY[rules.class_of_key(grounds[lot.document_line_id].need_key)]
        wishes.append(HoldWish(lot.account_id, lot.lot_id, lot.quantity, lot.document_line_id, priority))
    try:
        ledger.hold(session, actor, document, wishes, mode=HoldMode.ALL_OR_NOTHING, now=now)
    except ledger.InsufficientStock as refusal:
        short = {(each.line_id, each.lot_id): each for each in refusal.shortages}
        return [
            _stale(lines, lot, found.lot_code, found.available, "held_or_gone")
            for lot in lots
            if (found := short.get((lot.document_line_id, lot.lot_id or 0))) is not None
        ]
    return []


def _peg(
    session: Session, actor: Actor, document: Document, lines: Lines, lots: Sequence[OrderLot], *, now: datetime
) -> list[StaleLine]:
    """Promise expected goods to the order; or the lines that others were promised, or that will not come."""
    stale = []
    for lot in lots:
        assert lot.supply_code is not None
        try:
            pegs.peg(session, actor, document, lot.document_line_id, lot.supply_code, lot.quantity, now=now)
        except pegs.PromisedTwice as refusal:
            free = refusal.facts["found"]
            assert isinstance(free, int)
            stale.append(_stale(lines, lot, lot.supply_code, free, refusal.code))
    return stale


def issue_order(session: Session, actor: Actor, draft: OrderNumberDraft, *, now: datetime, today: date) -> Document:
    """Put a signed order in force: the store is told, and may let goods go. What a ceiling cut is given back."""
    require(actor, Permission.ORDER_DRAFT)
    document = locked_order(session, actor, draft.order_number, Permission.ORDER_DRAFT)
    drafting.require_state(session, document, State.APPROVED)
    progress = queries.progress_of(session, document.id)
    approved = paper_queries.approved_quantities(session, document)
    lines = paper_queries.lines_of(session, document.id)
    missing = [
        StaleLine(
            line.line_no,
            line.item_code,
            "",
            approved[line.line_no],
            progress[line.line_no].promised,
            "hold_broken",
        )
        for line in lines
        if progress[line.line_no].promised < approved[line.line_no]
    ]
    if missing:
        raise StalePlan(document.number, missing)
    beyond = {line.id: progress[line.line_no].promised - approved[line.line_no] for line in lines}
    give_back(session, actor, document, beyond, now=now, reason="ceiling")
    drafting.enter_state(session, actor, document, State.ISSUED, now=now)
    outbox.put(session, "order_issued", document.number, {"order": document.number}, now=now)
    return document


def acknowledge_order(
    session: Session, actor: Actor, draft: OrderNumberDraft, *, now: datetime, today: date
) -> Acknowledgement:
    """The store confirms that it has read an order and will carry it out. Once: a second time changes nothing."""
    require(actor, Permission.ORDER_EXECUTE)
    document = lock_order(session, draft.order_number)
    line = paper_queries.lines_of(session, document.id)[0]
    site = site_queries.get_site(session, line.source_code)
    require_scope(actor, Permission.ORDER_EXECUTE, organisation_path=site.organisation_path)
    drafting.require_state(session, document, State.ISSUED, State.IN_EXECUTION)
    known = queries.find_acknowledgement(session, document.id)
    if known is not None:
        return known
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
    """Close an order of which nothing is promised or on the road. Raises StillOpen naming the lines."""
    require(actor, Permission.ORDER_DRAFT)
    document = locked_order(session, actor, draft.order_number, Permission.ORDER_DRAFT)
    drafting.require_state(session, document, State.IN_EXECUTION, State.CANCELLED, State.ISSUED)
    progress = queries.progress_of(session, document.id)
    waiting = [number for number, line in sorted(progress.items()) if line.coming]
    if waiting:
        lines = ", ".join(map(str, waiting))
        raise StillOpen(
            f"{document.number}: lines {lines} are promised or on the road", number=document.number, lines=lines
        )
    drafting.enter_state(session, actor, document, State.CLOSED, now=now)
    return document


def release_all(session: Session, actor: Actor, document: Document, *, now: datetime, reason: str) -> None:
    """End every hold and peg of an order."""
    pegs.unpeg(session, actor, document.id, now=now, reason=reason)  # papers are locked before balances
    holds = [hold.id for hold in stock_queries.open_holds(session, document_id=document.id)]
    ledger.end_holds(session, actor, holds, HoldOutcome.RELEASED, now=now, reason=reason)


def give_back(
    session: Session, actor: Actor, document: Document, quantities: Mapping[int, int], *, now: datetime, reason: str
) -> None:
    """Free part of what lines of an order are promised, by line id: first what is only expected, then what is held."""
    expected = pegs.pegged_by_line(session, quantities)
    for line_id, quantity in quantities.items():  # papers are locked before balances
        hoped = min(quantity, expected.get(line_id, 0))
        pegs.reduce_pegs(session, actor, document.id, line_id, hoped, now=now, reason=reason)
    holds = stock_queries.open_holds(session, document_id=document.id)
    for line_id, quantity in quantities.items():
        mine = [hold for hold in holds if hold.document_line_id == line_id]
        rest = quantity - min(quantity, expected.get(line_id, 0))
        ledger.reduce_holds(session, actor, mine, rest, now=now, reason=reason)


def lock_order(session: Session, number: str) -> Document:
    """An order under lock. First in the lock order."""
    document = drafting.lock_document(session, number)
    drafting.require_kind(document, DocumentKind.DISPATCH_ORDER)
    return document


def locked_order(session: Session, actor: Actor, number: str, permission: Permission) -> Document:
    """An order under lock, inside the actor's scope."""
    document = lock_order(session, number)
    organisation = session.get_one(Organisation, document.organisation_id)
    require_scope(actor, permission, organisation_path=organisation.path)
    return document
