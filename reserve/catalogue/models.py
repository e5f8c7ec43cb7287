"""Items and what belongs to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.catalogue.terms import LifeCycle
from reserve.db import AppendOnly, Base


class Category(Base):
    __tablename__ = "item_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    gb_class: Mapped[str]


class Item(Base):
    """A kind of goods. Everything counted of it is a whole number of ``unit``."""

    __tablename__ = "item"
    __table_args__ = (CheckConstraint("pack_size > 0", name="pack_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    gb_code: Mapped[str | None]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    unit: Mapped[str]
    category_code: Mapped[str] = mapped_column(ForeignKey("item_category.code"), index=True)
    scenarios: Mapped[str]
    shelf_life_months: Mapped[int | None]
    min_remaining_months: Mapped[int]
    weight_g: Mapped[int]
    volume_cm3: Mapped[int]
    quality_standard: Mapped[str]
    substitution_group: Mapped[str]
    equivalence_millis: Mapped[int]
    is_reusable: Mapped[bool]
    needs_cold_chain: Mapped[bool]
    needs_certificate: Mapped[bool]
    life_cycle: Mapped[LifeCycle]
    reserve_modes: Mapped[str]
    pack_size: Mapped[int]
    unit_price_minor: Mapped[int]
    service_life_days: Mapped[int | None]
    recorded_at: Mapped[datetime]


class Equipment(Base):
    """An item that is kept machine by machine, each by its serial number."""

    __tablename__ = "item_equipment"
    __table_args__ = (CheckConstraint("calibration_days > 0", name="calibration_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"), unique=True)
    calibration_days: Mapped[int | None]
    """Days that a calibration is good for; none: it needs no calibration."""
    recorded_at: Mapped[datetime]


class TradeCode(Base):
    """What a maker's label calls an item in one pack size: a GTIN of 14 digits, an MA or AHM device identifier."""

    __tablename__ = "trade_code"
    __table_args__ = (CheckConstraint("pieces > 0", name="pieces_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"), index=True)
    pieces: Mapped[int]
    """Base units in one of what the code names."""
    recorded_at: Mapped[datetime]


class Substitution(Base):
    __tablename__ = "substitution"
    __table_args__ = (
        UniqueConstraint("needed_item", "substitute_item"),
        CheckConstraint("needed_item <> substitute_item", name="different_items"),
        CheckConstraint("numerator > 0 AND denominator > 0", name="ratio_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    needed_item: Mapped[str] = mapped_column(ForeignKey("item.code"))
    substitute_item: Mapped[str] = mapped_column(ForeignKey("item.code"))
    numerator: Mapped[int]
    denominator: Mapped[int]
    allowed_context: Mapped[str]
    forbidden_context: Mapped[str]
    is_enabled: Mapped[bool]
    basis: Mapped[str]
    penalty_millis: Mapped[int]
    """How ill it serves, in thousandths; of several substitutes the one with the least goes first."""


class SubstitutionDecision(AppendOnly, Base):
    """Who enabled or stopped a substitute, when and why. ``Substitution.is_enabled`` is the last of them."""

    __tablename__ = "substitution_decision"

    substitution_id: Mapped[int] = mapped_column(ForeignKey("substitution.id"), index=True)
    is_enabled: Mapped[bool]
    reason: Mapped[str]
    user_id: Mapped[int]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]
