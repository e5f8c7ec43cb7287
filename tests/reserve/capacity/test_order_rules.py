"""What may be ordered, reported and released."""

from datetime import date, timedelta
from typing import Any

from reserve.capacity.order_rules import order_problems, release_problems, report_problems
from reserve.capacity.terms import DayReport, ProductKind, QualityStatus, Supply, SupplyKind
from reserve.errors import Problem
from reserve.incidents.terms import Evidence
from tests.conftest import NOW
from tests.reserve.capacity.works import a_line, make_order, make_release, make_report
from tests.reserve.catalogue.goods import MASK, SUIT
from tests.reserve.sites.places import TODAY

DAY = timedelta(days=1)
CERTIFIED = QualityStatus.CERTIFIED


def named(problems: list[Problem]) -> list[tuple[str, str, str, str]]:
    return [(problem.code, problem.field, problem.expected, problem.found) for problem in problems]


def test_a_sound_order_has_no_problem() -> None:
    assert order_problems(make_order(), a_line(), CERTIFIED, today=TODAY) == []


def test_every_fault_of_an_order_is_named() -> None:
    draft = make_order(from_on=TODAY - DAY, to_on=TODAY - 2 * DAY, item_code=MASK)

    problems = order_problems(draft, a_line(), QualityStatus.SUSPENDED, today=TODAY)

    assert named(problems) == [
        ("in_the_past", "from_on", "2026-03-01 or later", "2026-02-28"),
        ("wrong_span", "to_on", "1 to 366 days from 2026-02-28", "2026-02-27"),
        ("other_product", "item_code", SUIT, MASK),
        ("not_certified", "line_code", "a line of a certified producer", "suspended"),
    ]


def test_an_order_below_the_smallest_batch_is_refused() -> None:
    problems = order_problems(make_order(), a_line(min_batch=801), CERTIFIED, today=TODAY)

    assert named(problems) == [("below_batch", "quantity_per_day", "at least 801 in all", "800")]


def test_an_unknown_line_and_a_line_of_materials_take_no_order() -> None:
    fabric = a_line(product_kind=ProductKind.MATERIAL, product_code="M07")

    assert [each.code for each in order_problems(make_order(), None, None, today=TODAY)] == ["unknown_line"]
    assert [each.code for each in order_problems(make_order(), fabric, CERTIFIED, today=TODAY)] == ["other_product"]


def problems_of_report(reports: dict[date, DayReport] | None = None, released: int = 0, **changes: Any) -> list[str]:
    problems = report_problems(
        make_report("PRD-1", **changes),
        order_from=TODAY - 3 * DAY,
        order_to=TODAY + 3 * DAY,
        max_daily=100,
        reports=reports or {},
        released=released,
        today=TODAY,
    )
    return [f"{problem.field}: {problem.expected}, not {problem.found}" for problem in problems]


def test_a_report_lies_inside_the_order_and_not_ahead() -> None:
    assert problems_of_report() == []
    assert problems_of_report(day=TODAY + DAY) == ["day: not after 2026-03-01, not 2026-03-02"]
    assert problems_of_report(day=TODAY - 4 * DAY) == ["day: 2026-02-26 to 2026-03-04, not 2026-02-25"]


def test_a_day_is_reported_twice_only_to_correct_it() -> None:
    reports = {TODAY: DayReport(TODAY, 90, 0)}

    assert problems_of_report(reports) == ["correction_reason: why the day is corrected, not 90 reported"]
    assert problems_of_report(reports, correction_reason="counted again") == []


def test_the_sum_proves_that_no_day_is_missing() -> None:
    yesterday = TODAY - DAY
    reports = {yesterday: DayReport(yesterday, 90, 0)}

    assert problems_of_report(reports) == ["cumulative_good: 190, not 100"]
    assert problems_of_report(reports, cumulative_good=190) == []


def test_twice_the_capacity_is_a_slip_and_a_little_more_is_not() -> None:
    assert problems_of_report(good=105) == []
    assert problems_of_report(good=201) == ["good: at most 200, twice the line's maximum, not 201"]


def test_a_correction_does_not_undo_a_release() -> None:
    assert problems_of_report(good=80, released=81) == ["good: at least 81, not 80"]


def problems_of_release(must_expire: bool = True, **changes: Any) -> list[str]:
    supply = Supply(
        code="PRD-1/2026-03-01",
        kind=SupplyKind.PRE_ADVISED,
        site_code="PR001",
        item_code=SUIT,
        owner_code="130000",
        quantity=100,
        available_from=NOW,
        evidence=Evidence.COUNTED,
        document_number="PRD-1",
    )
    now = changes.pop("now", NOW)
    bins = {"PROD": True, "A1": True, "REJ": False}
    draft = make_release("PRD-1", **changes)
    problems = release_problems(draft, supply, must_expire=must_expire, bins=bins, now=now, today=TODAY)
    return [f"{problem.field}: {problem.expected}, not {problem.found}" for problem in problems]


def test_a_lot_is_not_released_before_its_tests_are_over() -> None:
    early = NOW - timedelta(seconds=1)

    assert problems_of_release() == []
    assert problems_of_release(now=early) == [f"made_on: {NOW.isoformat()} or later, not {early.isoformat()}"]


def test_no_more_is_released_than_was_reported() -> None:
    assert problems_of_release(accepted=90, rejected=11) == ["accepted: at most the 100 still waiting, not 101"]
    assert problems_of_release(accepted=0) == ["accepted: at least 1 piece, not 0"]
    assert problems_of_release(accepted=0, rejected=100, expires_on=None) == []


def test_accepted_goods_need_a_life_and_a_place() -> None:
    assert problems_of_release(expires_on=None) == ["expires_on: an expiry date, not "]
    assert problems_of_release(must_expire=False, expires_on=None) == []
    assert problems_of_release(expires_on=TODAY - DAY) == ["expires_on: 2026-03-01 or later, not 2026-02-28"]
    assert problems_of_release(bin_code="REJ") == ["bin_code: A1 / PROD, not REJ"]
