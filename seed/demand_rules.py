"""The rules of estimation as drafts: norms, driver numbers, severity profiles, what kits cover, who has a kit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from reserve.incidents.picture import Range
from reserve.incidents.terms import (
    CoverageDraft,
    CoveragesDraft,
    DriverRuleDraft,
    Evidence,
    KitCoverDraft,
    NormDraft,
    RangeDraft,
    RuleBookDraft,
    SeverityProfileDraft,
)
from seed.duties import driver_rules, norms, severity_profiles
from seed.duty_drafts import exact_decimal
from seed.places import regions

BASIC, EXTENDED = "basic", "extended"
COVERAGE_BASIS_POINTS = {BASIC: 500, EXTENDED: 100}
"""Households with a kit in every county, hundredths of a percent: 5 % and 1 %; illustrative, no survey."""

KIT_COVERS = (
    KitCoverDraft(kit_version=BASIC, driver="resident_day", item_code="H2010103", pieces=Decimal(10), days=10),
    KitCoverDraft(kit_version=EXTENDED, driver="evacuee_day", item_code="H1010101", pieces=Decimal(16), days=3),
)
"""Ten masks for ten days (tier_mandates.csv); nine litres of water are 16 bottles of 0.55 l for three days."""


def rule_book(valid_from: datetime) -> RuleBookDraft:
    """norms.csv, drivers.csv and severity_profiles.csv in one version."""
    return RuleBookDraft(
        norms=tuple(
            NormDraft(
                code=norm.norm_code,
                item_code=norm.item_code,
                scenario=norm.scenario,
                driver=norm.driver,
                quantity=_range(norm.quantity),
                kind=norm.kind,
                confidence=norm.confidence,
                source=norm.source,
                months=tuple(sorted(norm.months)),
            )
            for norm in norms()
        ),
        drivers=tuple(
            DriverRuleDraft(
                driver=rule.driver, amount=_range(rule.amount), confidence=rule.confidence, source=rule.source
            )
            for rule in driver_rules()
        ),
        profiles=tuple(
            SeverityProfileDraft(
                profile=profile.profile,
                share_mild=exact_decimal(profile.share_mild),
                share_severe=exact_decimal(profile.share_severe),
                share_critical=exact_decimal(profile.share_critical),
                bed_days_mild=profile.bed_days_mild,
                bed_days_severe=profile.bed_days_severe,
                bed_days_critical=profile.bed_days_critical,
            )
            for profile in severity_profiles()
        ),
        kit_covers=KIT_COVERS,
        valid_from=valid_from,
        basis="seed/data: norms.csv, drivers.csv, severity_profiles.csv",
    )


def _range(amount: Range) -> RangeDraft:
    return RangeDraft(low=exact_decimal(amount.low), base=exact_decimal(amount.base), high=exact_decimal(amount.high))


def household_coverage(valid_from: datetime) -> CoveragesDraft:
    """Kits per county by a stated share. Coverage lowers demand and is never stock."""
    return CoveragesDraft(
        coverages=tuple(
            CoverageDraft(
                region_code=region.code,
                kit_version=kit,
                coverage_basis_points=share,
                evidence=Evidence.DECLARED,
            )
            for region in regions().regions
            if region.county_equivalent
            for kit, share in COVERAGE_BASIS_POINTS.items()
        ),
        valid_from=valid_from,
        source="示例:按统一比例推算 (illustrative: one share for all counties)",
    )
