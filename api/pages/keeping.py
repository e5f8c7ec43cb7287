"""A storekeeper's day: stores and their work, what stands in them, papers and reversals, lots and blocks."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.filling import Filled
from api.schemas.papers import DocumentRef
from api.schemas.stock import PostedOut
from api.views import desk as views
from api.views import stores
from reserve.authority import Permission
from reserve.papers.terms import DocumentKind, State
from reserve.stock import service as stock
from reserve.stock.corrections import REVERSIBLE
from reserve.stock.drafts import BlockDraft, BlockEndDraft, ReversalDraft
from reserve.stock.terms import BlockReason

router = APIRouter(dependencies=[needs(Permission.STOCK_READ)])


@router.get("/desk")
def my_day(page: Page) -> Response:
    """My stores, each with what waits in it today."""
    scopes = page.scopes(Permission.STOCK_RECEIVE, Permission.STOCK_COUNT) or page.scopes(Permission.STOCK_READ)
    sites = page.ask(stores.my_sites, scopes)
    days = [page.ask(views.day_of, scopes, site, page.today) for site in sites[:20]]
    return page.show("desk/stores.html", {"days": days, "others": sites[20:]})


@router.get("/desk/stock")
def stock_of_store(page: Page, site: str, item: str = "") -> Response:
    """What stands in a store, lot by lot and bin by bin, with what can be done with it."""
    scopes = page.scopes(Permission.STOCK_READ)
    store = page.ask(stores.store, scopes, site)
    standing = page.ask(stores.standing, scopes, site, page.today, item_codes=[item] if item else None)
    return page.show("desk/stock.html", {"store": store, "standing": standing, "item": item})


# --- papers ---------------------------------------------------------------------------------------------------------


@router.get("/desk/papers/{number}")
def paper(page: Page, number: str) -> Response:
    return _paper(page, number, page.form({"document_number": number}))


@router.post("/desk/papers/{number}/reversal", dependencies=[needs(Permission.STOCK_REVERSE)])
def reverse(form: Form, number: str) -> Response:
    """Undo a paper by its exact opposite, with the reason."""
    return form.run(
        stock.reverse,
        ReversalDraft,
        answer=PostedOut,
        then=lambda done: f"/desk/papers/{done.number}",
        again=lambda filled: _paper(form.page, number, filled),
    )


def _paper(page: PageDesk, number: str, filled: Filled) -> Response:
    found = page.ask(views.paper, number, page.scopes(Permission.STOCK_READ))
    may_reverse = (
        page.may(Permission.STOCK_REVERSE) and found.document.kind in REVERSIBLE and found.state is State.POSTED
    )
    issued = found.document.kind is DocumentKind.ISSUE_NOTE and found.state is State.POSTED
    context = {
        "paper": found,
        "filled": filled,
        "may_reverse": may_reverse,
        "may_take_back": issued and page.may(Permission.STOCK_RECEIVE),
    }
    return page.show("desk/paper.html", context, status=filled.status)


# --- lots -----------------------------------------------------------------------------------------------------------


@router.get("/desk/lots/{lot_id}")
def lot(page: Page, lot_id: int) -> Response:
    """A lot: where it stands, what stops its use, where it came from and went."""
    return _lot(page, lot_id, page.form())


@router.post("/desk/lots/{lot_id}/block", dependencies=[needs(Permission.STOCK_BLOCK)])
def block(form: Form, lot_id: int) -> Response:
    """Stop the use of the lot: everywhere, or of what stands in one bin."""
    card = form.page.ask(views.lot_card, lot_id, form.page.scopes(Permission.STOCK_READ))
    site_code, _, bin_code = form.typed.get("where", "").partition("/")
    ref = {
        "item_code": card.lot.item_code,
        "code": card.lot.code,
        "maker": card.lot.maker,
        "expires_on": card.lot.expires_on,
    }
    fields = {
        "lot_ref": ref,
        "site_code": site_code or None,
        "bin_code": bin_code or None,
        "reason_kind": form.typed.get("reason_kind", ""),
        "reason": form.typed.get("reason", ""),
        "organisation_code": form.typed.get("organisation_code", ""),
    }
    return form.run(
        stock.block,
        BlockDraft,
        answer=DocumentRef,
        fields=fields,
        then=lambda done: f"/desk/lots/{lot_id}",
        again=lambda filled: _lot(form.page, lot_id, filled),
    )


@router.post("/desk/lots/{lot_id}/lift", dependencies=[needs(Permission.STOCK_BLOCK)])
def lift(form: Form, lot_id: int) -> Response:
    """End one block, wholly or for one bin; the others stand."""
    site_code, _, bin_code = form.typed.get("where", "").partition("/")
    fields = {
        "document_number": form.typed.get("document_number", ""),
        "site_code": site_code or None,
        "bin_code": bin_code or None,
        "reason": form.typed.get("reason", ""),
    }
    return form.run(
        stock.lift_block,
        BlockEndDraft,
        answer=DocumentRef,
        fields=fields,
        then=lambda done: f"/desk/lots/{lot_id}",
        again=lambda filled: _lot(form.page, lot_id, filled),
    )


def _lot(page: PageDesk, lot_id: int, filled: Filled) -> Response:
    scopes = page.scopes(Permission.STOCK_READ)
    card = page.ask(views.lot_card, lot_id, scopes)
    places = sorted({f"{line.site_code}/{line.bin_code}" for line in card.standing})
    places_of = {line.site_code: page.ask(stores.store, scopes, line.site_code) for line in card.standing[:50]}
    context = {
        "card": card,
        "filled": filled,
        "wheres": [("", page.text.say("everywhere")), *((each, each) for each in places)],
        "keepers": list({store.keeper.code: store.keeper for store in places_of.values()}.values()),
        "reasons": [(each.value, page.text.catalogue.pgettext("block", each.value)) for each in BlockReason],
        "may_block": page.may(Permission.STOCK_BLOCK),
    }
    return page.show("desk/lot.html", context, status=filled.status)
