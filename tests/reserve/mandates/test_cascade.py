"""Which source serves whom, at which level, by whose authority."""

import pytest

from reserve.mandates.cascade import admission, open_steps, relation_to_lead, source_kind
from reserve.mandates.terms import LaneRule, Receiver, Source, SourceForm, SourceKind
from reserve.organisations.terms import Tier
from reserve.papers.terms import HolderRelation, ResponseLevel
from tests.reserve.mandates.hebei import cascade

STEPS = cascade()
I, II, III, IV = ResponseLevel.I, ResponseLevel.II, ResponseLevel.III, ResponseLevel.IV  # noqa: E741
GAOCHENG = Receiver("130109", "130100")
DINGZHOU = Receiver("130682", "130682")
PROVINCE = Source(Tier.PROVINCE, "130000", "130000")
OWN_CITY = Source(Tier.CITY, "130100", "130100")
NEIGHBOUR = Source(Tier.CITY, "130600", "130600")
OWN_COUNTY = Source(Tier.COUNTY, "130109", "130100")
OTHER_COUNTY = Source(Tier.COUNTY, "130123", "130100")


def form(form: SourceForm, tier: Tier = Tier.PRODUCER) -> Source:
    return Source(tier, "130110", "130100", form)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (OWN_COUNTY, SourceKind.OWN_COUNTY_STOCK),
        (OWN_CITY, SourceKind.OWN_CITY_STOCK),
        (PROVINCE, SourceKind.PROVINCE_STOCK_ABOVE_FLOOR),
        (NEIGHBOUR, SourceKind.NEIGHBOUR_CITY_STOCK_ABOVE_FLOOR),
        (form(SourceForm.OFFER, Tier.CHARITY), SourceKind.ACCEPTED_OFFER),
        (form(SourceForm.ON_BEHALF, Tier.PROVINCE), SourceKind.PRODUCER_STOCK_ON_BEHALF),
        (form(SourceForm.CAPACITY), SourceKind.CAPACITY_ACTIVATION),
        (form(SourceForm.REQUISITION, Tier.INSTITUTION), SourceKind.REQUISITION),
        (OTHER_COUNTY, None),
        (Source(Tier.HOSPITAL, "130109", "130100"), None),
        (Source(Tier.CHARITY, "130100", "130100"), None),
    ],
)
def test_a_source_is_seen_from_its_receiver(source: Source, kind: SourceKind | None) -> None:
    assert source_kind(source, GAOCHENG) == kind


def test_county_and_city_in_one_is_the_first_step() -> None:
    city_store = Source(Tier.CITY, "130682", "130682")

    assert source_kind(city_store, DINGZHOU) == SourceKind.OWN_COUNTY_STOCK


@pytest.mark.parametrize(("level", "steps"), [(IV, [1, 2]), (III, [1, 2, 3, 5]), (II, [1, 2, 3, 4, 5, 6, 7])])
def test_each_level_opens_the_steps_below_it(level: ResponseLevel, steps: list[int]) -> None:
    assert [step.step for step in open_steps(STEPS, level)] == steps


def test_level_one_opens_requisition_and_never_the_strategic_floor() -> None:
    assert [step.step for step in open_steps(STEPS, I)] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_without_a_response_nothing_is_lawful() -> None:
    assert open_steps(STEPS, None) == ()
    assert admission(STEPS, OWN_COUNTY, GAOCHENG, None).rule == LaneRule.NO_RESPONSE


def test_a_level_too_low_names_what_would_open_the_step() -> None:
    found = admission(STEPS, NEIGHBOUR, GAOCHENG, III)

    assert found.rule == LaneRule.LEVEL_TOO_LOW
    assert found.step is not None
    assert (found.step.opens_at, found.step.authority) == (II, "provincial_commission_deputy")


def test_province_stock_at_level_three_waits_for_a_written_request() -> None:
    assert admission(STEPS, PROVINCE, GAOCHENG, III).rule == LaneRule.REQUEST_MISSING
    assert admission(STEPS, PROVINCE, GAOCHENG, III, has_asked_province=True).is_lawful
    assert admission(STEPS, PROVINCE, GAOCHENG, II).is_lawful


def test_requisition_is_offered_at_level_one_only() -> None:
    taken = form(SourceForm.REQUISITION, Tier.INSTITUTION)

    assert [admission(STEPS, taken, GAOCHENG, level).is_lawful for level in (IV, III, II, I)] == [
        False,
        False,
        False,
        True,
    ]


def test_the_strategic_floor_opens_only_by_a_signed_release() -> None:
    released = form(SourceForm.STRATEGIC_RELEASE, Tier.PROVINCE)

    assert admission(STEPS, released, GAOCHENG, I).rule == LaneRule.NEVER_AUTOMATIC
    assert admission(STEPS, released, GAOCHENG, I, is_released=True).is_lawful
    assert admission(STEPS, released, GAOCHENG, II, is_released=True).rule == LaneRule.LEVEL_TOO_LOW


def test_another_countys_stock_has_no_step() -> None:
    assert admission(STEPS, OTHER_COUNTY, GAOCHENG, I).rule == LaneRule.NO_STEP


@pytest.mark.parametrize(
    ("level", "source", "relation"),
    [
        (I, NEIGHBOUR, HolderRelation.OWN),
        (II, OWN_COUNTY, HolderRelation.OWN),
        (III, OTHER_COUNTY, HolderRelation.OWN),
        (III, OWN_CITY, HolderRelation.OWN),
        (III, PROVINCE, HolderRelation.ABOVE),
        (III, NEIGHBOUR, HolderRelation.NEIGHBOUR),
        (IV, OWN_COUNTY, HolderRelation.OWN),
        (IV, OWN_CITY, HolderRelation.ABOVE),
        (IV, OTHER_COUNTY, HolderRelation.NEIGHBOUR),
        (III, form(SourceForm.OFFER, Tier.CHARITY), HolderRelation.OTHER),
        (I, form(SourceForm.CAPACITY), HolderRelation.OTHER),
    ],
)
def test_the_owner_is_seen_from_the_body_that_leads(
    level: ResponseLevel, source: Source, relation: HolderRelation
) -> None:
    assert relation_to_lead(level, source, GAOCHENG) == relation
