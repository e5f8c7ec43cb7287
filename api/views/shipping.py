"""What a storekeeper picks, lets go and accepts: an order's goods bin by bin, a shipment's goods lot by lot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from api.deps import found_in
from api.views.scoping import parties_in
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.dispatch import queries
from reserve.dispatch.models import Shipment
from reserve.errors import NotFound
from reserve.papers import queries as paper_queries
from reserve.papers import reading
from reserve.papers.models import Document, DocumentLine
from reserve.papers.terms import DocumentKind, State
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.stock import queries as stock_queries
from reserve.stock import rules
from reserve.stock.models import Lot
from reserve.stock.terms import Deduction, StockLine


@dataclass(frozen=True, slots=True)
class Pick:
    """So much of a lot, held in one bin for one line of an order."""

    hold_id: int
    line: DocumentLine
    lot: Lot
    item: Item
    bin_code: str
    quantity: int
    because: Deduction | None
    """Why it may not leave any more: it was blocked or expired since it was held."""


@dataclass(frozen=True, slots=True)
class PickList:
    """An order as its source reads it: who gets what, out of which bins, first what expires first."""

    document: Document
    state: State
    source: Site
    receivers: Sequence[Site]
    picks: Sequence[Pick]
    shipments: Sequence[Shipment]


def pick_list(session: Session, number: str, scopes: tuple[str, ...], today: date) -> PickList:
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    lines = {line.id: line for line in paper_queries.lines_of(session, document.id)}
    if document.kind is not DocumentKind.DISPATCH_ORDER or not lines:
        raise NotFound("order", number)
    source = site_queries.get_site(session, next(iter(lines.values())).source_code)
    found_in(scopes, source.organisation_path, "order", number)
    holds = stock_queries.open_holds(session, document_id=document.id)
    lots = stock_queries.lots_by_id(session, (hold.lot_id for hold in holds))
    items = catalogue_queries.items_by_code(session, (lot.item_code for lot in lots.values()))
    standing: Mapping[tuple[int, int], StockLine] = {
        (each.account_id, each.lot_id): each
        for each in stock_queries.stock_lines(session, site_codes=[source.code], lot_ids=lots)
    }
    picks = []
    for hold in holds:
        here, lot = standing[hold.account_id, hold.lot_id], lots[hold.lot_id]
        because = rules.unusable_because(here, today)
        line = lines[hold.document_line_id]
        picks.append(Pick(hold.id, line, lot, items[lot.item_code], here.bin_code, hold.quantity, because))
    picks.sort(
        key=lambda each: (each.line.receiver_code, each.line.line_no, each.lot.expires_on or date.max, each.hold_id)
    )
    receivers = [
        site_queries.get_site(session, code) for code in sorted({line.receiver_code for line in lines.values()})
    ]
    state = paper_queries.state_of(session, document.id)
    return PickList(document, state, source, receivers, picks, queries.shipments_of(session, document.id))


@dataclass(frozen=True, slots=True)
class Load:
    """What a shipment still carries of one lot for one line."""

    line_no: int
    lot: Lot
    item: Item
    quantity: int

    @property
    def key(self) -> str:
        """Names this load in a form."""
        return f"{self.line_no}:{self.lot.id}"


@dataclass(frozen=True, slots=True)
class Arriving:
    """A shipment on its way to one of my sites."""

    shipment: Shipment
    order: Document
    source: Site
    receiver: Site
    loads: Sequence[Load]


def arriving(session: Session, number: str, scopes: tuple[str, ...]) -> Arriving:
    shipment = queries.get_shipment(session, number)
    receiver = session.get_one(Site, shipment.receiver_site_id)
    found_in(scopes, receiver.organisation_path, "shipment", number)
    lines = {line.id: line.line_no for line in paper_queries.lines_of(session, shipment.document_id)}
    amounts: dict[tuple[int, int], int] = {}
    for (line_id, lot_id, _), quantity in queries.on_the_road(session, shipment).items():
        amounts[lines[line_id], lot_id] = amounts.get((lines[line_id], lot_id), 0) + quantity
    lots = stock_queries.lots_by_id(session, (lot_id for _, lot_id in amounts))
    items = catalogue_queries.items_by_code(session, (lot.item_code for lot in lots.values()))
    loads = [
        Load(no, lots[lot_id], items[lots[lot_id].item_code], amounts[no, lot_id]) for no, lot_id in sorted(amounts)
    ]
    order = paper_queries.documents_by_id(session, [shipment.document_id])[shipment.document_id]
    return Arriving(shipment, order, session.get_one(Site, shipment.source_site_id), receiver, loads)
