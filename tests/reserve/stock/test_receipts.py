"""Goods come in: split at the door, questioned about their labels, inspected afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from reserve.catalogue import service as catalogue
from reserve.catalogue.terms import CatalogueDraft, ItemDraft
from reserve.errors import InvalidInput
from reserve.stock import queries, rules
from reserve.stock import service as stock
from reserve.stock.drafts import (
    InspectionDraft,
    InspectionLineDraft,
    LotRef,
    OpeningDraft,
    OpeningLineDraft,
    ReceiptLineDraft,
    ReversalDraft,
)
from reserve.stock.ledger import InsufficientStock, LotQuestion
from tests.books import problems
from tests.ledger_text import FUND, OWNER
from tests.reserve.stock.shelves import Shelves, at, label, receipt, ref
from tests.small_world import MASK, TENT

SUIT = "S0000001"


def inspected(accepted: int = 0, rejected: int = 0, site: str = "W1", bin_code: str = "A1") -> InspectionDraft:
    line = InspectionLineDraft(
        lot_ref=ref(), owner_code=OWNER, fund=FUND, accepted=accepted, rejected=rejected, bin_code=bin_code
    )
    return InspectionDraft(site_code=site, lines=(line,))


def test_a_receipt_is_split_by_what_the_inspection_says(shelves: Shelves) -> None:
    line = ReceiptLineDraft(lot=label(), accepted=100, rejected=7, uninspected=20, rejection_reason="wet")

    answer = shelves.run(stock.receive, receipt(line))

    assert answer.number.startswith("RCP-PB-2026-000001")
    assert shelves.stand("A1") == (100, 0)
    assert shelves.stand("REJ") == (7, 0)
    assert shelves.stand("INSP") == (20, 0)


def test_every_unknown_name_is_told_at_once(shelves: Shelves) -> None:
    good = ReceiptLineDraft(lot=label(), accepted=5)
    bad = ReceiptLineDraft(lot=label(item_code="X1"), accepted=5, bin_code="Z9")

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.receive, receipt(good, bad, owner_code="NOBODY", supplier_code="NONE"))

    assert problems(refusal) == [
        ("unknown_organisation", "owner_code", "NOBODY"),
        ("unknown_organisation", "supplier_code", "NONE"),
        ("unknown_item", "lines.1.lot.item_code", "X1"),
        ("unknown_bin", "lines.1.bin_code", "Z9"),
    ]
    assert [each.row for each in refusal.value.problems] == [None, None, 2, 2]


def test_bad_labels_are_told_at_once(shelves: Shelves) -> None:
    lines = (
        ReceiptLineDraft(lot=label("1", "2026-02-28"), accepted=5),
        ReceiptLineDraft(lot=label("2", None), accepted=5),
        ReceiptLineDraft(lot=label("3", made_on=date(2029, 1, 1)), accepted=5),
        ReceiptLineDraft(lot=label("--"), accepted=5),
        ReceiptLineDraft(lot=label("5")),
    )

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.receive, receipt(*lines))

    assert problems(refusal) == [
        ("expired_on_arrival", "lines.0.lot.expires_on", "2026-02-28"),
        ("expiry_missing", "lines.1.lot.expires_on", ""),
        ("made_after_expiry", "lines.2.lot.made_on", "2029-01-01"),
        ("lot_code_empty", "lines.3.lot.code", "--"),
        ("quantity_missing", "lines.4.accepted", "0"),
    ]
    assert refusal.value.problems[0].expected == "2026-03-01 or later"


def test_goods_that_expire_today_may_be_accepted(shelves: Shelves) -> None:
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(expires="2026-03-01"), accepted=5)))

    assert shelves.stand() == (5, 0)


def test_expiry_is_judged_on_the_day_of_arrival(shelves: Shelves) -> None:
    """The paper comes in March; the goods came in February and have expired since."""
    line = ReceiptLineDraft(lot=label(expires="2026-02-25"), accepted=5)

    shelves.run(stock.receive, receipt(line, occurred_at=at("2026-02-24")))

    assert shelves.stand() == (5, 0)


def test_expired_goods_may_be_booked_as_rejected(shelves: Shelves) -> None:
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(expires="2026-02-28"), rejected=5)))

    assert shelves.stand("REJ") == (5, 0)


@pytest.mark.parametrize("quantity", [1.5, "5", -1, 10**13])
def test_the_draft_takes_whole_numbers_only(quantity: object) -> None:
    with pytest.raises(ValidationError):
        ReceiptLineDraft.model_validate({"lot": label(), "accepted": quantity})


def test_nothing_is_received_from_the_future(shelves: Shelves) -> None:
    line = ReceiptLineDraft(lot=label(), accepted=5)

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.receive, receipt(line, occurred_at=at("2026-03-02")))

    assert [code for code, _, _ in problems(refusal)] == ["in_the_future"]


# --- lots ----------------------------------------------------------------------------------------------------------


def test_the_same_code_with_another_expiry_is_a_question(shelves: Shelves) -> None:
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(), accepted=5)))

    with shelves.refused(LotQuestion) as refusal:
        shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(expires="2027-12-31"), accepted=5)))

    assert refusal.value.facts == {"item": MASK, "lot": "7", "expected": "2028-12-31", "found": "2027-12-31"}


def test_a_confirmed_second_expiry_is_a_second_lot(shelves: Shelves) -> None:
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(), accepted=5)))
    second = label(expires="2027-12-31", confirms_other_expiry=True)

    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=second, accepted=8)))

    lines = shelves.ask(queries.stock_lines)
    assert [(each.expires_on, each.on_hand) for each in lines] == [(date(2028, 12, 31), 5), (date(2027, 12, 31), 8)]
    with shelves.refused(InvalidInput) as refusal:
        shelves.book("now  issue  1  lot 7  A1 -> H1")
    assert problems(refusal) == [("unknown_lot", "lines.0.lot_ref.code", "7")]


def test_one_receipt_may_not_bring_two_expiries_unasked(shelves: Shelves) -> None:
    lines = (ReceiptLineDraft(lot=label(), accepted=5), ReceiptLineDraft(lot=label(expires="2027-12-31"), accepted=5))

    with shelves.refused(LotQuestion):
        shelves.run(stock.receive, receipt(*lines))


def test_a_lot_is_one_however_its_code_is_written(shelves: Shelves) -> None:
    for code in ("ab-12", "AB 12", "\uff21\uff22\uff11\uff12"):
        shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(code), accepted=5)))

    assert shelves.stand(lot="ab-12") == (15, 0)


def test_two_makers_may_use_one_code(shelves: Shelves) -> None:
    lines = [ReceiptLineDraft(lot=label(maker=maker), accepted=5) for maker in ("North", "South")]

    shelves.run(stock.receive, receipt(*lines))

    assert [(each.maker, each.on_hand) for each in shelves.ask(queries.stock_lines)] == [("North", 5), ("South", 5)]


# --- inspection and opening ----------------------------------------------------------------------------------------


def suits_that_wait(shelves: Shelves, certificate: str | None = None) -> None:
    """A kind of goods that needs a certificate, twenty of which wait for inspection."""
    suit = ItemDraft(
        code=SUIT,
        name_zh="防护服",
        name_en="suit",
        unit="piece",
        category="PPE",
        weight_g=300,
        volume_cm3=900,
        needs_certificate=True,
        unit_price_minor=9000,
    )
    shelves.run(catalogue.record_catalogue, CatalogueDraft(items=(suit,)))
    goods = label(item_code=SUIT, certificate=certificate)
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=goods, uninspected=20)))


def certificates(shelves: Shelves, **more: Any) -> set[str | None]:
    return {line.certificate for line in shelves.ask(queries.stock_lines, item_codes=[SUIT], **more)}


def inspected_suits(certificate_no: str) -> InspectionDraft:
    goods = LotRef(item_code=SUIT, code="7")
    line = InspectionLineDraft(lot_ref=goods, owner_code=OWNER, fund=FUND, accepted=20)
    return InspectionDraft(site_code="W1", lines=(line,), certificate_no=certificate_no)


def test_the_certificate_found_at_inspection_makes_the_lot_usable(shelves: Shelves) -> None:
    suits_that_wait(shelves)
    before = shelves.clock.now()
    shelves.clock.move_to(at("2026-03-02T12:00"))

    shelves.run(stock.inspect, inspected_suits("QC-9"))

    (line,) = shelves.ask(queries.stock_lines, item_codes=[SUIT])
    assert (line.certificate, rules.unusable_because(line, date(2026, 3, 2))) == ("QC-9", None)
    assert certificates(shelves, known_at=before) == {None}


def test_an_inspection_without_certificate_leaves_the_one_the_lot_has(shelves: Shelves) -> None:
    suits_that_wait(shelves, certificate="QC-1")

    shelves.run(stock.inspect, inspected_suits(""))

    assert certificates(shelves) == {"QC-1"}


def test_a_certificate_that_comes_with_a_later_delivery_is_that_of_the_whole_lot(shelves: Shelves) -> None:
    suits_that_wait(shelves)

    later = ReceiptLineDraft(lot=label(item_code=SUIT, certificate="QC-2"), accepted=5)
    shelves.run(stock.receive, receipt(later))

    assert certificates(shelves) == {"QC-2"}
    assert shelves.stand("INSP") == (20, 0)


def test_inspection_moves_goods_to_the_shelf_and_to_the_rejected_area(shelves: Shelves) -> None:
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(), uninspected=20)))

    shelves.run(stock.inspect, inspected(accepted=15, rejected=3))

    assert (shelves.stand("A1"), shelves.stand("REJ"), shelves.stand("INSP")) == ((15, 0), (3, 0), (2, 0))


def test_no_more_is_inspected_than_waits(shelves: Shelves) -> None:
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(), uninspected=20)))

    with shelves.refused(InsufficientStock) as refusal:
        shelves.run(stock.inspect, inspected(accepted=15, rejected=6))

    (short,) = refusal.value.shortages
    assert (short.item_code, short.lot_code, short.wanted, short.available, short.place) == (
        MASK,
        "7",
        21,
        20,
        "W1/INSP",
    )


@pytest.mark.parametrize("bin_code", ["INSP", "REJ"])
def test_accepted_goods_go_where_accepted_goods_stand(shelves: Shelves, bin_code: str) -> None:
    shelves.run(stock.receive, receipt(ReceiptLineDraft(lot=label(), uninspected=20)))

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.inspect, inspected(accepted=5, bin_code=bin_code))

    assert problems(refusal) == [("unknown_bin", "lines.0.bin_code", bin_code)]
    assert refusal.value.problems[0].expected == "A1, RET, STAGE"


def test_opening_balances_may_have_expired_but_not_lack_a_code(shelves: Shelves) -> None:
    old = OpeningLineDraft(lot=label("1", "2020-01-01"), owner_code=OWNER, fund=FUND, quantity=5)
    tent = OpeningLineDraft(
        lot=label("2", None, item_code=TENT), owner_code=OWNER, fund=FUND, quantity=6, bin_code="STAGE"
    )

    shelves.run(stock.open_balance, OpeningDraft(site_code="W1", lines=(old, tent)))

    assert (shelves.stand(lot="1"), shelves.stand("STAGE", "2")) == ((5, 0), (6, 0))
    nameless = old.model_copy(update={"lot": label("··")})
    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.open_balance, OpeningDraft(site_code="W1", lines=(nameless,)))
    assert problems(refusal) == [("lot_code_empty", "lines.0.lot.code", "··")]


def test_opening_balances_of_one_lot_in_one_place_are_entered_once(shelves: Shelves) -> None:
    first = OpeningLineDraft(lot=label("1"), owner_code=OWNER, fund=FUND, quantity=5)
    second = first.model_copy(update={"lot": label("2"), "quantity": 6})
    opened = shelves.run(stock.open_balance, OpeningDraft(site_code="W1", lines=(first,)))

    with shelves.refused(InvalidInput) as refusal:
        shelves.run(stock.open_balance, OpeningDraft(site_code="W1", lines=(second, first)))

    assert problems(refusal) == [("opened_already", "lines.1.lot", "1")]
    assert refusal.value.problems[0].expected == f"not opened by {opened.number}"
    elsewhere = first.model_copy(update={"bin_code": "STAGE"})
    shelves.run(stock.open_balance, OpeningDraft(site_code="W1", lines=(second, elsewhere)))
    assert (shelves.stand(lot="1"), shelves.stand("STAGE", "1"), shelves.stand(lot="2")) == ((5, 0), (5, 0), (6, 0))


def test_an_opening_balance_that_was_reversed_is_entered_anew(shelves: Shelves) -> None:
    wrong = OpeningLineDraft(lot=label("1"), owner_code=OWNER, fund=FUND, quantity=50)
    opened = shelves.run(stock.open_balance, OpeningDraft(site_code="W1", lines=(wrong,)))
    shelves.run(stock.reverse, ReversalDraft(document_number=opened.number, reason="a zero too many"))

    right = wrong.model_copy(update={"quantity": 5})
    shelves.run(stock.open_balance, OpeningDraft(site_code="W1", lines=(right,)))

    assert shelves.stand(lot="1") == (5, 0)
