"""Filters that keep rows outside a scope out of every list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa


def within(path: Any, scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether an organisation path lies in one of the scopes. No scopes, no rows."""
    clauses = [path.startswith(scope, autoescape=True) for scope in scopes]
    return sa.or_(sa.false(), *clauses)
