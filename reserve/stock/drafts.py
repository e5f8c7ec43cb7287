"""What users hand in to the verbs of stock."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from reserve.drafts import Draft
from reserve.quantities import MAX_QUANTITY
from reserve.sites.terms import BinKind
from reserve.stock.terms import BlockReason, Condition, CountCause, Fund, HoldMode, Purpose

Quantity = Field(gt=0, le=MAX_QUANTITY, strict=True)


class LotDraft(Draft):
    """A lot as its label says. The expiry is read from the label, never derived from a norm."""

    item_code: str
    code: str = Field(min_length=1, max_length=80)
    maker: str = Field(default="", max_length=120)
    expires_on: date | None = None
    printed_expiry: str = ""
    made_on: date | None = None
    pack_size: int | None = Field(default=None, ge=1)
    certificate: str | None = None
    calibrated_on: date | None = None
    """Of a machine, as its plate or certificate says."""
    confirms_other_expiry: bool = False
    """Set after the question "this code exists with another expiry": yes, the label says so."""


class ReceiptLineDraft(Draft):
    """Goods of one lot found at the door, split by what the inspection says."""

    lot: LotDraft
    accepted: int = Field(default=0, ge=0, le=MAX_QUANTITY, strict=True)
    rejected: int = Field(default=0, ge=0, le=MAX_QUANTITY, strict=True)
    """Damaged or wrong: booked, but to the rejected area."""
    uninspected: int = Field(default=0, ge=0, le=MAX_QUANTITY, strict=True)
    """Waiting for inspection: booked to the inspection area."""
    bin_code: str = "A1"
    rejection_reason: str = ""


class ReceiptDraft(Draft):
    """Goods have physically arrived at one of our sites."""

    site_code: str
    owner_code: str
    fund: Fund
    supplier_code: str
    """Organisation that delivered."""
    lines: tuple[ReceiptLineDraft, ...] = Field(min_length=1)
    occurred_at: AwareDatetime | None = None
    reference: str = ""
    ground_document: str = ""
    """Number of the production order or other paper it rests on, if any."""


class OpeningDraft(Draft):
    """Opening balances of one site: what stands on the shelves when the books begin."""

    site_code: str
    lines: tuple[OpeningLineDraft, ...] = Field(min_length=1)
    occurred_at: AwareDatetime | None = None
    title: str = ""


class OpeningLineDraft(Draft):
    lot: LotDraft
    owner_code: str
    fund: Fund
    quantity: int = Quantity
    bin_code: str = "A1"


class InspectionLineDraft(Draft):
    lot_ref: LotRef
    owner_code: str
    fund: Fund
    accepted: int = Field(default=0, ge=0, strict=True)
    rejected: int = Field(default=0, ge=0, strict=True)
    bin_code: str = "A1"
    area: Literal[BinKind.INSPECTION, BinKind.REJECTED] = BinKind.INSPECTION
    """Where they wait; from the rejected area after repair or cleaning."""


class LotRef(Draft):
    """Names a known lot. The expiry is only needed where the same code exists with two."""

    item_code: str
    code: str
    maker: str | None = None
    expires_on: date | None = None


class InspectionDraft(Draft):
    """The result of inspecting goods that wait in the inspection area."""

    site_code: str
    lines: tuple[InspectionLineDraft, ...] = Field(min_length=1)
    certificate_no: str = ""
    occurred_at: AwareDatetime | None = None


class MoveLineDraft(Draft):
    lot_ref: LotRef
    owner_code: str
    fund: Fund
    quantity: int = Quantity
    from_bin: str = "A1"
    to_bin: str = "A1"


class TransferDraft(Draft):
    """Goods go from bin to bin, within one site or between two sites of one custodian; no dispatch order."""

    from_site: str
    to_site: str
    lines: tuple[MoveLineDraft, ...] = Field(min_length=1)
    occurred_at: AwareDatetime | None = None
    reason: str = ""


class IssueLineDraft(Draft):
    lot_ref: LotRef
    owner_code: str
    fund: Fund
    quantity: int = Quantity
    from_bin: str = "A1"


class IssueDraft(Draft):
    """Goods leave for use at once: handed to a ward, used up, given to a person. No dispatch order."""

    site_code: str
    lines: tuple[IssueLineDraft, ...] = Field(min_length=1)
    receiver_code: str
    """Organisation that uses them."""
    purpose: Literal[Purpose.USE, Purpose.TRAINING, Purpose.RETURN] = Purpose.USE
    """Disposal has a signed paper of its own."""
    occurred_at: AwareDatetime | None = None
    reason: str = Field(min_length=1)


class ReturnLineDraft(Draft):
    lot_ref: LotRef
    quantity: int = Field(default=0, ge=0, le=MAX_QUANTITY, strict=True)
    """0: all of it stays with its user."""


class ReturnDraft(Draft):
    """Goods that had been issued come back from use; they wait for inspection, whatever they look like."""

    site_code: str
    issue_number: str
    """The paper on which they left."""
    lines: tuple[ReturnLineDraft, ...] = Field(min_length=1)
    occurred_at: AwareDatetime | None = None
    reason: str = Field(min_length=1)


class CountLineDraft(Draft):
    lot_ref: LotRef
    owner_code: str
    fund: Fund
    bin_code: str = "A1"
    counted: int = Field(ge=0, le=MAX_QUANTITY, strict=True)
    counted_at: AwareDatetime


class CountDraft(Draft):
    """What was found on the shelves. The book quantity is not shown before this is handed in."""

    site_code: str
    lines: tuple[CountLineDraft, ...] = Field(min_length=1)
    reason: str = ""


class RecountLineDraft(Draft):
    """A line of a count sheet, counted again. ``line_no`` as on the sheet, from 1."""

    line_no: int = Field(ge=1)
    counted: int = Field(ge=0, le=MAX_QUANTITY, strict=True)
    counted_at: AwareDatetime


class RecountDraft(Draft):
    """What a second person found on the lines whose difference is large."""

    count_number: str
    lines: tuple[RecountLineDraft, ...] = Field(min_length=1)


class CountReasonLineDraft(Draft):
    line_no: int = Field(ge=1)
    cause: CountCause
    note: str = Field(default="", max_length=500)


class CountReasonsDraft(Draft):
    """Why shelf and book differ, line by line."""

    count_number: str
    lines: tuple[CountReasonLineDraft, ...] = Field(min_length=1)


class CountSignOffDraft(Draft):
    """Post the differences of a count whose variance has been approved."""

    count_number: str


class AdjustmentDraft(Draft):
    """A loss or find outside a count, with its cause."""

    site_code: str
    lot_ref: LotRef
    owner_code: str
    fund: Fund
    bin_code: str = "A1"
    lost: int = Field(default=0, ge=0, strict=True)
    damaged: int = Field(default=0, ge=0, strict=True)
    found: int = Field(default=0, ge=0, strict=True)
    follows_number: str = ""
    """Document of the loss that these found goods follow."""
    reason: str = Field(min_length=1)
    occurred_at: AwareDatetime | None = None


class ReversalDraft(Draft):
    """Undo a posted document by its exact opposite, linked to it."""

    document_number: str
    reason: str = Field(min_length=1)


class MachineCheckDraft(Draft):
    """What was found of one machine. Without a day of calibration the last one still counts."""

    item_code: str
    serial: str = Field(min_length=1, max_length=80)
    maker: str | None = None
    condition: Condition
    calibrated_on: date | None = None
    calibration_days: int | None = Field(default=None, ge=1, le=3660)
    """How long this calibration is good for, where its certificate says other than the catalogue."""
    certificate: str = Field(default="", max_length=120)
    note: str = Field(default="", max_length=500)


class HoldLineDraft(Draft):
    lot_ref: LotRef
    owner_code: str
    fund: Fund
    bin_code: str = "A1"
    quantity: int = Quantity


class HoldDraft(Draft):
    """Keep goods for a purpose outside a dispatch order, such as a planned rotation."""

    site_code: str
    lines: tuple[HoldLineDraft, ...] = Field(min_length=1)
    mode: HoldMode = HoldMode.ALL_OR_NOTHING
    priority: int = Field(default=1, ge=0, le=9)
    expires_at: AwareDatetime | None = None
    reason: str = Field(min_length=1)


class HoldReleaseDraft(Draft):
    document_number: str
    reason: str = Field(min_length=1)


class BlockDraft(Draft):
    """Stop the use of a lot everywhere, or of what stands in one bin: then site and bin are both named."""

    lot_ref: LotRef
    site_code: str | None = None
    bin_code: str | None = None
    reason_kind: BlockReason
    reason: str = Field(min_length=1)
    organisation_code: str


class BlockEndDraft(Draft):
    """Lift a block wholly, or for what stands in one bin: then site and bin are both named."""

    document_number: str
    site_code: str | None = None
    bin_code: str | None = None
    reason: str = Field(min_length=1)


class ExpirySweepDraft(Draft):
    """End the holds whose time has passed."""

    limit: int = Field(default=1000, ge=1, le=10000)


class DisposalLineDraft(Draft):
    lot_ref: LotRef
    owner_code: str
    fund: Fund
    bin_code: str = "A1"
    quantity: int = Quantity


class DisposalDraft(Draft):
    """Ask for the disposal of goods after technical appraisal; what is signed is posted by ``dispose``."""

    site_code: str
    lines: tuple[DisposalLineDraft, ...] = Field(min_length=1)
    appraisal: str = Field(min_length=1)
    reason: str = Field(min_length=1)


class DisposeDraft(Draft):
    document_number: str


for _draft in (OpeningDraft, InspectionLineDraft, InspectionDraft):
    _draft.model_rebuild()
