"""What a column holds and how a cell becomes a value of it, or a finding that says what would have been accepted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from api.i18n import Language, text_in
from reserve.clock import LOCAL
from reserve.errors import Problem

EXCEL_DAY_0 = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
"""Numbers that are days in a spreadsheet program: 1954 to 2119."""
MAX_EXACT = 10**15
"""Numbers of a spreadsheet are exact below this; longer codes lose their last digits."""
ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
SOLID_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
BACKWARD_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
WITH_UNIT = re.compile(r"([\d,.]+)\s*([^\d\s,.].*)")


class Form(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    CODE = "code"
    WHOLE = "whole"
    NUMBER = "number"
    DAY = "day"
    INSTANT = "instant"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CODES = "codes"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name of the field, its heading (English message id), what stands there."""

    name: str
    heading: str
    form: Form = Form.TEXT
    required: bool = False
    choices: tuple[StrEnum, ...] = ()
    example: str = ""
    codes_of: str = ""
    """Which list of known codes fills it: item, site, organisation."""

    def headings(self) -> set[str]:
        """Every way in which this column may be headed, folded."""
        return {folded(self.name), *(folded(text_in(language).say(self.heading)) for language in Language)}


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be taken: the problem, and what to write instead where that is known."""

    code: str
    expected: str
    found: str
    suggestion: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def problem(self, field: str, row: int) -> Problem:
        return Problem(self.code, field, self.expected, self.found, row, self.facts)


def folded(text: str) -> str:
    """A heading as it is compared: width, case, spaces and the star of required columns do not matter."""
    return re.sub(r"[\s*＊:：]", "", unicodedata.normalize("NFKC", text)).casefold()


def value_of(column: Column, cell: Any) -> Any:
    """The value of a cell, None for an empty one, or a Fault."""
    if cell is None:
        return Fault("cell_missing", "a value", "") if column.required else None
    if isinstance(cell, list) and cell[0] == "formula":
        return Fault("cell_formula", "a value, not a formula", str(cell[1]), str(cell[1]))
    if cell in ERRORS or (isinstance(cell, list) and cell[0] == "error"):
        return Fault("cell_error", "a value", cell if isinstance(cell, str) else "#")
    if isinstance(cell, str) and len(cell) > 500:
        return Fault("too_long", "at most 500 characters", f"{cell[:40]}…")
    return _READERS[column.form](column, cell)


def _shown(cell: Any) -> str:
    if isinstance(cell, list):
        return str(cell[1])
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() and abs(cell) < MAX_EXACT else str(cell)


def _text(column: Column, cell: Any) -> Any:
    if isinstance(cell, float | int):
        if abs(cell) >= MAX_EXACT:
            return Fault("cell_digits_lost", "a cell formatted as text", f"{cell:.0f}")
        return _shown(cell)
    if isinstance(cell, list):
        return Fault("cell_not_text", "a text", str(cell[1]), str(cell[1]) if cell[0] != "other" else "")
    if any(unicodedata.category(letter) == "Cc" for letter in cell):
        clean = " ".join("".join(" " if unicodedata.category(x) == "Cc" else x for x in cell).split())
        return Fault("cell_control_character", "one line of text", clean, clean)
    return cell


def _code(column: Column, cell: Any) -> Any:
    text = _text(column, cell)
    if isinstance(text, Fault):
        return text
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"\d+(\.\d+)?[eE]\+\d+", plain):
        return Fault("cell_digits_lost", "a cell formatted as text", plain)
    if isinstance(cell, float) and not cell.is_integer():
        return Fault("cell_not_code", "a code", text)
    return plain


def _codes(column: Column, cell: Any) -> Any:
    text = _text(column, cell)
    return text if isinstance(text, Fault) else tuple(part for part in re.split(r"[;；,，、\s]+", text) if part)


def _whole(column: Column, cell: Any) -> Any:
    expected = "a whole number without unit"
    if isinstance(cell, list):
        return Fault("cell_not_number", expected, str(cell[1]))
    if isinstance(cell, float | int):
        if cell != cell or abs(cell) >= MAX_EXACT:
            return Fault("cell_not_number", expected, str(cell))
        if cell != int(cell):
            return Fault("cell_not_whole", expected, str(cell), str(round(cell)))
        return int(cell)
    text = unicodedata.normalize("NFKC", cell).strip()
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
        return Fault("cell_not_number", expected, cell, text.replace(",", ""))
    if match := WITH_UNIT.fullmatch(text):
        return Fault("cell_with_unit", expected, cell, facts={"unit": match.group(2)})
    if re.fullmatch(r"-?\d+\.\d+", text):
        return Fault("cell_not_whole", expected, cell, text.split(".")[0] if float(text).is_integer() else "")
    return Fault("cell_not_number", expected, cell)


def _number(column: Column, cell: Any) -> Any:
    if isinstance(cell, float | int) and cell == cell:
        return float(cell)
    text = unicodedata.normalize("NFKC", cell).strip() if isinstance(cell, str) else ""
    if re.fullmatch(r"-?\d{1,9}(\.\d{1,12})?", text):
        return float(text)
    return Fault("cell_not_number", "a number", _shown(cell))


def _day(column: Column, cell: Any) -> Any:
    expected = "a day like 2021-01-05"
    if isinstance(cell, list):
        if cell[0] == "day" or (cell[0] == "instant" and cell[1].endswith("T00:00:00")):
            return date.fromisoformat(cell[1][:10])
        return Fault("cell_not_day", expected, str(cell[1]), str(cell[1])[:10] if cell[0] == "instant" else "")
    if isinstance(cell, float | int):
        if FIRST_SERIAL <= cell <= LAST_SERIAL:
            return Fault("cell_day_as_number", expected, _shown(cell), str(EXCEL_DAY_0 + timedelta(days=int(cell))))
        text = _shown(cell)
    else:
        text = unicodedata.normalize("NFKC", cell).strip()
    if match := DAY.fullmatch(text) or SOLID_DAY.fullmatch(text):
        found = _calendar(*(int(part) for part in match.groups()))
        return found or Fault("cell_no_such_day", expected, text)
    return Fault("cell_not_day", expected, text, _likely_day(text))


def _likely_day(text: str) -> str:
    """What was probably meant, where only one reading is possible."""
    if (match := MONTH.fullmatch(text)) and 1 <= int(match.group(2)) <= 12:
        year, month = int(match.group(1)), int(match.group(2))
        return str(date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1))
    if match := BACKWARD_DAY.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        meant = {_calendar(year, second, first), _calendar(year, first, second)} - {None}
        return str(meant.pop()) if len(meant) == 1 else ""
    return ""


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _instant(column: Column, cell: Any) -> Any:
    """A wall-clock time in Hebei; a day alone means its first minute."""
    expected = "a time like 2021-01-05 08:30"
    if isinstance(cell, list) and cell[0] == "instant":
        return datetime.fromisoformat(cell[1]).replace(tzinfo=LOCAL)
    text = unicodedata.normalize("NFKC", cell).strip() if isinstance(cell, str) else ""
    day_text, _, clock = text.replace("T", " ").partition(" ")
    day = _day(column, day_text if text else cell)
    if isinstance(day, Fault):
        return Fault(day.code if text == "" else "cell_not_time", expected, _shown(cell), day.suggestion)
    hour = CLOCK.fullmatch(clock.strip()) if clock else None
    if clock and (hour is None or int(hour.group(1)) > 23 or int(hour.group(2)) > 59 or int(hour.group(3) or 0) > 59):
        return Fault("cell_not_time", expected, text)
    hours, minutes, seconds = (int(part or 0) for part in hour.groups()) if hour else (0, 0, 0)
    return datetime(day.year, day.month, day.day, hours, minutes, seconds, tzinfo=LOCAL)


def _yes_no(column: Column, cell: Any) -> Any:
    if isinstance(cell, list) and cell[0] == "yes":
        return cell[1]
    found = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}
    answer = found.get(_shown(cell).strip().casefold())
    return Fault("not_yes_or_no", "yes or no", _shown(cell)) if answer is None else answer


def _choice(column: Column, cell: Any) -> Any:
    found = _choices_of(column).get(folded(_shown(cell)))
    if found is not None:
        return found
    words = " / ".join(text_in(Language.ZH).word(each.value) for each in column.choices)
    return Fault("not_in_list", f"one of {words}", _shown(cell))


@cache
def _choices_of(column: Column) -> Mapping[str, StrEnum]:
    """Each choice by its value and by its word in either language, folded."""
    return {
        folded(said): each
        for each in column.choices
        for said in (each.value, *(text_in(language).word(each.value) for language in Language))
    }


_READERS = {
    Form.TEXT: _text,
    Form.CODE: _code,
    Form.CODES: _codes,
    Form.WHOLE: _whole,
    Form.NUMBER: _number,
    Form.DAY: _day,
    Form.INSTANT: _instant,
    Form.YES_NO: _yes_no,
    Form.CHOICE: _choice,
}
