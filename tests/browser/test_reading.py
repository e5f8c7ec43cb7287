"""From a figure to the paper behind it, in the browser, inside one's own scope."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit

MASKS = "H2010101"
PAGES = ["/stock", f"/items/{MASKS}", f"/items/{MASKS}/lots/{MASKS}-1", "/papers", "/search?q=kz"]


def test_a_figure_leads_to_its_lots_its_ledger_lines_and_its_paper(visit: Visit) -> None:
    page = visit("keeper")
    page.goto("/")
    page.get_by_role("link", name="库存", exact=True).click()
    page.get_by_role("link", name="医用防护口罩(N95级)").click()
    expect(page.locator("main")).to_contain_text("11 箱 × 500 = 5,500 件")

    page.get_by_role("link", name=f"{MASKS}-1").click()
    page.locator("table").filter(has_text="分录").get_by_role("link").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("期初库存单")
    expect(page.get_by_role("heading", name="由此产生的分录")).to_be_visible()


def test_before_the_opening_nothing_stood_there(visit: Visit) -> None:
    page = visit("keeper")
    page.goto(f"/items/{MASKS}?as_of=2020-12-31T12:00")

    expect(page.get_by_role("status").filter(has_text="截至 2020-12-31 12:00")).to_be_visible()
    expect(page.locator("main")).to_contain_text("您的范围内没有它的库存。")


def test_a_list_is_filtered_without_leaving_the_page(visit: Visit) -> None:
    page = visit("planner")
    page.goto("/stock")
    page.get_by_label("物资", exact=True).fill("ywkkz")
    page.get_by_role("button", name="查看").click()

    expect(page).to_have_url(f"{page.url.split('?')[0]}?q=ywkkz&site=&as_of=&known_at=")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    expect(page.locator("#list")).to_contain_text("医用外科口罩")


@pytest.mark.parametrize(
    ("typed", "hit"),
    [("fhf", "医用一次性防护服"), (MASKS, "医用防护口罩(N95级)"), ("WH-P01", "省级应急物资储备库(石家庄)(示例)")],
)
def test_search_finds_by_initials_and_by_code(visit: Visit, typed: str, hit: str) -> None:
    page = visit("keeper")
    page.goto("/")
    page.get_by_label("搜索", exact=True).fill(typed)
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name=hit)).to_be_visible()


def test_nobody_finds_what_lies_outside_the_scope(visit: Visit) -> None:
    page = visit("gaocheng")
    page.goto("/search?q=WH-P01")
    expect(page.locator("main")).to_contain_text("在您的范围内没有找到“WH-P01”。")

    page.goto(f"/items/{MASKS}/lots/{MASKS}-1")
    own = page.locator("main").inner_text()
    assert "WH-P01" not in own
    page.goto("/stock?site=WH-P01")
    expect(page.locator("main")).to_contain_text("没有符合条件的库存。")


def test_the_audit_trail_is_shown_to_the_auditor_only(visit: Visit) -> None:
    number = _first_paper(visit("auditor"))
    auditor, planner = visit("auditor"), visit("planner")

    for page in (auditor, planner):
        page.goto(f"/papers/{number}")
    expect(auditor.get_by_role("heading", name="操作记录")).to_be_visible()
    expect(planner.get_by_role("heading", name="操作记录")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/stock", f"/items/{MASKS}", f"/items/{MASKS}/lots/{MASKS}-1", "/papers", "/search?q=kz"]
)
def test_reading_pages_fit_a_phone(visit: Visit, no_sideways_scroll: Callable[[Page], None], path: str) -> None:
    page = visit("keeper", size=PHONE)
    page.goto(path)

    no_sideways_scroll(page)


def _first_paper(page: Page) -> str:
    page.goto("/papers")
    return page.locator("#list tbody a").first.inner_text()
