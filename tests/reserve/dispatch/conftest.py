"""The orders' world, on each engine in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reserve.clock import StoryClock
from reserve.commands import Runner
from tests.conftest import ENGINES
from tests.reserve.dispatch.orders_world import Office, build_orders_world
from tests.reserve.verify.worlds import BUILDERS, world

BUILDERS["orders"] = build_orders_world


@pytest.fixture(params=ENGINES)
def office(request: pytest.FixtureRequest, clock: StoryClock) -> Iterator[Office]:
    with world(request.param, "orders") as database:
        yield Office(Runner(database, clock), clock)
