"""Machines by serial number: which stand in a store, and the page of one with its history and its checks."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.filling import Filled, draft_fields
from api.schemas.stock import MachineCheckedOut
from api.views import machines as views
from api.views import stores
from reserve.authority import Permission
from reserve.stock import service as stock
from reserve.stock.drafts import MachineCheckDraft
from reserve.stock.terms import Condition

router = APIRouter(dependencies=[needs(Permission.STOCK_READ)])


@router.get("/desk/machines")
def machines(page: Page, site: str) -> Response:
    """What stands in a store machine by machine, those first that need a hand first."""
    scopes = page.scopes(Permission.STOCK_READ)
    context = {
        "store": page.ask(stores.store, scopes, site),
        "machines": page.ask(views.standing_machines, scopes, page.today, site),
    }
    return page.show("desk/machines.html", context)


@router.get("/desk/machines/{lot_id}")
def machine(page: Page, lot_id: int) -> Response:
    return _machine(page, lot_id, page.form())


@router.post("/desk/machines/{lot_id}/checks", dependencies=[needs(Permission.STOCK_RECEIVE)])
def check(form: Form, lot_id: int) -> Response:
    """Write down what was found of the machine."""
    scopes = form.page.scopes(Permission.STOCK_READ)
    lot = form.page.ask(views.machine_card, lot_id, scopes, form.page.today).lot.lot
    named = {"item_code": lot.item_code, "serial": lot.code, "maker": lot.maker}
    return form.run(
        stock.check_machine,
        MachineCheckDraft,
        answer=MachineCheckedOut,
        fields=draft_fields(form.typed) | named,
        then=lambda done: f"/desk/machines/{lot_id}",
        again=lambda filled: _machine(form.page, lot_id, filled),
    )


def _machine(page: PageDesk, lot_id: int, filled: Filled) -> Response:
    card = page.ask(views.machine_card, lot_id, page.scopes(Permission.STOCK_READ), page.today)
    context = {
        "card": card,
        "filled": filled,
        "conditions": [(each.value, page.text.catalogue.pgettext("condition", each.value)) for each in Condition],
        "may_check": page.may(Permission.STOCK_RECEIVE) and bool(card.lot.standing),
    }
    return page.show("desk/machine.html", context, status=filled.status)
