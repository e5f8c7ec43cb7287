"""An independent reading of the model: does this plan keep every rule? Whole numbers only, no solver, no arrays.

Nothing here is shared with the files that make plans, on purpose: it reads docs/dispatch-model.md, and a misreading on
one side shows up as a violation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from optimizer.dispatch.check_loans import away_at_once, loans
from optimizer.dispatch.check_production import production_findings, with_made_lots
from optimizer.dispatch.check_roads import roads
from optimizer.dispatch.check_substitutes import substitutes
from optimizer.dispatch.check_transport import transport_findings
from optimizer.dispatch.instance import (
    Basis,
    Floor,
    HolderKind,
    Instance,
    Lot,
    Need,
    Rounding,
    Source,
    SourceKind,
)
from optimizer.dispatch.plan import Plan, Shipment
from optimizer.dispatch.violation import Violation

__all__ = ["Violation", "check"]


def check(instance: Instance, plan: Plan) -> list[Violation]:
    """Every violation in the plan, none when it is sound."""
    if wrong := [Violation(*finding) for finding in production_findings(instance, plan)]:
        return wrong  # what was never made cannot be followed any further
    made_from, instance = instance, with_made_lots(instance, plan)
    if unknown := list(_unknown(instance, plan)):
        return unknown  # the other rules would only stumble over unknown codes
    rules: tuple[Callable[[Instance, Plan], Iterable[Violation]], ...] = (
        _quantities,
        substitutes,
        loans,
        _lots,
        _floors,
        _life,
        roads,
        _law,
        _transport,
        _packs,
        _needs,
        _sums,
    )
    found = [violation for rule in rules for violation in rule(instance, plan)]
    if plan.instance_hash != made_from.hash:
        found.append(Violation("made_from_this_instance", plan.instance_hash[:12], 0, 0))
    return found


def _unknown(instance: Instance, plan: Plan) -> Iterable[Violation]:
    needs = {need.code for need in instance.needs}
    lots = {(lot.source_code, lot.item_code, lot.code) for lot in instance.lots}
    for row in plan.shipments:
        if row.need_code not in needs:
            yield Violation("known_need", row.need_code, row.quantity, 0)
        if (row.source_code, row.item_code, row.lot_code) not in lots:
            yield Violation("known_lot", f"{row.source_code} {row.item_code} {row.lot_code}", row.quantity, 0)
    results = [result.need_code for result in plan.needs]
    if sorted(results) != sorted(needs):
        yield Violation("one_result_per_need", "", len(results), len(needs))


def _quantities(instance: Instance, plan: Plan) -> Iterable[Violation]:
    needs = {need.code: need for need in instance.needs}
    for row in plan.shipments:
        need = needs[row.need_code]
        if row.quantity <= 0 or not 0 <= row.excess <= row.fills:
            yield Violation("positive_quantity", _name(row), row.quantity, row.excess)
        if row.place_code != need.place_code:
            yield Violation("same_place", _name(row), 0, 0)


def _lots(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """No lot gives more than it holds, nor before it is there; of lent equipment never more is away at once."""
    lots = _lots_by_key(instance)
    for row in plan.shipments:
        lot = lots[row.source_code, row.item_code, row.lot_code]
        if row.leave_hour < lot.available_from_hour:
            yield Violation("lot_available", _name(row), row.leave_hour, lot.available_from_hour)
    for key, rows in _grouped(plan, lambda row: (row.source_code, row.item_code, row.lot_code)).items():
        quantity = max(sum(row.quantity for row in away) for away in away_at_once(rows))
        if quantity > lots[key].quantity:
            yield Violation("lot_quantity", " ".join(key), quantity, lots[key].quantity)


def _floors(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """Floors stay on the owned lots that expire last; who may go below which one depends on the step."""
    floors = {(floor.source_code, floor.item_code): floor for floor in instance.floors}
    owned: dict[tuple[str, str], list[Lot]] = defaultdict(list)
    for lot in instance.lots:
        alive = lot.last_usable_hour is None or lot.last_usable_hour >= lot.available_from_hour
        if lot.basis is Basis.OWNED and lot.quantity > 0 and alive:
            owned[lot.source_code, lot.item_code].append(lot)
    sent = _grouped(plan, lambda row: (row.source_code, row.item_code))
    own_steps = {SourceKind.OWN_COUNTY_STOCK, SourceKind.OWN_CITY_STOCK}
    for key, lots in owned.items():
        floor = floors.get(key, Floor(*key))
        for rows in away_at_once(sent[key]):
            below_none = [
                r for r in rows if r.source_kind is not SourceKind.STRATEGIC_FLOOR and r.source_kind not in own_steps
            ]
            below_own = [r for r in rows if r.source_kind is not SourceKind.STRATEGIC_FLOOR]
            kept = floor.readiness + max(floor.operating, floor.strategic)
            yield from _kept("floor_against_others", lots, below_none, kept)
            yield from _kept("floor_against_own", lots, below_own, floor.readiness + floor.strategic)
            yield from _kept("floor_against_release", lots, rows, floor.readiness + floor.strategic - floor.opened)


def _kept(rule: str, lots: list[Lot], rows: list[Shipment], floor: int) -> Iterable[Violation]:
    taken: dict[str, int] = defaultdict(int)
    for row in rows:
        taken[row.lot_code] += row.quantity
    keeping = sorted(
        lots,
        key=lambda lot: (
            lot.available_from_hour,
            lot.last_usable_hour is not None,
            -(lot.last_usable_hour or 0),
            lot.code,
        ),
    )
    for lot in keeping:
        kept = min(floor, lot.quantity)
        floor -= kept
        if taken[lot.code] > lot.quantity - kept:
            yield Violation(rule, f"{lot.source_code} {lot.item_code} {lot.code}", taken[lot.code], lot.quantity - kept)


def _life(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """Goods live to the later of arrival and due hour, and as much longer as the need asks."""
    lots, needs = _lots_by_key(instance), {need.code: need for need in instance.needs}
    for row in plan.shipments:
        last = lots[row.source_code, row.item_code, row.lot_code].last_usable_hour
        need = needs[row.need_code]
        wanted = max(row.arrive_hour, need.due_hour) + need.min_life_hours  # of lent equipment see check_loans
        if last is not None and last < wanted:
            yield Violation("remaining_life", _name(row), last, wanted)


def _law(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """Every lane rests on the step its source and receiver name, open at the level in force, with its paper."""
    steps = {step.step: step for step in instance.steps}
    incidents = {incident.code: incident for incident in instance.incidents}
    needs = {need.code: need for need in instance.needs}
    sources, lots = {source.code: source for source in instance.sources}, _lots_by_key(instance)
    for row in plan.shipments:
        step, incident = steps.get(row.step), incidents[needs[row.need_code].incident_code]
        if step is None or step.source_kind is not row.source_kind or step.authority != row.authority:
            yield Violation("known_step", _name(row), row.step, 0)
            continue
        basis = lots[row.source_code, row.item_code, row.lot_code].basis
        if row.source_kind not in _lawful_kinds(sources[row.source_code], basis, needs[row.need_code]):
            yield Violation("step_fits_lane", _name(row), row.step, 0)
        if incident.level.rank > step.opens_at_level.rank:
            yield Violation("step_open_at_level", _name(row), incident.level.rank, step.opens_at_level.rank)
        paper_due = step.paper_until_level is not None and incident.level.rank >= step.paper_until_level.rank
        if paper_due and step.step not in incident.papers:
            yield Violation("paper_on_file", _name(row), row.step, 0)


def _lawful_kinds(source: Source, basis: Basis, need: Need) -> set[SourceKind]:
    if basis is not Basis.OWNED:
        name = {Basis.OFFERED: "accepted_offer", Basis.ON_BEHALF: "producer_stock_on_behalf"}
        return {SourceKind(name.get(basis, "capacity_activation"))}
    if source.holder not in (HolderKind.PROVINCE, HolderKind.CITY, HolderKind.COUNTY):
        return {SourceKind.REQUISITION}
    if source.holder is HolderKind.PROVINCE:
        kind = SourceKind.PROVINCE_STOCK
    elif source.holder is HolderKind.COUNTY and source.owner_region == need.county_code:
        kind = SourceKind.OWN_COUNTY_STOCK
    elif source.holder is HolderKind.CITY and source.city_code == need.city_code:
        kind = SourceKind.OWN_CITY_STOCK
    else:
        kind = SourceKind.NEIGHBOUR_STOCK
    return {kind, SourceKind.STRATEGIC_FLOOR}


def _transport(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """In every period sites, ways and fleets take no more than they can."""
    return (Violation(*finding) for finding in transport_findings(instance, plan))


def _packs(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """A need that keeps packs whole gets whole packs of every lot."""
    lots, needs = _lots_by_key(instance), {need.code: need for need in instance.needs}
    for row in plan.shipments:
        pack = lots[row.source_code, row.item_code, row.lot_code].pack_size
        if needs[row.need_code].rounding is not Rounding.OPEN and row.quantity % pack:
            yield Violation("whole_packs", _name(row), row.quantity, pack)


def _needs(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """Nobody gets more than is open, but for less than one pack where the need rounds up."""
    packs: dict[str, int] = {}
    for lot in instance.lots:
        packs[lot.item_code] = min(lot.pack_size, packs.get(lot.item_code, lot.pack_size))
    sent_to: dict[str, int] = defaultdict(int)
    for row in plan.shipments:
        for code, units in row.served:
            sent_to[code] += units
    for need in instance.needs:
        sent = sent_to[need.code]
        left = max(0, need.quantity - need.received - need.on_road)
        over = -left % packs.get(need.item_code, 1) if need.rounding is Rounding.UP else 0
        if sent > left + over:
            yield Violation("need_not_exceeded", need.code, sent, left + over)


def _sums(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """What the plan says about each need is what its shipments add up to."""
    needs = {need.code: need for need in instance.needs}
    grouped: dict[str, list[Shipment]] = defaultdict(list)
    for row in plan.shipments:
        for code, _ in row.served:
            grouped[code].append(row)
    for result in plan.needs:
        rows = grouped[result.need_code]
        need = needs[result.need_code]
        left = max(0, need.quantity - need.received - need.on_road)
        on_time = sum(row.fills - row.excess for row in rows if row.on_time)
        late = sum(row.fills - row.excess for row in rows if not row.on_time)
        stated = (result.open, result.on_time, result.late, result.unmet, result.excess)
        true = (left, on_time, late, left - on_time - late, sum(row.excess for row in rows))
        for name, one, other in zip(("open", "on_time", "late", "unmet", "excess"), stated, true, strict=True):
            if one != other:
                yield Violation(f"stated_{name}", result.need_code, one, other)
        if sum(row.excess for row in rows) != max(0, sum(row.fills for row in rows) - left):
            yield Violation("excess_as_stated", result.need_code, sum(row.excess for row in rows), 0)


def _grouped(plan: Plan, key: Callable[[Shipment], Any]) -> dict[Any, list[Shipment]]:
    groups: dict[Any, list[Shipment]] = defaultdict(list)
    for row in plan.shipments:
        groups[key(row)].append(row)
    return groups


def _lots_by_key(instance: Instance) -> dict[tuple[str, str, str], Lot]:
    return {(lot.source_code, lot.item_code, lot.code): lot for lot in instance.lots}


def _name(row: Shipment) -> str:
    return f"{row.source_code} {row.lot_code} {row.need_code}"
