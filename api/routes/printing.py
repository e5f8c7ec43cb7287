"""Papers as PDF. What is printed is what its reader may read; the digest of the bytes comes along with them."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from api.deps import Question, needs
from api.i18n import language_of, text_in
from api.views import printing as views
from reserve.authority import Permission

router = APIRouter(tags=["printing"])
PDF = "application/pdf"

AsOf = Annotated[AwareDatetime | None, Query(description="what had happened by this hour; now when left out")]
KnownAt = Annotated[AwareDatetime | None, Query(description="as the books knew it at this hour; now when left out")]


def pdf(content: bytes, name: str) -> Response:
    """A paper to look at or keep. The same paper has the same digest every time."""
    digest = hashlib.sha256(content).hexdigest()
    headers = {
        "Content-Disposition": f'inline; filename="{name}.pdf"',
        "ETag": f'"{digest}"',
        "X-Content-SHA256": digest,
    }
    return Response(content, media_type=PDF, headers=headers)


PAPERS = needs(Permission.DOCUMENT_READ)
STOCK = needs(Permission.STOCK_READ)


@router.get("/documents/{number}/note.pdf", response_class=Response, dependencies=[PAPERS])
def print_note(number: str, request: Request, question: Question) -> Response:
    """The paper itself: 入库单, 出库单, 移库单, 盘点表, 报废申请 and the like; of an order its item list 调拨单."""
    scopes = question.scopes(Permission.DOCUMENT_READ)
    return pdf(question.ask(views.note, number, scopes, text_in(language_of(request))), number)


@router.get("/documents/{number}/letter.pdf", response_class=Response, dependencies=[PAPERS])
def print_letter(number: str, request: Request, question: Question) -> Response:
    """调拨指令: the order letter, with signers and room for the seal."""
    scopes = question.scopes(Permission.DOCUMENT_READ)
    return pdf(question.ask(views.letter, number, scopes, text_in(language_of(request))), f"{number}-letter")


@router.get("/documents/{number}/pick-list.pdf", response_class=Response, dependencies=[PAPERS])
def print_pick_list(number: str, request: Request, question: Question) -> Response:
    """拣货单: the lots that stand by for an order, bin by bin."""
    scopes = question.scopes(Permission.DOCUMENT_READ)
    return pdf(question.ask(views.pick_list, number, scopes, text_in(language_of(request))), f"{number}-pick")


@router.get("/documents/{number}/labels.pdf", response_class=Response, dependencies=[PAPERS])
def print_goods_labels(number: str, request: Request, question: Question, boxes: bool = False) -> Response:
    """A label with QR for each lot of a paper, or for each box."""
    scopes = question.scopes(Permission.DOCUMENT_READ)
    return pdf(
        question.ask(views.goods_labels, number, scopes, text_in(language_of(request)), boxes), f"{number}-labels"
    )


@router.get("/lots/{lot_id}/trace.pdf", response_class=Response, dependencies=[STOCK])
def print_lot_trace(lot_id: int, request: Request, question: Question) -> Response:
    """批次追溯单: where a lot came from, where every piece is, and each step between."""
    scopes = question.scopes(Permission.STOCK_READ)
    return pdf(question.ask(views.lot_trace, lot_id, scopes, text_in(language_of(request))), f"lot-{lot_id}-trace")


@router.get("/shipments/{number}/waybill.pdf", response_class=Response, dependencies=[needs(Permission.ORDER_READ)])
def print_waybill(number: str, request: Request, question: Question) -> Response:
    """随货同行单: travels with the goods."""
    scopes = question.scopes(Permission.ORDER_READ)
    return pdf(question.ask(views.waybill, number, scopes, text_in(language_of(request))), number)


@router.get("/sites/{code}/balance.pdf", response_class=Response, dependencies=[STOCK])
def print_balance(
    code: str, request: Request, question: Question, as_of: AsOf = None, known_at: KnownAt = None
) -> Response:
    """库存表: what stood there at any hour, as known at any hour, with both stamps."""
    scopes, text = question.scopes(Permission.STOCK_READ), text_in(language_of(request))
    made = question.ask(views.balance, code, scopes, text, as_of or question.now, known_at or question.now)
    return pdf(made, f"{code}-balance")


@router.get("/sites/{code}/ledger.pdf", response_class=Response, dependencies=[STOCK])
def print_ledger(
    code: str,
    request: Request,
    question: Question,
    item: str = "",
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> Response:
    """台账: what came, went and was left up to any hour, as known at any hour, with both stamps."""
    scopes, text = question.scopes(Permission.STOCK_READ), text_in(language_of(request))
    made = question.ask(views.ledger, code, scopes, text, item, as_of or question.now, known_at or question.now)
    return pdf(made, f"{code}-ledger")


@router.get("/sites/{code}/count-sheet.pdf", response_class=Response, dependencies=[STOCK])
def print_count_sheet(code: str, request: Request, question: Question) -> Response:
    """盘点表 to be filled in by hand; it does not show what the book says."""
    scopes, text = question.scopes(Permission.STOCK_READ), text_in(language_of(request))
    return pdf(question.ask(views.count_sheet, code, scopes, text, question.now), f"{code}-count")


@router.get("/sites/{code}/bin-labels.pdf", response_class=Response, dependencies=[STOCK])
def print_bin_labels(code: str, request: Request, question: Question) -> Response:
    """A label with QR for each bin."""
    scopes = question.scopes(Permission.STOCK_READ)
    return pdf(question.ask(views.bin_labels, code, scopes, text_in(language_of(request))), f"{code}-bins")


@router.get("/sites/{code}/bins/{bin_code}/card.pdf", response_class=Response, dependencies=[STOCK])
def print_bin_card(code: str, bin_code: str, request: Request, question: Question) -> Response:
    """货位卡: what stands in a bin and what came and went lately."""
    scopes, text = question.scopes(Permission.STOCK_READ), text_in(language_of(request))
    return pdf(question.ask(views.bin_card, code, bin_code, scopes, text, question.now), f"{code}-{bin_code}")
