"""The one road into append-only tables, and the one order of everything that happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from reserve.db.types import AppendOnly
from reserve.hashing import HASH_ALGORITHM, content_hash


def append(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add rows to an append-only table and return their ids in the order given."""
    if not rows:
        return []
    table: sa.Table = model.__table__
    assert issubclass(model, AppendOnly), model
    names, statement = _shape(table)
    sealed = []
    for row in rows:
        content = {name: row.get(name) for name in names}
        assert not row.keys() - content.keys(), row.keys() - content.keys()
        sealed.append({**content, "hash_algorithm": HASH_ALGORITHM, "row_hash": content_hash(table.name, content)})
    if len(sealed) > 1 and session.get_bind().dialect.name == "sqlite":
        return _append_many(session, table, sealed)
    return list(session.execute(statement, sealed).scalars())


@cache
def _shape(table: sa.Table) -> tuple[list[str], sa.Insert]:
    """The columns that a row says something in, and the statement that adds rows: one of each per table."""
    names = [column.name for column in table.columns if column.name not in ("id", "hash_algorithm", "row_hash")]
    return names, sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)


def _append_many(session: Session, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add rows in one statement. SQLite would run one per row to give their ids back in order; the writing
    transaction is alone and nothing is ever deleted, so the ids that it would give are known beforehand.
    """
    first = session.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one() + 1
    ids = list(range(first, first + len(rows)))
    session.execute(sa.insert(table), [{**row, "id": id_} for row, id_ in zip(rows, ids, strict=True)])
    return ids


@event.listens_for(Session, "before_flush")
def _refuse_flush(session: Session, flush_context: UOWTransaction, instances: Any) -> None:
    for instance in (*session.new, *session.dirty, *session.deleted):
        if isinstance(instance, AppendOnly) and (instance not in session.dirty or session.is_modified(instance)):
            raise AssertionError(f"{type(instance).__name__} rows are only appended (reserve.db.append)")


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    writes = state.is_update or state.is_delete or state.is_insert
    if writes and state.bind_mapper is not None and issubclass(state.bind_mapper.class_, AppendOnly):
        raise AssertionError(f"{state.bind_mapper.class_.__name__} rows are only appended (reserve.db.append)")


def next_positions(session: Session, count: int) -> list[int]:
    """The next ``count`` places in the one order of everything that happened.

    One sequence numbers movements, holds, hold ends, blocks, document states and signatures. On SQLite a counter
    row gives it without gaps; on PostgreSQL a sequence, where a rolled-back command may leave a gap.
    """
    if count == 0:
        return []
    if session.get_bind().dialect.name == "postgresql":
        statement = sa.text("SELECT nextval('ledger_position') FROM generate_series(1, :count)")
        return sorted(session.execute(statement, {"count": count}).scalars())
    statement = sa.text("UPDATE ledger_position SET value = value + :count RETURNING value")
    last: int = session.execute(statement, {"count": count}).scalar_one()
    return list(range(last - count + 1, last + 1))


def last_position(session: Session) -> int:
    """The last place given so far. Reading takes none, so that the order stays without gaps on SQLite."""
    given = "SELECT value FROM ledger_position"
    if session.get_bind().dialect.name == "postgresql":
        given = "SELECT COALESCE(pg_sequence_last_value('ledger_position'), 0)"
    return int(session.execute(sa.text(given)).scalar_one())


def claim(session: Session, model: type[Any], row: Mapping[str, Any], *, unique: Sequence[str]) -> bool:
    """Add a row unless one with the same ``unique`` columns stands; whether the row is ours.

    On PostgreSQL the unique index is the lock: a second claimant waits for the first to commit. On SQLite the
    writing transaction is alone, so looking first is exact, and the guard against REPLACE may stay in place.
    """
    table: sa.Table = model.__table__
    if session.get_bind().dialect.name == "postgresql":
        statement = (
            pg_insert(table).values(**row).on_conflict_do_nothing(index_elements=list(unique)).returning(table.c.id)
        )
        return session.execute(statement).first() is not None
    same = _same(table, tuple((name, row[name] is None) for name in unique))
    if session.execute(same, {f"same_{name}": row[name] for name in unique}).first() is not None:
        return False
    session.execute(sqlite_insert(table).values(**row))
    return True


@cache
def _same(table: sa.Table, unique: tuple[tuple[str, bool], ...]) -> sa.Select[tuple[int]]:
    """The row with these unique columns, of which some are empty: one statement for each table and choice of them."""
    return sa.select(table.c.id).where(
        *(
            table.c[name].is_(None)
            if empty
            else table.c[name] == sa.bindparam(f"same_{name}", type_=table.c[name].type)
            for name, empty in unique
        )
    )


def claim_all(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]], *, unique: Sequence[str]) -> None:
    """Add every row of which none with the same ``unique`` columns stands. As ``claim``, in one statement or two."""
    table: sa.Table = model.__table__
    if session.get_bind().dialect.name == "postgresql":
        session.execute(pg_insert(table).on_conflict_do_nothing(index_elements=list(unique)), rows)
        return
    keys = [tuple(row[name] for name in unique) for row in rows]
    columns = [table.c[name] for name in unique]
    standing: set[tuple[Any, ...]] = set()
    for start in range(0, len(keys), 400):  # bound parameters are limited on SQLite
        same = sa.select(*columns).where(sa.tuple_(*columns).in_(keys[start : start + 400]))
        standing |= {tuple(found) for found in session.execute(same)}
    missing = [row for row, key in zip(rows, keys, strict=True) if key not in standing]
    if missing:
        session.execute(sqlite_insert(table), missing)
