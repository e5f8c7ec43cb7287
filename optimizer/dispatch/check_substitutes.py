"""The checker on substitutes: permitted, at their ratio, and no more of them than the need takes. Whole numbers only.

Shares nothing with the files that make plans but the tables: it reads docs/dispatch-model.md, section 3, again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from optimizer.dispatch.instance import Instance, Need, Rounding
from optimizer.dispatch.plan import Plan, Shipment
from optimizer.dispatch.substitutes import Substitution
from optimizer.dispatch.violation import Violation


def substitutes(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """Every shipment is of the item needed, or of an enabled substitute that its use permits, at the pair's ratio."""
    pairs = {(pair.needed_item, pair.substitute_item): pair for pair in instance.substitutions}
    needs = {need.code: need for need in instance.needs}
    words: dict[str, list[set[str]]] = defaultdict(list)
    for use in instance.uses:
        words[use.need_code].append(set(use.words))
    groups: dict[tuple[str, str], list[Shipment]] = defaultdict(list)
    for row in plan.shipments:
        need, stated = needs[row.need_code], row.stands_for
        if row.item_code == need.item_code:
            if stated is not None:
                yield Violation("own_item_stands_for_itself", _name(row), stated.units, 0)
            continue
        pair = pairs.get((need.item_code, row.item_code))
        if pair is None or stated is None:
            yield Violation("substitute_enabled", _name(row), row.quantity, 0)
            continue
        if not _permitted(pair, words[need.code]):
            yield Violation("substitute_permitted", _name(row), row.quantity, 0)
        said = (stated.item_code, stated.numerator, stated.denominator)
        if said != (need.item_code, pair.numerator, pair.denominator):
            yield Violation("substitute_ratio", _name(row), stated.numerator, pair.numerator)
        groups[need.code, row.item_code].append(row)
    lots = {(lot.source_code, lot.item_code, lot.code): lot.pack_size for lot in instance.lots}
    for (code, item_code), rows in groups.items():
        packs = [lots[row.source_code, row.item_code, row.lot_code] for row in rows]
        yield from _made_up(needs[code], pairs[needs[code].item_code, item_code], rows, max(packs))


def _permitted(pair: Substitution, uses: list[set[str]]) -> bool:
    """Nobody forbids it, and everybody allows it; where nobody says anything, it must be allowed everywhere."""
    said = bool(uses) and all(uses)
    for use in uses:
        if any(word in use for word in pair.forbidden):
            return False
        if pair.allowed and not any(word in use for word in pair.allowed):
            return False
    return said or not (pair.allowed or pair.forbidden)


def _made_up(need: Need, pair: Substitution, rows: list[Shipment], pack: int) -> Iterable[Violation]:
    """By every hour no more is counted than the units there make, and no unit is sent that makes up nothing."""
    there = counted = 0
    hours = sorted({row.arrive_hour for row in rows})
    for hour in hours:
        arrived = [row for row in rows if row.arrive_hour <= hour]
        there = sum(row.quantity for row in arrived)
        counted = sum(row.stands_for.units for row in arrived if row.stands_for)
        most = there * pair.denominator // pair.numerator
        if counted > most or any(row.stands_for and row.stands_for.units < 0 for row in arrived):
            yield Violation("substitute_makes_up", f"{need.code} {pair.substitute_item}", counted, most)
    fewest = (counted * pair.numerator + pair.denominator - 1) // pair.denominator
    above = 0 if need.rounding is Rounding.OPEN else pack - 1
    if there > fewest + above:
        yield Violation("substitute_needed", f"{need.code} {pair.substitute_item}", there, fewest + above)


def _name(row: Shipment) -> str:
    return f"{row.source_code} {row.lot_code} {row.need_code}"
