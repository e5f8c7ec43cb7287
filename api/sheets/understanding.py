"""From cells to rows: which sheet holds the list, where its headings stand, what each cell says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from api.faults import problems_of
from api.i18n import Language, text_in
from api.sheets.apart import Sheet, SheetRefused
from api.sheets.columns import Column, Fault, folded, value_of
from api.sheets.files import column_letters
from api.sheets.kinds import Kind, Row, row_key
from reserve.errors import Problem

HEADINGS_WITHIN = 20
"""Rows from the top among which the headings are looked for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: where it stands in the file, what it is, and what to write instead where that is known."""

    sheet: str
    row_no: int
    column: str
    """Letter; empty where the whole row is meant."""
    heading: str
    """English message id of the heading."""
    problem: Problem
    suggestion: str = ""


@dataclass(slots=True)
class Understood:
    """What a file says: rows that could be read, and what could not."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    total: int = 0
    ignored: list[str] = field(default_factory=list)
    """Headings that no column has."""
    letters: dict[tuple[str, str], str] = field(default_factory=dict)
    """Letter of each column by sheet and name."""

    def finding(
        self, kind: Kind, sheet: str, row_no: int, name: str, problem: Problem, suggestion: str = ""
    ) -> Finding:
        """A problem of a row, put where its column stands."""
        column = kind.column(name)
        letter = self.letters.get((sheet, name), "")
        return Finding(sheet, row_no, letter, column.heading if column else "", problem, suggestion)


def understand(kind: Kind, sheets: Sequence[Sheet]) -> Understood:
    """Read every sheet that carries the headings. Raises SheetRefused when none does or columns are missing."""
    understood = Understood()
    headed = [(sheet, *found) for sheet in sheets if (found := _headings_at(kind, sheet)) is not None]
    if not headed:
        raise SheetRefused("sheet_no_headings", expected=_wanted(kind.columns))
    most = max(met for _, _, met in headed)
    for sheet, top, met in headed:
        if met == most:  # our own workbooks carry lists of codes under the same headings
            _read_sheet(kind, sheet, top, understood)
    if understood.total == 0:
        raise SheetRefused("sheet_empty")
    return understood


def _headings_at(kind: Kind, sheet: Sheet) -> tuple[int, int] | None:
    """Place of the row that looks most like the headings, if one does, and how many of the required ones it has."""
    required = [column.headings() for column in kind.columns if column.required]
    best = None
    for place, (_, cells) in enumerate(sheet.rows[:HEADINGS_WITHIN]):
        texts = {folded(cell) for cell in cells if isinstance(cell, str)}
        met = sum(bool(headings & texts) for headings in required)
        if 2 * met >= len(required) and (best is None or met > best[1]):
            best = place, met
    return best


def _wanted(columns: Sequence[Column]) -> str:
    zh = text_in(Language.ZH)
    return "、".join(zh.say(column.heading) for column in columns if column.required)


def _read_sheet(kind: Kind, sheet: Sheet, top: int, understood: Understood) -> None:
    columns = _columns_of(kind, sheet, sheet.rows[top][1], understood)
    for number, cells in sheet.rows[top + 1 :]:
        if any(index < len(cells) and cells[index] is not None for index in columns):
            understood.total += 1
            _read_row(kind, sheet.name, number, cells, columns, understood)


def _columns_of(kind: Kind, sheet: Sheet, cells: Sequence[Any], understood: Understood) -> dict[int, Column]:
    """Columns by their place."""
    by_heading = {heading: column for column in kind.columns for heading in column.headings()}
    found: dict[int, Column] = {}
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        column = by_heading.get(folded(cell))
        if column is None:
            understood.ignored.append(cell)
        elif column in found.values():
            raise SheetRefused("sheet_heading_twice", sheet=sheet.name, found=cell)
        else:
            found[index] = column
            understood.letters[sheet.name, column.name] = column_letters(index + 1)
    missing = [column for column in kind.columns if column.required and column not in found.values()]
    if missing:
        raise SheetRefused("sheet_columns_missing", sheet=sheet.name, expected=_wanted(missing))
    return found


def _read_row(
    kind: Kind, sheet: str, number: int, cells: Sequence[Any], columns: dict[int, Column], understood: Understood
) -> None:
    values: dict[str, Any] = {}
    faults = []
    for index, column in columns.items():
        value = value_of(column, cells[index] if index < len(cells) else None)
        if isinstance(value, Fault):
            problem = value.problem(column.name, number)
            letter = column_letters(index + 1)
            faults.append(Finding(sheet, number, letter, column.heading, problem, value.suggestion))
        elif value is not None:
            values[column.name] = value
    if faults:
        understood.findings += faults
        return
    try:
        header, line = kind.line_of(values)
    except ValidationError as error:
        problems, _ = problems_of(error.errors())
        understood.findings += [
            understood.finding(kind, sheet, number, kind.place_of(problem.field), problem) for problem in problems
        ]
        return
    understood.rows.append(Row(sheet, number, values, header, line, row_key(kind.kind, header, line)))
