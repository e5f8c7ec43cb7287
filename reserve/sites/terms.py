"""Words for places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import AwareDatetime, Field

from reserve.drafts import Draft


class SiteKind(StrEnum):
    WAREHOUSE = "warehouse"
    RECEIVING_POINT = "receiving_point"
    HOSPITAL = "hospital"
    PLANT = "plant"


class BinKind(StrEnum):
    """Ours, between, and outside. Only our own and in-transit bins have balances."""

    SHELF = "shelf"
    STAGING = "staging"
    INSPECTION = "inspection"
    REJECTED = "rejected"
    RETURNED = "returned"
    PRODUCTION = "production"
    RECEIVING_POINT = "receiving_point"
    UNRECONCILED = "unreconciled"
    IN_TRANSIT = "in_transit"
    SUPPLIER = "supplier"
    CONSUMED = "consumed"
    WASTE = "waste"
    LOST = "lost"
    COUNT_DIFFERENCE = "count_difference"


OUTSIDE = frozenset({BinKind.SUPPLIER, BinKind.CONSUMED, BinKind.WASTE, BinKind.LOST, BinKind.COUNT_DIFFERENCE})
"""The world beyond our walls: no balance row, sums are read from entries."""
USABLE_BINS = frozenset({BinKind.SHELF, BinKind.STAGING, BinKind.PRODUCTION, BinKind.RECEIVING_POINT, BinKind.RETURNED})
"""Where accepted goods stand."""
SITE_BINS = frozenset(BinKind) - OUTSIDE - {BinKind.IN_TRANSIT}
"""Kinds a site may have."""

_AT_THE_DOOR = {"INSP": BinKind.INSPECTION, "REJ": BinKind.REJECTED, "RET": BinKind.RETURNED}
DEFAULT_BINS: Mapping[SiteKind, Mapping[str, BinKind]] = {
    SiteKind.WAREHOUSE: {"A1": BinKind.SHELF, "STAGE": BinKind.STAGING} | _AT_THE_DOOR,
    SiteKind.RECEIVING_POINT: {"RP": BinKind.RECEIVING_POINT} | _AT_THE_DOOR,
    SiteKind.HOSPITAL: {"RP": BinKind.RECEIVING_POINT} | _AT_THE_DOOR,
    SiteKind.PLANT: {"PROD": BinKind.PRODUCTION, "A1": BinKind.SHELF},
}
"""Bins that every site of a kind has from its first day: code and kind."""


class RoadEvidence(StrEnum):
    RECORDED = "recorded"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Road:
    """The way from one site to another at a time. Minutes of driving, loading not included; metres."""

    minutes: int
    metres: int
    closed: bool = False
    evidence: RoadEvidence = RoadEvidence.RECORDED


class SiteDraft(Draft):
    code: str = Field(pattern=r"^[A-Z0-9][A-Z0-9-]*$")
    name_zh: str = Field(min_length=1)
    name_en: str = ""
    kind: SiteKind
    organisation_code: str
    """Who runs it: the custodian of what stands there."""
    region_code: str = Field(pattern=r"^\d{6}$")
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    floor_area_m2: int = Field(default=0, ge=0)
    loading_docks: int = Field(default=0, ge=0)
    trucks_per_hour: int = Field(default=0, ge=0)
    beds: int = Field(default=0, ge=0)
    icu_beds: int = Field(default=0, ge=0)
    health_workers: int = Field(default=0, ge=0)
    is_designated: bool = False
    is_illustrative: bool = False


class SitesDraft(Draft):
    sites: tuple[SiteDraft, ...]


class BinDraft(Draft):
    site_code: str
    code: str = Field(min_length=1, max_length=40, pattern=r"^[A-Z0-9][A-Z0-9-]*$")
    kind: BinKind = BinKind.SHELF


class RouteDraft(Draft):
    """Road from one site to another. Travel time is whole minutes, loading not included."""

    from_site: str
    to_site: str
    minutes: int = Field(ge=0)
    metres: int = Field(ge=0)
    closed: bool = False
    valid_from: AwareDatetime


class RoutesDraft(Draft):
    routes: tuple[RouteDraft, ...]
    reason: str = ""


class RoadChangeDraft(Draft):
    """A road is closed or open again, both ways unless said otherwise."""

    from_site: str
    to_site: str
    both_ways: bool = True
    valid_from: AwareDatetime | None = None
    """From when; empty for now."""
    reason: str = Field(min_length=1)


class VehicleTypeDraft(Draft):
    code: str = Field(min_length=1)
    name_zh: str = Field(min_length=1)
    payload_kg: int = Field(gt=0)
    volume_dm3: int = Field(gt=0)
    speed_kmh_normal: int = Field(gt=0)
    speed_kmh_disaster: int = Field(gt=0)
    load_minutes: int = Field(ge=0)


class FleetDraft(Draft):
    region_code: str
    vehicle_type: str
    vehicles: int = Field(ge=0)
    available_from_hour: int = Field(ge=0)
    price_per_km_minor: int = Field(ge=0)


class FleetsDraft(Draft):
    vehicle_types: tuple[VehicleTypeDraft, ...] = ()
    fleets: tuple[FleetDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many rows a verb wrote."""

    rows: int
