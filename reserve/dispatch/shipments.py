"""Goods under way: what the verbs on a shipment share, and what becomes of goods that do not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.dispatch import queries
from reserve.dispatch.drafts import TransitLossDraft, TransitReturnDraft
from reserve.dispatch.models import Shipment
from reserve.dispatch.orders import lock_order
from reserve.dispatch.terms import ShipmentState
from reserve.errors import Conflict
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers.models import Document
from reserve.papers.terms import State
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.sites.terms import BinKind
from reserve.stock import ledger
from reserve.stock import queries as stock_queries
from reserve.stock.terms import Move, MovementKind

Carried = Mapping[tuple[int, int, int], int]
"""What a shipment carries, by (document line, lot, transit account)."""


class NothingHeld(Conflict):
    """Nothing is held for these lines: it has left, or was cut."""

    code = "nothing_held"


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


def report_transit_loss(
    session: Session, actor: Actor, draft: TransitLossDraft, *, now: datetime, today: date
) -> Handled:
    """Write off what of a shipment will not arrive, with reason, report and who answers for it."""
    require(actor, Permission.ORDER_EXECUTE)
    shipment, source, document, carried = _under_way(session, actor, draft.shipment_number)
    custodian = session.get_one(Organisation, source.organisation_id)
    lost = site_queries.outside_bin(session, BinKind.LOST, custodian)
    moves = _moves_to(session, carried, lost.id)
    reason = "; ".join(part for part in (draft.reason, draft.report_no, draft.responsible) if part)
    ledger.post(session, actor, document, MovementKind.LOSE, moves, now=now, reason=reason)
    return handled(session, shipment, document, lost=sum(carried.values()))


def return_shipment(
    session: Session, actor: Actor, draft: TransitReturnDraft, *, now: datetime, today: date
) -> Handled:
    """Take back what is still on the road, to the source's area for returned goods."""
    require(actor, Permission.ORDER_EXECUTE)
    shipment, source, document, carried = _under_way(session, actor, draft.shipment_number)
    bins = site_queries.bins_of_site(session, source)
    returned = next((each for each in bins.values() if each.kind is BinKind.RETURNED), None)
    home = returned or next(each for each in bins.values() if each.kind is BinKind.PRODUCTION)
    moves = _moves_to(session, carried, home.id)
    ledger.post(session, actor, document, MovementKind.RETURN, moves, now=now, reason=draft.reason)
    return handled(session, shipment, document, returned=sum(carried.values()))


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


def _under_way(session: Session, actor: Actor, number: str) -> tuple[Shipment, Site, Document, Carried]:
    """A shipment that its source may still act on: the source in scope, the order locked, something on the road."""
    shipment = queries.get_shipment(session, number)
    source = session.get_one(Site, shipment.source_site_id)
    require_scope(actor, Permission.ORDER_EXECUTE, organisation_path=source.organisation_path)
    document = locked_order_of(session, actor, shipment)
    carried = queries.on_the_road(session, shipment)
    if not carried:
        raise NothingHeld(f"{number} has arrived in full", number=number)
    return shipment, source, document, carried


def locked_order_of(session: Session, actor: Actor, shipment: Shipment) -> Document:
    """The order behind a shipment, locked, in a state in which its goods may move; never for one of its signers."""
    document = lock_order(session, session.get_one(Document, shipment.document_id).number)
    drafting.require_state(session, document, State.IN_EXECUTION, State.CANCELLED)
    drafting.require_no_signer(session, actor, document)
    return document


def handled(
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
