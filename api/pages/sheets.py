"""Lists in and out for people: templates, what there is, a file handed in and checked, imports and their withdrawal."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from api.deps import needs
from api.desk import Form, FormDesk, Page, PageDesk
from api.filling import Filled
from api.sheets.desk import SheetDesk
from api.sheets.registry import KINDS
from api.views import sheets as views
from reserve.authority import Permission
from reserve.errors import InvalidInput, NotAllowed, NotFound, Problem, Refusal
from reserve.sheets import queries
from reserve.sheets.rules import PERMISSION_OF

router = APIRouter(dependencies=[needs(*PERMISSION_OF.values())])
SHOWN_ROWS = 200
"""Faults that a page shows; all of them come by the interface."""
LATEST = 20


async def read_file(request: Request, form: Form) -> tuple[FormDesk, str, bytes]:
    """The form and the file that came with it."""
    sent = await request.form()
    file = sent.get("file")
    name, content = "", b""
    if isinstance(file, UploadFile):
        name, content = file.filename or "", await file.read()
    await sent.close()
    return form, name, content


Upload = Annotated[tuple[FormDesk, str, bytes], Depends(read_file)]


@router.get("/sheets")
def sheets(page: Page) -> Response:
    return _overview(page, page.form())


@router.post("/sheets/{kind}/uploads")
def upload(kind: str, upload: Upload) -> Response:
    """Look at a file and lead to what was found. Nothing is booked."""
    form, name, content = upload
    try:
        if not name:
            raise InvalidInput([Problem("missing", f"file-{kind}", "a value", "nothing")])
        checked = _desk(form.page).take_in(kind, name, content, form.key)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return _overview(form.page, form.refused(refusal))
    return RedirectResponse(f"/sheets/{kind}/uploads/{checked.digest}", status_code=303)


@router.get("/sheets/{kind}/uploads/{digest}")
def check(kind: str, digest: str, page: Page) -> Response:
    return _check(page, kind, digest, page.form())


@router.post("/sheets/{kind}/uploads/{digest}/import")
def import_sheet(kind: str, digest: str, form: Form) -> Response:
    """All rows, or the good ones only: whichever button was pressed."""
    good_only = form.typed.get("choice") == "good"
    try:
        done = _desk(form.page).bring_in(kind, digest, good_only, form.key).value
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return _check(form.page, kind, digest, form.refused(refusal))
    return RedirectResponse(f"/sheets/batches/{done.batch_id}", status_code=303)


@router.get("/sheets/batches/{batch_id}")
def batch(batch_id: int, page: Page) -> Response:
    return _batch(page, batch_id, page.form())


@router.post("/sheets/batches/{batch_id}/withdraw")
def withdraw(batch_id: int, form: Form) -> Response:
    try:
        reason = form.typed.get("reason", "").strip()
        if not reason:
            raise InvalidInput([Problem("missing", "reason", "a value", "nothing")])
        _desk(form.page).withdraw(batch_id, reason, form.key)
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return _batch(form.page, batch_id, form.refused(refusal))
    return RedirectResponse(f"/sheets/batches/{batch_id}", status_code=303)


def _desk(page: PageDesk) -> SheetDesk:
    return SheetDesk(page.runner, page.actor, page.text)


def _overview(page: PageDesk, filled: Filled) -> Response:
    kinds = [kind for word, kind in KINDS.items() if page.may(PERMISSION_OF[word])]
    stock_rights = (Permission.STOCK_OPENING, Permission.STOCK_RECEIVE, Permission.STOCK_COUNT)
    context = {
        "kinds": kinds,
        "sites": page.ask(views.sites_of, page.scopes(*stock_rights)),
        "batches": page.ask(queries.list_batches, page.actor.person_id, limit=LATEST),
        "titles": {kind.kind: kind.title for kind in KINDS.values()},
        "filled": filled,
    }
    return page.show("sheets.html", context, status=filled.status)


def _check(page: PageDesk, kind: str, digest: str, filled: Filled) -> Response:
    checked = _desk(page).check_again(kind, digest)
    context = {
        "checked": checked,
        "findings": checked.findings[:SHOWN_ROWS],
        "list_title": KINDS[checked.kind].title,
        "filled": filled,
    }
    return page.show("sheet_check.html", context, status=filled.status)


def _batch(page: PageDesk, batch_id: int, filled: Filled) -> Response:
    found = page.ask(views.batch, batch_id, page.actor.person_id)
    papers = found.kind.value in ("opening_balances", "receipts", "counts")
    context = {"batch": found, "list_title": KINDS[found.kind].title, "papers": papers, "filled": filled}
    return page.show("sheet_batch.html", context, status=filled.status)
