"""Duties as drafts of the verbs that put them in force."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from reserve.mandates.drafts import (
    CascadeDraft,
    CascadeStepDraft,
    FloorRuleDraft,
    FloorRulesDraft,
    FloorsDraft,
    HolderDraft,
    MandateDraft,
    MandatesDraft,
    TargetsDraft,
    TeamEquipmentDraft,
)
from seed.duties import cascade, floor_rules, mandates, team_equipment
from seed.holders import holders
from seed.load import read


def exact_decimal(number: Fraction) -> Decimal:
    """The decimal that was read; every number of the tables is one."""
    return Decimal(number.numerator) / Decimal(number.denominator)


def mandates_draft(valid_from: datetime) -> MandatesDraft:
    return MandatesDraft(
        mandates=tuple(
            MandateDraft(
                tier=mandate.tier,
                category=mandate.category,
                driver=mandate.driver,
                quantity=exact_decimal(mandate.quantity),
                unit=mandate.unit,
                reserve_modes=mandate.reserve_modes,
                hazard_tags=tuple(sorted(mandate.hazard_tags)),
                confidence=mandate.confidence,
                source=mandate.source,
            )
            for mandate in mandates()
        ),
        team_equipment=tuple(
            TeamEquipmentDraft(team_type=each.team_type, item_code=each.item_code, quantity=each.quantity)
            for each in team_equipment()
        ),
        valid_from=valid_from,
        basis="seed/data: tier_mandates.csv, mandate_rules.csv, team_equipment_standard.csv",
    )


def floor_rules_draft(valid_from: datetime) -> FloorRulesDraft:
    return FloorRulesDraft(
        rules=tuple(
            FloorRuleDraft(
                tier=rule.tier,
                kind=rule.kind,
                share=exact_decimal(rule.share),
                by_level={level: exact_decimal(share) for level, share in rule.by_level.items()},
            )
            for rule in floor_rules()
        ),
        valid_from=valid_from,
        basis="seed/data: floors.csv",
    )


def cascade_draft(valid_from: datetime) -> CascadeDraft:
    return CascadeDraft(
        steps=tuple(
            CascadeStepDraft(
                step=step.step,
                source_kind=step.source_kind,
                opens_at=step.opens_at,
                authority=step.authority,
                notice_document=step.notice_document,
            )
            for step in cascade()
        ),
        valid_from=valid_from,
        basis="seed/data: cascade.csv",
    )


def targets_draft(valid_from: datetime) -> TargetsDraft:
    """Every holder with its own output; teams with their type. Townships and households have no organisation here."""
    teams = read("rescue_teams.csv", lambda row: (row.text("team_id"), row.text("team_type")))
    return TargetsDraft(
        holders=(
            *(HolderDraft(organisation_code=holder.code, max_output=dict(holder.max_output)) for holder in holders()),
            *(HolderDraft(organisation_code=team, teams={team_type: 1}) for team, team_type in teams),
        ),
        valid_from=valid_from,
    )


def floors_draft(valid_from: datetime) -> FloorsDraft:
    """Floors of everyone who holds stock, from targets and the opening books."""
    return FloorsDraft(organisation_codes=tuple(holder.code for holder in holders()), valid_from=valid_from)
