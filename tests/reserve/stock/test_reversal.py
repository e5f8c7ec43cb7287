"""Reversal restores: undoing papers newest first leaves every balance as it was before them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.errors import Refusal
from reserve.stock import service as stock
from reserve.stock.drafts import ReversalDraft
from reserve.stock.ledger import AlreadyReversed
from tests.conftest import NOW
from tests.ledger_text import book
from tests.small_world import build, run

ACTS = st.lists(
    st.tuples(st.sampled_from(["receive", "issue", "transfer", "lose"]), st.integers(1, 80), st.sampled_from("78")),
    min_size=1,
    max_size=8,
)
LINES = {
    "receive": "now  receive  {quantity}  lot {lot}  SUPPLIER -> A1",
    "issue": "now  issue  {quantity}  lot {lot}  A1 -> H1",
    "transfer": "now  transfer  {quantity}  lot {lot}  A1 -> STAGE",
    "lose": "now  lose  {quantity}  lot {lot}  A1 -> LOST",
}


def balances(runner: Runner) -> dict[tuple[int, int], int]:
    with runner.database.read.connect() as connection:
        rows = connection.execute(sa.text("SELECT account_id, lot_id, on_hand FROM stock_balance WHERE on_hand <> 0"))
        return {(row.account_id, row.lot_id): row.on_hand for row in rows}


def ledger_sums(runner: Runner) -> dict[tuple[int, int], int]:
    """The same from the entries alone, for accounts that have a balance."""
    with runner.database.read.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT s.account_id, s.lot_id, SUM(s.quantity) AS on_hand FROM ledger_signed s "
                "JOIN stock_account a ON a.id = s.account_id JOIN bin b ON b.id = a.bin_id "
                "WHERE b.kind NOT IN ('supplier', 'consumed', 'waste', 'lost', 'count_difference') "
                "GROUP BY s.account_id, s.lot_id HAVING SUM(s.quantity) <> 0"
            )
        )
        return {(row.account_id, row.lot_id): int(row.on_hand) for row in rows}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_undoing_papers_newest_first_restores_every_balance(
    runner: Runner, clock: StoryClock, acts: list[tuple[str, int, str]]
) -> None:
    clock.move_to(max(NOW, clock.now()) + timedelta(days=1))
    build(runner)
    before = balances(runner)
    numbers = []
    for verb, quantity, lot in acts:
        clock.move_to(clock.now() + timedelta(minutes=1))
        try:
            numbers.append(book(runner, LINES[verb].format(quantity=quantity, lot=lot)).number)
        except Refusal:
            continue
    assert balances(runner) == ledger_sums(runner)

    for number in reversed(numbers):
        clock.move_to(clock.now() + timedelta(minutes=1))
        run(runner, stock.reverse, ReversalDraft(document_number=number, reason="by mistake"))

    assert balances(runner) == before
    assert balances(runner) == ledger_sums(runner)


def test_a_paper_is_undone_at_most_once(runner: Runner) -> None:
    build(runner)
    number = book(runner, "now  receive  50  lot 7  SUPPLIER -> A1").number
    run(runner, stock.reverse, ReversalDraft(document_number=number, reason="by mistake"))
    standing = balances(runner)

    with pytest.raises(AlreadyReversed):
        run(runner, stock.reverse, ReversalDraft(document_number=number, reason="again"))

    assert balances(runner) == standing == {}


def test_a_back_dated_issue_names_the_day_and_the_amount(runner: Runner, clock: StoryClock) -> None:
    build(runner)
    clock.move_to(NOW + timedelta(days=20))
    book(runner, "2026-03-09  receive  100  lot 7  SUPPLIER -> A1")
    book(runner, "2026-03-10  issue  100  lot 7  A1 -> H1")
    book(runner, "2026-03-15  receive  100  lot 7  SUPPLIER -> A1")
    standing = balances(runner)

    with pytest.raises(Refusal) as refusal:
        book(runner, "2026-03-10T09:00  issue  100  lot 7  A1 -> H1")

    assert refusal.value.details()["day"] == "2026-03-10"
    assert refusal.value.details()["quantity"] == -100
    assert balances(runner) == standing
