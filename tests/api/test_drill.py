from datetime import UTC, datetime, timedelta

import pytest

from api.app import create_app
from api.cli.opening import clock_of
from reserve.access.terms import Role
from reserve.clock import SystemClock
from reserve.commands import Runner
from reserve.db import Database
from reserve.organisations.models import Installation
from tests.api.conftest import CHEAP, House
from tests.reserve.access.people import settle

STORY_ENDS_AT = datetime(2021, 1, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def drill(database: Database) -> House:
    with database.writing() as session:
        settle(session)
        session.add(
            Installation(
                id=1,
                is_drill=True,
                title_zh="藁城演练",
                title_en="Gaocheng drill",
                created_at=datetime.now(UTC),
                story_ends_at=STORY_ENDS_AT,
            )
        )
        session.commit()
    runner = Runner(database, clock_of(database))
    return House(create_app(runner, CHEAP), runner)


def test_a_drill_goes_on_from_the_last_instant_of_its_story(drill: House) -> None:
    now = drill.runner.clock.now()

    assert STORY_ENDS_AT <= now < STORY_ENDS_AT + timedelta(minutes=1)


def test_every_page_of_a_drill_says_so_with_the_day_of_the_story(drill: House) -> None:
    drill.open("li", Role.PLANNER)
    browser = drill.sign_in("li")

    for path in ("/sign-in", "/", "/password", "/docs", "/nothing"):
        text = browser.get(path).text
        assert "演练" in text
        assert "2021-01-20" in text


def test_sessions_of_a_drill_live_on_real_time(drill: House) -> None:
    drill.open("li", Role.PLANNER)
    browser = drill.sign_in("li")

    assert browser.get("/api/v1/me").status_code == 200
    assert browser.get("/api/v1/me").json()["account"]["created_at"].startswith("2026-03-01")


def test_a_real_installation_runs_on_real_time_and_shows_no_drill(house: House) -> None:
    assert isinstance(clock_of(house.runner.database), SystemClock)
    assert "演练" not in house.visitor().get("/sign-in").text
