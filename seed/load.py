"""Reading the tables of seed/data: a cell becomes a whole number, a day, a word of a list, or a fault with its place.

Every fault names file, row, column, expected and found; all faulty rows of a file are listed at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import ValidationError

from reserve.errors import InvalidInput, Problem

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class BadCell(ValueError):
    """A cell that does not say what its column should."""

    def __init__(self, column: str, expected: str, found: str) -> None:
        self.column, self.expected, self.found = column, expected, found
        super().__init__(f"{column}: expected {expected}, found {found!r}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. Methods name the column and say what it must hold."""

    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell as it stands; an empty one is a fault."""
        found = self.maybe(column)
        if not found:
            raise BadCell(column, "a text", found)
        return found

    def maybe(self, column: str) -> str:
        """The cell as it stands, possibly empty. A missing column is a fault."""
        if column not in self.cells:
            raise BadCell(column, "a column of this name", ";".join(self.cells))
        return (self.cells[column] or "").strip()

    def number(self, column: str) -> Fraction:
        """An exact decimal."""
        found = self.maybe(column)
        try:
            return Fraction(found)
        except (ValueError, ZeroDivisionError) as error:
            raise BadCell(column, "a decimal number", found) from error

    def number_or(self, column: str, default: Fraction) -> Fraction:
        return self.number(column) if self.maybe(column) else default

    def whole(self, column: str, *, per_unit: int = 1) -> int:
        """A whole number of the smaller unit: ``per_unit`` 1000 reads kilograms as grams.

        Never rounds: 0.0005 kg in grams is a fault.
        """
        exact = self.number(column) * per_unit
        if exact.denominator != 1:
            raise BadCell(column, f"a whole number of 1/{per_unit}", self.maybe(column))
        return exact.numerator

    def whole_or_none(self, column: str) -> int | None:
        return self.whole(column) if self.maybe(column) else None

    def coordinate(self, column: str) -> float:
        """Decimal degrees; a place on the map, not a quantity."""
        return float(self.number(column))

    def flag(self, column: str) -> bool:
        """1 or 0."""
        found = self.maybe(column)
        if found not in ("0", "1"):
            raise BadCell(column, "0 or 1", found)
        return found == "1"

    def day(self, column: str) -> date:
        found = self.maybe(column)
        try:
            return date.fromisoformat(found)
        except ValueError as error:
            raise BadCell(column, "a day like 2021-01-05", found) from error

    def words(self, column: str) -> tuple[str, ...]:
        """The parts of a list cell, joined by ``;``."""
        return tuple(word.strip() for word in self.maybe(column).split(";") if word.strip())

    def pairs(self, column: str) -> tuple[tuple[str, Fraction], ...]:
        """``key:value`` pairs of a list cell, in the order written."""
        return tuple((key, self._decimal(column, value)) for key, value in self._split(column))

    def number_pairs(self, column: str) -> tuple[tuple[Fraction, Fraction], ...]:
        """``number:number`` pairs of a list cell, in the order written."""
        return tuple((self._decimal(column, key), self._decimal(column, value)) for key, value in self._split(column))

    def _split(self, column: str) -> list[tuple[str, str]]:
        return [(key, value) for key, _, value in (word.partition(":") for word in self.words(column))]

    def _decimal(self, column: str, text: str) -> Fraction:
        try:
            return Fraction(text)
        except (ValueError, ZeroDivisionError) as error:
            raise BadCell(column, "pairs like 0.2:0.15;0.8:0.5", self.maybe(column)) from error

    def one_of(self, column: str, words: type[E]) -> E:
        """A word of a closed list."""
        found = self.maybe(column)
        try:
            return words(found)
        except ValueError as error:
            raise BadCell(column, " / ".join(words), found) from error


def read(file: str, make: Callable[[Row], T]) -> tuple[T, ...]:
    """Every row of a table of seed/data through ``make``. Raises InvalidInput with a problem per faulty row."""
    return read_text(file, _text_of(file), make)


def read_text(file: str, text: str, make: Callable[[Row], T]) -> tuple[T, ...]:
    """As ``read``, of a text; ``file`` only names it in faults."""
    made: list[T] = []
    problems: list[Problem] = []
    for number, cells in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            made.append(make(Row(cells)))
        except BadCell as fault:
            problems.append(Problem("bad_cell", f"{file}.{fault.column}", fault.expected, fault.found, number))
        except ValidationError as error:
            problems.extend(_problems_of(error, file, number))
    if problems:
        raise InvalidInput(problems)
    return tuple(made)


def _problems_of(error: ValidationError, file: str, number: int) -> list[Problem]:
    return [
        Problem(
            "bad_cell",
            f"{file}.{'.'.join(str(part) for part in fault['loc'])}",
            fault["msg"],
            str(fault["input"]),
            number,
        )
        for fault in error.errors()
    ]


@cache
def _text_of(file: str) -> str:
    return (files("seed") / "data" / file).read_text(encoding="utf-8")
