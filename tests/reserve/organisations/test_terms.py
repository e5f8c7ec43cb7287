"""Words for places and bodies: the seven holders are a closed list."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reserve.organisations.terms import (
    HOLDER_KIND_OF_TIER,
    Body,
    HolderKind,
    OrganisationDraft,
    RegionDraft,
    RegionLevel,
    Tier,
)


def test_every_tier_is_one_of_the_seven_holders() -> None:
    assert set(HOLDER_KIND_OF_TIER) == set(Tier)
    assert set(HOLDER_KIND_OF_TIER.values()) == set(HolderKind)
    assert len(HolderKind) == 7


@pytest.mark.parametrize("code", ["", "a1", "A 1", "A/1", "甲"])
def test_an_organisation_code_cannot_break_a_path(code: str) -> None:
    with pytest.raises(ValidationError):
        OrganisationDraft(code=code, name_zh="x", body=Body.STORE, region_code="130000")


@pytest.mark.parametrize(("field", "value"), [("code", "13"), ("latitude", 91.0), ("population", -1), ("name_zh", "")])
def test_a_region_that_cannot_be_is_refused_with_its_field(field: str, value: object) -> None:
    good = {
        "code": "130000",
        "name_zh": "河北",
        "name_en": "Hebei",
        "level": RegionLevel.PROVINCE,
        "county_equivalent": False,
        "latitude": 38.0,
        "longitude": 114.5,
        "population": 1,
        "households": 1,
    }

    with pytest.raises(ValidationError) as refusal:
        RegionDraft(**good | {field: value})

    assert [each["loc"] for each in refusal.value.errors()] == [(field,)]
