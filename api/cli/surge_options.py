"""What is typed behind ``reserve surge``: LINE@DAY, LINE=DAYS, CODE=QUANTITY@DAY, ITEM=PERCENT%, CODE=PERCENT."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from reserve.clock import LOCAL
from reserve.errors import InvalidInput, Problem
from reserve.scenarios.drafts import (
    ActivateDraft,
    AddMaterialDraft,
    Change,
    ChangeNeedDraft,
    DelayDraft,
    SupplyShareDraft,
)
from reserve.scenarios.terms import ScenarioBase

ALL = "all"
"""In place of a line: every line that may be activated."""
_NUMBER = r"(?P<{}>[0-9]+)"
_CODE = r"(?P<code>[A-Za-z0-9-]+)"
ACTIVATE = re.compile(f"{_CODE}(@{_NUMBER.format('day')})?")
DELAY = re.compile(f"{_CODE}={_NUMBER.format('days')}")
ADD_MATERIAL = re.compile(f"{_CODE}={_NUMBER.format('quantity')}(@{_NUMBER.format('day')})?")
NEED = re.compile(f"{_CODE}={_NUMBER.format('number')}(?P<percent>%)?")
SHARE = re.compile(f"{_CODE}={_NUMBER.format('percent')}%?")


def changes_typed(
    base: ScenarioBase,
    *,
    activate: Iterable[str] = (),
    delay: Iterable[str] = (),
    add_material: Iterable[str] = (),
    need: Iterable[str] = (),
    supply_share: Iterable[str] = (),
) -> tuple[Change, ...]:
    """The changes that options ask for. Raises InvalidInput for what cannot be read."""
    lines = [line.code for line in base.available]
    try:
        return (
            *(each for typed in activate for each in _activations(typed, lines)),
            *(_delay(_read("--delay", DELAY, "LINE=DAYS", typed)) for typed in delay),
            *(_material(_read("--add-material", ADD_MATERIAL, "CODE=QUANTITY@DAY", typed)) for typed in add_material),
            *(_need(_read("--need", NEED, "ITEM=PIECES or ITEM=PERCENT%", typed)) for typed in need),
            *(_share(_read("--supply-share", SHARE, "CODE=PERCENT", typed)) for typed in supply_share),
        )
    except ValidationError as error:
        first = error.errors()[0]
        field, found = ".".join(str(part) for part in first["loc"]), str(first["input"])
        raise InvalidInput([Problem("invalid_value", field, "a valid value", found)]) from None


def moment_typed(option: str, typed: str | None) -> datetime | None:
    """An instant as typed, Hebei time where no zone is given. Raises InvalidInput."""
    if typed is None:
        return None
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise InvalidInput([Problem("invalid_value", option, "a time such as 2021-01-06T20:00", typed)]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def _read(option: str, pattern: re.Pattern[str], form: str, typed: str) -> Mapping[str, Any]:
    found = pattern.fullmatch(typed)
    if found is None:
        raise InvalidInput([Problem("option_not_understood", option, form, typed)])
    return found.groupdict()


def _activations(typed: str, lines: Iterable[str]) -> Iterator[ActivateDraft]:
    read = _read("--activate", ACTIVATE, "LINE, LINE@DAY or all", typed)
    for code in lines if read["code"].lower() == ALL else (read["code"],):
        yield ActivateDraft(line_code=code, from_day=int(read["day"] or 0))


def _delay(read: Mapping[str, Any]) -> DelayDraft:
    return DelayDraft(line_code=read["code"], days=int(read["days"]))


def _material(read: Mapping[str, Any]) -> AddMaterialDraft:
    return AddMaterialDraft(material_code=read["code"], quantity=int(read["quantity"]), day=int(read["day"] or 0))


def _need(read: Mapping[str, Any]) -> ChangeNeedDraft:
    number = int(read["number"])
    if read["percent"]:
        return ChangeNeedDraft(item_code=read["code"], percent=number)
    return ChangeNeedDraft(item_code=read["code"], per_day=number)


def _share(read: Mapping[str, Any]) -> SupplyShareDraft:
    return SupplyShareDraft(material_code=read["code"], percent=int(read["percent"]))
