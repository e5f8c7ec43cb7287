"""Words for what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from reserve.drafts import Draft
from reserve.quantities import MAX_QUANTITY


class LifeCycle(StrEnum):
    CONSUMABLE = "consumable"
    DURABLE = "durable"


class ReserveMode(StrEnum):
    PHYSICAL = "physical"
    AGREEMENT = "agreement"
    CAPACITY = "capacity"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the laws of stock and dispatch need to know of an item."""

    code: str
    unit: str
    must_expire: bool
    """A lot without an expiry date is not usable."""
    min_remaining_months: int
    """Life that must be left when it is issued, calendar months."""
    pack_size: int
    unit_price_minor: int
    weight_g: int
    volume_cm3: int
    needs_certificate: bool
    is_reusable: bool


class CategoryDraft(Draft):
    code: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    gb_class: str = ""


class ItemDraft(Draft):
    """An item of the catalogue; quantities of it are whole numbers of ``unit``."""

    code: str = Field(pattern=r"^[A-Z][0-9]{7}$")
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    category: str
    scenarios: tuple[str, ...] = ()
    shelf_life_months: int | None = Field(default=None, ge=1)
    min_remaining_months: int = Field(default=0, ge=0)
    weight_g: int = Field(ge=0)
    volume_cm3: int = Field(ge=0)
    quality_standard: str = ""
    substitution_group: str = ""
    equivalence_millis: int = Field(default=1000, ge=0)
    is_reusable: bool = False
    needs_cold_chain: bool = False
    needs_certificate: bool = False
    life_cycle: LifeCycle = LifeCycle.CONSUMABLE
    reserve_modes: tuple[ReserveMode, ...] = ()
    pack_size: int = Field(default=1, ge=1)
    unit_price_minor: int = Field(ge=0)
    service_life_days: int | None = Field(default=None, ge=1)
    gb_code: str | None = None


class EquipmentKindDraft(Draft):
    """An item kept by serial number from now on."""

    item_code: str
    calibration_days: int | None = Field(default=None, ge=1, le=3660)
    """How long a calibration is good for; none: it needs no calibration."""


class EquipmentDraft(Draft):
    kinds: tuple[EquipmentKindDraft, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class EquipmentRecorded:
    kinds: int


class SubstitutionDraft(Draft):
    """What may stand in for what. Directed; used only once a competent person has enabled it."""

    needed_item: str
    substitute_item: str
    numerator: int = Field(ge=1)
    denominator: int = Field(ge=1)
    """``numerator / denominator`` units of the substitute stand in for one unit needed."""
    allowed_context: str = ""
    forbidden_context: str = ""
    is_enabled: bool = False
    """Counts when the pair is first entered; afterwards only a decision changes it."""
    basis: str = ""
    penalty_millis: int = Field(default=0, ge=0, le=1000)
    """How ill it serves, in thousandths; of several substitutes the one with the least goes first."""


class CatalogueDraft(Draft):
    categories: tuple[CategoryDraft, ...] = ()
    items: tuple[ItemDraft, ...] = ()
    substitutions: tuple[SubstitutionDraft, ...] = ()


class TradeCodeDraft(Draft):
    """What a maker's label calls an item: its GTIN (14 digits), MA or AHM device identifier, in one pack size."""

    code: str = Field(min_length=4, max_length=80)
    item_code: str
    pieces: int = Field(default=1, ge=1, le=MAX_QUANTITY, strict=True)
    """Base units in one of what the code names: 50 for a box of fifty."""


class TradeCodesDraft(Draft):
    """Codes to enter, or to point at another item or pack size. Nothing leaves the list this way."""

    codes: tuple[TradeCodeDraft, ...] = Field(min_length=1)


class SubstitutionDecisionDraft(Draft):
    """A competent person lets a substitute stand in, or stops it, and says why."""

    needed_item: str
    substitute_item: str
    reason: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class CatalogueRecorded:
    """How many rows of each kind the catalogue took in."""

    categories: int
    items: int
    substitutions: int


@dataclass(frozen=True, slots=True)
class TradeCodesRecorded:
    codes: int
