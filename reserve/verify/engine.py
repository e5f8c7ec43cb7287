"""The engine's own word, S02: pages, indexes and references are whole."""

from __future__ import annotations

from collections.abc import Iterator

from reserve.models import metadata
from reserve.verify.books import Books, finding
from reserve.verify.findings import Finding


def engine_is_whole(books: Books) -> Iterator[Finding]:
    """S02: integrity and foreign-key checks of the engine find nothing; every index is valid."""
    yield from _sqlite(books) if books.is_sqlite else _postgresql(books)


def _sqlite(books: Books) -> Iterator[Finding]:
    for row in books.pragma("integrity_check"):
        message = str(row["integrity_check"])
        if message != "ok":
            yield finding("S02", "integrity_broken", {"message": message}, message)
    for row in books.pragma("foreign_key_check"):
        facts = {"source": row["table"], "row_id": row["rowid"], "target": row["parent"]}
        yield finding("S02", "reference_broken", facts, f"{row['table']} {row['rowid']}")


def _postgresql(books: Books) -> Iterator[Finding]:
    """amcheck needs a superuser; the references are joined again, without the triggers that should have held them."""
    for name in sorted(metadata.tables):
        for reference in sorted(metadata.tables[name].foreign_key_constraints, key=lambda each: str(each.name)):
            (column,), (element,) = reference.columns, reference.elements
            target = element.column
            sql = f"""
            SELECT '{name}' AS source, x.id AS row_id, '{target.table.name}' AS target FROM {name} x
            WHERE x.{column.name} IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM {target.table.name} y WHERE y.{target.name} = x.{column.name})
            ORDER BY x.id"""
            for row in books.rows(sql):
                yield finding("S02", "reference_broken", row, f"{row['source']} {row['row_id']}")
    sql = """
    SELECT c.relname AS message FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND NOT (i.indisvalid AND i.indisready AND i.indislive) ORDER BY 1"""
    for row in books.rows(sql):
        yield finding("S02", "integrity_broken", row, f"index {row['message']}")
    unproven = """
    SELECT conname AS message FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE n.nspname = 'public' AND NOT convalidated ORDER BY 1"""
    for row in books.rows(unproven):
        yield finding("S02", "integrity_broken", row, f"constraint {row['message']}")
