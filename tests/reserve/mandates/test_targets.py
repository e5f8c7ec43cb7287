"""Targets from mandates: one sentence of mandate_rules.csv each."""

from dataclasses import replace
from fractions import Fraction

from reserve.mandates.targets import LAWS, targets_of
from reserve.mandates.terms import (
    DECLARED_BY_UNIT,
    CoverageDriver,
    GapReason,
    Holder,
    HospitalLoad,
    Mandate,
    Target,
)
from reserve.organisations.terms import Tier
from tests.reserve.incidents.hebei import rows
from tests.reserve.mandates.hebei import loads, mandates, province, rule_book

BOOK = rule_book()
CITY = Holder("GOV-130100", Tier.CITY, "130100", hospitals=(HospitalLoad(10, 100, 200),))


def quantities(holder: Holder, *of: Mandate) -> dict[str, int]:
    targets, _ = targets_of(holder, of or mandates(), BOOK)
    return {target.item_code: target.quantity for target in targets}


def mandate(tier: Tier, category: str, driver: CoverageDriver, quantity: int, unit: str = "") -> Mandate:
    return Mandate(tier, category, driver, Fraction(quantity), unit)


def target(found: tuple[Target, ...], item_code: str) -> Target:
    return next(each for each in found if each.item_code == item_code)


def test_every_coverage_driver_of_the_reference_data_has_a_law() -> None:
    named = {CoverageDriver(row["coverage_driver"]) for row in rows("mandate_rules")}

    assert named == set(LAWS) | DECLARED_BY_UNIT


def test_shelter_takes_the_norm_of_a_flood_and_else_of_an_earthquake() -> None:
    found = quantities(CITY, mandate(Tier.CITY, "shelter", CoverageDriver.EVACUATED_PERSONS, 1000))

    assert found == {"H1030201": 1000, "H1030101": 250, "H1030102": 250}


def test_full_load_counts_icu_beds_a_tenth_of_the_others_and_health_workers() -> None:
    found = quantities(CITY, mandate(Tier.CITY, "medical_protection", CoverageDriver.FULL_LOAD_DAYS, 15))

    assert found["H2010201"] == (10 * 12 + 10 * 6) * 15
    assert found["H2010103"] == 200 * 3 * 15
    assert found["H2010101"] == (10 * 13 + 10 * 7) * 15


def test_province_holds_suits_for_every_designated_hospital() -> None:
    icu = sum(load.icu_beds for load in loads())
    others = sum(load.other_beds for load in loads())

    assert quantities(province())["H2010201"] == icu * 12 * 30 + others * 6 * 3


def test_critical_patients_need_a_ventilator_each_and_spare_monitors() -> None:
    found = quantities(province())

    assert (found["H2020101"], found["H2020301"], found["H2020401"]) == (1500, 1650, 75)


def test_an_icu_bed_needs_a_ventilator_and_a_monitor() -> None:
    hospital = Holder("HS001", Tier.HOSPITAL, "130181", hospitals=(HospitalLoad(12, 618, 819),))

    found = quantities(hospital)

    assert (found["H2020101"], found["H2020301"]) == (12, 12)
    assert found["H2010201"] == 12 * 12 * 30 + 618 * 6 * 3


def test_treatments_are_the_target_of_each_item() -> None:
    found = quantities(CITY, mandate(Tier.CITY, "drug_reagent", CoverageDriver.TREATMENTS, 5000))

    assert set(found.values()) == {5000}
    assert len(found) == 9


def test_pumping_is_shared_equally_and_divided_by_what_a_pump_moves() -> None:
    found = quantities(CITY, mandate(Tier.CITY, "drainage", CoverageDriver.PUMP_M3H, 20000))

    assert found == {"H3020101": 3, "H3020102": 14, "H3020103": 67}  # 6,667 m3/h each, rounded up


def test_power_is_shared_between_generators_only() -> None:
    found = quantities(CITY, mandate(Tier.CITY, "power_lighting", CoverageDriver.POWER_KW, 2000))

    assert found == {"H2090101": 20, "H2090102": 200}


