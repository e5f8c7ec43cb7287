"""Answering a plan request where no worker runs: solve, explain, measure the yardsticks, hand in the answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from optimizer.dispatch.heuristics import nearest_first, per_item_flow, pro_rata
from optimizer.dispatch.instance import Instance, canonical_json
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Fairness, Policy
from reserve.dispatch.drafts import PlanResultDraft
from reserve.dispatch.models import DispatchPlan
from reserve.dispatch.queries import instance_of

YARDSTICKS = {"nearest_first": nearest_first, "pro_rata": pro_rata, "per_item_flow": per_item_flow}


def answer(request: DispatchPlan) -> PlanResultDraft:
    """The answer to a plan request, ready to be recorded. Runs for a second or so; no transaction is open."""
    from optimizer.dispatch.allocate import allocate  # brings the solver in; only who solves needs it
    from optimizer.dispatch.explain import explain

    instance = instance_of(request)
    policy = json.loads(request.policy)
    plan = allocate(instance, Policy(Fairness(policy["fairness"]), policy["kappa"]))
    return PlanResultDraft(
        plan_code=request.code,
        plan=plan.to_json(),
        explanation=canonical_json([asdict(each) for each in explain(instance, plan)]),
        yardsticks=canonical_json(yardsticks(instance)),
    )


def yardsticks(instance: Instance) -> dict[str, Any]:
    """What staff do by hand on the same data: unmet base units by priority class."""
    return {name: unmet_by_class(instance, by_hand(instance)) for name, by_hand in YARDSTICKS.items()}


def unmet_by_class(instance: Instance, plan: Plan) -> dict[str, int]:
    classes = {need.code: need.priority_class for need in instance.needs}
    unmet: dict[str, int] = {}
    for result in plan.needs:
        key = str(classes[result.need_code])
        unmet[key] = unmet.get(key, 0) + result.unmet
    return unmet
