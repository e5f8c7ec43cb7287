"""Device queues against a model of one thread: shuffled, repeated, clocks off, batches cut; nothing lost or twice.

The model is a dozen lines of its own: what stood in each bin at each time. It is told what arrived, in the order of
arrival, and must end where the books end, with the same refusals.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from reserve.authority import Actor, Grant, Permission
from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.dispatch import device_queries
from reserve.dispatch import service as dispatch
from reserve.dispatch.drafts import DeviceCommandDraft
from reserve.dispatch.terms import DeviceOutcome
from reserve.stock import queries
from reserve.verify import run as verify
from tests.conftest import ENGINES, NOW
from tests.reserve.verify.worlds import world
from tests.small_world import MASK, Anything

QUEUES = {"quick": (8, 12), "ci": (40, 100)}
"""Queues, and commands in each."""
REPEATED = 0.3
CLOCK_HOURS = 48
LOTS = ("L1", "L2", "L3")
BINS = ("A1", "STAGE")
EVERYTHING = frozenset(Permission)


@dataclass(frozen=True, slots=True)
class Written:
    """One command in a device's queue. ``happened_at`` is true, ``device_at`` what its clock said."""

    key: str
    kind: str
    lot: str
    start: str
    goal: str
    quantity: int
    happened_at: datetime
    clock_error: timedelta

    def draft(self, sent_at: datetime, now: datetime) -> DeviceCommandDraft:
        words = self._words()
        return DeviceCommandDraft(
            key=self.key,
            kind=self.kind,
            site_code="W1",
            device_at=self.happened_at + self.clock_error,
            words=words,
            content=words,
            clock_ahead_s=(sent_at - now).total_seconds(),
        )

    def _words(self) -> dict[str, Any]:
        goods = {"lot_ref": {"item_code": MASK, "code": self.lot}, "owner_code": "PB", "fund": "provincial"}
        if self.kind == "receive":
            lot = {"item_code": MASK, "code": self.lot, "expires_on": "2028-12-31"}
            line = {"lot": lot, "accepted": self.quantity, "bin_code": self.goal}
            return {
                "site_code": "W1",
                "owner_code": "PB",
                "fund": "provincial",
                "supplier_code": "MAKER",
                "lines": [line],
            }
        goods |= {"quantity": self.quantity, "from_bin": self.start}
        if self.kind == "issue":
            return {"site_code": "W1", "receiver_code": "H1", "reason": "ward", "lines": [goods]}
        return {"from_site": "W1", "to_site": "W1", "lines": [goods | {"to_bin": self.goal}]}


@dataclass(slots=True)
class OneThread:
    """What stood where at each time: changes by bin and lot. Takes a command whole or not at all."""

    changes: defaultdict[tuple[str, str], list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))
    refused: list[str] = field(default_factory=list)

    def take(self, each: Written) -> None:
        out = [] if each.kind == "receive" else [(each.start, each.lot)]
        into = [] if each.kind == "issue" else [(each.goal, each.lot)]
        if all(self._covers(place, each) for place in out) and self._known(each):
            for place in out:
                self.changes[place].append((each.happened_at, -each.quantity))
            for place in into:
                self.changes[place].append((each.happened_at, each.quantity))
        else:
            self.refused.append(each.key)

    def _known(self, each: Written) -> bool:
        return each.kind == "receive" or any(lot == each.lot for _, lot in self.changes)

    def _covers(self, place: tuple[str, str], each: Written) -> bool:
        later = [(when, change) for when, change in self.changes[place] if when > each.happened_at]
        running = sum(change for _, change in self.changes[place]) - sum(change for _, change in later) - each.quantity
        lowest = running
        for when in sorted({when for when, _ in later}):
            running += sum(change for at, change in later if at == when)
            lowest = min(lowest, running)
        return lowest >= 0

    def standing(self) -> dict[tuple[str, str], int]:
        sums = {place: sum(change for _, change in changes) for place, changes in self.changes.items()}
        return {place: quantity for place, quantity in sums.items() if quantity}


def queue_of(number: int, length: int, dice: random.Random) -> list[Written]:
    """One device's day: more comes than goes, some of it more than there is."""
    error = timedelta(seconds=dice.randint(-CLOCK_HOURS * 3600, CLOCK_HOURS * 3600))
    moments = sorted(NOW - timedelta(seconds=dice.randint(60, 30 * 3600)) for _ in range(length))
    queue = []
    for place, moment in enumerate(moments):
        kind = dice.choices(("receive", "issue", "transfer"), (4, 4, 2))[0]
        start, goal = dice.sample(BINS, 2)
        key = f"device-{number:02}-{place:04}"
        queue.append(Written(key, kind, dice.choice(LOTS), start, goal, dice.randint(1, 60), moment, error))
    return queue


def batches(queues: list[list[Written]], dice: random.Random) -> list[list[Written]]:
    """How it all arrives: in batches of a queue's own order, some repeated, the batches of all queues shuffled."""
    sent = []
    for queue in queues:
        rest = list(queue)
        while rest:
            size = dice.randint(1, 9)
            sent.append(rest[:size])
            rest = rest[size:]
    sent += [dice.choice(sent) for _ in range(round(len(sent) * REPEATED))]
    dice.shuffle(sent)
    return sent


@pytest.mark.parametrize("engine", ENGINES)
def test_device_queues_end_where_one_thread_ends(request: pytest.FixtureRequest, engine: str) -> None:
    count, length = QUEUES[request.config.getoption("--faults")]
    dice = random.Random(20260301)
    queues = [queue_of(number, length, dice) for number in range(count)]
    model, told = OneThread(), Counter[bool]()
    with world(engine, "small") as database:
        runner = Runner(database, StoryClock(NOW))
        seen: set[str] = set()
        for batch in batches(queues, dice):
            cut = dice.randint(1, len(batch)) if dice.random() < 0.3 else len(batch)
            for each in [*batch[:cut], *batch]:  # a cut batch is sent again, whole
                answer = bring(runner, each)
                assert answer.replayed is (each.key in seen)
                told[answer.replayed] += 1
                if each.key not in seen:
                    model.take(each)
                    seen.add(each.key)
                    assert answer.value.outcome == outcome_of(model, each)

        assert told[False] == count * length
        assert told[True] >= REPEATED * count * length
        assert standing(runner) == model.standing()
        assert waiting(runner) == model.refused
        assert model.refused, "a day without a refusal proves nothing"
        assert verify(database, level="full").findings == []


def bring(runner: Runner, each: Written) -> Any:
    draft = each.draft(NOW + each.clock_error, NOW)
    by = Actor(1, 1, "device", (Grant("everything", "/", EVERYTHING),))
    return runner.run(dispatch.bring_in, draft, actor=by, answer=Anything, key=each.key)


def outcome_of(model: OneThread, each: Written) -> DeviceOutcome:
    return DeviceOutcome.TO_RECONCILE if each.key in model.refused else DeviceOutcome.POSTED


def standing(runner: Runner) -> dict[tuple[str, str], int]:
    lines = runner.ask(queries.stock_lines, site_codes=["W1"])
    return {(line.bin_code, line.lot_code): line.on_hand for line in lines}


def waiting(runner: Runner) -> list[str]:
    rows = runner.ask(device_queries.list_commands, ["/"], waiting=True, limit=10_000)
    return [command.key for command, *_ in rows]
