"""Every verb has a door, every door a row in the matrix of rights, and nobody passes without it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext

import reserve
from api.openapi import api_routes, rights_of
from reserve.access.rules import ROLE_PERMISSIONS
from reserve.access.terms import Role
from reserve.authority import Permission
from tests.api.conftest import House
from tests.api.message_ids import ROOT

Verb = Callable[..., object]

OPEN_ROUTES = {"POST /api/v1/sessions"}
"""Reached without sign-in."""
VERBS_OF_THE_HOUSE = {
    "sign_in": "the sign-in page and POST /sessions, which check the password first",
    "prove": "the pages that sign and POST /sessions/proof, which check the password first",
    "record_seen": "the web process itself",
    "set_up_installation": "whoever builds the database, once, at the machine itself",
    "record_plan": "the worker, with what the solver answered",
    "record_plan_failure": "the worker, when the solver has no answer",
    "record_study": "the worker, with what it worked out about a plan",
    "record_study_failure": "the worker, when a study has no answer",
}
"""Verbs that people reach by another door, or that only the system itself calls."""


def verbs() -> list[Verb]:
    """Every public function of the core that looks like a verb; what only looks first for one is none itself."""
    found: list[Verb] = []
    for module in pkgutil.walk_packages(reserve.__path__, "reserve."):
        loaded = importlib.import_module(module.name)
        for name, function in vars(loaded).items():
            if inspect.isfunction(function) and function.__module__ == module.name and not name.startswith("_"):
                names = list(inspect.signature(function).parameters)
                if names[:3] == ["session", "actor", "draft"] and {"now", "today"} <= set(names):
                    found.append(function)
    looks = {vars(verb)["look"] for verb in found if "look" in vars(verb)}
    return [verb for verb in found if verb not in looks]


def names_run_by_routes() -> set[str]:
    """Names of verbs that route files, or the desk of sheets for them, hand to the runner."""
    files = [path for folder in ("routes", "sheets") for path in (ROOT / "api" / folder).glob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r"(?:command\.(?:run|answer|run_real)|runner\.run|Step)\(\s*\w+\.(\w+)", text))


def routes(app: FastAPI) -> list[tuple[str, RouteContext]]:
    return [(f"{method} {route.path}", route) for route in api_routes(app) for method in sorted(route.methods or ())]


def roles_that_differ() -> list[Role]:
    """One role for each set of permissions."""
    first = {permissions: role for role, permissions in reversed(ROLE_PERMISSIONS.items())}
    return [role for role in first.values() if role is not Role.INSTALLER]


def test_every_verb_has_a_route() -> None:
    wanted = {verb.__name__ for verb in verbs()} - VERBS_OF_THE_HOUSE.keys()

    assert sorted(wanted - names_run_by_routes()) == []
    assert len(wanted) >= 70


def test_every_route_has_a_row_in_the_matrix_of_rights(house: House) -> None:
    without = {name for name, route in routes(house.app) if not rights_of(route)}

    assert without == OPEN_ROUTES


def test_every_permission_asked_for_is_held_by_some_role(house: House) -> None:
    held = {permission for permissions in ROLE_PERMISSIONS.values() for permission in permissions}
    asked = {each for _, route in routes(house.app) for need in rights_of(route) for each in need.permissions}

    assert sorted(asked - held) == []


def test_nobody_passes_without_sign_in(house: House) -> None:
    visitor = house.visitor()

    passed = [
        name
        for name, route in routes(house.app)
        if name not in OPEN_ROUTES and ask(visitor, name, route).status_code != 401
    ]

    assert passed == []


@pytest.mark.parametrize("role", roles_that_differ())
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # rights know no engine, and the walk is long
def test_each_role_passes_exactly_where_the_matrix_lets_it(house: House, role: Role) -> None:
    house.open("somebody", role, "130109")
    browser = house.sign_in("somebody")
    wrong = []

    for name, route in routes(house.app):
        if name in OPEN_ROUTES or name == "POST /api/v1/sessions/end":
            continue
        needed = [need.permissions for need in rights_of(route)]
        may_pass = all(not each or ROLE_PERMISSIONS[role] & set(each) for each in needed)
        answer = ask(browser, name, route)
        if (answer.status_code == 403) is may_pass or answer.status_code >= 500:
            wrong.append((name, answer.status_code, answer.text[:200]))

    assert wrong == []


def test_no_other_permission_is_asked_by_the_verb_than_by_its_route(house: House) -> None:
    """A route that asked for less would let people in only to send them away; one that asked for more would lock."""
    differing = []
    by_name = {verb.__name__: verb for verb in verbs()}
    for name, route in routes(house.app):
        source = inspect.getsource(route.endpoint) if route.endpoint else ""
        run = re.search(r"command\.(?:run|answer)\(\s*\w+\.(\w+)", source)
        if run is None or run.group(1) in ("change_password",):
            continue
        asked = re.findall(r"require\(actor, Permission\.(\w+)\)", inspect.getsource(by_name[run.group(1)]))
        declared = [each.name for need in rights_of(route) for each in need.permissions]
        if asked and declared != asked[:1]:
            differing.append((name, declared, asked))

    assert differing == []


def ask(browser: object, name: str, route: RouteContext) -> object:
    """Knock at a door: an empty body, a request key, unknown codes in the path."""
    method, path = name.split(" ")
    path = re.sub(r"\{\w+\}", "unknown", path)
    headers = {"Idempotency-Key": str(uuid4())}
    if method == "GET":
        return browser.get(path)  # type: ignore[attr-defined]
    return browser.post(path, json={}, headers=headers)  # type: ignore[attr-defined]


def test_a_wanted_permission_is_a_known_one() -> None:
    assert {permission for permissions in ROLE_PERMISSIONS.values() for permission in permissions} <= set(Permission)
