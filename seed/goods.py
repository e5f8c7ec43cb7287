"""The catalogue: categories, items with packs and prices, and what may stand in for what."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from reserve.catalogue.terms import (
    CatalogueDraft,
    CategoryDraft,
    ItemDraft,
    LifeCycle,
    ReserveMode,
    SubstitutionDraft,
)
from seed.load import BadCell, Row, read

CERTIFIED_CATEGORIES = frozenset({"medical_protection", "medical_rescue", "drug_reagent"})
"""Lots of these need a certificate before they are usable (国家医药储备 practice; set here, see PROVENANCE.md)."""


@cache
def catalogue() -> CatalogueDraft:
    """Everything that is stored. Substitutions come disabled: a competent person enables each pair."""
    packs = dict(read("packs.csv", lambda row: (row.text("item_code"), row.whole("units_per_pack"))))
    prices = {item: (price, days) for item, price, days in read("prices.csv", _price)}

    def item(row: Row) -> ItemDraft:
        code = row.text("item_code")
        if code not in packs or code not in prices:
            raise BadCell("item_code", "an item of packs.csv and prices.csv", code)
        price_minor, service_life_days = prices[code]
        return _item(row, packs[code], price_minor, service_life_days)

    return CatalogueDraft(
        categories=read("item_categories.csv", _category),
        items=read("items.csv", item),
        substitutions=read("substitutions.csv", _substitution),
    )


def _price(row: Row) -> tuple[str, int, int | None]:
    return row.text("item_code"), row.whole("unit_price_minor"), row.whole_or_none("service_life_days")


def _category(row: Row) -> CategoryDraft:
    return CategoryDraft(
        code=row.text("category"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        gb_class=row.text("gb38565_top_class"),
    )


def _item(row: Row, pack_size: int, price_minor: int, service_life_days: int | None) -> ItemDraft:
    category = row.text("category")
    return ItemDraft(
        code=row.text("item_code"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        unit=row.text("unit"),
        category=category,
        scenarios=row.words("scenarios"),
        shelf_life_months=row.whole_or_none("shelf_life_months"),
        min_remaining_months=row.whole("min_remaining_months_at_issue"),
        weight_g=_at_least_one(row.number("weight_kg") * 1000),
        volume_cm3=_at_least_one(row.number("volume_m3") * 1_000_000),
        quality_standard=row.maybe("quality_standard"),
        substitution_group=row.maybe("substitution_group"),
        equivalence_millis=row.whole("equivalence_factor", per_unit=1000),
        is_reusable=row.flag("reusable"),
        needs_cold_chain=row.flag("cold_chain"),
        needs_certificate=category in CERTIFIED_CATEGORIES,
        life_cycle=row.one_of("life_cycle", LifeCycle),
        reserve_modes=tuple(ReserveMode(word) for word in row.words("reserve_modes")),
        pack_size=pack_size,
        unit_price_minor=price_minor,
        service_life_days=service_life_days,
    )


def _at_least_one(amount: Fraction) -> int:
    """Rounded up: a mask of 3.5 g loads a truck with 4."""
    return max(1, -(-amount.numerator // amount.denominator))


def _substitution(row: Row) -> SubstitutionDraft:
    ratio = row.number("units_of_substitute_per_needed")
    return SubstitutionDraft(
        needed_item=row.text("needed_item"),
        substitute_item=row.text("substitute_item"),
        numerator=ratio.numerator,
        denominator=ratio.denominator,
        allowed_context=row.maybe("allowed_context"),
        forbidden_context=row.maybe("forbidden_context"),
        basis=row.maybe("basis"),
        penalty_millis=int(row.number("penalty") * 1000),
    )
