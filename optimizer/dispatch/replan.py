"""A plan made again when the world has moved: what has left is fixed, what is promised falls only by a cut.

What is shipped has left the lots and stands in ``received`` and ``on_road`` of its need, so ratios stay cumulative.
What is picked or signed is taken out of the lots and counted as sent before anything is planned. The rest is planned
afresh, and of every independent part the plan in force is kept where it is still valid and nothing better was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.draft import need_result
from optimizer.dispatch.instance import Instance, Need, Pin, Route
from optimizer.dispatch.packs import effective_quantity, smallest_packs
from optimizer.dispatch.plan import Change, Plan, PlanDiff, Shipment
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.score import order_of, stage_values
from optimizer.dispatch.substitutes import linked_items
from optimizer.dispatch.ways import earliest, ways_of
from optimizer.dispatch.worth import only_item
from optimizer.limits import Budget


class Hold(StrEnum):
    """How firmly a quantity stands that has not left yet; a cut takes from the looser first."""

    SIGNED = "signed"
    PICKED = "picked"


@dataclass(frozen=True)
class Commitment:
    """A shipment under a signed order, its hours counted from the start of the plan it comes from."""

    shipment: Shipment
    hold: Hold


@dataclass(frozen=True)
class State:
    """What binds the next plan beside the instance. Goods under way are in the instance already."""

    commitments: tuple[Commitment, ...] = ()


def replan(
    instance: Instance,
    state: State,
    previous: Plan,
    previous_t0: str,
    policy: Policy | None = None,
    budget: Budget | None = None,
    pins: Sequence[Pin] = (),
) -> tuple[Plan, PlanDiff]:
    """The plan for the world as it is now, and what changes against the plan in force. Parts with pins are new.

    previous     the plan in force; of its shipments those that are committed stand in ``state`` and not twice
    previous_t0  the start of that plan; its hours are moved to the start of this one
    """
    if any(one.shipment.loan for one in state.commitments):
        raise ValueError("promised loans are not planned again yet: expected commitments of goods that stay")
    policy = policy or Policy()
    elapsed = hours_between(previous_t0, instance.t0)
    kept, cuts = keepable(instance, state, elapsed)
    rest = committed(instance, kept)
    fresh = allocate(rest, policy, budget, pins)
    promised = {_key(one.shipment) for one in state.commitments}
    planned = [moved(rest, row, elapsed) for row in previous.shipments if _key(row) not in promised]
    pinned = {pin.need_code for pin in pins}
    chosen = sticky(rest, policy, [row for row in planned if row is not None], fresh, pinned)
    plan = together(instance, policy, kept, chosen, fresh)
    before = [row for row in previous.shipments if _key(row) not in promised]
    return plan, PlanDiff((*cuts, *changes(before, chosen, elapsed)))


def hours_between(earlier: str, later: str) -> int:
    """Whole hours from one start of plan to another."""
    return int((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() // 3600)


def keepable(instance: Instance, state: State, elapsed: int) -> tuple[list[Shipment], list[Change]]:
    """What of the commitments still stands, and the cuts: goods gone, need fallen, or no way there in time.

    Picked before signed, then the order of the plan; nothing is cut because somebody else would use it better.
    """
    stock = {(lot.source_code, lot.item_code, lot.code): lot.quantity for lot in instance.lots}
    packs = smallest_packs(instance)
    wanted = {need.code: effective_quantity(need, packs.get(need.item_code, 1)) for need in instance.needs}
    kept: list[Shipment] = []
    cuts: list[Change] = []
    firmness = {Hold.PICKED: 0, Hold.SIGNED: 1}
    for one in sorted(state.commitments, key=lambda row: (firmness[row.hold], _key(row.shipment))):
        row = one.shipment
        lot = (row.source_code, row.item_code, row.lot_code)
        now = moved(instance, row, elapsed)
        limits = {"goods_gone": stock.get(lot, 0), "need_fell": _units_for(row, wanted.get(row.need_code, 0))}
        limits |= {"no_way_in_time": row.quantity if now else 0}
        reason = min(limits, key=lambda name: limits[name])
        quantity = min(row.quantity, limits[reason])
        if quantity < row.quantity:
            cuts.append(Change("cut", reason, *_key(row), row.quantity, quantity, row.leave_hour - elapsed))
        if now and quantity:
            kept.append(now.resized(quantity))
            stock[lot] -= quantity
            wanted[row.need_code] -= kept[-1].fills
    return kept, cuts


def committed(instance: Instance, kept: Sequence[Shipment]) -> Instance:
    """The instance that is left to plan: commitments are off the shelf and count as on the road."""
    taken: dict[tuple[str, str, str], int] = defaultdict(int)
    coming: dict[str, int] = defaultdict(int)
    for row in kept:
        taken[row.source_code, row.item_code, row.lot_code] += row.quantity
        coming[row.need_code] += row.fills
    if not kept:
        return instance
    lots = (
        replace(lot, quantity=lot.quantity - taken[lot.source_code, lot.item_code, lot.code]) for lot in instance.lots
    )
    needs = (replace(need, on_road=need.on_road + coming[need.code]) for need in instance.needs)
    return replace(instance, lots=tuple(lots), needs=tuple(needs))


def moved(instance: Instance, row: Shipment, elapsed: int) -> Shipment | None:
    """A shipment on the clock of the new plan; None where it cannot come in time any more."""
    need = next((need for need in instance.needs if need.code == row.need_code), None)
    trip = earliest(_ways(instance, row), max(0, row.leave_hour - elapsed), instance.horizon_hour)
    if need is None or trip is None:
        return None
    leave, route = trip
    arrive = leave + route.travel_hours
    if arrive > need.last_useful_hour:
        return None
    on_time = arrive <= need.due_hour
    return replace(row, leave_hour=leave, arrive_hour=arrive, on_time=on_time, km=route.km)


def sticky(
    instance: Instance, policy: Policy, planned: Sequence[Shipment], fresh: Plan, pinned: Collection[str] = ()
) -> list[Shipment]:
    """Part by part: the plan in force where it is still valid and the new one is not better, else the new one."""
    items = sorted({need.item_code for need in instance.needs})
    linked = {linked_items(instance, code) for code in items}
    parts = [frozenset(items)] if instance.is_coupled else sorted(linked, key=min)
    chosen: list[Shipment] = []
    for part in parts:
        world = instance if instance.is_coupled else only_item(instance, min(part))
        codes = {need.code for need in world.needs}
        old = [row for row in planned if row.need_code in codes]
        new = [row for row in fresh.shipments if row.need_code in codes]
        chosen += old if codes.isdisjoint(pinned) and _stands(world, policy, old, new) else new
    return chosen


def _stands(world: Instance, policy: Policy, old: Sequence[Shipment], new: Sequence[Shipment]) -> bool:
    candidate = together(world, policy, (), old, None)
    return not check(world, candidate) and order_of(world, policy, old, ()) <= order_of(world, policy, new, ())


def together(
    instance: Instance, policy: Policy, kept: Sequence[Shipment], chosen: Sequence[Shipment], fresh: Plan | None
) -> Plan:
    """One plan of what is committed and what is planned, told over the whole instance."""
    rows = sorted((*kept, *chosen), key=lambda row: (row.need_code, row.arrive_hour, row.source_code, row.lot_code))
    got: dict[str, list[Shipment]] = defaultdict(list)
    for row in rows:
        for code, _ in row.served:
            got[code].append(row)
    packs = smallest_packs(instance)
    results = tuple(
        need_result(need, effective_quantity(need, packs.get(need.item_code, 1)), _with_excess(need, got[need.code]))
        for need in instance.needs
    )
    mine = {need.code: [row for row in got[need.code] if row.need_code == need.code] for need in instance.needs}
    shipments = tuple(row for need in instance.needs for row in _with_excess(need, mine[need.code]))
    shipments = tuple(
        sorted(shipments, key=lambda row: (row.need_code, row.arrive_hour, row.source_code, row.lot_code))
    )
    return Plan(
        shipments=shipments,
        needs=results,
        stage_values=stage_values(instance, shipments, fresh.broken_pins if fresh else (), policy),
        broken_pins=fresh.broken_pins if fresh else (),
        production=fresh.production if fresh else (),
        bound=fresh.bound if fresh else 0.0,
        gap=fresh.gap if fresh else 0.0,
        rung=fresh.rung if fresh else "R0",
        solver=fresh.solver if fresh else "replan",
        version=fresh.version if fresh else "1",
        instance_hash=instance.hash,
    )


def changes(before: Sequence[Shipment], after: Sequence[Shipment], elapsed: int) -> list[Change]:
    """What was planned and is not any more, what is new, and what another quantity or hour."""
    old = {_key(row): row for row in before}
    new = {_key(row): row for row in after}
    found = []
    for key in sorted({*old, *new}):
        one, other = old.get(key), new.get(key)
        leave = other.leave_hour if other else one.leave_hour - elapsed if one else 0
        quantities = (one.quantity if one else 0, other.quantity if other else 0)
        if quantities[0] != quantities[1]:
            kind = (
                "add"
                if one is None
                else "drop"
                if other is None
                else "raise"
                if quantities[1] > quantities[0]
                else "lower"
            )
            found.append(Change(kind, "", *key, *quantities, leave))
        elif one and other and max(0, one.leave_hour - elapsed) != other.leave_hour:
            found.append(Change("move", "", *key, *quantities, leave))
    return found


def _with_excess(need: Need, rows: Sequence[Shipment]) -> list[Shipment]:
    """The last to arrive carries what whole packs bring above the need."""
    above = sum(row.fills for row in rows) - need.open_quantity
    final = []
    for row in reversed(rows):
        excess = min(row.fills, max(0, above))
        above -= excess
        final.append(replace(row, excess=excess))
    return final[::-1]


def _ways(instance: Instance, row: Shipment) -> tuple[Route, ...]:
    site = next((source.site_code for source in instance.sources if source.code == row.source_code), "")
    return ways_of(instance).get((site, row.place_code), ())


def _units_for(row: Shipment, needed: int) -> int:
    """Units of what is shipped that make up so much of the need."""
    swap = row.stands_for
    return -(-needed * swap.numerator // swap.denominator) if swap else needed


def _key(row: Shipment) -> tuple[str, str, str, str, int]:
    return row.source_code, row.item_code, row.lot_code, row.need_code, row.step
