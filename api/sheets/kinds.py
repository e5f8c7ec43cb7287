"""The kinds of sheets: for each its columns, how a row becomes a line, and how lines become commands."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.sheets.columns import Column
from reserve.commands import Step, Verb, canonical_json
from reserve.sheets.terms import SheetKind

Values = Mapping[str, Any]
"""Values of a row by column name; empty cells are missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read: where it stands, what it says, and the line of a draft that it is."""

    sheet: str
    row_no: int
    values: Values
    header: tuple[Any, ...]
    """What it shares with the other rows of its paper."""
    line: BaseModel
    key: str

    @property
    def place(self) -> tuple[str, int]:
        return self.sheet, self.row_no


class Kind(ABC):
    """One kind of sheet."""

    kind: ClassVar[SheetKind]
    title: ClassVar[str]
    """English message id."""
    columns: ClassVar[tuple[Column, ...]]
    verb: ClassVar[Verb[Any]]
    aliases: ClassVar[Mapping[str, str]] = {}
    """Column by the name that a field of the draft has, where they differ."""
    needs_site: ClassVar[bool] = False
    """Whether a list of what there is is made for one site."""

    @abstractmethod
    def line_of(self, values: Values) -> tuple[tuple[Any, ...], BaseModel]:
        """Header and line of a row. Raises Pydantic's ValidationError."""

    @abstractmethod
    def draft_of(self, header: tuple[Any, ...], lines: Sequence[Any]) -> BaseModel:
        """The command's draft for rows that share a header."""

    @abstractmethod
    def identity_of(self, row: Row) -> str:
        """By what name the books may know this row already; empty for a row that is new by its nature."""

    @abstractmethod
    def standing(self, session: Session, scopes: tuple[str, ...], identities: Sequence[str]) -> Mapping[str, str]:
        """What the books say under each of these names, as ``told`` would say it; unknown names are missing."""

    @abstractmethod
    def listed(self, session: Session, scopes: tuple[str, ...], site_code: str) -> list[dict[str, Any]]:
        """What there is, as rows that import back with no change."""

    def told(self, row: Row) -> str:
        """What a row says, for comparison with the books."""
        return canonical_json([row.header, row.line.model_dump(mode="json")])

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def place_of(self, field: str) -> str:
        """The column that a field of the draft stands in."""
        for part in reversed(field.split(".")):
            name = self.aliases.get(part, part)
            if self.column(name) is not None:
                return name
        return ""

    def step(self, rows: Sequence[Row]) -> Step:
        return Step(self.verb, self.draft_of(rows[0].header, [row.line for row in rows]))

    def groups(self, rows: Iterable[Row]) -> list[list[Row]]:
        """Rows that become one command, in the order in which they first appear."""
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(row.header, []).append(row)
        return list(groups.values())


def row_key(kind: SheetKind, header: tuple[Any, ...], line: BaseModel) -> str:
    """Names a row by what it says."""
    text = canonical_json([kind.value, header, line.model_dump(mode="json")])
    return hashlib.sha256(text.encode()).hexdigest()
