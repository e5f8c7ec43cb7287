"""How much to hold back while nobody knows how large the need will be: a regret table over low, base and high.

What is sent before the need is known is gone; what is held back, and what was to leave later, is planned again once it
is known. Regret is what stays unmet beyond the plan of somebody who knew from the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.compare import unmet_by_class
from optimizer.dispatch.instance import Instance, Need
from optimizer.dispatch.plan import Shipment
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.replan import committed
from optimizer.limits import Budget


@dataclass(frozen=True)
class Scenario:
    """One way the need may turn out: in percent of what the instance says, or need by need.

    quantities  by need code, base units; a need that is not named turns out by the percentage
    """

    name: str
    percent: int = 100
    quantities: Mapping[str, int] = field(default_factory=dict)

    def of(self, need: Need) -> int:
        """What the need turns out to be, rounded up."""
        return self.quantities.get(need.code, -(-need.quantity * self.percent // 100))


@dataclass(frozen=True)
class Regret:
    """One cell of the table: base units unmet by class, and above the plan that knew, weighted by class."""

    held_percent: int
    scenario: str
    unmet: dict[int, int]
    regret: int


USUAL = (Scenario("low", 50), Scenario("base", 100), Scenario("high", 200))


def regret_table(
    instance: Instance,
    known_at_hour: int,
    held_percents: Sequence[int] = (0, 10, 20, 30),
    scenarios: Sequence[Scenario] = USUAL,
    policy: Policy | None = None,
    budget: Budget | None = None,
) -> tuple[Regret, ...]:
    """Every share held back under every scenario, in the order given.

    known_at_hour  the hour from t0 at which the need is known; what leaves before it is decided without knowing
    """
    policy = policy or Policy()
    knew = {
        row.name: unmet_by_class(scaled(instance, row), allocate(scaled(instance, row), policy, budget))
        for row in scenarios
    }
    table = []
    for percent in held_percents:
        early = [
            row
            for row in allocate(held_back(instance, percent), policy, budget).shipments
            if row.leave_hour < known_at_hour
        ]
        for scenario in scenarios:
            world = once_known(instance, scenario, early, known_at_hour)
            unmet = unmet_by_class(world, allocate(world, policy, budget))
            table.append(
                Regret(percent, scenario.name, unmet, _weighed(unmet, policy) - _weighed(knew[scenario.name], policy))
            )
    return tuple(table)


def least_regret(table: Sequence[Regret]) -> int:
    """The share held back whose worst regret is smallest; the smaller share between equals."""
    worst: dict[int, int] = {}
    for row in table:
        worst[row.held_percent] = max(row.regret, worst.get(row.held_percent, row.regret))
    return min(worst, key=lambda percent: (worst[percent], percent))


def scaled(instance: Instance, scenario: Scenario) -> Instance:
    """The same world with every need as the scenario says, rounded up; never below what was sent."""
    needs = (replace(need, quantity=max(need.received + need.on_road, scenario.of(need))) for need in instance.needs)
    return replace(instance, needs=tuple(needs))


def held_back(instance: Instance, percent: int) -> Instance:
    """The same world with so much of every lot out of reach, in whole packs, rounded up."""
    lots = []
    for lot in instance.lots:
        packs = Fraction(lot.quantity * percent, 100 * lot.pack_size)
        held = -(-packs.numerator // packs.denominator) * lot.pack_size
        lots.append(replace(lot, quantity=max(0, lot.quantity - held)))
    return replace(instance, lots=tuple(lots))


def once_known(instance: Instance, scenario: Scenario, early: Sequence[Shipment], known_at_hour: int) -> Instance:
    """What is left to plan: early goods are gone and on the road, nothing else leaves before the need is known."""
    left = committed(scaled(instance, scenario), early)
    lots = (replace(lot, available_from_hour=max(lot.available_from_hour, known_at_hour)) for lot in left.lots)
    return replace(left, lots=tuple(lots))


def _weighed(unmet: dict[int, int], policy: Policy) -> int:
    return sum(units * policy.class_weights[priority - 1] for priority, units in unmet.items())
