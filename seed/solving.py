"""Answering a plan request where no worker runs: the same task and answer as the worker's, handed in by the planner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reserve.dispatch.drafts import PlanResultDraft, StudyResultDraft
from reserve.dispatch.models import DispatchPlan, PlanStudy
from reserve.dispatch.queries import solve_task


def answer(request: DispatchPlan) -> PlanResultDraft:
    """The answer to a plan request, ready to be recorded. Runs for a second or so; no transaction is open."""
    from optimizer.dispatch import brief  # brings the solver in: only who solves needs it

    return PlanResultDraft(plan_code=request.code, **brief.answer(solve_task(request)))


def study_answer(study: PlanStudy, task: Mapping[str, Any]) -> StudyResultDraft:
    """The answer to a study, ready to be recorded."""
    from optimizer.dispatch import study as solver  # as above

    return StudyResultDraft(study_code=study.code, **solver.answer(task))
