"""The only package that knows which database this is: column types, the append road, engines, guards.

SQLite: two engines on one file. One connection writes (BEGIN IMMEDIATE, synchronous=FULL), readers cannot write.
PostgreSQL: READ COMMITTED, row locks in one order; the application role does not own the tables.
"""

from reserve.db.appending import append, claim, claim_all, last_position, next_positions
from reserve.db.engines import Database, UnsafeDatabase, owner_engine
from reserve.db.guards import (
    expected_triggers,
    grant_application_rights,
    guard_against_deletion,
    guard_append_only,
    guard_once_settled,
)
from reserve.db.locking import lock_row
from reserve.db.scoping import within
from reserve.db.types import AppendOnly, Base, UtcDateTime, enum_type

__all__ = [
    "AppendOnly",
    "Base",
    "Database",
    "UnsafeDatabase",
    "UtcDateTime",
    "append",
    "claim",
    "claim_all",
    "enum_type",
    "expected_triggers",
    "grant_application_rights",
    "guard_against_deletion",
    "guard_append_only",
    "guard_once_settled",
    "last_position",
    "lock_row",
    "next_positions",
    "owner_engine",
    "within",
]
