"""Verbs on goods under way: departure in parts, acceptance in parts, return, loss."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append
from reserve.dispatch import queries, rules
from reserve.dispatch.drafts import DeliveryDraft, DepartureDraft, TransitLossDraft, TransitReturnDraft
from reserve.dispatch.models import DeliveryLine, Shipment
from reserve.dispatch.terms import ShipmentState
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document, DocumentLine
from reserve.papers.terms import DocumentKind, State
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.sites.terms import BinKind, SiteKind
from reserve.stock import ledger
from reserve.stock import queries as stock_queries
from reserve.stock.models import Hold, StockAccount
from reserve.stock.terms import Move, MovementKind

Carried = Mapping[tuple[int, int, int], int]
"""What a shipment carries, by (document line, lot, transit account)."""


class NothingHeld(Conflict):
    """Nothing is held for these lines: it has left, or was cut."""

    code = "nothing_held"


class SignerDoesNotHandle(Conflict):
    """Who signed an order neither lets its goods go nor accepts them."""

    code = "signer_does_not_handle"


@dataclass(frozen=True, slots=True)
class Departed:
    number: str
    """Of the shipment."""
    order_number: str
    quantity: int
    departed_at: datetime


@dataclass(frozen=True, slots=True)
class Handled:
    """What a verb did to a shipment, and what is still on the road."""

    number: str
    order_number: str
    accepted: int
    damaged: int
    lost: int
    returned: int
    on_the_road: int
    state: ShipmentState


def depart(session: Session, actor: Actor, draft: DepartureDraft, *, now: datetime, today: date) -> Departed:
    """Goods of an issued order leave the gate for one receiver; from now on they stand in transit."""
    require(actor, Permission.ORDER_EXECUTE)
    document = drafting.lock_document(session, draft.order_number)
    lines = {line.line_no: line for line in paper_queries.lines_of(session, document.id)}
    source = site_queries.get_site(session, next(iter(lines.values())).source_code)
    require_scope(actor, Permission.ORDER_EXECUTE, organisation_path=source.organisation_path)
    receiver = site_queries.get_site(session, draft.receiver_site)
    state = drafting.require_state(session, document, State.ISSUED, State.IN_EXECUTION)
    _require_no_signer(session, actor, document)
    mine = {number: line for number, line in lines.items() if line.receiver_code == receiver.code}
    moves = _moves_out(session, document, draft, mine)
    number = f"{document.number}-S{len(queries.shipments_of(session, document.id)) + 1}"
    transit = site_queries.transit_bin(session, number)
    accounts = stock_queries.accounts_by_id(session, {hold.account_id for hold, _ in moves})
    posted = [
        Move(
            hold.lot_id,
            hold.account_id,
            ledger.account_for(session, transit.id, accounts[hold.account_id].owner_id, accounts[hold.account_id].fund),
            quantity,
            hold.document_line_id,
            hold.id,
        )
        for hold, quantity in moves
    ]
    if state is State.ISSUED:
        drafting.enter_state(session, actor, document, State.IN_EXECUTION, now=now, occurred_at=draft.occurred_at)
    movement = ledger.post(
        session, actor, document, MovementKind.DEPART, posted, now=now, occurred_at=draft.occurred_at
    )
    row = {
        "number": number,
        "document_id": document.id,
        "source_site_id": source.id,
        "receiver_site_id": receiver.id,
        "movement_id": movement.id,
        "vehicle_no": draft.vehicle_no,
        "driver": draft.driver,
        "driver_phone": draft.driver_phone,
        "pass_no": draft.pass_no,
        "seal_no": draft.seal_no,
        "departed_at": movement.occurred_at,
        "planned_arrival_at": draft.planned_arrival_at,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    append(session, Shipment, [row])
    return Departed(number, document.number, sum(quantity for _, quantity in moves), movement.occurred_at)


def _moves_out(
    session: Session, document: Document, draft: DepartureDraft, lines: Mapping[int, DocumentLine]
) -> list[tuple[Hold, int]]:
    """Which holds are used up, and how much of each; what expires first leaves first. Lists every bad line."""
    holds: dict[int, list[Hold]] = defaultdict(list)
    for hold in stock_queries.open_holds(session, document_id=document.id):
        holds[hold.document_line_id].append(hold)
    lots = stock_queries.lots_by_id(session, {hold.lot_id for each in holds.values() for hold in each})
    wanted = {line.line_no: line.quantity for line in draft.lines} or {
        number: sum(hold.quantity for hold in holds[line.id]) for number, line in lines.items()
    }
    problems, moves = [], []
    for row, (number, quantity) in enumerate(wanted.items(), 1):
        line = lines.get(number)
        if line is None:
            known = ", ".join(map(str, sorted(lines)))
            problems.append(Problem("unknown_line", f"lines.{row - 1}.line_no", known, str(number), row))
            continue
        held = sum(hold.quantity for hold in holds[line.id])
        if quantity > held:
            problems.append(
                Problem("more_than_held", f"lines.{row - 1}.quantity", f"at most {held}", str(quantity), row)
            )
            continue
        remaining = quantity
        for hold in sorted(holds[line.id], key=lambda each: (lots[each.lot_id].expiry_key or "9", each.position)):
            if part := min(hold.quantity, remaining):
                moves.append((hold, part))
                remaining -= part
    if problems:
        raise InvalidInput(problems)
    if not moves:
        raise NothingHeld(f"{document.number}: nothing is held for {draft.receiver_site}", number=document.number)
    return moves


def deliver(session: Session, actor: Actor, draft: DeliveryDraft, *, now: datetime, today: date) -> Handled:
    """Accept what has arrived, split into accepted and damaged; the rest stays on the road, with its age.

    The receiving site's keeper or requester does it, never a signer of the order.
    """
    require(actor, Permission.ORDER_RECEIVE)
    shipment = queries.get_shipment(session, draft.shipment_number)
    receiver = session.get_one(Site, shipment.receiver_site_id)
    require_scope(actor, Permission.ORDER_RECEIVE, organisation_path=receiver.organisation_path)
    document = _locked(session, shipment)
    _require_no_signer(session, actor, document)
    carried = queries.on_the_road(session, shipment)
    lines = {line.id: line.line_no for line in paper_queries.lines_of(session, document.id)}
    lots = queries.lots_of_shipment(session, shipment)
    on_road: dict[tuple[int, str], int] = defaultdict(int)
    for (line_id, lot_id, _), quantity in carried.items():
        on_road[lines[line_id], lots[lot_id].code] += quantity
    wanted = {(line.line_no, line.lot_code): (line.accepted, line.damaged, line.reason) for line in draft.lines}
    problems = rules.delivery_problems(wanted, on_road)
    if len(wanted) < len(draft.lines):
        problems.append(Problem("line_twice", "lines", "each line and lot once", str(len(draft.lines))))
    if problems:
        raise InvalidInput(problems)
    moves, rows = _moves_in(
        session, document, receiver, draft, carried, lines, {k: lot.code for k, lot in lots.items()}
    )
    movement = ledger.post(
        session, actor, document, MovementKind.ACCEPT, moves, now=now, occurred_at=draft.occurred_at, reason=draft.note
    )
    common = {
        "shipment_id": shipment.id,
        "movement_id": movement.id,
        "person_id": actor.person_id,
        "occurred_at": movement.occurred_at,
        "recorded_at": now,
    }
    append(session, DeliveryLine, [row | common for row in rows])
    accepted, damaged = sum(line.accepted for line in draft.lines), sum(line.damaged for line in draft.lines)
    return _handled(session, shipment, document, accepted=accepted, damaged=damaged)


def _moves_in(
    session: Session,
    document: Document,
    receiver: Site,
    draft: DeliveryDraft,
    carried: Carried,
    line_numbers: Mapping[int, int],
    lot_codes: Mapping[int, str],
) -> tuple[list[Move], list[dict[str, object]]]:
    """From transit to the receiver's bin and to its rejected area; the owner changes where the order says so."""
    bins = site_queries.bins_of_site(session, receiver)
    home = BinKind.SHELF if receiver.kind in (SiteKind.WAREHOUSE, SiteKind.PLANT) else BinKind.RECEIVING_POINT
    accepted_bin = next(each for each in bins.values() if each.kind is home)
    rejected_bin = next(each for each in bins.values() if each.kind is BinKind.REJECTED)
    takes_over = bool(json.loads(document.content)["transfers_ownership"])
    accounts = stock_queries.accounts_by_id(session, {account_id for _, _, account_id in carried})
    remaining = dict(carried)
    moves: list[Move] = []
    rows: list[dict[str, object]] = []
    for line in draft.lines:
        for bin_row, quantity in ((accepted_bin, line.accepted), (rejected_bin, line.damaged)):
            for key in [k for k in remaining if (line_numbers[k[0]], lot_codes[k[1]]) == (line.line_no, line.lot_code)]:
                part = min(remaining[key], quantity)
                if part == 0:
                    continue
                line_id, lot_id, transit_account = key
                account: StockAccount = accounts[transit_account]
                owner = receiver.organisation_id if takes_over else account.owner_id
                goal = ledger.account_for(session, bin_row.id, owner, account.fund)
                moves.append(Move(lot_id, transit_account, goal, part, line_id))
                remaining[key] -= part
                quantity -= part
        first = next(k for k in carried if (line_numbers[k[0]], lot_codes[k[1]]) == (line.line_no, line.lot_code))
        rows.append(
            {
                "document_line_id": first[0],
                "lot_id": first[1],
                "accepted": line.accepted,
                "damaged": line.damaged,
                "reason": line.reason,
            }
        )
    return moves, rows


