"""Rung R3: what each line makes on which day, where a line has a choice (CP-SAT, one thread, by effort not by clock).

Geography is taken together here: of every item, what is there or issued in time for a deadline serves the needs up to
it, class by class. The schedule that comes out is then allocated exactly, and stands only if it is no worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.arrays import INFINITY, IntArray, Rows
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.joint import WHOLE, good_parts, used_and_made
from optimizer.dispatch.output import LineKey, Stretch, Targets, allowed, stretch, with_output
from optimizer.dispatch.production import Line, production_days
from optimizer.engine import Matrix, WholeNumbers

Need = tuple[int, str, int]
"""Class, item and last hour of arrival; needs that agree in them are one here."""


@dataclass(frozen=True)
class State:
    """A line in its so-manieth day on one thing. age stays at the last one from which on nothing changes."""

    line: int
    age: int
    day: int


class LineProgram:
    """Columns: states of lines with a choice, pieces made and issued by line and day, and what stays unmet."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.days = instance, production_days(instance)
        self.wanted = _wanted(instance)
        choices: dict[str, int] = defaultdict(int)
        for line in instance.lines:
            choices[line.code] += 1
        self.chosen = [number for number, line in enumerate(instance.lines) if choices[line.code] > 1]
        self.states = {state: n for n, state in enumerate(self._states())}
        pieces = [(number, day) for number in range(len(instance.lines)) for day in range(self.days)]
        first = len(self.states)
        self.made = {key: first + n for n, key in enumerate(pieces)}
        self.issued = {key: first + len(pieces) + n for n, key in enumerate(pieces)}
        self.unmet = {key: first + 2 * len(pieces) + n for n, key in enumerate(sorted(self.wanted))}
        self.rows = Rows()
        for family in (self.state_rows, self.rate_rows, self.issue_rows, self.material_rows, self.deadline_rows):
            family()

    def _states(self) -> Iterator[State]:
        for number in self.chosen:
            line = self.instance.lines[number]
            for day in range(max(0, line.from_day), self.days):
                for age in range(last_age(line) + 1):
                    yield State(number, age, day)

    def state_rows(self) -> None:
        """A line makes one thing a day, and is in its next day on it only if it was on it the day before."""
        by_day: dict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
        for state, column in self.states.items():
            line = self.instance.lines[state.line]
            by_day[line.code, state.day].append((column, 1.0))
            runs = min(-line.from_day, last_age(line)) if line.from_day < 0 else 0
            if state.day == max(0, line.from_day):
                if state.age != runs:
                    self.rows.add([(column, 1.0)], 0.0, 0.0)
            elif state.age > 0:
                before = {state.age - 1, state.age} if state.age == last_age(line) else {state.age - 1}
                come = [(self.states[State(state.line, age, state.day - 1)], -1.0) for age in sorted(before)]
                self.rows.add([(column, 1.0), *come], -INFINITY, 0.0)
        for key in sorted(by_day):
            self.rows.add(by_day[key], -INFINITY, 1.0)

    def rate_rows(self) -> None:
        """A line makes no more than its state allows; one without a choice, than from its earliest activation on."""
        for number, line in enumerate(self.instance.lines):
            most = allowed(line, self.instance)
            for day in range(self.days):
                column = self.made[number, day]
                if number not in self.chosen:
                    self.rows.add([(column, 1.0)], 0.0, most[day])
                    continue
                ages = [age for age in range(last_age(line) + 1) if State(number, age, day) in self.states]
                gives = [(self.states[State(number, age, day)], -line.rate_on(day, day - age)) for age in ages]
                self.rows.add([(column, 1.0), *gives], -INFINITY, 0.0)

    def issue_rows(self) -> None:
        """Rejects and the claims of others come off each day's pieces, rounded down."""
        for (number, day), column in self.issued.items():
            parts = good_parts(self.instance.lines[number])
            self.rows.add([(column, WHOLE), (self.made[number, day], -parts)], -INFINITY, 0.0)

    def material_rows(self) -> None:
        """What lines have used of a material by the end of a day is what came and was made of it."""
        for terms, room in used_and_made(self.instance, self.made):
            self.rows.add(terms, -INFINITY, room)

    def deadline_rows(self) -> None:
        """Needs of an item up to a deadline get no more than what is there, or issued in time for it."""
        stock = _arrivals(self.instance)
        for item_code in sorted({key[1] for key in self.wanted}):
            mine = [key for key in sorted(self.wanted) if key[1] == item_code]
            for hour in sorted({key[2] for key in mine}):
                up_to = [key for key in mine if key[2] <= hour]
                there = sum(quantity for at, quantity in stock[item_code] if at <= hour)
                short = sum(self.wanted[key] for key in up_to) - there
                terms = [(self.unmet[key], 1.0) for key in up_to]
                terms += [(column, 1.0) for column in self._in_time(item_code, hour)]
                self.rows.add(terms, float(short), INFINITY)

    def _in_time(self, item_code: str, hour: int) -> Iterator[int]:
        for number, line in enumerate(self.instance.lines):
            trip = _shortest_trip(self.instance, line) if line.item_code == item_code else None
            if trip is not None:
                for day in range(self.days):
                    if self.instance.day0_hour + 24 * (day + 1 + line.lag_days) + trip <= hour:
                        yield self.issued[number, day]

    def matrix(self) -> Matrix:
        """The rows as the engine wants them; unmet is at most what is wanted, a state 0 or 1."""
        width = len(self.states) + 2 * len(self.made) + len(self.unmet)
        upper = np.full(width, INFINITY)
        upper[: len(self.states)] = 1.0
        for key, column in self.unmet.items():
            upper[column] = self.wanted[key]
        for (number, day), column in self.made.items():
            line = self.instance.lines[number]
            upper[column] = upper[self.issued[number, day]] = (
                max(line.rates) if line.cap_per_day is None else max(0, min(max(line.rates), line.cap_per_day))
            )
        numbers, columns = np.array(self.rows.rows, np.int64), np.array(self.rows.columns, np.int64)
        order = np.lexsort((columns, numbers))
        counts = np.bincount(numbers, minlength=len(self.rows.lower))
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        values = np.array(self.rows.values, np.float64)[order]
        lower, high = np.array(self.rows.lower, np.float64), np.array(self.rows.upper, np.float64)
        return Matrix(starts, columns[order], values, lower, high, np.zeros(width), upper)

    def targets(self, x: IntArray) -> Targets:
        """The stretches of every line; a run ends where the line turns to something else or starts anew."""
        found: dict[LineKey, list[Stretch]] = {}
        for number, line in enumerate(self.instance.lines):
            pieces = [int(x[self.made[number, day]]) for day in range(self.days)]
            if number in self.chosen:
                found[line.code, line.item_code] = list(self._stretches(number, pieces, x))
            else:
                found[line.code, line.item_code] = [stretch(line, pieces)]
        return found

    def _stretches(self, number: int, pieces: list[int], x: IntArray) -> Iterator[Stretch]:
        began: int | None = None
        for day in range(self.days + 1):
            ages = [age for age in range(last_age(self.instance.lines[number]) + 1) if self._is_on(number, age, day, x)]
            if began is not None and (not ages or ages[0] == 0 < day - began):
                yield began, tuple(pieces[began:day])
                began = None
            if ages and began is None:
                began = day

    def _is_on(self, number: int, age: int, day: int, x: IntArray) -> bool:
        column = self.states.get(State(number, age, day))
        return column is not None and x[column] == 1


