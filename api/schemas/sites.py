"""Answers about places and roads."""

from __future__ import annotations

from api.schemas.base import Out
from reserve.sites.terms import BinKind, SiteKind


class RowsRecorded(Out):
    rows: int


class SiteOut(Out):
    code: str
    name_zh: str
    name_en: str
    kind: SiteKind
    organisation_path: str
    region_code: str
    latitude: float
    longitude: float
    floor_area_m2: int
    loading_docks: int
    trucks_per_hour: int
    beds: int
    icu_beds: int
    health_workers: int
    is_designated: bool
    is_illustrative: bool


class BinOut(Out):
    place: str
    code: str
    kind: BinKind


class RoadOut(Out):
    """Travel time without loading; whole minutes and metres."""

    from_site: str
    to_site: str
    minutes: int
    metres: int
    closed: bool


class FleetOut(Out):
    region_code: str
    vehicle_type: str
    vehicles: int
    available_from_hour: int
    price_per_km_minor: int
