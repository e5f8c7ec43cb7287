"""Goods that stand in the store move: issue for use, transfer and put-away, inspection of what waits; by scan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.filling import Filled
from api.pages.desk_lines import Lines, earlier, find_standing, in_line, lot_ref, standing_of_places, take_scan
from api.schemas.stock import PostedOut
from api.views import stores
from api.views.stores import Standing
from reserve.authority import Permission
from reserve.commands import Verb
from reserve.errors import InvalidInput, Problem
from reserve.sites.terms import USABLE_BINS, BinKind
from reserve.stock import service as stock
from reserve.stock.drafts import InspectionDraft, IssueDraft, TransferDraft
from reserve.stock.recognition import Recognised
from reserve.stock.terms import Purpose

router = APIRouter()

_TO_INSPECT = frozenset({BinKind.INSPECTION, BinKind.REJECTED})
"""What was rejected is inspected anew after repair or cleaning."""
Content = Callable[[Lines, Mapping[str, Standing]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of sheet: its verb, what a line of it says, and which bins its goods may come from."""

    kind: str
    permission: Permission
    verb: Verb[Any]
    draft: type[BaseModel]
    content: Content
    bins: frozenset[BinKind]


def _issue(lines: Lines, standing: Mapping[str, Standing]) -> dict[str, Any]:
    head = {name: lines.typed.get(name, "") for name in ("site_code", "receiver_code", "purpose", "reason")}
    return head | {"lines": [_taken(lines, place, each) for place, each in _each(lines, standing)]}


def _transfer(lines: Lines, standing: Mapping[str, Standing]) -> dict[str, Any]:
    to_site = lines.typed.get("to_site", "") or lines.typed.get("site_code", "")
    goal = {"to_bin": lines.typed.get("to_bin", "")}
    return {
        "from_site": lines.typed.get("site_code", ""),
        "to_site": to_site,
        "reason": lines.typed.get("reason", ""),
        "lines": [_taken(lines, place, each) | goal for place, each in _each(lines, standing)],
    }


def _inspect(lines: Lines, standing: Mapping[str, Standing]) -> dict[str, Any]:
    found = []
    for place, each in _each(lines, standing):
        accepted = lines.pieces(place, each.line.pack_size, loose="accepted")
        found.append(
            {
                "lot_ref": lot_ref(each),
                "owner_code": each.line.owner_code,
                "fund": each.fund,
                "accepted": accepted,
                "rejected": lines.number(place, "rejected"),
                "bin_code": lines.typed.get("to_bin", ""),
                "area": each.line.bin_kind,
            }
        )
    head = {"site_code": lines.typed.get("site_code", ""), "certificate_no": lines.typed.get("certificate_no", "")}
    return head | {"lines": found}


def _each(lines: Lines, standing: Mapping[str, Standing]) -> list[tuple[int, Standing]]:
    """Every line with the goods it names; what stands there no more is noted."""
    found = []
    for place in range(lines.count):
        each = standing.get(lines.get(place, "place"))
        if each is None:
            lines.problems.append(
                Problem(
                    "goods_gone", f"lines.{place}.place", "goods that stand here", lines.get(place, "scan"), place + 1
                )
            )
        else:
            found.append((place, each))
    return found


def _taken(lines: Lines, place: int, each: Standing) -> dict[str, Any]:
    quantity = lines.pieces(place, each.line.pack_size, loose="quantity")
    if not quantity:
        field = f"lines.{place}.quantity"
        lines.problems.append(Problem("quantity_missing", field, "at least 1 piece", "0", place + 1))
    return {
        "lot_ref": lot_ref(each),
        "owner_code": each.line.owner_code,
        "fund": each.fund,
        "quantity": quantity,
        "from_bin": each.line.bin_code,
    }


SHEETS: Mapping[str, Sheet] = {
    "issue": Sheet("issue", Permission.STOCK_ISSUE, stock.issue, IssueDraft, _issue, USABLE_BINS),
    "transfer": Sheet("transfer", Permission.STOCK_TRANSFER, stock.transfer, TransferDraft, _transfer, USABLE_BINS),
    "inspect": Sheet(
        "inspect",
        Permission.STOCK_RECEIVE,
        stock.inspect,
        InspectionDraft,
        _inspect,
        _TO_INSPECT,
    ),
}


def _open(kind: str, page: PageDesk, site: str, place: str) -> Response:
    lines = Lines({"site_code": site})
    if place in standing_of_places(page, site, [place]):
        lines.add({"place": place})
    return _show(SHEETS[kind], page, page.form(lines.typed), lines)


def _sent(kind: str, form: Form) -> Response:
    sheet, lines = SHEETS[kind], Lines(dict(form.typed))
    if lines.typed.pop("act", "") != "book":
        scan_standing(form.page, sheet, lines)
        filled = form.page.form(lines.typed)
        if lines.problems:
            filled = form.refilled(lines.typed).refused(InvalidInput(lines.problems))
        return _show(sheet, form.page, filled, lines)
    try:
        content = sheet_content(form.page, kind, lines)
    except InvalidInput as refusal:
        return _show(sheet, form.page, form.refilled(lines.typed).refused(refusal), lines)
    return form.refilled(lines.typed).run(
        sheet.verb,
        sheet.draft,
        answer=PostedOut,
        fields=content,
        then=lambda done: f"/desk/papers/{done.number}",
        again=lambda filled: _show(sheet, form.page, filled, lines),
    )


