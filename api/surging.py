"""Working out what a scenario comes to, in the door and with no transaction open: some tens of milliseconds."""

from __future__ import annotations

from optimizer.surge.brief import brief
from optimizer.surge.instance import SurgeInstance
from reserve.scenarios.drafts import ProjectionDraft, RunDraft


def projection_draft(asked: RunDraft, instance: SurgeInstance) -> ProjectionDraft:
    """What the verb stores, once it has checked it."""
    worked_out = brief(instance)
    return ProjectionDraft(
        scenario_code=asked.scenario_code,
        version=asked.version,
        projection=worked_out.projection.to_json(),
        explanation=worked_out.explanation(),
    )
