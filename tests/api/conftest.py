"""A small province behind real doors: accounts with passwords, each role ready to sign in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import logs
from api.app import create_app
from api.doors import Doors
from reserve.access.passwords import Passwords
from reserve.access.terms import Role
from reserve.clock import SystemClock
from reserve.commands import Runner
from reserve.db import Database
from reserve.settings import Settings
from tests.reserve.access.people import give, open_account, settle

logs.configure()  # as the server does; structlog's own tracebacks are slow and show local values

PASSWORD = "correct horse battery"
CHEAP = Settings(plain_http=False, argon2_memory_kib=8, argon2_time_cost=1)
HASH = Passwords(CHEAP).new_hash(PASSWORD, login="anybody")


@dataclass(frozen=True, slots=True)
class House:
    """The application and its accounts. Every role has an account of its name over the province."""

    app: FastAPI
    runner: Runner

    @property
    def doors(self) -> Doors:
        doors: Doors = self.app.state.doors
        return doors

    def visitor(self, language: str = "zh") -> TestClient:
        """A browser that nobody has signed in with."""
        return TestClient(self.app, base_url="https://reserve.test", headers={"Accept-Language": language})

    def open(self, login: str, role: Role | None = None, organisation_code: str = "130000", **values: object) -> None:
        with self.runner.database.writing() as session:
            values = {"password_hash": HASH, "is_one_time": False, **values}
            open_account(session, login, organisation_code, **values)
            if role is not None:
                give(session, login, role, organisation_code)
            session.commit()

    def sign_in(self, login: str, language: str = "zh") -> TestClient:
        """A signed-in browser that writes JSON: form token and a fresh request key come along by themselves."""
        client = self.visitor(language)
        answer = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client


@pytest.fixture
def house(database: Database) -> House:
    """Opened for real on real time: sessions live by it."""
    runner = Runner(database, SystemClock())
    with database.writing() as session:
        settle(session)
        session.commit()
    return House(create_app(runner, CHEAP), runner)


@pytest.fixture
def key() -> Callable[[], dict[str, str]]:
    """Headers with a new request key."""
    return lambda: {"Idempotency-Key": str(uuid4())}
