"""A province, a city and a county with their governments, and accounts to try rights with."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy.orm import Session

from reserve.access import service
from reserve.access.models import RoleGrant, User
from reserve.access.queries import load_actor
from reserve.access.rules import INSTALLER
from reserve.access.terms import GrantDraft, Role, UserDraft
from reserve.authority import Actor
from reserve.organisations import service as organisations
from reserve.organisations.terms import (
    Body,
    OrganisationDraft,
    OrganisationsDraft,
    RegionDraft,
    RegionLevel,
    RegionsDraft,
    Tier,
)
from tests.conftest import NOW

TODAY = date(2026, 3, 1)
PLACES = (
    ("130000", "河北省", "Hebei", RegionLevel.PROVINCE, None),
    ("130100", "石家庄市", "Shijiazhuang", RegionLevel.CITY, "130000"),
    ("130109", "藁城区", "Gaocheng", RegionLevel.COUNTY, "130100"),
    ("130200", "唐山市", "Tangshan", RegionLevel.CITY, "130000"),
)


def regions() -> RegionsDraft:
    return RegionsDraft(
        regions=tuple(
            RegionDraft(
                code=code,
                name_zh=name_zh,
                name_en=name_en,
                level=level,
                county_equivalent=level is RegionLevel.COUNTY,
                parent_code=parent,
                gb_parent_code=parent,
                latitude=38.0,
                longitude=114.5,
                population=1000,
                households=300,
            )
            for code, name_zh, name_en, level, parent in PLACES
        )
    )


def governments() -> OrganisationsDraft:
    tiers = {RegionLevel.PROVINCE: Tier.PROVINCE, RegionLevel.CITY: Tier.CITY, RegionLevel.COUNTY: Tier.COUNTY}
    return OrganisationsDraft(
        organisations=tuple(
            OrganisationDraft(
                code=code,
                name_zh=f"{name_zh}人民政府",
                name_en=f"{name_en} government",
                body=Body.GOVERNMENT,
                tier=tiers[level],
                region_code=code,
                parent_code=parent,
            )
            for code, name_zh, name_en, level, parent in PLACES
        )
    )


def settle(session: Session) -> None:
    """Regions and governments, nobody in them."""
    organisations.record_regions(session, INSTALLER, regions(), now=NOW, today=TODAY)
    organisations.record_organisations(session, INSTALLER, governments(), now=NOW, today=TODAY)


def open_account(session: Session, login: str, organisation_code: str = "130000", **values: Any) -> User:
    draft = UserDraft(login=login, display_name_zh=f"{login}(示例)", organisation_code=organisation_code, **values)
    return service.add_user(session, INSTALLER, draft, now=NOW, today=TODAY)


def give(session: Session, login: str, role: Role, organisation_code: str = "130000", **values: Any) -> RoleGrant:
    """A role in force at once, as the installer gives it."""
    draft = GrantDraft(login=login, role=role, organisation_code=organisation_code, **values)
    return service.grant_role(session, INSTALLER, draft, now=NOW, today=TODAY)


def officer(session: Session, login: str, role: Role, *, now: datetime = NOW) -> Actor:
    """A new account that holds one role over the province, ready to act."""
    user = open_account(session, login)
    give(session, login, role)
    return load_actor(session, user.id, now)


def secret(text: str) -> SecretStr:
    return SecretStr(text)
