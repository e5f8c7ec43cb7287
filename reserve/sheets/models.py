"""Tables of what came in by sheet. Nothing here is ever changed: a withdrawal is a row of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base
from reserve.sheets.terms import RowOutcome, SheetKind


class SheetUpload(AppendOnly, Base):
    """A file as it was handed in, kept as evidence under its digest."""

    __tablename__ = "sheet_upload"

    kind: Mapped[SheetKind]
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(index=True)
    content: Mapped[bytes]
    user_id: Mapped[int]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class SheetBatch(AppendOnly, Base):
    """One import: everything a file did, in one transaction."""

    __tablename__ = "sheet_batch"

    upload_id: Mapped[int] = mapped_column(ForeignKey("sheet_upload.id"), index=True)
    kind: Mapped[SheetKind]
    user_id: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class SheetRow(AppendOnly, Base):
    """A row of a sheet and what it became."""

    __tablename__ = "sheet_row"

    batch_id: Mapped[int] = mapped_column(ForeignKey("sheet_batch.id"), index=True)
    sheet: Mapped[str]
    row_no: Mapped[int]
    key: Mapped[str] = mapped_column(index=True)
    outcome: Mapped[RowOutcome]
    subject: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]


class SheetBatchEnd(AppendOnly, Base):
    """A batch was withdrawn, once."""

    __tablename__ = "sheet_batch_end"
    __table_args__ = (UniqueConstraint("batch_id"),)

    batch_id: Mapped[int] = mapped_column(ForeignKey("sheet_batch.id"))
    reason: Mapped[str]
    user_id: Mapped[int]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]
