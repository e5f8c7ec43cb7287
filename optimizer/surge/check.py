"""A second reading of the model: it shares no code with the projection and computes no path, it only asks of one.

No line beyond its rate, no material used before it came, every piece issued was made its lag before, stock and needs
add up, no limit named that does not bind, and nothing could have been made earlier by the line whose turn it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.surge.instance import Line, SurgeInstance
from optimizer.surge.plan import LinePath, Projection

OWN = frozenset({"idle", "changeover", "ramp", "capacity", "order"})


@dataclass(frozen=True)
class Violation:
    """A law of the model that the projection breaks, and where."""

    rule: str
    where: str
    day: int
    found: int
    allowed: int


def check(instance: SurgeInstance, projection: Projection) -> list[Violation]:
    """Everything that is wrong with a projection; empty for a sound one."""
    if wrong := list(_shape(instance, projection)):
        return wrong
    return [*_rates(instance, projection), *_materials(instance, projection), *_items(instance, projection)]


def _shape(instance: SurgeInstance, projection: Projection) -> Iterator[Violation]:
    """It answers this instance, with one path of full length for each line, material and item."""
    if (projection.instance_hash, projection.days) != (instance.hash, instance.days):
        yield Violation("other_instance", projection.instance_hash, 0, projection.days, instance.days)
    for rule, wanted, found in (
        ("lines", [each.code for each in instance.lines], [each.line_code for each in projection.lines]),
        (
            "materials",
            [each.code for each in instance.materials],
            [each.material_code for each in projection.materials],
        ),
        ("items", [each.item_code for each in instance.demands], [each.item_code for each in projection.items]),
    ):
        if wanted != found:
            yield Violation(rule, ";".join(sorted(set(wanted) ^ set(found))), 0, len(found), len(wanted))
    series = [(path.line_code, days) for path in projection.lines for days in (path.allowed, path.made, path.limits)]
    series += [
        (each.material_code, days) for each in projection.materials for days in (each.incoming, each.used, each.left)
    ]
    for item in projection.items:
        days_of = (item.issued, item.arrived, item.needs, item.lumps, item.stock, item.unmet, item.open)
        series += [(item.item_code, days) for days in days_of]
    for where, days in series:
        if len(days) != instance.days:
            yield Violation("length", where, 0, len(days), instance.days)


def _rates(instance: SurgeInstance, projection: Projection) -> Iterator[Violation]:
    for line, path in zip(instance.lines, projection.lines, strict=True):
        if (path.product_code, path.full) != (line.product_code, line.rates[-1]):
            yield Violation("other_line", line.code, 0, path.full, line.rates[-1])
        for day in range(instance.days):
            most = _most(line, day)
            if path.allowed[day] != most:
                yield Violation("allowed", line.code, day, path.allowed[day], most)
            if not 0 <= path.made[day] <= most:
                yield Violation("beyond_rate", line.code, day, path.made[day], most)
            if path.limits[day] in OWN and path.made[day] < most:
                yield Violation("limit_does_not_bind", line.code, day, path.made[day], most)


def _most(line: Line, day: int) -> int:
    age = day - line.from_day
    if age < 0 or (line.until_day is not None and day > line.until_day):
        return 0
    rate = line.rates[age] if age < len(line.rates) else line.rates[-1]
    return rate if line.cap_per_day is None or rate < line.cap_per_day else line.cap_per_day


def _issued(instance: SurgeInstance, projection: Projection) -> dict[str, list[int]]:
    """Pieces of each product that are out by the morning of each day, by manufacture, rejects, claims and lag."""
    found: dict[str, list[int]] = {}
    for line, path in zip(instance.lines, projection.lines, strict=True):
        out = found.setdefault(line.product_code, [0] * instance.days)
        for day in range(instance.days):
            made = sum(path.made[: max(0, day - line.lag_days)])
            good = made * line.yield_permille // 1000
            out[day] += good - -(-good * line.claimed_permille // 1000)
    return found


def _materials(instance: SurgeInstance, projection: Projection) -> Iterator[Violation]:
    issued = _issued(instance, projection)
    needs = {(use.product_code, use.material_code): use.quantity for use in instance.uses}
    turns = _turns(instance, projection)
    have = {material.code: material.opening for material in instance.materials}
    for day in range(instance.days):
        for material, seen in zip(instance.materials, projection.materials, strict=True):
            out = issued.get(material.code, [0] * instance.days)
            made = out[day] - (out[day - 1] if day else 0)
            came = material.daily + sum(q for on, q in material.arrivals if on == day) + made * material.scale
            if not material.keeps and day:
                have[material.code] = 0
            if seen.incoming[day] != came:
                yield Violation("incoming", material.code, day, seen.incoming[day], came)
            have[material.code] += came
        morning = dict(have)
        for line, path in turns:
            parts = [code for code in have if (line.product_code, code) in needs]
            for code in parts:
                have[code] -= needs[line.product_code, code] * path.made[day]
            short = {code for code in parts if have[code] < needs[line.product_code, code]}
            if path.made[day] < path.allowed[day] and not short:
                yield Violation("made_too_late", line.code, day, path.made[day], path.made[day] + 1)
            if path.limits[day] not in OWN and path.limits[day] not in short:
                yield Violation("limit_does_not_bind", line.code, day, path.made[day], path.allowed[day])
        for seen in projection.materials:
            code = seen.material_code
            if have[code] < 0:
                yield Violation("material_beyond_stock", code, day, -have[code], 0)
            if (seen.used[day], seen.left[day]) != (morning[code] - have[code], have[code]):
                yield Violation("material", code, day, seen.left[day], have[code])


def _turns(instance: SurgeInstance, projection: Projection) -> list[tuple[Line, LinePath]]:
    """Lines in the order in which they take: rank of the product, shortest lag, best use of material, code."""
    ranked = list(instance.products)
    ranked += sorted({line.product_code for line in instance.lines} - set(ranked))
    pairs = list(zip(instance.lines, projection.lines, strict=True))
    pairs.sort(key=lambda pair: pair[0].yield_permille * (1000 - pair[0].claimed_permille), reverse=True)
    pairs.sort(key=lambda pair: pair[0].lag_days)
    pairs.sort(key=lambda pair: ranked.index(pair[0].product_code))
    return pairs


def _items(instance: SurgeInstance, projection: Projection) -> Iterator[Violation]:
    issued = _issued(instance, projection)
    for demand, path in zip(instance.demands, projection.items, strict=True):
        code, out = demand.item_code, issued.get(demand.item_code, [0] * instance.days)
        if (path.opening, path.needs, path.lumps) != (demand.opening, demand.needs, demand.lumps):
            yield Violation("other_need", code, 0, path.opening, demand.opening)
        short = [day for day in range(instance.days) if path.unmet[day] or path.open[day]]
        if path.short_from_day != (short[0] if short else None):
            yield Violation("shortage_date", code, path.short_from_day or 0, len(short), 0)
        for day in range(instance.days):
            so_far = slice(0, day + 1)
            if sum(path.issued[so_far]) != out[day]:
                yield Violation("issue", code, day, sum(path.issued[so_far]), out[day])
            if path.arrived[day] != (came := sum(q for on, q in demand.arrivals if on == day)):
                yield Violation("arrived", code, day, path.arrived[day], came)
            there = demand.opening + sum(path.issued[so_far]) + sum(path.arrived[so_far])
            flow = sum(demand.needs[so_far]) - sum(path.unmet[so_far])
            filled = sum(demand.lumps[so_far]) - path.open[day]
            if path.stock[day] != there - flow - filled or path.stock[day] < 0:
                yield Violation("stock", code, day, path.stock[day], there - flow - filled)
            if not 0 <= path.unmet[day] <= demand.needs[day] or path.open[day] < 0:
                yield Violation("unmet", code, day, path.unmet[day], demand.needs[day])
            if path.stock[day] and (path.unmet[day] or path.open[day]):
                yield Violation("unmet_beside_stock", code, day, path.unmet[day] + path.open[day], 0)
            earlier = path.open[day - 1] if day else 0
            if path.unmet[day] and path.open[day] < earlier + demand.lumps[day]:
                yield Violation("lump_before_flow", code, day, path.unmet[day], 0)
