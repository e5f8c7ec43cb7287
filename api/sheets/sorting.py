"""Rows against the books: which are there already, which are new, which contradict what stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from api.i18n import Language, text_in
from api.sheets.kinds import Kind, Row
from api.sheets.record_kinds import RecordKind
from api.sheets.understanding import Understood
from reserve.catalogue import queries as catalogue_queries
from reserve.errors import Problem
from reserve.sheets import queries as sheet_queries

Place = tuple[str, int]


@dataclass(slots=True)
class Sorting:
    """Rows by what is to be done with them."""

    fresh: list[Row] = field(default_factory=list)
    unchanged: dict[Place, str] = field(default_factory=dict)
    """The paper or record that says so already."""
    before: dict[Place, str] = field(default_factory=dict)
    """What stands under the name of a row that says something else."""
    problems: list[tuple[Row, str, Problem]] = field(default_factory=list)
    """Row, column and what is wrong."""


def sort_rows(session: Session, kind: Kind, scopes: tuple[str, ...], understood: Understood) -> Sorting:
    """Look every row up once; a row that an earlier sheet or the row's own paper has recorded is done already."""
    sorting = Sorting()
    rows = _each_once(understood.rows, sorting)
    rows = _in_right_unit(session, rows, sorting)
    named = {row.place: kind.identity_of(row) for row in rows}
    standing = kind.standing(session, scopes, [name for name in named.values() if name])
    recorded = sheet_queries.recorded_keys(session, [row.key for row in rows if not named[row.place]])
    for row in rows:
        name, says = named[row.place], kind.told(row)
        if name and standing.get(name) == says:
            sorting.unchanged[row.place] = name
        elif name and isinstance(kind, RecordKind):
            sorting.before[row.place] = standing.get(name, "")
            sorting.fresh.append(row)
        elif name:
            code = "differs_from_paper" if name in standing else "unknown_paper"
            problem = Problem(code, "paper", "an empty cell, or a line as it was booked", name, row.row_no)
            sorting.problems.append((row, "paper", problem))
        elif row.key in recorded:
            sorting.unchanged[row.place] = recorded[row.key]
        else:
            sorting.fresh.append(row)
    return sorting


def _each_once(rows: list[Row], sorting: Sorting) -> list[Row]:
    """Rows that say word for word the same are the same row twice; one that names its own paper is not meant."""
    first: dict[str, Row] = {}
    for row in rows:
        met = first.setdefault(row.key + str(row.values.get("paper", "")), row)
        if met is not row:
            problem = Problem("row_twice", "", "each row once", str(met.row_no), row.row_no)
            sorting.problems.append((row, "", problem))
    return list(first.values())


def _in_right_unit(session: Session, rows: list[Row], sorting: Sorting) -> list[Row]:
    """Rows whose unit, if they name one, is the item's own."""
    codes = {row.values["item_code"] for row in rows if "unit" in row.values and "item_code" in row.values}
    units = {code: item.unit for code, item in catalogue_queries.items_by_code(session, codes).items()} if codes else {}
    right = []
    for row in rows:
        unit = units.get(row.values.get("item_code", ""))
        said = {unit, *(text_in(language).unit(unit) for language in Language)} if unit else set()
        if unit is not None and row.values.get("unit", unit) not in said:
            problem = Problem("unit_differs", "unit", text_in(Language.ZH).unit(unit), row.values["unit"], row.row_no)
            sorting.problems.append((row, "unit", problem))
        else:
            right.append(row)
    return right
