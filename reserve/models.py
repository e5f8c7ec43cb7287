"""Every table, imported, so that migrations and ``verify`` see all of them."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil

import reserve
from reserve.db import AppendOnly, Base

for _module in pkgutil.iter_modules(reserve.__path__):
    if _module.ispkg and importlib.util.find_spec(f"reserve.{_module.name}.models"):
        importlib.import_module(f"reserve.{_module.name}.models")

metadata = Base.metadata


def append_only_tables() -> list[str]:
    """Names of the tables whose rows are only added."""
    return sorted(mapper.class_.__tablename__ for mapper in Base.registry.mappers if issubclass(mapper.class_, AppendOnly))


def kept_tables() -> list[str]:
    """Names of the tables whose rows may change and are never deleted."""
    append_only = set(append_only_tables())
    return sorted(name for name in metadata.tables if name not in append_only)
