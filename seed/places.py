"""Places: regions, sites, roads and vehicles, as drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

from reserve.organisations.terms import RegionDraft, RegionLevel, RegionsDraft
from reserve.sites.rules import NORMAL_KMH, minutes_at
from reserve.sites.terms import (
    FleetDraft,
    FleetsDraft,
    RouteDraft,
    RoutesDraft,
    SiteDraft,
    SiteKind,
    SitesDraft,
    VehicleTypeDraft,
)
from seed.load import Row, read


class HospitalRole(StrEnum):
    DESIGNATED = "designated"
    CRITICAL_CARE = "critical_care"
    INFECTIOUS = "infectious"
    PROVINCIAL_BASE = "provincial_base"


class WarehouseTier(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    CHARITY = "charity"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A row of warehouses.csv that decides who runs the store and whose goods it keeps."""

    code: str
    name_zh: str
    tier: WarehouseTier
    region_code: str
    floor_area_m2: int


@dataclass(frozen=True, slots=True)
class Hospital:
    """A row of hospitals.csv. ``reserve_days`` is the target of its own daily reserve."""

    code: str
    name_zh: str
    region_code: str
    role: HospitalRole
    beds: int
    icu_beds: int
    health_workers: int
    reserve_days: int


@cache
def regions() -> RegionsDraft:
    """1 province, 14 city-level units, 165 other county-level units."""
    return RegionsDraft(regions=read("regions.csv", _region))


def _region(row: Row) -> RegionDraft:
    return RegionDraft(
        code=row.text("code"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        level=row.one_of("level", RegionLevel),
        county_equivalent=row.flag("county_equivalent"),
        parent_code=row.maybe("parent_code") or None,
        gb_parent_code=row.maybe("gb_parent_code") or None,
        latitude=row.coordinate("latitude"),
        longitude=row.coordinate("longitude"),
        population=row.whole("population"),
        households=row.whole("households"),
        hazard_tags=row.words("hazard_tags"),
    )


@cache
def warehouses() -> tuple[Warehouse, ...]:
    return read(
        "warehouses.csv",
        lambda row: Warehouse(
            code=row.text("warehouse_code"),
            name_zh=row.text("name_zh"),
            tier=row.one_of("tier", WarehouseTier),
            region_code=row.text("region_code"),
            floor_area_m2=row.whole("floor_area_m2"),
        ),
    )


@cache
def hospitals() -> tuple[Hospital, ...]:
    return read(
        "hospitals.csv",
        lambda row: Hospital(
            code=row.text("hospital_code"),
            name_zh=row.text("name_zh"),
            region_code=row.text("region_code"),
            role=row.one_of("role", HospitalRole),
            beds=row.whole("beds"),
            icu_beds=row.whole("icu_beds"),
            health_workers=row.whole("health_workers"),
            reserve_days=row.whole("reserve_days_target"),
        ),
    )


@cache
def sites() -> SitesDraft:
    """Stores and receiving points, hospital stores, and the plants of producers; run by their organisations."""
    return SitesDraft(
        sites=(
            *read("warehouses.csv", _warehouse),
            *read("receiving_points.csv", _receiving_point),
            *read("hospitals.csv", _hospital),
            *read("producers.csv", _plant),
        )
    )


def _place(row: Row) -> dict[str, object]:
    return {
        "name_zh": row.text("name_zh"),
        "region_code": row.text("region_code"),
        "latitude": row.coordinate("latitude"),
        "longitude": row.coordinate("longitude"),
        "is_illustrative": True,
    }


def _warehouse(row: Row) -> SiteDraft:
    code = row.text("warehouse_code")
    values = _place(row) | {
        "code": code,
        "organisation_code": code,
        "kind": SiteKind.WAREHOUSE,
        "floor_area_m2": row.whole("floor_area_m2"),
        "loading_docks": row.whole("loading_docks"),
        "trucks_per_hour": row.whole("trucks_per_hour_out"),
    }
    return SiteDraft.model_validate(values)


def _receiving_point(row: Row) -> SiteDraft:
    values = _place(row) | {
        "code": row.text("site_code"),
        "organisation_code": f"ED-{row.text('region_code')}",
        "kind": SiteKind.RECEIVING_POINT,
    }
    return SiteDraft.model_validate(values)


def _hospital(row: Row) -> SiteDraft:
    code = row.text("hospital_code")
    values = _place(row) | {
        "code": code,
        "organisation_code": code,
        "kind": SiteKind.HOSPITAL,
        "beds": row.whole("beds"),
        "icu_beds": row.whole("icu_beds"),
        "health_workers": row.whole("health_workers"),
        "is_designated": row.one_of("role", HospitalRole) is HospitalRole.DESIGNATED,
    }
    return SiteDraft.model_validate(values)


def _plant(row: Row) -> SiteDraft:
    code = row.text("producer_code")
    return SiteDraft.model_validate(_place(row) | {"code": code, "organisation_code": code, "kind": SiteKind.PLANT})


def fleets() -> FleetsDraft:
    return FleetsDraft(
        vehicle_types=read("vehicle_types.csv", _vehicle_type),
        fleets=read("fleets.csv", _fleet),
    )


def _vehicle_type(row: Row) -> VehicleTypeDraft:
    return VehicleTypeDraft(
        code=row.text("vehicle_type"),
        name_zh=row.text("name_zh"),
        payload_kg=row.whole("payload_kg"),
        volume_dm3=row.whole("volume_m3", per_unit=1000),
        speed_kmh_normal=row.whole("speed_kmh_normal"),
        speed_kmh_disaster=row.whole("speed_kmh_disaster"),
        load_minutes=row.whole("load_hours", per_unit=60),
    )


def _fleet(row: Row) -> FleetDraft:
    return FleetDraft(
        region_code=row.text("region_code"),
        vehicle_type=row.text("vehicle_type"),
        vehicles=row.whole("vehicles"),
        available_from_hour=row.whole("available_from_hour"),
        price_per_km_minor=row.whole("price_per_km_minor"),
    )


def city_routes(valid_from: datetime) -> RoutesDraft:
    """Roads between the stores of the city-level units (road_km.csv); every other road is the sites' own estimate."""
    store_of = {store.region_code: store.code for store in warehouses() if store.tier is WarehouseTier.CITY}

    def route(row: Row) -> RouteDraft | None:
        start, end = store_of.get(row.text("from_code")), store_of.get(row.text("to_code"))
        if start is None or end is None:
            return None  # Beijing and Tianjin have no store of ours
        metres = row.whole("road_km", per_unit=1000)
        minutes = minutes_at(NORMAL_KMH, metres)
        return RouteDraft(from_site=start, to_site=end, metres=metres, minutes=minutes, valid_from=valid_from)

    return RoutesDraft(routes=tuple(each for each in read("road_km.csv", route) if each), reason="road_km.csv")
