"""Mandates, floors and cascade as versions of whole sets, and the targets computed from them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base
from reserve.incidents.picture import Confidence
from reserve.mandates.terms import CoverageDriver, GapReason, SourceKind
from reserve.organisations.terms import Tier
from reserve.papers.terms import DocumentKind, ResponseLevel
from reserve.stock.terms import FloorKind


class MandateRow(AppendOnly, Base):
    """What a tier must hold of a category. ``quantity`` is an exact decimal, as text."""

    __tablename__ = "mandate"
    __table_args__ = (UniqueConstraint("version", "row_no"),)

    version: Mapped[int]
    row_no: Mapped[int]
    tier: Mapped[Tier]
    category: Mapped[str] = mapped_column(ForeignKey("item_category.code"))
    driver: Mapped[CoverageDriver]
    quantity: Mapped[str]
    unit: Mapped[str]
    reserve_modes: Mapped[str]
    hazard_tags: Mapped[str]
    confidence: Mapped[Confidence]
    source: Mapped[str]
    basis: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class TeamEquipmentRow(AppendOnly, Base):
    """Equipment standard of a team type (装备配备标准), with the mandates of the same version."""

    __tablename__ = "team_equipment"
    __table_args__ = (UniqueConstraint("version", "row_no"),)

    version: Mapped[int]
    row_no: Mapped[int]
    team_type: Mapped[str]
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"))
    quantity: Mapped[int]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class FloorRuleRow(AppendOnly, Base):
    """Share that a tier keeps; ``by_level`` is ``IV:0.6;III:0.4``."""

    __tablename__ = "floor_rule"
    __table_args__ = (UniqueConstraint("version", "row_no"),)

    version: Mapped[int]
    row_no: Mapped[int]
    tier: Mapped[Tier]
    kind: Mapped[FloorKind]
    share: Mapped[str]
    by_level: Mapped[str]
    basis: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class CascadeRow(AppendOnly, Base):
    """A step of the cascade (动用次序) with the authority that opens it."""

    __tablename__ = "cascade_step"
    __table_args__ = (UniqueConstraint("version", "row_no"),)

    version: Mapped[int]
    row_no: Mapped[int]
    step: Mapped[int]
    source_kind: Mapped[SourceKind]
    opens_at: Mapped[ResponseLevel]
    authority: Mapped[str]
    notice_document: Mapped[DocumentKind]
    note: Mapped[str]
    basis: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class TargetVersion(AppendOnly, Base):
    """What a holder must hold of an item from a time on, base units; 0 ends it."""

    __tablename__ = "mandate_target"
    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        Index("ix_mandate_target_of", "organisation_id", "item_code"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    tier: Mapped[Tier]
    category: Mapped[str]
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"), index=True)
    quantity: Mapped[int]
    driver: Mapped[CoverageDriver]
    norm_codes: Mapped[str]
    confidence: Mapped[Confidence]
    is_coverage: Mapped[bool]
    mandate_version: Mapped[int]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class GapRow(AppendOnly, Base):
    """An item of a mandate without a number, found when the targets of a holder were computed."""

    __tablename__ = "mandate_gap"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    tier: Mapped[Tier]
    category: Mapped[str]
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"))
    driver: Mapped[CoverageDriver]
    reason: Mapped[GapReason]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]
