"""Laws of the catalogue."""

import pytest
from pydantic import ValidationError

from reserve.catalogue.rules import catalogue_problems, facts_of
from reserve.catalogue.terms import CatalogueDraft, ItemFacts
from reserve.errors import Problem
from tests.reserve.catalogue.goods import MASK, SUIT, make_catalogue, make_item, make_substitution


def test_a_whole_catalogue_has_no_problem() -> None:
    draft = make_catalogue(make_item(), make_item(SUIT), substitutions=(make_substitution(SUIT, MASK),))

    assert catalogue_problems(draft, categories=set(), units={}) == []


def test_every_fault_is_named_at_once() -> None:
    item = make_item(category="toys", min_remaining_months=24)
    draft = CatalogueDraft(items=(item, item), substitutions=(make_substitution(MASK, MASK), make_substitution(SUIT)))

    problems = catalogue_problems(draft, categories=set(), units={MASK: "box"})

    assert [(problem.code, problem.field, problem.row) for problem in problems] == [
        ("repeated", "items.1.code", 2),
        ("unknown_category", "items.0.category", 1),
        ("unit_is_fixed", "items.0.unit", 1),
        ("remaining_life_too_long", "items.0.min_remaining_months", 1),
        ("unknown_category", "items.1.category", 2),
        ("unit_is_fixed", "items.1.unit", 2),
        ("remaining_life_too_long", "items.1.min_remaining_months", 2),
        ("same_item", "substitutions.0.substitute_item", 1),
        ("unknown_item", "substitutions.1.needed_item", 2),
    ]


def test_a_unit_stays_once_goods_are_counted_in_it() -> None:
    problems = catalogue_problems(make_catalogue(make_item(unit="box")), categories=set(), units={MASK: "piece"})

    assert problems == [Problem("unit_is_fixed", "items.0.unit", "piece", "box", 1)]


def test_an_item_with_a_shelf_life_must_carry_expiry_dates() -> None:
    class Mask:
        code, unit, shelf_life_months, min_remaining_months, pack_size = MASK, "piece", 24, 6, 2000
        unit_price_minor, weight_g, volume_cm3, needs_certificate, is_reusable = 50, 4, 60, True, False

    class Shovel(Mask):
        shelf_life_months = None

    expected = ItemFacts(MASK, "piece", True, 6, 2000, 50, 4, 60, needs_certificate=True, is_reusable=False)
    assert facts_of(Mask()) == expected
    assert facts_of(Shovel()).must_expire is False


@pytest.mark.parametrize("code", ["2010104", "h2010104", "H201010", "口罩"])
def test_an_item_code_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        make_item(code)
