"""From a scenario to its one path: every line makes as much as it can as early as it can.

Sentences of docs/surge-model.md, in the order of a day: what arrives in the morning can be used the same day; lines
take from shared materials one after the other; a line makes the least of its rate, its order's limit and what each
material allows; what is made is counted in the evening, and is issued, or usable as a material, on the next morning
after its lag.
"""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.surge.instance import Dated, Demand, Line, Material, SurgeInstance
from optimizer.surge.plan import CAPACITY, CHANGEOVER, IDLE, ORDER, RAMP, ItemPath, LinePath, MaterialPath, Projection


class _Pool:
    """A material while the days go by, scaled units."""

    def __init__(self, material: Material, days: int) -> None:
        self.material = material
        self.left = material.opening
        self.incoming = [material.daily + arrived for arrived in by_day(material.arrivals, days)]
        self.evenings: list[int] = []

    def end_day(self) -> None:
        """What is left is there tomorrow; of a service only the record is left."""
        self.evenings.append(self.left)
        if not self.material.keeps:
            self.left = 0

    def path(self) -> MaterialPath:
        """What is used on a day is what was there before, and came, and is gone in the evening."""
        material = self.material
        before = [material.opening, *(self.evenings if material.keeps else [0] * len(self.evenings))]
        used = [had + came - left for had, came, left in zip(before, self.incoming, self.evenings, strict=False)]
        return MaterialPath(material.code, tuple(self.incoming), tuple(used), tuple(self.evenings))


class _Run:
    """A line while the days go by: what it allows is known beforehand, what it makes is not."""

    def __init__(self, line: Line, parts: Sequence[tuple[_Pool, int]], days: int) -> None:
        self.line, self.parts = line, parts
        self.allowed = [line.allowed_on(day) for day in range(days)]
        self.held_by: list[str | None] = [None] * days
        self.made: list[int] = []
        self.issued = [0] * days
        self.total = 0

    def make(self, day: int) -> None:
        """Make a day's pieces out of what the pools hold; they come out on the morning after the lag."""
        made = self.allowed[day]
        for pool, quantity in self.parts:
            if pool.left < quantity * made:
                made = pool.left // quantity
                self.held_by[day] = pool.material.code  # a later one that allows less takes its place
        for pool, quantity in self.parts:
            pool.left -= quantity * made
        self.made.append(made)
        issue_day = day + 1 + self.line.lag_days
        if issue_day < len(self.issued):
            self.issued[issue_day] = issued_in_all(self.line, self.total + made) - issued_in_all(self.line, self.total)
        self.total += made

    def path(self) -> LinePath:
        line = self.line
        limits = (held_by or own_limit(line, day) for day, held_by in enumerate(self.held_by))
        full = line.rates[-1]
        return LinePath(line.code, line.product_code, full, tuple(self.allowed), tuple(self.made), tuple(limits))


def project(instance: SurgeInstance) -> Projection:
    """The path of a scenario; linear in lines × days × materials of a product."""
    pools, runs = _let_days_pass(instance)
    return Projection(
        instance_hash=instance.hash,
        days=instance.days,
        lines=tuple(sorted((run.path() for run in runs), key=lambda path: path.line_code)),
        items=_item_paths(instance, runs),
        materials=tuple(pool.path() for pool in pools),
    )


def missing_by_item(instance: SurgeInstance) -> dict[str, int]:
    """Pieces of each item that were needed within the horizon and never came."""
    _, runs = _let_days_pass(instance)
    return {path.item_code: path.missing for path in _item_paths(instance, runs)}


def _let_days_pass(instance: SurgeInstance) -> tuple[list[_Pool], list[_Run]]:
    days = instance.days
    pools = {material.code: _Pool(material, days) for material in instance.materials}
    runs = [
        _Run(
            line,
            [(pools[use.material_code], use.quantity) for use in instance.recipes.get(line.product_code, ())],
            days,
        )
        for line in lines_in_order(instance)
    ]
    makers = [(pools[run.line.product_code], run) for run in runs if run.line.product_code in pools]
    for day in range(days):
        for pool, run in makers:
            pool.incoming[day] += run.issued[day] * pool.material.scale
        for pool in pools.values():
            pool.left += pool.incoming[day]
        for run in runs:
            run.make(day)
        for pool in pools.values():
            pool.end_day()
    return list(pools.values()), runs


def _item_paths(instance: SurgeInstance, runs: Sequence[_Run]) -> tuple[ItemPath, ...]:
    issued = {demand.item_code: [0] * instance.days for demand in instance.demands}
    for run in runs:
        if run.line.product_code in issued:
            so_far = issued[run.line.product_code]
            issued[run.line.product_code] = [a + b for a, b in zip(so_far, run.issued, strict=True)]
    return tuple(item_path(demand, issued[demand.item_code]) for demand in instance.demands)


def lines_in_order(instance: SurgeInstance) -> list[Line]:
    """The order in which lines take from shared materials.

    By the rank of their product; of one product first the line whose pieces can be issued soonest, then the one that
    makes most of its material; then by code.
    """
    rank = {code: place for place, code in enumerate(instance.products)}

    def turn(line: Line) -> tuple[int, str, int, int, str]:
        share = line.yield_permille * (1000 - line.claimed_permille)
        return rank.get(line.product_code, len(rank)), line.product_code, line.lag_days, -share, line.code

    return sorted(instance.lines, key=turn)


def issued_in_all(line: Line, made: int) -> int:
    """Good pieces out of all made so far that are ours: rejects, then the claims of others, taken off.

    Rounded down once over all days and not day by day, so that no piece is lost to rounding.
    """
    return made * line.yield_permille // 1000 * (1000 - line.claimed_permille) // 1000


def own_limit(line: Line, day: int) -> str:
    """What holds a line on a day when no material does."""
    if not line.runs_on(day):
        return IDLE
    rate = line.rate_on(day)
    if line.cap_per_day is not None and line.cap_per_day < rate:
        return ORDER
    if rate >= line.rates[-1]:
        return CAPACITY
    return RAMP if rate else CHANGEOVER


def item_path(demand: Demand, issued: Sequence[int]) -> ItemPath:
    """Stock left over goes on to the next day. A day's flow is served first; what it lacks is lost. Lumps stay open."""
    arrived = by_day(demand.arrivals, len(issued))
    on_hand, waiting = demand.opening, 0
    stock, unmet, still_open = [], [], []
    for need, lump, fresh, come in zip(demand.needs, demand.lumps, issued, arrived, strict=True):
        on_hand += fresh + come
        served = min(need, on_hand)
        waiting += lump
        filled = min(waiting, on_hand - served)
        on_hand -= served + filled
        waiting -= filled
        stock.append(on_hand)
        unmet.append(need - served)
        still_open.append(waiting)
    short = next((day for day, pair in enumerate(zip(unmet, still_open, strict=True)) if any(pair)), None)
    return ItemPath(
        item_code=demand.item_code,
        opening=demand.opening,
        issued=tuple(issued),
        arrived=tuple(arrived),
        needs=demand.needs,
        lumps=demand.lumps,
        stock=tuple(stock),
        unmet=tuple(unmet),
        open=tuple(still_open),
        short_from_day=short,
    )


def by_day(arrivals: Sequence[Dated], days: int) -> list[int]:
    """What arrives on each day."""
    found = [0] * days
    for day, quantity in arrivals:
        found[day] += quantity
    return found
