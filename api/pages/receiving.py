"""Goods come in: a receipt by scan, lot by lot, split at the door into accepted, rejected and waiting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, FormDesk, Page, PageDesk
from api.filling import Filled, draft_fields
from api.pages.desk_lines import Lines, in_line, same_lot, take_scan
from api.schemas.stock import PostedOut
from api.views import stores
from reserve.authority import Permission
from reserve.errors import InvalidInput, Problem
from reserve.sites.terms import USABLE_BINS
from reserve.stock import service as stock
from reserve.stock.drafts import ReceiptDraft
from reserve.stock.recognition import Recognised
from reserve.stock.scans import Scan
from reserve.stock.terms import Fund

router = APIRouter(dependencies=[needs(Permission.STOCK_RECEIVE)])


@router.get("/desk/receipts/new")
def new_receipt(page: Page, site: str) -> Response:
    """An empty sheet; the first scan goes into the field that has the focus."""
    store = page.ask(stores.store, page.scopes(Permission.STOCK_RECEIVE), site)
    return _sheet(page, page.form({"site_code": site, "owner_code": store.owners[0].code}), Lines({}))


@router.post("/desk/receipts")
def receive(form: Form) -> Response:
    """Each scan comes here and goes back with one line more; the button books them all as one receipt."""
    lines = Lines(dict(form.typed))
    if lines.typed.pop("act", "") != "book":
        scan_received(form.page, lines)
        return _sheet(form.page, _as_scanned(form, lines), lines)
    try:
        content = receipt_content(form.page, lines)
    except InvalidInput as refusal:
        return _sheet(form.page, form.refilled(lines.typed).refused(refusal), lines)
    return form.refilled(lines.typed).run(
        stock.receive,
        ReceiptDraft,
        answer=PostedOut,
        fields=content,
        then=lambda done: f"/desk/papers/{done.number}",
        again=lambda filled: _sheet(form.page, filled, lines),
    )


def scan_received(page: PageDesk, lines: Lines) -> None:
    take_scan(
        page,
        lines,
        lambda sheet, found: _add_known(page, sheet, found),
        lambda sheet, scan: _add_new(page, sheet, scan),
    )


def receipt_content(page: PageDesk, lines: Lines) -> dict[str, Any]:
    """The draft that the sheet means. Lines that a device scanned without network are read now."""
    for place in range(lines.count):
        if lines.get(place, "scan") and not lines.get(place, "lot.item_code"):
            _read_line(page, lines, place)
    lines.raise_problems()
    items = page.ask(stores.items, {lines.get(place, "lot.item_code") for place in range(lines.count)})
    content = draft_fields({name: text for name, text in lines.typed.items() if not name.startswith("lines.")})
    for name in ("scan", "wait", "bin_code"):
        content.pop(name, None)
    content["lines"] = [_line(lines, place, items) for place in range(lines.count)]
    lines.raise_problems()
    return content


def _line(lines: Lines, place: int, items: Mapping[str, Any]) -> dict[str, Any]:
    item = items.get(lines.get(place, "lot.item_code"))
    found = lines.pieces(place, item.pack_size if item else 1, loose="accepted")
    prefix = f"lines.{place}.lot."
    lot = {name.removeprefix(prefix): text for name, text in lines.typed.items() if name.startswith(prefix)}
    waits = bool(lines.typed.get("wait"))
    return {
        "lot": {"code": "", "item_code": ""} | draft_fields(lot),
        "accepted": 0 if waits else found,
        "uninspected": found if waits else 0,
        "rejected": lines.number(place, "rejected"),
        "rejection_reason": lines.get(place, "rejection_reason"),
        "bin_code": lines.typed.get("bin_code", "A1"),
    }


def _read_line(page: PageDesk, lines: Lines, place: int) -> None:
    """Fill a line from the words of its scan alone."""
    text = lines.get(place, "scan")
    try:
        found = page.ask(stores.recognised, text)
    except InvalidInput as refusal:
        lines.problems += in_line(refusal, place)
        return
    if found.item is None:
        lines.problems += _not_known(text)
        return
    lines.fill(place, _label(found))


def _add_known(page: PageDesk, lines: Lines, found: Recognised) -> None:
    if found.item is None:
        lots = {lot.item_code for lot in found.lots}
        if len(lots) != 1:
            lines.problems += _not_known(found.scan.text)
            return
    label = _label(found)
    goods = label["lot.item_code"], label["lot.code"], label["lot.expires_on"]
    same = (place for place in range(lines.count) if label["lot.code"] and same_lot(lines, place, *goods))
    again = next(same, None)
    if again is not None:
        lines.told = page.text.say(
            "Line {line} has this lot. Nothing was added; change its packs if another box has come.", line=again + 1
        )
        return
    place = lines.add(label)
    if found.item is not None and page.ask(stores.equipment, [found.item.code]):
        lines.fill(place, {"accepted": 1})
    elif found.item is not None and found.pieces:
        packs, loose = divmod(found.pieces, found.item.pack_size)
        lines.fill(place, {"packs": packs or "", "accepted": loose or ""})
    lines.told = page.text.say("Line {line}: {lot}.", line=place + 1, lot=label["lot.code"] or label["lot.item_code"])


def _add_new(page: PageDesk, lines: Lines, scan: Scan) -> None:
    """Goods that no list knows: the label's lot and days are kept, the item is chosen by hand."""
    place = lines.add({"scan": scan.text, **_from_label(scan)})
    lines.told = page.text.say("Line {line}: the goods are not in the list. Choose the item.", line=place + 1)


