"""Rights and settings, the second part of S01: what the application may do, and how the engine runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reserve.verify.books import Books, finding
from reserve.verify.findings import Finding

SQLITE_SETTINGS = {"journal_mode": "wal", "foreign_keys": "1", "query_only": "1"}
"""Read on the reading connection; the writing connection's settings are read back when the server starts."""
POSTGRESQL_SETTINGS = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply")}


def settings_stand(books: Books) -> Iterator[Finding]:
    """The settings that keep what was acknowledged."""
    if books.is_sqlite:
        for name, wanted in SQLITE_SETTINGS.items():
            value = str(books.connection.exec_driver_sql(f"PRAGMA {name}").scalar()).lower()
            if value != wanted:
                yield finding("S01", "setting_differs", {"name": name, "found": value, "expected": wanted}, name)
        return
    for name, allowed in POSTGRESQL_SETTINGS.items():
        value = str(books.connection.exec_driver_sql(f"SHOW {name}").scalar())
        if value not in allowed:
            yield finding("S01", "setting_differs", {"name": name, "found": value, "expected": allowed[0]}, name)


def application_rights(books: Books, append_only: Iterable[str], kept: Iterable[str]) -> Iterator[Finding]:
    """PostgreSQL: the role that runs the application reads and adds, changes only what may change, owns nothing."""
    rights = {table: {"SELECT", "INSERT"} for table in append_only}
    rights |= {table: {"SELECT", "INSERT", "UPDATE"} for table in kept}
    sql = """
    SELECT c.relname AS table_name, r.name AS privilege FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER'))
      AS r (name)
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND has_table_privilege(c.oid, r.name)"""
    found: dict[str, set[str]] = {}
    for row in books.rows(sql):
        found.setdefault(row["table_name"], set()).add(row["privilege"])
    for table in sorted(rights):
        for privilege in sorted(found.get(table, set()) ^ rights[table]):
            code = "right_missing" if privilege in rights[table] else "right_too_wide"
            yield finding("S01", code, {"table": table, "privilege": privilege}, f"table {table}")
    yield from _owned(books)


def _owned(books: Books) -> Iterator[Finding]:
    sql = """
    SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'S') AND pg_has_role(c.relowner, 'USAGE')
    ORDER BY 1"""
    for row in books.rows(sql):
        yield finding("S01", "application_owns", row, f"relation {row['name']}")
    powers = books.rows("""
    SELECT rolname AS role FROM pg_roles
    WHERE rolname = current_user AND (rolsuper OR rolreplication OR rolcreaterole OR rolbypassrls)""")
    for row in powers:
        yield finding("S01", "application_too_powerful", row, f"role {row['role']}")
    if books.rows("SELECT 1 AS may WHERE has_schema_privilege('public', 'CREATE')"):
        yield finding("S01", "right_too_wide", {"table": "schema public", "privilege": "CREATE"}, "schema public")
