"""Whether a refusal left a trace in the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from reserve.db import Database
from reserve.errors import Refusal
from reserve.models import metadata
from reserve.stock.models import Balance

R = TypeVar("R", bound=Refusal)
BESIDE_THE_BOOKS = frozenset({"audit_entry", "request_key"})
"""Attempts beyond one's rights are kept: these tables may grow by a refusal."""


def rows(database: Database) -> tuple[Mapping[str, int | None], list[Any]]:
    """How many rows each table has, and what the balances say."""
    with database.reading() as session:
        counted = {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in metadata.sorted_tables
            if table.name not in BESIDE_THE_BOOKS
        }
        columns = (Balance.account_id, Balance.lot_id, Balance.on_hand, Balance.held)
        return counted, [tuple(row) for row in session.execute(select(*columns).order_by(Balance.id))]


@contextmanager
def refused(database: Database, error: type[R]) -> Iterator[pytest.ExceptionInfo[R]]:
    """What happens inside is refused with this error, and leaves no trace in the books."""
    before = rows(database)
    with pytest.raises(error) as refusal:
        yield refusal
    assert rows(database) == before


def problems(refusal: pytest.ExceptionInfo[Any]) -> list[tuple[str, str, str]]:
    """Code, field and what was found, of every problem."""
    return [(each.code, each.field, each.found) for each in refusal.value.problems]
