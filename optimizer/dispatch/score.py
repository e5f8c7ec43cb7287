"""What a plan is worth, stage by stage, worked out from its shipments alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from optimizer.dispatch.instance import Instance
from optimizer.dispatch.packs import effective_quantity, smallest_packs
from optimizer.dispatch.plan import NeedResult, PinBreak, Plan, Shipment, StageValue
from optimizer.dispatch.policy import Fairness, Policy, Round

PairKey = tuple[int, str, str, str]


def fill_ratios(instance: Instance, shipments: Sequence[Shipment]) -> dict[PairKey, Fraction]:
    """Cumulative fill of every pair (class, item, place, incident): sent so far and planned, over the claim."""
    packs = smallest_packs(instance)
    sent: dict[str, int] = defaultdict(int)
    for shipment in shipments:
        for code, units in shipment.served:
            sent[code] += units
    got: dict[PairKey, int] = defaultdict(int)
    claim: dict[PairKey, int] = defaultdict(int)
    for need in instance.needs:
        key = (need.priority_class, need.item_code, need.place_code, need.incident_code)
        before = need.received + need.on_road
        got[key] += before + sent[need.code]
        claim[key] += before + effective_quantity(need, packs.get(need.item_code, 1))
    return {key: Fraction(got[key], claim[key]) for key in sorted(claim) if claim[key] > 0}


def stage_values(
    instance: Instance,
    shipments: Sequence[Shipment],
    broken_pins: Sequence[PinBreak],
    policy: Policy | None = None,
) -> tuple[StageValue, ...]:
    """The whole order: pins; per class, or for all classes, fill, unmet and wait; steps from the last; kilometres."""
    ratios = fill_ratios(instance, shipments)
    values = [("pins", "", float(sum(abs(pin.wanted - pin.planned) for pin in broken_pins)))]
    worst: dict[tuple[int, str], Fraction] = {}
    for key, ratio in ratios.items():
        worst[key[:2]] = min(ratio, worst.get(key[:2], ratio))
    unmet = _unmet(instance, shipments)
    waited = waiting(instance, unmet, shipments)
    for together in (policy or Policy()).rounds(need.priority_class for need in instance.needs):
        values += [("fill", f"{c}/{item}", float(worst[c, item])) for c, item in worst if c in together.classes]
        weights = unit_weights(instance, together)
        values.append(("unmet", together.key, float(sum(weights[code] * unmet[code] for code in weights))))
        values.append(("wait", together.key, float(sum(weights[code] * waited[code] for code in weights))))
    values += [("substitute", order, made_up) for order, made_up in _by_substitutes(instance, shipments)]
    for number in sorted((step.step for step in instance.steps), reverse=True):
        drawn = sum(row.quantity for row in shipments if row.step == number)
        values += [("step", str(number), float(drawn))]
    values.append(("cost", "unit_km", float(sum(row.quantity * row.km for row in shipments))))
    return tuple(StageValue(name, key, value, value) for name, key, value in values)


def _by_substitutes(instance: Instance, shipments: Sequence[Shipment]) -> list[tuple[str, float]]:
    """Units of need that substitutes make up, by order of preference, the least preferred first."""
    orders = {(pair.needed_item, pair.substitute_item): pair.order for pair in instance.substitutions}
    made_up = dict.fromkeys(sorted(orders.values(), reverse=True), 0)
    for row in shipments:
        if row.stands_for:
            made_up[orders[row.stands_for.item_code, row.item_code]] += row.fills
    return [(str(order), float(units)) for order, units in made_up.items()]


def unit_weights(instance: Instance, settled: Round) -> dict[str, int]:
    """What an unmet unit of every need of a round counts.

    1 where a class stands alone. Where classes are settled together: the weight of the class, times what makes a unit
    of a rare item comparable with one of a common item, whole need over whole need (in hundredths).
    """
    weights = dict(zip(settled.classes, settled.weights, strict=True))
    if settled.key != "weighted":
        return {need.code: 1 for need in instance.needs if need.priority_class in weights}
    total: dict[str, int] = defaultdict(int)
    for need in instance.needs:
        total[need.item_code] += need.quantity
    largest = max(total.values(), default=0)
    scale = {code: max(1, 100 * largest // max(1, quantity)) for code, quantity in total.items()}
    inside = (need for need in instance.needs if need.priority_class in weights)
    return {need.code: weights[need.priority_class] * scale[need.item_code] for need in inside}


CLASS_WEIGHTS = {1: 9, 2: 3, 3: 1}
"""For one figure beside another only; under ``STRICT`` a plan never trades classes against each other."""


def weighted_unmet_ppm(instance: Instance, results: Iterable[NeedResult]) -> int:
    """Share of the priority-weighted need that is not met, in millionths, rounded down. The only figure of this name.

    A unit counts by the weight of its class over the whole need of its item, so that items are comparable. Need is
    what was approved: what came before the plan is met. Unmet is what the plan leaves open, lost to packs included.

    Example: item A needs 100 of class 1 and 100 of class 3, item B 10 of class 2. With 10 of A's class 1 and all of B
    unmet: (9 x 10/200 + 3 x 10/10) / (9 x 100/200 + 1 x 100/200 + 3 x 10/10) = 3.45/8 = 431,250.
    """
    whole: dict[str, int] = defaultdict(int)
    for need in instance.needs:
        whole[need.item_code] += need.quantity
    unmet = {row.need_code: row.unmet for row in results}
    wanted_of: dict[str, int] = defaultdict(int)
    missed_of: dict[str, int] = defaultdict(int)
    for need in instance.needs:
        weight = CLASS_WEIGHTS[need.priority_class]
        wanted_of[need.item_code] += weight * need.quantity
        missed_of[need.item_code] += weight * unmet.get(need.code, 0)
    wanted = sum((Fraction(worth, max(1, whole[item])) for item, worth in wanted_of.items()), Fraction(0))
    missed = sum((Fraction(worth, max(1, whole[item])) for item, worth in missed_of.items()), Fraction(0))
    return int(missed * 1_000_000 / wanted) if wanted else 0


def _unmet(instance: Instance, shipments: Sequence[Shipment]) -> dict[str, int]:
    packs = smallest_packs(instance)
    left = {need.code: effective_quantity(need, packs.get(need.item_code, 1)) for need in instance.needs}
    for shipment in shipments:
        for code, units in shipment.served:
            left[code] -= units
    return left


def waiting(instance: Instance, unmet: dict[str, int], shipments: Sequence[Shipment]) -> dict[str, int]:
    """Unit hours of waiting of every need: late goods by their lateness, unmet ones from the due hour to the end."""
    end = last_hour(instance)
    due = {need.code: need.due_hour for need in instance.needs}
    waited = {code: quantity * (end - due[code]) for code, quantity in unmet.items()}
    for row in shipments:
        for code, units in row.served:
            waited[code] += units * max(0, row.arrive_hour - due[code])
    return waited


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
    rounds = iter(policy.rounds(need.priority_class for need in instance.needs))
    for value in stage_values(instance, shipments, broken_pins, policy):
        if value.name == "unmet" and fair:
            classes = next(rounds).classes
            rows = [-ratio / weights.get(key, 1) for key, ratio in ratios.items() if key[0] in classes]
            parts += [tuple(sorted(rows, reverse=True)), tuple(rows)]  # the sorted fill; then who has it, by code
        if value.name != "fill":
            parts.append((Fraction(value.value),))
    return tuple(parts)


def no_worse(instance: Instance, policy: Policy, plan: Plan, other: Plan) -> bool:
    """Whether a plan may replace another. Promises (quotas, a part of the fair share) stand above what is compared."""
    compared = policy.sharing is Fairness.TOTAL
    compared |= policy.kappa == 1.0 and policy.sharing is not Fairness.PROPORTIONAL
    mine = order_of(instance, policy, plan.shipments, plan.broken_pins)
    return not compared or mine <= order_of(instance, policy, other.shipments, other.broken_pins)


def pair_weights(instance: Instance) -> dict[PairKey, int]:
    """The largest weight among the needs of every pair."""
    weights: dict[PairKey, int] = defaultdict(int)
    for need in instance.needs:
        key = (need.priority_class, need.item_code, need.place_code, need.incident_code)
        weights[key] = max(weights[key], need.weight)
    return dict(weights)
