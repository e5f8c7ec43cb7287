"""The law of the schema, S01: every table, constraint, index, trigger, right and setting that the promises rest on.

A dropped guard is a finding even where the rows are still right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from reserve.db import expected_triggers
from reserve.errors import Fact
from reserve.models import append_only_tables, kept_tables, metadata
from reserve.verify.books import Books, finding
from reserve.verify.findings import Finding
from reserve.verify.schema_rights import application_rights, settings_stand

OTHER_TRIGGERS = frozenset({"guard_request_key_settled", "guard_bin_settled", "guard_stock_account_settled"})
"""Rows that are final once they say this: an answer given, what a bin is, whose account it is."""
OTHER_SQLITE_TRIGGERS = frozenset(
    {"ledger_position_forward", "guard_ledger_position_delete", "guard_ledger_position_replace"}
)
VIEWS = frozenset({"ledger_signed"})
UNMAPPED = frozenset({"ledger_position", "alembic_version"})
"""Tables without a mapped class; on PostgreSQL ``ledger_position`` is a sequence."""


def schema_stands(books: Books) -> Iterator[Finding]:
    """S01: expected tables, columns, constraints, indexes, triggers, rights and settings are all there."""
    inspector = sa.inspect(books.connection)
    found = set(inspector.get_table_names())
    expected = set(metadata.tables)
    unmapped = UNMAPPED if books.is_sqlite else UNMAPPED - {"ledger_position"}
    yield from _compare("table", "", expected | unmapped, found)
    yield from _compare("view", "", VIEWS, inspector.get_view_names())
    if not books.is_sqlite:
        yield from _compare("sequence", "", {"ledger_position"}, inspector.get_sequence_names(), only_missing=True)
    present = expected & found
    yield from _tables_stand(inspector, present)
    yield from _triggers_stand(books)
    yield from settings_stand(books)
    if books.is_sqlite:
        strict = {row["name"] for row in books.pragma("table_list") if row["strict"]}
        yield from _compare("strict", "", present, strict, only_missing=True)
    else:
        yield from application_rights(books, append_only_tables(), kept_tables())


def _compare(
    what: str, table: str, expected: Iterable[str], found: Iterable[str], *, only_missing: bool = False
) -> Iterator[Finding]:
    wanted, there = set(expected), set(found)
    for name in sorted(wanted - there):
        yield _schema_finding("schema_missing", what, table, name)
    for name in sorted(there - wanted) if not only_missing else ():
        yield _schema_finding("schema_unexpected", what, table, name)


def _schema_finding(code: str, what: str, table: str, name: str) -> Finding:
    facts: dict[str, Fact] = {"what": what, "name": name, "table": table or name}
    return finding("S01", code, facts, f"{what} {name}")


def _tables_stand(inspector: sa.Inspector, present: set[str]) -> Iterator[Finding]:
    """Columns with their nullability, keys, unique and check constraints, indexes: as the models say."""
    columns = inspector.get_multi_columns()
    keys = inspector.get_multi_pk_constraint()
    foreign = inspector.get_multi_foreign_keys()
    uniques = inspector.get_multi_unique_constraints()
    checks = inspector.get_multi_check_constraints()
    indexes = inspector.get_multi_indexes()
    for name in sorted(present):
        table, at = metadata.tables[name], (None, name)
        yield from _compare(
            "column",
            name,
            {_column_text(each.name, bool(each.nullable)) for each in table.columns},
            {_column_text(each["name"], bool(each["nullable"])) for each in columns[at]},
        )
        expected_key = {_list(column.name for column in table.primary_key.columns)}
        yield from _compare("primary key", name, expected_key, {_list(keys[at]["constrained_columns"])})
        yield from _compare(
            "foreign key",
            name,
            {_reference(each) for each in table.foreign_key_constraints},
            {f"{_list(each['constrained_columns'])} → {each['referred_table']}" for each in foreign[at]},
        )
        yield from _compare("unique", name, _unique_keys(table), {_list(each["column_names"]) for each in uniques[at]})
        yield from _compare("check", name, _check_names(table), {str(each["name"]) for each in checks[at]})
        own = {str(each["name"]) for each in indexes[at] if not each.get("duplicates_constraint")}
        yield from _compare("index", name, {str(each.name) for each in table.indexes}, own)


def _column_text(name: str, nullable: bool) -> str:
    return name if nullable else f"{name} NOT NULL"


def _list(names: Iterable[Any]) -> str:
    return ", ".join(str(name) for name in names)


def _reference(constraint: sa.ForeignKeyConstraint) -> str:
    return f"{_list(constraint.column_keys)} → {constraint.referred_table.name}"


def _unique_keys(table: sa.Table) -> set[str]:
    return {
        _list(column.name for column in each.columns)
        for each in table.constraints
        if isinstance(each, sa.UniqueConstraint)
    }


def _check_names(table: sa.Table) -> set[str]:
    named = [each for each in table.constraints if isinstance(each, sa.CheckConstraint)]
    return {str(sa.schema.conv(f"ck_{table.name}_{_bare(table, each)}")) for each in named}


def _bare(table: sa.Table, check: sa.CheckConstraint) -> str:
    """The constraint's own part of its name; the naming convention may already have put the rest before it."""
    return str(check.name).removeprefix(f"ck_{table.name}_")


def _triggers_stand(books: Books) -> Iterator[Finding]:
    """Each guard exists on its table, is switched on for every session, and still refuses."""
    dialect = "sqlite" if books.is_sqlite else "postgresql"
    expected = expected_triggers(dialect, append_only_tables(), kept_tables()) | OTHER_TRIGGERS
    if books.is_sqlite:
        expected |= OTHER_SQLITE_TRIGGERS
        sql = """
        SELECT name, tbl_name AS table_name, CASE WHEN sql LIKE '%RAISE(ABORT%' THEN 1 ELSE 0 END AS refuses,
               1 AS always FROM sqlite_master WHERE type = 'trigger'"""
    else:
        sql = """
        SELECT t.tgname AS name, c.relname AS table_name, (t.tgenabled = 'A')::int AS always,
               (p.proname = 'guard_refuse' AND p.prosrc LIKE '%RAISE EXCEPTION%')::int AS refuses
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname = 'public'"""
    found = {str(row["name"]): row for row in books.rows(sql)}
    yield from _compare("trigger", "", expected, found)
    for name in sorted(expected & found.keys()):
        row = found[name]
        misplaced = name.startswith("guard_") and not name.startswith(f"guard_{row['table_name']}_")
        if not row["refuses"] or misplaced:
            yield _schema_finding("guard_hollow", "trigger", str(row["table_name"]), name)
        elif not row["always"]:
            yield _schema_finding("guard_switched_off", "trigger", str(row["table_name"]), name)
