"""Both stories on the reference data: sums that were worked out apart from the law."""

from collections import Counter
from fractions import Fraction

from reserve.incidents.estimation import estimate
from reserve.incidents.picture import Measure, NeedClass, NeedKind, NeedLine, PlaceKind
from reserve.incidents.spreading import daily, persons
from tests.reserve.incidents.hebei import OUTBREAK, counties, flood, outbreak

SUIT, MASK, VENTILATOR, THERMOMETER, TEST = "H2010201", "H2010103", "H2020101", "H2020302", "H2030101"
QUILT, TOWEL_QUILT, BED, BAG, WATER = "H1020101", "H1020103", "H1030201", "H3010101", "H1010101"


def totals(needs: tuple[NeedLine, ...]) -> Counter[str]:
    """Base need per item over all counties and days."""
    answer: Counter[str] = Counter()
    for need in needs:
        answer[need.item_code] += need.quantity.base
    return answer


def test_gaocheng_carries_three_quarters_of_the_cases() -> None:
    cases = daily(outbreak("2021-01-31"), Measure.NEW_CONFIRMED_CASES, lambda c: c.confirmed_cases)

    total = sum(sum(day.values()) for day in cases.values())
    assert total == 938
    assert sum(day["130109"] for day in cases.values()) == 725  # published: 718 of 940; each day is rounded


def test_daily_replanning_sees_the_outbreak_grow() -> None:
    suits = [totals(estimate(outbreak(f"2021-01-{day:02d}")))[SUIT] for day in (4, 6, 10, 14)]

    assert suits == sorted(suits)
    assert len(set(suits)) == 4


def test_a_test_round_needs_one_kit_for_ten_persons() -> None:
    needs = [need for need in estimate(outbreak("2021-01-08")) if need.item_code == TEST]

    assert 1_025_000 <= sum(need.quantity.base for need in needs) <= 1_025_000 + 63  # 21 counties, 3 days, rounded up
    assert len({need.region_code for need in needs}) == 21


def test_masks_are_for_health_workers_public_service_and_gaocheng() -> None:
    first, second = (
        sum(n.quantity.base for n in estimate(outbreak("2021-01-04")) if n.item_code == MASK and n.due_on.day == day)
        for day in (5, 6)
    )

    assert second - first == 797_215


def test_household_masks_lower_the_need_of_gaocheng() -> None:
    covered = outbreak("2021-01-04", counties=counties(OUTBREAK, coverage_rate=Fraction(1, 10)))
    masks = [n for n in estimate(covered) if (n.item_code, n.driver) == (MASK, "resident_day")]

    assert {n.quantity.base for n in masks} == {717_494}  # 797,215 less a tenth, rounded up
    assert len(masks) == 10


def test_thermometers_are_three_for_each_of_four_checkpoints() -> None:
    assert totals(estimate(outbreak("2021-01-04")))[THERMOMETER] == 23 * 4 * 3


def test_ventilators_follow_the_highest_census() -> None:
    needs = [n for n in estimate(outbreak("2021-01-14", ends_on="2021-01-14")) if n.item_code == VENTILATOR]

    assert sum(n.quantity.base for n in needs if n.region_code == "130109") == 9  # 434 cases, 2 %
    assert {n.kind for n in needs} == {NeedKind.LUMP}


def test_the_flood_shelters_351_462_at_the_end() -> None:
    found = totals(estimate(flood("2023-08-10")))

    assert (found[TOWEL_QUILT], found[BED], found[QUILT]) == (351_462, 351_462, 0)


def test_the_flood_is_known_only_as_far_as_it_was_reported() -> None:
    known = flood("2023-07-31")

    relocated = persons(known, Measure.RELOCATED_PERSONS, lambda c: c.relocated_persons)
    assert {code: values[-1] for code, values in relocated.items() if values[-1]} == {"130681": 128_000}
    assert totals(estimate(known))[BED] == 25_600


def test_reported_relocations_add_up_to_the_published_total() -> None:
    relocated = persons(flood("2023-08-03"), Measure.RELOCATED_PERSONS, lambda c: c.relocated_persons)

    assert sum(values[5] for values in relocated.values()) == 1_229_000


def test_bags_are_for_the_dikes_of_detention_counties_and_one_kilometre_elsewhere() -> None:
    basins = sum("flood_detention" in county.hazard_tags for county in flood("2023-07-31").counties)

    assert totals(estimate(flood("2023-07-29")))[BAG] == (basins * 5 + 46 - basins) * 20_000


def test_flood_water_is_for_ten_days_of_shelter() -> None:
    needs = estimate(flood("2023-07-31", ends_on="2023-08-20"))

    assert totals(needs)[WATER] == 25_600 * 10 * 55 // 10


def test_flood_needs_stand_at_receiving_points() -> None:
    needs = estimate(flood("2023-08-10"))

    assert {need.place_kind for need in needs} == {PlaceKind.RECEIVING_POINT}
    assert {need.need_class for need in needs if need.driver in ("trapped_person", "rescuer_day")} == {NeedClass.LIFE}