def report_transit_loss(
    session: Session, actor: Actor, draft: TransitLossDraft, *, now: datetime, today: date
) -> Handled:
    """Write off what of a shipment will not arrive, with reason, report and who answers for it."""
    require(actor, Permission.ORDER_EXECUTE)
    shipment = queries.get_shipment(session, draft.shipment_number)
    source = session.get_one(Site, shipment.source_site_id)
    require_scope(actor, Permission.ORDER_EXECUTE, organisation_path=source.organisation_path)
    document = _locked(session, shipment)
    carried = _require_carried(session, shipment)
    custodian = session.get_one(Organisation, source.organisation_id)
    lost = site_queries.outside_bin(session, BinKind.LOST, custodian)
    moves = _moves_to(session, carried, lost.id)
    reason = "; ".join(part for part in (draft.reason, draft.report_no, draft.responsible) if part)
    ledger.post(session, actor, document, MovementKind.LOSE, moves, now=now, reason=reason)
    return _handled(session, shipment, document, lost=sum(carried.values()))


def return_shipment(
    session: Session, actor: Actor, draft: TransitReturnDraft, *, now: datetime, today: date
) -> Handled:
    """Take back what is still on the road, to the source's area for returned goods."""
    require(actor, Permission.ORDER_EXECUTE)
    shipment = queries.get_shipment(session, draft.shipment_number)
    source = session.get_one(Site, shipment.source_site_id)
    require_scope(actor, Permission.ORDER_EXECUTE, organisation_path=source.organisation_path)
    document = _locked(session, shipment)
    carried = _require_carried(session, shipment)
    bins = site_queries.bins_of_site(session, source)
    returned = next((each for each in bins.values() if each.kind is BinKind.RETURNED), None)
    home = returned or next(each for each in bins.values() if each.kind is BinKind.PRODUCTION)
    moves = _moves_to(session, carried, home.id)
    ledger.post(session, actor, document, MovementKind.RETURN, moves, now=now, reason=draft.reason)
    return _handled(session, shipment, document, returned=sum(carried.values()))


