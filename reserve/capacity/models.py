"""Producers, lines, what they declare and promise, and what is expected of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.capacity.terms import DeclarationKind, Ownership, ProducerRole, ProductKind, QualityStatus, SupplyKind
from reserve.db import AppendOnly, Base
from reserve.incidents.terms import Evidence
from reserve.stock.terms import Fund


class CapacityBase(Base):
    """A production-capacity reserve base (应急物资生产能力储备基地)."""

    __tablename__ = "capacity_base"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    lead_region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    cluster_zh: Mapped[str]
    focus: Mapped[str]


class Producer(Base):
    """An enterprise that makes emergency goods. Its row is the lock under which its lines are promised."""

    __tablename__ = "producer"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    organisation_path: Mapped[str] = mapped_column(index=True)
    site_code: Mapped[str] = mapped_column(ForeignKey("site.code"))
    role: Mapped[ProducerRole]
    ownership: Mapped[Ownership]
    quality_status: Mapped[QualityStatus]
    cluster_zh: Mapped[str]
    capacity_base_code: Mapped[str | None] = mapped_column(ForeignKey("capacity_base.code"))
    material_days_on_hand: Mapped[int]
    holds_stock_on_behalf: Mapped[bool]


class LineVersion(AppendOnly, Base):
    """A line as it is from a time on. At T the version with the latest ``valid_from`` not after T holds."""

    __tablename__ = "production_line"
    __table_args__ = (CheckConstraint("normal_daily <= max_daily", name="normal_within_max"),)

    code: Mapped[str] = mapped_column(index=True)
    producer_code: Mapped[str] = mapped_column(ForeignKey("producer.code"), index=True)
    product_code: Mapped[str] = mapped_column(index=True)
    product_kind: Mapped[ProductKind]
    line_count: Mapped[int]
    normal_daily: Mapped[int]
    max_daily: Mapped[int]
    changeover_hours: Mapped[int]
    ramp_up_days: Mapped[int]
    release_lag_days: Mapped[int]
    previous_product: Mapped[str]
    min_batch: Mapped[int]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Material(Base):
    """A raw material or core part, in its own unit."""

    __tablename__ = "material"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    unit: Mapped[str]
    group: Mapped[str] = mapped_column("material_group")


class BomLine(Base):
    """What goes into one unit of a product, an item or another material."""

    __tablename__ = "bom_line"
    __table_args__ = (
        UniqueConstraint("product_code", "material_code"),
        CheckConstraint("numerator > 0 AND denominator > 0", name="quantity_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_code: Mapped[str]
    material_code: Mapped[str] = mapped_column(ForeignKey("material.code"))
    numerator: Mapped[int]
    denominator: Mapped[int]


class MaterialSupply(AppendOnly, Base):
    """What comes in of a material each day, from a time on; whole units."""

    __tablename__ = "material_supply"

    material_code: Mapped[str] = mapped_column(ForeignKey("material.code"), index=True)
    daily_quantity: Mapped[int]
    in_province_permille: Mapped[int]
    evidence: Mapped[Evidence]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class CapacityDeclaration(AppendOnly, Base):
    """What a line can make each day, for a span of days, and how well that is proved."""

    __tablename__ = "capacity_declaration"
    __table_args__ = (CheckConstraint("valid_from <= valid_until", name="span"),)

    line_code: Mapped[str] = mapped_column(index=True)
    daily_quantity: Mapped[int]
    evidence: Mapped[Evidence]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    note: Mapped[str]
    user_id: Mapped[int]
    recorded_at: Mapped[datetime]


class HoldingAgreement(AppendOnly, Base):
    """A version of a holding agreement; the last recorded one stands, quantity 0 means ended."""

    __tablename__ = "holding_agreement"

    code: Mapped[str] = mapped_column(index=True)
    producer_code: Mapped[str] = mapped_column(ForeignKey("producer.code"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"), index=True)
    quantity: Mapped[int]
    fee_minor: Mapped[int]
    call_notice_hours: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    recorded_at: Mapped[datetime]


class HolderDeclaration(AppendOnly, Base):
    """What a holder outside government says it has; the last version by holder, kind and item stands. Never stock."""

    __tablename__ = "holder_declaration"
    __table_args__ = (Index("ix_holder_declaration_of", "holder_id", "kind", "item_code"),)

    holder_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[DeclarationKind]
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"))
    quantity: Mapped[int]
    evidence: Mapped[Evidence]
    confirmed_on: Mapped[date]
    accepted: Mapped[int]
    """How much of it has been taken up; declaring anew starts at 0."""
    note: Mapped[str]
    user_id: Mapped[int]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class ProductionOrder(AppendOnly, Base):
    """What a production order says beyond its line."""

    __tablename__ = "production_order"
    __table_args__ = (CheckConstraint("from_on <= to_on", name="span"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    incident_code: Mapped[str] = mapped_column(index=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    line_code: Mapped[str] = mapped_column(index=True)
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"))
    quantity_per_day: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date]
    quality_standard: Mapped[str]
    delivery_site: Mapped[str] = mapped_column(ForeignKey("site.code"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fund: Mapped[Fund]
    unit_price_minor: Mapped[int]
    price_basis: Mapped[str]
    recorded_at: Mapped[datetime]


class PlannedOutput(AppendOnly, Base):
    """What an order should make on one day, as planned when it was issued; a later row for the day changes it."""

    __tablename__ = "planned_output"

    order_id: Mapped[int] = mapped_column(ForeignKey("production_order.id"), index=True)
    day: Mapped[date]
    quantity: Mapped[int]
    recorded_at: Mapped[datetime]


class OutputReport(AppendOnly, Base):
    """What an order made on one day; a later row for the same day corrects it."""

    __tablename__ = "output_report"

    order_id: Mapped[int] = mapped_column(ForeignKey("production_order.id"), index=True)
    day: Mapped[date]
    good: Mapped[int]
    scrap: Mapped[int]
    correction_reason: Mapped[str]
    user_id: Mapped[int]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class OutputRelease(AppendOnly, Base):
    """A finished lot was tested: accepted pieces are stock now, rejected ones never will be."""

    __tablename__ = "output_release"

    order_id: Mapped[int] = mapped_column(ForeignKey("production_order.id"), index=True)
    made_on: Mapped[date]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The receipt; empty when the whole lot was rejected."""
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("stock_lot.id"))
    accepted: Mapped[int]
    rejected: Mapped[int]
    user_id: Mapped[int]
    recorded_at: Mapped[datetime]


