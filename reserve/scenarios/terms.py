"""Words for what if: the frozen base of a scenario, and how two scenarios differ. What users hand in: ``drafts.py``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from optimizer.canonical import canonical_json
from optimizer.surge.instance import Line, SurgeInstance, line_of


class NeedLevel(StrEnum):
    """Which of the three numbers of every estimate a scenario counts with."""

    LOW = "low"
    BASE = "base"
    HIGH = "high"


class ChangeKind(StrEnum):
    """What a scenario may change of its base."""

    ACTIVATE = "activate"
    DELAY = "delay"
    ADD_MATERIAL = "add_material"
    CHANGE_NEED = "change_need"
    SUPPLY_SHARE = "supply_share"


class Side(StrEnum):
    """Of two scenarios side by side."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a base was asked to look at.

    incident_codes  whose needs; empty: none were open
    needs_go_on     the flow of the last estimated day is repeated to the end of the horizon
    """

    as_of: datetime
    known_at: datetime
    days: int
    incident_codes: tuple[str, ...]
    need_level: NeedLevel
    needs_go_on: bool


@dataclass(frozen=True)
class ScenarioBase:
    """Everything a scenario may build on, as it was at one time and known at another. Never changed.

    instance   the world without any change: lines under order, materials made at their normal rate, stock, needs
    available  lines that a change may activate, from day 0 of their run
    supply     what comes in of each material on a normal day in the whole province, scaled units
    """

    instance: SurgeInstance
    available: tuple[Line, ...]
    supply: tuple[tuple[str, int], ...]

    @cached_property
    def hash(self) -> str:
        """sha256 of the canonical JSON: the data hash of every scenario on this base."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        parts = {
            "instance": json.loads(self.instance.to_json()),
            "available": [asdict(line) for line in self.available],
            "supply": dict(self.supply),
        }
        return canonical_json(parts)

    @classmethod
    def from_json(cls, text: str) -> Self:
        raw: dict[str, Any] = json.loads(text)
        return cls(
            instance=SurgeInstance.from_json(json.dumps(raw["instance"])),
            available=tuple(line_of(row) for row in raw["available"]),
            supply=tuple(sorted(raw["supply"].items())),
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """One assumption in which two scenarios differ; the door puts it into words.

    side   which of the two makes the change; None: both say something else, ``left`` and ``right`` in the facts
    code   a kind of change, or ``base_`` and the name of an assumption of the base
    """

    code: str
    side: Side | None
    facts: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class VersionMade:
    """A new version of a scenario. ``base_hash`` is the same for every version."""

    code: str
    number: int
    from_number: int | None
    base_hash: str
    instance_hash: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class VersionProjected:
    """What a version comes to is stored, checked."""

    code: str
    number: int
    projection_hash: str
    recorded_at: datetime
