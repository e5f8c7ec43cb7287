"""Answers about the catalogue."""

from __future__ import annotations

from datetime import datetime

from api.schemas.base import Out
from reserve.catalogue.terms import LifeCycle


class CatalogueRecordedOut(Out):
    categories: int
    items: int
    substitutions: int


class CategoryOut(Out):
    code: str
    name_zh: str
    name_en: str
    gb_class: str


class ItemOut(Out):
    """An item; quantities of it are whole numbers of ``unit``. Weight in g, volume in cm³, price in 分."""

    code: str
    gb_code: str | None
    name_zh: str
    name_en: str
    unit: str
    category_code: str
    scenarios: str
    shelf_life_months: int | None
    min_remaining_months: int
    weight_g: int
    volume_cm3: int
    quality_standard: str
    substitution_group: str
    equivalence_millis: int
    is_reusable: bool
    needs_cold_chain: bool
    needs_certificate: bool
    life_cycle: LifeCycle
    reserve_modes: str
    pack_size: int
    unit_price_minor: int
    service_life_days: int | None


class SubstitutionOut(Out):
    needed_item: str
    substitute_item: str
    numerator: int
    denominator: int
    allowed_context: str
    forbidden_context: str
    is_enabled: bool
    basis: str
    penalty_millis: int


class SubstitutionDecisionOut(Out):
    is_enabled: bool
    reason: str
    person_id: int
    recorded_at: datetime


class TradeCodesRecordedOut(Out):
    codes: int


class EquipmentRecordedOut(Out):
    kinds: int


class EquipmentOut(Out):
    """An item kept by serial number. ``calibration_days``: how long a calibration is good for; empty: none needed."""

    item_code: str
    calibration_days: int | None


class TradeCodeOut(Out):
    """``pieces``: base units in one of what the code names."""

    code: str
    item_code: str
    pieces: int
