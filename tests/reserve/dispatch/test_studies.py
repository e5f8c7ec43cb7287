"""Further questions about a plan: asked before anyone signs, frozen, answered once, the same question once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from reserve.authority import Actor
from reserve.dispatch import queries, study_queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import (
    ChoiceDraft,
    HoldBackDraft,
    LoadsDraft,
    PinDraft,
    PlanFailureDraft,
    PolicyComparisonDraft,
    StudyFailureDraft,
    StudyResultDraft,
)
from reserve.dispatch.letters import PlanNotSolved
from reserve.dispatch.studies import LoadsBreakTheModel, NothingToLoad, StudyAnswered
from reserve.dispatch.terms import PlanState
from reserve.errors import InvalidInput, NotAllowed
from reserve.jobs import outbox
from reserve.jobs.models import JobState
from reserve.sites import service as sites
from reserve.sites.terms import FleetDraft, FleetsDraft, VehicleTypeDraft
from seed.solving import study_answer
from tests.books import problems
from tests.reserve.catalogue.goods import MASK
from tests.reserve.dispatch.orders_world import TOMORROW, Office, add_need
from tests.small_world import PROVINCE, actor


class StudyCode(BaseModel):
    code: str


def asked(office: Office, verb: Any, draft: BaseModel, by: Actor | None = None) -> str:
    """Code of a study."""
    found: str = office.runner.run(verb, draft, actor=by or actor(), answer=StudyCode).value.code
    return found


def solved(office: Office, code: str) -> Any:
    """The answer of a study, recorded."""
    study = office.ask(study_queries.get_study, code)
    office.run(dispatch.record_study, study_answer(study, office.ask(study_queries.study_task, study)))
    result = office.ask(study_queries.find_study_result, study.id)
    assert result is not None
    return study_queries.answer_of(result)


def scarce(office: Office) -> str:
    """Code of a solved plan in which the second hospital goes short: 1,000 masks for 1,500."""
    with office.runner.database.writing() as session:
        add_need(session, "HS-2", MASK, 800, 3, TOMORROW)
        session.commit()
    return office.plan()


def with_lorries(office: Office, lorries: int = 3) -> None:
    """The province keeps lorries for some hundred masks each; they load in 30 minutes and are ready after an hour."""
    lorry = VehicleTypeDraft(
        code="lorry",
        name_zh="货车",
        payload_kg=100,
        volume_dm3=20,
        speed_kmh_normal=60,
        speed_kmh_disaster=30,
        load_minutes=30,
    )
    fleet = FleetDraft(
        region_code=PROVINCE, vehicle_type="lorry", vehicles=lorries, available_from_hour=1, price_per_km_minor=100
    )
    office.run(sites.record_fleets, FleetsDraft(vehicle_types=(lorry,), fleets=(fleet,)), actor())


def test_who_gains_and_who_loses_is_known_before_anyone_signs(office: Office) -> None:
    plan = scarce(office)
    draft = PolicyComparisonDraft(plan_code=plan, fairness="total", between="weighted", class_weights=(1, 1, 9))

    code = asked(office, dispatch.compare_policies, draft)
    answer = solved(office, code)

    shifts = [
        (row["place_code"], row["priority_class"], row["claim"], row["first"], row["second"])
        for row in answer["shifts"]
    ]
    assert shifts == [("HS-1", 1, 500, 500, 0), ("HS-2", 3, 800, 300, 800)]
    assert (answer["unmet_first"], answer["unmet_second"]) == (
        {"1": 0, "2": 0, "3": 500},
        {"1": 500, "2": 0, "3": 0},
    )


def test_a_wish_has_its_price(office: Office) -> None:
    plan = office.ask(queries.list_plans, ["/"])[-1]
    line = next(row for row in office.ask(queries.plan_lines, plan.id) if row.source_site == "WH-P01")
    point = {"owner_code": "BUREAU", "source_site": "WH-P01", "need_key": line.need_key}
    wished = office.plan(pins=(PinDraft(**point, quantity=50),))

    answer = solved(office, asked(office, dispatch.price_choice, ChoiceDraft(plan_code=wished, **point)))

    assert answer["is_wish"]
    assert answer["from_first"] == {"130100@WH-C01": 400, "BUREAU@WH-P01": 50}
    assert answer["from_second"] == {"130100@WH-C01": 200, "BUREAU@WH-P01": 300}
    assert sum(answer["unmet_first"].values()) - sum(answer["unmet_second"].values()) == 50


def test_the_next_best_source_has_its_price(office: Office) -> None:
    plan = office.ask(queries.list_plans, ["/"])[-1]
    line = next(row for row in office.ask(queries.plan_lines, plan.id) if row.source_site == "WH-P01")
    draft = ChoiceDraft(plan_code=plan.code, owner_code="BUREAU", source_site="WH-P01", need_key=line.need_key)

    answer = solved(office, asked(office, dispatch.price_choice, draft))

    assert not answer["is_wish"]
    assert answer["from_first"] == {"130100@WH-C01": 200, "BUREAU@WH-P01": 300}
    assert answer["from_second"] == {"130100@WH-C01": 400}
    assert sum(answer["unmet_second"].values()) - sum(answer["unmet_first"].values()) == 100


def test_nothing_is_asked_about_a_source_that_is_not_there(office: Office) -> None:
    plan = office.ask(queries.list_plans, ["/"])[-1]
    draft = ChoiceDraft(plan_code=plan.code, owner_code="BUREAU", source_site="WH-X", need_key="no such need")

    with pytest.raises(InvalidInput) as refusal:
        asked(office, dispatch.price_choice, draft)

    assert [problem.code for problem in refusal.value.problems] == ["pin_without_source", "pin_without_need"]
    assert office.ask(study_queries.studies_of, plan.id) == []


def test_a_question_that_was_asked_before_is_not_asked_again(office: Office) -> None:
    (plan,) = office.ask(queries.list_plans, ["/"])
    drafts = [PolicyComparisonDraft(plan_code=plan.code, kappa_percent=kappa) for kappa in (50, 50, 60)]

    first, again, other = (asked(office, dispatch.compare_policies, draft) for draft in drafts)

    assert first == again
    assert [study.code for study in office.ask(study_queries.studies_of, plan.id)] == [first, other]
    assert len([job for job in office.ask(outbox.list_waiting) if job.kind == "plan_study"]) == 2


def test_a_study_that_failed_may_be_asked_again(office: Office) -> None:
    (plan,) = office.ask(queries.list_plans, ["/"])
    draft = HoldBackDraft(plan_code=plan.code)
    first = asked(office, dispatch.weigh_hold_back, draft)

    office.run(dispatch.record_study_failure, StudyFailureDraft(study_code=first, error="no answer"))

    study = office.ask(study_queries.get_study, first)
    result = office.ask(study_queries.find_study_result, study.id)
    assert (study_queries.study_state(result), result and result.error) == (PlanState.FAILED, "no answer")
    assert office.ask(outbox.get_job, study.job_code).state is JobState.FAILED
    assert asked(office, dispatch.weigh_hold_back, draft) != first


def test_holding_back_is_weighed_with_the_low_and_high_of_the_estimates(office: Office) -> None:
    (plan,) = office.ask(queries.list_plans, ["/"])
    draft = HoldBackDraft(plan_code=plan.code, known_at_hour=12, held_percents=(20, 0))

    code = asked(office, dispatch.weigh_hold_back, draft)
    answer = solved(office, code)

    question = study_queries.question_of(office.ask(study_queries.get_study, code))
    assert question["held_percents"] == [0, 20]
    assert [(name, sorted(quantities.values())) for name, quantities in question["scenarios"]] == [
        (name, [100, 200, 500]) for name in ("low", "base", "high")
    ]
    assert [(row["held_percent"], row["scenario"], row["regret"]) for row in answer["rows"]] == [
        (percent, name, 0) for percent in (0, 20) for name in ("low", "base", "high")
    ]
    assert answer["least_regret_percent"] == 0


def test_a_plan_becomes_loads_with_lots_docks_and_hours(office: Office) -> None:
    with_lorries(office, 100)
    (plan,) = office.ask(queries.list_plans, ["/"])

    code = asked(office, dispatch.load_vehicles, LoadsDraft(plan_code=plan.code, leave_within_hours=240))
    answer = solved(office, code)

    picked: dict[tuple[str, str], int] = {}
    for load in answer["loads"]:
        assert load["depart_minute"] - load["load_minute"] >= 30
        for stop in load["stops"]:
            for line in stop["lines"]:
                key = (load["site_code"], line["lot_code"].partition("-")[0])
                picked[key] = picked.get(key, 0) + line["quantity"]
    planned = sum(line.quantity for line in office.ask(queries.plan_lines, plan.id))
    assert sum(picked.values()) + sum(line["quantity"] for line in answer["left"]) == planned == 800
    assert {key[0] for key in picked} == {"WH-P01", "WH-C01", "PR001"}
    assert picked["WH-C01", "C8"] == 100


def test_an_order_is_loaded_as_far_as_it_still_promises(office: Office) -> None:
    with_lorries(office, 100)
    number = office.issued("WH-P01")
    office.depart(number, "HS-1", (1, 120))
    (plan,) = office.ask(queries.list_plans, ["/"])

    draft = LoadsDraft(plan_code=plan.code, order_numbers=(number,))
    answer = solved(office, asked(office, dispatch.load_vehicles, draft))

    carried = [line for load in answer["loads"] for stop in load["stops"] for line in stop["lines"]]
    assert {(line["lot_code"], line["place_code"]) for line in carried} == {("P7", "HS-1")}
    assert sum(line["quantity"] for line in carried) == 180
    with office.refused(InvalidInput) as refusal:
        asked(office, dispatch.load_vehicles, LoadsDraft(plan_code=plan.code, order_numbers=(number, "DSP-1")))
    assert problems(refusal) == [("order_of_another_plan", "order_numbers.1", "DSP-1")]


def test_an_order_that_promises_nothing_is_not_loaded(office: Office) -> None:
    number = office.issued("WH-P01")
    office.depart(number, "HS-1")
    (plan,) = office.ask(queries.list_plans, ["/"])

    with office.refused(NothingToLoad):
        asked(office, dispatch.load_vehicles, LoadsDraft(plan_code=plan.code, order_numbers=(number,)))


def test_loads_that_lose_goods_are_not_believed(office: Office) -> None:
    with_lorries(office)
    (plan,) = office.ask(queries.list_plans, ["/"])
    code = asked(office, dispatch.load_vehicles, LoadsDraft(plan_code=plan.code))

    for answer, error in (
        ('{"loads": [], "left": []}', LoadsBreakTheModel),
        ('{"loads": 3}', InvalidInput),
        ("nonsense", InvalidInput),
    ):
        with office.refused(error):
            office.run(dispatch.record_study, StudyResultDraft(study_code=code, answer=answer))


def test_a_study_has_one_answer(office: Office) -> None:
    (plan,) = office.ask(queries.list_plans, ["/"])
    code = asked(office, dispatch.compare_policies, PolicyComparisonDraft(plan_code=plan.code))

    assert solved(office, code)["shifts"] == []

    with office.refused(StudyAnswered):
        office.run(dispatch.record_study, StudyResultDraft(study_code=code, answer=json.dumps({})))


def test_only_a_solved_plan_is_studied(office: Office) -> None:
    waiting, failed = office.asked(), office.asked()
    office.run(dispatch.record_plan_failure, PlanFailureDraft(plan_code=failed, error="no answer"))

    for code in (waiting, failed):
        with office.refused(PlanNotSolved):
            asked(office, dispatch.compare_policies, PolicyComparisonDraft(plan_code=code))


def test_who_may_not_read_plans_may_not_study_them(office: Office) -> None:
    (plan,) = office.ask(queries.list_plans, ["/"])
    nobody = Actor(user_id=77, person_id=77, login="nobody", grants=())

    with pytest.raises(NotAllowed):
        asked(office, dispatch.compare_policies, PolicyComparisonDraft(plan_code=plan.code), nobody)
