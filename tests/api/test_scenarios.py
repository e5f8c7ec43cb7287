"""What if over JSON: make, change, run, compare."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from api.views import scenarios as views
from reserve.access.terms import Role
from tests.api.conftest import House
from tests.small_world import MASK, build

NEED = {"kind": "change_need", "item_code": MASK, "per_day": 7}


def post(browser: TestClient, path: str, body: dict[str, Any], key: str | None = None) -> Any:
    return browser.post(f"/api/v1/scenarios{path}", json=body, headers={"Idempotency-Key": key or str(uuid4())})


@pytest.fixture
def planned(house: House) -> House:
    build(house.runner)
    house.open("planner", Role.PLANNER, "HB")
    return house


def create(browser: TestClient, **values: Any) -> Any:
    return post(browser, "", {"organisation_code": "HB", "title": "扩产", "days": 5, **values})


def test_a_scenario_is_made_changed_and_read_with_its_versions(planned: House) -> None:
    browser = planned.sign_in("planner")

    first = create(browser)
    code = first.json()["code"]
    second = post(browser, "/change", {"scenario_code": code, "changes": [], "reason": "试"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json()["base_hash"] == first.json()["base_hash"]
    versions = browser.get(f"/api/v1/scenarios/{code}").json()["versions"]
    assert [(each["number"], each["from_number"], each["projection_hash"]) for each in versions] == [
        (1, None, None),
        (2, 1, None),
    ]
    assert [each["code"] for each in browser.get("/api/v1/scenarios").json()["items"]] == [code]


def test_many_versions_are_read_with_no_more_questions_than_one(planned: House) -> None:
    browser = planned.sign_in("planner")
    code = create(browser).json()["code"]
    assert post(browser, "/run", {"scenario_code": code, "version": 1}).status_code == 201
    asked: list[str] = []
    event.listen(planned.runner.database.read, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    planned.runner.ask(views.scenario, code, ("/",))
    for_one = len(asked)
    for _ in range(3):
        post(browser, "/change", {"scenario_code": code, "changes": [], "reason": "试"})
    asked.clear()

    versions = planned.runner.ask(views.scenario, code, ("/",)).versions

    assert (len(asked), [bool(each.projection_hash) for each in versions]) == (for_one, [True, False, False, False])


def test_a_run_is_kept_and_told_again_for_the_same_key(planned: House) -> None:
    browser = planned.sign_in("planner")
    code, key = create(browser).json()["code"], str(uuid4())
    before = browser.get(f"/api/v1/scenarios/{code}/projection")

    first, again = (post(browser, "/run", {"scenario_code": code, "version": 1}, key) for _ in range(2))

    projection = browser.get(f"/api/v1/scenarios/{code}/projection?paths=true").json()
    assert (before.status_code, first.status_code) == (404, 201)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert projection["projection_hash"] == first.json()["projection_hash"]
    assert projection["paths"]["days"] == 5


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh", "左推演 5 日,右推演 6 日。"), ("en", "The left looks 5 days ahead, the right 6.")],
)
def test_two_scenarios_are_compared_in_words(planned: House, language: str, sentence: str) -> None:
    browser = planned.sign_in("planner", language)
    codes = [
        create(browser, days=days, as_of="2026-03-01T00:00:00Z", known_at="2026-03-01T00:00:00Z").json()["code"]
        for days in (5, 6)
    ]
    for code in codes:
        assert post(browser, "/run", {"scenario_code": code, "version": 1}).status_code == 201

    compared = browser.get(f"/api/v1/scenarios/{codes[0]}/comparison", params={"other": codes[1]}).json()

    assert [each["sentence"] for each in compared["differences"]] == [sentence]


def test_a_change_that_makes_no_sense_is_named_by_its_field(planned: House) -> None:
    browser = planned.sign_in("planner", "en")

    refused = create(browser, changes=[{"kind": "activate", "line_code": "NOPE"}])

    (problem,) = refused.json()["problems"]
    assert (refused.status_code, problem["field"], problem["found"]) == (422, "changes.0.line_code", "NOPE")
    assert browser.get("/api/v1/scenarios").json()["items"] == []


def test_a_planner_elsewhere_does_not_see_it(planned: House) -> None:
    code = create(planned.sign_in("planner")).json()["code"]
    planned.open("city", Role.PLANNER, "SJZ")
    browser = planned.sign_in("city")

    assert browser.get(f"/api/v1/scenarios/{code}").status_code == 404
    assert post(browser, "/run", {"scenario_code": code, "version": 1}).status_code == 404
