"""Answers about who must hold what. Quantities are base units; shares are exact decimals or fractions as text."""

from __future__ import annotations

from api.schemas.base import Out
from reserve.incidents.picture import Confidence
from reserve.incidents.terms import Evidence
from reserve.mandates.terms import CoverageDriver, GapReason, SourceKind
from reserve.organisations.terms import Tier
from reserve.papers.terms import DocumentKind, ResponseLevel


class RulesSetOut(Out):
    version: int
    rows: int


class TargetsSetOut(Out):
    targets: int
    changed: int
    gaps: int


class FloorsSetOut(Out):
    floors: int


class TargetOut(Out):
    holder_code: str
    tier: Tier
    category: str
    item_code: str
    quantity: int
    driver: CoverageDriver
    norm_codes: tuple[str, ...]
    confidence: Confidence
    is_coverage: bool


class CoverageLineOut(Out):
    """A target and what stands against it, by grade of evidence."""

    target: TargetOut
    counted: int
    by_grade: dict[Evidence, int]
    covered: int
    missing: int
    grade: Evidence | None


class GapOut(Out):
    holder_code: str
    tier: Tier
    category: str
    item_code: str
    driver: CoverageDriver
    reason: GapReason


class CascadeStepOut(Out):
    step: int
    source_kind: SourceKind
    opens_at: ResponseLevel
    authority: str
    notice_document: DocumentKind
