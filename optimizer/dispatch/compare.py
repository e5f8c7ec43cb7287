"""Two plans side by side: who gains and who loses, before anyone signs; and what a pin costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.plan import Plan, StageValue
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.score import stage_values
from optimizer.limits import Budget


@dataclass(frozen=True)
class Shift:
    """One place, class and item: base units it gets under the first and under the second plan, of what it claims."""

    priority_class: int
    item_code: str
    place_code: str
    incident_code: str
    claim: int
    first: int
    second: int

    @property
    def gain(self) -> int:
        """What the second plan gives more; negative where it takes away."""
        return self.second - self.first


@dataclass(frozen=True)
class Comparison:
    """The second plan against the first.

    shifts                 pairs that get another quantity, greatest loss first, then by code
    unmet_first, _second   base units unmet by class
    stages_first, _second  both plans told in the same strict order, so that their figures stand side by side
    """

    shifts: tuple[Shift, ...]
    unmet_first: dict[int, int]
    unmet_second: dict[int, int]
    stages_first: tuple[StageValue, ...]
    stages_second: tuple[StageValue, ...]

    @property
    def losers(self) -> tuple[Shift, ...]:
        """Who gets less under the second plan."""
        return tuple(row for row in self.shifts if row.gain < 0)

    @property
    def gainers(self) -> tuple[Shift, ...]:
        """Who gets more under the second plan."""
        return tuple(row for row in self.shifts if row.gain > 0)


def compare_plans(instance: Instance, first: Plan, second: Plan) -> Comparison:
    """Two plans for one instance. What was received or is on the road counts for both."""
    shifts = [row for row in _pairs(instance, first, second) if row.gain]
    shifts.sort(key=lambda row: (row.gain, row.priority_class, row.item_code, row.place_code, row.incident_code))
    return Comparison(
        tuple(shifts),
        unmet_by_class(instance, first),
        unmet_by_class(instance, second),
        stage_values(instance, first.shipments, first.broken_pins),
        stage_values(instance, second.shipments, second.broken_pins),
    )


def compare_policies(
    instance: Instance, first: Policy, second: Policy, budget: Budget | None = None, pins: Sequence[Pin] = ()
) -> Comparison:
    """What a commission trades when it chooses the second policy over the first."""
    return compare_plans(instance, allocate(instance, first, budget, pins), allocate(instance, second, budget, pins))


def price_of_pin(
    instance: Instance, pin: Pin, policy: Policy | None = None, pins: Sequence[Pin] = (), budget: Budget | None = None
) -> Comparison:
    """What one pin costs: the plan without it against the plan with it, all other pins in force in both."""
    others = tuple(one for one in pins if one != pin)
    free, held = (allocate(instance, policy, budget, chosen) for chosen in (others, (*others, pin)))
    return compare_plans(instance, free, held)


def unmet_by_class(instance: Instance, plan: Plan) -> dict[int, int]:
    """Base units that stay unmet, by class."""
    classes = {need.code: need.priority_class for need in instance.needs}
    unmet = dict.fromkeys(sorted(set(classes.values())), 0)
    for result in plan.needs:
        unmet[classes[result.need_code]] += result.unmet
    return unmet


def _pairs(instance: Instance, first: Plan, second: Plan) -> list[Shift]:
    got: list[dict[str, int]] = [
        {result.need_code: result.on_time + result.late for result in plan.needs} for plan in (first, second)
    ]
    sums: dict[tuple[int, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for need in instance.needs:
        before = need.received + need.on_road
        row = sums[need.priority_class, need.item_code, need.place_code, need.incident_code]
        row[0] += need.quantity
        row[1] += before + got[0][need.code]
        row[2] += before + got[1][need.code]
    return [Shift(*key, *values) for key, values in sums.items()]
