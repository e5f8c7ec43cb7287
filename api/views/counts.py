"""A count as people read it: what was found, by whom again, why it differs, and which promises it broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.views.scoping import parties_in
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.errors import NotFound
from reserve.papers import queries as paper_queries
from reserve.papers import reading
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, State
from reserve.stock import booked, count_queries
from reserve.stock.booked import CountedLine
from reserve.stock.count_queries import BrokenHold
from reserve.stock.models import CountReason


@dataclass(frozen=True, slots=True)
class CountCard:
    """``wanted``: lines that a second person must count; until then nobody is shown the book."""

    sheet: Document
    state: State
    lines: Sequence[CountedLine]
    items: Mapping[str, Item]
    wanted: frozenset[int]
    reasons: Mapping[int, CountReason]
    variance: Document | None
    variance_state: State | None
    broken: Sequence[BrokenHold]

    @property
    def different(self) -> list[CountedLine]:
        return [line for line in self.lines if line.counted != line.book]


def count_card(session: Session, number: str, scopes: tuple[str, ...]) -> CountCard:
    """Raises NotFound outside the scopes, and for papers of other kinds."""
    sheet = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    if sheet.kind is not DocumentKind.COUNT_SHEET:
        raise NotFound("count", number)
    lines = booked.counted_lines(session, documents=[sheet.id])
    state = paper_queries.state_of(session, sheet.id)
    variance = next(iter(paper_queries.referring_documents(session, sheet.id, DocumentKind.COUNT_VARIANCE)), None)
    return CountCard(
        sheet,
        state,
        lines,
        catalogue_queries.items_by_code(session, (line.lot.item_code for line in lines)),
        frozenset(count_queries.wanted_again(session, sheet.id)) if state is State.COUNTING else frozenset(),
        count_queries.count_reasons(session, (line.count_id for line in lines)),
        variance,
        paper_queries.state_of(session, variance.id) if variance else None,
        count_queries.broken_holds(session, scopes, because_of=sheet.id),
    )
