"""Stories told for the tests: the outbreak once and whole, as the demo tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reserve.commands import Runner
from reserve.db import Database
from seed.demo import DemoReport, run
from tests.reference_world import runner_on


@dataclass(frozen=True, slots=True)
class Told:
    """What the demo said, the stages it went through, and the books it left."""

    report: DemoReport
    stages: tuple[str, ...]
    path: Path
    runner: Runner


@pytest.fixture(scope="session")
def outbreak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The January 2021 outbreak, told from the declaration to the close on SQLite."""
    path = tmp_path_factory.mktemp("outbreak") / "drill.sqlite"
    stages: list[str] = []
    report = run(str(path), "outbreak-2021", progress=lambda stage, done, total: stages.append(stage))
    database = Database(f"sqlite:///{path}")
    yield Told(report, tuple(dict.fromkeys(stages)), path, runner_on(database))
    database.dispose()
