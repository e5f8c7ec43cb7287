"""Coverage of a mandate and its grade."""

from fractions import Fraction

from reserve.incidents.picture import Confidence
from reserve.incidents.terms import Evidence
from reserve.mandates.coverage import coverage_lines
from reserve.mandates.terms import CoverageDriver, CoverageLine, Holding, Target
from reserve.organisations.terms import Tier


def target(quantity: int = 100) -> Target:
    return Target("H", Tier.CITY, "c", "ITEM", quantity, CoverageDriver.TREATMENTS, (), Confidence.LOW)


def line(*held: tuple[int, Evidence], wanted: int = 100) -> CoverageLine:
    holdings = [Holding("H", "ITEM", quantity, evidence) for quantity, evidence in held]
    return coverage_lines([target(wanted)], [*holdings, Holding("OTHER", "ITEM", 999, Evidence.COUNTED)])[0]


def test_counted_stock_covers_first() -> None:
    found = line((70, Evidence.COUNTED), (60, Evidence.DECLARED))

    assert (found.counted, found.covered, found.missing, found.grade) == (70, 100, 0, Evidence.DECLARED)


def test_the_grade_is_the_weakest_that_was_needed() -> None:
    assert line((100, Evidence.COUNTED), (60, Evidence.DECLARED)).grade == Evidence.COUNTED
    assert line((10, Evidence.DRILLED), (60, Evidence.VERIFIED)).grade == Evidence.VERIFIED


def test_nothing_held_is_not_covered_and_has_no_grade() -> None:
    found = line()

    assert (found.covered, found.missing, found.grade, found.coverage) == (0, 100, None, Fraction(0))


def test_more_than_the_target_covers_no_more_than_the_target() -> None:
    assert line((250, Evidence.COUNTED)).coverage == 1
    assert line(wanted=0).coverage == 1
