"""Places for tests: a province, a city, a county and who runs what there."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.organisations import service as organisation_service
from reserve.organisations.terms import (
    Body,
    OrganisationDraft,
    OrganisationsDraft,
    RegionDraft,
    RegionLevel,
    RegionsDraft,
    Tier,
)
from reserve.sites import service
from reserve.sites.terms import RouteDraft, SiteDraft, SiteKind, SitesDraft
from tests.conftest import NOW
from tests.reserve.catalogue.goods import make_actor

TODAY = NOW.date()
INSTALLER = make_actor(Permission.ORGANISATION_WRITE, Permission.SITE_WRITE, Permission.ROUTE_WRITE)


def make_region(code: str, level: RegionLevel, parent: str | None) -> RegionDraft:
    return RegionDraft(
        code=code,
        name_zh=code,
        name_en=code,
        level=level,
        county_equivalent=level is RegionLevel.COUNTY,
        parent_code=parent,
        latitude=38.0,
        longitude=114.5,
        population=1,
        households=1,
    )


def make_organisation(code: str, parent: str | None, body: Body, tier: Tier, region: str) -> OrganisationDraft:
    return OrganisationDraft(code=code, name_zh=code, body=body, tier=tier, region_code=region, parent_code=parent)


def make_site(code: str = "WH-P01", **changes: Any) -> SiteDraft:
    values: dict[str, Any] = {
        "code": code,
        "name_zh": code,
        "kind": SiteKind.WAREHOUSE,
        "organisation_code": "BUREAU",
        "region_code": "130100",
        "latitude": 38.0423,
        "longitude": 114.5148,
    }
    return SiteDraft.model_validate(values | changes)


def make_route(start: str = "WH-P01", end: str = "RP-130109", **changes: Any) -> RouteDraft:
    values: dict[str, Any] = {"from_site": start, "to_site": end, "minutes": 40, "metres": 35_000, "valid_from": NOW}
    return RouteDraft.model_validate(values | changes)


def lay_out(session: Session) -> None:
    """Province 130000 > bureau; city 130100 > producer PR001, charity and team; county 130109."""
    regions = RegionsDraft(
        regions=(
            make_region("130000", RegionLevel.PROVINCE, None),
            make_region("130100", RegionLevel.CITY, "130000"),
            make_region("130109", RegionLevel.COUNTY, "130100"),
        )
    )
    organisations = OrganisationsDraft(
        organisations=(
            make_organisation("130000", None, Body.GOVERNMENT, Tier.PROVINCE, "130000"),
            make_organisation("BUREAU", "130000", Body.RESERVE_BUREAU, Tier.PROVINCE, "130000"),
            make_organisation("130100", "130000", Body.GOVERNMENT, Tier.CITY, "130100"),
            make_organisation("130109", "130100", Body.GOVERNMENT, Tier.COUNTY, "130109"),
            make_organisation("PR001", "130100", Body.PRODUCER, Tier.PRODUCER, "130109"),
            make_organisation("CHARITY", "130100", Body.CHARITY, Tier.CHARITY, "130100"),
        )
    )
    organisation_service.record_regions(session, INSTALLER, regions, now=NOW, today=TODAY)
    organisation_service.record_organisations(session, INSTALLER, organisations, now=NOW, today=TODAY)


def lay_out_sites(session: Session) -> None:
    """A provincial store, the county's receiving point, and the plant of PR001."""
    lay_out(session)
    sites = (
        make_site(),
        make_site("RP-130109", kind=SiteKind.RECEIVING_POINT, organisation_code="130109", region_code="130109"),
        make_site("PR001", kind=SiteKind.PLANT, organisation_code="PR001", latitude=38.0852, longitude=114.3074),
    )
    service.record_sites(session, INSTALLER, SitesDraft(sites=sites), now=NOW, today=TODAY)
