"""A planner at work in the browser: from an incident to a plan, its reasons, and who gains under another policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from reserve.access.rules import WORKER
from reserve.clock import StoryClock
from reserve.commands import Done
from reserve.dispatch import queries, study_queries
from reserve.dispatch import service as dispatch
from seed import scripts
from seed.replay import Stage
from seed.scripts import Cast
from seed.solving import answer, study_answer
from seed.stories import OUTBREAK
from tests.browser.conftest import PHONE, Visit
from tests.browser.house import Served
from tests.browser.looking import faults_of
from tests.browser.test_figures import PATIENCE_MS

DAY = date(2021, 1, 5)


@pytest.fixture(scope="module")
def declared(served: Served) -> Served:
    """The outbreak on its first morning: declared, reported, its needs estimated."""
    assert isinstance(served.runner.clock, StoryClock)
    stage = Stage(served.runner, served.runner.clock)
    cast = Cast(OUTBREAK, stage)
    for part in (scripts.declared(cast), scripts.reported(cast, DAY), scripts.estimated(cast, DAY)):
        stage.play(part)
    return served


def solve_all(served: Served) -> None:
    """What the worker does with plans and studies that wait."""
    for plan in served.runner.ask(queries.list_plans, ["/"]):
        if served.runner.ask(queries.find_result, plan.id) is None:
            served.runner.run(dispatch.record_plan, answer(plan), actor=WORKER, answer=Done)
        for study in served.runner.ask(study_queries.studies_of, plan.id):
            if served.runner.ask(study_queries.find_study_result, study.id) is None:
                found = study_answer(study, served.runner.ask(study_queries.study_task, study))
                served.runner.run(dispatch.record_study, found, actor=WORKER, answer=Done)


def test_a_plan_is_asked_for_read_and_compared(
    declared: Served, visit: Visit, no_sideways_scroll: Callable[[Page], None]
) -> None:
    page = visit("planner")
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/incidents")
    page.get_by_role("link", name=OUTBREAK.incident_code).click()
    page.wait_for_url(f"**/incidents/{OUTBREAK.incident_code}")
    expect(page.locator("main")).to_contain_text("藁城区")

    page.get_by_label("计划时长(小时)").fill("24")
    page.get_by_role("button", name="方案", exact=True).click()
    page.wait_for_url("**/plans/PLAN-*")
    expect(page.get_by_role("status")).to_contain_text("方案正在计算")
    solve_all(declared)
    page.reload()

    expect(page.get_by_role("heading", name="分县分物资满足情况")).to_be_visible()
    expect(page.locator("main")).to_contain_text("类别严格依次;最低满足率优先")
    expect(page.get_by_role("table", name="分县分物资满足情况", exact=True)).to_contain_text("藁城区")
    expect(page.get_by_role("heading", name="送往何处")).to_be_visible()
    page.get_by_text("查看数据表").nth(1).click()
    expect(page.get_by_role("table", name="与人工办法对照")).to_contain_text("就近先供")
    address = page.url
    assert faults_of(page) == []

    page.locator("#policies").get_by_label("类别之间").select_option("weighted")
    page.get_by_role("button", name="谁增谁减?").click()
    page.wait_for_url("**/studies/**")
    expect(page.get_by_role("status")).to_contain_text("正在计算")
    solve_all(declared)
    page.reload()
    expect(page.locator("main")).to_contain_text("类别按 9 : 3 : 1 加权")

    page.get_by_role("link", name="返回方案").click()
    page.wait_for_url(address)
    page.get_by_role("button", name="用哪些车装运?").click()
    page.wait_for_url("**/studies/**")
    solve_all(declared)
    page.reload()
    expect(page.locator("main")).to_contain_text("车:")

    phone = visit("planner", size=PHONE, language="en-GB")
    for path in (
        "/incidents",
        f"/incidents/{OUTBREAK.incident_code}",
        "/plans",
        address,
        f"{address}/shipments",
        f"{address}/unmet",
        page.url,
    ):
        phone.goto(path)
        no_sideways_scroll(phone)


def test_a_wrong_horizon_is_said_in_place(declared: Served, visit: Visit) -> None:
    page = visit("planner")
    page.goto(f"/incidents/{OUTBREAK.incident_code}")
    page.get_by_label("计划时长(小时)").fill("3")
    page.get_by_role("button", name="方案", exact=True).click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("计划时长(小时)")).to_have_value("3")


def test_who_may_not_plan_sees_no_form(declared: Served, visit: Visit) -> None:
    page = visit("member")
    page.goto(f"/incidents/{OUTBREAK.incident_code}")

    expect(page.get_by_role("heading", name="申请编制方案")).to_have_count(0)
