"""From totals to counties."""

from fractions import Fraction

from reserve.incidents.picture import AffectedCounty, ForecastRule, Measure
from reserve.incidents.spreading import case_history, census, persons, sheltered, spread
from tests.reserve.incidents.pictures import cases, county, day, picture, seen, span

A, B, C = county("130102", confirmed_cases=7), county("130104", confirmed_cases=2), county("130581", confirmed_cases=1)
RELOCATED = Measure.RELOCATED_PERSONS


def by_cases(c: AffectedCounty) -> int:
    return c.confirmed_cases


def test_a_total_is_split_by_largest_remainder() -> None:
    total = seen(Measure.NEW_CONFIRMED_CASES, 1, 14)

    assert spread([total], (A, B, C), by_cases) == {"130102": 10, "130104": 3, "130581": 1}


def test_a_city_total_reaches_its_own_counties_only() -> None:
    total = seen(Measure.MASS_TEST_PERSONS, 1, 90, region="130100")

    assert spread([total], (A, B, C), by_cases) == {"130102": 70, "130104": 20, "130581": 0}


def test_a_countys_own_report_stands_beside_the_provinces() -> None:
    reports = [seen(RELOCATED, 1, 100), seen(RELOCATED, 1, 70, region="130581")]

    assert spread(reports, (A, B, C), by_cases) == {"130102": 23, "130104": 7, "130581": 70}


def test_an_older_own_report_is_a_lower_bound() -> None:
    older = [seen(RELOCATED, 1, 5, region="130581"), seen(RELOCATED, 2, 100)]
    larger = [seen(RELOCATED, 1, 40, region="130581"), seen(RELOCATED, 2, 100)]

    assert spread(older, (A, B, C), by_cases)["130581"] == 10
    assert spread(larger, (A, B, C), by_cases) == {"130102": 47, "130104": 13, "130581": 40}


def test_a_total_below_the_fixed_reports_leaves_nothing_to_share() -> None:
    reports = [seen(RELOCATED, 1, 50), seen(RELOCATED, 1, 70, region="130581")]

    assert spread(reports, (A, B, C), by_cases) == {"130102": 0, "130104": 0, "130581": 70}


def test_the_answer_does_not_depend_on_the_order_of_counties() -> None:
    total = seen(Measure.NEW_CONFIRMED_CASES, 1, 17)

    assert spread([total], (A, B, C), by_cases) == spread([total], (C, A, B), by_cases)


def test_forecast_holds_the_mean_of_the_last_three_days() -> None:
    known = picture(observations=cases(2, 5, 6), known_on=day(3), ends_on=day(5))

    history = case_history(known, Fraction(1))

    assert [history[day(n)]["130109"] for n in (3, 4, 5)] == [6, 5, 5]  # 13 / 3, rounded up


def test_what_was_not_known_yet_is_not_used() -> None:
    late = seen(Measure.NEW_CONFIRMED_CASES, 2, 50, known=4)
    known = picture(observations=(*cases(3), late), known_on=day(3))

    assert day(2) not in case_history(known, Fraction(1))


def test_a_correction_known_later_replaces_the_count() -> None:
    corrected = seen(Measure.NEW_CONFIRMED_CASES, 1, 9, known=3)
    known = picture(observations=(*cases(3), corrected), known_on=day(3))

    assert case_history(known, Fraction(1))[day(1)]["130109"] == 9


def test_patients_are_whole_and_leave_after_their_days_in_bed() -> None:
    patients = census(picture(observations=cases(10), known_on=day(30), ends_on=day(21)))

    mild, critical = patients.mild["130109"], patients.critical["130109"]
    assert [mild[n - 1].base for n in (1, 14, 15)] == [7, 7, 0]
    assert [critical[n - 1].base for n in (1, 20, 21)] == [1, 1, 0]


def test_forecast_low_halves_and_high_doubles_the_mean() -> None:
    known = picture(
        observations=cases(10, 10, 10), known_on=day(3), ends_on=day(4), forecast=ForecastRule(3, span("1/2", "1", "2"))
    )

    assert census(known).mild["130109"][3] == span("25", "28", "35")


def test_before_the_first_report_nobody_is_relocated() -> None:
    known = picture(observations=(seen(RELOCATED, 2, 60),), reported=frozenset({RELOCATED}))

    assert persons(known, RELOCATED, lambda c: c.relocated_persons) == {"130109": [0, 60, 60]}


def test_a_measure_without_timeline_holds_its_figure_from_the_first_day() -> None:
    assert persons(picture(), RELOCATED, lambda c: c.relocated_persons) == {"130109": [100, 100, 100]}


def test_relocated_persons_never_go_down() -> None:
    known = picture(observations=(seen(RELOCATED, 1, 60), seen(RELOCATED, 2, 40)), reported=frozenset({RELOCATED}))

    assert persons(known, RELOCATED, lambda c: c.relocated_persons)["130109"] == [60, 60, 60]


def test_sheltered_are_the_countys_share_of_relocated() -> None:
    known = picture(observations=(seen(RELOCATED, 1, 61),), reported=frozenset({RELOCATED}))

    assert sheltered(known, {"130109": [0, 61, 100]}) == {"130109": [0, 13, 20]}  # one in five, rounded up
