"""What was done without network comes back: posted at its time, or kept to be reconciled; never lost, never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from reserve.authority import Actor, Grant, Permission
from reserve.dispatch import device_queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.devices import AlreadySettled
from reserve.dispatch.drafts import DeviceCommandDraft, SettlementDraft
from reserve.dispatch.terms import DeviceCommandKind, DeviceOutcome
from reserve.errors import InvalidInput, NotFound, RequestKeyReused
from reserve.stock import history
from tests.books import problems
from tests.reserve.stock.conftest import shelves as shelves
from tests.reserve.stock.shelves import Shelves, at, issue
from tests.small_world import Anything, actor

KEEPER = actor(1)


def brought(shelves: Shelves, written: Any, key: str = "", **more: Any) -> Any:
    """The answer to an issue (or another kind) that a device sends now."""
    draft = written if isinstance(written, dict) else written.model_dump(mode="json", exclude={"occurred_at"})
    values: dict[str, Any] = {"kind": DeviceCommandKind.ISSUE, "site_code": "W1", "device_at": at("2026-02-25")}
    values |= {"key": key or str(uuid4()), "words": draft, "content": draft}
    command = DeviceCommandDraft(**(values | more))
    return shelves.runner.run(dispatch.bring_in, command, actor=KEEPER, answer=Anything, key=command.key)


def waiting(shelves: Shelves) -> list[str]:
    return [command.refusal for command, *_ in shelves.ask(device_queries.list_commands, ["/"], waiting=True)]


@pytest.fixture(autouse=True)
def stocked(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")


def last_movement(shelves: Shelves) -> Any:
    return list(shelves.ask(history.list_ledger, ["/"]))[-1][0]


def test_an_issue_is_posted_at_the_time_when_it_happened(shelves: Shelves) -> None:
    answer = brought(shelves, issue(10)).value

    assert (answer.outcome, answer.number[:3]) == (DeviceOutcome.POSTED, "ISS")
    assert shelves.stand() == (90, 0)
    assert last_movement(shelves).occurred_at == at("2026-02-25")


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_clock_that_is_off_is_corrected(shelves: Shelves, hours: int) -> None:
    error = timedelta(hours=hours)

    brought(shelves, issue(10), device_at=at("2026-02-25") + error, clock_ahead_s=error.total_seconds())

    assert last_movement(shelves).occurred_at == at("2026-02-25")


def test_nothing_has_happened_later_than_now(shelves: Shelves) -> None:
    brought(shelves, issue(10), device_at=at("2026-03-05"))

    movement = last_movement(shelves)
    assert movement.occurred_at == movement.recorded_at


def test_the_same_words_sent_again_are_the_same_whatever_the_clock_says_by_then(shelves: Shelves) -> None:
    key = str(uuid4())

    first = brought(shelves, issue(10), key)
    again = brought(shelves, issue(10), key, clock_ahead_s=7200)

    assert (first.replayed, again.replayed, again.body == first.body) == (False, True, True)
    assert shelves.stand() == (90, 0)


def test_other_words_under_a_used_key_are_refused(shelves: Shelves) -> None:
    key = str(uuid4())
    brought(shelves, issue(10), key)

    with shelves.refused(RequestKeyReused):
        brought(shelves, issue(11), key)


def test_goods_that_left_the_gate_are_kept_to_be_reconciled(shelves: Shelves) -> None:
    answer = brought(shelves, issue(101)).value

    assert (answer.outcome, answer.refusal, answer.number) == (
        DeviceOutcome.TO_RECONCILE,
        "insufficient_stock",
        None,
    )
    assert shelves.stand() == (100, 0)
    assert waiting(shelves) == ["insufficient_stock"]


def test_words_that_no_draft_can_be_made_of_are_kept_too(shelves: Shelves) -> None:
    unread = ({"code": "scan_unreadable", "field": "scan", "expected": "a code", "found": "?"},)

    first = brought(shelves, {"scan": "?"}, content=None, problems=unread).value
    second = brought(shelves, issue(1).model_dump(mode="json") | {"lines": []}).value

    assert (first.refusal, first.problems[0]["code"]) == ("invalid_input", "scan_unreadable")
    assert (second.refusal, second.problems[0]["field"]) == ("invalid_input", "lines")
    assert waiting(shelves) == ["invalid_input", "invalid_input"]


def test_a_count_is_of_the_time_when_it_was_made(shelves: Shelves) -> None:
    shelves.book("2026-02-26  issue  30  lot 7  A1 -> H1")
    line = {"lot_ref": {"item_code": "M0000001", "code": "7"}, "owner_code": "PB", "fund": "provincial"}
    content = {"site_code": "W1", "lines": [line | {"counted": 100}]}

    answer = brought(shelves, content, kind=DeviceCommandKind.COUNT).value

    assert (answer.outcome, answer.number[:3]) == (DeviceOutcome.POSTED, "CNT")
    sheet = shelves.ask(device_queries.list_commands, ["/"])[0][0].document_number
    assert sheet == answer.number


def test_a_paper_settles_what_could_not_be_posted_once(shelves: Shelves) -> None:
    key = str(uuid4())
    brought(shelves, issue(101), key)
    paper = brought(shelves, issue(100)).value.number
    draft = SettlementDraft(command_key=key, document_number=paper)

    shelves.run(dispatch.settle_device_command, draft)

    assert waiting(shelves) == []
    with shelves.refused(AlreadySettled):
        shelves.run(dispatch.settle_device_command, draft)


def test_only_a_supervisor_settles_without_a_paper_and_with_a_reason(shelves: Shelves) -> None:
    key = str(uuid4())
    brought(shelves, issue(101), key)
    keeper = Actor(8, 8, "keeper", (Grant("keeper", "/", frozenset({Permission.STOCK_READ})),))

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(dispatch.settle_device_command, SettlementDraft(command_key=key, reason="typo"), keeper)
    assert problems(refusal) == [("paper_missing", "document_number", "")]
    with shelves.refused(InvalidInput) as refusal:
        shelves.run(dispatch.settle_device_command, SettlementDraft(command_key=key))
    assert problems(refusal) == [("reason_missing", "reason", "")]

    shelves.run(dispatch.settle_device_command, SettlementDraft(command_key=key, reason="typo"))
    assert waiting(shelves) == []


def test_a_site_of_others_looks_as_if_it_did_not_exist(shelves: Shelves) -> None:
    with shelves.refused(NotFound):
        brought(shelves, issue(1), site_code="NONE")
    assert waiting(shelves) == []
