"""Answers about what can be made. Capacities are pieces a day."""

from __future__ import annotations

from datetime import date, datetime

from api.schemas.base import Out
from reserve.capacity.terms import (
    DeclarationKind,
    Ownership,
    ProducerRole,
    ProductKind,
    QualityStatus,
    SupplyKind,
)
from reserve.incidents.terms import Evidence
from reserve.papers.terms import State


class StrandedOut(Out):
    order_number: str
    line_code: str
    day: date
    committed: int
    declared: int


class CapacityDeclaredOut(Out):
    """Rows written, and promises that no declaration backs any more."""

    rows: int
    stranded: tuple[StrandedOut, ...]


class ReportedOut(Out):
    number: str
    day: date
    good: int
    scrap: int
    cumulative_good: int
    waiting: int


class ReleasedOut(Out):
    number: str
    order_number: str
    accepted: int
    rejected: int
    waiting: int


class HoldingOut(Out):
    kind: DeclarationKind
    item_code: str
    quantity: int
    evidence: Evidence
    confirmed_on: date
    accepted: int
    note: str
    valid_from: datetime
    recorded_at: datetime


class HolderHoldingOut(HoldingOut):
    holder_code: str


class ProducerOut(Out):
    code: str
    organisation_path: str
    site_code: str
    role: ProducerRole
    ownership: Ownership
    quality_status: QualityStatus
    cluster_zh: str
    capacity_base_code: str | None
    material_days_on_hand: int
    holds_stock_on_behalf: bool


class LineOut(Out):
    code: str
    producer_code: str
    product_code: str
    product_kind: ProductKind
    normal_daily: int
    max_daily: int
    changeover_hours: int
    ramp_up_days: int
    release_lag_days: int
    min_batch: int


class DeclaredOut(Out):
    line_code: str
    daily_quantity: int
    evidence: Evidence
    valid_from: date
    valid_until: date


class ProducerWholeOut(ProducerOut):
    lines: list[LineOut]
    declarations: list[DeclaredOut]


class MaterialOut(Out):
    code: str
    name_zh: str
    name_en: str
    unit: str
    group: str


class SupplyOut(Out):
    """Goods expected at a site, what a plan may use besides stock."""

    code: str
    kind: SupplyKind
    site_code: str
    item_code: str
    owner_code: str
    quantity: int
    available_from: datetime
    evidence: Evidence
    document_number: str
    incident_code: str | None
    reason: str


class DayOut(Out):
    day: date
    planned: int
    good: int | None
    scrap: int | None


class ProductionOrderOut(Out):
    """An order with its promise and its output by day; ``made`` of ``planned`` over the closed days."""

    number: str
    state: State
    incident_code: str
    line_code: str
    item_code: str
    quantity_per_day: int
    from_on: date
    to_on: date
    delivery_site: str
    unit_price_minor: int
    planned: int
    made: int
    days: list[DayOut]


class LateReportOut(Out):
    order_number: str
    producer_code: str
    line_code: str
    days: tuple[date, ...]
