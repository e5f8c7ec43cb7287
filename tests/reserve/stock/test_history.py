"""What lies behind a number: the lines of a lot as of an hour and as known on an hour, inside the reader's scopes."""

from __future__ import annotations

from datetime import timedelta

from reserve.stock import history, queries
from tests.reserve.stock.shelves import Shelves, at
from tests.small_world import MASK, TENT

ALL = ["/"]


def lot_id(shelves: Shelves, code: str = "7") -> int:
    (lot,) = shelves.ask(history.lots_called, ALL, code, item_code=MASK)
    number: int = lot.id
    return number


def test_book_as_of_an_hour_counts_what_had_happened_by_then(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    shelves.book("2026-02-22  issue  30  lot 7  A1 -> H1")

    assert shelves.stand(as_of=at("2026-02-19")) == (0, 0)
    assert shelves.stand(as_of=at("2026-02-21")) == (100, 0)
    assert shelves.stand(as_of=at("2026-02-22")) == (70, 0)


def test_what_was_entered_late_had_happened_but_was_not_known(shelves: Shelves) -> None:
    before = shelves.clock.now()
    shelves.clock.move_to(before + timedelta(hours=1))
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")

    assert shelves.stand(as_of=at("2026-02-21")) == (100, 0)
    assert shelves.stand(as_of=at("2026-02-21"), known_at=before) == (0, 0)


def test_lines_of_a_lot_say_where_from_where_to_and_on_which_paper(shelves: Shelves) -> None:
    receipt = shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    shelves.book("2026-02-22  issue  30  lot 7  A1 -> H1")

    first, second = shelves.ask(history.lines_of_lot, lot_id(shelves), ALL)

    assert (first.quantity, first.from_kind, first.to_place, first.to_bin) == (100, "supplier", "W1", "A1")
    assert first.document_number == receipt.number
    assert (second.quantity, second.from_place, second.from_bin, second.to_kind) == (30, "W1", "A1", "consumed")
    known = shelves.ask(history.lines_of_lot, lot_id(shelves), ALL, as_of=at("2026-02-21"))
    assert [line.quantity for line in known] == [100]
    page = shelves.ask(history.lines_of_lot, lot_id(shelves), ALL, after=first.id)
    assert [line.quantity for line in page] == [30]


def test_lines_outside_the_scopes_are_not_told(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    lot = lot_id(shelves)

    assert shelves.ask(history.lines_of_lot, lot, ["/HB/SJZ/"]) == []
    assert shelves.ask(history.lots_beginning, ["/HB/SJZ/"], "7") == []
    assert shelves.ask(history.stocked_items, ["/HB/SJZ/"]) == []


def test_items_that_once_stood_here_are_listed_page_by_page(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    shelves.book("2026-02-21  issue  100  lot 7  A1 -> H1")

    assert [item.code for item in shelves.ask(history.stocked_items, ALL)] == [MASK]
    assert shelves.ask(history.stocked_items, ALL, item_codes=[TENT]) == []
    assert shelves.ask(history.stocked_items, ALL, after=MASK) == []
    assert shelves.ask(queries.stock_lines, scopes=ALL) == []
