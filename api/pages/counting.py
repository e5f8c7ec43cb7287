"""Counting blind: the sheet never shows the book's figure; differences are signed, then posted by another."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.filling import Filled
from api.pages.desk_lines import Lines, find_standing, in_line, lot_ref, standing_of_places, take_scan
from api.schemas.stock import CountedOut, PostedOut, ReasonedOut
from api.views import counts as counts_views
from api.views import desk as views
from api.views import stores
from reserve.authority import Permission
from reserve.errors import InvalidInput, Problem
from reserve.papers.terms import State
from reserve.stock import service as stock
from reserve.stock.drafts import CountDraft, CountReasonsDraft, CountSignOffDraft, RecountDraft
from reserve.stock.recognition import Recognised
from reserve.stock.terms import CountCause

router = APIRouter()
COUNT = Permission.STOCK_COUNT


@router.get("/desk/counts/new", dependencies=[needs(COUNT)])
def new_count(page: Page, site: str, bin: str = "") -> Response:
    """A sheet with the lots of one bin, or an empty one that fills by scan."""
    lines = Lines({"site_code": site, "bin_code": bin})
    if bin:
        for each in page.ask(stores.standing, page.scopes(COUNT), site, page.today):
            if each.line.bin_code == bin:
                lines.add({"place": each.place})
    return _sheet(page, page.form(lines.typed), lines)


@router.post("/desk/counts", dependencies=[needs(COUNT)])
def count(form: Form) -> Response:
    page, lines = form.page, Lines(dict(form.typed))
    if lines.typed.pop("act", "") != "book":
        scan_counted(page, lines)
        filled = page.form(lines.typed)
        if lines.problems:
            filled = form.refilled(lines.typed).refused(InvalidInput(lines.problems))
        return _sheet(page, filled, lines)
    try:
        content = count_content(page, lines)
    except InvalidInput as refusal:
        return _sheet(page, form.refilled(lines.typed).refused(refusal), lines)
    return form.refilled(lines.typed).run(
        stock.count,
        CountDraft,
        answer=CountedOut,
        fields=content,
        then=lambda done: f"/desk/counts?site={lines.typed.get('site_code', '')}&counted={done.number}",
        again=lambda filled: _sheet(page, filled, lines),
    )


@router.get("/desk/counts", dependencies=[needs(COUNT, Permission.STOCK_ADJUST)])
def counts(page: Page, site: str = "", counted: str = "") -> Response:
    """Counts whose differences are not posted yet, and what became of the one just handed in."""
    scopes = page.scopes(COUNT, Permission.STOCK_ADJUST)
    return _list(page, scopes, page.form(), site, counted)


@router.post("/desk/counts/post", dependencies=[needs(Permission.STOCK_ADJUST)])
def post_count(form: Form) -> Response:
    """Post signed differences; neither the counter nor a signer does it."""
    return form.run(
        stock.post_count,
        CountSignOffDraft,
        answer=PostedOut,
        then=lambda done: f"/desk/counts/{done.number}",
        again=lambda filled: _card(form.page, form.typed.get("count_number", ""), filled),
    )


@router.get("/desk/counts/{number}", dependencies=[needs(COUNT, Permission.STOCK_ADJUST)])
def counted(page: Page, number: str) -> Response:
    """One count: what is wanted from a second person, else what was found, why, and whose promises it broke."""
    return _card(page, number, page.form())


@router.post("/desk/counts/{number}/again", dependencies=[needs(COUNT)])
def recount(form: Form, number: str) -> Response:
    """What a second person found."""
    page, lines = form.page, Lines(dict(form.typed))
    try:
        fields = _recounted(page, number, lines)
    except InvalidInput as refusal:
        return _card(page, number, form.refused(refusal))
    return form.run(
        stock.recount,
        RecountDraft,
        answer=CountedOut,
        fields=fields,
        then=lambda done: f"/desk/counts/{done.number}",
        again=lambda filled: _card(page, number, filled),
    )


@router.post("/desk/counts/{number}/reasons", dependencies=[needs(COUNT)])
def give_reasons(form: Form, number: str) -> Response:
    """Why shelf and book differ."""
    return form.run(
        stock.give_reasons,
        CountReasonsDraft,
        answer=ReasonedOut,
        then=lambda done: f"/desk/counts/{done.number}",
        again=lambda filled: _card(form.page, number, filled),
    )


def _recounted(page: PageDesk, number: str, lines: Lines) -> dict[str, Any]:
    """The draft of a recount: packs and loose pieces together, counted now. A line left empty was not counted."""
    card = page.ask(counts_views.count_card, number, page.scopes(COUNT))
    packs = {str(line.line_no): line.lot.pack_size for line in card.lines}
    rows = []
    for place in range(lines.count):
        line_no = lines.get(place, "line_no")
        if line_no in packs and (lines.get(place, "packs") or lines.get(place, "counted")):
            counted = lines.pieces(place, packs[line_no], loose="counted")
            rows.append({"line_no": int(line_no), "counted": counted, "counted_at": page.now.isoformat()})
    lines.raise_problems()
    if not rows:
        raise InvalidInput([Problem("nothing_counted", "lines.0.counted", "at least one lot", "0")])
    return {"count_number": number, "lines": rows}


def _card(page: PageDesk, number: str, filled: Filled) -> Response:
    context = {
        "card": page.ask(counts_views.count_card, number, page.scopes(COUNT, Permission.STOCK_ADJUST)),
        "filled": filled,
        "causes": [
            ("", "–"),
            *((each.value, page.text.catalogue.pgettext("cause", each.value)) for each in CountCause),
        ],
        "may_count": page.may(COUNT),
        "may_post": page.may(Permission.STOCK_ADJUST),
    }
    return page.show("desk/counted.html", context, status=filled.status)


def count_content(page: PageDesk, lines: Lines) -> dict[str, Any]:
    """The draft that a count sheet means. A line that was left empty was not counted and is left out; 0 is a count."""
    for place in range(lines.count):
        if lines.get(place, "scan") and not lines.get(place, "place"):
            _read_line(page, lines, place)
    lines.raise_problems()
    site_code = lines.typed.get("site_code", "")
    standing = standing_of_places(page, site_code, [lines.get(place, "place") for place in range(lines.count)])
    counted_at = lines.typed.get("counted_at", "")
    now = f"{counted_at}+08:00" if counted_at else page.now.isoformat()
    rows = []
    for place in range(lines.count):
        each = standing.get(lines.get(place, "place"))
        if each is None or not (lines.get(place, "packs") or lines.get(place, "counted")):
            continue
        counted = lines.pieces(place, each.line.pack_size, loose="counted")
        goods = {"lot_ref": lot_ref(each), "owner_code": each.line.owner_code, "fund": each.fund}
        rows.append(goods | {"bin_code": each.line.bin_code, "counted": counted, "counted_at": now})
    lines.raise_problems()
    if not rows:
        raise InvalidInput([Problem("nothing_counted", "scan", "at least one lot", "0")])
    return {"site_code": site_code, "lines": rows, "reason": lines.typed.get("reason", "")}


def scan_counted(page: PageDesk, lines: Lines) -> None:
    take_scan(page, lines, lambda sheet, found: _add(page, sheet, found))


def _add(page: PageDesk, lines: Lines, found: Recognised) -> None:
    site_code, bin_code = lines.typed.get("site_code", ""), lines.typed.get("bin_code", "")
    here = find_standing(page, site_code, found, bin_code=bin_code)
    if not here:
        said = found.scan.lot_code or found.scan.text
        lines.problems.append(Problem("lot_not_here", "scan", "goods that stand here", said))
        return
    again = next((place for place in range(lines.count) if lines.get(place, "place") == here[0].place), None)
    place = lines.add({"scan": found.scan.text, "place": here[0].place}) if again is None else again
    lines.told = page.text.say(
        "Line {line}: lot {lot} in bin {bin}.", line=place + 1, lot=here[0].line.lot_code, bin=here[0].line.bin_code
    )


def _read_line(page: PageDesk, lines: Lines, place: int) -> None:
    try:
        found = page.ask(stores.recognised, lines.get(place, "scan"))
    except InvalidInput as refusal:
        lines.problems += in_line(refusal, place)
        return
    here = find_standing(page, lines.typed.get("site_code", ""), found, bin_code=lines.typed.get("bin_code", ""))
    if here:
        lines.fill(place, {"place": here[0].place})
    else:
        said = lines.get(place, "scan")
        lines.problems.append(Problem("lot_not_here", f"lines.{place}.scan", "goods that stand here", said, place + 1))


def _sheet(page: PageDesk, filled: Filled, lines: Lines) -> Response:
    site_code = filled.value("site_code")
    store = page.ask(stores.store, page.scopes(COUNT), site_code)
    places = [filled.value(f"lines.{place}.place") for place in filled.rows("lines")]
    standing = standing_of_places(page, site_code, places)
    context = {
        "filled": filled,
        "store": store,
        "told": lines.told,
        "standing": [standing.get(place) for place in places],
    }
    return page.show("desk/count.html", context, status=filled.status)


def _list(page: PageDesk, scopes: tuple[str, ...], filled: Filled, site: str, counted: str) -> Response:
    paper = page.ask(views.paper, counted, page.scopes(Permission.STOCK_READ)) if counted else None
    context = {
        "counts": page.ask(views.open_counts, scopes),
        "filled": filled,
        "site": site,
        "paper": paper,
        "may_post": page.may(Permission.STOCK_ADJUST),
        "approved": State.APPROVED,
    }
    return page.show("desk/counts.html", context, status=filled.status)
