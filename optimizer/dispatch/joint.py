"""Production decided with the allocation: columns of what lines make, and the three families of rows they bring.

A line begins as early as it can, so what it may make by day is known; how much of it is worth making, where lines share
hours or materials, the stages of the allocation decide. Lots of output stand in the network at the most that could be
issued of them, and ``output_rows`` holds shipments to what is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

from optimizer.dispatch.instance import Instance
from optimizer.dispatch.output import Targets, allowed, has_choices, lot_code, stretch, with_output
from optimizer.dispatch.packs import OTHERS
from optimizer.dispatch.plan import Run
from optimizer.dispatch.production import Line, production_days

if TYPE_CHECKING:
    from optimizer.dispatch.arrays import FloatArray, Rows
    from optimizer.dispatch.components import Component

INFINITY = float("inf")
WHOLE = 1_000_000  # parts of a piece, so that rejects and claims leave every row in whole numbers
NEARLY = 1e-5  # the solver's last digits below a whole piece


@dataclass(frozen=True)
class Makes:
    """What lines can make: one column per line, thing and day on which it can make any.

    columns  (position of the line, day);  most: pieces it can make then;  of_lot: the column behind a lot of output
    """

    instance: Instance
    columns: tuple[tuple[int, int], ...]
    most: tuple[int, ...]
    of_lot: Mapping[tuple[str, str, str], int]

    @property
    def items(self) -> frozenset[str]:
        """The items that lines make."""
        known = {item.code for item in self.instance.items}
        return frozenset(line.item_code for line in self.instance.lines) & known


def is_contested(instance: Instance) -> bool:
    """Whether as early as possible may not be as good as possible: lines compete for a material, or have a choice."""
    users: dict[str, int] = defaultdict(int)
    makers: dict[str, int] = defaultdict(int)
    for line in instance.lines:
        makers[line.item_code] += 1
    for use in instance.parts:
        users[use.material_code] += makers[use.product_code]
    return has_choices(instance) or any(count > 1 for count in users.values())


def with_most_output(instance: Instance) -> tuple[Instance, Makes]:
    """The world with every lot of output at the most its line could issue that day, and the columns behind them."""
    columns: list[tuple[int, int]] = []
    most: list[int] = []
    of_lot: dict[tuple[str, str, str], int] = {}
    runs = []
    for position, line in enumerate(instance.lines):
        pieces = allowed(line, instance)
        first = max(0, line.from_day)
        issues = []
        for day, quantity in enumerate(pieces):
            if quantity > 0:
                hour = instance.day0_hour + 24 * (day + 1 + line.lag_days)
                of_lot[line.source_code, line.item_code, lot_code(line.code, hour)] = len(columns)
                columns.append((position, day))
                most.append(quantity)
                issues.append((hour, quantity))
        made = pieces[first:]
        runs.append(Run(line.code, line.item_code, line.source_code, not line.is_active, first, 0, made, tuple(issues)))
    return with_output(instance, runs), Makes(instance, tuple(columns), tuple(most), of_lot)


def line_rows(component: Component, makes: Makes, first: int, rows: Rows) -> None:
    """What a line makes in a day, of all its choices, takes no more than the hours of that day.

    first  number of the first make column
    """
    days: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, (position, day) in enumerate(makes.columns):
        days[makes.instance.lines[position].code, day].append(number)
    for key in sorted(days):
        full = max(makes.most[number] for number in days[key])
        terms = [(first + number, full / makes.most[number]) for number in days[key]]
        rows.add(terms, -INFINITY, full)


def material_rows(component: Component, makes: Makes, first: int, rows: Rows) -> None:
    """What lines have used of a material by the end of a day is what came and was made of it; a service is not kept."""
    for terms, room in used_and_made(makes.instance, {key: first + n for n, key in enumerate(makes.columns)}):
        rows.add(terms, -INFINITY, room)


def used_and_made(
    instance: Instance, columns: Mapping[tuple[int, int], int]
) -> Iterator[tuple[list[tuple[int, int]], int]]:
    """For every material and day: what the columns, by line and day, have taken less brought so far, and what came."""
    days = production_days(instance)
    each = {(use.product_code, use.material_code): use.quantity for use in instance.parts}
    for material in instance.materials:
        uses: list[list[tuple[int, int]]] = [[] for _ in range(days)]
        for (position, day), column in columns.items():
            line = instance.lines[position]
            if quantity := each.get((line.item_code, material.code), 0):
                uses[day].append((column, quantity * WHOLE))
            issue = day + 1 + line.lag_days
            if line.item_code == material.code and issue < days:
                uses[issue].append((column, -good_parts(line) * material.scale))
        came = [material.daily + sum(q for on, q in material.arrivals if on == day) for day in range(days)]
        came[:1] = [came[0] + material.opening] if days else []
        unit = gcd(*(value for row in uses for _, value in row), WHOLE)
        for day in range(days):
            since = 0 if material.keeps else day
            terms = [(column, value // unit) for row in uses[since : day + 1] for column, value in row]
            if terms and uses[day]:
                yield terms, sum(came[since : day + 1]) * WHOLE // unit


def output_rows(component: Component, makes: Makes, first: int, rows: Rows) -> None:
    """What leaves of a day's output is no more than what is made of it, rejects and the claims of others taken off."""
    ships: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for column, lane in enumerate(component.lanes):
        ships[lane.supply.index].append((column, component.size(lane) * WHOLE))
    for supply in component.supplies:
        behind = [makes.of_lot.get((supply.source.code, supply.item_code, row.lot.code)) for row in supply.lots]
        makers = [number for number in behind if number is not None]
        if makers and ships[supply.index]:
            shares = [good_parts(makes.instance.lines[makes.columns[number][0]]) for number in makers]
            made = [(first + number, -share) for number, share in zip(makers, shares, strict=True)]
            unit = gcd(*(value for _, value in (*ships[supply.index], *made)), WHOLE)
            terms = [(column, value // unit) for column, value in (*ships[supply.index], *made) if value]
            fixed = sum(row.ceilings[OTHERS] for row, number in zip(supply.lots, behind, strict=True) if number is None)
            rows.add(terms, -INFINITY, fixed * WHOLE // unit)


def good_parts(line: Line) -> int:
    """Good pieces of our own out of a million made."""
    return line.yield_permille * (1000 - line.claimed_permille)


def targets_of(makes: Makes, x: FloatArray) -> Targets:
    """What an optimum makes, in whole pieces: no day before it is earned, no piece lost between two days."""
    by_line: dict[int, list[float]] = {}
    days = production_days(makes.instance)
    for number, (position, day) in enumerate(makes.columns):
        by_line.setdefault(position, [0.0] * days)[day] = float(x[number])
    targets = {}
    for position, pieces in by_line.items():
        line = makes.instance.lines[position]
        targets[line.code, line.item_code] = [stretch(line, _whole(pieces))]
    return targets


def _whole(pieces: Sequence[float]) -> list[int]:
    total, before, found = 0.0, 0, []
    for quantity in pieces:
        total += quantity
        found.append(int(total + NEARLY) - before)
        before += found[-1]
    return found
