"""Notes of the store: 入库单, 出库单, 移库单, 期初库存单, 调整单, 冲销单, 盘点表, 盘点差异单, 报废申请."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from api.documents.content import Column, Form, Print, hour, lot_cells
from reserve.organisations.models import Organisation
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, State
from reserve.sites.terms import OUTSIDE, BinKind
from reserve.stock import booked, count_queries
from reserve.stock.scans import document_label


def note(session: Session, document: Document, words: Print) -> Form:
    """The printed form of a paper: what it booked, or what its lines ask for."""
    if document.kind is DocumentKind.COUNT_SHEET:
        return _count(session, document, words)
    lines = booked.booked_lines(session, documents=[document.id])
    return _booked(session, document, lines, words) if lines else _asked(session, document, words)


def signs_of(kind: DocumentKind, words: Print) -> list[str]:
    """Who signs where, in the order of the paper."""
    if kind in (DocumentKind.RECEIPT, DocumentKind.OPENING_BALANCE):
        return [words.say("Delivered by"), words.say("Inspected by"), words.say("Storekeeper")]
    if kind in (DocumentKind.ISSUE_NOTE, DocumentKind.TRANSFER_NOTE, DocumentKind.DISPATCH_ORDER):
        return [words.say("Storekeeper"), words.say("Checked by"), words.say("Received by")]
    if kind is DocumentKind.DISPOSAL:
        return [words.say("Applicant"), words.say("Appraiser"), words.say("Person in charge")]
    return [words.say("Made out by"), words.say("Checked by"), words.say("Person in charge")]


def form_of(
    session: Session,
    document: Document,
    words: Print,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    facts: Sequence[tuple[str, str]] = (),
    title: str = "",
) -> Form:
    """The frame that all papers of a number share. The footer says what the paper was when it was printed from."""
    first, *_ = history = paper_queries.history_of(session, document.id)
    state = words.word(history[-1].state.value)
    reason = first.reason or document.title
    return Form(
        title=title or words.word(document.kind.value),
        body=words.body(session.get_one(Organisation, document.organisation_id)),
        number=words.say("No. {number}", number=document.number),
        left=words.say("Happened at {time}", time=hour(first.occurred_at)),
        columns=columns,
        rows=rows,
        facts=facts,
        total=words.say("{count} lines", count=len(rows)),
        notes=[words.say("Note: {note}", note=reason)] if reason else [],
        signs=signs_of(document.kind, words),
        seal=True,
        code=document_label(document.number),
        footer=words.say("Recorded at {time}, now {state}", time=hour(document.recorded_at), state=state),
    )


def _booked(session: Session, document: Document, lines: Sequence[booked.BookedLine], words: Print) -> Form:
    columns = [
        Column(words.say("Line"), mid=True),
        Column(words.say("Item"), 4),
        Column(words.say("Lot code"), 2),
        Column(words.say("Expiry date")),
        Column(words.say("Quantity"), right=True),
        Column(words.say("Packs"), 2),
        Column(words.say("From"), 2),
        Column(words.say("To"), 2),
    ]
    rows = [
        [
            str(place),
            words.item(line.lot.item_code),
            *lot_cells(line.lot),
            words.pieces(line.quantity, line.lot.item_code),
            words.packs(line.quantity, line.lot.pack_size),
            _end(line.from_place, line.from_bin, line.from_kind, words),
            _end(line.to_place, line.to_bin, line.to_kind, words),
        ]
        for place, line in enumerate(lines, 1)
    ]
    owners = sorted({line.owner_code for line in lines})
    funds = sorted({words.word(line.fund.value) for line in lines})
    facts = [
        *((words.say("Owner"), words.place(owner)) for owner in owners[:2]),
        (words.say("Fund"), " / ".join(funds)),
    ]
    return form_of(session, document, words, columns, rows, facts=facts)


def _end(place: str, bin_code: str, kind: BinKind, words: Print) -> str:
    """Where goods come from or go to: a bin of ours, or a body of the world outside."""
    if kind in OUTSIDE or kind is BinKind.IN_TRANSIT:
        return f"{words.place(place)} · {words.word(kind.value)}"
    return f"{place} / {bin_code}"


def _asked(session: Session, document: Document, words: Print) -> Form:
    """A paper that has not booked anything yet, such as an application for disposal: its lines."""
    columns = [
        Column(words.say("Line"), mid=True),
        Column(words.say("Item"), 4),
        Column(words.say("Quantity"), right=True),
        Column(words.say("From"), 3),
        Column(words.say("To"), 3),
        Column(words.say("Note"), 3),
    ]
    rows = [
        [
            str(line.line_no),
            words.item(line.item_code),
            words.pieces(line.quantity, line.item_code),
            words.place(line.source_code) if line.source_code else "–",
            words.place(line.receiver_code) if line.receiver_code else "–",
            line.note or words.word(line.ground),
        ]
        for line in paper_queries.lines_of(session, document.id)
    ]
    return form_of(session, document, words, columns, rows)


def _count(session: Session, document: Document, words: Print) -> Form:
    columns = [
        Column(words.say("Line"), mid=True),
        Column(words.say("Bin")),
        Column(words.say("Item"), 4),
        Column(words.say("Lot code"), 2),
        Column(words.say("Expiry date")),
        Column(words.say("By the book"), right=True),
        Column(words.say("First count"), right=True),
        Column(words.say("Counted"), right=True),
        Column(words.say("Difference"), right=True),
        Column(words.say("Counted at")),
        Column(words.say("Reason"), 2),
    ]
    lines = booked.counted_lines(session, documents=[document.id])
    is_blind = paper_queries.state_of(session, document.id) is State.COUNTING  # a second person still counts
    reasons = count_queries.count_reasons(session, (line.count_id for line in lines))
    rows = [
        [
            str(line.line_no),
            line.bin_code,
            words.item(line.lot.item_code),
            *lot_cells(line.lot),
            *(("", "", "", "") if is_blind else _figures(line)),
            hour(line.counted_at),
            words.cause(reasons[line.count_id].cause) if line.count_id in reasons else "",
        ]
        for line in lines
    ]
    return form_of(session, document, words, columns, rows)


def _figures(line: booked.CountedLine) -> tuple[str, str, str, str]:
    """By the book, what the first of two counters found, what stands, and the difference."""
    first = "–" if line.counted_first is None else f"{line.counted_first:,}"
    return f"{line.book:,}", first, f"{line.counted:,}", f"{line.counted - line.book:+,}"
