"""Words for lists that come in as files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from reserve.drafts import Draft


class SheetKind(StrEnum):
    """What a sheet lists."""

    OPENING_BALANCES = "opening_balances"
    RECEIPTS = "receipts"
    COUNTS = "counts"
    CATALOGUE = "catalogue"
    SITES = "sites"
    DECLARATIONS = "declarations"


class RowOutcome(StrEnum):
    """What became of a row of a sheet."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    """It said what the books say already."""
    LEFT_OUT = "left_out"
    """It was faulty and the importer chose to go on without it."""


class UploadDraft(Draft):
    """A file as it was handed in. The audit keeps its digest, not its bytes."""

    kind: SheetKind
    name: str = Field(min_length=1, max_length=200)
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the bytes."""
    content: bytes = Field(exclude=True, repr=False)


class BatchRowDraft(Draft):
    """One row of a sheet and what it became."""

    sheet: str
    row_no: int = Field(ge=1)
    key: str
    """Names the row by what it says: the same row in another file has the same key."""
    outcome: RowOutcome
    subject: str = ""
    """Number of the paper that it is a line of, or code of the record that it changed."""
    before: str = ""
    """What stood before, as JSON; empty when nothing did."""
    after: str = ""


class BatchDraft(Draft):
    """What one file became. The audit of the rows is that of the commands they were."""

    kind: SheetKind
    digest: str
    rows: tuple[BatchRowDraft, ...] = Field(exclude=True, repr=False)


class BatchWithdrawalDraft(Draft):
    """Undo all that a batch did."""

    batch_id: int = Field(ge=1, le=2**63 - 1)
    reason: str = Field(min_length=1, max_length=500)


@dataclass(frozen=True, slots=True)
class Uploaded:
    digest: str
    kind: SheetKind
    name: str


@dataclass(frozen=True, slots=True)
class Batched:
    """A batch and how many of its rows were recorded, said nothing new, were left out."""

    batch_id: int
    kind: SheetKind
    name: str
    recorded: int
    unchanged: int
    left_out: int
    subjects: tuple[str, ...]
    """Papers written, or codes of the records that were added or changed."""
    recorded_at: datetime
    withdrawn_at: datetime | None = None
    withdrawal_reason: str = ""
