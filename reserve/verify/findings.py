"""What ``verify`` says: findings, each with its law, its facts and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reserve.errors import Fact


@dataclass(frozen=True, slots=True)
class Sentence:
    """How a finding reads, and what to do about it. Braces name facts."""

    zh: str
    en: str
    todo_zh: str
    todo_en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a law is broken.

    law       id of the invariant, for example ``L03``
    code      stable message id
    rows      the rows concerned, as ``table id``
    position  the first place in the order of everything at which it is wrong, where one is known
    person_id opaque id of who wrote it, where known
    at        when it was recorded, where known
    """

    law: str
    code: str
    facts: Mapping[str, Fact]
    zh: str
    en: str
    todo_zh: str
    todo_en: str
    rows: tuple[str, ...] = ()
    position: int | None = None
    person_id: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one run on one snapshot.

    laws      ids checked, in order
    left_out  further findings of each law beyond those listed, by law
    position  the highest place in the order of everything that the snapshot saw
    seconds   how long it took
    """

    level: str
    laws: Sequence[str]
    findings: Sequence[Finding]
    left_out: Mapping[str, int]
    position: int
    seconds: float

    @property
    def clean(self) -> bool:
        return not self.findings
