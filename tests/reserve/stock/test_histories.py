"""Whatever happens to a store, in whatever order: the cache says what the ledger says, and nothing is below zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import accumulate
from uuid import uuid4

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.errors import Refusal, RequestKeyReused
from reserve.sites.models import Bin
from reserve.sites.terms import OUTSIDE
from reserve.stock import queries
from reserve.stock import service as stock
from reserve.stock.drafts import HoldReleaseDraft, ReversalDraft
from reserve.stock.models import Balance, Entry, Movement, StockAccount
from reserve.stock.terms import HoldMode
from tests.conftest import ENGINES, NOW
from tests.reserve.stock.shelves import KEEPER, Shelves, issue
from tests.reserve.verify.worlds import world
from tests.small_world import Anything

SMALL = settings(max_examples=10, deadline=None, phases=[Phase.generate, Phase.shrink], database=None)
BINS = st.sampled_from(["A1", "A1", "STAGE", "W2/A1"])
MOVES = st.one_of(
    st.tuples(st.just("receive"), st.just("SUPPLIER"), BINS),
    st.tuples(st.just("issue"), BINS, st.just("H1")),
    st.tuples(st.just("transfer"), BINS, BINS),
    st.tuples(st.sampled_from(["lose", "damage"]), BINS, st.just("LOST")),
    st.tuples(st.sampled_from(["hold", "release", "reverse"]), st.just("A1"), st.just("-")),
)
EVENTS = st.tuples(MOVES, st.integers(1, 60), st.sampled_from(["7", "8"]), st.sampled_from([0, 0, 1, 3]))
HISTORIES = st.lists(EVENTS, min_size=1, max_size=14)
Event = tuple[tuple[str, str, str], int, str, int]
"""Verb with start and end, quantity, lot, days back."""
Key = tuple[int, int]
"""(account, lot)"""


class Store:
    """People at work in one store; an honest refusal is an answer too."""

    def __init__(self, shelves: Shelves) -> None:
        self.shelves = shelves
        self.papers: list[str] = []
        self.holds: list[str] = []

    def do(self, move: tuple[str, str, str], quantity: int, lot: str, days_back: int) -> None:
        verb, start, end = move
        self.shelves.clock.move_to(self.shelves.clock.now() + timedelta(minutes=7))
        day = self.shelves.clock.now() - timedelta(days=days_back)
        when = day.date().isoformat() if days_back else "now"
        match verb:
            case "hold":
                self.holds.append(self.shelves.hold(quantity, lot, mode=HoldMode.UP_TO).number)
            case "release" if self.holds:
                self.shelves.run(stock.release_hold, HoldReleaseDraft(document_number=self.holds.pop(), reason="-"))
            case "reverse" if self.papers:
                self.shelves.run(stock.reverse, ReversalDraft(document_number=self.papers.pop(), reason="-"))
            case "receive" | "issue" | "transfer" | "lose" | "damage":
                answer = self.shelves.book(f"{when}  {verb}  {quantity}  lot {lot}  {start} -> {end}")
                self.papers.append(answer.number)


@contextmanager
def at_work(engine: str) -> Iterator[Store]:
    with world(engine, "small") as database:
        clock = StoryClock(NOW)
        yield Store(Shelves(Runner(database, clock), clock))


def ours(session: Session) -> set[int]:
    """Accounts in bins of ours and in transit."""
    statement = select(StockAccount.id).join(Bin, Bin.id == StockAccount.bin_id).where(Bin.kind.not_in(OUTSIDE))
    return set(session.scalars(statement))


def steps(session: Session) -> dict[Key, list[tuple[datetime, int, int]]]:
    """Every change of every account of ours: when it happened, in which place of the order, by how much."""
    inside, found = ours(session), defaultdict(list)
    for entry, movement in session.execute(select(Entry, Movement).join(Movement, Movement.id == Entry.movement_id)):
        for account, sign in ((entry.from_account_id, -1), (entry.to_account_id, 1)):
            if account in inside:
                change = movement.occurred_at, movement.position, sign * entry.quantity
                found[account, entry.lot_id].append(change)
    return found


def require_honest_books(session: Session) -> None:
    changes = steps(session)
    holds: dict[Key, int] = defaultdict(int)
    for hold in queries.open_holds(session):
        holds[hold.account_id, hold.lot_id] += hold.quantity
    balances = {(each.account_id, each.lot_id): each for each in session.scalars(select(Balance))}
    assert set(changes) <= set(balances)
    for key, balance in balances.items():
        mine = changes.get(key, [])
        assert balance.on_hand == sum(quantity for _, _, quantity in mine)
        assert balance.held == holds[key]
        assert 0 <= balance.held <= balance.on_hand
        for order in ("time", "position"):
            after: dict[float, int] = defaultdict(int)
            for occurred_at, position, quantity in mine:
                after[occurred_at.timestamp() if order == "time" else position] += quantity
            assert all(standing >= 0 for standing in accumulate(after[place] for place in sorted(after)))


def on_hand(session: Session) -> dict[Key, int]:
    return {(each.account_id, each.lot_id): each.on_hand for each in session.scalars(select(Balance)) if each.on_hand}


def live(store: Store, history: Sequence[Event]) -> None:
    for event in history:
        with suppress(Refusal):
            store.do(*event)


@pytest.mark.parametrize("engine", ENGINES)
@SMALL
@given(history=HISTORIES)
def test_balances_equal_the_ledger_after_any_history(engine: str, history: list[Event]) -> None:
    with at_work(engine) as store:
        live(store, history)

        store.shelves.ask(require_honest_books)


@pytest.mark.parametrize("engine", ENGINES)
@SMALL
@given(history=HISTORIES, last=EVENTS)
def test_a_reversal_at_once_restores_what_stood(engine: str, history: list[Event], last: Event) -> None:
    with at_work(engine) as store:
        live(store, history)
        before, papers = store.shelves.ask(on_hand), len(store.papers)
        live(store, [last])

        if len(store.papers) > papers:
            live(store, [(("reverse", "A1", "-"), 1, "7", 0)])

            assert len(store.papers) == papers
            assert store.shelves.ask(on_hand) == before
            store.shelves.ask(require_honest_books)


def test_the_same_key_twice_has_one_effect_and_one_answer(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    key = str(uuid4())

    first, again = (
        shelves.runner.run(stock.issue, issue(30), actor=KEEPER, answer=Anything, key=key) for _ in range(2)
    )

    assert (first.replayed, again.replayed) == (False, True)
    assert first.body == again.body
    assert shelves.stand() == (70, 0)
    with shelves.refused(RequestKeyReused):
        shelves.runner.run(stock.issue, issue(31), actor=KEEPER, answer=Anything, key=key)
