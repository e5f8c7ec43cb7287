"""Each planted fault is found and named; the same world without it is clean."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reserve.db import Database
from reserve.verify import LAWS, run
from reserve.verify.books import Books
from tests.planting import forget_uniqueness, passing, plant
from tests.reserve.verify.plants import PLANTS, Plant
from tests.reserve.verify.worlds import ENGINES, world

CASES = [(engine, each) for engine in ENGINES for each in PLANTS if each.engine in ("", engine)]


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[str, Database]]:
    """One rich world for each engine; every fault in it is rolled back."""
    with world("sqlite", "rich") as sqlite, world("postgresql", "rich") as postgresql:
        yield {"sqlite": sqlite, "postgresql": postgresql}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_world_without_a_fault_is_clean(worlds: dict[str, Database], engine: str) -> None:
    report = run(worlds[engine], level="full")

    assert [(each.law, each.code, each.en) for each in report.findings] == []
    assert list(report.laws) == list(LAWS)


@pytest.mark.parametrize(("engine", "fault"), CASES, ids=[f"{engine}: {each}" for engine, each in CASES])
def test_a_planted_fault_is_found_and_named(worlds: dict[str, Database], engine: str, fault: Plant) -> None:
    with passing(worlds[engine]) as connection:
        if fault.without_uniqueness:
            forget_uniqueness(connection, fault.without_uniqueness)
        plant(connection, *fault.statements)
        findings = list(LAWS[fault.law](Books(connection)))

    assert fault.code in {each.code for each in findings}
    assert {each.law for each in findings} == {fault.law}
    named = next(each for each in findings if each.code == fault.code)
    assert named.rows
    assert all((named.zh, named.en, named.todo_zh, named.todo_en))


def test_every_law_has_a_planted_fault() -> None:
    assert LAWS.keys() - {each.law for each in PLANTS} == {"S01"}  # S01: test_schema.py
