"""Plain tables for a terminal: columns stand straight also where Chinese characters take two places."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

Cell = str | int


def width(text: str) -> int:
    """Places that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def shown(cell: Cell) -> str:
    """Whole numbers with thousands separated, texts as they are."""
    return f"{cell:,}" if isinstance(cell, int) else cell


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A titled table; numbers stand to the right, texts to the left. A table without rows says so with a dash."""
    lines = [[shown(cell) for cell in row] for row in rows] or [["—", *[""] * (len(header) - 1)]]
    columns = range(len(header))
    wide = [max(width(line[column]) for line in (header, *lines)) for column in columns]
    right = [all(_is_figure(row[column]) for row in rows) for column in columns]

    def drawn(line: Sequence[str]) -> str:
        return "  ".join(_set(line[column], wide[column], right[column]) for column in columns).rstrip()

    rule = "─" * max(width(drawn(line)) for line in (header, *lines))
    return "\n".join([title, rule, drawn(header), rule, *map(drawn, lines), ""])


def _is_figure(cell: Cell) -> bool:
    return isinstance(cell, int) or cell == "—" or cell.rstrip("%").replace(",", "").replace(".", "").isdigit()


def _set(text: str, wide: int, to_the_right: bool) -> str:
    space = " " * (wide - width(text))
    return space + text if to_the_right else text + space
