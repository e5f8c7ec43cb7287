"""Planning again every morning with a forecast that is wrong, against a plan that knew.

The error is lognormal and grows with the square root of the lead: ``sigma`` at three days, nothing for the day that
begins. What leaves in the day is gone; what a place has too much of waits there for its next days.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import replace

from benchmarks.quality import POLICY, missed
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.guide import guided_plan
from optimizer.dispatch.instance import Instance, Need
from optimizer.dispatch.score import CLASS_WEIGHTS
from optimizer.limits import Budget, Rung

Place = tuple[str, str]


def rolling_over_clairvoyant(world: Instance, sigma: float, seed: int) -> float:
    """Weighted unmet of the rolling plan over that of one plan with the true need; both by the guide."""
    once = guided_plan(build_network(world, timed=False), POLICY, Budget(), (), Rung.GUIDE)
    return rolled(world, sigma, seed) / missed(world, once)


def rolled(world: Instance, sigma: float, seed: int) -> float:
    """Share of the true priority-weighted need that is not met when every morning is planned anew."""
    draw = random.Random(seed)
    taken: dict[tuple[str, str, str], int] = defaultdict(int)
    coming: dict[Place, list[tuple[int, int]]] = defaultdict(list)  # (hour of arrival, quantity)
    unmet: dict[str, int] = {}
    for morning in range(0, world.horizon_hour, 24):
        seen = _forecast(world, morning, sigma, draw)
        plan = guided_plan(
            build_network(_as_of(world, morning, seen, taken, coming), timed=False), POLICY, Budget(), (), Rung.GUIDE
        )
        for row in plan.shipments:
            if row.leave_hour < morning + 24:
                taken[row.source_code, row.item_code, row.lot_code] += row.quantity
                coming[row.place_code, row.item_code].append((row.arrive_hour, row.quantity))
        for need in world.needs:
            if morning < need.due_hour <= morning + 24:
                unmet[need.code] = need.quantity - _use(coming[need.place_code, need.item_code], need)
    return _share(world, unmet)


def _forecast(world: Instance, morning: int, sigma: float, draw: random.Random) -> list[Need]:
    """The needs still to come, as they look this morning."""
    seen = []
    for need in world.needs:
        if need.due_hour > morning:
            days = (need.due_hour - morning - 1) // 24
            error = math.exp(sigma * math.sqrt(days / 3) * draw.gauss(0.0, 1.0)) if days else 1.0
            seen.append(replace(need, quantity=max(1, round(need.quantity * error))))
    return seen


def _as_of(
    world: Instance,
    morning: int,
    needs: list[Need],
    taken: dict[tuple[str, str, str], int],
    coming: dict[Place, list[tuple[int, int]]],
) -> Instance:
    """What is left of lots, and of needs what neither stands at the place nor is on the road to it."""
    lots = (
        replace(
            lot,
            quantity=lot.quantity - taken[lot.source_code, lot.item_code, lot.code],
            available_from_hour=max(lot.available_from_hour, morning),
        )
        for lot in world.lots
    )
    there = {place: sum(quantity for _, quantity in rows) for place, rows in coming.items()}
    covered = []
    for need in sorted(needs, key=lambda row: row.due_hour):
        place = (need.place_code, need.item_code)
        part = min(need.quantity, there.get(place, 0))
        there[place] = there.get(place, 0) - part
        covered.append(replace(need, on_road=part))
    return replace(world, lots=tuple(lot for lot in lots if lot.quantity > 0), needs=tuple(covered))


def _use(rows: list[tuple[int, int]], need: Need) -> int:
    """Take from what has arrived by the due hour, up to the need; what is left waits."""
    used, left = 0, []
    for arrive, quantity in sorted(rows):
        part = min(quantity, need.quantity - used) if arrive <= need.due_hour else 0
        used += part
        if quantity > part:
            left.append((arrive, quantity - part))
    rows[:] = left
    return used


def _share(world: Instance, unmet: dict[str, int]) -> float:
    whole: dict[str, int] = defaultdict(int)
    for need in world.needs:
        whole[need.item_code] += need.quantity
    worth = {need.code: CLASS_WEIGHTS[need.priority_class] / whole[need.item_code] for need in world.needs}
    wanted = sum(worth[need.code] * need.quantity for need in world.needs)
    return sum(worth[code] * quantity for code, quantity in unmet.items()) / wanted
