"""Files to hand in: good ones, and every way we know in which a file can be wrong."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook

HEAD = ("库点编码", "货位", "物资编码", "批号", "有效期至", "权属单位编码", "资金渠道", "数量(最小单位)")
GOOD = ("W1", "A1", "M0000001", "L1", "2027-06-30", "PB", "provincial", 100)

RECEIPT_HEAD = (
    *("库点编码", "供货单位编码", "权属单位编码", "资金渠道", "物资编码", "批号", "有效期至"),
    *("合格数(最小单位)", "货位"),
)
RECEIVED = ("W1", "MAKER", "PB", "省级", "M0000001", "L1", "2099-06-30", 100, "A1")


def csv_of(*rows: Sequence[Any], encoding: str = "utf-8", head: Sequence[str] = HEAD, separator: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([head, *rows])
    return out.getvalue().encode(encoding)


def book_of(*rows: Sequence[Any], head: Sequence[Any] = HEAD, title: str = "期初库存") -> bytes:
    """A workbook with these rows; texts that begin with ``=`` become formulas."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in (head, *rows):
        sheet.append(list(row))
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def repacked(
    content: bytes,
    change: Callable[[str, bytes], bytes | None],
    more: Sequence[tuple[str | zipfile.ZipInfo, bytes]] = (),
) -> bytes:
    """The archive with parts changed, dropped (None) or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            changed = change(part.filename, old.read(part))
            if changed is not None:
                new.writestr(part.filename, changed)
        for name, body in more:
            new.writestr(name, body)
    return out.getvalue()


def same(name: str, body: bytes) -> bytes:
    return body


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, body: body.replace(old, new) if name == "xl/worksheets/sheet1.xml" else body


def refused_whole() -> Iterator[tuple[str, str, bytes, str]]:
    """What it is, file name, bytes, and the code with which the file as a whole is refused."""
    good = book_of(GOOD)
    link = zipfile.ZipInfo("xl/link.xml")
    link.external_attr = 0o120777 << 16
    row = b"<sheetData>"
    yield "nothing at all", "a.csv", b"", "sheet_empty"
    yield "more than ten MiB", "a.csv", b"x" * (10 * 1024 * 1024 + 1), "sheet_too_large"
    yield "a wrong extension", "a.pdf", good, "sheet_wrong_extension"
    yield "no extension", "list", good, "sheet_wrong_extension"
    yield "a workbook with macros by name", "a.xlsm", good, "sheet_wrong_extension"
    yield "an open document", "a.ods", good, "sheet_wrong_extension"
    yield "text called a workbook", "a.xlsx", csv_of(GOOD), "sheet_not_what_it_says"
    yield "a workbook called text", "a.csv", good, "sheet_not_what_it_says"
    yield "an old workbook", "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "sheet_old_or_locked"
    yield "a picture called text", "a.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "sheet_not_what_it_says"
    yield (
        "an archive that is no workbook",
        "a.xlsx",
        repacked(good, lambda n, b: None, [("a.txt", b"x")]),
        ("sheet_not_what_it_says"),
    )
    yield "a torn archive", "a.xlsx", good[: len(good) // 2], "sheet_broken"
    yield "an archive with wrong sums", "a.xlsx", _damaged(good), "sheet_broken"
    yield "only the first bytes of an archive", "a.xlsx", b"PK\x03\x04", "sheet_broken"
    yield (
        "too many parts",
        "a.xlsx",
        repacked(good, same, [(f"xl/p{n}.xml", b"<a/>") for n in range(2001)]),
        "sheet_bomb",
    )
    yield "a bomb", "a.xlsx", repacked(good, same, [("xl/big.xml", b"0" * 30_000_000)]), "sheet_bomb"
    yield "a bomb that lies about its size", "a.xlsx", _lying(good), "sheet_broken"
    yield "a part with a path upwards", "a.xlsx", repacked(good, same, [("../evil.xml", b"<a/>")]), "sheet_broken"
    yield (
        "a part with a path from the root",
        "a.xlsx",
        repacked(good, same, [("/etc/evil.xml", b"<a/>")]),
        "sheet_broken",
    )
    yield "a part that is a link", "a.xlsx", repacked(good, same, [(link, b"/etc/passwd")]), "sheet_broken"
    yield "macros inside", "a.xlsx", repacked(good, same, [("xl/vbaProject.bin", b"x")]), "sheet_with_macros"
    yield "old macro sheets", "a.xlsx", repacked(good, same, [("xl/macrosheets/s.xml", b"<a/>")]), "sheet_with_macros"
    yield (
        "links to other files",
        "a.xlsx",
        repacked(good, same, [("xl/externalLinks/e1.xml", b"<a/>")]),
        ("sheet_with_links"),
    )
    connection = b'<Relationships><Relationship Id="r" Type="http://x/oleObject" Target="y"/></Relationships>'
    yield (
        "an embedded object",
        "a.xlsx",
        repacked(good, same, [("xl/worksheets/_rels/s.rels", connection)]),
        ("sheet_with_links"),
    )
    laugh = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha">]>'
    yield (
        "entities in the cells",
        "a.xlsx",
        repacked(good, in_sheet(b"<worksheet", laugh + b"<worksheet")),
        ("sheet_with_declarations"),
    )
    yield (
        "entities in the workbook",
        "a.xlsx",
        repacked(good, lambda n, b: laugh + b if n == "xl/workbook.xml" else b),
        "sheet_with_declarations",
    )
    yield "cells that are no XML", "a.xlsx", repacked(good, in_sheet(b"</sheetData>", b"<<<")), "sheet_broken"
    yield (
        "a missing sheet",
        "a.xlsx",
        repacked(good, lambda n, b: None if n == "xl/worksheets/sheet1.xml" else b),
        "sheet_broken",
    )
    yield (
        "a missing list of sheets",
        "a.xlsx",
        repacked(good, lambda n, b: None if n == "xl/_rels/workbook.xml.rels" else b),
        "sheet_broken",
    )
    empty = b"".join(b'<row r="%d"/>' % n for n in range(2, 1_000_001))
    yield (
        "a million empty rows",
        "a.xlsx",
        repacked(good, in_sheet(b"</sheetData>", empty + b"</sheetData>")),
        ("sheet_too_long"),
    )
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    yield "a cell in the last row", "a.xlsx", repacked(good, in_sheet(b"</sheetData>", far)), "sheet_too_long"
    right = row + b'<row r="1"><c r="XFD1"><v>1</v></c></row>'
    yield "a cell in the last column", "a.xlsx", repacked(good, in_sheet(row, right)), "sheet_too_wide"
    yield "an empty workbook", "a.xlsx", saved(Workbook()), "sheet_empty"
    yield "UTF-16 text", "a.csv", csv_of(GOOD, encoding="utf-16"), "sheet_wrong_encoding"
    yield "text of no encoding", "a.csv", b"\xff\xff\x81\x20" * 9, "sheet_wrong_encoding"
    yield "text with a nought byte", "a.csv", csv_of(GOOD) + b"\0", "sheet_not_what_it_says"
    yield "a quote that never ends", "a.csv", csv_of(GOOD) + b'"never', "sheet_broken_csv"
    yield "too many lines", "a.csv", csv_of(GOOD) + b"\n,,\n" * 20_001, "sheet_too_long"
    yield "too many columns", "a.csv", csv_of(tuple(range(101))), "sheet_too_wide"
    yield "blank lines only", "a.csv", b"\n\n,,,\n", "sheet_empty"


def _damaged(good: bytes) -> bytes:
    """One byte of the packed cells is another."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    place = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    return good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :]


