"""Answers about sheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.schemas.base import Out
from reserve.drafts import Draft
from reserve.sheets.terms import SheetKind


class ImportChoiceDraft(Draft):
    """All rows or none; or the good rows, leaving the faulty ones out."""

    leave_out_faulty: bool = False


class WithdrawalReasonDraft(Draft):
    reason: str


class UploadOut(Out):
    digest: str
    kind: SheetKind
    name: str


class BatchOut(Out):
    """One import and how many of its rows were recorded, said nothing new, were left out."""

    batch_id: int
    kind: SheetKind
    name: str
    recorded: int
    unchanged: int
    left_out: int
    subjects: tuple[str, ...]
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawal_reason: str


class FindingOut(Out):
    """One thing wrong, with the cell where it stands and what to write instead where that is known."""

    sheet: str
    row: int
    column: str
    heading: str
    message: str
    expected: str
    found: str
    suggestion: str
    code: str
    facts: dict[str, Any]


class CheckedOut(Out):
    """What an import would do. ``digest`` names the file for the import that follows."""

    kind: SheetKind
    digest: str
    name: str
    total: int
    good: int
    unchanged: int
    faulty: int
    papers: int
    ignored: tuple[str, ...]
    findings: tuple[FindingOut, ...]
