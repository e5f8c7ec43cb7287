"""How little can stay unmet, class by class: the quick re-solve behind explanations."""

from __future__ import annotations

from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.arrays import build_arrays
from optimizer.dispatch.components import split
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.stages import StagedProgram, class_stages
from optimizer.limits import Budget


def unmet_by_class(instance: Instance) -> dict[int, int]:
    """Least unmet of every class, strictly in order, base units; shares inside a class do not change it on a flow."""
    totals: dict[int, int] = {}
    for component in split(build_network(instance)):
        policy = Policy()
        staged = StagedProgram(build_arrays(component, policy), policy, Budget().iterations)
        for one in policy.rounds(pair.priority_class for pair in component.pairs):
            unmet, _ = class_stages(staged.arrays, one)
            staged.run(unmet)
            priority = one.classes[0]
            totals[priority] = totals.get(priority, 0) + round(staged.settled.bounds["unmet", str(priority)])
    return totals
