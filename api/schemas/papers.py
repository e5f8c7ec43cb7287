"""Answers about papers."""

from __future__ import annotations

from datetime import datetime

from api.schemas.base import Out
from reserve.papers.terms import Decision, DocumentKind, State


class DocumentRef(Out):
    number: str
    kind: DocumentKind
    incident_code: str | None
    title: str
    value_minor: int
    recorded_at: datetime


class DocumentRow(DocumentRef):
    state: State
    organisation_code: str


class LineOut(Out):
    line_no: int
    item_code: str
    quantity: int
    approved_quantity: int
    source_code: str
    receiver_code: str
    owner_code: str
    ground: str
    latest_arrival_at: datetime | None
    value_minor: int
    note: str


class StepOut(Out):
    step: int
    role: str
    quorum: int
    scope_path: str


class SignatureOut(Out):
    line_no: int
    step: int
    role: str
    person_id: int
    decision: Decision
    ceiling: int
    recorded_at: datetime
    reason: str


class StateOut(Out):
    state: State
    previous: State | None
    occurred_at: datetime
    recorded_at: datetime
    person_id: int
    reason: str


class DocumentOut(DocumentRow):
    """A whole paper: lines with what is approved on each, steps, signatures, history. Persons are opaque ids."""

    content: str
    response_level: str | None
    holder_relation: str | None
    lines: list[LineOut]
    steps: list[StepOut]
    signatures: list[SignatureOut]
    history: list[StateOut]


class MatrixRowOut(Out):
    document_kind: str
    response_level: str
    holder_relation: str
    value_minor_from: int
    quantity_from: int | None
    step: int
    role: str
    quorum: int