def best_lines(instance: Instance, search_work: float) -> Targets:
    """What lines should make: least unmet class by class, fewest starts, as early as can be. Raises SolverFailed when
    effort ends.
    """
    program = LineProgram(instance)
    search = WholeNumbers(program.matrix(), search_work)
    for priority in sorted({key[0] for key in program.wanted}):
        columns = [column for key, column in program.unmet.items() if key[0] == priority]
        least, _, _ = search.minimise(columns, [1] * len(columns))
        search.add_row(columns, [1] * len(columns), -INFINITY, least)
    starts = {column: state.day for state, column in program.states.items() if state.age == 0}
    fewest, _, _ = search.minimise(list(starts), [1] * len(starts))
    search.add_row(list(starts), [1] * len(starts), -INFINITY, fewest)
    _, _, x = search.minimise(list(starts), list(starts.values()))
    return program.targets(x)


def last_age(line: Line) -> int:
    """The day of a run from which on its rate stays; never the first, so that going on is told from starting anew."""
    return max(1, len(line.rates) - 1, -(-line.changeover_hours // line.hours_per_day))


def _wanted(instance: Instance) -> dict[Need, int]:
    found: dict[Need, int] = defaultdict(int)
    for need in instance.needs:
        if need.open_quantity:
            found[need.priority_class, need.item_code, need.last_useful_hour] += need.open_quantity
    return dict(found)


def _arrivals(instance: Instance) -> Mapping[str, list[tuple[int, int]]]:
    """Hour of the soonest arrival anywhere and quantity, for every class of goods that are there without production."""
    network = build_network(with_output(instance, ()), timed=False)
    soonest: dict[int, int] = {}
    layers: dict[int, int] = {}
    for lane in network.lanes:
        index = lane.supply.index
        soonest[index] = min(lane.arrive_hour, soonest.get(index, lane.arrive_hour))
        layers[index] = max(lane.layer, layers.get(index, lane.layer))
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for supply in network.supplies:
        if supply.index in soonest:
            found[supply.item_code].append((soonest[supply.index], supply.ceiling(layers[supply.index], 1)))
    return found


def _shortest_trip(instance: Instance, line: Line) -> int | None:
    """Hours from a line's source to the nearest place that needs what it makes; None where no road leads there."""
    site = next(row.site_code for row in instance.sources if row.code == line.source_code)
    places = {need.place_code for need in instance.needs if need.item_code == line.item_code}
    hours = (r.travel_hours for r in instance.routes if r.site_code == site and r.place_code in places)
    return min(hours, default=None)
