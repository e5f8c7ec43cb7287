"""What stock papers have booked, line by line with every name a reader needs: for printed notes and for lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from reserve.organisations.models import Organisation
from reserve.papers.models import Document, DocumentLine, DocumentState
from reserve.papers.terms import DocumentKind, State
from reserve.sites.models import Bin, Site
from reserve.sites.terms import BinKind
from reserve.stock import count_queries
from reserve.stock.models import Count, Entry, Lot, Movement, StockAccount
from reserve.stock.terms import Fund, MovementKind


@dataclass(frozen=True, slots=True)
class BookedLine:
    """One entry of a paper: what moved, from where to where, whose it was and is. Base units."""

    number: str
    line_no: int
    kind: MovementKind
    title: str
    note: str
    lot: Lot
    quantity: int
    from_place: str
    from_bin: str
    from_kind: BinKind
    to_place: str
    to_bin: str
    to_kind: BinKind
    owner_code: str
    fund: Fund
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CountedLine:
    """One line of a count: what was found, and what the book said at that time."""

    number: str
    line_no: int
    lot: Lot
    site_code: str
    bin_code: str
    owner_code: str
    fund: Fund
    counted_at: datetime
    counted: int
    book: int
    counted_first: int | None
    """What the first of two people found; None where nobody counted again."""
    count_id: int


def booked_lines(
    session: Session,
    *,
    documents: Collection[int] | None = None,
    kind: DocumentKind | None = None,
    movement: MovementKind | None = None,
    site_code: str | None = None,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    with_undone: bool = False,
    limit: int = 20_000,
) -> list[BookedLine]:
    """Entries of papers in the order they were written.

    as_of, known_at  what had happened by then, and what was written down by then
    with_undone      also papers that were reversed, and their reversals; always where papers are named
    """
    from_account, to_account = aliased(StockAccount), aliased(StockAccount)
    from_bin, to_bin = aliased(Bin), aliased(Bin)
    statement = (
        select(
            Document.number,
            Document.title,
            DocumentLine.line_no,
            DocumentLine.note,
            Movement.kind,
            Movement.occurred_at,
            Movement.recorded_at,
            Entry.quantity,
            Lot,
            from_bin.place.label("from_place"),
            from_bin.code.label("from_bin"),
            from_bin.kind.label("from_kind"),
            to_bin.place.label("to_place"),
            to_bin.code.label("to_bin"),
            to_bin.kind.label("to_kind"),
            to_account.fund,
            Organisation.code.label("owner_code"),
        )
        .join(Movement, Entry.movement_id == Movement.id)
        .join(Document, Document.id == Movement.document_id)
        .outerjoin(DocumentLine, DocumentLine.id == Entry.document_line_id)
        .join(Lot, Lot.id == Entry.lot_id)
        .join(from_account, from_account.id == Entry.from_account_id)
        .join(to_account, to_account.id == Entry.to_account_id)
        .join(from_bin, from_bin.id == from_account.bin_id)
        .join(to_bin, to_bin.id == to_account.bin_id)
        .join(Organisation, Organisation.id == to_account.owner_id)
    )
    if documents is not None:
        statement = statement.where(Document.id.in_(sorted(documents)))
    elif not with_undone:
        undone = select(DocumentState.document_id).where(DocumentState.state == State.REVERSED).scalar_subquery()
        statement = statement.where(Document.id.not_in(undone))
    if as_of is not None:
        statement = statement.where(Movement.occurred_at <= as_of)
    if known_at is not None:
        statement = statement.where(Movement.recorded_at <= known_at)
    if kind is not None:
        statement = statement.where(Document.kind == kind)
    if movement is not None:
        statement = statement.where(Movement.kind == movement)
    if site_code is not None:
        statement = statement.where((to_bin.place == site_code) | (from_bin.place == site_code))
    return [_booked(row) for row in session.execute(statement.order_by(Entry.id).limit(limit))]


def opened_by(session: Session, keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The number of the opening balance, not undone, that brought each (account, lot) into the books."""
    undone = select(Movement.reverses_id).where(Movement.reverses_id.is_not(None)).scalar_subquery()
    statement = (
        select(Entry.to_account_id, Entry.lot_id, Document.number)
        .join(Movement, Movement.id == Entry.movement_id)
        .join(Document, Document.id == Movement.document_id)
        .where(Movement.kind == MovementKind.OPEN, Movement.id.not_in(undone))
    )
    wanted = sorted(set(keys))
    found: dict[tuple[int, int], str] = {}
    for start in range(0, len(wanted), 400):  # bound parameters are limited on SQLite
        these = tuple_(Entry.to_account_id, Entry.lot_id).in_(wanted[start : start + 400])
        found |= {(account, lot): number for account, lot, number in session.execute(statement.where(these))}
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """So much of a lot, for an owner, in a bin. Base units."""

    lot: Lot
    bin_code: str
    owner_code: str
    fund: Fund
    quantity: int


