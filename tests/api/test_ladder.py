"""The ladder of a plan: nearest-first at once, the guide next, the exact stages behind it, each only if no worse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from api.i18n import Language, text_in
from api.jobs import Dispatcher, Outcome
from api.solving import first_answer, solve
from api.views import dispatch as views
from optimizer.dispatch.plan import Plan
from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.dispatch import queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.plans import PlanAnswered
from reserve.jobs import outbox
from reserve.jobs.models import JobState
from seed.solving import answer
from tests.conftest import ENGINES
from tests.reserve.catalogue.goods import MASK
from tests.reserve.dispatch.orders_world import TOMORROW, Office, add_need, build_orders_world
from tests.reserve.verify.worlds import BUILDERS, world

BUILDERS["orders"] = build_orders_world


@dataclass
class Shelf:
    """A queue whose answers the test lays out."""

    handed: dict[str, str] = field(default_factory=dict)
    done: dict[str, Outcome] = field(default_factory=dict)

    def hand_over(self, code: str, kind: str, text: str) -> None:
        self.handed[code] = text

    def outcome(self, code: str) -> Outcome | None:
        return self.done.get(code)


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, clock: StoryClock) -> Iterator[Office]:
    with world(request.param, "orders") as database:
        office = Office(Runner(database, clock), clock)
        with database.writing() as session:
            add_need(session, "HS-2", MASK, 800, 3, TOMORROW)
            session.commit()
        yield office


def seen(office: Office, code: str) -> tuple[str, int, bool]:
    """Rung, shipments and whether a better answer is still looked for."""
    plan = office.ask(views.plan, code, ("/",), text_in(Language.ZH))
    return plan.rung, len(plan.lines), plan.climbing


def as_guide(text: str) -> str:
    """An answer as if only the guide had spoken."""
    answer = json.loads(solve("dispatch_plan", text))
    return json.dumps(answer | {"plan": replace(Plan.from_json(answer["plan"]), rung="R1").to_json()})


def test_nearest_first_stands_at_once_and_better_answers_take_its_place(office: Office) -> None:
    code, shelf = office.asked(), Shelf()
    dispatcher = Dispatcher(office.runner, shelf)

    dispatcher.turn()
    assert seen(office, code)[0::2] == ("R0", True)

    (first,) = [job for job, text in shelf.handed.items() if json.loads(text).get("rung") == "R1"]
    shelf.done[first] = Outcome(as_guide(shelf.handed[first]))
    dispatcher.turn()
    assert seen(office, code)[0::2] == ("R1", True)

    dispatcher.turn()
    (second,) = [job for job, text in shelf.handed.items() if json.loads(text).get("rung") == "R2"]
    shelf.done[second] = Outcome(solve("dispatch_plan", shelf.handed[second]))
    dispatcher.turn()
    assert seen(office, code)[0::2] == ("R2", False)
    assert {office.ask(outbox.get_job, job).state for job in (first, second)} == {JobState.DONE}


def test_a_worse_answer_of_a_later_rung_is_not_swapped_in(office: Office) -> None:
    code, shelf = office.asked(), Shelf()
    dispatcher = Dispatcher(office.runner, shelf)
    dispatcher.turn()
    (first,) = [job for job, text in shelf.handed.items() if json.loads(text).get("rung") == "R1"]
    shelf.done[first] = Outcome(as_guide(shelf.handed[first]))
    dispatcher.turn()
    dispatcher.turn()
    stands = office.ask(views.plan, code, ("/",), text_in(Language.ZH))
    (second,) = [job for job, text in shelf.handed.items() if json.loads(text).get("rung") == "R2"]

    nothing = first_answer(json.loads(shelf.handed[second]))
    assert nothing is not None
    empty = Plan.from_json(nothing["plan"])
    poor = replace(
        empty,
        rung="R2",
        shipments=(),
        needs=tuple(replace(each, on_time=0, late=0, unmet=each.open, excess=0) for each in empty.needs),
        stage_values=(),
    )
    shelf.done[second] = Outcome(json.dumps(nothing | {"plan": poor.to_json()}))
    dispatcher.turn()

    assert office.ask(views.plan, code, ("/",), text_in(Language.ZH)).plan_hash == stands.plan_hash
    assert office.ask(outbox.get_job, second).state is not JobState.RUNNING


def test_letters_keep_the_rung_they_were_written_from(office: Office) -> None:
    code, shelf = office.asked(), Shelf()
    dispatcher = Dispatcher(office.runner, shelf)
    dispatcher.turn()
    office.draft(code)
    (first,) = [job for job, text in shelf.handed.items() if json.loads(text).get("rung") == "R1"]

    shelf.done[first] = Outcome(solve("dispatch_plan", shelf.handed[first]))
    dispatcher.turn()

    assert seen(office, code)[0::2] == ("R0", False)


def test_a_solve_that_fails_leaves_nearest_first_standing(office: Office) -> None:
    code, shelf = office.asked(), Shelf()
    dispatcher = Dispatcher(office.runner, shelf)
    dispatcher.turn()
    (first,) = [job for job, text in shelf.handed.items() if json.loads(text).get("rung") == "R1"]

    shelf.done[first] = Outcome(None, "the solver ended")
    dispatcher.turn()

    assert seen(office, code)[0::2] == ("R0", False)
    assert office.ask(outbox.get_job, first).state is JobState.FAILED
    assert office.ask(queries.plan_state, office.ask(queries.get_plan, code).id) == "solved"


def test_an_answer_without_a_ladder_is_final(office: Office) -> None:
    code = office.plan()

    with office.refused(PlanAnswered):
        office.run(dispatch.record_plan, answer(office.ask(queries.get_plan, code)))
    assert seen(office, code)[0::2] == ("R2", False)
