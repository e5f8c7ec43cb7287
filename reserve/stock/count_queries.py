"""Questions about counts: the figures that stand, who counted, why shelf and book differ, what a count broke."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reserve.catalogue import queries as catalogue_queries
from reserve.db import within
from reserve.organisations.models import Organisation
from reserve.papers.models import Document
from reserve.stock import queries, rules
from reserve.stock.models import Count, CountReason, Hold, HoldEnd, Lot, Movement
from reserve.stock.terms import HoldOutcome


def counts_of(session: Session, document_id: int) -> list[Count]:
    """The figures that stand, in the order of the sheet: a recount takes the place of what it counted again."""
    rows = session.scalars(select(Count).where(Count.document_id == document_id).order_by(Count.position)).all()
    again = {row.recounts_id: row for row in rows if row.recounts_id is not None}
    return [again.get(row.id, row) for row in rows if row.recounts_id is None]


def counters_of(session: Session, document_id: int) -> set[int]:
    """Persons who counted for a sheet, first and again."""
    return set(session.scalars(select(Count.counted_by_person).where(Count.document_id == document_id)))


def count_reasons(session: Session, count_ids: Iterable[int]) -> dict[int, CountReason]:
    """The reason given last for each line of a count."""
    statement = select(CountReason).where(CountReason.count_id.in_(sorted(set(count_ids)))).order_by(CountReason.id)
    return {row.count_id: row for row in session.scalars(statement)}


def wanted_again(session: Session, document_id: int) -> dict[int, Count]:
    """Lines, by their number on the sheet, that a second person must count and nobody has."""
    counts = counts_of(session, document_id)
    lots = queries.lots_by_id(session, (each.lot_id for each in counts))
    items = catalogue_queries.items_by_code(session, (lot.item_code for lot in lots.values()))
    wanted = {}
    for number, each in enumerate(counts, 1):
        difference = each.counted - each.book
        value = abs(difference) * items[lots[each.lot_id].item_code].unit_price_minor
        if each.recounts_id is None and rules.needs_recount(difference, each.book, value):
            wanted[number] = each
    return wanted


def superseded_counts() -> Any:
    """Ids of the lines that somebody else counted again."""
    return select(Count.recounts_id).where(Count.recounts_id.is_not(None)).scalar_subquery()


@dataclass(frozen=True, slots=True)
class BrokenHold:
    """Goods promised to a paper that are not there any more. Base units."""

    number: str
    """The paper that held them."""
    priority: int
    item_code: str
    lot_id: int
    lot_code: str
    lost: int
    because_of: str
    """The paper that found them missing."""
    broken_at: datetime


def broken_holds(
    session: Session,
    scopes: Iterable[str],
    *,
    because_of: int | None = None,
    since: datetime | None = None,
    limit: int = 200,
) -> list[BrokenHold]:
    """Holds that a fact broke, the latest first: by papers of the scopes, or through one paper.

    because_of  id of the paper whose movements broke them
    """
    cause, rest = aliased(Document), aliased(Hold)
    statement = (
        select(Hold, HoldEnd, Lot, Document.number, cause.number, rest.quantity)
        .join(HoldEnd, HoldEnd.hold_id == Hold.id)
        .join(Movement, Movement.id == HoldEnd.movement_id)
        .join(cause, cause.id == Movement.document_id)
        .join(Document, Document.id == Hold.document_id)
        .join(Organisation, Organisation.id == Document.organisation_id)
        .join(Lot, Lot.id == Hold.lot_id)
        .outerjoin(rest, rest.replaces_id == Hold.id)
        .where(HoldEnd.outcome == HoldOutcome.BROKEN)
    )
    statement = statement.where(cause.id == because_of if because_of is not None else within(Organisation.path, scopes))
    if since is not None:
        statement = statement.where(HoldEnd.ended_at >= since)
    rows = session.execute(statement.order_by(HoldEnd.position.desc()).limit(limit))
    return [
        BrokenHold(
            number, hold.priority, lot.item_code, lot.id, lot.code, hold.quantity - (kept or 0), because, end.ended_at
        )
        for hold, end, lot, number, because, kept in rows
    ]
