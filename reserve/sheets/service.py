"""Verbs that remember what came in by sheet. What the rows themselves do is done by the verbs of their slices."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, require
from reserve.db import append, lock_row
from reserve.errors import Conflict, NotFound
from reserve.sheets import queries
from reserve.sheets.models import SheetBatch, SheetBatchEnd, SheetRow, SheetUpload
from reserve.sheets.rules import PERMISSION_OF
from reserve.sheets.terms import BatchDraft, Batched, BatchWithdrawalDraft, UploadDraft, Uploaded


class BatchWithdrawn(Conflict):
    """The batch is withdrawn already."""

    code = "batch_withdrawn"


def keep_upload(session: Session, actor: Actor, draft: UploadDraft, *, now: datetime, today: date) -> Uploaded:
    """Keep a file as it was handed in. The same file again is kept once for each person."""
    require(actor, PERMISSION_OF[draft.kind])
    try:
        queries.get_upload(session, draft.kind, draft.digest, actor.person_id)
    except NotFound:
        row = draft.model_dump() | {
            "content": draft.content,
            "user_id": actor.user_id,
            "person_id": actor.person_id,
            "recorded_at": now,
        }
        append(session, SheetUpload, [row])
    return Uploaded(draft.digest, draft.kind, draft.name)


def record_batch(session: Session, actor: Actor, draft: BatchDraft, *, now: datetime, today: date) -> Batched:
    """Write down what a file became, row by row, in the transaction that did it."""
    require(actor, PERMISSION_OF[draft.kind])
    upload = queries.get_upload(session, draft.kind, draft.digest, actor.person_id)
    row = {
        "upload_id": upload.id,
        "kind": draft.kind,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    (batch_id,) = append(session, SheetBatch, [row])
    append(session, SheetRow, [each.model_dump() | {"batch_id": batch_id} for each in draft.rows])
    return queries.batched(session, session.get_one(SheetBatch, batch_id))


def end_batch(session: Session, actor: Actor, draft: BatchWithdrawalDraft, *, now: datetime, today: date) -> Batched:
    """Write down that a batch is undone, in the transaction that undid it. Raises BatchWithdrawn."""
    batch = queries.get_batch(session, draft.batch_id, actor.person_id)
    require(actor, PERMISSION_OF[batch.kind])
    lock_row(session, SheetBatch, batch.id)
    if queries.find_end(session, batch.id) is not None:
        raise BatchWithdrawn(f"batch {batch.id} is withdrawn", batch_id=batch.id)
    row = {
        "batch_id": batch.id,
        "reason": draft.reason,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    append(session, SheetBatchEnd, [row])
    return queries.batched(session, batch)
