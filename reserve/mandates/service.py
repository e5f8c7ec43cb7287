"""Verbs on mandates: put rules in force, compute targets, set floors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue import queries as catalogue_queries
from reserve.db import append
from reserve.errors import InvalidInput, Problem
from reserve.mandates import queries, rules
from reserve.mandates.drafts import CascadeDraft, FloorRulesDraft, FloorsDraft, HolderDraft, MandatesDraft, TargetsDraft
from reserve.mandates.floors import floor_quantities
from reserve.mandates.models import (
    CascadeRow,
    FloorRuleRow,
    GapRow,
    MandateRow,
    TargetVersion,
    TeamEquipmentRow,
)
from reserve.mandates.targets import targets_of
from reserve.mandates.terms import FloorRule, FloorsSet, Gap, RulesSet, Target, TargetsSet
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers.terms import ResponseLevel
from reserve.stock.models import Floor

NO_RESPONSE = "none"
"""How ``stock_floor`` names the level when no response is on."""


def set_mandates(session: Session, actor: Actor, draft: MandatesDraft, *, now: datetime, today: date) -> RulesSet:
    """Put mandates and the team standard in force. Targets follow when they are computed again."""
    require(actor, Permission.MANDATE_WRITE)
    categories = catalogue_queries.categories_by_code(session)
    items = catalogue_queries.items_by_code(session)
    if problems := rules.mandate_problems(draft, categories=categories.keys(), items=items.keys()):
        raise InvalidInput(problems)
    version = queries.newest_version(session, MandateRow) + 1
    times = {"version": version, "valid_from": draft.valid_from or now, "recorded_at": now}
    mandates = [
        mandate.model_dump()
        | {
            "row_no": number,
            "quantity": str(mandate.quantity),
            "reserve_modes": ";".join(mandate.reserve_modes),
            "hazard_tags": ";".join(mandate.hazard_tags),
            "basis": draft.basis,
            **times,
        }
        for number, mandate in enumerate(draft.mandates, 1)
    ]
    append(session, MandateRow, mandates)
    equipment = [line.model_dump() | {"row_no": n, **times} for n, line in enumerate(draft.team_equipment, 1)]
    append(session, TeamEquipmentRow, equipment)
    return RulesSet(version, len(mandates))


def set_floor_rules(session: Session, actor: Actor, draft: FloorRulesDraft, *, now: datetime, today: date) -> RulesSet:
    """Put the shares that tiers keep in force. Floors follow when they are set again."""
    require(actor, Permission.MANDATE_WRITE)
    if problems := rules.floor_rule_problems(draft):
        raise InvalidInput(problems)
    version = queries.newest_version(session, FloorRuleRow) + 1
    rows = [
        {
            "version": version,
            "row_no": number,
            "tier": rule.tier,
            "kind": rule.kind,
            "share": str(rule.share),
            "by_level": ";".join(f"{level}:{share}" for level, share in rule.by_level.items()),
            "basis": draft.basis,
            "valid_from": draft.valid_from or now,
            "recorded_at": now,
        }
        for number, rule in enumerate(draft.rules, 1)
    ]
    append(session, FloorRuleRow, rows)
    return RulesSet(version, len(rows))


def set_cascade(session: Session, actor: Actor, draft: CascadeDraft, *, now: datetime, today: date) -> RulesSet:
    """Put the order in which sources are used, and who opens each, in force."""
    require(actor, Permission.MANDATE_WRITE)
    if problems := rules.cascade_problems(draft):
        raise InvalidInput(problems)
    version = queries.newest_version(session, CascadeRow) + 1
    times = {"version": version, "valid_from": draft.valid_from or now, "recorded_at": now, "basis": draft.basis}
    rows = [step.model_dump() | {"row_no": number, **times} for number, step in enumerate(draft.steps, 1)]
    append(session, CascadeRow, rows)
    return RulesSet(version, len(rows))


def compute_targets(session: Session, actor: Actor, draft: TargetsDraft, *, now: datetime, today: date) -> TargetsSet:
    """Compute what each holder must hold, from the mandates in force. Only what changed gets a new version."""
    require(actor, Permission.MANDATE_WRITE)
    organisations = _holders(session, actor, draft.holders)
    valid_from = draft.valid_from or now
    mandates = queries.mandates_at(session, valid_from, now)
    book = queries.rule_book_at(session, valid_from, now)
    found: list[Target] = []
    gaps: list[Gap] = []
    for holder in queries.holders_of(session, organisations, draft.holders, valid_from, now):
        targets, missing = targets_of(holder, mandates, book)
        found.extend(targets)
        gaps.extend(missing)
    times = {"valid_from": valid_from, "recorded_at": now}
    rows = _changed_targets(session, organisations, found, as_of=valid_from, now=now)
    version = queries.mandate_version_at(session, valid_from, now)
    append(session, TargetVersion, [row | times | {"mandate_version": version} for row in rows])
    append(session, GapRow, [_gap_row(gap, organisations) | times for gap in gaps])
    return TargetsSet(len(found), len(rows), len(gaps))


def set_floors(session: Session, actor: Actor, draft: FloorsDraft, *, now: datetime, today: date) -> FloorsSet:
    """Set the floors of holders: share of the smaller of target and book, for every level and for none.

    What stands on the books when this is called counts as the opening book. Household coverage has no floor here.
    """
    require(actor, Permission.MANDATE_WRITE)
    holders = [HolderDraft(organisation_code=code) for code in draft.organisation_codes]
    organisations = _holders(session, actor, holders)
    valid_from = draft.valid_from or now
    floor_rules = queries.floor_rules_at(session, valid_from, now)
    book = queries.book_by_owner(session, organisations.keys())
    targets = queries.targets_at(session, valid_from, now, organisation_codes=organisations.keys())
    times = {"document_number": draft.document_number, "valid_from": valid_from, "recorded_at": now}
    rows = [
        row | times
        for target in targets
        if not target.is_coverage
        for row in _floor_rows(target, organisations, floor_rules, book.get((target.holder_code, target.item_code), 0))
    ]
    append(session, Floor, rows)
    return FloorsSet(len(rows))


def _holders(session: Session, actor: Actor, holders: Sequence[HolderDraft]) -> dict[str, Organisation]:
    codes = [holder.organisation_code for holder in holders]
    organisations = dict(organisation_queries.organisations_by_code(session, codes))
    with_tier = {code for code, organisation in organisations.items() if organisation.tier is not None}
    problems: list[Problem] = rules.holder_problems(holders, organisations=organisations.keys(), with_tier=with_tier)
    if problems:
        raise InvalidInput(problems)
    for organisation in organisations.values():
        require_scope(actor, Permission.MANDATE_WRITE, organisation_path=organisation.path)
    return organisations


def _changed_targets(
    session: Session,
    organisations: Mapping[str, Organisation],
    found: Iterable[Target],
    *,
    as_of: datetime,
    now: datetime,
) -> list[dict[str, Any]]:
    """Rows for targets that are new or different, and zero rows for those that are no longer there."""
    standing = {
        _key(target): target
        for target in queries.targets_at(session, as_of, now, organisation_codes=organisations.keys())
    }
    wanted = {_key(target): target for target in found}
    changed = [_target_row(target, organisations) for key, target in wanted.items() if standing.get(key) != target]
    ended = [
        _target_row(target, organisations) | {"quantity": 0} for key, target in standing.items() if key not in wanted
    ]
    return changed + ended


def _key(target: Target) -> tuple[str, str, str]:
    return target.holder_code, target.category, target.item_code


def _target_row(target: Target, organisations: Mapping[str, Organisation]) -> dict[str, Any]:
    return {
        "organisation_id": organisations[target.holder_code].id,
        "tier": target.tier,
        "category": target.category,
        "item_code": target.item_code,
        "quantity": target.quantity,
        "driver": target.driver,
        "norm_codes": ";".join(target.norm_codes),
        "confidence": target.confidence,
        "is_coverage": target.is_coverage,
    }


def _gap_row(gap: Gap, organisations: Mapping[str, Organisation]) -> dict[str, Any]:
    return {
        "organisation_id": organisations[gap.holder_code].id,
        "tier": gap.tier,
        "category": gap.category,
        "item_code": gap.item_code,
        "driver": gap.driver,
        "reason": gap.reason,
    }


def _floor_rows(
    target: Target, organisations: Mapping[str, Organisation], floor_rules: Sequence[FloorRule], opening_book: int
) -> list[dict[str, Any]]:
    rows = []
    for level in (None, *ResponseLevel):
        floors = floor_quantities(
            target.tier, floor_rules, target=target.quantity, opening_book=opening_book, level=level
        )
        for kind, quantity in floors.items():
            rows.append(
                {
                    "owner_id": organisations[target.holder_code].id,
                    "item_code": target.item_code,
                    "kind": kind,
                    "response_level": level.value if level else NO_RESPONSE,
                    "quantity": quantity,
                }
            )
    return rows
