import csv
from importlib.resources import files

import pytest

from reserve.pinyin import found_by_initials, initials_of


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("石家庄市", "sjz"),
        ("藁城区", "gc"),
        ("医用外科口罩", "kz"),
        ("医用外科口罩", "YYWK"),
        ("长安区", "ca"),
        ("KN95口罩", "kn95k"),
    ],
)
def test_a_name_is_found_by_the_initials_of_characters_that_follow_each_other(name: str, typed: str) -> None:
    assert found_by_initials(name, typed)


@pytest.mark.parametrize(("name", "typed"), [("石家庄市", "szs"), ("口罩", "kzz"), ("(示例)", "x")])
def test_other_letters_find_nothing(name: str, typed: str) -> None:
    assert not found_by_initials(name, typed)


def test_every_character_in_the_names_of_our_data_can_be_typed() -> None:
    names = [
        row["name_zh"]
        for table in ("items", "warehouses", "hospitals", "receiving_points", "regions")
        for row in csv.DictReader((files("seed") / "data" / f"{table}.csv").read_text(encoding="utf-8").splitlines())
    ]
    letters = {character for name in names for character in name if "一" <= character <= "鿿"}

    assert sorted(character for character in letters if not initials_of(character)) == []
