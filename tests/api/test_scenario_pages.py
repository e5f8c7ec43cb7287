"""What if in the browser's own forms: make, work out, change, and read the curves."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from reserve.access.terms import Role
from tests.api.conftest import House
from tests.reserve.capacity.works import lay_out_line
from tests.reserve.catalogue.goods import SUIT

FIRST = {"title": "What if", "organisation_code": "130000", "days": "5", "need_level": "base"}
MORE = {"kind": "change_need", "item_code": SUIT, "per_day": "7", "reason": "more"}


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

    second = send(browser, made, f"{made}/change", **MORE)
    assert second == f"{made}?version=2"
    done = send(browser, second, f"{made}/run")

    text = browser.get(done).text
    query = f"scenario={made.rpartition('/')[2]}%3A2&amp;item={SUIT}"
    assert (f"/charts/curve.svg?{query}" in text, "more" in text, "Work it out" in text) == (True, True, False)
    assert "What if" in browser.get("/scenarios").text


def test_a_change_taken_back_makes_a_version_without_it(browser: TestClient) -> None:
    made = send(browser, "/scenarios", "/scenarios", **FIRST)
    second = send(browser, made, f"{made}/change", **MORE)

    third = send(browser, second, f"{made}/without", place="0")

    versions = browser.get(f"/api/v1{made}").json()["versions"]
    assert third == f"{made}?version=3"
    assert [len(version["changes"]) for version in versions] == [0, 1, 0]
    assert versions[2]["reason"] == f"Taken back: 7 of {SUIT} are needed every day."


def test_two_versions_stand_side_by_side_with_their_assumptions_in_words(browser: TestClient) -> None:
    made = send(browser, "/scenarios", "/scenarios", **FIRST)
    code = made.rpartition("/")[2]
    second = send(browser, made, f"{made}/change", **MORE)
    for address in (made + "?version=1", second):
        send(browser, address, f"{made}/run")

    text = browser.get(f"{made}/beside?version=1&other={code}:2").text

    assert f"Only the right: 7 of {SUIT} are needed every day." in text
    assert f"/charts/beside.svg?scenario={code}%3A1&amp;other={code}%3A2&amp;item={SUIT}" in text
    assert "They assume the same." in browser.get(f"{made}/beside?version=2&other={code}:2").text
    assert browser.get(f"{made}/beside?version=1&other=NOPE:1").status_code == 404


def test_a_change_of_nothing_known_is_said_in_its_own_form(browser: TestClient) -> None:
    made = send(browser, "/scenarios", "/scenarios", **FIRST)
    text = browser.get(made).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text[text.index('id="activate"') :]))

    typed = {"kind": "activate", "line_code": "NOPE", "from_day": "0", "reason": "try"}
    answer = browser.post(f"{made}/change", data={**hidden, **typed})

    assert (answer.status_code, "NOPE" in answer.text, 'role="alert"' in answer.text) == (422, True, True)
    assert 'id="f-line_code-wrong"' in answer.text
    assert len(browser.get(f"/api/v1{made}").json()["versions"]) == 1
