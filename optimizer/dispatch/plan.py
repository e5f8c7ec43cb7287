"""The answer: what leaves where, when, under whose authority, and what stays unmet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

from optimizer.canonical import canonical_json
from optimizer.dispatch.instance import SourceKind


@dataclass(frozen=True)
class Shipment:
    """So much of one lot for one need.

    quantity     base units;  excess: the part of it above the need (whole packs rounded up)
    leave_hour, arrive_hour   from t0;  on_time: arrives by the due hour
    step, source_kind, authority   the cascade step that admits the lane, and who signs it
    rank         1 for the nearest lawful source of this need that has the item, 2 for the next ...
    """

    source_code: str
    lot_code: str
    need_code: str
    item_code: str
    place_code: str
    quantity: int
    excess: int
    leave_hour: int
    arrive_hour: int
    on_time: bool
    step: int
    source_kind: SourceKind
    authority: str
    rank: int
    km: int


@dataclass(frozen=True)
class NeedResult:
    """What one need gets out of the plan; ``open == on_time + late + unmet``.

    open             still to be sent when the plan was made
    unmet            of it, short_of_pack is left only because packs stay whole
    excess           sent above the need because the last pack stays whole
    """

    need_code: str
    open: int
    on_time: int
    late: int
    unmet: int
    short_of_pack: int
    excess: int
    late_arrival_hour: int | None = None


@dataclass(frozen=True)
class PinBreak:
    """A pin that supply, law or roads do not allow in full."""

    source_code: str
    need_code: str
    wanted: int
    planned: int


@dataclass(frozen=True)
class StageValue:
    """One stage of the lexicographic order: what was reached and what cannot be beaten.

    name   pins | fill | unmet | late | step | cost;  key: class, class and item, or step it belongs to
    value  in base units (fill: the worst cumulative ratio of the class and item; cost: unit kilometres); smaller is
           better except for fill
    bound  proven; equal to value when the stage was settled exactly
    """

    name: str
    key: str
    value: float
    bound: float


@dataclass(frozen=True)
class Plan:
    """A whole answer. Equal instance, policy, pins and budget give an equal plan and hash on any machine.

    bound, gap  bound of unmet, all classes together (base units, late counted as met); and what the classes lie above
                their bounds, over max(1, bound)
    cpu_s       processor seconds; not part of the hash
    """

    shipments: tuple[Shipment, ...]
    needs: tuple[NeedResult, ...]
    stage_values: tuple[StageValue, ...]
    broken_pins: tuple[PinBreak, ...]
    bound: float
    gap: float
    rung: str
    solver: str
    version: str
    instance_hash: str
    cpu_s: float = 0.0

    @cached_property
    def hash(self) -> str:
        """sha256 of everything but the time it took."""
        content = asdict(self)
        del content["cpu_s"]
        return hashlib.sha256(canonical_json(content).encode()).hexdigest()

    @property
    def unmet(self) -> tuple[NeedResult, ...]:
        """The needs that are not met in full."""
        return tuple(result for result in self.needs if result.unmet > 0)

    def to_json(self) -> str:
        """Canonical JSON."""
        return canonical_json(asdict(self) | {"hash": self.hash})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        raw: dict[str, Any] = json.loads(text)
        raw.pop("hash", None)
        raw["shipments"] = tuple(
            Shipment(**row | {"source_kind": SourceKind(row["source_kind"])}) for row in raw["shipments"]
        )
        raw["needs"] = tuple(NeedResult(**row) for row in raw["needs"])
        raw["stage_values"] = tuple(StageValue(**row) for row in raw["stage_values"])
        raw["broken_pins"] = tuple(PinBreak(**row) for row in raw["broken_pins"])
        return cls(**raw)


@dataclass(frozen=True)
class Change:
    """One line of the change list, told by the lot and the need.

    kind    add | drop | raise | lower | move, or cut: a promised quantity that cannot stand
    reason  of a cut: goods_gone | need_fell | no_way_in_time
    before, after  base units;  leave_hour: on the clock of the new plan
    """

    kind: str
    reason: str
    source_code: str
    item_code: str
    lot_code: str
    need_code: str
    step: int
    before: int
    after: int
    leave_hour: int


@dataclass(frozen=True)
class PlanDiff:
    """What a new plan changes in the one in force; empty when there is no news."""

    changes: tuple[Change, ...]

    @property
    def cuts(self) -> tuple[Change, ...]:
        """The changes that somebody has to sign away."""
        return tuple(change for change in self.changes if change.kind == "cut")
