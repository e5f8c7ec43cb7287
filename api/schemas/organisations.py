"""Answers about regions and organisations."""

from __future__ import annotations

from api.schemas.base import Out
from reserve.organisations.terms import Body, HolderKind, RegionLevel, Tier


class RegionOut(Out):
    code: str
    name_zh: str
    name_en: str
    level: RegionLevel
    county_equivalent: bool
    parent_code: str | None
    gb_parent_code: str | None
    latitude: float
    longitude: float
    population: int
    households: int
    hazard_tags: str


class OrganisationOut(Out):
    code: str
    name_zh: str
    name_en: str
    body: Body
    tier: Tier | None
    holder_kind: HolderKind | None
    region_code: str
    path: str
    is_illustrative: bool
