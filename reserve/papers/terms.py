"""Words for papers: kinds, states, the arrows between states, approvals and signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from reserve.drafts import Draft


class DocumentKind(StrEnum):
    """Every paper the system writes; the value also keys the approval matrix."""

    OPENING_BALANCE = "opening_balance"
    RECEIPT = "receipt"
    ISSUE_NOTE = "issue_note"
    TRANSFER_NOTE = "transfer_note"
    ADJUSTMENT = "adjustment"
    COUNT_SHEET = "count_sheet"
    COUNT_VARIANCE = "count_variance"
    REVERSAL = "reversal"
    BLOCK_NOTICE = "block_notice"
    DISPOSAL = "disposal"
    RESPONSE_ACTIVATION = "response_activation"
    REQUEST = "request"
    DISPATCH_ORDER = "dispatch_order"
    PRODUCTION_ORDER = "production_order"
    FLOOR_RELEASE = "floor_release"
    STRATEGIC_FLOOR_RELEASE = "strategic_floor_release"
    REQUISITION_DECISION = "requisition_decision"
    DIRECT_CALL = "direct_call"
    AID_REQUEST = "aid_request"
    CUT = "cut"
    OFFER = "offer"


NUMBER_CODE: Mapping[DocumentKind, str] = {
    DocumentKind.OPENING_BALANCE: "OPN",
    DocumentKind.RECEIPT: "RCP",
    DocumentKind.ISSUE_NOTE: "ISS",
    DocumentKind.TRANSFER_NOTE: "TRF",
    DocumentKind.ADJUSTMENT: "ADJ",
    DocumentKind.COUNT_SHEET: "CNT",
    DocumentKind.COUNT_VARIANCE: "CVR",
    DocumentKind.REVERSAL: "REV",
    DocumentKind.BLOCK_NOTICE: "BLK",
    DocumentKind.DISPOSAL: "DIS",
    DocumentKind.RESPONSE_ACTIVATION: "ACT",
    DocumentKind.REQUEST: "REQ",
    DocumentKind.DISPATCH_ORDER: "DSP",
    DocumentKind.PRODUCTION_ORDER: "PRD",
    DocumentKind.FLOOR_RELEASE: "FLR",
    DocumentKind.STRATEGIC_FLOOR_RELEASE: "SFR",
    DocumentKind.REQUISITION_DECISION: "RQS",
    DocumentKind.DIRECT_CALL: "DCL",
    DocumentKind.AID_REQUEST: "AID",
    DocumentKind.CUT: "CUT",
    DocumentKind.OFFER: "OFR",
}
"""First part of a document number."""


class State(StrEnum):
    POSTED = "posted"
    REVERSED = "reversed"
    COUNTING = "counting"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ISSUED = "issued"
    IN_EXECUTION = "in_execution"
    CANCELLED = "cancelled"
    CLOSED = "closed"


_POSTED_AT_ONCE: Mapping[State | None, frozenset[State]] = {
    None: frozenset({State.POSTED}),
    State.POSTED: frozenset({State.REVERSED}),
}
_SIGNED: Mapping[State | None, frozenset[State]] = {
    None: frozenset({State.DRAFT, State.SUBMITTED}),
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.APPROVED, State.REJECTED, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.ISSUED, State.WITHDRAWN, State.CLOSED}),
    State.ISSUED: frozenset({State.IN_EXECUTION, State.CANCELLED, State.CLOSED}),
    State.IN_EXECUTION: frozenset({State.CANCELLED, State.CLOSED}),
    State.CANCELLED: frozenset({State.CLOSED}),
}
_COUNTED: Mapping[State | None, frozenset[State]] = {
    None: frozenset({State.COUNTING}),
    State.COUNTING: frozenset({State.POSTED, State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.POSTED, State.REJECTED}),
    State.POSTED: frozenset({State.REVERSED}),
}
_AT_ONCE = frozenset(
    {
        DocumentKind.OPENING_BALANCE,
        DocumentKind.RECEIPT,
        DocumentKind.ISSUE_NOTE,
        DocumentKind.TRANSFER_NOTE,
        DocumentKind.ADJUSTMENT,
        DocumentKind.REVERSAL,
        DocumentKind.BLOCK_NOTICE,
        DocumentKind.REQUEST,
        DocumentKind.OFFER,
    }
)


def arrows(kind: DocumentKind) -> Mapping[State | None, frozenset[State]]:
    """Which state may follow which (invariant A03). ``None`` is the state before the first."""
    if kind in _AT_ONCE:
        return _POSTED_AT_ONCE
    return _COUNTED if kind is DocumentKind.COUNT_SHEET else _SIGNED


class ResponseLevel(StrEnum):
    """IV lowest, I highest (Emergency Response Law 2024, art. 71)."""

    IV = "IV"
    III = "III"
    II = "II"
    I = "I"  # noqa: E741 - the law's own numeral

    @property
    def rank(self) -> int:
        """1 for IV up to 4 for I."""
        return list(ResponseLevel).index(self) + 1


class HolderRelation(StrEnum):
    """How the owner of the goods stands to the body that leads the response."""

    ANY = "any"
    OWN = "own"
    ABOVE = "above"
    NEIGHBOUR = "neighbour"
    OTHER = "other"


class Decision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class LineContent:
    """What a signature covers: item, source, receiver, ground, latest arrival, and a quantity as ceiling."""

    line_no: int
    item_code: str
    quantity: int
    source_code: str = ""
    receiver_code: str = ""
    owner_code: str = ""
    ground: str = ""
    latest_arrival_at: datetime | None = None
    value_minor: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepRule:
    """One row of the approval matrix."""

    document_kind: str
    response_level: str
    holder_relation: str
    value_minor_from: int
    quantity_from: int | None
    step: int
    role: str
    quorum: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an approval case: so many persons with this role whose scope covers ``scope_path``."""

    step: int
    role: str
    quorum: int
    scope_path: str


@dataclass(frozen=True, slots=True)
class SignatureGiven:
    step: int
    role: str
    person_id: int
    line_no: int
    ceiling: int
    content_hash: str
    decision: Decision


class MatrixRowDraft(Draft):
    """A row of the approval matrix (seed/data/approval_matrix.csv)."""

    document_kind: str
    response_level: str = Field(pattern="^(any|IV|III|II|I)$")
    holder_relation: HolderRelation
    value_minor_from: int = Field(ge=0)
    quantity_from: int | None = Field(default=None, ge=0)
    step: int = Field(ge=1)
    role: str
    quorum: int = Field(ge=1)
    basis: str = ""


class MatrixDraft(Draft):
    """A whole approval matrix; it takes the place of the one in force from ``now`` on."""

    rows: tuple[MatrixRowDraft, ...]


class SignatureDraft(Draft):
    """A decision on lines of a document. No lines means all of them; a ceiling lowers what is approved."""

    document_number: str
    decision: Decision = Decision.APPROVE
    lines: tuple[LineDecision, ...] = ()
    reason: str = ""


class LineDecision(Draft):
    line_no: int = Field(ge=1)
    ceiling: int = Field(ge=0)


class WithdrawalDraft(Draft):
    document_number: str
    reason: str = Field(min_length=1)


SignatureDraft.model_rebuild()
