"""Stock inside a reader's scopes."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from api.deps import found_in
from api.schemas.stock import HoldOut, KnownLotOut, RungOut, ScanOut
from api.views.scoping import parties_in
from reserve.papers import reading
from reserve.sites import queries as site_queries
from reserve.stock import queries, recognition, rules
from reserve.stock.terms import StockLine


def lines_of_site(
    session: Session, code: str, scopes: tuple[str, ...], item: str | None, known_at: AwareDatetime | None
) -> list[StockLine]:
    site = site_queries.get_site(session, code)
    found_in(scopes, site.organisation_path, "site", code)
    return queries.stock_lines(
        session, scopes=scopes, site_codes=[code], item_codes=[item] if item else None, known_at=known_at
    )


def holds(session: Session, number: str, scopes: tuple[str, ...]) -> list[HoldOut]:
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    return [HoldOut.model_validate(hold) for hold in queries.open_holds(session, document_id=document.id)]


def ladder(session: Session, code: str, scopes: tuple[str, ...], today: date) -> list[RungOut]:
    """The ladder of one item by site and owner, from the book down to what may be delivered today."""
    lines = queries.stock_lines(session, scopes=scopes, item_codes=[code])
    rungs = (
        rules.walk_ladder(list(group), today=today, arrival=today, floor=0)
        for _, group in groupby(lines, key=lambda line: (line.site_code, line.owner_code))
    )
    return [
        RungOut(
            item_code=rung.item_code,
            owner_code=rung.owner_code,
            site_code=rung.site_code,
            book=rung.book,
            usable=rung.usable,
            free=rung.free,
            drawable=rung.drawable,
            deliverable=rung.deliverable,
            deductions=dict(rung.deductions),
        )
        for rung in rungs
    ]


def scanned(session: Session, text: str) -> ScanOut:
    """A scan with what we know of it."""
    found = recognition.recognise(session, text)
    scan = found.scan
    return ScanOut(
        scheme=scan.scheme,
        item_code=found.item.code if found.item else None,
        trade_code=scan.trade_code,
        lot_code=scan.lot_code,
        serial=scan.serial,
        made_on=scan.made_on,
        expires_on=scan.expires_on,
        pieces=found.pieces,
        site_code=scan.site_code,
        bin_code=scan.bin_code,
        box_code=scan.box_code,
        document_number=scan.document_number,
        known_lots=[KnownLotOut.model_validate(lot) for lot in found.lots],
    )
