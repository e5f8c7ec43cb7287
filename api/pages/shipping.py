"""Goods go to others and come from others: pick by what expires first, hand over at the gate, accept in parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, FormDesk, Page, PageDesk
from api.filling import Filled, draft_fields
from api.pages.desk_lines import Lines
from api.schemas.dispatch import DepartedOut, HandledOut
from api.views import desk as views
from api.views import shipping, stores
from api.views.shipping import Arriving, Pick, PickList
from reserve.authority import Permission
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import DeliveryDraft, DepartureDraft
from reserve.errors import InvalidInput, Problem
from reserve.stock import rules
from reserve.stock.recognition import Recognised

router = APIRouter()
SEND, ACCEPT = Permission.ORDER_EXECUTE, Permission.ORDER_RECEIVE


# --- orders that leave ----------------------------------------------------------------------------------------------


@router.get("/desk/orders", dependencies=[needs(SEND)])
def orders(page: Page, site: str) -> Response:
    scopes = page.scopes(SEND)
    store = page.ask(stores.store, scopes, site)
    mine = [each for each in page.ask(views.open_orders, scopes) if each.source == site]
    return page.show("desk/orders.html", {"store": store, "orders": mine})


@router.get("/desk/orders/{number}", dependencies=[needs(SEND)])
def order(page: Page, number: str) -> Response:
    """The pick list of an order; the first scan goes into the field that has the focus."""
    picks = page.ask(shipping.pick_list, number, page.scopes(SEND), page.today)
    receiver = picks.receivers[0].code
    return _pick_sheet(page, picks, page.form({"order_number": number, "receiver_site": receiver}), Lines({}))


@router.post("/desk/orders/{number}", dependencies=[needs(SEND)])
def depart(form: Form, number: str) -> Response:
    """A scan confirms a pick; the button hands what was picked over at the gate."""
    page, lines = form.page, Lines(dict(form.typed))
    picks = page.ask(shipping.pick_list, number, page.scopes(SEND), page.today)
    lines.align("hold", [str(pick.hold_id) for pick in picks.picks])
    if lines.typed.pop("act", "") != "book":
        scan_pick(page, lines, picks)
        return _pick_sheet(page, picks, _as_scanned(form, lines), lines)
    try:
        content = departure_content(lines, picks)
    except InvalidInput as refusal:
        return _pick_sheet(page, picks, form.refilled(lines.typed).refused(refusal), lines)
    return form.refilled(lines.typed).run(
        dispatch.depart,
        DepartureDraft,
        answer=DepartedOut,
        fields=content,
        then=lambda done: f"/desk/orders/{number}?left={done.number}",
        again=lambda filled: _pick_sheet(page, picks, filled, lines),
    )


def departure_content(lines: Lines, picks: PickList) -> dict[str, Any]:
    """What leaves: the sum of what was picked, line by line of the order.

    What expires first leaves first: a lot may be short only when nothing that expires later is taken of the same goods.
    """
    receiver = lines.typed.get("receiver_site", "")
    sums: defaultdict[int, int] = defaultdict(int)
    short: set[str] = set()
    for place, pick in enumerate(picks.picks):
        if pick.line.receiver_code != receiver:
            continue
        taken = lines.pieces(place, pick.lot.pack_size, loose="quantity")
        field, line_no = f"lines.{place}.quantity", pick.line.line_no
        if taken > pick.quantity:
            lines.problems.append(Problem("more_than_held", field, f"at most {pick.quantity}", str(taken), place + 1))
        if taken and pick.item.code in short:
            expected = "first all of the lots above it"
            lines.problems.append(Problem("later_lot_first", field, expected, str(taken), place + 1))
        if taken < pick.quantity and pick.because is None:
            short.add(pick.item.code)
        sums[line_no] += taken
    lines.raise_problems()
    beside = ("scan", "site_code")
    head = {name: text for name, text in lines.typed.items() if not name.startswith("lines.") and name not in beside}
    left = [{"line_no": line_no, "quantity": quantity} for line_no, quantity in sorted(sums.items()) if quantity]
    if not left:
        raise InvalidInput([Problem("nothing_picked", "scan", "at least one lot", "0")])
    return {**draft_fields(head), "lines": left}


def picked_content(page: PageDesk, lines: Lines) -> dict[str, Any]:
    """A departure that a device kept, beside what the order holds now."""
    picks = page.ask(shipping.pick_list, lines.typed.get("order_number", ""), page.scopes(SEND), page.today)
    lines.align("hold", [str(pick.hold_id) for pick in picks.picks])
    return departure_content(lines, picks)


def scan_pick(page: PageDesk, lines: Lines, picks: PickList) -> None:
    """Confirm the pick that a label means; a wrong lot is explained."""
    found = _recognised(page, lines)
    if found is None:
        return
    receiver = lines.typed.get("receiver_site", "")
    mine = [(place, pick) for place, pick in enumerate(picks.picks) if pick.line.receiver_code == receiver]
    fitting = [(place, pick) for place, pick in mine if _is_lot(found, pick.lot.id)]
    if not fitting:
        lines.problems.append(_wrong_lot(found, [pick for _, pick in mine]))
        return
    place, pick = next((each for each in fitting if not _picked(lines, each[0])), fitting[0])
    if _picked(lines, place):
        lines.told = page.text.say("Line {line} is picked already. Nothing was added.", line=place + 1)
        return
    if pick.because is not None:
        lines.problems.append(Problem(f"lot_{pick.because}", "scan", "goods that may be used", pick.lot.code))
        return
    packs, loose = divmod(pick.quantity, pick.lot.pack_size)
    lines.fill(place, {"packs": packs or "", "quantity": loose or ""})
    lines.told = page.text.say("Line {line}: lot {lot} picked.", line=place + 1, lot=pick.lot.code)


def _wrong_lot(found: Recognised, picks: Sequence[Pick]) -> Problem:
    """Why a scanned lot is not one to pick: other goods, or another lot of these goods that is held for the order."""
    items = {lot.item_code for lot in found.lots} | ({found.item.code} if found.item else set())
    same = [pick for pick in picks if pick.item.code in items]
    said = found.scan.lot_code or found.scan.text
    if not same:
        return Problem("not_on_this_order", "scan", "goods of this order", said)
    wanted = same[0]
    return Problem("another_lot_is_held", "scan", f"lot {wanted.lot.code} in bin {wanted.bin_code}", said)


def _picked(lines: Lines, place: int) -> bool:
    return bool(lines.get(place, "packs") or lines.get(place, "quantity"))


def _is_lot(found: Recognised, lot_id: int) -> bool:
    day = found.scan.expires_on
    return any(lot.id == lot_id and (day is None or lot.expires_on == day) for lot in found.lots)


def _pick_sheet(page: PageDesk, picks: PickList, filled: Filled, lines: Lines) -> Response:
    left = page.request.query_params.get("left", "")
    context = {"picks": picks, "filled": filled, "told": lines.told, "left": left}
    return page.show("desk/pick.html", context, status=filled.status)


# --- shipments that arrive ------------------------------------------------------------------------------------------


@router.get("/desk/inbound", dependencies=[needs(ACCEPT)])
def inbound(page: Page, site: str) -> Response:
    scopes = page.scopes(ACCEPT)
    store = page.ask(stores.store, scopes, site)
    shipments = page.ask(views.inbound, scopes, store.site)
    return page.show("desk/inbound.html", {"store": store, "shipments": shipments, "now": page.now})


@router.get("/desk/shipments/{number}", dependencies=[needs(ACCEPT)])
def shipment(page: Page, number: str) -> Response:
    found = page.ask(shipping.arriving, number, page.scopes(ACCEPT))
    return _arrival_sheet(page, found, page.form({"shipment_number": number}), Lines({}))


@router.post("/desk/shipments/{number}", dependencies=[needs(ACCEPT)])
def deliver(form: Form, number: str) -> Response:
    """A scan accepts a lot in full; the button books what was accepted and damaged. The rest stays on the road."""
    page, lines = form.page, Lines(dict(form.typed))
    found = page.ask(shipping.arriving, number, page.scopes(ACCEPT))
    lines.align("load", [load.key for load in found.loads])
    if lines.typed.pop("act", "") != "book":
        scan_arrival(page, lines, found)
        return _arrival_sheet(page, found, _as_scanned(form, lines), lines)
    try:
        content = delivery_content(lines, found)
    except InvalidInput as refusal:
        return _arrival_sheet(page, found, form.refilled(lines.typed).refused(refusal), lines)
    return form.refilled(lines.typed).run(
        dispatch.deliver,
        DeliveryDraft,
        answer=HandledOut,
        fields=content,
        then=lambda done: f"/desk/shipments/{number}?done=1",
        again=lambda filled: _arrival_sheet(page, found, filled, lines),
    )


def delivery_content(lines: Lines, found: Arriving) -> dict[str, Any]:
    """What was found at the door; lots that nobody has touched stay on the road."""
    rows = []
    for place, load in enumerate(found.loads):
        accepted = lines.pieces(place, load.lot.pack_size, loose="accepted")
        damaged = lines.number(place, "damaged")
        if accepted or damaged:
            reason = lines.get(place, "reason")
            row = {"line_no": load.line_no, "lot_code": load.lot.code, "accepted": accepted}
            rows.append(row | {"damaged": damaged, "reason": reason})
    lines.raise_problems()
    if not rows:
        raise InvalidInput([Problem("nothing_accepted", "scan", "at least one lot", "0")])
    head = {name: lines.typed.get(name, "") for name in ("shipment_number", "note")}
    return head | {"lines": rows}


def carried_content(page: PageDesk, lines: Lines) -> dict[str, Any]:
    """An arrival that a device kept, beside what the shipment still carries."""
    found = page.ask(shipping.arriving, lines.typed.get("shipment_number", ""), page.scopes(ACCEPT))
    lines.align("load", [load.key for load in found.loads])
    return delivery_content(lines, found)


def scan_arrival(page: PageDesk, lines: Lines, found: Arriving) -> None:
    scanned = _recognised(page, lines)
    if scanned is None:
        return
    place = next((place for place, load in enumerate(found.loads) if _is_lot(scanned, load.lot.id)), None)
    if place is None:
        said = scanned.scan.lot_code or scanned.scan.text
        lines.problems.append(Problem("not_on_this_shipment", "scan", "goods of this shipment", said))
        return
    if lines.get(place, "packs") or lines.get(place, "accepted"):
        lines.told = page.text.say("Line {line} is accepted already. Nothing was added.", line=place + 1)
        return
    load = found.loads[place]
    packs, loose = divmod(load.quantity, load.lot.pack_size)
    lines.fill(place, {"packs": packs or "", "accepted": loose or ""})
    lines.told = page.text.say("Line {line}: lot {lot} accepted.", line=place + 1, lot=load.lot.code)


def _recognised(page: PageDesk, lines: Lines) -> Recognised | None:
    text = lines.typed.pop("scan", "").strip()
    if not text:
        return None
    try:
        found = page.ask(stores.recognised, text)
    except InvalidInput as refusal:
        lines.problems += refusal.problems
        return None
    if not found.lots and rules.normalised_lot_code(found.scan.lot_code or text):
        lines.problems.append(Problem("unknown_lot", "scan", "a known lot", found.scan.lot_code or text))
        return None
    return found


def _as_scanned(form: FormDesk, lines: Lines) -> Filled:
    if lines.problems:
        return form.refilled(lines.typed).refused(InvalidInput(lines.problems))
    return form.page.form(lines.typed)


def _arrival_sheet(page: PageDesk, found: Arriving, filled: Filled, lines: Lines) -> Response:
    done = bool(page.request.query_params.get("done"))
    return page.show(
        "desk/arrival.html", {"found": found, "filled": filled, "told": lines.told, "done": done}, status=filled.status
    )
