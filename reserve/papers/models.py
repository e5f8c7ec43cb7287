"""Documents and all that is written on them. Rows are added; the state of a document is its last state row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base, enum_type
from reserve.papers.terms import Decision, DocumentKind, State


class NumberSeries(Base):
    """The last number given per kind, organisation and year; taken under lock, last of all."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("kind", "organisation_code", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DocumentKind]
    organisation_code: Mapped[str]
    year: Mapped[int]
    last: Mapped[int]


class Document(AppendOnly, Base):
    """A numbered paper. ``content`` is what it says beyond its lines, as canonical JSON."""

    __tablename__ = "document"

    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[DocumentKind] = mapped_column(index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    incident_code: Mapped[str | None] = mapped_column(index=True)
    title: Mapped[str]
    content: Mapped[str]
    response_level: Mapped[str | None]
    holder_relation: Mapped[str | None]
    value_minor: Mapped[int]
    drafted_by_user: Mapped[int]
    drafted_by_person: Mapped[int]
    requested_by_person: Mapped[int | None]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    refers_to_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    """The paper that this one reverses, amends, cuts or explains."""


class DocumentLine(AppendOnly, Base):
    """One line; its ``content_hash`` is what a signature binds."""

    __tablename__ = "document_line"
    __table_args__ = (
        UniqueConstraint("document_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    line_no: Mapped[int]
    item_code: Mapped[str] = mapped_column(index=True)
    quantity: Mapped[int]
    source_code: Mapped[str]
    receiver_code: Mapped[str]
    owner_code: Mapped[str]
    ground: Mapped[str]
    latest_arrival_at: Mapped[datetime | None]
    value_minor: Mapped[int]
    note: Mapped[str]
    content_hash: Mapped[str]


class DocumentState(AppendOnly, Base):
    """A document entered a state: who, when, why, at which place in the order of everything."""

    __tablename__ = "document_state"
    __table_args__ = (UniqueConstraint("position"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    state: Mapped[State]
    previous: Mapped[State | None] = mapped_column(enum_type(State, "previous"))
    position: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    user_id: Mapped[int]
    person_id: Mapped[int]
    reason: Mapped[str]


class ApprovalRule(AppendOnly, Base):
    """A row of the approval matrix, as known from ``recorded_at`` on. The newest version is the matrix in force."""

    __tablename__ = "approval_rule"
    __table_args__ = (UniqueConstraint("version", "row_no"),)

    version: Mapped[int]
    row_no: Mapped[int]
    document_kind: Mapped[str]
    response_level: Mapped[str]
    holder_relation: Mapped[str]
    value_minor_from: Mapped[int]
    quantity_from: Mapped[int | None]
    step: Mapped[int]
    role: Mapped[str]
    quorum: Mapped[int]
    basis: Mapped[str]
    recorded_at: Mapped[datetime]


class ApprovalStep(AppendOnly, Base):
    """A step that this document must pass, fixed when it was submitted."""

    __tablename__ = "approval_step"
    __table_args__ = (UniqueConstraint("document_id", "step", "role"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    step: Mapped[int]
    role: Mapped[str]
    quorum: Mapped[int]
    scope_path: Mapped[str]
    recorded_at: Mapped[datetime]


class Signature(AppendOnly, Base):
    """One person's decision on one line in one step. Good for the ceiling and less, while the content is equal."""

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("document_id", "person_id", "line_no"),
        CheckConstraint("ceiling >= 0", name="ceiling_not_negative"),
    )

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    line_no: Mapped[int]
    step: Mapped[int]
    role: Mapped[str]
    scope_path: Mapped[str]
    """The organisation over which the signer held the role."""
    user_id: Mapped[int]
    person_id: Mapped[int]
    decision: Mapped[Decision]
    ceiling: Mapped[int]
    content_hash: Mapped[str]
    position: Mapped[int]
    recorded_at: Mapped[datetime]
    reason: Mapped[str]
