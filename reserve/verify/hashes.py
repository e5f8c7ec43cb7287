"""Row hashes, U01: what an append-only row says is what it said when it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from reserve.hashing import HASH_ALGORITHM, content_hash
from reserve.models import append_only_tables
from reserve.verify.books import Books, finding
from reserve.verify.findings import Finding

AT_ONCE = 5000
"""Rows held in memory while hashing."""
NOT_HASHED = frozenset({"id", "hash_algorithm", "row_hash"})


def rows_keep_their_hash(books: Books) -> Iterator[Finding]:
    """U01: the hash of every append-only row fits its content."""
    for table in append_only_tables():
        for row_id in changed_rows(books, table):
            yield finding("U01", "row_changed", {"table": table, "row": row_id}, f"{table} {row_id}")


def changed_rows(books: Books, table: str) -> Iterator[int]:
    """Ids of the rows of a table whose hash no longer fits."""
    statement = sa.text(f"SELECT * FROM {table} ORDER BY id")
    result = books.connection.execute(statement, execution_options={"yield_per": AT_ONCE})
    names = tuple(result.keys())
    hashed = [place for place, name in enumerate(names) if name not in NOT_HASHED]
    id_at, algorithm_at, hash_at = (names.index(name) for name in ("id", "hash_algorithm", "row_hash"))
    for row in result:
        content: dict[str, Any] = {names[place]: row[place] for place in hashed}
        if row[algorithm_at] != HASH_ALGORITHM or row[hash_at] != content_hash(table, content):
            yield row[id_at]
