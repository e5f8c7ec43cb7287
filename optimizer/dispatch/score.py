"""What a plan is worth, stage by stage, worked out from its shipments alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from optimizer.dispatch.instance import Instance, Need
from optimizer.dispatch.packs import effective_quantity, smallest_packs
from optimizer.dispatch.plan import PinBreak, Shipment, StageValue
from optimizer.dispatch.policy import Fairness, Policy

PairKey = tuple[int, str, str, str]


def fill_ratios(instance: Instance, shipments: Sequence[Shipment]) -> dict[PairKey, Fraction]:
    """Cumulative fill of every pair (class, item, place, incident): sent so far and planned, over the claim."""
    packs = smallest_packs(instance)
    sent: dict[str, int] = defaultdict(int)
    for shipment in shipments:
        sent[shipment.need_code] += shipment.quantity
    got: dict[PairKey, int] = defaultdict(int)
    claim: dict[PairKey, int] = defaultdict(int)
    for need in instance.needs:
        key = (need.priority_class, need.item_code, need.place_code, need.incident_code)
        before = need.received + need.on_road
        got[key] += before + sent[need.code]
        claim[key] += before + effective_quantity(need, packs.get(need.item_code, 1))
    return {key: Fraction(got[key], claim[key]) for key in sorted(claim) if claim[key] > 0}


def stage_values(
    instance: Instance, shipments: Sequence[Shipment], broken_pins: Sequence[PinBreak]
) -> tuple[StageValue, ...]:
    """The whole order of 2.5: pins; per class fill, unmet and wait; steps from the last; unit kilometres."""
    needs = {need.code: need for need in instance.needs}
    ratios = fill_ratios(instance, shipments)
    values = [("pins", "", float(sum(abs(pin.wanted - pin.planned) for pin in broken_pins)))]
    for priority in sorted({need.priority_class for need in instance.needs}):
        for item in sorted({key[1] for key in ratios if key[0] == priority}):
            worst = min(ratio for key, ratio in ratios.items() if key[:2] == (priority, item))
            values.append(("fill", f"{priority}/{item}", float(worst)))
        unmet = _unmet(instance, shipments, priority)
        values.append(("unmet", str(priority), float(sum(unmet.values()))))
        values.append(("wait", str(priority), float(waiting(instance, needs, unmet, shipments, priority))))
    for number in sorted((step.step for step in instance.steps), reverse=True):
        drawn = sum(row.quantity for row in shipments if row.step == number)
        values += [("step", str(number), float(drawn))]
    values.append(("cost", "unit_km", float(sum(row.quantity * row.km for row in shipments))))
    return tuple(StageValue(name, key, value, value) for name, key, value in values)


def _unmet(instance: Instance, shipments: Sequence[Shipment], priority: int) -> dict[str, int]:
    packs = smallest_packs(instance)
    left = {
        need.code: effective_quantity(need, packs.get(need.item_code, 1))
        for need in instance.needs
        if need.priority_class == priority
    }
    for shipment in shipments:
        if shipment.need_code in left:
            left[shipment.need_code] -= shipment.quantity
    return left


def waiting(
    instance: Instance, needs: dict[str, Need], unmet: dict[str, int], shipments: Sequence[Shipment], priority: int
) -> int:
    """Unit hours of waiting in one class: late goods by their lateness, unmet ones from the due hour to the end."""
    end = last_hour(instance)
    total = sum(quantity * (end - needs[code].due_hour) for code, quantity in unmet.items())
    for row in shipments:
        need = needs[row.need_code]
        if need.priority_class == priority:
            total += row.quantity * max(0, row.arrive_hour - need.due_hour)
    return total


def last_hour(instance: Instance) -> int:
    """The hour up to which waiting is counted: the horizon, or the last hour of any need if that is later."""
    return max([instance.horizon_hour, *(need.latest_hour for need in instance.needs)])


def order_of(
    instance: Instance, policy: Policy, shipments: Sequence[Shipment], broken_pins: Sequence[PinBreak]
) -> tuple[tuple[Fraction, ...], ...]:
    """A tuple that is smaller for a better plan: the stages in their order, fairness as the whole sorted fill."""
    ratios = fill_ratios(instance, shipments)
    weights = pair_weights(instance) if policy.fairness is Fairness.NEED_WEIGHTED else {}
    fair = policy.fairness in (Fairness.MAX_MIN, Fairness.NEED_WEIGHTED) and policy.kappa == 1.0
    parts: list[tuple[Fraction, ...]] = []
    seen: set[str] = set()
    for value in stage_values(instance, shipments, broken_pins):
        if value.name == "fill":
            priority = value.key.split("/")[0]
            if fair and priority not in seen:
                rows = [-ratio / weights.get(key, 1) for key, ratio in ratios.items() if str(key[0]) == priority]
                parts += [tuple(sorted(rows, reverse=True)), tuple(rows)]  # the sorted fill; then who has it, by code
            seen.add(priority)
        else:
            parts.append((Fraction(value.value),))
    return tuple(parts)


def pair_weights(instance: Instance) -> dict[PairKey, int]:
    """The largest weight among the needs of every pair."""
    weights: dict[PairKey, int] = defaultdict(int)
    for need in instance.needs:
        key = (need.priority_class, need.item_code, need.place_code, need.incident_code)
        weights[key] = max(weights[key], need.weight)
    return dict(weights)
