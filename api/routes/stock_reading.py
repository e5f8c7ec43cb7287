"""What stands where, inside the reader's scopes: lots, the ladder, ledger lines, holds of a paper."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from api.deps import AfterId, Limit, Page, Question, found_in, needs
from api.schemas.stock import HoldOut, LedgerLineOut, RungOut, StockLineOut
from api.scoping import parties_in
from reserve.authority import Permission
from reserve.papers import reading
from reserve.sites import queries as site_queries
from reserve.stock import queries, rules
from reserve.stock.terms import Rung, StockLine

router = APIRouter(tags=["stock"], dependencies=[needs(Permission.STOCK_READ)])

KnownAt = Annotated[AwareDatetime | None, Query(description="as the books knew it at this time")]


@router.get("/sites/{code}/stock", response_model=list[StockLineOut])
def stock_of_site(
    code: str,
    question: Question,
    item: str | None = None,
    known_at: KnownAt = None,
) -> list[StockLineOut]:
    """Lots in the bins of one site."""
    lines = question.ask(_lines_of_site, code, question.scopes(Permission.STOCK_READ), item, known_at)
    return [StockLineOut.model_validate(line) for line in lines]


@router.get("/items/{code}/stock", response_model=list[StockLineOut])
def stock_of_item(code: str, question: Question, known_at: KnownAt = None) -> list[StockLineOut]:
    """Lots of one item, wherever they stand inside my scopes."""
    scopes = question.scopes(Permission.STOCK_READ)
    lines = question.ask(queries.stock_lines, scopes=scopes, item_codes=[code], known_at=known_at)
    return [StockLineOut.model_validate(line) for line in lines]


@router.get("/items/{code}/ladder", response_model=list[RungOut])
def ladder_of_item(code: str, question: Question) -> list[RungOut]:
    """Book, usable, free and deliverable today, by site and owner. No floor is taken off: who asks decides that."""
    scopes, today = question.scopes(Permission.STOCK_READ), question.today
    lines = question.ask(queries.stock_lines, scopes=scopes, item_codes=[code])
    rungs = (
        rules.walk_ladder(list(group), today=today, arrival=today, floor=0)
        for _, group in groupby(lines, key=lambda line: (line.site_code, line.owner_code))
    )
    return [RungOut(**_rung_values(rung)) for rung in rungs]


@router.get("/ledger", response_model=Page[LedgerLineOut])
def list_ledger(
    question: Question, lot_id: int | None = None, after: AfterId = 0, limit: Limit = 100
) -> Page[LedgerLineOut]:
    """Ledger lines touching bins inside my scopes, in the order they were written."""
    rows = question.ask(
        queries.list_ledger, question.scopes(Permission.STOCK_READ), lot_id=lot_id, after=after, limit=limit
    )
    items = [
        LedgerLineOut(
            id=entry.id,
            position=movement.position,
            kind=movement.kind,
            document_id=movement.document_id,
            occurred_at=movement.occurred_at,
            recorded_at=movement.recorded_at,
            person_id=movement.person_id,
            reason=movement.reason,
            lot_id=entry.lot_id,
            from_account_id=entry.from_account_id,
            to_account_id=entry.to_account_id,
            quantity=entry.quantity,
        )
        for movement, entry in rows
    ]
    return Page(items=items, next=items[-1].id if len(items) == limit else None)


@router.get("/documents/{number}/holds", response_model=list[HoldOut])
def holds_of_document(number: str, question: Question) -> list[HoldOut]:
    """Holds of a paper that still stand."""
    return question.ask(_holds, number, question.scopes(Permission.STOCK_READ))


def _lines_of_site(
    session: Session, code: str, scopes: tuple[str, ...], item: str | None, known_at: AwareDatetime | None
) -> list[StockLine]:
    site = site_queries.get_site(session, code)
    found_in(scopes, site.organisation_path, "site", code)
    return queries.stock_lines(
        session, scopes=scopes, site_codes=[code], item_codes=[item] if item else None, known_at=known_at
    )


def _holds(session: Session, number: str, scopes: tuple[str, ...]) -> list[HoldOut]:
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    return [HoldOut.model_validate(hold) for hold in queries.open_holds(session, document_id=document.id)]


def _rung_values(rung: Rung) -> dict[str, object]:
    names = ("item_code", "owner_code", "site_code", "book", "usable", "free", "drawable", "deliverable")
    return {name: getattr(rung, name) for name in names} | {"deductions": dict(rung.deductions)}
