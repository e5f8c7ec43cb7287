"""Items for tests: valid by default, keywords override."""

from __future__ import annotations

from typing import Any

from reserve.authority import Actor, Grant, Permission
from reserve.catalogue.terms import CatalogueDraft, CategoryDraft, ItemDraft, SubstitutionDraft

MASK = "H2010104"
SURGICAL = "H2010103"
SUIT = "H2010201"


def make_actor(*permissions: Permission, path: str = "/130000/", user_id: int = 1) -> Actor:
    """Somebody with these rights over an organisation and all below it."""
    grants = (Grant("officer", path, frozenset(permissions)),) if permissions else ()
    return Actor(user_id, user_id, f"user{user_id}", grants)


def make_item(code: str = MASK, **changes: Any) -> ItemDraft:
    values: dict[str, Any] = {
        "code": code,
        "name_zh": "一次性医用口罩",
        "name_en": "Disposable medical mask",
        "unit": "piece",
        "category": "medical_protection",
        "shelf_life_months": 24,
        "min_remaining_months": 6,
        "weight_g": 4,
        "volume_cm3": 60,
        "pack_size": 2000,
        "unit_price_minor": 50,
    }
    return ItemDraft.model_validate(values | changes)


def make_substitution(needed: str = SURGICAL, substitute: str = MASK, **changes: Any) -> SubstitutionDraft:
    values = {"needed_item": needed, "substitute_item": substitute, "numerator": 1, "denominator": 1}
    return SubstitutionDraft.model_validate(values | changes)


def make_catalogue(*items: ItemDraft, substitutions: tuple[SubstitutionDraft, ...] = ()) -> CatalogueDraft:
    """The category ``medical_protection`` with these items; a mask when none are named."""
    category = CategoryDraft(code="medical_protection", name_zh="医疗防护", name_en="Medical protection")
    return CatalogueDraft(categories=(category,), items=items or (make_item(),), substitutions=substitutions)
