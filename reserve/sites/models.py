"""Sites, bins, routes and vehicles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base
from reserve.sites.terms import BinKind, SiteKind


class Site(Base):
    """A place where goods stand or arrive: reserve warehouse, receiving point, hospital store, plant."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[SiteKind]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_path: Mapped[str] = mapped_column(index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    floor_area_m2: Mapped[int]
    loading_docks: Mapped[int]
    trucks_per_hour: Mapped[int]
    beds: Mapped[int]
    icu_beds: Mapped[int]
    health_workers: Mapped[int]
    is_designated: Mapped[bool]
    is_illustrative: Mapped[bool]


class Bin(Base):
    """Where in a site, or between sites (one per shipment), or outside (by organisation)."""

    __tablename__ = "bin"
    __table_args__ = (UniqueConstraint("place", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]
    """Site code, shipment number, or organisation code: with ``code`` it names the bin."""
    code: Mapped[str]
    kind: Mapped[BinKind]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)


class Route(AppendOnly, Base):
    """A version of a road between two sites. At T the one with the latest ``valid_from`` not after T holds."""

    __tablename__ = "route"

    from_site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    to_site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    minutes: Mapped[int]
    metres: Mapped[int]
    closed: Mapped[bool]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]
    reason: Mapped[str]


class VehicleType(Base):
    __tablename__ = "vehicle_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    payload_kg: Mapped[int]
    volume_dm3: Mapped[int]
    speed_kmh_normal: Mapped[int]
    speed_kmh_disaster: Mapped[int]
    load_minutes: Mapped[int]


class Fleet(Base):
    """Vehicles of one type that a city-level unit can field."""

    __tablename__ = "fleet"
    __table_args__ = (UniqueConstraint("region_code", "vehicle_type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    vehicle_type: Mapped[str] = mapped_column(ForeignKey("vehicle_type.code"))
    vehicles: Mapped[int]
    available_from_hour: Mapped[int]
    price_per_km_minor: Mapped[int]
