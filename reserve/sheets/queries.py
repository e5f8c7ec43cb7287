"""Questions about what came in by sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.errors import NotFound
from reserve.sheets.models import SheetBatch, SheetBatchEnd, SheetRow, SheetUpload
from reserve.sheets.terms import Batched, RowOutcome, SheetKind


def get_upload(session: Session, kind: SheetKind, digest: str, person_id: int) -> SheetUpload:
    """A file that this person handed in. Raises NotFound; other people's files look as if they did not exist."""
    statement = select(SheetUpload).where(
        SheetUpload.digest == digest, SheetUpload.kind == kind, SheetUpload.person_id == person_id
    )
    upload = session.scalars(statement.order_by(SheetUpload.id)).first()
    if upload is None:
        raise NotFound("sheet", digest)
    return upload


def get_batch(session: Session, batch_id: int, person_id: int) -> SheetBatch:
    """A batch of this person. Raises NotFound."""
    batch = session.get(SheetBatch, batch_id)
    if batch is None or batch.person_id != person_id:
        raise NotFound("batch", str(batch_id))
    return batch


def find_end(session: Session, batch_id: int) -> SheetBatchEnd | None:
    return session.scalar(select(SheetBatchEnd).where(SheetBatchEnd.batch_id == batch_id))


def rows_of(session: Session, batch_id: int) -> Sequence[SheetRow]:
    return session.scalars(select(SheetRow).where(SheetRow.batch_id == batch_id).order_by(SheetRow.id)).all()


def batched(session: Session, batch: SheetBatch) -> Batched:
    """A batch with its counts."""
    end, upload = find_end(session, batch.id), session.get_one(SheetUpload, batch.upload_id)
    statement = select(SheetRow.outcome, SheetRow.subject).where(SheetRow.batch_id == batch.id).order_by(SheetRow.id)
    rows = session.execute(statement).all()
    outcomes = [outcome for outcome, _ in rows]
    return Batched(
        batch_id=batch.id,
        kind=batch.kind,
        name=upload.name,
        recorded=outcomes.count(RowOutcome.RECORDED),
        unchanged=outcomes.count(RowOutcome.UNCHANGED),
        left_out=outcomes.count(RowOutcome.LEFT_OUT),
        subjects=subjects_of((outcome, subject) for outcome, subject in rows),
        recorded_at=batch.recorded_at,
        withdrawn_at=end.recorded_at if end else None,
        withdrawal_reason=end.reason if end else "",
    )


def subjects_of(rows: Iterable[tuple[RowOutcome, str]]) -> tuple[str, ...]:
    """Papers that a batch has written, or records it has added or changed, each once, in their order."""
    return tuple(dict.fromkeys(subject for outcome, subject in rows if outcome is RowOutcome.RECORDED and subject))


def list_batches(session: Session, person_id: int, *, after: int = 0, limit: int = 100) -> list[Batched]:
    """Batches of one person, newest first, one keyset page."""
    statement = select(SheetBatch).where(SheetBatch.person_id == person_id)
    if after:
        statement = statement.where(SheetBatch.id < after)
    return [batched(session, batch) for batch in session.scalars(statement.order_by(SheetBatch.id.desc()).limit(limit))]


def recorded_keys(session: Session, keys: Sequence[str]) -> dict[str, str]:
    """Those of the row keys that a standing batch has recorded: the paper or record of each, by key."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), 500):  # bound parameters are limited on SQLite
        statement = (
            select(SheetRow.key, SheetRow.subject)
            .outerjoin(SheetBatchEnd, SheetBatchEnd.batch_id == SheetRow.batch_id)
            .where(
                SheetRow.key.in_(keys[start : start + 500]),
                SheetRow.outcome == RowOutcome.RECORDED,
                SheetBatchEnd.id.is_(None),
            )
        )
        found |= {row.key: row.subject for row in session.execute(statement)}
    return found
