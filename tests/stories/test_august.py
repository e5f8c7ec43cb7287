"""The dispatch of August 2023, from written requests to loaded vehicles, through the same verbs that people use."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pydantic import BaseModel

from reserve.clock import StoryClock
from reserve.dispatch import queries, study_queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import LoadsDraft, PlanRequestDraft
from seed.august import AUGUST, VEHICLES_USED, asked_for
from seed.hebei import World
from seed.replay import Stage
from seed.scripts import PLANNER, Cast
from seed.solving import answer, study_answer
from tests.reference_world import runner_on, sqlite_copy

pytestmark = pytest.mark.xdist_group("reference_world")


class Code(BaseModel):
    code: str = ""


def test_the_dispatch_of_august_2023_is_planned_and_loaded_on_no_more_vehicles_than_were_used(tmp_path: Path) -> None:
    database = sqlite_copy(tmp_path, World(AUGUST.opened_on, AUGUST.incident_code))
    runner = runner_on(database)
    assert isinstance(runner.clock, StoryClock)
    stage = Stage(runner, runner.clock)
    stage.play(asked_for(Cast(AUGUST, stage)))
    planner = stage.actor(PLANNER)

    draft = PlanRequestDraft(incident_codes=(AUGUST.incident_code,))
    code = runner.run(dispatch.request_plan, draft, actor=planner, answer=Code).value.code
    plan = runner.ask(queries.get_plan, code)
    runner.run(dispatch.record_plan, answer(plan), actor=planner, answer=Code)
    asked = runner.run(dispatch.load_vehicles, LoadsDraft(plan_code=code), actor=planner, answer=Code).value.code
    study = runner.ask(study_queries.get_study, asked)
    loads = study_answer(study, runner.ask(study_queries.study_task, study))
    runner.run(dispatch.record_study, loads, actor=planner, answer=Code)

    result = runner.ask(study_queries.find_study_result, study.id)
    assert result is not None
    found = study_queries.answer_of(result)
    carried = Counter[str]()
    for load in found["loads"]:
        for stop in load["stops"]:
            carried[stop["place_code"]] += sum(line["quantity"] for line in stop["lines"])
    assert (sum(carried.values()), len(carried), found["left"]) == (134_233, 28, [])
    assert len(found["loads"]) <= VEHICLES_USED
    database.dispose()
