"""What people on the scene look up before they act: loads on the road, goods on a ward's shelf, what is still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.catalogue.models import Item
from reserve.catalogue.terms import LifeCycle
from reserve.clock import end_of_day, local_time
from reserve.dispatch import queries as dispatch_queries
from reserve.dispatch.models import Shipment
from reserve.incidents import queries as incident_queries
from reserve.organisations.models import Organisation
from reserve.papers import queries as paper_queries
from reserve.papers.models import DocumentLine
from reserve.papers.terms import DocumentKind, State
from reserve.sites.models import Bin, Site
from reserve.sites.terms import USABLE_BINS
from reserve.stock.models import Balance, Entry, Lot, StockAccount
from reserve.stock.terms import Fund

LineKey = tuple[str, str, int, str]
"""Source site, owner, cascade step and need key: what a plan line and an order line have in common."""


@dataclass(frozen=True, slots=True)
class Load:
    """So much of one lot for one order line, as it stands on a truck."""

    line_no: int
    item_code: str
    lot_code: str
    pack_size: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Leg:
    """Goods of one order for one receiver: when the plan wants them to leave and to arrive."""

    order_number: str
    source_site: str
    receiver_site: str
    leave_at: datetime
    arrive_at: datetime


@dataclass(frozen=True, slots=True)
class OnShelf:
    """Goods at hand in one account: whose, on whose money, which lot."""

    item_code: str
    lot_code: str
    expires_on: date | None
    owner_code: str
    fund: Fund
    bin_code: str
    quantity: int
    is_used_up: bool
    """A consumable; durable goods stay."""


def legs_of(session: Session, plan_code: str, order_numbers: Collection[str]) -> dict[str, list[Leg]]:
    """The journeys of a plan's orders: one per order and receiver, leaving with the first line; what could wait goes
    along.
    """
    plan = dispatch_queries.get_plan(session, plan_code)
    planned: dict[LineKey, tuple[datetime, datetime]] = {}
    for line in dispatch_queries.plan_lines(session, plan.id):
        key = (line.source_site, line.owner_code, line.step, line.need_key)
        leave, arrive = planned.get(key, (line.leave_at, line.arrive_at))
        planned[key] = min(leave, line.leave_at), min(arrive, line.arrive_at)
    return {number: _legs_of_order(session, number, planned) for number in order_numbers}


def _legs_of_order(session: Session, number: str, planned: Mapping[LineKey, tuple[datetime, datetime]]) -> list[Leg]:
    document = paper_queries.get_document(session, number)
    grounds = dispatch_queries.order_lines(session, document.id)
    legs: dict[str, Leg] = {}
    for line in paper_queries.lines_of(session, document.id):
        ground = grounds[line.id]
        leave, arrive = planned[line.source_code, line.owner_code, ground.step, ground.need_key]
        leg = legs.get(line.receiver_code)
        if leg is not None:
            leave, arrive = min(leave, leg.leave_at), min(arrive, leg.arrive_at)
        legs[line.receiver_code] = Leg(number, line.source_code, line.receiver_code, leave, arrive)
    return [legs[receiver] for receiver in sorted(legs)]


def load_of(session: Session, shipment_number: str) -> list[Load]:
    """What left with a shipment, by order line and lot."""
    statement = (
        select(DocumentLine.line_no, Lot.item_code, Lot.code, Lot.pack_size, func.sum(Entry.quantity))
        .join(Entry, Entry.document_line_id == DocumentLine.id)
        .join(Lot, Lot.id == Entry.lot_id)
        .join(Shipment, Shipment.movement_id == Entry.movement_id)
        .where(Shipment.number == shipment_number)
        .group_by(DocumentLine.line_no, Lot.id, Lot.item_code, Lot.code, Lot.pack_size)
        .order_by(DocumentLine.line_no, Lot.id)
    )
    return [Load(*row[:4], quantity=int(row[4])) for row in session.execute(statement)]


def on_shelf(session: Session, site_code: str) -> list[OnShelf]:
    """Free goods at a site, first to expire first."""
    statement = (
        select(Balance, Lot, StockAccount, Bin, Item.life_cycle)
        .join(Lot, Lot.id == Balance.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .join(StockAccount, StockAccount.id == Balance.account_id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .join(Site, Site.id == Bin.site_id)
        .where(Site.code == site_code, Bin.kind.in_(USABLE_BINS), Balance.on_hand > Balance.held)
        .order_by(Lot.expiry_key, Lot.id, StockAccount.id)
    )
    owners = _owner_codes(session)
    return [
        OnShelf(
            lot.item_code,
            lot.code,
            lot.expires_on,
            owners[account.owner_id],
            account.fund,
            bin_row.code,
            balance.on_hand - balance.held,
            life_cycle is LifeCycle.CONSUMABLE,
        )
        for balance, lot, account, bin_row, life_cycle in session.execute(statement)
    ]


def _owner_codes(session: Session) -> Mapping[int, str]:
    return dict(session.execute(select(Organisation.id, Organisation.code)).all())


def organisation_of_site(session: Session, site_code: str) -> str:
    """Code of the organisation that runs a site."""
    statement = select(Organisation.code).join(Site, Site.organisation_id == Organisation.id)
    return session.execute(statement.where(Site.code == site_code)).scalar_one()


def needed_on(session: Session, incident_code: str, day: date, as_of: datetime) -> Mapping[tuple[str, str], int]:
    """What each place needs of each item on one day, base units, by site and item."""
    incident = incident_queries.get_incident(session, incident_code)
    found: dict[tuple[str, str], int] = defaultdict(int)
    begins, ends = local_time(day), end_of_day(day)
    for need in incident_queries.needs_at(session, incident.id, as_of, as_of, due_from=begins, due_until=ends):
        found[need.site_code, need.item_code] += need.base
    return found


def open_orders(session: Session, incident_code: str, kind: DocumentKind) -> list[str]:
    """Numbers of an incident's orders that are issued or under way."""
    documents = paper_queries.list_documents(session, kind=kind, incident_code=incident_code, limit=100_000)
    states = paper_queries.states_of_many(session, [document.id for document in documents])
    going = (State.ISSUED, State.IN_EXECUTION, State.CANCELLED)
    return [document.number for document in documents if states[document.id] in going]
