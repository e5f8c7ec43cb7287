"""Questions behind a scan: which item and which known lots a label means, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.errors import InvalidInput, Problem
from reserve.stock import rules
from reserve.stock.models import Lot
from reserve.stock.scans import Scan, Scheme, read_scan

_GTIN_DIGITS = 14
_SHORT_GTINS = frozenset({8, 12, 13})


@dataclass(frozen=True, slots=True)
class Recognised:
    """A scan and what we know of it.

    item    the goods, by our label, the maker's code or our item code
    lots    lots of the item that carry the scanned lot code, of any maker and expiry; empty for a new lot
    pieces  base units in what was scanned, when label and code say so
    """

    scan: Scan
    item: Item | None
    lots: tuple[Lot, ...] = ()
    pieces: int | None = None


def recognise(session: Session, text: str) -> Recognised:
    """What a scanned or typed code means here. Raises InvalidInput when it cannot be read or names unknown goods."""
    scan = read_scan(text)
    item_code, each = _goods(session, scan)
    if scan.scheme is Scheme.PLAIN and item_code is None:
        return Recognised(scan, None, tuple(lots_with_code(session, scan.text)))
    item = catalogue_queries.items_by_code(session, [item_code]).get(item_code) if item_code else None
    if scan.names_goods and item is None:
        expected = "a maker's code that stands in the list" if scan.trade_code else "an item of the catalogue"
        raise InvalidInput([Problem("scan_unknown_goods", "scan", expected, scan.trade_code or scan.item_code)])
    if item is None:
        return Recognised(scan, None)
    if scan.serial and catalogue_queries.equipment_by_item(session, [item.code]):
        scan = replace(scan, lot_code=scan.serial)  # the lot of one machine is its serial number
    lots = lots_with_code(session, scan.lot_code, item) if scan.lot_code else ()
    pieces = scan.count * each if scan.count is not None else (each if scan.trade_code else None)
    return Recognised(scan, item, tuple(lots), pieces)


def _goods(session: Session, scan: Scan) -> tuple[str | None, int]:
    """Our item code and the base units in one of what the scan names."""
    if scan.item_code:
        return scan.item_code, 1
    code = scan.trade_code or scan.text
    if code.isdecimal() and len(code) in _SHORT_GTINS:
        code = code.zfill(_GTIN_DIGITS)
    known = catalogue_queries.trade_codes(session, [code]).get(code)
    if known is not None:
        return known.item_code, known.pieces
    if scan.scheme is Scheme.PLAIN and catalogue_queries.items_by_code(session, [scan.text]):
        return scan.text, 1
    return None, 1


def lots_with_code(session: Session, code: str, item: Item | None = None) -> Sequence[Lot]:
    statement = select(Lot).where(Lot.code_normalised == rules.normalised_lot_code(code))
    if item is not None:
        statement = statement.where(Lot.item_id == item.id)
    return session.scalars(statement.order_by(Lot.id).limit(20)).all()
