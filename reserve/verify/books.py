"""The books as ``verify`` reads them: plain SQL on one read-only snapshot, apart from the ORM and the services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from reserve.db import Database
from reserve.errors import Fact
from reserve.hashing import from_microseconds
from reserve.verify.findings import Finding
from reserve.verify.sentences import SENTENCES

OUTSIDE_KINDS = "('supplier', 'consumed', 'waste', 'lost', 'count_difference')"
"""Bins beyond our walls: they have no balance. A copy on purpose: two roads to one truth."""

POSITION_TABLES = (
    "stock_movement",
    "stock_hold",
    "stock_hold_end",
    "stock_block",
    "stock_block_end",
    "stock_count",
    "document_state",
    "signature",
    "peg",
    "peg_end",
)
"""Tables numbered by the one order of everything."""


class Books:
    """One snapshot. ``since`` limits the laws of the ledger to what was touched after that position."""

    def __init__(self, connection: Connection, since: int | None = None) -> None:
        self.connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.since = since

    def rows(self, sql: str, **parameters: Any) -> Sequence[dict[str, Any]]:
        """Rows of a query; ``:since`` is filled in where the text names it."""
        if ":since" in sql:
            parameters["since"] = self.since
        return [dict(row) for row in self.connection.execute(sa.text(sql), parameters).mappings()]

    def pragma(self, text: str) -> Sequence[dict[str, Any]]:
        """SQLite: rows of a PRAGMA. The table-valued form is closed to the application."""
        return [dict(row) for row in self.connection.exec_driver_sql(f"PRAGMA {text}").mappings()]

    def local_day(self, instant: str) -> str:
        """SQL for the calendar day in Hebei of an instant (UTC+8, no summer time since 1991)."""
        if self.is_sqlite:
            return f"date({instant} / 1000000 + 28800, 'unixepoch')"
        return f"({instant} AT TIME ZONE 'Asia/Shanghai')::date"

    def touched(self, pair: str) -> str:
        """SQL that keeps the (account, lot) pairs moved or held after ``since``; nothing to keep out without one."""
        if self.since is None:
            return ""
        account, lot = f"{pair}.account_id", f"{pair}.lot_id"
        return f"""
        AND ({account}, {lot}) IN (
          SELECT s.account_id, s.lot_id FROM ledger_signed s
          JOIN stock_movement m ON m.id = s.movement_id WHERE m.position > :since
          UNION SELECT h.account_id, h.lot_id FROM stock_hold h WHERE h.position > :since
          UNION SELECT h.account_id, h.lot_id FROM stock_hold h
          JOIN stock_hold_end e ON e.hold_id = h.id WHERE e.position > :since)"""

    def after(self, column: str) -> str:
        """SQL that keeps what was recorded after ``since``."""
        return "" if self.since is None else f"AND {column} > :since"

    def position(self) -> int:
        """The highest place in the order of everything that this snapshot sees."""
        parts = " UNION ALL ".join(f"SELECT MAX(position) AS position FROM {table}" for table in POSITION_TABLES)
        return int(self.rows(f"SELECT COALESCE(MAX(position), 0) AS position FROM ({parts}) AS places")[0]["position"])


@contextmanager
def open_books(database: Database, since: int | None = None) -> Iterator[Books]:
    """One read-only snapshot: true of one instant, while people work on."""
    with database.read.connect() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True, postgresql_deferrable=True
            )
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield Books(connection, since)


def finding(law: str, code: str, row: Mapping[str, Any], *rows: str, **facts: Fact) -> Finding:
    """A finding with its sentences filled in.

    row    the query's answer: ``position``, ``person_id`` and ``recorded_at`` are taken from it, the rest are facts
    rows   what it points at, as ``table id``
    """
    known: dict[str, Fact] = {name: _fact(value) for name, value in row.items()} | facts
    sentence = SENTENCES[code]
    at = row.get("recorded_at")
    return Finding(
        law=law,
        code=code,
        facts=known,
        zh=sentence.zh.format_map(known),
        en=sentence.en.format_map(known),
        todo_zh=sentence.todo_zh.format_map(known),
        todo_en=sentence.todo_en.format_map(known),
        rows=rows,
        position=row.get("position"),
        person_id=row.get("person_id"),
        at=from_microseconds(at) if isinstance(at, int) else at,
    )


def _fact(value: Any) -> Fact:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool):
        return value
    return int(value) if hasattr(value, "as_integer_ratio") and value == int(value) else str(value)
