"""Questions about regions and organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.db import within
from reserve.errors import NotFound
from reserve.organisations.models import Installation, Organisation, Region
from reserve.organisations.terms import Body, RegionLevel, Tier


def find_installation(session: Session) -> Installation | None:
    return session.get(Installation, 1)


def get_region(session: Session, code: str) -> Region:
    region = session.scalar(select(Region).where(Region.code == code))
    if region is None:
        raise NotFound("region", code)
    return region


def list_regions(session: Session, level: RegionLevel | None = None) -> Sequence[Region]:
    statement = select(Region).order_by(Region.code)
    return session.scalars(statement if level is None else statement.where(Region.level == level)).all()


def regions_by_code(session: Session, codes: Iterable[str] | None = None) -> Mapping[str, Region]:
    """Regions by code; all of them when ``codes`` is None."""
    statement = select(Region)
    if codes is not None:
        statement = statement.where(Region.code.in_(sorted(set(codes))))
    return {region.code: region for region in session.scalars(statement)}


def get_organisation(session: Session, code: str) -> Organisation:
    organisation = find_organisation(session, code)
    if organisation is None:
        raise NotFound("organisation", code)
    return organisation


def find_organisation(session: Session, code: str) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.code == code))


def organisations_by_code(session: Session, codes: Iterable[str] | None = None) -> Mapping[str, Organisation]:
    statement = select(Organisation)
    if codes is not None:
        statement = statement.where(Organisation.code.in_(sorted(set(codes))))
    return {organisation.code: organisation for organisation in session.scalars(statement)}


def organisations_by_id(session: Session, ids: Iterable[int]) -> Mapping[int, Organisation]:
    statement = select(Organisation).where(Organisation.id.in_(sorted(set(ids))))
    return {organisation.id: organisation for organisation in session.scalars(statement)}


def list_organisations(
    session: Session, scopes: Iterable[str], after: str = "", limit: int = 100
) -> Sequence[Organisation]:
    """Organisations inside the given scopes, by code, one keyset page."""
    statement = select(Organisation).where(within(Organisation.path, scopes), Organisation.code > after)
    return session.scalars(statement.order_by(Organisation.code).limit(limit)).all()


def city_unit_of(regions: Mapping[str, Region], code: str) -> str:
    """The city-level unit that manages a region: the region itself when it is one. Dingzhou and Xinji are both."""
    region = regions[code]
    while region.level is RegionLevel.COUNTY and region.parent_code is not None:
        region = regions[region.parent_code]
    return region.code


def governments_above(session: Session, organisation: Organisation) -> Sequence[Organisation]:
    """The governments on an organisation's path, itself included, the lowest first."""
    codes = organisation.path.strip("/").split("/")
    found = organisations_by_code(session, codes)
    return [found[code] for code in reversed(codes) if found[code].body is Body.GOVERNMENT]


def governing_tier(session: Session, organisation: Organisation) -> Tier:
    """The tier of the government that answers for an organisation: its own or the nearest above it."""
    for government in governments_above(session, organisation):
        if government.tier in (Tier.COUNTY, Tier.CITY, Tier.PROVINCE):
            return government.tier
    return Tier.PROVINCE


def governing_path(session: Session, organisation: Organisation, tier: Tier | None) -> str:
    """Path of the government of a tier above an organisation; the next higher one where the tier is missing.

    Dingzhou and Xinji are county and city in one: asked for their county, the city unit answers.
    """
    if tier is None:
        return organisation.path
    order = [Tier.COUNTY, Tier.CITY, Tier.PROVINCE]
    for government in governments_above(session, organisation):
        if government.tier in order and order.index(government.tier) >= order.index(tier):
            return government.path
    return organisation.path