def standing_at(session: Session, site_code: str, *, as_of: datetime, known_at: datetime) -> list[Standing]:
    """What stood at a site at one hour, as the books knew it at another; summed from the ledger, by item, bin, lot."""
    known = select(Movement.id).where(Movement.occurred_at <= as_of, Movement.recorded_at <= known_at)
    sides = [
        select(account.label("account_id"), Entry.lot_id, (sign * Entry.quantity).label("quantity")).where(
            Entry.movement_id.in_(known.scalar_subquery())
        )
        for account, sign in ((Entry.to_account_id, 1), (Entry.from_account_id, -1))
    ]
    signed = union_all(*sides).subquery("signed")
    statement = (
        select(Lot, Bin.code, Organisation.code, StockAccount.fund, func.sum(signed.c.quantity))
        .join(StockAccount, StockAccount.id == signed.c.account_id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .join(Site, Site.id == Bin.site_id)
        .join(Organisation, Organisation.id == StockAccount.owner_id)
        .join(Lot, Lot.id == signed.c.lot_id)
        .where(Site.code == site_code)
        .group_by(Lot.id, Bin.code, Organisation.code, StockAccount.fund)
        .having(func.sum(signed.c.quantity) != 0)
        .order_by(Lot.item_code, Bin.code, Lot.expires_on, Lot.id, Organisation.code, StockAccount.fund)
    )
    return [
        Standing(lot, bin_code, owner_code, fund, int(quantity))
        for lot, bin_code, owner_code, fund, quantity in session.execute(statement)
    ]


def counted_lines(
    session: Session, *, documents: Collection[int] | None = None, site_code: str | None = None, limit: int = 20_000
) -> list[CountedLine]:
    """Lines of counts in the order they were handed in; undone counts only where asked by id."""
    first = aliased(Count)
    statement = (
        select(Document.number, Count, Lot, Site.code, Bin.code, StockAccount.fund, Organisation.code, first.counted)
        .join(Document, Document.id == Count.document_id)
        .join(Lot, Lot.id == Count.lot_id)
        .join(StockAccount, StockAccount.id == Count.account_id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .join(Site, Site.id == Bin.site_id)
        .join(Organisation, Organisation.id == StockAccount.owner_id)
        .outerjoin(first, first.id == Count.recounts_id)
        .where(Count.id.not_in(count_queries.superseded_counts()))
    )
    if documents is not None:
        statement = statement.where(Document.id.in_(sorted(documents)))
    else:
        undone = select(DocumentState.document_id).where(DocumentState.state == State.REVERSED).scalar_subquery()
        statement = statement.where(Document.id.not_in(undone))
    if site_code is not None:
        statement = statement.where(Site.code == site_code)
    rows = session.execute(statement.order_by(func.coalesce(first.position, Count.position)).limit(limit)).all()
    return list(_counted(rows))


def _booked(row: Any) -> BookedLine:
    return BookedLine(
        number=row.number,
        line_no=row.line_no or 0,
        kind=row.kind,
        title=row.title,
        note=row.note or "",
        lot=row.Lot,
        quantity=row.quantity,
        from_place=row.from_place,
        from_bin=row.from_bin,
        from_kind=row.from_kind,
        to_place=row.to_place,
        to_bin=row.to_bin,
        to_kind=row.to_kind,
        owner_code=row.owner_code,
        fund=row.fund,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
    )


def _counted(rows: Sequence[Any]) -> Iterable[CountedLine]:
    """Lines numbered within their sheet, as they were handed in."""
    place: dict[str, int] = {}
    for number, count, lot, site_code, bin_code, fund, owner_code, counted_first in rows:
        place[number] = place.get(number, 0) + 1
        yield CountedLine(
            number=number,
            line_no=place[number],
            lot=lot,
            site_code=site_code,
            bin_code=bin_code,
            owner_code=owner_code,
            fund=fund,
            counted_at=count.counted_at,
            counted=count.counted,
            book=count.book,
            counted_first=counted_first,
            count_id=count.id,
        )
