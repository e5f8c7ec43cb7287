"""Every page, in both schemes, on a phone and on a wide screen: WCAG 2.2 AA as far as a program can see it."""

import pytest

from tests.browser.conftest import PHONE, WIDE, Visit
from tests.browser.looking import faults_of, keyboard_faults

PAGES = [
    ("", "/sign-in"),
    ("planner", "/"),
    ("planner", "/styleguide"),
    ("planner", "/password"),
    ("planner", "/nothing"),
    ("security", "/"),
    ("keeper", "/stock"),
    ("keeper", "/items/H2010101?as_of=2021-01-01T12:00"),
    ("keeper", "/items/H2010101/lots/H2010101-1"),
    ("auditor", "/papers?kind=opening_balance"),
    ("auditor", "/search?q=kz"),
    ("keeper", "/desk"),
    ("keeper", "/desk/stock?site=WH-P01"),
    ("keeper", "/desk/receipts/new?site=WH-P01"),
    ("keeper", "/desk/counts/new?site=WH-P01&bin=A1"),
    ("keeper", "/desk/lots/1"),
    ("keeper", "/sheets"),
    ("keeper", "/prints?site=WH-P01"),
    ("keeper", "/desk/machines?site=WH-P01"),
    ("keeper", "/desk/queue"),
    ("auditor", "/coverage"),
]


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_nothing_stands_in_anybodys_way(visit: Visit, login: str, path: str) -> None:
    faults = []
    for size, scheme, language in ((PHONE, "light", "zh-CN"), (PHONE, "dark", "en"), (WIDE, "dark", "zh-CN")):
        page = visit(login, size=size, language=language, color_scheme=scheme)
        page.goto(path)
        faults += [f"{size[0]} {scheme}: {fault}" for fault in faults_of(page)]

    assert faults == []


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_the_keyboard_is_seen_everywhere(visit: Visit, login: str, path: str) -> None:
    page = visit(login, size=WIDE)
    page.goto(path)

    assert keyboard_faults(page) == []


def test_the_checker_sees_what_it_is_for(visit: Visit) -> None:
    page = visit("planner")
    page.goto("/styleguide")
    page.evaluate(
        """() => {
          const add = (html) => document.querySelector("main").insertAdjacentHTML("beforeend", html);
          add("<input id=bare>");
          add("<button class=tiny>x</button>");
          add("<p class=pale>pale</p>");
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(".tiny { width: 10px; height: 10px; padding: 0 } .pale { color: #aaa; background: #fff }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )

    faults = faults_of(page)

    assert len(faults) == 3
    assert "no name" in faults[0]
    assert faults[1].startswith("contrast 2.32 below 4.5")
    assert faults[2].startswith("target 10 × 10")
