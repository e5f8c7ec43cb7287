"""What a commission gets to read: the plan, why anything is unmet, and what staff would do by hand on the same data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from optimizer.canonical import canonical_json
from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.explain import explain
from optimizer.dispatch.heuristics import nearest_first_on, per_item_flow_on, pro_rata_on
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.score import weighted_unmet_ppm


@dataclass(frozen=True)
class Brief:
    """A plan with what is needed to judge it. ``explanation`` and ``yardsticks`` are canonical JSON."""

    plan: Plan
    explanation: str
    yardsticks: str


def brief(instance: Instance, policy: Policy | None = None, pins: Sequence[Pin] = ()) -> Brief:
    """Solve, explain, and measure the hand methods on the same instance."""
    plan = allocate(instance, policy, pins=pins)
    network = build_network(instance, pins)
    by_hand = {
        "nearest_first": nearest_first_on(network, pins),
        "pro_rata": pro_rata_on(network, pins),
        "per_item_flow": per_item_flow_on(network, pins),
    }
    measured = {name: measure(instance, other) for name, other in {"plan": plan, **by_hand}.items()}
    return Brief(plan, canonical_json([asdict(each) for each in explain(instance, plan)]), canonical_json(measured))


def answer(task: Mapping[str, Any]) -> dict[str, str]:
    """The answer to a solve task in plain JSON values, for whoever hands it in.

    task  ``instance`` (its JSON text), ``policy`` (fairness, kappa), ``pins`` (source code, need code, quantity)
    """
    policy = Policy(Fairness(task["policy"]["fairness"]), task["policy"]["kappa"])
    made = brief(Instance.from_json(task["instance"]), policy, [Pin(*pin) for pin in task["pins"]])
    return {"plan": made.plan.to_json(), "explanation": made.explanation, "yardsticks": made.yardsticks}


def measure(instance: Instance, plan: Plan) -> dict[str, object]:
    """Unmet base units by class, and the share of priority-weighted need that is unmet (``score.py``)."""
    classes = {need.code: need.priority_class for need in instance.needs}
    unmet: dict[str, int] = defaultdict(int)
    for result in plan.needs:
        unmet[str(classes[result.need_code])] += result.unmet
    return {"unmet_by_class": dict(unmet), "weighted_unmet_ppm": weighted_unmet_ppm(instance, plan.needs)}