def _label(found: Recognised) -> dict[str, Any]:
    """What a line says after a scan: from the label, and where it is silent from the one lot that carries the code."""
    label = {"scan": found.scan.text, **_from_label(found.scan)}
    known = {(lot.maker, lot.expires_on) for lot in found.lots}
    if len(known) == 1:
        lot = found.lots[0]
        label["lot.maker"] = label["lot.maker"] or lot.maker
        label["lot.code"] = label["lot.code"] or lot.code
        if not label["lot.expires_on"] and lot.expires_on:
            label["lot.expires_on"] = lot.expires_on.isoformat()
    label["lot.item_code"] = found.item.code if found.item else found.lots[0].item_code
    return label


def _from_label(scan: Scan) -> dict[str, Any]:
    return {
        "lot.code": scan.lot_code or scan.serial,
        "lot.maker": scan.maker,
        "lot.expires_on": scan.expires_on.isoformat() if scan.expires_on else "",
        "lot.made_on": scan.made_on.isoformat() if scan.made_on else "",
        "lot.printed_expiry": scan.printed_expiry,
    }


def _not_known(text: str) -> list[Problem]:
    return [Problem("scan_not_known", "scan", "a label, an item code or a lot code", text)]


_IDENTITY = ("item_code", "code", "maker", "expires_on")


def _as_scanned(form: FormDesk, lines: Lines) -> Filled:
    if lines.problems:
        return form.refilled(lines.typed).refused(InvalidInput(lines.problems))
    return form.page.form(lines.typed)


def _sheet(page: PageDesk, filled: Filled, lines: Lines) -> Response:
    site_code = filled.value("site_code")
    store = page.ask(stores.store, page.scopes(Permission.STOCK_RECEIVE), site_code)
    places = filled.rows("lines")
    codes = [filled.value(f"lines.{place}.lot.item_code") for place in places]
    context = {
        "filled": filled,
        "store": store,
        "told": lines.told,
        "items": page.ask(stores.items, codes),
        "equipment": page.ask(stores.equipment, codes),
        "others": [
            page.ask(stores.other_days, *(filled.value(f"lines.{place}.lot.{name}") for name in _IDENTITY))
            for place in places
        ],
        "funds": [(fund.value, page.text.catalogue.pgettext("fund", fund.value)) for fund in Fund],
        "shelves": [(each.code, each.code) for each in store.bins if each.kind in USABLE_BINS],
    }
    return page.show("desk/receipt.html", context, status=filled.status)
