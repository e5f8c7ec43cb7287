"""What stands where, inside the reader's scopes: lots, the ladder, ledger lines, holds of a paper."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.deps import AfterId, Limit, Page, Question, needs
from api.schemas.stock import HoldOut, LedgerLineOut, MachineOut, RungOut, ScanOut, StockLineOut
from api.views import machines
from api.views import stock as views
from reserve.authority import Permission
from reserve.stock import history, queries

router = APIRouter(tags=["stock"], dependencies=[needs(Permission.STOCK_READ)])

ScannedText = Annotated[str, Query(max_length=1000, description="as the scanner sent it")]
KnownAt = Annotated[AwareDatetime | None, Query(description="as the books knew it at this time")]


@router.get("/sites/{code}/stock", response_model=list[StockLineOut])
def stock_of_site(
    code: str,
    question: Question,
    item: str | None = None,
    known_at: KnownAt = None,
) -> list[StockLineOut]:
    """Lots in the bins of one site."""
    lines = question.ask(views.lines_of_site, code, question.scopes(Permission.STOCK_READ), item, known_at)
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
    return question.ask(views.ladder, code, question.scopes(Permission.STOCK_READ), question.today)


@router.get("/machines", response_model=list[MachineOut])
def list_machines(question: Question, site: str | None = None) -> list[MachineOut]:
    """Machines that stand in my stores, those first whose calibration ends first."""
    found = question.ask(machines.standing_machines, question.scopes(Permission.STOCK_READ), question.today, site)
    return [
        MachineOut(
            item_code=each.line.item_code,
            serial=each.line.lot_code,
            maker=each.line.maker,
            site_code=each.line.site_code,
            bin_code=each.line.bin_code,
            owner_code=each.line.owner_code,
            condition=each.condition,
            calibrated_to=each.line.calibrated_to,
            because=each.because,
        )
        for each in found
    ]


@router.get("/scans", response_model=ScanOut)
def read_scan(text: ScannedText, question: Question) -> ScanOut:
    """What a scanned code says and which goods it means; refused with its reason when it cannot be read."""
    return question.ask(views.scanned, text)


@router.get("/ledger", response_model=Page[LedgerLineOut])
def list_ledger(
    question: Question, lot_id: int | None = None, after: AfterId = 0, limit: Limit = 100
) -> Page[LedgerLineOut]:
    """Ledger lines touching bins inside my scopes, in the order they were written."""
    rows = question.ask(
        history.list_ledger, question.scopes(Permission.STOCK_READ), lot_id=lot_id, after=after, limit=limit
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
    return question.ask(views.holds, number, question.scopes(Permission.STOCK_READ))
