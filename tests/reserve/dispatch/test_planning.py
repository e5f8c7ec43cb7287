"""From the books to a plan and back: what is frozen, what is refused, what becomes a letter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from optimizer.dispatch import instance as model
from optimizer.dispatch.plan import Plan
from reserve.audit import queries as audit_queries
from reserve.authority import Actor, Grant, Permission
from reserve.clock import local_day
from reserve.db import append
from reserve.dispatch import queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import (
    OrderReasonDraft,
    PinDraft,
    PlanFailureDraft,
    PlanRequestDraft,
    PlanResultDraft,
    SmallestDraft,
)
from reserve.dispatch.letters import PlanNotSolved
from reserve.dispatch.plans import Frozen, PlanAnswered, PlanBreaksTheModel, freeze
from reserve.dispatch.terms import PlannedLine, PlanState
from reserve.errors import InvalidInput, NotAllowed
from reserve.jobs import outbox
from reserve.looking import Seen
from reserve.organisations import queries as organisation_queries
from reserve.papers.terms import State
from reserve.stock.models import Floor
from reserve.stock.terms import FloorKind
from seed.solving import answer
from tests.books import problems
from tests.conftest import NOW
from tests.reserve.capacity.works import INCIDENT
from tests.reserve.catalogue.goods import MASK, SUIT
from tests.reserve.dispatch.orders_world import PLANNER, TOMORROW, Office


def instance(office: Office, code: str) -> model.Instance:
    return queries.instance_of(office.ask(queries.get_plan, code))


def lines_from(office: Office, code: str, site_code: str) -> list[PlannedLine]:
    """What a plan sends from one site."""
    found = office.ask(queries.plan_lines, office.ask(queries.get_plan, code).id)
    return [line for line in found if line.source_site == site_code]


def test_the_instance_holds_what_stands_what_comes_and_what_is_needed(office: Office) -> None:
    found = instance(office, office.asked())

    stock = {(lot.source_code, lot.quantity, lot.pack_size) for lot in found.lots if "expected" not in lot.code}
    assert stock == {("BUREAU@WH-P01", 600, 50), ("130100@WH-C01", 300, 50), ("130100@WH-C01", 100, 50)}
    coming = [(lot.available_from_hour, lot.quantity, lot.basis) for lot in found.lots if "expected" in lot.code]
    capacity = model.Basis.CAPACITY
    assert coming == [(38, 100, capacity), (62, 200, capacity), (86, 200, capacity), (110, 200, capacity)]
    needs = {
        (need.place_code, need.item_code, need.quantity, need.priority_class, need.due_hour) for need in found.needs
    }
    assert needs == {("HS-1", MASK, 500, 1, 24), ("HS-2", MASK, 200, 2, 24), ("HS-1", SUIT, 100, 1, 96)}
    assert [incident.papers for incident in found.incidents] == [(7,)]


def test_the_plan_takes_the_citys_goods_before_the_provinces(office: Office) -> None:
    (plan,) = office.ask(queries.list_plans, ["/"])

    lines = office.ask(queries.plan_lines, plan.id)

    by_source: dict[str, int] = {}
    for line in lines:
        by_source[line.source_site] = by_source.get(line.source_site, 0) + line.quantity
    assert by_source == {"WH-C01": 400, "WH-P01": 300, "PR001": 100}
    assert {line.supply_code is None for line in lines if line.source_site == "PR001"} == {False}


def test_yesterdays_question_gets_yesterdays_instance(office: Office) -> None:
    """Goods leave, are lost, are held and blocked, more is needed: what was known an hour ago stays what it was."""
    before = instance(office, office.asked()).hash
    asked_at = office.clock.now()
    office.clock.move_to(asked_at + timedelta(hours=1))
    office.used("WH-C01", "C7", 50)
    office.issued("WH-P01")
    office.blocked("C8")

    again = instance(office, office.asked(as_of=asked_at, known_at=asked_at))
    now = instance(office, office.asked(as_of=asked_at))

    assert again.hash == before
    assert now.hash != before
    assert {lot.quantity for lot in now.lots if "expected" not in lot.code} == {250, 300}


def test_goods_under_orders_are_not_sent_again(office: Office) -> None:
    office.issued("WH-P01")

    found = instance(office, office.asked())

    coming = {(need.place_code, need.item_code): (need.received, need.on_road) for need in found.needs}
    assert coming[("HS-1", MASK)] == (0, 300)
    assert coming[("HS-2", MASK)] == (0, 0)


def test_what_is_promised_of_expected_goods_is_not_offered_again(office: Office) -> None:
    office.submit(office.letter("PR001"))

    found = instance(office, office.asked())

    assert [lot.quantity for lot in found.lots if "expected" in lot.code] == [200, 200, 200]


def test_an_owners_floor_is_laid_on_its_site(office: Office) -> None:
    with office.runner.database.writing() as session:
        owner = organisation_queries.get_organisation(session, "BUREAU")
        common = {
            "owner_id": owner.id,
            "item_code": MASK,
            "document_number": "F-1",
            "valid_from": NOW,
            "recorded_at": NOW,
        }
        quantities = ((FloorKind.OPERATING, 350), (FloorKind.STRATEGIC, 90))
        append(
            session,
            Floor,
            [common | {"kind": kind, "response_level": "II", "quantity": quantity} for kind, quantity in quantities],
        )
        session.commit()

    found = instance(office, office.asked())

    assert found.floors == (model.Floor("BUREAU@WH-P01", MASK, 0, 350, 90),)


def test_a_plan_is_over_known_incidents_that_one_may_plan_for(office: Office) -> None:
    with office.refused(InvalidInput) as refusal:
        office.run(dispatch.request_plan, PlanRequestDraft(incident_codes=(INCIDENT, "NONE-1")))
    assert problems(refusal) == [("unknown_incident", "incident_codes.1", "NONE-1")]

    county = Actor(9, 9, "county", (Grant("planner", "/130000/130100/", frozenset({Permission.PLAN_WRITE})),))
    with office.refused(NotAllowed):
        office.run(dispatch.request_plan, PlanRequestDraft(incident_codes=(INCIDENT,)), county)


SECOND = timedelta(seconds=1)


def glimpse(office: Office, at: datetime) -> Seen[Frozen]:
    """What a request sees before its transaction begins to write."""
    frozen = office.ask(freeze, PLANNER, PlanRequestDraft(incident_codes=(INCIDENT,)), now=at, today=local_day(at))
    return Seen(frozen, office.ask(audit_queries.last_entry))


def kept(office: Office, at: datetime, seen: Seen[Frozen] | None) -> str:
    """Hash of the instance of a request that is written down now."""
    draft = PlanRequestDraft(incident_codes=(INCIDENT,))
    with office.runner.database.writing() as session:
        return dispatch.request_plan(session, PLANNER, draft, now=at, today=local_day(at), seen=seen).instance_hash


def test_what_is_recorded_after_the_look_is_left_to_the_next_plan(office: Office) -> None:
    now = office.clock.now()
    seen = glimpse(office, now)
    office.clock.move_to(now + SECOND)
    office.used("WH-C01", "C7", 50)

    assert kept(office, now + SECOND, seen) == seen.found.row["instance_hash"]


def test_what_was_on_its_way_into_the_books_during_the_look_is_looked_at_again(office: Office) -> None:
    now = office.clock.now()
    seen = glimpse(office, now + SECOND)
    office.used("WH-C01", "C7", 50)

    found = kept(office, now + SECOND, seen)

    assert found != seen.found.row["instance_hash"]
    assert found == kept(office, now + SECOND, None)


# --- answers -------------------------------------------------------------------------------------------------------


def solved(office: Office) -> PlanResultDraft:
    return answer(office.ask(queries.get_plan, office.asked()))


def test_a_forged_plan_is_refused(office: Office) -> None:
    draft = solved(office)
    plan = Plan.from_json(draft.plan)
    first, *rest = plan.shipments
    forged = replace(plan, shipments=(replace(first, quantity=first.quantity + 5000), *rest))

    with office.refused(PlanBreaksTheModel):
        office.run(dispatch.record_plan, draft.model_copy(update={"plan": forged.to_json()}))


def test_a_plan_made_from_other_data_is_refused(office: Office) -> None:
    draft = solved(office)
    office.used("WH-P01", "P7", 10)
    office.clock.move_to(NOW + timedelta(minutes=1))
    other = office.asked()

    with office.refused(InvalidInput) as refusal:
        office.run(dispatch.record_plan, draft.model_copy(update={"plan_code": other}))

    assert [code for code, _, _ in problems(refusal)] == ["plan_of_other_data"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"shipments": 1}'])
def test_nonsense_is_no_plan(office: Office, text: str) -> None:
    code = office.asked()

    with office.refused(InvalidInput) as refusal:
        office.run(dispatch.record_plan, PlanResultDraft(plan_code=code, plan=text, explanation="[]", yardsticks="{}"))

    assert [(code, field) for code, field, _ in problems(refusal)] == [("invalid_value", "plan")]


def test_a_plan_is_answered_once(office: Office) -> None:
    draft = solved(office)
    office.run(dispatch.record_plan, draft)

    with office.refused(PlanAnswered):
        office.run(dispatch.record_plan, draft)
    with office.refused(PlanAnswered):
        office.run(dispatch.record_plan_failure, PlanFailureDraft(plan_code=draft.plan_code, error="late"))
    plan = office.ask(queries.get_plan, draft.plan_code)
    assert office.ask(queries.plan_state, plan.id) is PlanState.SOLVED
    assert json.loads(office.ask(outbox.get_job, plan.job_code).result)["shipments"] == 5


def test_a_failed_plan_says_why_and_gives_no_letters(office: Office) -> None:
    code = office.asked()
    office.run(dispatch.record_plan_failure, PlanFailureDraft(plan_code=code, error="out of memory"))

    plan = office.ask(queries.get_plan, code)
    assert office.ask(queries.plan_state, plan.id) is PlanState.FAILED
    with office.refused(PlanNotSolved):
        office.draft(code)


# --- letters -------------------------------------------------------------------------------------------------------


def test_a_plan_becomes_one_letter_for_each_owner_and_site(office: Office) -> None:
    lines = {source: office.lines(office.letter(source)) for source in ("PR001", "WH-C01", "WH-P01")}

    assert {source: [(line.receiver_code, line.quantity) for line in found] for source, found in lines.items()} == {
        "PR001": [("HS-1", 100)],
        "WH-C01": [("HS-1", 200), ("HS-2", 200)],
        "WH-P01": [("HS-1", 300)],
    }
    assert {line.latest_arrival_at for line in lines["WH-C01"]} == {TOMORROW}
    assert {office.state(office.letter(source)) for source in lines} == {State.DRAFT}
    assert office.stand("WH-P01", "P7") == ("BUREAU", 600, 0)


def test_letters_of_a_plan_are_written_once(office: Office) -> None:
    (plan,) = office.ask(queries.list_plans, ["/"])

    assert office.draft(plan.code) == []


def test_what_was_withdrawn_may_be_written_again(office: Office) -> None:
    (plan,) = office.ask(queries.list_plans, ["/"])
    number = office.letter("WH-P01")
    office.run(dispatch.withdraw_order, OrderReasonDraft(order_number=number, reason="wrong urgency"))

    (again,) = office.draft(plan.code)

    assert [(line.source_code, line.quantity) for line in office.lines(again)] == [("WH-P01", 300)]


def test_only_what_leaves_soon_and_is_asked_for_is_written(office: Office) -> None:
    code = office.plan()

    soon = office.draft(code, leave_within_hours=24)
    assert [office.lines(number)[0].source_code for number in soon] == ["WH-C01", "WH-P01"]
    assert office.draft(code, item_codes=(MASK,)) == []
    (later,) = office.draft(code)
    assert [line.item_code for line in office.lines(later)] == [SUIT]


def test_a_ban_of_the_planner_reaches_the_solver(office: Office) -> None:
    (served,) = {line.need_key for line in lines_from(office, office.plan(), "WH-P01")}
    ban = PinDraft(owner_code="BUREAU", source_site="WH-P01", need_key=served, quantity=0)

    sent = lines_from(office, office.plan(pins=(ban,)), "WH-P01")

    assert served not in {line.need_key for line in sent}  # what is free now may serve another place


def test_a_wished_quantity_is_sent_from_where_the_planner_says(office: Office) -> None:
    (served,) = {line.need_key for line in lines_from(office, office.plan(), "WH-P01")}
    wish = PinDraft(owner_code="BUREAU", source_site="WH-P01", need_key=served, quantity=50)

    sent = lines_from(office, office.plan(pins=(wish,)), "WH-P01")

    assert [line.quantity for line in sent if line.need_key == served] == [50]


def test_wishes_that_nothing_answers_to_are_all_named(office: Office) -> None:
    strange = PinDraft(owner_code="BUREAU", source_site="WH-X", need_key="no such need", quantity=5)

    with office.refused(InvalidInput) as refusal:
        office.asked(pins=(strange,))

    assert problems(refusal) == [
        ("pin_without_source", "pins.0.source_site", "BUREAU@WH-X"),
        ("pin_without_need", "pins.0.need_key", "no such need"),
    ]


def small_in(office: Office, least: int) -> tuple[dict[tuple[str, str], int], list[tuple[str, str, str, int]]]:
    """What a plan with this smallest shipment sends by store and place, and what it names as smaller."""
    code = office.plan(item_codes=(MASK,), smallest=(SmallestDraft(item_code=MASK, quantity=least),))
    request = office.ask(queries.get_plan, code)
    sent: dict[tuple[str, str], int] = {}
    for line in office.ask(queries.plan_lines, request.id):
        key = (line.source_site, line.receiver_site)
        sent[key] = sent.get(key, 0) + line.quantity
    return sent, queries.small_shipments(request, office.ask(queries.find_result, request.id))


def test_a_small_shipment_comes_from_elsewhere_and_what_must_stay_is_named(office: Office) -> None:
    plain, none = small_in(office, 1)
    tidy, named = small_in(office, 250)

    assert (plain, none) == ({("WH-C01", "HS-1"): 200, ("WH-P01", "HS-1"): 300, ("WH-C01", "HS-2"): 200}, [])
    assert tidy == {("WH-P01", "HS-1"): 500, ("WH-C01", "HS-2"): 200}
    assert named == [("130100@WH-C01", MASK, "HS-2", 200)]


def test_smallest_shipments_of_other_items_are_all_named(office: Office) -> None:
    wish = tuple(SmallestDraft(item_code=code, quantity=5) for code in (MASK, "H9999999", MASK))

    with office.refused(InvalidInput) as refusal:
        office.asked(smallest=wish)

    assert problems(refusal) == [
        ("unknown_item", "smallest.1.item_code", "H9999999"),
        ("repeated", "smallest.2.item_code", MASK),
    ]
