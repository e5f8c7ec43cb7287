"""The answer: what leaves where, when, under whose authority, and what stays unmet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

from optimizer.canonical import canonical_json
from optimizer.dispatch.instance import SourceKind


@dataclass(frozen=True)
class StandsFor:
    """What a substitute stands for: the needed item, the ratio of the pair, and the units of need it makes up."""

    item_code: str
    numerator: int
    denominator: int
    units: int


@dataclass(frozen=True)
class Loan:
    """What lent equipment does at its place: it serves these needs one after the other, then goes home.

    back_hour, home_hour   leaves the place and can leave its source again; None where no road leads back
    """

    need_codes: tuple[str, ...]
    back_hour: int | None
    home_hour: int | None


@dataclass(frozen=True)
class Shipment:
    """So much of one lot for one need.

    quantity     base units;  excess: the part of it above the need (whole packs rounded up)
    leave_hour, arrive_hour   from t0;  on_time: arrives by the due hour
    step, source_kind, authority   the cascade step that admits the lane, and who signs it
    rank         1 for the nearest lawful source of this need that has the item, 2 for the next ...
    stands_for   None where the own item is sent;  loan: None where goods are used up or kept
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
    stands_for: StandsFor | None = None
    loan: Loan | None = None

    @property
    def served(self) -> tuple[tuple[str, int], ...]:
        """Every need it serves, with what it counts for there."""
        codes = self.loan.need_codes if self.loan else (self.need_code,)
        return tuple((code, self.fills) for code in codes)

    @property
    def fills(self) -> int:
        """What it counts for, in units of the need, the excess included."""
        return self.stands_for.units if self.stands_for else self.quantity

    def resized(self, quantity: int) -> Shipment:
        """The same shipment with fewer units; a substitute then stands for as much less."""
        swap = self.stands_for
        if swap is None:
            return replace(self, quantity=quantity, excess=0)
        units = min(swap.units, quantity * swap.denominator // swap.numerator)
        return replace(self, quantity=quantity, excess=0, stands_for=replace(swap, units=units))


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
class Run:
    """A stretch in which one line makes one thing, day after day.

    proposed   the line stands still until somebody activates it as the plan proposes
    from_day   production day on which it begins;  from_hour: the same from t0
    made       pieces on that day and every day after it;  issued: (hour, good pieces that are ours)
    """

    line_code: str
    item_code: str
    source_code: str
    proposed: bool
    from_day: int
    from_hour: int
    made: tuple[int, ...]
    issued: tuple[tuple[int, int], ...]


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
    production: tuple[Run, ...] = ()

    @cached_property
    def hash(self) -> str:
        """sha256 of everything but the time it took."""
        content = self._plain()
        del content["cpu_s"]
        return hashlib.sha256(canonical_json(content).encode()).hexdigest()

    @property
    def unmet(self) -> tuple[NeedResult, ...]:
        """The needs that are not met in full."""
        return tuple(result for result in self.needs if result.unmet > 0)

    def to_json(self) -> str:
        """Canonical JSON."""
        return canonical_json(self._plain() | {"hash": self.hash})

    def _plain(self) -> dict[str, Any]:
        """Every field; what only some shipments have is left out of the others."""
        content: dict[str, Any] = {part.name: getattr(self, part.name) for part in fields(self)}
        content["shipments"] = [
            {name: value for name, value in vars(row).items() if value is not None or name not in LEFT_OUT_NONE}
            for row in self.shipments
        ]
        if not self.production:
            del content["production"]
        return content

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``to_json`` wrote."""
        raw: dict[str, Any] = json.loads(text)
        raw.pop("hash", None)
        raw["shipments"] = tuple(_shipment(row) for row in raw["shipments"])
        raw["needs"] = tuple(NeedResult(**row) for row in raw["needs"])
        raw["stage_values"] = tuple(StageValue(**row) for row in raw["stage_values"])
        raw["production"] = tuple(
            Run(**row | {"made": tuple(row["made"]), "issued": tuple(tuple(pair) for pair in row["issued"])})
            for row in raw.get("production", ())
        )
        raw["broken_pins"] = tuple(PinBreak(**row) for row in raw["broken_pins"])
        return cls(**raw)


LEFT_OUT_NONE = ("stands_for", "loan")


def _shipment(row: dict[str, Any]) -> Shipment:
    swap, loan = row.get("stands_for"), row.get("loan")
    parts = {
        "source_kind": SourceKind(row["source_kind"]),
        "stands_for": StandsFor(**swap) if swap else None,
        "loan": Loan(tuple(loan["need_codes"]), loan["back_hour"], loan["home_hour"]) if loan else None,
    }
    return Shipment(**row | parts)


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
