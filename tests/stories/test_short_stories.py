"""Stories cut short: the first days on PostgreSQL, and the flood; refusals of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from reserve import verify
from reserve.clock import StoryClock
from reserve.db import Database
from reserve.errors import InvalidInput
from reserve.papers import queries as paper_queries
from reserve.papers.terms import DocumentKind
from seed.demo import run
from seed.hebei import World
from seed.replay import Stage
from seed.report import StoryReport, report_on
from seed.stories import FLOOD, OUTBREAK, tell
from seed.story import Story
from tests.reference_world import postgresql_copy, runner_on, sqlite_copy

pytestmark = pytest.mark.xdist_group("reference_world")


def cut_short(story: Story, days: int) -> Story:
    """The first days of a story; nothing is produced, for no lot would be released in time."""
    return replace(story, closed_on=story.declared_on + timedelta(days=days), activations=())


def told(database: Database, story: Story) -> StoryReport:
    runner = runner_on(database, World(story.opened_on, story.incident_code))
    assert isinstance(runner.clock, StoryClock)
    tell(story, Stage(runner, runner.clock))
    return runner.ask(report_on, story)


@pytest.fixture
def postgresql() -> Iterator[Database]:
    with postgresql_copy() as database:
        yield database


def test_the_outbreak_on_postgresql_leaves_clean_books(postgresql: Database) -> None:
    tables = told(postgresql, cut_short(OUTBREAK, 2))

    assert tables.counts.orders > 20
    assert verify.run(postgresql, level="full").findings == []


def test_the_flood_is_asked_for_by_28_counties_and_leaves_clean_books(tmp_path: Path) -> None:
    database = sqlite_copy(tmp_path, World(FLOOD.opened_on, FLOOD.incident_code))

    tables = told(database, cut_short(FLOOD, 2))

    def requests(session: Session) -> int:
        return len(paper_queries.list_documents(session, kind=DocumentKind.REQUEST, limit=100))

    assert runner_on(database).ask(requests) == 28
    beds = [row for row in tables.fill if row.item.code == "H1030201"]
    assert sum(row.received for row in beds) > 100_000
    assert {row.item.code for row in tables.unmet} == {"H2090202"}  # lamps: agreed with suppliers, none in store
    assert verify.run(database, level="full").findings == []
    database.dispose()


def test_an_unknown_story_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "drill.sqlite"

    with pytest.raises(InvalidInput) as refusal:
        run(str(path), "outbreak-2020")

    assert refusal.value.problems[0].expected == "flood-2023 / outbreak-2021"
    assert not path.exists()
