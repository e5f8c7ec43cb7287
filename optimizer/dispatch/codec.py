"""Frozen rows to what JSON knows and back, the kinds of their fields read from the rows themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints


def plain(value: Any) -> Any:
    """What JSON knows: tuples as lists, rows and mappings as objects."""
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    if isinstance(value, (str, int)) or value is None:
        return value
    return dict(value) if isinstance(value, Mapping) else vars(value)  # rows are flat: asdict would copy for nothing


def row_of(kind: Callable[..., Any], raw: Mapping[str, Any]) -> Any:
    """A row as ``plain`` left it: lists are tuples again, words are enums again."""
    words = _words_of(kind)
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if isinstance(value, list):
            values[name] = tuple(tuple(part) if isinstance(part, list) else part for part in value)
        elif name in words and value is not None:
            values[name] = words[name](value)
        else:
            values[name] = value
    return kind(**values)


@cache
def _words_of(kind: Callable[..., Any]) -> dict[str, type[StrEnum]]:
    """The fields of a row that hold a word of a closed list, None allowed or not."""
    found = {}
    for name, hint in get_type_hints(kind).items():
        for part in (hint, *get_args(hint)):
            if isinstance(part, type) and issubclass(part, StrEnum):
                found[name] = part
    return found
