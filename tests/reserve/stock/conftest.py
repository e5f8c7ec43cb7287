"""The small world, on each engine in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reserve.clock import StoryClock
from reserve.commands import Runner
from tests.conftest import ENGINES
from tests.reserve.stock.shelves import Shelves
from tests.reserve.verify.worlds import world


@pytest.fixture(params=ENGINES)
def shelves(request: pytest.FixtureRequest, clock: StoryClock) -> Iterator[Shelves]:
    with world(request.param, "small") as database:
        yield Shelves(Runner(database, clock), clock)
