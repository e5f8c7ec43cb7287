"""Questions about the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reserve.catalogue import rules
from reserve.catalogue.models import Category, Equipment, Item, Substitution, SubstitutionDecision, TradeCode
from reserve.catalogue.terms import ItemFacts
from reserve.errors import NotFound


def get_item(session: Session, code: str) -> Item:
    item = session.scalar(select(Item).where(Item.code == code))
    if item is None:
        raise NotFound("item", code)
    return item


def items_by_code(session: Session, codes: Iterable[str] | None = None) -> dict[str, Item]:
    """Items by code; all of them when ``codes`` is None. An unknown code is simply missing."""
    statement = select(Item).order_by(Item.code)
    if codes is not None:
        statement = statement.where(Item.code.in_(sorted(set(codes))))
    return {item.code: item for item in session.scalars(statement)}


def item_facts(session: Session, codes: Iterable[str] | None = None) -> dict[str, ItemFacts]:
    """What the laws need to know of each item; an unknown code is simply missing."""
    return {code: rules.facts_of(item) for code, item in items_by_code(session, codes).items()}


def list_items(
    session: Session, *, search: str = "", category: str | None = None, after: str = "", limit: int = 100
) -> Sequence[Item]:
    """Items whose code begins with the search text or whose Chinese or English name holds it, one keyset page."""
    statement = select(Item).where(Item.code > after)
    if search:
        statement = statement.where(
            or_(
                Item.code.istartswith(search, autoescape=True),
                Item.name_zh.contains(search, autoescape=True),
                func.lower(Item.name_en).contains(search.lower(), autoescape=True),
            )
        )
    if category is not None:
        statement = statement.where(Item.category_code == category)
    return session.scalars(statement.order_by(Item.code).limit(limit)).all()


def categories_by_code(session: Session, codes: Iterable[str] | None = None) -> dict[str, Category]:
    statement = select(Category).order_by(Category.code)
    if codes is not None:
        statement = statement.where(Category.code.in_(sorted(set(codes))))
    return {category.code: category for category in session.scalars(statement)}


def trade_codes(session: Session, codes: Iterable[str] | None = None) -> dict[str, TradeCode]:
    """What makers' labels call our items, by code; all of them when ``codes`` is None."""
    statement = select(TradeCode).order_by(TradeCode.code)
    if codes is not None:
        statement = statement.where(TradeCode.code.in_(sorted(set(codes))))
    return {each.code: each for each in session.scalars(statement)}


def equipment_by_item(session: Session, codes: Iterable[str]) -> dict[str, Equipment]:
    """Those of the items that are kept by serial number."""
    statement = select(Equipment).where(Equipment.item_code.in_(sorted(set(codes))))
    return {each.item_code: each for each in session.scalars(statement)}


def list_equipment(session: Session) -> Sequence[Equipment]:
    return session.scalars(select(Equipment).order_by(Equipment.item_code)).all()


def substitutions(session: Session, *, enabled_only: bool = False) -> Sequence[Substitution]:
    """What may stand in for what, in the order of the needed and the substitute item."""
    statement = select(Substitution).order_by(Substitution.needed_item, Substitution.substitute_item)
    if enabled_only:
        statement = statement.where(Substitution.is_enabled)
    return session.scalars(statement).all()


def substitutions_known(session: Session, known_at: datetime) -> list[Substitution]:
    """What was enabled by then. A decision turns the state over, so the first one after shows what stood before."""
    later = select(SubstitutionDecision).where(SubstitutionDecision.recorded_at > known_at)
    turned: dict[int, bool] = {}
    for decision in session.scalars(later.order_by(SubstitutionDecision.id.desc())):
        turned[decision.substitution_id] = not decision.is_enabled
    return [pair for pair in substitutions(session) if turned.get(pair.id, pair.is_enabled)]


def get_substitution(session: Session, needed_item: str, substitute_item: str) -> Substitution:
    statement = select(Substitution).where(
        Substitution.needed_item == needed_item, Substitution.substitute_item == substitute_item
    )
    substitution = session.scalar(statement)
    if substitution is None:
        raise NotFound("substitution", f"{needed_item} by {substitute_item}")
    return substitution


def decisions_on(session: Session, substitution_id: int) -> Sequence[SubstitutionDecision]:
    """Every decision on a substitution, oldest first."""
    statement = select(SubstitutionDecision).where(SubstitutionDecision.substitution_id == substitution_id)
    return session.scalars(statement.order_by(SubstitutionDecision.id)).all()
