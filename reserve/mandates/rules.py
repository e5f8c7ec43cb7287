"""Laws of the sets of rules themselves: every fault of a draft at once.

Targets, floors, coverage and cascade are laws of their own: ``targets.py``, ``floors.py``, ``coverage.py``,
``cascade.py``.
"""

from __future__ import annotations

from collections.abc import Collection

from reserve.errors import Problem
from reserve.mandates.drafts import CascadeDraft, FloorRulesDraft, HolderDraft, MandatesDraft


def mandate_problems(draft: MandatesDraft, *, categories: Collection[str], items: Collection[str]) -> list[Problem]:
    """Unknown categories and items, mandates named twice."""
    problems = []
    for row, mandate in enumerate(draft.mandates):
        field = f"mandates.{row}"
        if mandate.category not in categories:
            found = mandate.category
            problems.append(Problem("unknown_category", f"{field}.category", "a known category", found, row + 1))
        key = (mandate.tier, mandate.category, mandate.driver)
        if any(key == (other.tier, other.category, other.driver) for other in draft.mandates[:row]):
            expected = "each tier, category and driver once"
            problems.append(Problem("named_twice", field, expected, f"{mandate.tier} {mandate.category}", row + 1))
    for row, line in enumerate(draft.team_equipment):
        if line.item_code not in items:
            field = f"team_equipment.{row}.item_code"
            problems.append(Problem("unknown_item", field, "a known item", line.item_code, row + 1))
    return problems


def floor_rule_problems(draft: FloorRulesDraft) -> list[Problem]:
    """Rules named twice, and levels that would raise a floor: a higher level never keeps more than a lower one."""
    problems = []
    for row, rule in enumerate(draft.rules):
        field = f"rules.{row}"
        if any((rule.tier, rule.kind) == (other.tier, other.kind) for other in draft.rules[:row]):
            problems.append(Problem("named_twice", field, "each tier and kind once", f"{rule.tier}", row + 1))
        shares = [rule.by_level[level] for level in sorted(rule.by_level, key=lambda level: level.rank)]
        steps = [rule.share, *shares]
        if steps != sorted(steps, reverse=True):
            found = ", ".join(str(share) for share in steps)
            problems.append(
                Problem("floor_rises", f"{field}.by_level", "shares that fall with the level", found, row + 1)
            )
    return problems


def cascade_problems(draft: CascadeDraft) -> list[Problem]:
    """Step numbers and source kinds named twice."""
    problems = []
    for row, step in enumerate(draft.steps):
        earlier = draft.steps[:row]
        if any(step.step == other.step for other in earlier):
            problems.append(Problem("named_twice", f"steps.{row}.step", "each number once", str(step.step), row + 1))
        if any(step.source_kind == other.source_kind for other in earlier):
            field = f"steps.{row}.source_kind"
            problems.append(Problem("named_twice", field, "each source kind once", step.source_kind, row + 1))
    return problems


def holder_problems(
    holders: Collection[HolderDraft], *, organisations: Collection[str], with_tier: Collection[str]
) -> list[Problem]:
    """Organisations that are unknown or hold nothing by mandate."""
    problems = []
    for row, holder in enumerate(holders):
        field, code = f"holders.{row}.organisation_code", holder.organisation_code
        if code not in organisations:
            problems.append(Problem("unknown_organisation", field, "a known organisation", code, row + 1))
        elif code not in with_tier:
            problems.append(Problem("not_a_holder", field, "an organisation with a tier", code, row + 1))
    return problems
