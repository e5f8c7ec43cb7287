"""What can go wrong, said once for every door.

The core says what happened: a kind, a code, facts, one sentence in English. How it looks, and the sentence in
the reader's language, is the business of ``api/errors.py``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Fact = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input: where it stands, what was expected and what was found.

    code      stable message id, also the key in the catalogues of messages
    field     dotted name in the draft, for example ``lines.3.quantity``
    expected  what would have been accepted, in the reader's units
    found     what was given
    row       1-based row for sheets and line lists, if any
    facts     further values for the sentence, such as ``day`` and ``quantity``
    """

    code: str
    field: str
    expected: str
    found: str
    row: int | None = None
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        place = f"row {self.row}, {self.field}" if self.row is not None else self.field
        return f"{self.code} at {place}: expected {self.expected}, found {self.found}"


class Refusal(Exception):
    """Something the system will not do. Nothing was changed."""

    kind = "refusal"
    code = "refused"

    def __init__(self, message: str = "", **facts: Fact) -> None:
        self.facts: dict[str, Fact] = dict(facts)
        super().__init__(message or self.code)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every fault at once; empty where the refusal is not about a field."""
        return ()

    def details(self) -> dict[str, Any]:
        """Facts for a machine; subclasses add their own lists."""
        return dict(self.facts)


class InvalidInput(Refusal):
    """The draft breaks one or more laws; all of them are listed."""

    kind = "invalid"
    code = "invalid_input"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self._problems))

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems


class NotFound(Refusal):
    """No such thing, or none that this actor may see: from outside both look the same."""

    kind = "not_found"
    code = "not_found"

    def __init__(self, what: str, code: str) -> None:
        super().__init__(f"no {what} {code}", what=what, found=code)


class NotAllowed(Refusal):
    """The actor may not do this here."""

    kind = "not_allowed"
    code = "not_allowed"

    def __init__(self, permission: str, scope: str | None = None) -> None:
        super().__init__(f"{permission} is needed" + (f" for {scope}" if scope else ""), permission=permission)


class Conflict(Refusal):
    """The world is not as the request supposes."""

    kind = "conflict"
    code = "conflict"


class RequestKeyReused(Refusal):
    """The same request key came with another body."""

    kind = "unprocessable"
    code = "request_key_reused"


class Unavailable(Refusal):
    """The system cannot do this now; trying again later may help."""

    kind = "unavailable"
    code = "unavailable"
