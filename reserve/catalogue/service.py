"""Verbs on the catalogue."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require
from reserve.catalogue import queries, rules
from reserve.catalogue.models import Category, Equipment, Item, Substitution, SubstitutionDecision, TradeCode
from reserve.catalogue.terms import (
    CatalogueDraft,
    CatalogueRecorded,
    EquipmentDraft,
    EquipmentRecorded,
    ItemDraft,
    SubstitutionDecisionDraft,
    TradeCodesDraft,
    TradeCodesRecorded,
)
from reserve.db import append
from reserve.errors import Conflict, InvalidInput


class AlreadyDecided(Conflict):
    """The substitution stands as asked."""

    code = "already_decided"


def record_catalogue(
    session: Session, actor: Actor, draft: CatalogueDraft, *, now: datetime, today: date
) -> CatalogueRecorded:
    """Enter or update categories, items and substitutions by code. Nothing leaves the catalogue this way."""
    require(actor, Permission.CATALOGUE_WRITE)
    categories = queries.categories_by_code(session)
    items = queries.items_by_code(session)
    units = {code: item.unit for code, item in items.items()}
    if problems := rules.catalogue_problems(draft, categories=categories.keys(), units=units):
        raise InvalidInput(problems)
    for category in draft.categories:
        row = categories.get(category.code) or Category(code=category.code)
        row.name_zh, row.name_en, row.gb_class = category.name_zh, category.name_en, category.gb_class
        session.add(row)
    session.flush()  # items point at categories, substitutions at items
    for item in draft.items:
        _record_item(session, items.get(item.code), item, now=now)
    session.flush()
    _record_substitutions(session, draft)
    return CatalogueRecorded(len(draft.categories), len(draft.items), len(draft.substitutions))


def record_trade_codes(
    session: Session, actor: Actor, draft: TradeCodesDraft, *, now: datetime, today: date
) -> TradeCodesRecorded:
    """Enter what makers' labels call our items, or correct it by code. Labels already read keep what they said."""
    require(actor, Permission.CATALOGUE_WRITE)
    items = queries.items_by_code(session, (each.item_code for each in draft.codes))
    if problems := rules.trade_code_problems(draft, items=items.keys()):
        raise InvalidInput(problems)
    known = queries.trade_codes(session, (each.code for each in draft.codes))
    for each in draft.codes:
        row = known.get(each.code) or TradeCode(code=each.code)
        row.item_code, row.pieces, row.recorded_at = each.item_code, each.pieces, now
        session.add(row)
    session.flush()
    return TradeCodesRecorded(len(draft.codes))


def record_equipment(
    session: Session, actor: Actor, draft: EquipmentDraft, *, now: datetime, today: date
) -> EquipmentRecorded:
    """Say which items are kept by serial number, and how long a calibration of them is good for.

    What was booked before as a lot of many stays as it is.
    """
    require(actor, Permission.CATALOGUE_WRITE)
    items = queries.items_by_code(session, (each.item_code for each in draft.kinds))
    if problems := rules.equipment_problems(draft, pack_sizes={code: item.pack_size for code, item in items.items()}):
        raise InvalidInput(problems)
    known = queries.equipment_by_item(session, items)
    for each in draft.kinds:
        row = known.get(each.item_code) or Equipment(item_code=each.item_code)
        row.calibration_days, row.recorded_at = each.calibration_days, now
        session.add(row)
    session.flush()
    return EquipmentRecorded(len(draft.kinds))


def enable_substitution(
    session: Session, actor: Actor, draft: SubstitutionDecisionDraft, *, now: datetime, today: date
) -> Substitution:
    """Let one item stand in for another from now on. Raises AlreadyDecided."""
    return _decide(session, actor, draft, is_enabled=True, now=now)


def disable_substitution(
    session: Session, actor: Actor, draft: SubstitutionDecisionDraft, *, now: datetime, today: date
) -> Substitution:
    """Stop one item from standing in for another from now on. Raises AlreadyDecided."""
    return _decide(session, actor, draft, is_enabled=False, now=now)


def _decide(
    session: Session, actor: Actor, draft: SubstitutionDecisionDraft, *, is_enabled: bool, now: datetime
) -> Substitution:
    require(actor, Permission.CATALOGUE_WRITE)
    substitution = queries.get_substitution(session, draft.needed_item, draft.substitute_item)
    lock = select(Substitution).where(Substitution.id == substitution.id).with_for_update()
    session.scalars(lock.execution_options(populate_existing=True)).one()
    if substitution.is_enabled is is_enabled:
        state = "enabled" if is_enabled else "disabled"
        raise AlreadyDecided(
            f"{draft.substitute_item} for {draft.needed_item} is {state}",
            needed_item=draft.needed_item,
            substitute_item=draft.substitute_item,
            found=state,
        )
    decision = {
        "substitution_id": substitution.id,
        "is_enabled": is_enabled,
        "reason": draft.reason,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    append(session, SubstitutionDecision, [decision])
    substitution.is_enabled = is_enabled
    session.flush()
    return substitution


def _record_item(session: Session, known: Item | None, draft: ItemDraft, *, now: datetime) -> None:
    row = known or Item(code=draft.code)
    values = draft.model_dump(exclude={"category", "scenarios", "reserve_modes"}) | {
        "category_code": draft.category,
        "scenarios": ";".join(draft.scenarios),
        "reserve_modes": ";".join(draft.reserve_modes),
        "recorded_at": now,
    }
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)


def _record_substitutions(session: Session, draft: CatalogueDraft) -> None:
    known = {(row.needed_item, row.substitute_item): row for row in queries.substitutions(session)}
    for each in draft.substitutions:
        row = known.get((each.needed_item, each.substitute_item))
        if row is None:
            session.add(Substitution(**each.model_dump()))
            continue
        for name, value in each.model_dump(exclude={"is_enabled"}).items():
            setattr(row, name, value)
    session.flush()
