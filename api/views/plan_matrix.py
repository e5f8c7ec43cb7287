"""Fill by county and item as a matrix, and what is unmet of each item, summed up in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.i18n import Text
from api.views.naming import Names
from api.views.unmet_words import summary
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan


@dataclass(frozen=True, slots=True)
class Cell:
    """Base units claimed, and served: come, coming or planned."""

    claim: int
    served: int

    @property
    def percent(self) -> int:
        return 100 if not self.claim else min(100, 100 * self.served // self.claim)

    @property
    def fifth(self) -> int:
        """0 to 5, for the shade: 5 only where nothing is missing."""
        return self.percent // 20


@dataclass(frozen=True, slots=True)
class MatrixRow:
    code: str
    county: str
    cells: list[Cell | None]
    worst: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Counties by items, the worst served county first; a cell is None where nothing is claimed."""

    items: list[tuple[str, str]]
    rows: list[MatrixRow]
    totals: list[Cell]


@dataclass(frozen=True, slots=True)
class UnmetItem:
    """What is unmet of an item: how much, of how many needs in how many places, and why."""

    code: str
    item: str
    unmet: int
    by_class: Mapping[int, int]
    needs: int
    places: int
    because: list[str]
    help: list[str]


def matrix_of(instance: Instance, plan: Plan, names: Names) -> Matrix:
    """All classes and hours of a county and item taken together."""
    results = {result.need_code: result for result in plan.needs}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for need in instance.needs:
        result = results[need.code]
        served = need.received + need.on_road + result.on_time + result.late
        for key in ((need.county_code, need.item_code), ("", need.item_code)):
            sums[key][0] += need.quantity
            sums[key][1] += served
    cells = {key: Cell(*both) for key, both in sums.items()}
    items = sorted({item for _, item in cells})
    rows = [
        _row(county, names.region(county), [cells.get((county, item)) for item in items])
        for county in sorted({county for county, _ in cells if county})
    ]
    return Matrix(
        items=[(item, names.item(item)) for item in items],
        rows=sorted(rows, key=lambda row: (row.worst, row.code)),
        totals=[cells["", item] for item in items],
    )


def _row(code: str, county: str, cells: list[Cell | None]) -> MatrixRow:
    return MatrixRow(code, county, cells, min(cell.percent for cell in cells if cell))


def unmet_items(
    instance: Instance, explanation: Sequence[Mapping[str, Any]], start: datetime, names: Names, text: Text
) -> list[UnmetItem]:
    """The needs of each item that stay unmet, told together; the greatest number of units first."""
    needs = {need.code: need for need in instance.needs}
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for facts in explanation:
        groups[needs[facts["need_code"]].item_code].append(facts)
    found = []
    for code, rows in groups.items():
        by_class: dict[int, int] = defaultdict(int)
        for facts in rows:
            by_class[needs[facts["need_code"]].priority_class] += facts["unmet"]
        because, helps = summary(text, names, start, rows)
        found.append(
            UnmetItem(
                code=code,
                item=names.item(code),
                unmet=sum(by_class.values()),
                by_class=dict(sorted(by_class.items())),
                needs=len(rows),
                places=len({needs[facts["need_code"]].place_code for facts in rows}),
                because=because,
                help=helps,
            )
        )
    return sorted(found, key=lambda each: (-each.unmet, each.code))
