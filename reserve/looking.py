"""Looking before the write: what takes long to read is read where nobody waits for it (docs/decisions/0027)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

V = TypeVar("V", bound=Callable[..., Any])
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Seen(Generic[S]):
    """What a verb saw in a reading transaction, and the last audit entry that stood in the books it saw."""

    found: S
    last_entry: int


def looks_first(look: Callable[..., Any]) -> Callable[[V], V]:
    """Let the runner call ``look(session, actor, draft, *, now, today)`` before the transaction that writes.

    The verb takes the result as ``seen: Seen | None`` and must itself look again where that is None or too old.
    """

    def mark(verb: V) -> V:
        vars(verb)["look"] = look
        return verb

    return mark
