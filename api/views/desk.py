"""What a storekeeper reads: the day's work, a paper with its goods, a lot wherever it stands and went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from api.views.scoping import parties_in
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.dispatch import device_queries
from reserve.dispatch import queries as dispatch_queries
from reserve.dispatch.models import Shipment
from reserve.dispatch.terms import ShipmentState
from reserve.errors import NotFound
from reserve.papers import queries as paper_queries
from reserve.papers import reading
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, State
from reserve.sites.models import Site
from reserve.sites.terms import BinKind
from reserve.stock import queries, rules, tracing
from reserve.stock.models import Block, Lot
from reserve.stock.terms import StockLine
from reserve.stock.tracing import Step, Whereabouts

MANY = 500
NEAR_DAYS = 90


@dataclass(frozen=True, slots=True)
class Day:
    """One store's work today."""

    site: Site
    inbound: int
    orders: int
    waiting: int
    """Pieces in the inspection area."""
    near: int
    """Pieces that expire within 90 days."""
    unusable: int
    counts: int
    reconcile: int


def day_of(session: Session, scopes: tuple[str, ...], site: Site, today: date) -> Day:
    lines = queries.stock_lines(session, scopes=scopes, site_codes=[site.code])
    orders = [each for each in open_orders(session, scopes) if each.source == site.code]
    waiting = device_queries.list_commands(session, scopes, waiting=True, limit=MANY)
    return Day(
        site,
        inbound=len(inbound(session, scopes, site)),
        orders=len(orders),
        waiting=sum(line.on_hand for line in lines if line.bin_kind is BinKind.INSPECTION),
        near=sum(line.on_hand for line in lines if _is_near(line, today)),
        unusable=sum(line.on_hand for line in lines if rules.unusable_because(line, today)),
        counts=len(
            [each for each in open_counts(session, scopes) if each.document.organisation_id == site.organisation_id]
        ),
        reconcile=sum(1 for _, where, _ in waiting if where.id == site.id),
    )


def _is_near(line: StockLine, today: date) -> bool:
    return line.expires_on is not None and 0 <= (line.expires_on - today).days <= NEAR_DAYS


# --- shipments and orders -------------------------------------------------------------------------------------------


def inbound(session: Session, scopes: tuple[str, ...], site: Site) -> list[Shipment]:
    """Shipments on the road to a site, the longest under way first."""
    return [
        each
        for each in dispatch_queries.list_shipments(session, scopes, limit=MANY)
        if each.receiver_site_id == site.id
        and dispatch_queries.shipment_state(session, each) is ShipmentState.ON_THE_ROAD
    ]


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that goods still leave by, from one site."""

    document: Document
    state: State
    source: str
    receivers: tuple[str, ...]
    held: int


def open_orders(session: Session, scopes: tuple[str, ...]) -> list[OpenOrder]:
    """Orders in force whose goods stand in my sites, oldest first."""
    parties = parties_in(session, scopes)
    rows = reading.list_readable(session, scopes, parties, kind=DocumentKind.DISPATCH_ORDER, limit=MANY)
    states = paper_queries.states_of_many(session, {row.id for row in rows})
    found = []
    for row in rows:
        if states[row.id] not in (State.ISSUED, State.IN_EXECUTION):
            continue
        lines = paper_queries.lines_of(session, row.id)
        if lines and lines[0].source_code in parties:
            held = sum(hold.quantity for hold in queries.open_holds(session, document_id=row.id))
            receivers = tuple(sorted({line.receiver_code for line in lines}))
            found.append(OpenOrder(row, states[row.id], lines[0].source_code, receivers, held))
    return found


# --- papers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Goods:
    """One lot that moved on a paper."""

    item: Item
    lot: Lot
    quantity: int
    from_place: str
    to_place: str
    kind: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with its state and the goods that moved on it."""

    document: Document
    state: State
    goods: Sequence[Goods]
    refers_to: Document | None


