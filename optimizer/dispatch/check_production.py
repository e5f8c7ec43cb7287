"""The second reading of production: what is made, out of what, and what may be sent of it. Whole numbers only.

It reads docs/dispatch-model.md and shares nothing with the files that decide what lines make. Every finding is
(rule, where, found, allowed).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from optimizer.dispatch.instance import Basis, Evidence, Instance, Lot
from optimizer.dispatch.plan import Plan, Run
from optimizer.dispatch.production import Line

Finding = tuple[str, str, int, int]


def with_made_lots(instance: Instance, plan: Plan) -> Instance:
    """The instance with every issue of the plan's own production on its shelf, as the plan states it."""
    if not plan.production:
        return instance
    packs: dict[str, int] = {}
    for lot in instance.lots:
        packs[lot.item_code] = min(lot.pack_size, packs.get(lot.item_code, lot.pack_size))
    known = {row.code: row for row in instance.lines}
    made = [
        Lot(
            f"made.{run.line_code}.{hour}",
            run.source_code,
            run.item_code,
            quantity,
            pack_size=packs.get(run.item_code, 1),
            available_from_hour=hour,
            basis=Basis.CAPACITY,
            evidence=Evidence(known[run.line_code].evidence),
        )
        for run in plan.production
        if run.item_code in {item.code for item in instance.items} and run.line_code in known
        for hour, quantity in run.issued
        if 0 <= hour < instance.boundaries[-1]
    ]
    return replace(instance, lots=(*instance.lots, *made), lines=(), materials=(), parts=(), day0_hour=0)


def production_findings(instance: Instance, plan: Plan) -> Iterator[Finding]:
    """Everything in the plan's production that lines, hours and materials do not allow."""
    lines = {(line.code, line.item_code): line for line in instance.lines}
    sound = []
    for run in plan.production:
        line = lines.get((run.line_code, run.item_code))
        where = f"{run.line_code} {run.item_code} from day {run.from_day}"
        if line is None or run.source_code != line.source_code:
            yield "known_line", where, 0, 0
            continue
        sound.append((run, line))
        if run.proposed == line.is_active:
            yield "proposed_as_stated", where, int(run.proposed), int(not line.is_active)
        yield from _rates(run, line, where)
        yield from _issues(instance, run, line, where)
    yield from _one_thing_a_day([run for run, _ in sound])
    yield from _materials(instance, sound)


def _rates(run: Run, line: Line, where: str) -> Iterator[Finding]:
    """No more on any day than ramp, hours and the order allow, counted from the day on which the run began."""
    if run.from_day < max(0, line.from_day):
        yield "line_from", where, run.from_day, max(0, line.from_day)
    began = line.from_day if line.from_day < 0 and run.from_day == 0 else run.from_day
    for day, pieces in enumerate(run.made, run.from_day):
        age = day - began
        hours = line.hours_per_day * (age + 1) - line.changeover_hours
        worked = max(0, min(line.hours_per_day, hours))
        most = line.rates[min(age, len(line.rates) - 1)] * worked // line.hours_per_day
        if line.cap_per_day is not None:
            most = min(most, line.cap_per_day)
        if line.until_day is not None and day > line.until_day:
            most = 0
        if not 0 <= pieces <= most:
            yield "line_rate", f"{where}, day {day}", pieces, most


def _issues(instance: Instance, run: Run, line: Line, where: str) -> Iterator[Finding]:
    """What is issued is what was made its lag before, less rejects and claims on all made so far."""
    if run.from_hour != instance.day0_hour + 24 * run.from_day:
        yield "from_hour_as_stated", where, run.from_hour, instance.day0_hour + 24 * run.from_day
    total, out, due = 0, 0, {}
    for day, pieces in enumerate(run.made, run.from_day):
        total += pieces
        good = total * line.yield_permille // 1000
        ours = good * (1000 - line.claimed_permille) // 1000
        if ours > out:
            due[instance.day0_hour + 24 * (day + 1 + line.lag_days)] = ours - out
        out = ours
    for hour in sorted({*due, *(hour for hour, _ in run.issued)}):
        stated = sum(quantity for at, quantity in run.issued if at == hour)
        if stated != due.get(hour, 0):
            yield "issued_as_made", f"{where}, hour {hour}", stated, due.get(hour, 0)


def _one_thing_a_day(runs: list[Run]) -> Iterator[Finding]:
    taken: dict[tuple[str, int], str] = {}
    for run in runs:
        for day in range(run.from_day, run.from_day + len(run.made)):
            if (run.line_code, day) in taken:
                yield "one_thing_a_day", f"{run.line_code} day {day}", 2, 1
            taken[run.line_code, day] = run.item_code


def _materials(instance: Instance, sound: list[tuple[Run, Line]]) -> Iterator[Finding]:
    """Morning by morning what came and was made of a material, less what the day's output takes."""
    made: dict[int, list[tuple[str, int]]] = defaultdict(list)
    came: dict[tuple[str, int], int] = defaultdict(int)
    for run, line in sound:
        for day, pieces in enumerate(run.made, run.from_day):
            made[day].append((run.item_code, pieces))
        for hour, quantity in run.issued:
            came[line.item_code, (hour - instance.day0_hour) // 24] += quantity
    each = {(use.product_code, use.material_code): use.quantity for use in instance.parts}
    for material in instance.materials:
        left = material.opening
        for day in range(max(made, default=-1) + 1):
            left = left if material.keeps or day == 0 else 0
            left += material.daily + came[material.code, day] * material.scale
            left += sum(quantity for on, quantity in material.arrivals if on == day)
            used = sum(pieces * each.get((item, material.code), 0) for item, pieces in made[day])
            if used > left:
                yield "material", f"{material.code} day {day}", used, left
            left -= used
