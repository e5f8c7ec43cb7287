"""64 clients at a page, at questions and at a write: the server never answers with a fault of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import uvicorn
from fastapi import Depends, FastAPI
from sqlalchemy.engine import Connection, Engine

from tests.faults.conftest import House, goods, issue
from tests.faults.rig import CLIENTS, Client, Reply, Size, at_once, free_port, no_trouble, statuses
from tests.small_world import MASK

PAGES = ["/", f"/api/v1/items/{MASK}/stock", "/sign-in", f"/api/v1/items/{MASK}/ladder", "/ready"]


def test_readers_and_writers_together_see_no_fault(house: House, size: Size) -> None:
    rounds = size.calls // (8 * CLIENTS)
    house.receive("read", CLIENTS * rounds)
    reads: list[Reply] = []
    writes: list[Reply] = []

    def visit(number: int) -> None:
        with house.client() as client:
            for turn in range(rounds):
                reads.append(client.get(PAGES[(number + turn) % len(PAGES)]))
                writes.append(client.post("/api/v1/issues", issue(goods("read"))))

    at_once(CLIENTS, visit)

    no_trouble(reads + writes, house.server)
    assert statuses(reads) == {200: CLIENTS * rounds}
    assert statuses(writes) == {201: CLIENTS * rounds}
    assert house.stand("read") == (0, 0)
    assert house.proved().findings == []


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """An application behind a real socket, in a thread of this process."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield port
    server.should_exit = True
    thread.join()


def test_control_a_connection_held_by_a_dependency_stalls(scratch: Engine) -> None:
    """The usual recipe, a session as a dependency of the route: taken in one thread hop, awaited in another."""
    engine = sa.create_engine(scratch.url, pool_size=4, max_overflow=0, pool_timeout=1)
    app = FastAPI()

    def read_connection() -> Iterator[Connection]:
        with engine.connect() as connection:
            yield connection

    taken: Connection = Depends(read_connection)

    @app.get("/")
    def page(connection: Connection = taken) -> int:
        return int(connection.exec_driver_sql("SELECT 1").scalar_one())

    replies: list[Reply] = []
    with served(app) as port:

        def visit(number: int) -> None:
            with Client(port, "") as client:
                replies.extend(client.get("/") for _ in range(3))

        at_once(CLIENTS, visit)
    engine.dispose()

    assert any(reply.status >= 500 or reply.status == 0 for reply in replies), statuses(replies)
