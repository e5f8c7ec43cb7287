"""Drafts of the verbs on mandates."""

from __future__ import annotations

from decimal import Decimal

from pydantic import AwareDatetime, Field

from reserve.drafts import Draft
from reserve.incidents.picture import Confidence
from reserve.mandates.terms import CoverageDriver, SourceKind
from reserve.organisations.terms import Tier
from reserve.papers.terms import DocumentKind, ResponseLevel
from reserve.quantities import MAX_QUANTITY
from reserve.stock.terms import FloorKind


class MandateDraft(Draft):
    """One row of tier_mandates.csv."""

    tier: Tier
    category: str
    driver: CoverageDriver
    quantity: Decimal = Field(ge=0)
    unit: str
    reserve_modes: tuple[str, ...] = ()
    hazard_tags: tuple[str, ...] = ()
    confidence: Confidence = Confidence.LOW
    source: str = ""


class TeamEquipmentDraft(Draft):
    team_type: str
    item_code: str
    quantity: int = Field(ge=0, le=MAX_QUANTITY)


class MandatesDraft(Draft):
    """All mandates and the team standard at once; they take the place of the ones in force from ``valid_from`` on."""

    mandates: tuple[MandateDraft, ...] = Field(min_length=1)
    team_equipment: tuple[TeamEquipmentDraft, ...] = ()
    valid_from: AwareDatetime | None = None
    basis: str = Field(min_length=1)


class FloorRuleDraft(Draft):
    """One row of floors.csv."""

    tier: Tier
    kind: FloorKind
    share: Decimal = Field(ge=0, le=1)
    by_level: dict[ResponseLevel, Decimal] = Field(default_factory=dict)


class FloorRulesDraft(Draft):
    rules: tuple[FloorRuleDraft, ...] = Field(min_length=1)
    valid_from: AwareDatetime | None = None
    basis: str = Field(min_length=1)


class CascadeStepDraft(Draft):
    """One row of cascade.csv."""

    step: int = Field(ge=1)
    source_kind: SourceKind
    opens_at: ResponseLevel
    authority: str = Field(min_length=1)
    notice_document: DocumentKind
    note: str = ""


class CascadeDraft(Draft):
    steps: tuple[CascadeStepDraft, ...] = Field(min_length=1)
    valid_from: AwareDatetime | None = None
    basis: str = Field(min_length=1)


class HolderDraft(Draft):
    """A holder whose targets are computed; teams by type and own maximum output by item where it has them."""

    organisation_code: str
    teams: dict[str, int] = Field(default_factory=dict)
    max_output: dict[str, int] = Field(default_factory=dict)


class TargetsDraft(Draft):
    """Compute the targets of these holders from the mandates in force."""

    holders: tuple[HolderDraft, ...] = Field(min_length=1)
    valid_from: AwareDatetime | None = None


class FloorsDraft(Draft):
    """Set the floors of these holders from their targets and the stock on their books now."""

    organisation_codes: tuple[str, ...] = Field(min_length=1)
    document_number: str = ""
    """The paper that sets them, where there is one."""
    valid_from: AwareDatetime | None = None
