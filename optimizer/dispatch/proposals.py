"""A schedule made whole: what whole pieces leave over is used, and what nobody takes is not proposed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from optimizer.dispatch.instance import Instance
from optimizer.dispatch.output import Targets, allowed, as_surge, lot_code, stretch, urgency
from optimizer.dispatch.plan import Plan, Run
from optimizer.dispatch.production import Line, production_days
from optimizer.surge.project import issued_in_all


def topped_up(instance: Instance, targets: Targets) -> Targets:
    """Targets of single-choice lines raised by what hours and materials still allow, most urgent item first, by day.

    Rounding to whole pieces leaves a little of every material; a piece made of it can only help.
    """
    urgent, days = urgency(instance), production_days(instance)
    each: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for part in instance.parts:
        each[part.product_code].append((part.material_code, part.quantity))
    lines = {(line.code, line.item_code): line for line in instance.lines}
    pieces = {key: _by_day(targets[key][0], days) for key in sorted(targets)}
    left = _left(instance, lines, pieces)
    keeps = {material.code: material.keeps for material in instance.materials}
    for key in sorted(pieces, key=lambda key: (urgent.get(key[1], 9), key)):
        most = allowed(lines[key], instance)
        for day in range(days):
            extra = most[day] - pieces[key][day]
            for code, quantity in each[key[1]]:
                spans = left[code][day:] if keeps[code] else left[code][day : day + 1]
                extra = min(extra, min(spans) // quantity)
            if extra > 0 and key[1] not in left:
                pieces[key][day] += extra
                for code, quantity in each[key[1]]:
                    for later in range(day, days if keeps[code] else day + 1):
                        left[code][later] -= extra * quantity
    return {key: [stretch(lines[key], row)] for key, row in pieces.items()}


def _by_day(run: tuple[int, tuple[int, ...]], days: int) -> list[int]:
    first, pieces = run
    return [*(0 for _ in range(first)), *pieces, *(0 for _ in range(days))][:days]


def _left(
    instance: Instance, lines: dict[tuple[str, str], Line], pieces: dict[tuple[str, str], list[int]]
) -> dict[str, list[int]]:
    """What every day's evening has left of each material under a schedule, scaled units."""
    days = production_days(instance)
    each = {(part.product_code, part.material_code): part.quantity for part in instance.parts}
    found = {}
    for material in instance.materials:
        flow = [material.daily] * days
        flow[:1] = [material.daily + material.opening] if days else []
        for day, quantity in material.arrivals:
            if day < days:
                flow[day] += quantity
        for key, row in pieces.items():
            line, total = lines[key], 0
            for day, quantity in enumerate(row):
                flow[day] -= quantity * each.get((line.item_code, material.code), 0)
                if line.item_code == material.code and day + 1 + line.lag_days < days:
                    before = issued_in_all(as_surge(line), total)
                    flow[day + 1 + line.lag_days] += (
                        issued_in_all(as_surge(line), total + quantity) - before
                    ) * material.scale
                total += quantity
        if material.keeps:
            for day in range(1, days):
                flow[day] += flow[day - 1]
        found[material.code] = flow
    return found


def needed_only(instance: Instance, plan: Plan) -> Plan:
    """The plan with proposals that make what is sent from them and no more; a proposal without use is none."""
    sent: dict[tuple[str, str], int] = defaultdict(int)
    for row in plan.shipments:
        sent[row.item_code, row.lot_code] += row.quantity
    items = {item.code for item in instance.items}
    lines = {(line.code, line.item_code): line for line in instance.lines}
    kept = []
    for run in plan.production:
        if run.proposed and run.item_code in items:
            line = lines[run.line_code, run.item_code]
            wanted = [(hour, sent[run.item_code, lot_code(run.line_code, hour)]) for hour, _ in run.issued]
            kept += [_cut(instance, run, line, dict(wanted))] if any(quantity for _, quantity in wanted) else []
        else:
            kept.append(run)
    return replace(plan, production=tuple(kept))


def _cut(instance: Instance, run: Run, line: Line, wanted: dict[int, int]) -> Run:
    """The fewest pieces by day from which each day's shipments can be issued; the run itself if that needs more."""
    surge, total, made, issued = as_surge(line), 0, [], []
    for day, most in enumerate(run.made, run.from_day):
        hour = instance.day0_hour + 24 * (day + 1 + line.lag_days)
        before, quantity = issued_in_all(surge, total), wanted.get(hour, 0)
        pieces = 0
        while quantity and issued_in_all(surge, total + pieces) < before + quantity:
            short = before + quantity - issued_in_all(surge, total + pieces)
            pieces += short
            if pieces > most:
                return run
        total += pieces
        made.append(pieces)
        if good := issued_in_all(surge, total) - before:
            issued.append((hour, good))
    while made and not made[-1]:
        made.pop()
    return replace(run, made=tuple(made), issued=tuple(issued))
