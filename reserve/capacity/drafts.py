"""Inputs of every verb on capacity."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, Field

from reserve.capacity.terms import DeclarationKind, Ownership, ProducerRole, ProductKind, QualityStatus
from reserve.drafts import Draft
from reserve.incidents.terms import Evidence
from reserve.quantities import MAX_QUANTITY
from reserve.stock.terms import Fund

Code = Field(min_length=1, max_length=40, pattern=r"^[A-Z0-9][A-Z0-9-]*$")
Pieces = Field(gt=0, le=MAX_QUANTITY, strict=True)
PiecesOrNone = Field(ge=0, le=MAX_QUANTITY, strict=True)


# --- the register -------------------------------------------------------------------------------------------------


class CapacityBaseDraft(Draft):
    """A production-capacity reserve base; the plan asks for three to five."""

    code: str = Code
    name_zh: str = Field(min_length=1)
    lead_region_code: str
    cluster_zh: str = ""
    focus: str = ""


class ProducerDraft(Draft):
    """An enterprise that makes emergency goods: the organisation, and the plant where its output is booked."""

    code: str = Code
    organisation_code: str
    site_code: str
    role: ProducerRole
    ownership: Ownership
    quality_status: QualityStatus = QualityStatus.PENDING
    cluster_zh: str = ""
    capacity_base_code: str | None = None
    material_days_on_hand: int = Field(default=0, ge=0)
    """Days of material it keeps, at normal output."""
    holds_stock_on_behalf: bool = False


class ProducersDraft(Draft):
    capacity_bases: tuple[CapacityBaseDraft, ...] = ()
    producers: tuple[ProducerDraft, ...] = ()


class LineDraft(Draft):
    """A version of a line: capacities (日产能, 最大日产能) in pieces of its product a day, not output."""

    code: str = Code
    producer_code: str
    product_code: str
    product_kind: ProductKind = ProductKind.ITEM
    line_count: int = Field(default=1, ge=1)
    normal_daily: int = PiecesOrNone
    max_daily: int = Pieces
    changeover_hours: int = Field(default=0, ge=0)
    ramp_up_days: int = Field(default=0, ge=0)
    release_lag_days: int = Field(default=0, ge=0)
    previous_product: str = ""
    """What it makes now, when that is something else."""
    min_batch: int = Field(default=1, ge=1)


class LinesDraft(Draft):
    lines: tuple[LineDraft, ...] = Field(min_length=1)
    valid_from: AwareDatetime | None = None


class MaterialDraft(Draft):
    code: str = Code
    name_zh: str = Field(min_length=1)
    name_en: str = ""
    unit: str = Field(min_length=1)
    group: str = ""


class MaterialSupplyDraft(Draft):
    """What comes in of a material each day in the whole province, whole units; from ``valid_from`` on."""

    material_code: str
    daily_quantity: int = PiecesOrNone
    in_province_permille: int = Field(default=1000, ge=0, le=1000)
    """The part of it that is made in the province."""
    evidence: Evidence = Evidence.DECLARED


class BomLineDraft(Draft):
    """``numerator / denominator`` units of the material go into one unit of the product (an item or a material)."""

    product_code: str
    material_code: str
    numerator: int = Field(gt=0)
    denominator: int = Field(gt=0)


class MaterialsDraft(Draft):
    materials: tuple[MaterialDraft, ...] = ()
    bom: tuple[BomLineDraft, ...] = ()
    supplies: tuple[MaterialSupplyDraft, ...] = ()
    valid_from: AwareDatetime | None = None


# --- what is declared and agreed ----------------------------------------------------------------------------------


class CapacityDeclarationDraft(Draft):
    """Daily capacity of a line for a span of days, both included. Records expire: declare again in time."""

    line_code: str
    daily_quantity: int = PiecesOrNone
    valid_from: date
    valid_until: date
    evidence: Evidence = Evidence.DECLARED
    note: str = ""


class CapacityDeclarationsDraft(Draft):
    declarations: tuple[CapacityDeclarationDraft, ...] = Field(min_length=1)


class AgreementDraft(Draft):
    """A holding agreement (代储协议): a producer keeps goods for a beneficiary and gives them up on call."""

    code: str = Code
    producer_code: str
    beneficiary_code: str
    item_code: str
    quantity: int = PiecesOrNone
    """0 ends it."""
    fee_minor: int = Field(ge=0)
    """A year, 分."""
    call_notice_hours: int = Field(ge=0)
    valid_from: date
    valid_until: date


class AgreementsDraft(Draft):
    agreements: tuple[AgreementDraft, ...] = Field(min_length=1)


class HoldingDraft(Draft):
    """What a holder outside government says it has. Never stock."""

    holder_code: str
    kind: DeclarationKind
    item_code: str
    quantity: int = PiecesOrNone
    evidence: Evidence = Evidence.DECLARED
    confirmed_on: date
    note: str = ""


class HoldingsDraft(Draft):
    holdings: tuple[HoldingDraft, ...] = Field(min_length=1)


class OfferAcceptanceDraft(Draft):
    """Take up what a holder declared, as it stands now, in full or in part."""

    holder_code: str
    kind: DeclarationKind
    item_code: str
    quantity: int = Pieces
    reason: str = Field(min_length=1)


# --- production orders --------------------------------------------------------------------------------------------


class ProductionOrderDraft(Draft):
    """生产指令: a designated line makes so many a day, from one day to another, both included."""

    organisation_code: str
    """Who orders."""
    incident_code: str
    line_code: str
    item_code: str
    quantity_per_day: int = Pieces
    from_on: date
    to_on: date
    quality_standard: str = Field(min_length=1)
    delivery_site: str
    beneficiary_code: str
    """Who will own what is made."""
    fund: Fund
    unit_price_minor: int = Field(ge=0)
    price_basis: str = Field(min_length=1)
    basis: str = "Emergency Response Law 2024, art. 76"


class ProductionOrderRefDraft(Draft):
    document_number: str
    reason: str = ""


class ProductionCancellationDraft(Draft):
    document_number: str
    reason: str = Field(min_length=1)


class OutputReportDraft(Draft):
    """日报: what an order made on one day. ``cumulative_good`` proves that no day is missing or doubled."""

    document_number: str
    day: date
    good: int = PiecesOrNone
    scrap: int = Field(default=0, ge=0, le=MAX_QUANTITY, strict=True)
    cumulative_good: int = PiecesOrNone
    """Good pieces from the first day of the order to this one."""
    correction_reason: str = ""
    """Needed when the day is reported already."""


class ReleaseDraft(Draft):
    """A finished lot passed its tests: booked at the plant for the beneficiary; rejected pieces never are ours."""

    document_number: str
    made_on: date
    accepted: int = PiecesOrNone
    rejected: int = Field(default=0, ge=0, le=MAX_QUANTITY, strict=True)
    lot_code: str = Field(min_length=1, max_length=80)
    expires_on: date | None = None
    printed_expiry: str = ""
    certificate: str = Field(min_length=1)
    pack_size: int | None = Field(default=None, ge=1)
    bin_code: str = "PROD"