def _lying(good: bytes) -> bytes:
    """A bomb whose headers say that it is small."""
    bomb = repacked(good, same, [("xl/big.xml", b"0" * 30_000_000)])
    return bomb.replace((30_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def row_with(column: str, value: Any) -> tuple[Any, ...]:
    return tuple(value if name == column else cell for name, cell in zip(HEAD, GOOD, strict=True))


FAULTY_CELLS: tuple[tuple[str, str, Any, str, str], ...] = (
    ("no lot code", "批号", None, "cell_missing", ""),
    ("no quantity", "数量(最小单位)", None, "cell_missing", ""),
    ("a quantity with a unit", "数量(最小单位)", "20箱", "cell_with_unit", ""),
    ("a quantity with pieces", "数量(最小单位)", "1000 只", "cell_with_unit", ""),
    ("a quantity with commas", "数量(最小单位)", "1,000", "cell_not_number", "1000"),
    ("half a piece", "数量(最小单位)", 12.5, "cell_not_whole", "12"),
    ("half a piece as text", "数量(最小单位)", "12.5", "cell_not_whole", ""),
    ("a word for a quantity", "数量(最小单位)", "一百", "cell_not_number", ""),
    ("a power of ten", "数量(最小单位)", "1e3", "cell_with_unit", ""),
    ("less than nothing", "数量(最小单位)", -5, "too_small", ""),
    ("nothing", "数量(最小单位)", 0, "too_small", ""),
    ("a quantity beyond all measure", "数量(最小单位)", 10**14, "too_large_value", ""),
    ("a quantity beyond exactness", "数量(最小单位)", 1e20, "cell_not_number", ""),
    ("a formula", "数量(最小单位)", "=50*2", "cell_formula", ""),
    ("a truth for a quantity", "数量(最小单位)", True, "cell_not_number", ""),
    ("an error value", "数量(最小单位)", "#REF!", "cell_error", ""),
    ("a date as a serial", "有效期至", 46568, "cell_day_as_number", "2027-06-30"),
    ("a date backwards", "有效期至", "30/06/2027", "cell_not_day", "2027-06-30"),
    ("a date of two readings", "有效期至", "05/06/2027", "cell_not_day", ""),
    ("a year of two digits", "有效期至", "27-06-30", "cell_not_day", ""),
    ("a month alone", "有效期至", "2027年6月", "cell_not_day", "2027-06-30"),
    ("a day that never was", "有效期至", "2027-02-30", "cell_no_such_day", ""),
    ("words for a date", "有效期至", "长期", "cell_not_day", ""),
    ("an unknown fund", "资金渠道", "国库", "not_in_list", ""),
    ("a long code as a power", "物资编码", "6.9E+12", "cell_digits_lost", ""),
    ("a long code as a number", "批号", 6901234567890123456, "cell_digits_lost", ""),
    ("a line break in a code", "批号", "L1\nL2", "cell_control_character", "L1 L2"),
    ("a lot code without end", "批号", "L" * 600, "too_long", ""),
    ("a lot code that is too long", "批号", "L" * 81, "too_long", ""),
)
"""What it is, column, value, code of the finding, and what is suggested."""


def received_with(column: str, value: Any) -> tuple[Any, ...]:
    return tuple(value if name == column else cell for name, cell in zip(RECEIPT_HEAD, RECEIVED, strict=True))