def test_dikes_take_each_norm_per_kilometre() -> None:
    found = quantities(CITY, mandate(Tier.CITY, "flood_control", CoverageDriver.DIKE_RISK_KM, 15))

    assert found == {"H3010101": 300_000, "H3010103": 45_000, "H3010106": 2_250}


def test_a_stated_number_of_teams_is_of_the_type_that_carries_most_kinds() -> None:
    found = quantities(CITY, mandate(Tier.CITY, "communications", CoverageDriver.TEAMS, 100, "teams"))

    assert found == {"H2080101": 600, "H2080102": 4000, "H2080201": 1200, "H2080301": 1200}


def test_a_rescue_body_holds_the_standard_of_its_own_teams() -> None:
    body = Holder("RT022", Tier.RESCUE_BODY, "130200", teams={"water_rescue": 2})

    found = quantities(body)

    assert found["H2070101"] == 12
    assert found["H2080102"] == 50
    assert "H2120101" not in found  # unmanned gear is in the standard, not in the mandate


def test_bridges_are_metres_and_roads_are_passes() -> None:
    found = quantities(province())

    assert (found["H3050101"], found["H3040101"]) == (500, 24_000)


def test_a_charity_holds_kits_and_food_for_person_days() -> None:
    charity = Holder("CH-01", Tier.CHARITY, "130100")

    found = quantities(charity)

    assert (found["H1050101"], found["H1010101"], found["H1010201"]) == (2000, 165_000, 60_000)


def test_households_are_coverage_and_never_stock() -> None:
    people = Holder("HH-130109", Tier.HOUSEHOLD, "130109", 1000, 300, coverage_rate=Fraction(1, 10))

    found, _ = targets_of(people, mandates(), BOOK)

    assert all(each.is_coverage for each in found)
    assert (target(found, "H1050101").quantity, target(found, "H2010103").quantity) == (300, 1000)
    assert target(found, "H1010101").quantity == 1650


def test_a_producer_holds_days_of_its_own_maximum_capacity() -> None:
    producer = Holder("PR001", Tier.PRODUCER, "130110", max_output={"H2010201": 24_000, "M01": 9})

    assert quantities(producer) == {"H2010201": 240_000}


def test_an_item_without_a_norm_stands_in_the_gap_report() -> None:
    _, gaps = targets_of(CITY, [mandate(Tier.CITY, "flood_control", CoverageDriver.DIKE_RISK_KM, 15)], BOOK)

    assert [(gap.item_code, gap.reason) for gap in gaps] == [
        ("H3010102", GapReason.NO_NORM),
        ("H3010104", GapReason.NO_NORM),
        ("H3010105", GapReason.NO_NORM),
    ]


def test_what_a_unit_declares_has_no_computed_target() -> None:
    unit = Holder("UNIT-1", Tier.INSTITUTION, "130100")

    targets, gaps = targets_of(unit, mandates(), BOOK)

    assert targets == ()
    assert {gap.reason for gap in gaps} == {GapReason.DECLARED_BY_UNIT}


def test_a_mandate_for_hazard_counties_leaves_others_out() -> None:
    dikes = mandate(Tier.COUNTY, "flood_control", CoverageDriver.DIKE_RISK_KM, 3)
    tagged = replace(dikes, hazard_tags=frozenset({"flood_detention", "flash_flood"}))
    county = Holder("GOV-130109", Tier.COUNTY, "130109")

    assert quantities(county, tagged) == {}
    assert quantities(replace(county, hazard_tags=frozenset({"flash_flood"})), tagged)["H3010101"] == 60_000


def test_a_target_names_its_norms() -> None:
    found, _ = targets_of(CITY, [mandate(Tier.CITY, "bedding_clothing", CoverageDriver.EVACUATED_PERSONS, 1)], BOOK)

    assert target(found, "H1020101").norm_codes == ("N037",)
    assert target(found, "H1020201").norm_codes == ("N045",)
