"""Substitutes while a plan is being written: units handed over, and what of the need they make up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from optimizer.dispatch.plan import Shipment, StandsFor
from optimizer.dispatch.substitutes import Substitution

Pair = tuple[str, str]


class StandIns:
    """By need and substitute: the units sent, and the units of the need they make up together.

    packs  by need, source, item and lot: the pack that stays whole there, 1 where it may be opened
    """

    def __init__(self) -> None:
        self.sent: dict[Pair, int] = defaultdict(int)
        self.made_up: dict[Pair, int] = defaultdict(int)
        self.packs: dict[tuple[str, str, str, str], int] = {}
        self.swaps: dict[Pair, Substitution] = {}

    def units_for(self, need_code: str, swap: Substitution, wanted: int, available: int, pack: int) -> int:
        """The fewest units, of those available, that make up as much more of a need as can be, up to ``wanted``."""
        key = (need_code, swap.substitute_item)
        sent, before = self.sent[key], self.made_up[key]
        reachable = min(before + wanted, swap.makes_up(sent + available))
        if reachable <= before:
            return 0
        units = -(-max(0, swap.takes(reachable) - sent) // pack) * pack
        return units if units <= available else available // pack * pack

    def hand_over(self, need_code: str, swap: Substitution, units: int, open_quantity: int) -> int:
        """Note units as sent; returns what of the need they newly make up, at most what is open of it."""
        key = (need_code, swap.substitute_item)
        self.swaps[key] = swap
        self.sent[key] += units
        more = min(open_quantity, swap.makes_up(self.sent[key]) - self.made_up[key])
        self.made_up[key] += more
        return more


def credited(rows: Iterable[Shipment], stand_ins: StandIns) -> list[Shipment]:
    """Shipments with what they stand for, in the order of their arrival; units that make up nothing stay behind."""
    plain: list[Shipment] = []
    groups: dict[Pair, list[Shipment]] = defaultdict(list)
    for row in rows:
        if row.stands_for is None:
            plain.append(row)
        else:
            groups[row.need_code, row.item_code].append(row)
    for key, group in groups.items():
        group.sort(key=lambda row: (row.arrive_hour, row.source_code, row.lot_code, row.step, row.leave_hour))
        packs = [stand_ins.packs[row.need_code, row.source_code, row.item_code, row.lot_code] for row in group]
        plain += _credited(group, packs, stand_ins.swaps[key], stand_ins.made_up[key])
    return plain


def _credited(group: list[Shipment], packs: list[int], swap: Substitution, made_up: int) -> list[Shipment]:
    """One substitute for one need: what is more than the needed units take stays behind, the last to arrive first."""
    spare = sum(row.quantity for row in group) - swap.takes(made_up)
    kept: list[Shipment] = []
    for row, pack in zip(reversed(group), reversed(packs), strict=True):
        back = min(row.quantity, max(0, spare)) // pack * pack
        spare -= back
        if row.quantity > back:
            kept.append(replace(row, quantity=row.quantity - back))
    found, sent, before = [], 0, 0
    for row in reversed(kept):
        sent += row.quantity
        now = min(made_up, swap.makes_up(sent))
        found.append(replace(row, stands_for=stands_for(swap, now - before)))
        before = now
    return found


def stands_for(swap: Substitution, units: int) -> StandsFor:
    """A pair as a shipment states it."""
    return StandsFor(swap.needed_item, swap.numerator, swap.denominator, units)
