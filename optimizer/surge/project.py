"""From a scenario to its one path: every line makes as much as it can as early as it can.

Sentences of docs/surge-model.md, in the order of a day:
what arrives in the morning can be used the same day; lines take from shared materials in the order of the products,
then of their codes; a line makes the least of its rate, its cap and what each material allows; what is made is counted
in the evening, and is issued, or usable as a material, on the next morning after its lag.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from optimizer.surge.instance import Demand, Line, SurgeInstance
from optimizer.surge.plan import CAP, RUN, ItemPath, LineDay, MaterialPath, Projection


def project(instance: SurgeInstance) -> Projection:
    """The path of a scenario; linear in lines × days × materials of a product."""
    uses: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for use in instance.uses:
        uses[use.product_code].append((use.material_code, use.quantity))
    materials = {material.code: material for material in instance.materials}
    left = {material.code: material.opening for material in instance.materials}
    coming: dict[tuple[int, str], int] = defaultdict(int)
    incoming: dict[str, list[int]] = {code: [] for code in materials}
    used: dict[str, list[int]] = {code: [] for code in materials}
    leftover: dict[str, list[int]] = {code: [] for code in materials}
    rows: list[LineDay] = []
    order = lines_in_order(instance)
    for day in range(instance.days):
        for code, material in materials.items():
            arrived = material.arriving_on(day) + coming[day, code] * material.scale
            left[code] += arrived
            incoming[code].append(arrived)
        morning = dict(left)
        for line in order:
            made, limit = _made(line, day, uses[line.product_code], left)
            rows.append(LineDay(line.code, line.product_code, day, made, limit))
            for code, quantity in uses[line.product_code]:
                left[code] -= quantity * made
            coming[day + 1 + line.lag_days, line.product_code] += issued_of(line, made)
        for code in materials:
            used[code].append(morning[code] - left[code])
            leftover[code].append(left[code])
    return Projection(
        instance_hash=instance.hash,
        line_days=tuple(rows),
        items=tuple(
            item_path(demand, [coming[day, demand.item_code] for day in range(instance.days)])
            for demand in instance.demands
        ),
        materials=tuple(
            MaterialPath(code, tuple(incoming[code]), tuple(used[code]), tuple(leftover[code])) for code in materials
        ),
    )


def lines_in_order(instance: SurgeInstance) -> list[Line]:
    """The order in which lines take from shared materials: by the rank of their product, then by code."""
    rank = {code: place for place, code in enumerate(instance.products)}
    return sorted(
        instance.lines, key=lambda line: (rank.get(line.product_code, len(rank)), line.product_code, line.code)
    )


def issued_of(line: Line, made: int) -> int:
    """Good pieces of a day that are ours: rejects and the claims of others taken off, each rounded against us."""
    good = made * line.yield_permille // 1000
    return good - -(-good * line.claimed_permille // 1000)


def _made(line: Line, day: int, uses: Sequence[tuple[str, int]], left: dict[str, int]) -> tuple[int, str]:
    """The least of all limits, and the first of those that bind."""
    made, limit = line.rate_on(day), RUN
    if line.cap_per_day is not None and made == line.cap_per_day:
        limit = CAP
    for code, quantity in uses:
        most = left[code] // quantity
        if most < made:
            made, limit = most, code
    return made, limit


def item_path(demand: Demand, issued: Sequence[int]) -> ItemPath:
    """Stock left over goes on to the next day; unmet need does not."""
    on_hand, stock, unmet = demand.opening, [], []
    for need, fresh in zip(demand.needs, issued, strict=True):
        on_hand += fresh
        served = min(need, on_hand)
        on_hand -= served
        stock.append(on_hand)
        unmet.append(need - served)
    short = next((day for day, missing in enumerate(unmet) if missing), None)
    return ItemPath(demand.item_code, demand.opening, tuple(issued), demand.needs, tuple(stock), tuple(unmet), short)