@router.get("/desk/issues/new", dependencies=[needs(Permission.STOCK_ISSUE)])
def new_issue(page: Page, site: str, place: str = "") -> Response:
    return _open("issue", page, site, place)


@router.post("/desk/issues", dependencies=[needs(Permission.STOCK_ISSUE)])
def issue(form: Form) -> Response:
    return _sent("issue", form)


@router.get("/desk/transfers/new", dependencies=[needs(Permission.STOCK_TRANSFER)])
def new_transfer(page: Page, site: str, place: str = "") -> Response:
    return _open("transfer", page, site, place)


@router.post("/desk/transfers", dependencies=[needs(Permission.STOCK_TRANSFER)])
def transfer(form: Form) -> Response:
    return _sent("transfer", form)


@router.get("/desk/inspections/new", dependencies=[needs(Permission.STOCK_RECEIVE)])
def new_inspection(page: Page, site: str, place: str = "") -> Response:
    return _open("inspect", page, site, place)


@router.post("/desk/inspections", dependencies=[needs(Permission.STOCK_RECEIVE)])
def inspect(form: Form) -> Response:
    return _sent("inspect", form)


def sheet_content(page: PageDesk, kind: str, lines: Lines) -> dict[str, Any]:
    """The draft that a sheet means. Lines that a device scanned without network are read now."""
    sheet = SHEETS[kind]
    for place in range(lines.count):
        if lines.get(place, "scan") and not lines.get(place, "place"):
            _read_line(page, sheet, lines, place)
    lines.raise_problems()
    site_code = lines.typed.get("site_code", "")
    places = [lines.get(place, "place") for place in range(lines.count)]
    content = sheet.content(lines, standing_of_places(page, site_code, places))
    lines.raise_problems()
    return content


def _read_line(page: PageDesk, sheet: Sheet, lines: Lines, place: int) -> None:
    try:
        found = page.ask(stores.recognised, lines.get(place, "scan"))
    except InvalidInput as refusal:
        lines.problems += in_line(refusal, place)
        return
    chosen = _choose(page, sheet, lines, found)
    if chosen is not None:
        lines.fill(place, {"place": chosen.place})


def scan_standing(page: PageDesk, sheet: Sheet, lines: Lines) -> None:
    take_scan(page, lines, lambda typed, found: _add(page, sheet, typed, found))


def _add(page: PageDesk, sheet: Sheet, lines: Lines, found: Recognised) -> None:
    chosen = _choose(page, sheet, lines, found)
    if chosen is None:
        return
    again = next((place for place in range(lines.count) if lines.get(place, "place") == chosen.place), None)
    if again is not None:
        lines.told = page.text.say(
            "Line {line} has this lot. Nothing was added; change its packs instead.", line=again + 1
        )
        return
    place = lines.add({"scan": found.scan.text, "place": chosen.place})
    if found.pieces and found.scan.count:
        packs, loose = divmod(found.pieces, chosen.line.pack_size)
        name = "accepted" if sheet.kind == "inspect" else "quantity"
        lines.fill(place, {"packs": packs or "", name: loose or ""})
    lines.told = page.text.say(
        "Line {line}: lot {lot} in bin {bin}.", line=place + 1, lot=chosen.line.lot_code, bin=chosen.line.bin_code
    )


def _choose(page: PageDesk, sheet: Sheet, lines: Lines, found: Recognised) -> Standing | None:
    """Which goods at this site the scan means; why none is noted."""
    site_code, bin_code = lines.typed.get("site_code", ""), lines.typed.get("bin_code", "")
    here = find_standing(page, site_code, found, bin_code=bin_code)
    fitting = [each for each in here if each.line.bin_kind in sheet.bins]
    if not fitting:
        code = "lot_in_other_area" if here else "lot_not_here"
        expected = "goods in a bin that this sheet may empty" if here else "goods that stand here"
        lines.problems.append(Problem(code, "scan", expected, found.scan.lot_code or found.scan.text))
        return None
    return fitting[0]


def _show(sheet: Sheet, page: PageDesk, filled: Filled, lines: Lines) -> Response:
    site_code = filled.value("site_code")
    store = page.ask(stores.store, page.scopes(sheet.permission), site_code)
    places = [filled.value(f"lines.{place}.place") for place in filled.rows("lines")]
    standing = standing_of_places(page, site_code, places)
    context = {
        "filled": filled,
        "store": store,
        "told": lines.told,
        "standing": [standing.get(place) for place in places],
        "sooner": [
            earlier(page, site_code, standing[place]) if sheet.kind == "issue" and place in standing else None
            for place in places
        ],
        "to_bins": [(each.code, each.code) for each in store.bins if each.kind in USABLE_BINS],
        "sites": page.ask(stores.my_sites, page.scopes(sheet.permission)),
        "purposes": [
            (each.value, page.text.catalogue.pgettext("purpose", each.value))
            for each in (Purpose.USE, Purpose.TRAINING, Purpose.RETURN)
        ],
        "waiting": _waiting(page, site_code) if sheet.kind == "inspect" else (),
    }
    return page.show(f"desk/{sheet.kind}.html", context, status=filled.status)


def _waiting(page: PageDesk, site_code: str) -> list[Standing]:
    scopes = page.scopes(Permission.STOCK_RECEIVE)
    found = page.ask(stores.standing, scopes, site_code, page.today)
    return [each for each in found if each.line.bin_kind in _TO_INSPECT]
