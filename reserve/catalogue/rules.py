"""Laws of the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Protocol

from reserve.catalogue.terms import (
    CatalogueDraft,
    EquipmentDraft,
    ItemDraft,
    ItemFacts,
    SubstitutionDraft,
    TradeCodesDraft,
)
from reserve.errors import Problem


class RecordedItem(Protocol):
    """An item as it is kept; the table row is one."""

    @property
    def code(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def shelf_life_months(self) -> int | None: ...
    @property
    def min_remaining_months(self) -> int: ...
    @property
    def pack_size(self) -> int: ...
    @property
    def unit_price_minor(self) -> int: ...
    @property
    def weight_g(self) -> int: ...
    @property
    def volume_cm3(self) -> int: ...
    @property
    def needs_certificate(self) -> bool: ...
    @property
    def is_reusable(self) -> bool: ...


def facts_of(item: RecordedItem) -> ItemFacts:
    """An item with a shelf life must carry an expiry date on every lot."""
    return ItemFacts(
        code=item.code,
        unit=item.unit,
        must_expire=item.shelf_life_months is not None,
        min_remaining_months=item.min_remaining_months,
        pack_size=item.pack_size,
        unit_price_minor=item.unit_price_minor,
        weight_g=item.weight_g,
        volume_cm3=item.volume_cm3,
        needs_certificate=item.needs_certificate,
        is_reusable=item.is_reusable,
    )


def catalogue_problems(
    draft: CatalogueDraft, *, categories: AbstractSet[str], units: Mapping[str, str]
) -> list[Problem]:
    """Everything wrong with a catalogue draft.

    categories  codes known before
    units       unit by code of the items known before; what is counted in a unit stays counted in it
    """
    known_categories = categories | {category.code for category in draft.categories}
    known_items = units.keys() | {item.code for item in draft.items}
    problems = list(_repeated("categories", "code", [category.code for category in draft.categories]))
    problems += _repeated("items", "code", [item.code for item in draft.items])
    pairs = [f"{each.needed_item} by {each.substitute_item}" for each in draft.substitutions]
    problems += _repeated("substitutions", "substitute_item", pairs)
    for place, item in enumerate(draft.items):
        problems += _item_problems(place, item, known_categories, units)
    for place, substitution in enumerate(draft.substitutions):
        problems += _substitution_problems(place, substitution, known_items)
    return problems


def _repeated(collection: str, field: str, codes: Iterable[str]) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for place, code in enumerate(codes):
        seen[code] += 1
        if seen[code] > 1:
            yield Problem("repeated", f"{collection}.{place}.{field}", "each once", code, place + 1)


def _item_problems(
    place: int, item: ItemDraft, categories: AbstractSet[str], units: Mapping[str, str]
) -> Iterator[Problem]:
    field = f"items.{place}"
    if item.category not in categories:
        yield Problem("unknown_category", f"{field}.category", "a known category", item.category, place + 1)
    if item.code in units and units[item.code] != item.unit:
        yield Problem("unit_is_fixed", f"{field}.unit", units[item.code], item.unit, place + 1)
    if item.shelf_life_months is not None and item.min_remaining_months >= item.shelf_life_months:
        expected = f"less than the shelf life of {item.shelf_life_months} months"
        found = str(item.min_remaining_months)
        yield Problem("remaining_life_too_long", f"{field}.min_remaining_months", expected, found, place + 1)


def _substitution_problems(place: int, draft: SubstitutionDraft, items: AbstractSet[str]) -> Iterator[Problem]:
    for name in ("needed_item", "substitute_item"):
        code = getattr(draft, name)
        if code not in items:
            yield Problem("unknown_item", f"substitutions.{place}.{name}", "a known item code", code, place + 1)
    if draft.needed_item == draft.substitute_item:
        field = f"substitutions.{place}.substitute_item"
        yield Problem("same_item", field, "another item", draft.substitute_item, place + 1)


def trade_code_problems(draft: TradeCodesDraft, *, items: AbstractSet[str]) -> list[Problem]:
    """Everything wrong with a list of makers' codes: unknown items, and codes that stand there twice."""
    problems = []
    codes = [each.code for each in draft.codes]
    for place, each in enumerate(draft.codes):
        field, row = f"codes.{place}", place + 1
        if each.item_code not in items:
            expected = "an item of the catalogue"
            problems.append(Problem("unknown_item", f"{field}.item_code", expected, each.item_code, row))
        if each.code in codes[:place]:
            problems.append(Problem("code_twice", f"{field}.code", "each code once", each.code, row))
    return problems


def equipment_problems(draft: EquipmentDraft, *, pack_sizes: Mapping[str, int]) -> list[Problem]:
    """Everything wrong with a list of equipment. Machines come one by one, so their item has packs of one.

    pack_sizes  of the known items, by code
    """
    problems = list(_repeated("kinds", "item_code", [each.item_code for each in draft.kinds]))
    for place, each in enumerate(draft.kinds):
        field, size = f"kinds.{place}.item_code", pack_sizes.get(each.item_code)
        if size is None:
            problems.append(Problem("unknown_item", field, "an item of the catalogue", each.item_code, place + 1))
        elif size != 1:
            problems.append(Problem("pack_of_many", field, "an item in packs of one", str(size), place + 1))
    return problems
