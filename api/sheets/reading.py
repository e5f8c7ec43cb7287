"""A file as rows of cells. Runs in a process of its own (``api/sheets/apart.py``) and imports little.

A cell is nothing, a text, a number, or a pair of a tag and a value: ``day``, ``instant`` (wall clock, no zone),
``yes`` (true or false), ``formula`` (what it last showed), ``error``, ``other`` (a duration, a time of day).
"""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from api.sheets.files import MAX_COLUMNS, MAX_ROWS, Marks, Refused, check_workbook, looks_like_workbook

Cell = Any
MAX_CELL = 2_000
"""Characters of one cell."""
MAX_MEMORY = 1024 * 1024 * 1024
MAX_SECONDS = 20
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""First characters that a spreadsheet program may take for a formula."""


def read(name: str, content: bytes) -> list[dict[str, Any]]:
    """The sheets of a file that hold anything: name and rows as (row number, cells). Raises Refused."""
    if not looks_like_workbook(name, content):
        return [{"name": "CSV", "rows": _csv_rows(content)}]
    sheets = _workbook_sheets(content, check_workbook(content))
    if not any(sheet["rows"] for sheet in sheets):
        raise Refused("sheet_empty")
    return sheets


# --- workbooks ----------------------------------------------------------------------------------------------------


def _workbook_sheets(content: bytes, marks: dict[str, Marks]) -> list[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    parts = _parts_of_sheets(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            each.name
            for each in workbook.sheets_metadata
            if each.visible is SheetVisibleEnum.Visible and each.typ is SheetTypeEnum.WorkSheet
        ]
        return [
            {"name": name, "rows": _sheet_rows(workbook.get_sheet_by_name(name), marks.get(part, {}))}
            for name, part in ((name, parts.get(name, "")) for name in names)
        ]
    except (CalamineError, OSError, ValueError):
        raise Refused("sheet_broken") from None


def _sheet_rows(sheet: Any, marks: Marks) -> list[Any]:
    if sheet.start is None:
        return []
    first_row, first_column = sheet.start
    rows = []
    for number, values in enumerate(sheet.iter_rows(), first_row + 1):
        cells = [None] * first_column + [_plain(value) for value in values]
        if len(cells) > MAX_COLUMNS:
            raise Refused("sheet_too_wide", most=MAX_COLUMNS)
        for place, cell in enumerate(cells, 1):
            if mark := marks.get((number, place)):
                cells[place - 1] = [mark, "" if cell is None else str(cell)]
        if any(cell is not None for cell in cells):
            rows.append([number, cells])
    return rows


def _plain(value: Any) -> Cell:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return ["yes", value]
    if isinstance(value, datetime):
        return ["instant", value.isoformat(timespec="seconds")]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return value[: MAX_CELL + 1].strip() or None
    return ["other", str(value)]


def _parts_of_sheets(content: bytes) -> dict[str, str]:
    """Name of each sheet and the part of the archive where its cells stand."""
    import zipfile

    from defusedxml import ElementTree

    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
            workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
    except Exception:
        raise Refused("sheet_broken") from None
    targets = {link.get("Id"): (link.get("Target") or "").lstrip("/") for link in links}
    parts = {}
    for sheet in workbook.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            target = targets.get(sheet.get(relation), "")
            parts[sheet.get("name") or ""] = target if target.startswith("xl/") else f"xl/{target}"
    return parts


# --- CSV ----------------------------------------------------------------------------------------------------------


def _csv_rows(content: bytes) -> list[Any]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    separator = max((",", "\t", ";"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Any] = []
    try:
        for values in reader:
            if reader.line_num > MAX_ROWS:
                raise Refused("sheet_too_long", most=MAX_ROWS, found=text.count("\n") + 1)
            if len(values) > MAX_COLUMNS:
                raise Refused("sheet_too_wide", most=MAX_COLUMNS)
            cells = [_csv_cell(value) for value in values]
            if any(cell is not None for cell in cells):
                rows.append([reader.line_num, cells])
    except csv.Error:
        raise Refused("sheet_broken_csv", found=reader.line_num) from None
    if not rows:
        raise Refused("sheet_empty")
    return rows


def _csv_cell(value: str) -> Cell:
    """A cell; the apostrophe with which our exports stop formulas is taken off again."""
    value = value[: MAX_CELL + 1].strip()
    if value.startswith("'") and value[1:].startswith(DANGEROUS):
        return value[1:]
    return value or None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("sheet_wrong_encoding", found="UTF-16")
    if b"\x00" in content:
        raise Refused("sheet_not_what_it_says", found=".csv")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("sheet_wrong_encoding", found="?")


# --- the process --------------------------------------------------------------------------------------------------


def answer(name: str, content: bytes) -> dict[str, Any]:
    """What the reading process writes: the sheets, or why not."""
    try:
        return {"sheets": read(name, content)}
    except Refused as refusal:
        return {"refused": refusal.code, "facts": refusal.facts}
    except MemoryError:
        return {"refused": "sheet_bomb", "facts": {}}


def main(arguments: Iterable[str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    (name,) = arguments
    json.dump(answer(name, sys.stdin.buffer.read()), sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main(sys.argv[1:])
