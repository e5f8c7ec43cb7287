"""The holders of the tiered scheme with all that their targets depend on, from the reference tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from reserve.mandates.terms import Holder, HospitalLoad
from reserve.organisations.terms import RegionDraft, RegionLevel, Tier
from reserve.sites.rules import estimated_road
from reserve.sites.terms import SiteKind
from seed.bodies import PROVINCE
from seed.load import Row, read
from seed.places import Hospital, HospitalRole, WarehouseTier, hospitals, regions, sites, warehouses


@dataclass(frozen=True, slots=True)
class Line:
    """A production line as far as holders go: who makes how much of what at most a day."""

    producer_code: str
    product_code: str
    max_output: int


@cache
def lines() -> tuple[Line, ...]:
    return read(
        "production_lines.csv",
        lambda row: Line(row.text("producer_code"), row.text("product_code"), row.whole("max_daily_output")),
    )


def holders() -> tuple[Holder, ...]:
    """Province, 14 city units, counties with a store, hospitals, charities and producers, in this order."""
    places = {region.code: region for region in regions().regions}
    stores = warehouses()
    counties = sorted({store.region_code for store in stores if store.tier is WarehouseTier.COUNTY})
    cities = sorted(code for code, region in places.items() if region.level is RegionLevel.CITY)
    loads = _designated_loads(places)
    return (
        _government(places[PROVINCE], Tier.PROVINCE, [load for city in cities for load in loads[city]]),
        *(_government(places[code], Tier.CITY, loads[code]) for code in cities),
        *(_government(places[code], Tier.COUNTY, ()) for code in counties),
        *(Holder(h.code, Tier.HOSPITAL, h.region_code, hospitals=(_load(h),)) for h in hospitals()),
        *(Holder(s.code, Tier.CHARITY, s.region_code) for s in stores if s.tier is WarehouseTier.CHARITY),
        *_producers(),
    )


def city_of(places: Mapping[str, RegionDraft], code: str) -> str:
    """The city-level unit that manages a county, by code; Dingzhou and Xinji are their own."""
    region = places[code]
    return code if region.level is not RegionLevel.COUNTY or region.parent_code is None else region.parent_code


def _government(region: RegionDraft, tier: Tier, loads: Iterable[HospitalLoad]) -> Holder:
    return Holder(
        code=region.code,
        tier=tier,
        region_code=region.code,
        residents=region.population,
        households=region.households,
        hazard_tags=frozenset(region.hazard_tags),
        hospitals=tuple(loads),
    )


def _designated_loads(places: Mapping[str, RegionDraft]) -> Mapping[str, list[HospitalLoad]]:
    """Designated hospitals by city-level unit."""
    loads: dict[str, list[HospitalLoad]] = defaultdict(list)
    for hospital in hospitals():
        if hospital.role is HospitalRole.DESIGNATED:
            loads[city_of(places, hospital.region_code)].append(_load(hospital))
    return loads


def _load(hospital: Hospital) -> HospitalLoad:
    return HospitalLoad(hospital.icu_beds, hospital.beds - hospital.icu_beds, hospital.health_workers)


def _producers() -> list[Holder]:
    output: dict[str, dict[str, int]] = defaultdict(dict)
    for line in lines():
        made = output[line.producer_code]
        made[line.product_code] = made.get(line.product_code, 0) + line.max_output

    def producer(row: Row) -> Holder:
        code = row.text("producer_code")
        return Holder(code, Tier.PRODUCER, row.text("region_code"), max_output=output[code])

    return list(read("producers.csv", producer))


def keepers_on_behalf(region: RegionDraft) -> Mapping[str, str]:
    """By item, the producer nearest to a region that makes it and holds stock for others; ties go by code."""
    plants = {site.code: site for site in sites().sites if site.kind is SiteKind.PLANT}
    holding = {code for code, holds in read("producers.csv", _holds) if holds}
    made: dict[str, set[str]] = defaultdict(set)
    for line in lines():
        if line.producer_code in holding:
            made[line.product_code].add(line.producer_code)

    def metres(code: str) -> int:
        plant = plants[code]
        return estimated_road(region.latitude, region.longitude, plant.latitude, plant.longitude).metres

    return {item: min(codes, key=lambda code: (metres(code), code)) for item, codes in made.items()}


def _holds(row: Row) -> tuple[str, bool]:
    return row.text("producer_code"), row.flag("holds_stock_on_behalf")
