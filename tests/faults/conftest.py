"""One started server for each engine, with the small world and one token that may keep and plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from reserve.access.models import ApiToken
from reserve.access.rules import secret_hash
from reserve.access.terms import Role
from reserve.clock import SystemClock
from reserve.commands import Runner
from reserve.db import Database
from reserve.verify import Report
from reserve.verify import run as verify
from tests.conftest import ENGINES
from tests.databases import APP_ROLE, administer, app_url, new_postgresql, new_sqlite, owner_url
from tests.faults.rig import SIZES, Client, Server, Size
from tests.ledger_text import book
from tests.reserve.access.people import give, open_account
from tests.small_world import MASK, build

TOKEN = "jb_fault_tests"
FAR = "2999-12-31"


@dataclass(slots=True)
class House:
    """A server, its database, and a way to look into the books beside it."""

    server: Server
    database: Database
    name: str
    """Of the database on PostgreSQL; empty on SQLite."""

    def client(self) -> Client:
        return Client(self.server.port, TOKEN)

    def proved(self) -> Report:
        """The books, proved in full while the server runs."""
        return verify(self.database, level="full")

    def number(self, sql: str) -> int:
        with self.database.read.connect() as connection:
            return int(connection.exec_driver_sql(sql).scalar() or 0)

    def stand(self, lot: str) -> tuple[int, int]:
        """(on hand, held) of a lot on the shelf of W1."""
        sql = sa.text("""
            SELECT x.on_hand, x.held FROM stock_balance x JOIN stock_lot l ON l.id = x.lot_id
            JOIN stock_account a ON a.id = x.account_id JOIN bin b ON b.id = a.bin_id
            WHERE l.code = :lot AND b.place = 'W1' AND b.code = 'A1'""")
        with self.database.read.connect() as connection:
            row = connection.execute(sql, {"lot": lot}).one()
        return row.on_hand, row.held

    def receive(self, lot: str, quantity: int) -> None:
        """Bring goods in by the interface."""
        label = {"item_code": MASK, "code": lot, "expires_on": FAR}
        body = {
            "site_code": "W1",
            "owner_code": "PB",
            "fund": "provincial",
            "supplier_code": "MAKER",
            "lines": [{"lot": label, "accepted": quantity}],
        }
        with self.client() as client:
            reply = client.post("/api/v1/receipts", body)
        assert reply.status == 201, reply.body + self.server.log.read_bytes()[-3000:]


def goods(lot: str, quantity: int = 1) -> dict[str, Any]:
    return {
        "lot_ref": {"item_code": MASK, "code": lot},
        "owner_code": "PB",
        "fund": "provincial",
        "quantity": quantity,
    }


def issue(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"site_code": "W1", "lines": list(lines), "receiver_code": "H1", "reason": "use"}


def hold(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"site_code": "W1", "lines": list(lines), "mode": "all_or_nothing", "reason": "rotation"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long size takes longer than the suite's own limit for one test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(3600))


@pytest.fixture(scope="session")
def size(request: pytest.FixtureRequest) -> Size:
    return SIZES[request.config.getoption("--faults")]


@contextmanager
def open_house(engine: str, folder: Path) -> Iterator[House]:
    """A database of its own, migrated and settled, with the server started on it."""
    with ExitStack() as stack:
        name, environment = "", {"RESERVE_APP_ROLE": APP_ROLE, "RESERVE_LANG": "en"}
        if engine == "sqlite":
            environment["RESERVE_DATABASE_URL"] = new_sqlite(folder)
        else:
            name = stack.enter_context(new_postgresql())
            environment["RESERVE_DATABASE_URL"] = app_url(name).render_as_string(hide_password=False)
            environment["RESERVE_OWNER_DATABASE_URL"] = owner_url(name).render_as_string(hide_password=False)
        database = Database(environment["RESERVE_DATABASE_URL"], pool_size=2)
        stack.callback(database.dispose)
        settle(database)
        server = Server(environment, folder / "server.log")
        server.run("migrate")
        server.start()
        stack.callback(server.stop)
        yield House(server, database, name)


@pytest.fixture(scope="session")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], House]]:
    """A server for each engine, started when first asked for; a test that kills it starts it again."""
    with ExitStack() as stack:

        @cache
        def open_one(engine: str) -> House:
            return stack.enter_context(open_house(engine, tmp_path_factory.mktemp(engine)))

        yield open_one


@pytest.fixture(params=ENGINES)
def house(request: pytest.FixtureRequest, houses: Callable[[str], House]) -> House:
    return houses(request.param)


def settle(database: Database) -> None:
    """The small world, a first lot, and one account with a token."""
    runner = Runner(database, SystemClock())
    build(runner)
    book(runner, f"now  receive  1  lot 0/{FAR}  SUPPLIER -> A1")
    now = SystemClock().now()
    with database.writing() as session:
        user = open_account(session, "fault", "PB", is_one_time=False)
        for role in (Role.KEEPER, Role.PLANNER):
            give(session, "fault", role, "PB")
        token = ApiToken(
            secret_hash=secret_hash(TOKEN),
            user_id=user.id,
            name="fault",
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        session.add(token)
        session.commit()


@pytest.fixture(params=ENGINES)
def scratch(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine as it comes out of the box, on an empty database: what the negative controls run on."""
    if request.param == "sqlite":
        engine = sa.create_engine(
            f"sqlite:///{tmp_path / 'scratch.sqlite'}", connect_args={"timeout": 30}, pool_size=64
        )
        yield engine
        engine.dispose()
        return
    name = f"jibei_scratch_{tmp_path.name.replace('-', '_')}".lower()
    administer(f'CREATE DATABASE "{name}"')
    engine = sa.create_engine(owner_url(name), pool_size=20, max_overflow=0)
    yield engine
    engine.dispose()
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')
