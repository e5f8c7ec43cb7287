"""``docs/requirements.md`` is whole: every row is there once, and names only verbs, routes and tests that exist."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.app import PAGES
from api.cli.main import app as command_line
from api.routes import ROUTERS

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "requirements.md"
WANTED = [f"R{number:02}" for number in range(1, 79)] + [f"F{number:02}" for number in range(1, 95)]
ROW = re.compile(r"^\| (?P<id>[A-Z]\d+) \|(?P<cells>.*)\|$", re.MULTILINE)
STATE = re.compile(r"^(?P<word>whole|part: .{10,}|none: .{5,})$")
FILE_NUMBER = re.compile(r"(?<![\w/-])00\d(?![\w-])")
"""Documents are cited by their names, never by the number of a file."""
COUNTS = re.compile(r"^Of 172 rows (\d+) are whole, (\d+) in part, (\d+) not begun\.$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. ``doors`` and ``tests`` are what stands in backticks in their columns."""

    id: str
    what: str
    doors: tuple[str, ...]
    tests: tuple[str, ...]
    state: str

    @property
    def word(self) -> str:
        return self.state.partition(":")[0]


def rows_of(text: str) -> list[Row]:
    found = []
    for match in ROW.finditer(text):
        cells = [cell.strip() for cell in match["cells"].split("|")]
        assert len(cells) == 4, f"{match['id']}: {len(cells) + 1} columns"
        what, doors, tests, state = cells
        found.append(Row(match["id"], what, _quoted(doors), _quoted(tests), state))
    return found


def problems_of(text: str) -> Iterator[str]:
    """Everything wrong with the tables, one sentence each."""
    rows = rows_of(text)
    times = Counter(row.id for row in rows)
    yield from (f"{id_} is missing" for id_ in WANTED if not times[id_])
    yield from (f"{id_} is there {times[id_]} times" for id_ in times if times[id_] > 1)
    yield from (f"{id_} is no requirement" for id_ in times if id_ not in WANTED)
    for row in rows:
        yield from (f"{row.id}: {problem}" for problem in _row_problems(row))


def _row_problems(row: Row) -> Iterator[str]:
    if not row.what:
        yield "says nothing"
    if not STATE.match(row.state):
        yield f"the state is whole, or part or none with what is missing; found {row.state!r}"
    if row.word == "none":
        if row.tests:
            yield "what is not begun has no test"
    else:
        if not row.doors:
            yield f"{row.word} without a verb, route or page"
        if not row.tests:
            yield f"{row.word} without a test"
        if row.word == "whole" and row.doors and not any(_is_open_to_people(door) for door in row.doors):
            yield "whole without a route, page or command"
    yield from (f"no such verb, route or page: {door}" for door in row.doors if not _opens(door))
    yield from (f"no such test: {test}" for test in row.tests if not _stands(test))


def _quoted(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`([^`]+)`", cell))


def _opens(door: str) -> bool:
    """A route (``GET /orders``), a page (``/docs``), a command (``reserve demo``), or a dotted name to call."""
    return _is_open_to_people(door) or _imports(door)


def _is_open_to_people(door: str) -> bool:
    return door in _routes() or door in _commands()


@cache
def _routes() -> frozenset[str]:
    interface = {f"{method} {route.path}" for route in _endpoints(ROUTERS) for method in route.methods or ()}
    pages = {route.path for route in _endpoints(PAGES)}
    return frozenset(interface | pages)


def _endpoints(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    return (route for router in routers for route in router.routes if isinstance(route, APIRoute))


@cache
def _commands() -> frozenset[str]:
    names = [each.name or each.callback.__name__ for each in command_line.registered_commands if each.callback]
    return frozenset(f"reserve {name}" for name in (*names, *(each.name for each in command_line.registered_groups)))


def _imports(name: str) -> bool:
    if not re.fullmatch(r"(reserve|optimizer|api|seed)(\.\w+)+", name):
        return False
    module, parts = name, list[str]()
    while True:
        try:
            thing = import_module(module)
        except ModuleNotFoundError:
            module, _, last = module.rpartition(".")
            parts.insert(0, last)
            if not module:
                return False
            continue
        for part in parts:
            if not hasattr(thing, part):
                return False
            thing = getattr(thing, part)
        return callable(thing)


def _stands(test: str) -> bool:
    path, _, name = test.partition("::")
    return name in _tests_in(path)


@cache
def _tests_in(path: str) -> frozenset[str]:
    file = ROOT / path
    if not path.startswith("tests/") or not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return frozenset(name for name in names if name.startswith("test_"))


def test_every_row_is_there_once_and_names_what_exists() -> None:
    assert list(problems_of(PAGE.read_text(encoding="utf-8"))) == []


def test_documents_are_cited_by_name() -> None:
    assert FILE_NUMBER.findall(PAGE.read_text(encoding="utf-8")) == []
    assert FILE_NUMBER.findall("as 003 三(八) says, and (001)") == ["003", "001"]


def test_the_page_counts_its_rows_truly() -> None:
    text = PAGE.read_text(encoding="utf-8")
    words = Counter(row.word for row in rows_of(text))
    found = COUNTS.search(text)

    assert found is not None
    assert tuple(map(int, found.groups())) == (words["whole"], words["part"], words["none"])


GOOD = "`POST /receipts` | `tests/test_requirements.py::test_a_fault_of_the_page_is_named` | whole"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (f"| R01 | once | {GOOD} |\n| R01 | twice | {GOOD} |", "R01 is there 2 times"),
        (f"| R99 | of another plan | {GOOD} |", "R99 is no requirement"),
        (f"| R01 |  | {GOOD} |", "R01: says nothing"),
        (
            f"| R01 | done | {GOOD[:-5]}soon |",
            "R01: the state is whole, or part or none with what is missing; found 'soon'",
        ),
        ("| R01 | done | `reserve verify` | — | whole |", "R01: whole without a test"),
        (f"| R01 | done | — | {GOOD.split('|')[1]} | whole |", "R01: whole without a verb, route or page"),
        (
            "| R01 | done | `reserve.stock.service.conjure` | — | none: not begun |",
            "R01: no such verb, route or page: reserve.stock.service.conjure",
        ),
        ("| R01 | done | `POST /wishes` | — | none: not begun |", "R01: no such verb, route or page: POST /wishes"),
        (
            "| R01 | done | `/docs` | `tests/test_requirements.py::test_nothing` | whole |",
            "R01: no such test: tests/test_requirements.py::test_nothing",
        ),
        (f"| R01 | done | — | {GOOD.split('|')[1]} | none: not begun |", "R01: what is not begun has no test"),
        (
            f"| R01 | done | `reserve.stock.service.receive` | {GOOD.split('|')[1]} | whole |",
            "R01: whole without a route, page or command",
        ),
        (
            "| R01 | done | `reserve.stock.service` | — | none: not begun |",
            "R01: no such verb, route or page: reserve.stock.service",
        ),
        (
            f"| R01 | done | `POST /receipts` | {GOOD.split('|')[1]} | part |",
            "R01: the state is whole, or part or none with what is missing; found 'part'",
        ),
    ],
)
def test_a_fault_of_the_page_is_named(row: str, problem: str) -> None:
    assert problem in list(problems_of(row))


def test_a_missing_row_is_named() -> None:
    assert "F94 is missing" in list(problems_of(f"| F93 | requisition | {GOOD} |"))
