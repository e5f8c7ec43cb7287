"""Needs from drivers and norms."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reserve.incidents.estimation import UnknownDriver, estimate
from reserve.incidents.picture import (
    Basis,
    Confidence,
    HospitalReserve,
    HouseholdCover,
    Measure,
    NeedClass,
    NeedKind,
    NeedLine,
    NormKind,
    Picture,
    PlaceKind,
    Quantities,
)
from tests.reserve.incidents.pictures import cases, county, day, norm, picture, seen, span

SUIT = norm("critical_bed_day", "12")
VENTILATOR = norm("critical_patient", "1", NormKind.ONE_OFF, norm_code="N2", item_code="VENTILATOR")
CLOSED = seen(Measure.CLOSURE, 1, 1, region="130109")


def base(lines: Iterable[NeedLine], item: str = "ITEM") -> list[tuple[date, int]]:
    return [(line.due_on, line.quantity.base) for line in lines if line.item_code == item]


def test_a_flow_is_needed_again_every_day() -> None:
    needs = estimate(picture(SUIT, observations=cases(10)))

    assert base(needs) == [(day(1), 12), (day(2), 12), (day(3), 12)]
    assert {need.kind for need in needs} == {NeedKind.FLOW}


def test_a_lump_is_the_rise_of_the_highest_census() -> None:
    needs = estimate(picture(VENTILATOR, observations=cases(10, 0, 20)))

    assert base(needs, "VENTILATOR") == [(day(1), 1), (day(3), 2)]
    assert {need.kind for need in needs} == {NeedKind.LUMP}


def test_parts_of_a_lump_add_up_to_the_rounded_whole() -> None:
    third = replace(VENTILATOR, quantity=span("1/3", "1/3", "1/3"))

    needs = estimate(picture(third, observations=cases(10, 10, 10)))

    assert sum(quantity for _, quantity in base(needs, "VENTILATOR")) == 1


def test_a_fraction_is_rounded_up_once() -> None:
    goggles = norm("critical_bed_day", "0.67")

    assert base(estimate(picture(goggles, observations=cases(20), ends_on=day(1)))) == [(day(1), 2)]  # 1.34


def test_low_and_high_multiply_driver_and_norm() -> None:
    ranged = replace(SUIT, quantity=span("9", "12", "15"))
    known = picture(ranged, observations=cases(30), known_on=day(1), ends_on=day(2))

    assert estimate(known)[1].quantity == Quantities(36, 48, 75)  # 4, 4 and 5 critical of 35, 40 and 50 cases


def test_care_stands_at_the_hospital_and_masks_for_residents_at_the_receiving_point() -> None:
    masks = norm("resident_day", norm_code="N9")

    care, residents = estimate(picture(SUIT, masks, observations=(*cases(10), CLOSED), ends_on=day(1)))

    assert (care.place_kind, care.place_code, care.need_class) == (PlaceKind.HOSPITAL, "HS-130109", NeedClass.LIFE)
    assert (residents.place_code, residents.need_class) == ("RP-130109", NeedClass.PUBLIC)


def test_without_a_designated_hospital_care_stands_at_the_receiving_point() -> None:
    (need,) = estimate(
        picture(SUIT, observations=cases(10), counties=(county("130109", hospital_code=None),), ends_on=day(1))
    )

    assert (need.place_kind, need.place_code) == (PlaceKind.RECEIVING_POINT, "RP-130109")


def test_household_coverage_lowers_the_first_days_only() -> None:
    known = picture(
        norm("resident_day"),
        observations=(CLOSED,),
        counties=(county("130109", coverage={"basic": Fraction(3, 10)}),),
        household_covers=(HouseholdCover("resident_day", "ITEM", Fraction(2), 2),),
    )

    needs = estimate(known)

    assert base(needs) == [(day(1), 700), (day(2), 700), (day(3), 1000)]
    assert [need.household_cover.base for need in needs] == [300, 300, 0]
    assert {need.gross.base for need in needs} == {1000}


def test_household_coverage_never_makes_a_need_negative() -> None:
    known = picture(
        norm("resident_day", "0.5"),
        observations=(CLOSED,),
        counties=(county("130109", coverage={"basic": Fraction(1)}),),
        household_covers=(HouseholdCover("resident_day", "ITEM", Fraction(10), 10),),
    )

    assert {need.quantity.base for need in estimate(known)} == {0}


def test_a_hospital_uses_its_own_reserve_first() -> None:
    reserve = HospitalReserve("HS-130109", "ITEM", 20)

    needs = estimate(picture(SUIT, observations=cases(10), hospital_reserves=(reserve,)))

    assert base(needs) == [(day(1), 0), (day(2), 4), (day(3), 12)]
    assert [need.hospital_cover.base for need in needs] == [12, 8, 0]


def test_own_reserve_serves_the_higher_class_first() -> None:
    mild = norm("mild_bed_day", "1", norm_code="N0")
    reserve = HospitalReserve("HS-130109", "ITEM", 13)

    needs = estimate(picture(SUIT, mild, observations=cases(10), hospital_reserves=(reserve,), ends_on=day(1)))

    assert {need.driver: need.quantity.base for need in needs} == {"critical_bed_day": 0, "mild_bed_day": 6}


def test_past_flows_are_left_out_and_past_lumps_kept() -> None:
    needs = estimate(picture(SUIT, VENTILATOR, observations=cases(10), from_on=day(3)))

    assert [(need.item_code, need.due_on) for need in needs] == [("VENTILATOR", day(1)), ("ITEM", day(3))]


def test_each_need_says_what_it_rests_on() -> None:
    checkpoints = norm("checkpoint", kind=NormKind.ONE_OFF, norm_code="N7", confidence=Confidence.ILLUSTRATIVE)

    needs = estimate(picture(SUIT, checkpoints, observations=cases(10, 10), known_on=day(2)))

    assert [(need.driver, need.due_on, need.basis) for need in needs] == [
        ("critical_bed_day", day(1), Basis.OBSERVED),
        ("checkpoint", day(1), Basis.ASSUMED),
        ("critical_bed_day", day(2), Basis.OBSERVED),
        ("critical_bed_day", day(3), Basis.FORECAST),
    ]
    assert {need.confidence for need in needs} == {Confidence.LOW, Confidence.ILLUSTRATIVE}


def test_norms_of_other_scenarios_are_not_used() -> None:
    flood = norm("sheltered_person", scenario="flood")

    assert estimate(replace(picture(SUIT), norms=(flood,))) == ()


def test_a_norm_out_of_season_needs_nothing() -> None:
    summer = norm("resident_day", months=frozenset({7}))

    assert estimate(picture(summer, observations=(CLOSED,))) == ()


def test_a_norm_with_an_unknown_driver_is_our_mistake() -> None:
    with pytest.raises(UnknownDriver, match="N1: driver moon_day"):
        estimate(picture(norm("moon_day")))


def test_tomorrows_estimate_grows_when_more_cases_are_counted() -> None:
    history = cases(10, 40, 90)
    today, tomorrow = (picture(SUIT, observations=history, known_on=day(n), ends_on=day(3)) for n in (2, 3))

    assert base(estimate(today))[-1] == (day(3), 84)  # 10 + 40 + 17: 7 critical, not 14
    assert base(estimate(tomorrow))[-1] == (day(3), 168)


ORDERS = st.permutations(["130102", "130104", "130581"])
COUNTS = st.lists(st.integers(0, 200), min_size=1, max_size=8)
SHARES = {"130102": 5, "130104": 3, "130581": 2, "130109": 1}
MILD = replace(norm("mild_bed_day", norm_code="N0"), quantity=span("2", "3", "4"))


def outbreak(counts: list[int], order: list[str], **changes: object) -> Picture:
    counties = tuple(county(code, confirmed_cases=SHARES[code]) for code in order)
    return picture(MILD, SUIT, VENTILATOR, observations=cases(*counts), counties=counties, ends_on=day(8), **changes)


@given(COUNTS, ORDERS)
def test_needs_do_not_depend_on_the_order_of_counties(counts: list[int], order: list[str]) -> None:
    assert estimate(outbreak(counts, order)) == estimate(outbreak(counts, sorted(order)))


@given(COUNTS)
def test_base_lies_between_low_and_high(counts: list[int]) -> None:
    needs = estimate(outbreak(counts, sorted(SHARES), known_on=day(2)))

    reached: dict[tuple[str, str], list[int]] = {}
    for need in needs:
        so_far = reached.setdefault((need.norm_code, need.region_code), [0, 0, 0])
        for place, quantity in enumerate((need.quantity.low, need.quantity.base, need.quantity.high)):
            so_far[place] = quantity + (so_far[place] if need.kind == NeedKind.LUMP else 0)
        assert so_far == sorted(so_far)


@given(COUNTS, st.integers(0, 50))
def test_more_cases_never_lower_a_need(counts: list[int], more: int) -> None:
    def total(values: list[int]) -> int:
        return sum(need.quantity.base for need in estimate(outbreak(values, ["130109"], known_on=day(8))))

    assert total(counts) <= total([counts[0] + more, *counts[1:]])
