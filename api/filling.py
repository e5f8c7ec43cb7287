"""Forms as they are typed: flat dotted names (``lines.0.quantity``) in, a draft's nested fields out, and back again.

The name of a field is the name that problems use, so that each problem finds its place by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reserve.clock import LOCAL
from reserve.errors import InvalidInput, Problem

LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
HEBEI = "+08:00"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form on a page: what was typed and what is wrong with it."""

    csrf: str
    key: str
    """Request key: one effect, however often the form is sent."""
    typed: Mapping[str, str]
    status: int = 200
    message: str = ""
    problems: Sequence[Mapping[str, Any]] = ()

    def value(self, name: str, default: str = "") -> str:
        return self.typed.get(name, default)

    def problems_of(self, name: str) -> list[Mapping[str, Any]]:
        return [problem for problem in self.problems if problem["field"] == name]

    def rows(self, name: str, spare: int = 0) -> range:
        """Places of the rows of a list that were typed, and some empty ones to go on with."""
        return range(row_count(self.typed, name) + spare)


def row_count(typed: Mapping[str, str], name: str) -> int:
    places = [_place(field, name) for field in typed]
    return max((place for place in places if place is not None), default=-1) + 1


def draft_fields(typed: Mapping[str, str]) -> dict[str, Any]:
    """Nested fields for a draft. What was left empty is left out; times typed without a zone are Hebei's wall clock."""
    root: dict[str, Any] = {}
    for name, value in typed.items():
        if value.strip() == "":
            continue
        *path, last = name.split(".")
        level = root
        for part in path:
            level = level.setdefault(part, {})
        level[last] = value + HEBEI if last.endswith("_at") and LOCAL_TIME.fullmatch(value) else value
    nested: dict[str, Any] = _lists(root)
    return nested


def renumbered(typed: Mapping[str, str]) -> dict[str, str]:
    """Without the rows that were left empty, so that the places of rows are those of the draft's list."""
    order: dict[str, dict[int, int]] = {}
    for name, value in typed.items():
        head, place, _ = _split(name)
        if place is not None and value.strip():
            order.setdefault(head, {})[place] = 0
    for places in order.values():
        for new, old in enumerate(sorted(places)):
            places[old] = new
    kept: dict[str, str] = {}
    for name, value in typed.items():
        head, place, tail = _split(name)
        if place is None:
            kept[name] = value
        elif place in order.get(head, {}):
            kept[f"{head}.{order[head][place]}.{tail}"] = value
    return kept


def local_instant(typed: str, field: str) -> datetime | None:
    """A time typed as Hebei's wall clock; empty is none. Raises InvalidInput."""
    if not typed.strip():
        return None
    try:
        found = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise InvalidInput([Problem("not_a_time", field, "a time like 2021-01-05T08:00", typed[:40])]) from None
    return found if found.tzinfo else found.replace(tzinfo=LOCAL)


def _split(name: str) -> tuple[str, int | None, str]:
    head, _, rest = name.partition(".")
    place, _, tail = rest.partition(".")
    return (head, int(place), tail) if place.isdecimal() else (name, None, "")


def _place(field: str, name: str) -> int | None:
    head, place, _ = _split(field)
    return place if head == name else None


def _lists(value: Any) -> Any:
    """Dictionaries whose keys are all places become lists in the order of the places."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(each) for key, each in value.items()}
