"""What a holder keeps."""

from fractions import Fraction

import pytest

from reserve.mandates.floors import floor_quantities, floor_share
from reserve.mandates.terms import FloorRule
from reserve.organisations.terms import Tier
from reserve.papers.terms import ResponseLevel
from reserve.stock.terms import FloorKind
from tests.reserve.mandates.hebei import floor_rules

RULES = floor_rules()
OPERATING, STRATEGIC, READINESS = FloorKind.OPERATING, FloorKind.STRATEGIC, FloorKind.READINESS


def floors(tier: Tier, level: ResponseLevel | None, target: int = 1000, book: int = 1000) -> dict[FloorKind, int]:
    return floor_quantities(tier, RULES, target=target, opening_book=book, level=level)


@pytest.mark.parametrize(("level", "kept"), [(None, 600), ("IV", 600), ("III", 400), ("II", 200), ("I", 100)])
def test_a_level_lowers_the_operating_floor_and_never_the_strategic_one(level: str | None, kept: int) -> None:
    found = floors(Tier.CITY, ResponseLevel(level) if level else None)

    assert found == {OPERATING: kept, STRATEGIC: 100}


def test_a_floor_is_a_share_of_the_smaller_of_target_and_opening_book() -> None:
    assert floors(Tier.PROVINCE, None, target=1000, book=50)[OPERATING] == 30
    assert floors(Tier.PROVINCE, None, target=10, book=50)[OPERATING] == 6


def test_a_floor_is_rounded_up() -> None:
    assert floors(Tier.PROVINCE, ResponseLevel.I, book=5) == {OPERATING: 1, STRATEGIC: 1}


def test_a_team_keeps_all_that_its_standard_asks() -> None:
    team = floors(Tier.RESCUE_BODY, ResponseLevel.I, target=80, book=50)

    assert team == {READINESS: 50}


def test_stock_kept_by_a_producer_or_offered_by_a_charity_carries_no_floor() -> None:
    assert floors(Tier.PRODUCER, None) == {READINESS: 0}
    assert floors(Tier.CHARITY, None) == {OPERATING: 0}


def test_a_level_that_is_not_named_leaves_the_share() -> None:
    rule = FloorRule(Tier.CITY, OPERATING, Fraction(1, 2), {ResponseLevel.I: Fraction(0)})

    assert [floor_share(rule, level) for level in (None, ResponseLevel.III, ResponseLevel.I)] == [
        Fraction(1, 2),
        Fraction(1, 2),
        0,
    ]
