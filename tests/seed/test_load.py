"""Reading tables: cells become values, faults name their place."""

from fractions import Fraction

import pytest

from reserve.errors import InvalidInput
from reserve.stock.terms import FloorKind
from seed.load import Row, read_text


def row(**cells: str) -> Row:
    return Row(cells)


def test_kilograms_are_read_as_grams() -> None:
    assert row(weight="2.5").whole("weight", per_unit=1000) == 2500


def test_list_cells_come_apart_in_the_order_written() -> None:
    assert row(tags="flood; mine;").words("tags") == ("flood", "mine")
    assert row(lots="0.2:0.15;0.8:1").number_pairs("lots") == (
        (Fraction(1, 5), Fraction(3, 20)),
        (Fraction(4, 5), Fraction(1)),
    )


@pytest.mark.parametrize(
    ("cell", "read_cell", "expected"),
    [
        ("x12", lambda found: found.whole("c"), "a decimal number"),
        ("1.5", lambda found: found.whole("c"), "a whole number of 1/1"),
        ("0.0005", lambda found: found.whole("c", per_unit=1000), "a whole number of 1/1000"),
        ("yes", lambda found: found.flag("c"), "0 or 1"),
        ("5 January", lambda found: found.day("c"), "a day like 2021-01-05"),
        ("", lambda found: found.text("c"), "a text"),
        ("tactical", lambda found: found.one_of("c", FloorKind), "readiness / operating / strategic"),
        ("a:b", lambda found: found.pairs("c"), "pairs like 0.2:0.15;0.8:0.5"),
    ],
)
def test_a_fault_names_file_row_column_expected_and_found(cell: str, read_cell, expected: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_text("floors.csv", f'a,c\n1,"{cell}"\n', read_cell)

    (problem,) = refusal.value.problems
    assert (problem.field, problem.row, problem.expected, problem.found) == ("floors.csv.c", 2, expected, cell)


def test_every_faulty_row_is_listed_at_once() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_text("fleets.csv", "vehicles\n1\nmany\n3\nfew\n", lambda found: found.whole("vehicles"))

    assert [(problem.row, problem.found) for problem in refusal.value.problems] == [(3, "many"), (5, "few")]


def test_a_missing_column_is_a_fault_of_the_row() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_text("packs.csv", "item_code\nH1\n", lambda found: found.whole("units"))

    assert refusal.value.problems[0].field == "packs.csv.units"
