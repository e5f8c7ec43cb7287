"""Locks on rows that the application may not change."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


def lock_row(session: Session, model: type[Any], row_id: int) -> None:
    """Keep other commands off a row until this transaction ends.

    ``SELECT … FOR UPDATE`` needs the right to update, which nobody has on append-only tables; PostgreSQL takes an
    advisory lock named after table and row instead. On SQLite a writing transaction is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        name = f"{model.__tablename__} {row_id}"
        session.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
