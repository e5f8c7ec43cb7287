"""Questions about closed counts: what they found must keep standing, whatever is told late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session

from reserve.papers.models import DocumentState
from reserve.papers.terms import State
from reserve.stock.count_queries import superseded_counts
from reserve.stock.models import Count
from reserve.stock.queries import Key

_SHEETS = select(DocumentState.document_id)
_IS_CLOSED = and_(
    or_(
        Count.document_id.in_(_SHEETS.where(DocumentState.state == State.POSTED).scalar_subquery()),
        Count.counted == Count.book,
    ),
    Count.id.not_in(superseded_counts()),
    Count.document_id.not_in(_SHEETS.where(DocumentState.state == State.REVERSED).scalar_subquery()),
)
"""A line is closed once its sheet is posted, or at once where it found what the book said; not one counted again."""
_FIRST_COUNTS = (
    select(Count.account_id, Count.lot_id, func.min(Count.counted_at))
    .where(
        tuple_(Count.account_id, Count.lot_id).in_(bindparam("keys", expanding=True)),
        Count.counted_at >= bindparam("occurred_at", type_=Count.counted_at.type),
        _IS_CLOSED,
    )
    .group_by(Count.account_id, Count.lot_id)
)
"""Built once: every fact told late asks it."""


def posted_counts_after(session: Session, account_id: int, lot_id: int, occurred_at: datetime) -> Sequence[Count]:
    """Closed counts of a lot in an account at or after a time: what they found must keep standing."""
    where = (Count.account_id == account_id, Count.lot_id == lot_id, Count.counted_at >= occurred_at, _IS_CLOSED)
    return session.scalars(select(Count).where(*where).order_by(Count.counted_at)).all()


def first_counts_after(session: Session, keys: Iterable[Key], occurred_at: datetime) -> Mapping[Key, datetime]:
    """When each (account, lot) was first counted, in a closed count, at or after a time; the others are left out."""
    wanted, found = sorted(set(keys)), {}
    for start in range(0, len(wanted), 400):  # bound parameters are limited on SQLite
        counted = {"keys": wanted[start : start + 400], "occurred_at": occurred_at}
        for account_id, lot_id, counted_at in session.execute(_FIRST_COUNTS, counted):
            found[account_id, lot_id] = counted_at
    return found
