"""Answering a plan request where no worker runs: the same brief as the worker's, handed in by the planner."""

from __future__ import annotations

import json

from optimizer.dispatch.policy import Fairness, Policy
from reserve.dispatch.drafts import PlanResultDraft
from reserve.dispatch.models import DispatchPlan
from reserve.dispatch.queries import instance_of


def answer(request: DispatchPlan) -> PlanResultDraft:
    """The answer to a plan request, ready to be recorded. Runs for a second or so; no transaction is open."""
    from optimizer.dispatch.brief import brief  # brings the solver in: only who solves needs it

    policy = json.loads(request.policy)
    made = brief(instance_of(request), Policy(Fairness(policy["fairness"]), policy["kappa"]))
    return PlanResultDraft(
        plan_code=request.code,
        plan=made.plan.to_json(),
        explanation=made.explanation,
        yardsticks=made.yardsticks,
    )
