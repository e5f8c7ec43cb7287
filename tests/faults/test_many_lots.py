"""Papers over four random lots of twenty, from every side at once: no deadlock, nothing half done."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from tests.databases import owner_url
from tests.faults.conftest import House, goods, hold, issue
from tests.faults.rig import Reply, Size, at_once, no_trouble, statuses

LOTS = [f"many{number:02d}" for number in range(20)]
WORKERS = 16


def deadlocks(database: Any) -> int:
    """What the server's own statistics count."""
    engine = sa.create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        time.sleep(1.2)  # other sessions report when they are idle for a second
        sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        found = int(connection.exec_driver_sql(sql).scalar_one())
    engine.dispose()
    return found


def test_papers_over_many_lots_never_deadlock(house: House, size: Size) -> None:
    each = size.calls // (8 * WORKERS)
    for lot in LOTS:
        house.receive(lot, 4 * WORKERS * each)
    before = deadlocks(owner_url(house.name)) if house.name else 0
    replies: list[Reply] = []

    def work(number: int) -> None:
        """Hold, issue and move four lots each, in an order of one's own, to and from the same shelves."""
        chance = random.Random(number)
        with house.client() as client:
            for _ in range(each):
                lines = [goods(lot) for lot in chance.sample(LOTS, 4)]
                kind = chance.choice(["holds", "issues", "transfers"])
                replies.append(client.post(f"/api/v1/{kind}", BODIES[kind](lines)))

    at_once(WORKERS, work)

    no_trouble(replies, house.server)
    assert statuses(replies) == {201: WORKERS * each}
    assert (deadlocks(owner_url(house.name)) if house.name else 0) == before
    assert house.proved().findings == []


def move(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "from_site": "W1",
        "to_site": "W2",
        "lines": [{**line, "from_bin": "A1", "to_bin": "A1"} for line in lines],
        "reason": "space",
    }


BODIES: dict[str, Callable[[list[dict[str, Any]]], dict[str, Any]]] = {
    "holds": lambda lines: hold(*lines),
    "issues": lambda lines: issue(*lines),
    "transfers": move,
}


def test_control_locks_in_any_order_deadlock_or_collide(scratch: Engine) -> None:
    """PostgreSQL counts deadlocks; SQLite, begun the ordinary way, says that it is locked."""
    with scratch.begin() as connection:
        connection.execute(sa.text("CREATE TABLE lot (id bigint PRIMARY KEY, held bigint)"))
        for number in range(4):
            connection.execute(sa.text("INSERT INTO lot VALUES (:id, 0)"), {"id": number})
    refused: list[str] = []

    def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(3):
            with scratch.connect() as connection:
                try:
                    if scratch.dialect.name == "sqlite":
                        connection.exec_driver_sql("BEGIN")
                        connection.exec_driver_sql("SELECT * FROM lot").all()
                    for lot in chance.sample(range(4), 3):
                        connection.execute(sa.text("UPDATE lot SET held = held + 1 WHERE id = :id"), {"id": lot})
                        time.sleep(0.01)
                    connection.commit()
                except OperationalError as error:
                    refused.append(str(error.orig))

    at_once(5, work)

    assert any("deadlock detected" in text or "database is locked" in text for text in refused)
