"""Goods come back from use: what an issue handed out, and how much of it is here again."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.filling import Filled
from api.pages.desk_lines import Lines
from api.schemas.stock import PostedOut
from api.views import recovery as views
from api.views import stores
from reserve.authority import Permission
from reserve.errors import InvalidInput
from reserve.stock import service as stock
from reserve.stock.drafts import ReturnDraft

router = APIRouter(dependencies=[needs(Permission.STOCK_RECEIVE)])


@router.get("/desk/papers/{number}/return")
def new_return(page: Page, number: str) -> Response:
    return _sheet(page, number, page.form())


@router.post("/desk/papers/{number}/return")
def take_back(form: Form, number: str) -> Response:
    """Book what came back; what is left empty stays with its user."""
    lines = Lines(dict(form.typed))
    came = [
        {
            "lot_ref": {name: lines.get(place, name) for name in ("item_code", "code", "maker")},
            "quantity": lines.pieces(place, max(lines.number(place, "pack_size"), 1), loose="quantity"),
        }
        for place in range(lines.count)
    ]
    if lines.problems:
        return _sheet(form.page, number, form.refused(InvalidInput(lines.problems)))
    fields = {name: form.typed.get(name, "") for name in ("site_code", "reason")}
    return form.run(
        stock.take_back,
        ReturnDraft,
        answer=PostedOut,
        fields=fields | {"issue_number": number, "lines": came},
        then=lambda done: f"/desk/papers/{done.number}",
        again=lambda filled: _sheet(form.page, number, filled),
    )


def _sheet(page: PageDesk, number: str, filled: Filled) -> Response:
    scopes = page.scopes(Permission.STOCK_RECEIVE)
    context = {
        "number": number,
        "filled": filled,
        "goods": page.ask(views.goods_out, number, scopes),
        "sites": page.ask(stores.my_sites, scopes),
    }
    return page.show("desk/return.html", context, status=filled.status)
