"""Papers inside a reader's scopes, made ready for print."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from api.deps import found_in
from api.documents import notes, orders, stores, traces
from api.documents.content import as_pdf, print_in
from api.i18n import Text
from api.views import desk
from api.views.scoping import parties_in
from reserve.dispatch import queries as dispatch_queries
from reserve.errors import NotFound
from reserve.papers import reading
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind
from reserve.sites import queries as site_queries
from reserve.sites.models import Site

Scopes = tuple[str, ...]


def _paper(session: Session, number: str, scopes: Scopes) -> Document:
    return reading.get_readable(session, number, scopes, parties_in(session, scopes))


def _order(session: Session, number: str, scopes: Scopes) -> Document:
    document = _paper(session, number, scopes)
    if document.kind is not DocumentKind.DISPATCH_ORDER:
        raise NotFound("order", number)
    return document


def _site(session: Session, code: str, scopes: Scopes) -> Site:
    site = site_queries.get_site(session, code)
    found_in(scopes, site.organisation_path, "site", code)
    return site


def note(session: Session, number: str, scopes: Scopes, text: Text) -> bytes:
    document, words = _paper(session, number, scopes), print_in(session, text)
    if document.kind is DocumentKind.DISPATCH_ORDER:
        return as_pdf(orders.dispatch_note(session, document, words), words)
    return as_pdf(notes.note(session, document, words), words)


def letter(session: Session, number: str, scopes: Scopes, text: Text) -> bytes:
    document, words = _order(session, number, scopes), print_in(session, text)
    return as_pdf(orders.letter(session, document, words), words, "letter")


def pick_list(session: Session, number: str, scopes: Scopes, text: Text) -> bytes:
    document, words = _order(session, number, scopes), print_in(session, text)
    return as_pdf(orders.pick_list(session, document, words), words)


def goods_labels(session: Session, number: str, scopes: Scopes, text: Text, boxes: bool) -> bytes:
    document = _paper(session, number, scopes)
    return stores.goods_labels(session, document, print_in(session, text), boxes=boxes)


def lot_trace(session: Session, lot_id: int, scopes: Scopes, text: Text) -> bytes:
    words = print_in(session, text)
    return as_pdf(traces.lot_trace(session, desk.lot_card(session, lot_id, scopes), words), words)


def waybill(session: Session, number: str, scopes: Scopes, text: Text) -> bytes:
    shipment = dispatch_queries.get_shipment(session, number)
    ends = site_queries.sites_by_id(session, [shipment.source_site_id, shipment.receiver_site_id]).values()
    if not any(site.organisation_path.startswith(scope) for site in ends for scope in scopes):
        raise NotFound("shipment", number)
    words = print_in(session, text)
    return as_pdf(orders.waybill(session, shipment, words), words)


def balance(session: Session, code: str, scopes: Scopes, text: Text, as_of: datetime, known_at: datetime) -> bytes:
    site, words = _site(session, code, scopes), print_in(session, text)
    return as_pdf(stores.balance(session, site, words, as_of=as_of, known_at=known_at), words)


def ledger(
    session: Session, code: str, scopes: Scopes, text: Text, item: str, as_of: datetime, known_at: datetime
) -> bytes:
    site, words = _site(session, code, scopes), print_in(session, text)
    form = stores.ledger(session, site, words, item_code=item, as_of=as_of, known_at=known_at)
    return as_pdf(form, words)


def count_sheet(session: Session, code: str, scopes: Scopes, text: Text, now: datetime) -> bytes:
    site, words = _site(session, code, scopes), print_in(session, text)
    return as_pdf(stores.count_sheet(session, site, words, now=now), words)


def bin_labels(session: Session, code: str, scopes: Scopes, text: Text) -> bytes:
    return stores.bin_labels(stores.bins_of(session, _site(session, code, scopes)), print_in(session, text))


def bin_card(session: Session, code: str, bin_code: str, scopes: Scopes, text: Text, now: datetime) -> bytes:
    site, words = _site(session, code, scopes), print_in(session, text)
    bin_row = site_queries.get_bin(session, site, bin_code)
    return as_pdf(stores.bin_card(session, site, bin_row, words, now=now), words)
