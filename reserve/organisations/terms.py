"""Words for places and bodies."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, Field

from reserve.drafts import Draft


class RegionLevel(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class HolderKind(StrEnum):
    """The seven holders of 冀政字〔2020〕14号 三(八): a closed list."""

    PROVINCE = "province"
    CITY = "city"
    RESCUE_BODY = "rescue_body"
    CHARITY = "charity"
    INSTITUTION = "institution"
    HOUSEHOLD = "household"
    PRODUCER = "producer"


class Tier(StrEnum):
    """Where in the tiered scheme an organisation stands; finer than the holder kind."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    RESCUE_BODY = "rescue_body"
    CHARITY = "charity"
    INSTITUTION = "institution"
    HOSPITAL = "hospital"
    HOUSEHOLD = "household"
    PRODUCER = "producer"


HOLDER_KIND_OF_TIER = {
    Tier.PROVINCE: HolderKind.PROVINCE,
    Tier.CITY: HolderKind.CITY,
    Tier.COUNTY: HolderKind.CITY,
    Tier.TOWNSHIP: HolderKind.CITY,
    Tier.RESCUE_BODY: HolderKind.RESCUE_BODY,
    Tier.CHARITY: HolderKind.CHARITY,
    Tier.INSTITUTION: HolderKind.INSTITUTION,
    Tier.HOSPITAL: HolderKind.INSTITUTION,
    Tier.HOUSEHOLD: HolderKind.HOUSEHOLD,
    Tier.PRODUCER: HolderKind.PRODUCER,
}


class Body(StrEnum):
    """What an organisation is for. The emergency side orders, the reserve side holds and moves."""

    GOVERNMENT = "government"
    COMMISSION = "commission"
    EMERGENCY_DEPARTMENT = "emergency_department"
    RESERVE_BUREAU = "reserve_bureau"
    STORE = "store"
    HOSPITAL = "hospital"
    PRODUCER = "producer"
    CHARITY = "charity"
    RESCUE_TEAM = "rescue_team"
    INSTITUTION = "institution"
    AUDIT = "audit"


class RegionDraft(Draft):
    """A region as GB/T 2260 knows it: who manages it (``parent_code``), what its code says (``gb_parent_code``)."""

    code: str = Field(pattern=r"^\d{6}$")
    name_zh: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    level: RegionLevel
    county_equivalent: bool
    parent_code: str | None = None
    gb_parent_code: str | None = None
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    population: int = Field(ge=0)
    households: int = Field(ge=0)
    hazard_tags: tuple[str, ...] = ()


class RegionsDraft(Draft):
    regions: tuple[RegionDraft, ...]


class OrganisationDraft(Draft):
    code: str = Field(min_length=1, pattern=r"^[A-Z0-9][A-Z0-9-]*$")
    name_zh: str = Field(min_length=1)
    name_en: str = ""
    body: Body
    tier: Tier | None = None
    region_code: str = Field(pattern=r"^\d{6}$")
    parent_code: str | None = None
    is_illustrative: bool = False


class OrganisationsDraft(Draft):
    organisations: tuple[OrganisationDraft, ...]


class InstallationDraft(Draft):
    """What this database is. A drill names its story's last instant, from which its clock goes on."""

    is_drill: bool
    title_zh: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    created_at: AwareDatetime
    """Real time, also in a drill."""
    story_ends_at: AwareDatetime | None = None
