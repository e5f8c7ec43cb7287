"""Which goods a scan means: by our label, by the maker's code in its pack size, by what a hand typed."""

from __future__ import annotations

from datetime import date

import pytest

from reserve.catalogue import service as catalogue
from reserve.catalogue.terms import TradeCodeDraft, TradeCodesDraft
from reserve.errors import InvalidInput
from reserve.stock.recognition import recognise
from reserve.stock.scans import lot_label
from tests.books import problems
from tests.reserve.stock.shelves import Shelves
from tests.small_world import MASK

BOX = "16901234567899"


def teach(shelves: Shelves, code: str = BOX, pieces: int = 50, item: str = MASK) -> None:
    draft = TradeCodesDraft(codes=(TradeCodeDraft(code=code, item_code=item, pieces=pieces),))
    shelves.run(catalogue.record_trade_codes, draft)


def test_a_box_of_fifty_means_its_pieces(shelves: Shelves) -> None:
    teach(shelves)

    found = shelves.ask(recognise, f"(01){BOX}(17)281231(10)2A(37)4")

    assert (found.item.code, found.pieces, found.scan.lot_code, found.lots) == (MASK, 200, "2A", ())
    assert shelves.ask(recognise, f"(01){BOX}").pieces == 50


def test_a_known_lot_is_found_whatever_its_expiry(shelves: Shelves) -> None:
    shelves.book("2026-02-20  receive  100  lot 2a/2027-06-30  SUPPLIER -> A1")

    found = shelves.ask(recognise, lot_label(MASK, "2 A", expires_on=date(2028, 1, 1)))

    assert [(lot.code, lot.expires_on) for lot in found.lots] == [("2a", date(2027, 6, 30))]


def test_what_a_hand_types_is_an_item_a_short_number_or_a_lot(shelves: Shelves) -> None:
    teach(shelves, code="06901234567892", pieces=1)
    shelves.book("2026-02-20  receive  100  lot 7  SUPPLIER -> A1")

    assert shelves.ask(recognise, MASK).item.code == MASK
    assert shelves.ask(recognise, "6901234567892").item.code == MASK
    assert [lot.item_code for lot in shelves.ask(recognise, "7").lots] == [MASK]
    assert shelves.ask(recognise, "nothing").item is None


def test_a_correction_of_a_code_holds_from_then_on(shelves: Shelves) -> None:
    teach(shelves)
    teach(shelves, pieces=40)

    assert shelves.ask(recognise, f"(01){BOX}").pieces == 40


@pytest.mark.parametrize("text", [f"(01){BOX}(10)2A", "MA.156.M0.100761.21234561.L7", lot_label("X0000001", "7")])
def test_unknown_goods_are_named(shelves: Shelves, text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        shelves.ask(recognise, text)

    assert [problem.code for problem in refusal.value.problems] == ["scan_unknown_goods"]


def test_codes_for_unknown_items_and_codes_given_twice_are_refused_together(shelves: Shelves) -> None:
    codes = (
        TradeCodeDraft(code=BOX, item_code=MASK),
        TradeCodeDraft(code=BOX, item_code="X0000001"),
    )

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(catalogue.record_trade_codes, TradeCodesDraft(codes=codes))

    assert problems(refusal) == [
        ("unknown_item", "codes.1.item_code", "X0000001"),
        ("code_twice", "codes.1.code", BOX),
    ]
