"""Every driver says what its row says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from reserve.incidents.drivers import situation
from reserve.incidents.estimation import DRIVERS
from reserve.incidents.picture import AffectedCounty, Measure, Picture, Range, Scenario
from tests.reserve.incidents.hebei import rows
from tests.reserve.incidents.pictures import cases, county, day, norm, picture, rule, seen, span

HERE = county("130109")


def levels(driver: str, known: Picture, at: AffectedCounty = HERE, amount: Range | None = None) -> Sequence[Range]:
    return DRIVERS[driver].levels(situation(known), at, amount or span("1", "1", "1"))


def base(found: Sequence[Range]) -> list[object]:
    return [level.base for level in found]


def test_every_driver_of_the_reference_data_has_a_law() -> None:
    named = {row["driver"] for row in rows("drivers")} - {"new_cases", "household"}

    assert named == set(DRIVERS)


def test_bed_days_are_the_patients_of_the_day() -> None:
    known = picture(observations=cases(10, 10, 0))

    assert base(levels("severe_bed_day", known)) == [2, 4, 4]


def test_a_test_round_is_spread_over_three_days() -> None:
    known = picture(observations=(seen(Measure.MASS_TEST_PERSONS, 2, 1000),), ends_on=day(5))

    found = levels("mass_test_person_round", known, amount=span("3", "3", "3"))

    assert base(found) == [0, 334, 333, 333, 0]


def test_fewer_persons_per_shift_make_more_shifts() -> None:
    known = picture(
        observations=(seen(Measure.MASS_TEST_PERSONS, 1, 3600),), rules=(rule("mass_test_person_round", base="3"),)
    )

    found = levels("sampling_team_shift", known, amount=span("400", "600", "800"))

    assert found[0] == span("2", "2", "3")  # 1,200 a day


def test_isolation_needs_one_member_of_staff_for_ten_from_the_day_of_the_measure() -> None:
    known = picture(observations=(seen(Measure.CENTRAL_ISOLATION_PERSONS, 2, 95),))

    assert base(levels("isolation_site_staff_day", known, amount=span("10", "10", "10"))) == [0, 10, 10]


def test_only_residents_of_closed_counties_need_masks() -> None:
    closed = seen(Measure.CLOSURE, 2, 1, region="130109", known=1)
    known = picture(observations=(closed,), counties=(HERE, county("130102")))

    assert base(levels("resident_day", known)) == [0, 1000, 1000]
    assert base(levels("resident_day", known, county("130102"))) == [0, 0, 0]


def test_health_workers_count_by_half() -> None:
    assert base(levels("ordinary_hcw_day", picture(), amount=span("1/2", "1/2", "1/2"))) == [20, 20, 20]


def test_evacuees_leave_after_their_days() -> None:
    known = picture(
        observations=(seen(Measure.RELOCATED_PERSONS, 1, 50), seen(Measure.RELOCATED_PERSONS, 2, 100)),
        reported=frozenset({Measure.RELOCATED_PERSONS}),
        ends_on=day(4),
    )

    found = levels("evacuee_day", known, amount=span("1", "2", "3"))

    assert [(f.low, f.base, f.high) for f in found] == [(10, 10, 10), (10, 20, 20), (0, 10, 20), (0, 0, 10)]


def test_rescuers_work_ten_days_in_a_flood() -> None:
    known = picture(norm("rescuer_day", scenario=Scenario.FLOOD), ends_on=day(12))

    found = levels("rescuer_day", known, amount=span("30", "57", "60"))

    assert found[0] == span("3", "57/10", "6")
    assert base(found)[9:] == [span("3", "57/10", "6").base, 0, 0]


def test_dikes_are_longer_in_detention_areas() -> None:
    basin = county("130681", hazard_tags=frozenset({"flood_detention"}))
    known = picture(counties=(HERE, basin))

    assert levels("dike_risk_km", known, basin, span("2", "5", "10"))[0] == span("2", "5", "10")
    assert levels("dike_risk_km", known, HERE, span("2", "5", "10"))[0] == span("1", "1", "1")


def test_flooded_households_follow_persons_per_household() -> None:
    assert base(levels("flooded_household", picture(), amount=span("0.1", "0.3", "0.5")))[0] == 75


def test_heaters_are_for_winter_nights() -> None:
    standing = seen(Measure.TENTS_STANDING, 1, 12, region="130109")
    known = picture(observations=(standing,))
    summer = replace(known, begins_on=date(2021, 7, 1), ends_on=date(2021, 7, 1), known_on=date(2021, 7, 1))

    assert base(levels("tent", known)) == [12, 12, 12]
    assert base(levels("tent", summer)) == [0]


def test_injured_follow_sheltered_persons() -> None:
    known = picture(counties=(HERE, county("130102", sheltered_persons=60)), injured=8)

    assert base(levels("injured_person", known))[0] == 2
    assert levels("severely_injured_person", known, amount=span("0.1", "0.2", "0.3"))[0] == span("0.2", "0.4", "0.6")
    serious = replace(known, injured_are_serious=True)
    assert base(levels("severely_injured_person", serious))[0] == 2


@pytest.mark.parametrize("driver", ["incident_site", "entry_team_member", "leaked_tonne", "underground_worker"])
def test_a_site_is_in_the_first_county_only(driver: str) -> None:
    known = picture(counties=(HERE, county("130102")))

    assert base(levels(driver, known))[0] == 1
    assert base(levels(driver, known, county("130102")))[0] == 0


def test_kilometres_cleared_count_on_their_day_only() -> None:
    known = picture(observations=(seen(Measure.ROAD_CLEARED, 2, 300),), counties=(HERE, county("130102")))

    assert base(levels("road_km_pass", known)) == [0, 150, 0]
