"""Sheets going out: templates with lists to choose from, and what there is. No cell that we write is ever a formula."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from api.i18n import Text
from api.sheets.columns import Column, Form
from api.sheets.files import column_letters
from api.sheets.kinds import Kind
from api.sheets.reading import DANGEROUS
from reserve.clock import LOCAL

HEAD = PatternFill("solid", fgColor="DCE6F1")
NEEDED = PatternFill("solid", fgColor="FCE4D6")
LISTED_ROWS = 5_000
"""Rows of a template that carry the lists."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who took a sheet out, when, and what of: printed on it."""

    login: str
    at: datetime
    of: str


def plain(value: Any, text: Text) -> str | int | float | None:
    """A value as a cell shows it: codes as text, days and times in one form, words in the reader's language."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return text.say("yes") if value else text.say("no")
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, int | float) and not hasattr(value, "value"):
        return value
    if isinstance(value, tuple):
        return ";".join(str(part) for part in value)
    if hasattr(value, "value"):
        return text.word(value.value)
    return str(value)


def table(kind: Kind, rows: Sequence[Mapping[str, Any]], text: Text) -> list[list[str | int | float | None]]:
    """Headings and rows as plain cells."""
    head: list[str | int | float | None] = [text.say(column.heading) for column in kind.columns]
    return [head, *([plain(row.get(column.name), text) for column in kind.columns] for row in rows)]


def as_csv(kind: Kind, rows: Sequence[Mapping[str, Any]], text: Text) -> bytes:
    """UTF-8 with a mark, as spreadsheet programs here expect; text like a formula gets an apostrophe in front."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
    for cells in table(kind, rows, text):
        writer.writerow([_unexecutable(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _unexecutable(cell: str | int | float | None) -> str | int | float | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell


def as_workbook(
    kind: Kind,
    rows: Sequence[Mapping[str, Any]],
    text: Text,
    *,
    lists: Mapping[str, Sequence[tuple[str, str]]],
    stamp: Stamp,
) -> bytes:
    """A workbook: the list, what each column wants, the codes to choose from, and who took it out when.

    lists  by name of a column's codes: code and Chinese name
    """
    cells = table(kind, rows, text)
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = text.say(kind.title)
    for row_no, row in enumerate(cells, 1):
        for column_no, cell in enumerate(row, 1):
            _write(sheet.cell(row_no, column_no), cell)
    _dress(sheet, kind, len(cells))
    codes = _write_codes(workbook, kind, text, lists)
    _choose(sheet, kind, codes)
    _explain(workbook, kind, text, stamp, cells)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _write(cell: Any, value: str | int | float | None) -> None:
    """Text is written as text, whatever it begins with."""
    if value is None:
        return
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = value.startswith(DANGEROUS)


def _dress(sheet: Any, kind: Kind, rows: int) -> None:
    for place, column in enumerate(kind.columns, 1):
        head = sheet.cell(1, place)
        head.font = Font(bold=True)
        head.fill = NEEDED if column.required else HEAD
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[column_letters(place)].width = 12 if column.form in (Form.WHOLE, Form.YES_NO) else 20
        if column.form not in (Form.WHOLE, Form.NUMBER):
            for row_no in range(rows + 1, rows + 200):  # what is typed here stays as it is typed
                sheet.cell(row_no, place).number_format = "@"
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"


def _write_codes(
    workbook: Any, kind: Kind, text: Text, lists: Mapping[str, Sequence[tuple[str, str]]]
) -> dict[str, str]:
    """A sheet with every list that the columns choose from; the range of each by column name."""
    sheet = workbook.create_sheet(text.say("Codes"))
    ranges, place = {}, 1
    for column in kind.columns:
        entries = _entries(column, text, lists)
        if not entries:
            continue
        _write(sheet.cell(1, place), text.say(column.heading))
        sheet.cell(1, place).font = Font(bold=True)
        for row_no, (code, name) in enumerate(entries, 2):
            _write(sheet.cell(row_no, place), code)
            _write(sheet.cell(row_no, place + 1), name)
        letter = column_letters(place)
        ranges[column.name] = f"{quote_sheetname(sheet.title)}!${letter}$2:${letter}${len(entries) + 1}"
        sheet.column_dimensions[letter].width = 18
        sheet.column_dimensions[column_letters(place + 1)].width = 28
        place += 2
    return ranges


def _entries(column: Column, text: Text, lists: Mapping[str, Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    if column.choices:
        return [(text.word(each.value), each.value) for each in column.choices]
    if column.form is Form.YES_NO:
        return [(text.say("yes"), ""), (text.say("no"), "")]
    return list(lists.get(column.codes_of, ()))


def _choose(sheet: Any, kind: Kind, ranges: Mapping[str, str]) -> None:
    for place, column in enumerate(kind.columns, 1):
        if column.name in ranges:
            rule = DataValidation(type="list", formula1=f"={ranges[column.name]}", allow_blank=True)
        elif column.form is Form.WHOLE:
            rule = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
        else:
            continue
        rule.showErrorMessage = True
        letter = column_letters(place)
        rule.add(f"{letter}2:{letter}{LISTED_ROWS}")
        sheet.add_data_validation(rule)


def _explain(workbook: Any, kind: Kind, text: Text, stamp: Stamp, cells: Sequence[Sequence[Any]]) -> None:
    """What each column wants; who took the sheet out, when, of what; and the digest of what it says."""
    sheet = workbook.create_sheet(text.say("How to fill in"))
    lines = [(text.say("Column"), text.say("Required"), text.say("Form"), text.say("Example"))]
    for column in kind.columns:
        needed = text.say("yes") if column.required else ""
        form = text.word(f"form_{column.form.value}")
        lines.append((text.say(column.heading), needed, form, column.example))
    body = "\n".join("\t".join("" if cell is None else str(cell) for cell in row) for row in cells)
    lines += [
        ("", "", "", ""),
        (text.say("Taken out by"), stamp.login, "", ""),
        (text.say("Taken out at"), stamp.at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S"), "", ""),
        (text.say("Content"), stamp.of, "", ""),
        ("SHA-256", hashlib.sha256(body.encode()).hexdigest(), "", ""),
    ]
    for row_no, line in enumerate(lines, 1):
        for column_no, value in enumerate(line, 1):
            _write(sheet.cell(row_no, column_no), value or None)
            sheet.cell(row_no, column_no).protection = Protection(locked=True)
    for letter, width in (("A", 26), ("B", 20), ("C", 34), ("D", 24)):
        sheet.column_dimensions[letter].width = width
