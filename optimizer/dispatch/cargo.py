"""The question of vehicle loads and its answer as plain JSON: written by the core, read by solver and check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from optimizer.dispatch.freight import Cargo, Fleet, Gate, Line, Load, Loading, Roads, Stop


@dataclass(frozen=True)
class LoadingQuestion:
    """What is to be carried, by what, over which roads, out of which gates."""

    cargoes: tuple[Cargo, ...]
    fleets: tuple[Fleet, ...]
    roads: Roads
    gates: Mapping[str, Gate]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "cargoes": [asdict(row) for row in self.cargoes],
            "fleets": [asdict(row) for row in self.fleets],
            "roads": {start: dict(ends) for start, ends in self.roads.items()},
            "gates": {site: asdict(gate) for site, gate in self.gates.items()},
        }


def read_loading_question(raw: Mapping[str, Any]) -> LoadingQuestion:
    """Read what ``LoadingQuestion.plain`` wrote."""
    return LoadingQuestion(
        tuple(
            Cargo(row["site_code"], row["leave_minute"], tuple(Line(**line) for line in row["lines"]))
            for row in raw["cargoes"]
        ),
        tuple(Fleet(**row) for row in raw["fleets"]),
        raw["roads"],
        {site: Gate(**gate) for site, gate in raw["gates"].items()},
    )


def read_loading(raw: Mapping[str, Any]) -> Loading:
    """Read the answer: loads and what found no vehicle."""
    loads = tuple(Load(**row | {"stops": tuple(_stop(stop) for stop in row["stops"])}) for row in raw["loads"])
    return Loading(loads, tuple(Line(**line) for line in raw["left"]))


def _stop(raw: Mapping[str, Any]) -> Stop:
    lines = tuple(Line(**line) for line in raw["lines"])
    return Stop(raw["place_code"], raw["arrive_minute"], lines)
