"""What if in the browser's own forms: make, work out, change, and read the curves."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from api.charts.curves import HEIGHT, WIDTH, Figure, supply_against_need
from reserve.access.terms import Role
from tests.api.conftest import House
from tests.reserve.capacity.works import lay_out_line
from tests.reserve.catalogue.goods import SUIT

FIRST = {"title": "What if", "organisation_code": "130000", "days": "5", "need_level": "base"}


@pytest.fixture
def browser(house: House) -> TestClient:
    with house.runner.database.writing() as session:
        lay_out_line(session)
        session.commit()
    house.open("planner", Role.PLANNER, "130000")
    return house.sign_in("planner", "en")


def send(browser: TestClient, page: str, action: str, **typed: str) -> str:
    """Fill in the form of a page that goes to an action; the address it leads to."""
    text = browser.get(page).text
    form = re.search(rf'<form method="post" action="{action}".*?</form>', text, re.DOTALL)
    assert form is not None
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    answer = browser.post(action, data={**hidden, **typed}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_scenario_is_made_worked_out_and_changed_by_forms(browser: TestClient) -> None:
    made = send(browser, "/scenarios", "/scenarios", **FIRST)
    assert "Nothing is changed." in browser.get(made).text

    change = {"kind": "need_per_day", "object": SUIT, "amount": "7", "reason": "more"}
    second = send(browser, made, f"{made}/change", **change)
    assert second == f"{made}?version=2"
    done = send(browser, second, f"{made}/run")

    text = browser.get(done).text
    assert ("<polyline" in text, "more" in text, "Work it out" in text) == (True, True, False)
    assert "What if" in browser.get("/scenarios").text


def test_a_change_of_nothing_known_is_said_in_the_form(browser: TestClient) -> None:
    made = send(browser, "/scenarios", "/scenarios", **FIRST)
    text = browser.get(made).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text[text.index('id="change"') :]))

    typed = {"kind": "activate", "object": "NOPE", "amount": "0", "reason": "try"}
    answer = browser.post(f"{made}/change", data={**hidden, **typed})

    assert (answer.status_code, "NOPE" in answer.text, 'role="alert"' in answer.text) == (422, True, True)
    assert len(browser.get(f"/api/v1{made}").json()["versions"]) == 1


def test_curves_share_one_scale_and_mark_the_first_short_day() -> None:
    assert supply_against_need([10, 0, 10], [0, 20, 20], 1) == Figure(
        supply=f"0,{HEIGHT - 50} {WIDTH // 2},{HEIGHT - 50} {WIDTH},{HEIGHT - 100}",
        need=f"0,{HEIGHT} {WIDTH // 2},{HEIGHT - 100} {WIDTH},0",
        short_x=WIDTH // 2,
        days=3,
        most=40,
    )


def test_a_figure_of_nothing_lies_on_the_ground() -> None:
    assert supply_against_need([0], [0], None) == Figure(f"0,{HEIGHT}", f"0,{HEIGHT}", None, 1, 1)
