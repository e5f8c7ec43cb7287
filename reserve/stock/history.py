"""What lies behind a number: which items have stood here, and every ledger line of a lot or a paper, as of any hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from reserve.catalogue.models import Item
from reserve.db import within
from reserve.papers.models import Document
from reserve.sites.models import Bin, Site
from reserve.sites.terms import BinKind
from reserve.stock.models import Balance, Entry, Lot, Movement, StockAccount
from reserve.stock.rules import normalised_lot_code
from reserve.stock.terms import MovementKind


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One lot that moved from one place to another, with the paper it rests on. Quantity in base units."""

    id: int
    position: int
    kind: MovementKind
    occurred_at: datetime
    recorded_at: datetime
    person_id: int
    reason: str
    document_number: str
    lot_id: int
    item_code: str
    lot_code: str
    pack_size: int
    quantity: int
    from_place: str
    from_bin: str
    from_kind: BinKind
    to_place: str
    to_bin: str
    to_kind: BinKind


def stocked_items(
    session: Session,
    scopes: Iterable[str],
    *,
    item_codes: Iterable[str] | None = None,
    site_code: str | None = None,
    after: str = "",
    limit: int = 50,
) -> Sequence[Item]:
    """Items that stand or once stood at sites inside the scopes, by code, one keyset page."""
    here = (
        select(Lot.id)
        .join(Balance, Balance.lot_id == Lot.id)
        .join(StockAccount, StockAccount.id == Balance.account_id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .join(Site, Site.id == Bin.site_id)
        .where(Lot.item_id == Item.id, within(Site.organisation_path, scopes))
    )
    if site_code is not None:
        here = here.where(Site.code == site_code)
    statement = select(Item).where(Item.code > after, here.exists())
    if item_codes is not None:
        statement = statement.where(Item.code.in_(sorted(set(item_codes))))
    return session.scalars(statement.order_by(Item.code).limit(limit)).all()


def lots_called(session: Session, scopes: Iterable[str], code: str, *, item_code: str, limit: int = 20) -> list[Lot]:
    """Lots of an item with this code that stand or once stood inside the scopes."""
    statement = _lots_here(scopes).where(Lot.item_code == item_code, Lot.code_normalised == normalised_lot_code(code))
    return list(session.scalars(statement.order_by(Lot.id).limit(limit)))


def lots_beginning(session: Session, scopes: Iterable[str], code: str, *, limit: int = 20) -> list[Lot]:
    """Lots whose code begins with a text, inside the scopes."""
    start = normalised_lot_code(code)
    statement = _lots_here(scopes).where(Lot.code_normalised.startswith(start, autoescape=True))
    return list(session.scalars(statement.order_by(Lot.code_normalised, Lot.id).limit(limit)))


def _lots_here(scopes: Iterable[str]) -> Select[Lot]:
    here = (
        select(Balance.id)
        .join(StockAccount, StockAccount.id == Balance.account_id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .join(Site, Site.id == Bin.site_id)
        .where(Balance.lot_id == Lot.id, within(Site.organisation_path, scopes))
    )
    return select(Lot).where(here.exists())


def list_ledger(
    session: Session, scopes: Iterable[str], *, lot_id: int | None = None, after: int = 0, limit: int = 100
) -> Sequence[tuple[Movement, Entry]]:
    """Ledger lines touching bins inside the scopes, in the order of their positions, one keyset page."""
    mine = (
        select(StockAccount.id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .join(Site, Site.id == Bin.site_id)
        .where(within(Site.organisation_path, scopes))
        .scalar_subquery()
    )
    statement = (
        select(Movement, Entry)
        .join(Entry, Entry.movement_id == Movement.id)
        .where(Entry.id > after, or_(Entry.from_account_id.in_(mine), Entry.to_account_id.in_(mine)))
    )
    if lot_id is not None:
        statement = statement.where(Entry.lot_id == lot_id)
    return [(row.Movement, row.Entry) for row in session.execute(statement.order_by(Entry.id).limit(limit))]


def lines_of_lot(
    session: Session,
    lot_id: int,
    scopes: Iterable[str],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[LedgerLine]:
    """Ledger lines of a lot that touch sites inside the scopes, in the order they were written, one keyset page.

    as_of     only what had happened by then
    known_at  only what was recorded by then
    """
    statement, near, far = _lines()
    statement = statement.where(Entry.lot_id == lot_id, Entry.id > after, _touches(scopes, near, far))
    if as_of is not None:
        statement = statement.where(Movement.occurred_at <= as_of)
    if known_at is not None:
        statement = statement.where(Movement.recorded_at <= known_at)
    return [LedgerLine(*row) for row in session.execute(statement.order_by(Entry.id).limit(limit))]


def lines_of_paper(session: Session, document_id: int, scopes: Iterable[str], *, limit: int = 500) -> list[LedgerLine]:
    """Ledger lines that rest on a paper and touch sites inside the scopes."""
    statement, near, far = _lines()
    statement = statement.where(Movement.document_id == document_id, _touches(scopes, near, far))
    return [LedgerLine(*row) for row in session.execute(statement.order_by(Entry.id).limit(limit))]


def _lines() -> tuple[Any, Any, Any]:
    """The statement behind both lists, with the two bins of each line."""
    source, target = aliased(StockAccount), aliased(StockAccount)
    near, far = aliased(Bin), aliased(Bin)
    statement: Any = (
        select(
            Entry.id,
            Movement.position,
            Movement.kind,
            Movement.occurred_at,
            Movement.recorded_at,
            Movement.person_id,
            Movement.reason,
            Document.number,
            Lot.id,
            Lot.item_code,
            Lot.code,
            Lot.pack_size,
            Entry.quantity,
            near.place,
            near.code,
            near.kind,
            far.place,
            far.code,
            far.kind,
        )
        .join(Movement, Movement.id == Entry.movement_id)
        .join(Document, Document.id == Movement.document_id)
        .join(Lot, Lot.id == Entry.lot_id)
        .join(source, source.id == Entry.from_account_id)
        .join(target, target.id == Entry.to_account_id)
        .join(near, near.id == source.bin_id)
        .join(far, far.id == target.bin_id)
    )
    return statement, near, far


def _touches(scopes: Iterable[str], near: Any, far: Any) -> Any:
    mine = select(Site.id).where(within(Site.organisation_path, scopes)).scalar_subquery()
    return or_(
        and_(near.site_id.is_not(None), near.site_id.in_(mine)), and_(far.site_id.is_not(None), far.site_id.in_(mine))
    )
