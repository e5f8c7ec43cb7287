"""Work without network: what a device kept comes in line by line; what could not be posted is set right here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, JsonValue, TypeAdapter, ValidationError
from starlette.responses import FileResponse, JSONResponse, Response

from api.deps import needs
from api.desk import Form, Page, PageDesk
from api.errors import BadRequest
from api.filling import Filled, renumbered
from api.pages.counting import count_content
from api.pages.desk_lines import Lines
from api.pages.moving import sheet_content
from api.pages.receiving import receipt_content
from api.pages.shipping import carried_content, picked_content
from api.rendering import FOLDER
from api.schemas.devices import BroughtInOut, SettledOut
from api.views import devices as views
from reserve.audit import queries as audit_queries
from reserve.authority import Permission
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import MAX_CLOCK_ERROR_S, DeviceCommandDraft, DeviceProblem, SettlementDraft
from reserve.dispatch.terms import DeviceCommandKind, DeviceOutcome
from reserve.errors import InvalidInput, Refusal, RequestKeyReused, Unavailable

READ = Permission.STOCK_READ
router = APIRouter(dependencies=[needs(READ)])
worker = APIRouter()
MOST = 50
"""Commands in one batch."""
READERS: Mapping[DeviceCommandKind, Callable[[PageDesk, Lines], dict[str, Any]]] = {
    DeviceCommandKind.RECEIVE: receipt_content,
    DeviceCommandKind.ISSUE: lambda page, lines: sheet_content(page, "issue", lines),
    DeviceCommandKind.TRANSFER: lambda page, lines: sheet_content(page, "transfer", lines),
    DeviceCommandKind.INSPECT: lambda page, lines: sheet_content(page, "inspect", lines),
    DeviceCommandKind.COUNT: count_content,
    DeviceCommandKind.DEPART: picked_content,
    DeviceCommandKind.DELIVER: carried_content,
}
"""How each kind of sheet is understood; the same functions that read it when there is a network."""


class Kept(BaseModel):
    """A sheet as a device kept it: its fields as they were typed, by its own clock."""

    key: str
    kind: DeviceCommandKind
    at: AwareDatetime
    fields: dict[str, str]


KEPT = TypeAdapter(list[Kept])
INSTANT = TypeAdapter(AwareDatetime)


@worker.get("/sw.js")
def service_worker() -> Response:
    """Keeps the desk's pages for a hall without signal. It must stand at the root to reach them."""
    return FileResponse(Path(FOLDER) / "static" / "worker.js", media_type="text/javascript")


@router.get("/desk/queue")
def show_queue(page: Page) -> Response:
    return _list(page, page.form())


@router.post("/desk/queue")
def bring_in(form: Form) -> Response:
    """A batch from a device. Each command has its own transaction, so a batch may be cut anywhere and sent again."""
    try:
        kept = KEPT.validate_json(form.typed.get("commands", "[]"))[:MOST]
        sent_at = INSTANT.validate_python(form.typed.get("sent_at", ""))
    except ValidationError as error:
        raise BadRequest("a device's batch is a list of sheets with a time", found="commands") from error
    ahead = (sent_at - form.page.now).total_seconds()
    ahead = max(-MAX_CLOCK_ERROR_S, min(MAX_CLOCK_ERROR_S, ahead))
    return JSONResponse([_one(form.page, each, ahead) for each in kept])


def _one(page: PageDesk, kept: Kept, ahead: float) -> dict[str, JsonValue]:
    """What became of one command, in the reader's words."""
    text = page.text
    try:
        answer = page.runner.run(
            dispatch.bring_in, _command(page, kept, ahead), actor=page.actor, answer=BroughtInOut, key=kept.key
        )
    except RequestKeyReused:  # the sheet had reached us by itself, and only the answer was lost
        return _booked_before(page, kept.key)
    except Unavailable:
        return {"key": kept.key, "outcome": "later", "said": text.say("not now; it stays on this device")}
    except Refusal as refusal:
        return {"key": kept.key, "outcome": "kept", "said": text.error(refusal.code, refusal.details())}
    done = answer.value
    if done.outcome is DeviceOutcome.TO_RECONCILE:
        outcome, said = "to_reconcile", text.error(done.refusal, {})
    elif answer.replayed:
        when = done.recorded_at.isoformat(timespec="minutes")
        outcome, said = "already", text.say("already booked by {name} at {when}", name=page.caller.name, when=when)
    else:
        outcome, said = "posted", text.say("booked")
    return {"key": kept.key, "outcome": outcome, "said": said, "number": done.number}


def _booked_before(page: PageDesk, key: str) -> dict[str, JsonValue]:
    request = page.ask(audit_queries.find_request, page.actor.user_id, key)
    if request is None or request.verb == dispatch.bring_in.__name__:
        return {"key": key, "outcome": "kept", "said": page.text.error(RequestKeyReused.code, {})}
    when = request.claimed_at.isoformat(timespec="minutes")
    number = json.loads(request.answer or b"{}").get("number")
    said = page.text.say("already booked by {name} at {when}", name=page.caller.name, when=when)
    return {"key": key, "outcome": "already", "said": said, "number": number}


def _command(page: PageDesk, kept: Kept, ahead: float) -> DeviceCommandDraft:
    """The command with the draft that its fields mean, or why none could be made of them."""
    beside = ("csrf", "key", "act")
    typed = renumbered({name: text for name, text in kept.fields.items() if name not in beside})
    content: dict[str, Any] | None = None
    problems: tuple[DeviceProblem, ...] = ()
    try:
        content = READERS[kept.kind](page, Lines(dict(typed)))
        content = json.loads(json.dumps(content, default=str))
    except InvalidInput as refusal:
        problems = tuple(
            DeviceProblem(code=each.code, field=each.field, expected=each.expected, found=each.found, row=each.row)
            for each in refusal.problems
        )
    words: dict[str, JsonValue] = {name: text for name, text in kept.fields.items() if name not in beside}
    return DeviceCommandDraft(
        key=kept.key,
        kind=kept.kind,
        site_code=typed.get("site_code", ""),
        device_at=kept.at,
        words=words,
        content=content,
        problems=problems,
        clock_ahead_s=ahead,
    )


@router.post("/desk/queue/settle")
def settle(form: Form) -> Response:
    """Close a fact that could not be posted: by the paper that set it right, or by a supervisor's reason."""
    return form.run(
        dispatch.settle_device_command,
        SettlementDraft,
        answer=SettledOut,
        then=lambda done: "/desk/queue",
        again=lambda filled: _list(form.page, filled),
    )


def _list(page: PageDesk, filled: Filled) -> Response:
    scopes = page.scopes(READ)
    waiting = page.ask(views.commands, scopes, waiting=True, limit=200)
    said = {each.key: page.text.error(each.refusal, {}) for each in waiting}
    faults = {
        each.key: [page.text.error(str(fault.get("code", "")), fault) for fault in each.problems] for each in waiting
    }
    context = {"waiting": waiting, "said": said, "faults": faults, "filled": filled}
    return page.show("desk/queue.html", context, status=filled.status)
