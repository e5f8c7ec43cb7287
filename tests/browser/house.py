"""A house to walk through with a real browser: Hebei's reference world behind a server on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from api.app import create_app
from reserve.access import service as access
from reserve.access.passwords import Passwords
from reserve.access.rules import INSTALLER
from reserve.access.terms import GrantDraft, Role, UserDraft
from reserve.clock import local_day
from reserve.commands import Runner
from reserve.settings import Settings
from tests.reference_world import runner_on, sqlite_copy

PASSWORD = "correct horse battery"
SETTINGS = Settings(plain_http=True, argon2_memory_kib=8, argon2_time_cost=1)

PEOPLE = (
    ("keeper", "库里的人(示例)", "WH-P01", Role.KEEPER, "WH-P01"),
    ("colleague", "同班保管员(示例)", "WH-P01", Role.KEEPER, "WH-P01"),
    ("planner", "调拨岗(示例)", "ED-130000", Role.PLANNER, "130000"),
    ("member", "应急委成员(示例)", "EC-130000", Role.PROVINCIAL_COMMISSION_MEMBER, "130000"),
    ("auditor", "审计(示例)", "130000", Role.AUDITOR, "130000"),
    ("security", "安全管理员(示例)", "130000", Role.SECURITY_OFFICER, "130000"),
    ("gaocheng", "藁城计划员(示例)", "ED-130109", Role.PLANNER, "130109"),
)
"""Login, name, organisation, role, and over which organisation."""


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its address, and the runner behind it for tests that prepare or look up something."""

    address: str
    runner: Runner


def open_accounts(runner: Runner) -> None:
    """Everybody in PEOPLE, ready to sign in with PASSWORD."""
    now = runner.clock.now()
    times = {"now": now, "today": local_day(now)}
    with runner.database.writing() as session:
        for login, name, organisation, role, over in PEOPLE:
            draft = UserDraft(
                login=login,
                display_name_zh=name,
                organisation_code=organisation,
                password_hash=Passwords(SETTINGS).new_hash(PASSWORD, login=login),
                is_one_time=False,
            )
            access.add_user(session, INSTALLER, draft, **times)
            grant = GrantDraft(login=login, role=role, organisation_code=over)
            access.grant_role(session, INSTALLER, grant, **times)
        session.commit()


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """A server in a thread of its own, on a port that was free; stopped and closed afterwards."""
    database = sqlite_copy(folder)
    runner = runner_on(database)
    open_accounts(runner)
    with serving_on(runner) as served:
        yield served
    database.dispose()


@contextmanager
def serving_on(runner: Runner) -> Iterator[Served]:
    """A server on a world of somebody's making."""
    listening = socket.create_server(("127.0.0.1", 0))
    app = create_app(runner, SETTINGS)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", runner)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
