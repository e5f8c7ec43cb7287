from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit, sign_in
from tests.browser.house import PASSWORD


def test_somebody_signs_in_through_the_form_and_out_again(visit: Visit) -> None:
    page = visit()
    page.goto("/")
    assert page.url.endswith("/sign-in?next=/")

    sign_in(page, "keeper")
    expect(page.get_by_role("heading", level=1)).to_have_text("库里的人(示例)")
    page.get_by_role("button", name="退出").click()

    page.wait_for_url("**/sign-in")
    page.goto("/")
    assert page.url.endswith("/sign-in?next=/")


def test_a_wrong_password_says_so_in_the_form(visit: Visit) -> None:
    page = visit()
    page.goto("/sign-in")
    page.locator("#login").fill("planner")
    page.locator("#password").fill(PASSWORD + "x")
    page.locator("#password").press("Enter")

    expect(page.get_by_role("alert")).to_have_text("登录名或密码不正确。")
    expect(page.locator("#login")).to_have_value("planner")
    expect(page.locator("#password")).to_be_focused()


def test_the_language_is_switched_and_stays(visit: Visit) -> None:
    page = visit("auditor")
    page.goto("/styleguide")
    page.get_by_role("link", name="English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/")
    expect(page.get_by_role("link", name="中文")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_menu_opens_on_a_phone_without_script(visit: Visit) -> None:
    page = visit("planner", size=PHONE, java_script_enabled=False)
    page.goto("/")
    expect(page.get_by_role("link", name="首页")).to_be_hidden()

    page.get_by_role("link", name="菜单", exact=True).click()

    expect(page.get_by_role("link", name="首页")).to_be_visible()
    page.get_by_role("link", name="关闭菜单").click()
    expect(page.get_by_role("link", name="首页")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/styleguide", "/password", "/nothing"])
def test_nothing_is_wider_than_a_phone(visit: Visit, no_sideways_scroll: Callable[[Page], None], path: str) -> None:
    page = visit("planner", size=PHONE)
    page.goto(path)

    no_sideways_scroll(page)


def test_home_names_places_and_never_paths(visit: Visit) -> None:
    page = visit("planner")
    page.goto("/")

    assert page.get_by_role("list", name="角色").inner_text() == "调拨计划员 · 河北省人民政府"
