"""The glossary has a word for every table and every closed list, and the words that people see."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

import pytest

from api.i18n import Language, text_in
from optimizer.dispatch.policy import Fairness
from reserve.access.terms import Role
from reserve.capacity.terms import DeclarationKind, ProducerRole, QualityStatus, SupplyKind
from reserve.dispatch.terms import DeviceCommandKind, DeviceOutcome, PlanState, ShipmentState, StudyKind
from reserve.incidents.picture import Basis, NeedKind, Scenario
from reserve.incidents.terms import Evidence, IncidentClass, NeedOrigin
from reserve.mandates.terms import SourceKind
from reserve.models import metadata
from reserve.organisations.terms import Body, HolderKind, RegionLevel, Tier
from reserve.papers.terms import DocumentKind, State
from reserve.sheets.terms import RowOutcome, SheetKind
from reserve.sites.terms import BinKind, SiteKind
from reserve.stock.terms import (
    BlockReason,
    Condition,
    CountCause,
    Deduction,
    FloorKind,
    Fund,
    HoldMode,
    HoldOutcome,
    MovementKind,
    Purpose,
)

PAGE = (Path(__file__).parent.parent / "docs" / "glossary.md").read_text(encoding="utf-8")
SHOWN = {Role: "word", DocumentKind: "word", State: "word", SiteKind: "site", BinKind: "bin", MovementKind: "movement"}
SHOWN |= {CountCause: "cause", Deduction: "deduction", Tier: "tier", HolderKind: "holder"}
"""Lists whose words the pages say, with the context of their words."""
LISTS: tuple[type[Enum], ...] = (
    *SHOWN,
    *(Basis, BlockReason, Body, Condition, DeclarationKind, DeviceCommandKind, DeviceOutcome, Evidence, Fairness),
    *(FloorKind, Fund, HoldMode, HoldOutcome, IncidentClass, NeedKind, NeedOrigin, PlanState, ProducerRole, Purpose),
    *(QualityStatus, RegionLevel, RowOutcome, Scenario, SheetKind, ShipmentState, SourceKind, StudyKind, SupplyKind),
)


def line_of(words: type[Enum]) -> str:
    """The row of the table of closed lists that names a list."""
    lists = PAGE.partition("## Closed lists")[2]
    return next(line for line in lists.splitlines() if line.startswith("| ") and f"`{words.__name__}`" in line)


@pytest.mark.parametrize("words", LISTS, ids=lambda words: words.__name__)
def test_every_word_of_a_closed_list_stands_there(words: type[Enum]) -> None:
    row = line_of(words)

    assert [word.value for word in words if f"`{word.value}`" not in row] == []


@pytest.mark.parametrize("words", SHOWN, ids=lambda words: words.__name__)
def test_words_are_those_that_pages_show(words: type[Enum]) -> None:
    say, row = text_in(Language.ZH).catalogue.pgettext, line_of(words)
    shown = [(say(SHOWN[words], word.value), word.value) for word in words]

    assert [pair for pair in shown if not re.search(rf"{re.escape(pair[0])}(?:\([^)]*\))? `{pair[1]}`", row)] == []


def test_every_table_has_its_word() -> None:
    quoted = set(re.findall(r"`([a-z_]+)`", PAGE))

    assert sorted(set(metadata.tables) - quoted) == []
