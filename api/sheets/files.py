"""Is this file safe to open and small enough to read? Decided before anything parses it.

The order is fixed: length, first bytes, listing of the archive, a counted look at every part (declared sizes lie).
Knows the standard library only, so that the reading process starts fast.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

MAX_BYTES = 10 * 1024 * 1024
MAX_PARTS = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
RATIO_FROM = 1024 * 1024
"""Small parts may pack well: a ratio says something from this many bytes on."""
MAX_ROWS = 20_000
MAX_COLUMNS = 100
CHUNK = 1024 * 1024
OVERLAP = 512
"""Bytes of one chunk looked at again with the next, so that no tag falls between two."""

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>(\s*<(?:\w+:)?f\b)?")
REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,7})"')
OUTSIDE_LINK = re.compile(rb'Type="[^"]*/(externalLinkPath|oleObject|attachedTemplate|connections)"')


class Refused(Exception):
    """The file as a whole is not read. ``code`` and ``facts`` make the sentence."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


Marks = dict[tuple[int, int], str]
"""``formula`` or ``error`` by row and column, from 1."""


def looks_like_workbook(name: str, content: bytes) -> bool:
    """Whether the file is a workbook; else it is text. Raises Refused where name and content do not agree."""
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if len(content) > MAX_BYTES:
        raise Refused("sheet_too_large", found=len(content), most=MAX_BYTES)
    if not content:
        raise Refused("sheet_empty")
    if suffix not in (".xlsx", ".csv"):
        raise Refused("sheet_wrong_extension", found=suffix or name)
    if content.startswith(OLD_EXCEL):
        raise Refused("sheet_old_or_locked")
    if content.startswith(ZIP) != (suffix == ".xlsx"):
        raise Refused("sheet_not_what_it_says", found=suffix)
    return suffix == ".xlsx"


def check_workbook(content: bytes) -> dict[str, Marks]:
    """Marked cells by part of the archive; nothing that it says of itself is trusted. Raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Refused("sheet_broken") from None
    _check_listing(parts)
    marks: dict[str, Marks] = {}
    unpacked = 0
    for part in parts:
        size = 0
        for chunk in _chunks(archive, part):
            size += len(chunk)
            unpacked += len(chunk)
            if unpacked > MAX_UNPACKED or (size > RATIO_FROM and size > MAX_RATIO * max(part.compress_size, 1)):
                raise Refused("sheet_bomb")
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            marks[part.filename] = _scan_cells(archive, part)
        elif part.filename.endswith((".xml", ".rels")):
            _scan_declarations(archive, part)
    return marks


def _check_listing(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused("sheet_bomb")
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise Refused("sheet_broken")
    for part in parts:
        path = PurePosixPath(part.filename.replace("\\", "/"))
        is_link = (part.external_attr >> 16) & 0o170000 == 0o120000
        if path.is_absolute() or ".." in path.parts or is_link or part.flag_bits & 0x1:
            raise Refused("sheet_broken")
        if path.name == "vbaProject.bin" or "macrosheets" in path.parts:
            raise Refused("sheet_with_macros")
        if "externalLinks" in path.parts:
            raise Refused("sheet_with_links")
    if "xl/workbook.xml" not in names:
        raise Refused("sheet_not_what_it_says", found=".xlsx")


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        raise Refused("sheet_broken") from None
    except Exception as error:  # zlib.error and its like have no common base
        if type(error).__name__ == "error":
            raise Refused("sheet_broken") from None
        raise


def _windows(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces that overlap."""
    tail = b""
    for chunk in _chunks(archive, part):
        window = tail + chunk
        if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
            raise Refused("sheet_with_declarations")
        yield window
        tail = window[-OVERLAP:]


def _scan_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    for window in _windows(archive, part):
        if part.filename.endswith(".rels") and OUTSIDE_LINK.search(window):
            raise Refused("sheet_with_links")


def _scan_cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Marks:
    """Cells with formulas or errors. Refuses a sheet that reaches too far down or right."""
    marks: Marks = {}
    for window in _windows(archive, part):
        lowest = max((int(row) for row in ROW.findall(window)), default=0)
        for attributes, formula in CELL.findall(window):
            reference = REFERENCE.search(attributes)
            if reference is None:
                continue
            row, column = int(reference.group(2)), column_number(reference.group(1).decode())
            lowest = max(lowest, row)
            if column > MAX_COLUMNS:
                raise Refused("sheet_too_wide", most=MAX_COLUMNS)
            if formula or b't="e"' in attributes:
                marks[row, column] = "formula" if formula else "error"
        if lowest > MAX_ROWS:
            raise Refused("sheet_too_long", most=MAX_ROWS, found=lowest)
    return marks


def column_number(letters: str) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """1 is ``A``, 27 is ``AA``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
