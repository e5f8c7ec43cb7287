"""A plan made again: what is promised stands, what is planned stays where nothing better is found, news make a list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from api.i18n import Language, text_in
from api.views.plan_changes import changes
from reserve.db import append
from reserve.dispatch import queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import OrdersDraft, PlanFailureDraft
from reserve.dispatch.letters import PlanReplaced
from reserve.errors import InvalidInput
from reserve.incidents.models import Need, NeedVersion
from reserve.sites import service as sites
from reserve.sites.terms import RoadChangeDraft
from tests.books import problems
from tests.conftest import NOW
from tests.reserve.catalogue.goods import MASK
from tests.reserve.dispatch.orders_world import Office
from tests.small_world import actor


def first_plan(office: Office) -> str:
    (plan,) = office.ask(queries.list_plans, ["/"])
    found: str = plan.code
    return found


def sentences(office: Office, code: str, language: Language = Language.EN) -> list[str]:
    return [each.sentence for each in office.ask(changes, code, ("/",), text_in(language))]


def plan_hash(office: Office, code: str) -> str:
    result = office.ask(queries.find_result, office.ask(queries.get_plan, code).id)
    assert result is not None
    found: str = result.plan_hash
    return found


def sent(office: Office, code: str) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    for line in office.ask(queries.plan_lines, office.ask(queries.get_plan, code).id):
        key = (line.source_site, line.receiver_site, line.item_code)
        found[key] = found.get(key, 0) + line.quantity
    return found


def need_is_now(office: Office, site: str, item: str, quantity: int) -> None:
    """The estimate of a need changes to this quantity."""
    with office.runner.database.writing() as session:
        need = session.scalars(select(Need).where(Need.site_code == site, Need.item_code == item)).one()
        old = session.scalars(select(NeedVersion).where(NeedVersion.need_id == need.id)).one()
        now = office.clock.now()
        names = ("household_base", "hospital_base", "driver_amount", "basis", "confidence", "source")
        version: dict[str, Any] = {name: getattr(old, name) for name in names}
        version |= dict.fromkeys(("low", "base", "high", "gross_base"), quantity)
        append(session, NeedVersion, [version | {"need_id": need.id, "valid_from": now, "recorded_at": now}])
        session.commit()


def test_made_again_with_no_news_nothing_changes(office: Office) -> None:
    first = first_plan(office)

    second = office.plan(previous_plan=first)
    third = office.plan(previous_plan=second)

    assert (sentences(office, second), sentences(office, third)) == ([], [])
    assert sent(office, first) == sent(office, second) == sent(office, third)
    assert plan_hash(office, second) == plan_hash(office, third)


def test_what_orders_took_up_is_not_planned_again_and_is_no_change(office: Office) -> None:
    first = first_plan(office)
    office.issued("WH-P01")
    office.clock.move_to(NOW + timedelta(hours=1))

    second = office.plan(previous_plan=first)

    assert sentences(office, second) == []
    assert {key[0] for key in sent(office, second)} == {"WH-C01", "PR001"}


def test_news_are_told_line_by_line_in_both_languages(office: Office) -> None:
    first = first_plan(office)
    office.clock.move_to(NOW + timedelta(hours=1))
    office.lost("WH-C01", "C7", 120)

    second = office.plan(previous_plan=first)

    assert sentences(office, second) == [
        "Dropped: 100 of Disposable medical mask from WH-C01 to HS-1.",
        "Lowered from 200 to 180: Disposable medical mask from WH-C01 to HS-2.",
        "Lowered from 100 to 80: Disposable medical mask from WH-C01 to HS-1.",
        "New: 20 of Disposable medical mask from WH-C01 to HS-2.",
        "Raised from 300 to 420: Disposable medical mask from WH-P01 to HS-1.",
    ]
    assert sentences(office, second, Language.ZH)[-1] == "增加:WH-P01 → HS-1,一次性医用口罩 由 300 增至 420。"


def test_a_promise_above_a_need_that_fell_is_proposed_for_a_cut_and_stands_until_it_is_signed(office: Office) -> None:
    first = first_plan(office)
    number = office.issued("WH-P01")
    office.clock.move_to(NOW + timedelta(hours=1))
    need_is_now(office, "HS-1", MASK, 220)

    second = office.plan(previous_plan=first)

    (cut,) = [each for each in office.ask(changes, second, ("/",), text_in(Language.EN)) if each.kind == "cut"]
    assert (cut.order_number, cut.line_no, cut.before, cut.after, cut.reason) == (number, 1, 300, 220, "need_fell")
    assert office.progress(number).promised == 300
    assert ("WH-C01", "HS-1", MASK) not in sent(office, second)


def test_a_promise_without_a_road_is_proposed_for_a_cut_and_its_need_is_open_again(office: Office) -> None:
    first = first_plan(office)
    number = office.issued("WH-P01")
    office.clock.move_to(NOW + timedelta(hours=1))
    office.run(sites.close_road, RoadChangeDraft(from_site="WH-P01", to_site="HS-1", reason="flood"), actor())

    second = office.plan(previous_plan=first)

    (cut,) = [each for each in office.ask(changes, second, ("/",), text_in(Language.EN)) if each.kind == "cut"]
    assert (cut.order_number, cut.before, cut.after, cut.reason) == (number, 300, 0, "no_way_in_time")
    instance = queries.instance_of(office.ask(queries.get_plan, second))
    assert {(need.place_code, need.item_code): need.on_road for need in instance.needs}[("HS-1", MASK)] == 0


def test_a_past_hour_gives_that_hours_plan(office: Office) -> None:
    """Made again after everything has moved, as known then: the same instance, the same plan, the same list."""
    first = first_plan(office)
    office.issued("WH-P01")
    then = NOW + timedelta(hours=1)
    office.clock.move_to(then)
    office.lost("WH-C01", "C7", 120)
    second = office.plan(previous_plan=first)
    office.clock.move_to(then + timedelta(hours=2))
    for number in office.draft(second):
        office.submit(number)
    need_is_now(office, "HS-1", MASK, 900)

    again = office.plan(previous_plan=first, as_of=then, known_at=then)

    plans = [office.ask(queries.get_plan, code) for code in (second, again)]
    assert plans[0].instance_hash == plans[1].instance_hash
    assert plan_hash(office, second) == plan_hash(office, again)
    assert sentences(office, second) == sentences(office, again)


def test_letters_are_not_written_from_a_plan_that_was_replaced(office: Office) -> None:
    first = first_plan(office)
    second = office.plan(previous_plan=first)

    with office.refused(PlanReplaced) as refusal:
        office.run(dispatch.draft_orders, OrdersDraft(plan_code=first))

    assert refusal.value.facts["found"] == second


def test_only_a_plan_that_was_solved_by_then_is_made_again(office: Office) -> None:
    waiting, failed = office.asked(), office.asked()
    office.run(dispatch.record_plan_failure, PlanFailureDraft(plan_code=failed, error="no answer"))

    for code in (waiting, failed):
        with office.refused(InvalidInput) as refusal:
            office.asked(previous_plan=code)
        assert problems(refusal) == [("no_plan_in_force", "previous_plan", code)]
