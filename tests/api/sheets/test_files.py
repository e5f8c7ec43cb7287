"""Whole files: read in every lawful form, refused before anything is parsed in every other."""

from __future__ import annotations

import pytest

from api.sheets.apart import SheetRefused, read_apart
from api.sheets.reading import answer
from tests.api.sheets.files import GOOD, HEAD, book_of, csv_of, refused_whole

REFUSED = list(refused_whole())


@pytest.mark.parametrize(("name", "content", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_malformed_file_is_refused_as_a_whole(name: str, content: bytes, code: str) -> None:
    told = answer(name, content)

    assert told.get("refused") == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_is_read_in_the_encodings_and_separators_in_use(encoding: str, separator: str) -> None:
    told = answer("a.csv", csv_of(GOOD, encoding=encoding, separator=separator))

    (sheet,) = told["sheets"]
    assert sheet["rows"][0] == [1, list(HEAD)]
    assert sheet["rows"][1] == [2, [str(cell) for cell in GOOD]]


def test_a_workbook_keeps_rows_where_they_stand_and_marks_formulas() -> None:
    told = answer("a.xlsx", book_of((), (), ("W1", "=1+1", 5, True)))

    assert told["sheets"][0]["rows"][1] == [4, ["W1", ["formula", ""], 5, ["yes", True], None, None, None, None]]


def test_a_process_of_its_own_reads_and_refuses() -> None:
    (sheet,) = read_apart("C:\\stock\\期初.csv", csv_of(GOOD))

    assert (sheet.name, len(sheet.rows)) == ("CSV", 2)
    with pytest.raises(SheetRefused) as refusal:
        read_apart("a.xlsx", csv_of(GOOD))
    assert (refusal.value.code, refusal.value.facts) == ("sheet_not_what_it_says", {"found": ".xlsx"})


def test_there_are_sixty_kinds_of_malformed_sheets_and_more() -> None:
    from tests.api.sheets.files import FAULTY_CELLS

    assert len(REFUSED) + len(FAULTY_CELLS) >= 60
