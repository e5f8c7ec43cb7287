"""Figures on a page: a picture without script, alive with it, under a policy that allows nothing inline."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit

PATIENCE_MS = 90_000
"""The rendering process loads its libraries at the first figure."""


def test_a_figure_is_a_picture_without_script_and_its_table_is_a_click_away(visit: Visit) -> None:
    page = visit("planner", java_script_enabled=False)
    page.set_default_timeout(PATIENCE_MS)
    with page.expect_response("**/charts/map.svg*", timeout=PATIENCE_MS) as answer:
        page.goto("/items/H2010101", wait_until="commit")
    assert answer.value.status == 200
    assert answer.value.headers["content-type"] == "image/svg+xml"

    page.get_by_text("查看数据表").first.click()
    expect(page.get_by_role("table", name="各市各层级可用库存")).to_contain_text("石家庄市")


def test_a_figure_comes_alive_under_the_policy(visit: Visit) -> None:
    page = visit("planner")
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/coverage", wait_until="commit")

    expect(page.locator("figure.chart[data-alive] svg")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("img", name="各类储备主体应储量的平均达标率(百分比)")).to_be_visible()


def test_a_phone_keeps_the_picture(visit: Visit) -> None:
    page = visit("planner", size=PHONE)
    page.set_default_timeout(PATIENCE_MS)
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if "alive.js" in request.url else None)
    page.goto("/coverage", wait_until="load", timeout=PATIENCE_MS)

    expect(page.locator("figure.chart img")).to_be_visible()
    assert scripts == []