class ExpectedSupply(AppendOnly, Base):
    """A version of goods expected at a site. Quantity 0: they came, or will not come. Written by ``supplies.py``."""

    __tablename__ = "expected_supply"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity_not_negative"),)

    code: Mapped[str] = mapped_column(index=True)
    kind: Mapped[SupplyKind]
    site_code: Mapped[str] = mapped_column(ForeignKey("site.code"), index=True)
    item_code: Mapped[str] = mapped_column(ForeignKey("item.code"), index=True)
    owner_code: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    quantity: Mapped[int]
    available_from: Mapped[datetime]
    evidence: Mapped[Evidence]
    document_number: Mapped[str] = mapped_column(index=True)
    incident_code: Mapped[str | None]
    reason: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Peg(AppendOnly, Base):
    """Part of an expected supply promised to an order line (挂靠); at receipt it becomes a hold at once."""

    __tablename__ = "peg"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    supply_code: Mapped[str] = mapped_column(index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    document_line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"))
    quantity: Mapped[int]
    placed_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(unique=True)


class PegEnd(AppendOnly, Base):
    """A peg ended, once: its goods came and are held, or it was given up."""

    __tablename__ = "peg_end"

    peg_id: Mapped[int] = mapped_column(ForeignKey("peg.id"), unique=True)
    held: Mapped[int]
    """What of it became a hold; 0 where it was given up."""
    reason: Mapped[str]
    user_id: Mapped[int]
    ended_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(unique=True)