def paper(session: Session, number: str, scopes: tuple[str, ...]) -> Paper:
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    moved = [
        (movement, entry)
        for movement in queries.movements_of(session, document.id)
        for entry in queries.entries_of(session, movement.id)
    ]
    lots = queries.lots_by_id(session, (entry.lot_id for _, entry in moved))
    items = catalogue_queries.items_by_code(session, (lot.item_code for lot in lots.values()))
    places = tracing.places_of(
        session, {each for _, entry in moved for each in (entry.from_account_id, entry.to_account_id)}
    )
    goods = [
        Goods(
            items[lots[entry.lot_id].item_code],
            lots[entry.lot_id],
            entry.quantity,
            places[entry.from_account_id],
            places[entry.to_account_id],
            movement.kind,
        )
        for movement, entry in moved
    ]
    earlier = paper_queries.documents_by_id(session, [document.refers_to_id]) if document.refers_to_id else {}
    return Paper(document, paper_queries.state_of(session, document.id), goods, next(iter(earlier.values()), None))


@dataclass(frozen=True, slots=True)
class OpenCount:
    """A count whose differences are not posted yet."""

    document: Document
    state: State
    variance: Document | None
    variance_state: State | None


def open_counts(session: Session, scopes: tuple[str, ...]) -> list[OpenCount]:
    """Counts that wait for a second counter, for signatures, or for somebody to post what was signed."""
    parties = parties_in(session, scopes)
    rows = reading.list_readable(session, scopes, parties, kind=DocumentKind.COUNT_SHEET, limit=MANY)
    states = paper_queries.states_of_many(session, {row.id for row in rows})
    found = []
    for row in rows:
        if states[row.id] in (State.COUNTING, State.SUBMITTED):
            variance = next(iter(paper_queries.referring_documents(session, row.id, DocumentKind.COUNT_VARIANCE)), None)
            state = paper_queries.state_of(session, variance.id) if variance else None
            found.append(OpenCount(row, states[row.id], variance, state))
    return found


# --- a lot ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LotCard:
    """A lot wherever it stands inside the scopes, its blocks, where it came from and where it went."""

    lot: Lot
    item: Item
    standing: Sequence[StockLine]
    blocks: Sequence[tuple[Block, Document]]
    lifted: Mapping[int, Sequence[str]]
    """Bins that a block no longer stops, by its id."""
    where: Sequence[Whereabouts]
    promised: Sequence[tuple[Document, int]]
    """Papers that hold goods of this lot, and how many pieces."""
    came: Sequence[Step]
    went: Sequence[Step]


def lot_card(session: Session, lot_id: int, scopes: tuple[str, ...]) -> LotCard:
    lot = tracing.get_lot_by_id(session, lot_id)
    came, went = tracing.trace(session, lot_id, scopes)
    standing = queries.stock_lines(session, scopes=scopes, lot_ids=[lot_id])
    if not (standing or came or went):  # lots belong to nobody; who never had any of it does not see it
        raise NotFound("lot", str(lot_id))
    blocks = tracing.open_blocks(session, lot_id)
    papers = paper_queries.documents_by_id(session, (block.document_id for block in blocks))
    return LotCard(
        lot,
        catalogue_queries.get_item(session, lot.item_code),
        standing,
        [(block, papers[block.document_id]) for block in blocks],
        tracing.bins_lifted(session, (block.id for block in blocks)),
        tracing.whereabouts(session, lot_id, scopes),
        _promised(session, lot_id, standing),
        came,
        went,
    )


def _promised(session: Session, lot_id: int, standing: Sequence[StockLine]) -> list[tuple[Document, int]]:
    """Papers that hold what stands here of a lot, with the pieces, the most first."""
    accounts = {line.account_id for line in standing}
    held: dict[int, int] = {}
    for hold in queries.open_holds(session, lot_id=lot_id):
        if hold.account_id in accounts:
            held[hold.document_id] = held.get(hold.document_id, 0) + hold.quantity
    papers = paper_queries.documents_by_id(session, held)
    return sorted(((papers[each], pieces) for each, pieces in held.items()), key=lambda pair: (-pair[1], pair[0].id))
