"""Regions, organisations, and this installation itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import Base
from reserve.organisations.terms import Body, HolderKind, RegionLevel, Tier


class Installation(Base):
    """What this database is: real or a drill. One row."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    is_drill: Mapped[bool]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    created_at: Mapped[datetime]
    """Real time of creation."""
    story_ends_at: Mapped[datetime | None]
    """A drill's own clock goes on from here when it is served."""


class Region(Base):
    """A place with a code. Codes identify, names never do: 桥西区 exists twice."""

    __tablename__ = "region"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    level: Mapped[RegionLevel]
    county_equivalent: Mapped[bool]
    parent_code: Mapped[str | None]
    """Who manages it."""
    gb_parent_code: Mapped[str | None]
    """What its code says."""
    latitude: Mapped[float]
    longitude: Mapped[float]
    population: Mapped[int]
    households: Mapped[int]
    hazard_tags: Mapped[str]
    """Joined by ``;``."""


class Organisation(Base):
    """A body that owns, keeps, asks, orders or audits. ``path`` lists its ancestors: /130000/130100/…/ ."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    body: Mapped[Body]
    tier: Mapped[Tier | None]
    holder_kind: Mapped[HolderKind | None]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    path: Mapped[str] = mapped_column(unique=True)
    is_illustrative: Mapped[bool]
