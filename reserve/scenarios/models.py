"""Scenarios, their versions, and what each version was projected to. Nothing of it ever changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base
from reserve.scenarios.terms import NeedLevel


class Scenario(AppendOnly, Base):
    """A base, frozen and compressed, with its data hash and the last position that it saw."""

    __tablename__ = "scenario"

    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    organisation_path: Mapped[str] = mapped_column(index=True)
    as_of: Mapped[datetime]
    known_at: Mapped[datetime]
    ledger_position: Mapped[int]
    days: Mapped[int]
    incident_codes: Mapped[str]
    """Joined by ``;``."""
    need_level: Mapped[NeedLevel]
    needs_go_on: Mapped[bool]
    base: Mapped[bytes]
    base_hash: Mapped[str]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class ScenarioVersion(AppendOnly, Base):
    """Named changes on the base, and the world that they make. A later version never touches an earlier one."""

    __tablename__ = "scenario_version"
    __table_args__ = (
        UniqueConstraint("scenario_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("from_number < number", name="goes_on_from_earlier"),
    )

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"), index=True)
    number: Mapped[int]
    from_number: Mapped[int | None]
    """The version that it goes on from; empty for the first."""
    changes: Mapped[str]
    """Canonical JSON."""
    reason: Mapped[str]
    instance: Mapped[bytes]
    instance_hash: Mapped[str]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class ScenarioProjection(AppendOnly, Base):
    """What a version comes to, once, checked: the path of every line, material and item, and what helps."""

    __tablename__ = "scenario_projection"

    version_id: Mapped[int] = mapped_column(ForeignKey("scenario_version.id"), unique=True)
    projection: Mapped[bytes]
    projection_hash: Mapped[str]
    explanation: Mapped[bytes]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]
