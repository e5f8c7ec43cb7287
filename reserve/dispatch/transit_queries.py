"""What is on the road now, item by item, for everybody whose store sent it or whose place waits for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from reserve.db import within
from reserve.dispatch.models import Shipment
from reserve.papers.models import Document
from reserve.sites.models import Bin, Site
from reserve.sites.terms import BinKind
from reserve.stock.models import Balance, Lot, StockAccount


@dataclass(frozen=True, slots=True)
class Carried:
    """So much of an item on one shipment, base units."""

    shipment_number: str
    order_number: str
    item_code: str
    source_code: str
    receiver_code: str
    vehicle_no: str
    departed_at: datetime
    planned_arrival_at: datetime | None
    quantity: int


def carried_now(session: Session, scopes: Iterable[str], *, item_code: str = "") -> list[Carried]:
    """Goods of shipments that left or go to sites inside the scopes; what should have arrived first comes first."""
    source, receiver = aliased(Site), aliased(Site)
    mine = select(Site.id).where(within(Site.organisation_path, scopes)).scalar_subquery()
    statement = (
        select(
            Shipment.number,
            Document.number,
            Lot.item_code,
            source.code,
            receiver.code,
            Shipment.vehicle_no,
            Shipment.departed_at,
            Shipment.planned_arrival_at,
            func.sum(Balance.on_hand),
        )
        .join(Bin, and_(Bin.place == Shipment.number, Bin.kind == BinKind.IN_TRANSIT))
        .join(StockAccount, StockAccount.bin_id == Bin.id)
        .join(Balance, Balance.account_id == StockAccount.id)
        .join(Lot, Lot.id == Balance.lot_id)
        .join(Document, Document.id == Shipment.document_id)
        .join(source, source.id == Shipment.source_site_id)
        .join(receiver, receiver.id == Shipment.receiver_site_id)
        .where(Balance.on_hand > 0, Shipment.source_site_id.in_(mine) | Shipment.receiver_site_id.in_(mine))
        .group_by(Shipment.id, Document.number, Lot.item_code, source.code, receiver.code)
        .order_by(Shipment.planned_arrival_at, Shipment.id, Lot.item_code)
    )
    if item_code:
        statement = statement.where(Lot.item_code == item_code)
    return [Carried(*row[:-1], int(row[-1])) for row in session.execute(statement)]
