"""The dispatch of August 2023 through the verbs: ``python -m benchmarks.flood``; one JSON object a line.

From seed data: 28 points ask for 134,233 pieces; the plan is frozen, solved in a child process, checked and stored, and
loaded the same way. Seconds are of the wall, on whatever the machine is doing besides; the goal is 60.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from api.solving import solve_in_child
from migrations.run import upgrade
from reserve.clock import StoryClock, local_time
from reserve.commands import Runner
from reserve.db import Database
from reserve.dispatch import queries, study_queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import LoadsDraft, PlanRequestDraft, PlanResultDraft, StudyResultDraft
from seed.august import AUGUST, VEHICLES_USED, asked_for
from seed.hebei import World, load
from seed.replay import Stage
from seed.scripts import PLANNER, Cast

SECONDS = 60.0


class Code(BaseModel):
    code: str = ""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'august.sqlite'}"
        upgrade(url)
        database = Database(url)
        runner = Runner(database, StoryClock(local_time(AUGUST.opened_on, 8)))
        load(runner, World(AUGUST.opened_on, AUGUST.incident_code))
        assert isinstance(runner.clock, StoryClock)
        stage = Stage(runner, runner.clock)
        stage.play(asked_for(Cast(AUGUST, stage)))
        held = [tell(*row) for row in measured(runner, stage)]
        database.dispose()
    return 0 if all(held) else 1


def measured(runner: Runner, stage: Stage) -> list[tuple[str, str, float, float | None]]:
    """Goals and figures beside them: id, what, value, the most it may be."""
    planner, begun = stage.actor(PLANNER), time.perf_counter()
    draft = PlanRequestDraft(incident_codes=(AUGUST.incident_code,))
    code = runner.run(dispatch.request_plan, draft, actor=planner, answer=Code).value.code
    frozen = time.perf_counter()
    solved = _solved("dispatch_plan", runner.ask(lambda session: queries.solve_task(queries.get_plan(session, code))))
    runner.run(dispatch.record_plan, PlanResultDraft(plan_code=code, **solved), actor=planner, answer=Code)
    planned = time.perf_counter()
    asked = runner.run(dispatch.load_vehicles, LoadsDraft(plan_code=code), actor=planner, answer=Code).value.code
    study = runner.ask(study_queries.get_study, asked)
    loads = _solved("plan_study", runner.ask(study_queries.study_task, study))
    runner.run(dispatch.record_study, StudyResultDraft(study_code=asked, **loads), actor=planner, answer=Code)
    loaded = time.perf_counter()
    found = json.loads(loads["answer"])
    pieces = Counter[str]()
    for row in found["loads"]:
        for stop in row["stops"]:
            pieces[stop["place_code"]] += sum(line["quantity"] for line in stop["lines"])
    return [
        ("L1", "replanned and loaded, wall seconds", loaded - begun, SECONDS),
        ("L2", "vehicles", float(len(found["loads"])), float(VEHICLES_USED)),
        ("L3", "pieces of 134,233 not carried", float(134_233 - sum(pieces.values())), 0.0),
        ("L4", "points of 28 not reached", float(28 - len(pieces)), 0.0),
        ("L1a", "frozen, wall seconds", frozen - begun, None),
        ("L1b", "solved, checked, stored, wall seconds", planned - frozen, None),
        ("L1c", "loaded, checked, stored, wall seconds", loaded - planned, None),
    ]


def _solved(kind: str, task: Mapping[str, Any]) -> dict[str, str]:
    answer: dict[str, str] = json.loads(solve_in_child(kind, json.dumps(task, ensure_ascii=False)))
    return answer


def tell(id_: str, what: str, value: float, goal: float | None) -> bool:
    """Print one measurement; whether its goal, an upper bound, holds."""
    holds = goal is None or value <= goal
    row = {"id": id_, "what": what, "value": round(value, 2), "goal": goal, "holds": holds}
    sys.stdout.write(json.dumps(row | {"versions": {"jibei": version("jibei")}}, ensure_ascii=False) + "\n")
    return holds


if __name__ == "__main__":
    sys.exit(main())
