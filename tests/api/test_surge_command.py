"""``reserve surge`` on the reference world of the province."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from reserve.db import Database
from tests.reference_world import sqlite_copy

SUIT = "H2010201"
AT = "2021-01-05T08:00"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The world is only read, so all tests share one copy."""
    database = sqlite_copy(tmp_path_factory.mktemp("surge"))
    yield database
    database.dispose()


def surge(world: Database, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["surge", "--database", str(world.path), "--as-of", AT, "--lang", "en", *arguments])


def test_the_trap_of_the_sample_data_is_said_in_words(world: Database) -> None:
    told = surge(world, "--activate", "all", "--need", f"{SUIT}=60000", "--item", SUIT).stdout

    assert "68 lines are activated from day 0." in told
    assert "day 8–59: limited by M08 Seam-sealing tape" in told
    assert "12 m more of M08 Seam-sealing tape bring 1" in told
    assert "then M07 Laminated barrier fabric binds" in told


def test_a_machine_reads_the_same(world: Database) -> None:
    arguments = ("--activate", "all", "--need", f"{SUIT}=60000", "--item", SUIT, "--json")
    first, again = (json.loads(surge(world, *arguments).stdout) for _ in range(2))

    (item,) = first["items"]
    assert first == again
    assert [each["day"] for each in item["reachable"]] == [1, 3, 7, 14, 30]
    assert (item["needed"], item["short_from_day"], item["worths"][0]["material_code"]) == (3_600_000, 0, "M08")


def test_a_scenario_stands_beside_its_base(world: Database) -> None:
    changes = ("--activate", "PR006-L1", "--delay", "PR006-L1=2", "--add-material", "M07=100000@3")
    told = json.loads(surge(world, *changes, "--compare", "--item", SUIT, "--json").stdout)

    assert told["differences"] == [
        "Only the right: Line PR006-L1 is activated from day 0.",
        "Only the right: Line PR006-L1 begins 2 days later.",
        "Only the right: 100000 of M07 come in on day 3.",
    ]
    assert told["compared_with"]["items"][0]["issued"] == 0 < told["items"][0]["issued"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--activate", "NOPE"),
        ("--delay", "PR006-L1"),
        ("--add-material", "M07"),
        ("--need", "much"),
        ("--supply-share", "M08=5000"),
        ("--known-at", "yesterday"),
        ("--incident", "INC-0"),
    ],
)
def test_what_cannot_be_understood_is_refused(world: Database, arguments: tuple[str, ...]) -> None:
    assert surge(world, *arguments).exit_code == 2
