"""Every table, imported, so that migrations and ``verify`` see all of them."""

from __future__ import annotations

import importlib
from pathlib import Path

import reserve
from reserve.db import AppendOnly, Base

# By file and not by import of the folder: verify has no tables and imports this module itself.
for _file in sorted(Path(reserve.__path__[0]).glob("*/models.py")):
    importlib.import_module(f"reserve.{_file.parent.name}.models")

metadata = Base.metadata


def append_only_tables() -> list[str]:
    """Names of the tables whose rows are only added."""
    tables = (mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, AppendOnly))
    return sorted(str(table) for table in tables)


def kept_tables() -> list[str]:
    """Names of the tables whose rows may change and are never deleted."""
    append_only = set(append_only_tables())
    return sorted(name for name in metadata.tables if name not in append_only)
