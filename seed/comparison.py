"""Our plan beside what staff do by hand, on the same data.

Whoever decides by hand looks three days ahead: every morning the requests of the next three days are served as far as
the stock goes, and what was sent is gone. A plan looks at its whole horizon. Roads, loading, lots, floors and law are
the same for all; so is the measure. (With the plan's own view, strict flow per item leaves as many units unmet as the
plan wherever no dock binds, and differs in fairness only: looking ahead is what the plan is worth here.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from optimizer.dispatch.heuristics import nearest_first, per_item_flow, pro_rata
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import NeedResult, Plan, Shipment
from optimizer.dispatch.score import weighted_unmet_ppm

VIEW_HOURS = 72
MORNING_HOURS = 24
Method = Callable[[Instance], Plan]
BY_HAND: Mapping[str, Method] = {
    "nearest_first": nearest_first,
    "pro_rata": pro_rata,
    "per_item_flow": per_item_flow,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way of deciding leaves unmet: base units by priority class, and one figure over all.

    weighted_unmet_ppm  share of the priority-weighted need that is unmet, millionths (``optimizer/dispatch/score.py``)
    worst_fill_percent  fill of the worst-served county and item, whole per cent, rounded down
    """

    method: str
    unmet_by_class: Mapping[str, int]
    late: int
    """Base units that come after their hour, to needs that wait."""
    weighted_unmet_ppm: int
    worst_fill_percent: int
    piece_km: int
    """Pieces times kilometres."""


def compare(instance: Instance, plan: Plan) -> tuple[Measured, ...]:
    """The plan first, then each yardstick."""
    by_hand = {name: by_hand_each_morning(instance, method) for name, method in BY_HAND.items()}
    return tuple(_measured(instance, name, each) for name, each in {"plan": plan, **by_hand}.items())


def by_hand_each_morning(instance: Instance, method: Method) -> Plan:
    """One plan made of the decisions of all mornings, each with a view of three days."""
    sent: list[Shipment] = []
    plan = method(replace(instance, needs=()))  # an empty plan, to be filled
    for hour in range(0, instance.horizon_hour, MORNING_HOURS):
        sent.extend(method(_in_view(instance, sent, hour)).shipments)
    return replace(plan, shipments=tuple(sent), needs=_results(instance, sent), instance_hash=instance.hash)


def _in_view(instance: Instance, sent: list[Shipment], hour: int) -> Instance:
    """What stands and is asked for on one morning: goods not yet sent, needs due in the next three days."""
    taken: dict[tuple[str, str], int] = defaultdict(int)
    served: dict[str, int] = defaultdict(int)
    for shipment in sent:
        taken[shipment.source_code, shipment.lot_code] += shipment.quantity
        served[shipment.need_code] += shipment.quantity - shipment.excess
    lots = (
        replace(
            lot,
            quantity=lot.quantity - taken[lot.source_code, lot.code],
            available_from_hour=max(lot.available_from_hour, hour),
        )
        for lot in instance.lots
    )
    here = [lot for lot in lots if lot.quantity > 0 and lot.available_from_hour < hour + VIEW_HOURS]
    claims = (replace(need, received=need.received + served[need.code]) for need in instance.needs)
    open_now = [
        need for need in claims if need.open_quantity and need.due_hour < hour + VIEW_HOURS and need.latest_hour >= hour
    ]
    both = {lot.item_code for lot in here} & {need.item_code for need in open_now}
    return replace(
        instance,
        lots=tuple(lot for lot in here if lot.item_code in both),
        needs=tuple(need for need in open_now if need.item_code in both),
    )


def _results(instance: Instance, sent: list[Shipment]) -> tuple[NeedResult, ...]:
    on_time: dict[str, int] = defaultdict(int)
    late: dict[str, int] = defaultdict(int)
    for shipment in sent:
        (on_time if shipment.on_time else late)[shipment.need_code] += shipment.quantity - shipment.excess
    return tuple(
        NeedResult(
            need_code=need.code,
            open=need.open_quantity,
            on_time=on_time[need.code],
            late=late[need.code],
            unmet=max(0, need.open_quantity - on_time[need.code] - late[need.code]),
            short_of_pack=0,
            excess=0,
        )
        for need in instance.needs
    )


def _measured(instance: Instance, name: str, plan: Plan) -> Measured:
    classes = {need.code: need.priority_class for need in instance.needs}
    by_class: dict[str, int] = defaultdict(int)
    for result in plan.needs:
        by_class[str(classes[result.need_code])] += result.unmet
    ppm = weighted_unmet_ppm(instance, plan.needs)
    late = sum(result.late for result in plan.needs)
    piece_km = sum(shipment.quantity * shipment.km for shipment in plan.shipments)
    return Measured(name, dict(by_class), late, ppm, _worst_fill(instance, plan), piece_km)


def _worst_fill(instance: Instance, plan: Plan) -> int:
    needs = {need.code: need for need in instance.needs}
    asked: dict[tuple[str, str], int] = defaultdict(int)
    unmet: dict[tuple[str, str], int] = defaultdict(int)
    for result in plan.needs:
        need = needs[result.need_code]
        asked[need.county_code, need.item_code] += result.open
        unmet[need.county_code, need.item_code] += result.unmet
    fills = [100 * (asked[key] - unmet[key]) // asked[key] for key in asked if asked[key]]
    return min(fills, default=100)
