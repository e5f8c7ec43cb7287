"""How little can stay unmet, class by class: the quick re-solve behind explanations."""

from __future__ import annotations

from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.arrays import build_arrays
from optimizer.dispatch.components import split
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.lending import lendings
from optimizer.dispatch.lent_stages import lending_arrays
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.stages import StagedProgram, class_stages
from optimizer.limits import Budget


def least_unmet(instance: Instance) -> dict[int, int]:
    """Least unmet of every class, strictly in order, base units; shares inside a class do not change it on a flow."""
    totals: dict[int, int] = {}
    policy = Policy()
    worlds = [build_arrays(component, policy) for component in split(build_network(instance))]
    worlds += [lending_arrays(lending, policy) for lending in lendings(instance)]
    for arrays in worlds:
        component, staged = arrays.component, StagedProgram(arrays, policy, Budget().iterations)
        for one in policy.rounds(pair.priority_class for pair in component.pairs):
            unmet, _ = class_stages(staged.arrays, one)
            staged.run(unmet)
            priority = one.classes[0]
            totals[priority] = totals.get(priority, 0) + round(staged.settled.bounds["unmet", str(priority)])
    return totals