def _moves_to(session: Session, carried: Carried, bin_id: int) -> list[Move]:
    accounts = stock_queries.accounts_by_id(session, {account_id for _, _, account_id in carried})
    return [
        Move(
            lot_id,
            account_id,
            ledger.account_for(session, bin_id, accounts[account_id].owner_id, accounts[account_id].fund),
            quantity,
            line_id,
        )
        for (line_id, lot_id, account_id), quantity in carried.items()
    ]


def _require_carried(session: Session, shipment: Shipment) -> Carried:
    carried = queries.on_the_road(session, shipment)
    if not carried:
        raise NothingHeld(f"{shipment.number} has arrived in full", number=shipment.number)
    return carried


def _locked(session: Session, shipment: Shipment) -> Document:
    """The order behind a shipment, locked, in a state in which its goods may move."""
    number = session.get_one(Document, shipment.document_id).number
    document = drafting.lock_document(session, number)
    assert document.kind is DocumentKind.DISPATCH_ORDER
    drafting.require_state(session, document, State.IN_EXECUTION, State.CANCELLED)
    return document


def _require_no_signer(session: Session, actor: Actor, document: Document) -> None:
    """Requester, signers and storekeepers are different people, counted in persons."""
    signers = {signature.person_id for signature in paper_queries.signatures_of(session, document.id)}
    if actor.person_id in signers:
        raise SignerDoesNotHandle(f"you signed {document.number}", number=document.number)


def _handled(
    session: Session,
    shipment: Shipment,
    document: Document,
    *,
    accepted: int = 0,
    damaged: int = 0,
    lost: int = 0,
    returned: int = 0,
) -> Handled:
    left = sum(queries.on_the_road(session, shipment).values())
    state = ShipmentState.ON_THE_ROAD if left else ShipmentState.ARRIVED
    return Handled(shipment.number, document.number, accepted, damaged, lost, returned, left, state)
