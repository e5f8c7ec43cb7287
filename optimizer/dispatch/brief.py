"""What a commission gets to read: the plan, why anything is unmet, and what staff would do by hand on the same data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.canonical import canonical_json
from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.explain import explain
from optimizer.dispatch.heuristics import nearest_first_on, per_item_flow_on, pro_rata_on
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.output import settled_world
from optimizer.dispatch.plan import Plan, PlanDiff
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.replan import State, replan
from optimizer.dispatch.score import weighted_unmet_ppm
from optimizer.dispatch.small import without_small
from optimizer.dispatch.smallest import Smallest
from optimizer.limits import Budget, Rung


@dataclass(frozen=True)
class Brief:
    """A plan with what is needed to judge it. ``explanation`` and ``yardsticks`` are canonical JSON."""

    plan: Plan
    explanation: str
    yardsticks: str


def brief(
    instance: Instance, policy: Policy | None = None, pins: Sequence[Pin] = (), budget: Budget | None = None
) -> Brief:
    """Solve, explain, and measure the hand methods on the same instance."""
    return told(instance, allocate(instance, policy, budget, pins), pins)


def told(instance: Instance, plan: Plan, pins: Sequence[Pin] = ()) -> Brief:
    """A plan explained, beside the hand methods on the same instance."""
    world = settled_world(instance, plan)  # hand methods and reasons take the production of the plan as given
    network = build_network(world, pins)
    by_hand = {
        "nearest_first": nearest_first_on(network, pins),
        "pro_rata": pro_rata_on(network, pins),
        "per_item_flow": per_item_flow_on(network, pins),
    }
    measured = {name: measure(instance, other) for name, other in {"plan": plan, **by_hand}.items()}
    return Brief(plan, canonical_json(explain(world, plan, pins)), canonical_json(measured))


def answer(task: Mapping[str, Any]) -> dict[str, str]:
    """The answer to a solve task in plain JSON values, for whoever hands it in.

    task  ``instance`` (its JSON text), ``policy`` (see ``Policy.plain``), ``pins`` (source code, need code, quantity),
          ``followed``: the plan in force (its JSON text) and its start, where this plan takes its place,
          ``smallest``: the smallest shipment of an item from one source to one place (item code, quantity),
          ``rung``: how far to climb, the top where it is not said
    """
    budget = Budget(rung=Rung(task.get("rung", Rung.EXACT_STAGES)))
    policy, pins = Policy.from_plain(task["policy"]), [Pin(*pin) for pin in task["pins"]]
    instance, followed = Instance.from_json(task["instance"]), task.get("followed")
    tidied = None
    if smallest := [Smallest(*row) for row in task.get("smallest", ())]:
        tidied = without_small(instance, smallest, policy, budget, pins)
        pins += tidied.bans
    if followed is None:
        plan = tidied.plan if tidied else allocate(instance, policy, budget, pins)
        made, changes = told(instance, plan, pins), PlanDiff(())
    else:
        plan, changes = replan(
            instance, State(), Plan.from_json(followed["plan"]), followed["t0"], policy, budget, pins
        )
        made = told(instance, plan, pins)
    return {
        "plan": made.plan.to_json(),
        "explanation": made.explanation,
        "yardsticks": made.yardsticks,
        "changes": canonical_json(changes.changes),
    }


def measure(instance: Instance, plan: Plan) -> dict[str, object]:
    """Unmet base units by class, and the share of priority-weighted need that is unmet (``score.py``)."""
    classes = {need.code: need.priority_class for need in instance.needs}
    unmet: dict[str, int] = defaultdict(int)
    for result in plan.needs:
        unmet[str(classes[result.need_code])] += result.unmet
    return {"unmet_by_class": dict(unmet), "weighted_unmet_ppm": weighted_unmet_ppm(instance, plan.needs)}
