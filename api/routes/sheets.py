"""Excel and CSV: templates and lists out; files in, checked first, imported whole or in their good rows, withdrawn."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, UploadFile
from starlette.responses import Response

from api.deps import AfterId, Command, Limit, Page, Question, needs
from api.i18n import language_of, text_in
from api.schemas.sheets import BatchOut, CheckedOut, ImportChoiceDraft, WithdrawalReasonDraft
from api.sheets.desk import XLSX, SheetDesk
from reserve.sheets import queries
from reserve.sheets.rules import PERMISSION_OF
from reserve.sheets.terms import SheetKind

router = APIRouter(tags=["sheets"], dependencies=[needs(*PERMISSION_OF.values())])
CSV = "text/csv; charset=utf-8"


def reading_desk(request: Request, question: Question) -> SheetDesk:
    return SheetDesk(question.runner, question.actor, text_in(language_of(request)))


def writing_desk(request: Request, command: Command) -> SheetDesk:
    return SheetDesk(command.doors.runner, command.actor, text_in(language_of(request)))


ReadingDesk = Annotated[SheetDesk, Depends(reading_desk)]
WritingDesk = Annotated[SheetDesk, Depends(writing_desk)]
Site = Annotated[str, Query(description="the site whose lines are wanted; opening balances, receipts and counts")]


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep, never to be shown inside a page."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/sheets/{kind}/template.xlsx", response_class=Response)
def template(kind: str, desk: ReadingDesk, question: Question) -> Response:
    """An empty workbook with headings, the form of each column and the lists to choose from."""
    return attachment(desk.template(kind, question.now), XLSX, f"{kind}-template.xlsx")


@router.get("/sheets/{kind}/list.xlsx", response_class=Response)
def list_workbook(kind: str, desk: ReadingDesk, question: Question, site: Site = "") -> Response:
    """What there is; imported again it changes nothing. Who took it out stands in the audit."""
    content = desk.listed(kind, site, "xlsx", question.now)
    question.note_reading(f"/sheets/{kind}/list.xlsx {site}", PERMISSION_OF[SheetKind(kind)])
    return attachment(content, XLSX, f"{kind}.xlsx")


@router.get("/sheets/{kind}/list.csv", response_class=Response)
def list_csv(kind: str, desk: ReadingDesk, question: Question, site: Site = "") -> Response:
    """What there is, as UTF-8 text; imported again it changes nothing."""
    content = desk.listed(kind, site, "csv", question.now)
    question.note_reading(f"/sheets/{kind}/list.csv {site}", PERMISSION_OF[SheetKind(kind)])
    return attachment(content, CSV, f"{kind}.csv")


@router.post("/sheets/{kind}/uploads", status_code=201, response_model=CheckedOut)
def upload(kind: str, file: UploadFile, desk: WritingDesk, command: Command) -> CheckedOut:
    """Hand a file in: every fault at once, by sheet, row and column. Nothing is booked."""
    return desk.take_in(kind, file.filename or "", file.file.read(), command.key)


@router.get("/sheets/{kind}/uploads/{digest}", response_model=CheckedOut)
def check(kind: str, digest: str, desk: ReadingDesk) -> CheckedOut:
    """What importing a file of mine would do now."""
    return desk.check_again(kind, digest)


@router.post("/sheets/{kind}/uploads/{digest}/import", status_code=201, response_model=BatchOut)
def import_sheet(kind: str, digest: str, draft: ImportChoiceDraft, desk: WritingDesk, command: Command) -> Response:
    """Import a file that was handed in: all its rows or none; or, if so chosen, its good rows only."""
    return command.send(desk.bring_in(kind, digest, draft.leave_out_faulty, command.key))


@router.get("/sheet-batches", response_model=Page[BatchOut])
def list_batches(question: Question, after: AfterId = 0, limit: Limit = 100) -> Page[BatchOut]:
    """My imports, newest first."""
    rows = question.ask(queries.list_batches, question.actor.person_id, after=after, limit=limit)
    items = [BatchOut.model_validate(row) for row in rows]
    return Page(items=items, next=items[-1].batch_id if len(items) == limit else None)


@router.post("/sheet-batches/{batch_id}/withdraw", response_model=BatchOut)
def withdraw(batch_id: int, draft: WithdrawalReasonDraft, desk: WritingDesk, command: Command) -> Response:
    """Undo an import of mine: its papers are reversed, its changes of records taken back."""
    return command.send(desk.withdraw(batch_id, draft.reason, command.key))
