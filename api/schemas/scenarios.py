"""Answers about scenarios, what they come to, and in what two of them differ."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import JsonValue

from api.schemas.base import Out
from reserve.scenarios.terms import NeedLevel, Side


class VersionMadeOut(Out):
    code: str
    number: int
    from_number: int | None
    base_hash: str
    instance_hash: str
    recorded_at: datetime


class VersionProjectedOut(Out):
    code: str
    number: int
    projection_hash: str
    recorded_at: datetime


class ScenarioRef(Out):
    """The base of a scenario: what it looked at, as of when and as known when."""

    code: str
    title: str
    as_of: datetime
    known_at: datetime
    ledger_position: int
    days: int
    incident_codes: str
    need_level: NeedLevel
    needs_go_on: bool
    base_hash: str
    recorded_at: datetime


class VersionOut(Out):
    number: int
    from_number: int | None
    reason: str
    changes: list[dict[str, JsonValue]]
    instance_hash: str
    projection_hash: str | None
    recorded_at: datetime


class ScenarioOut(ScenarioRef):
    versions: list[VersionOut]


class SpanOut(Out):
    limit: str
    first_day: int
    last_day: int


class EffectOut(Out):
    item_code: str
    pieces: int


class WorthOut(Out):
    """What more of a material brings; amounts are exact fractions of its unit: numerator and ``scale``."""

    material_code: str
    unit: str
    scale: int
    quantity: int
    pieces: int
    helps_up_to: int
    pieces_in_all: int
    needed_by_day: int
    next_limit: str
    others: list[EffectOut]


class ReachableOut(Out):
    day: int
    quantity: int


class ItemOut(Out):
    """One item over the horizon, base units. ``short_on`` is the first day with something unmet."""

    item_code: str
    needed: int
    opening: int
    issued: int
    arrived: int
    stock: int
    missing: int
    short_from_day: int | None
    short_on: date | None
    limits: list[SpanOut]
    worths: list[WorthOut]
    reachable: list[ReachableOut]


class ProjectionOut(Out):
    """What a version comes to. ``paths``: every line, item and material day by day, where asked for."""

    code: str
    number: int
    start_on: date
    days: int
    instance_hash: str
    projection_hash: str
    items: list[ItemOut]
    paths: JsonValue


class DifferenceOut(Out):
    """One assumption in which two versions differ, in the reader's language."""

    code: str
    side: Side | None
    facts: dict[str, JsonValue]
    sentence: str


class BesideOut(Out):
    item_code: str
    left: ItemOut | None
    right: ItemOut | None


class ComparisonOut(Out):
    left: ScenarioRef
    left_version: int
    right: ScenarioRef
    right_version: int
    differences: list[DifferenceOut]
    items: list[BesideOut]
