"""Sheets against a small world: checked as a rehearsal, imported whole or in good rows, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from api.i18n import Language, text_in
from api.schemas.sheets import BatchOut
from api.sheets.desk import SheetDesk
from api.sheets.importing import ChangedSinceImport, NothingToImport, NothingToWithdraw
from reserve.authority import Actor, Grant, Permission
from reserve.catalogue import queries as catalogue_queries
from reserve.commands import Runner
from reserve.errors import InvalidInput, NotAllowed, NotFound
from reserve.sheets.service import BatchWithdrawn
from reserve.sites import queries as site_queries
from reserve.stock import queries as stock_queries
from tests.api.sheets.files import FAULTY_CELLS, GOOD, HEAD, book_of, csv_of, row_with
from tests.books import rows
from tests.conftest import NOW
from tests.ledger_text import book
from tests.small_world import MASK, actor, build

OPENING, RECEIPTS, COUNTS, CATALOGUE, SITES = "opening_balances", "receipts", "counts", "catalogue", "sites"


def key() -> str:
    return str(uuid4())


@pytest.fixture
def desk(runner: Runner) -> SheetDesk:
    build(runner)
    return SheetDesk(runner, actor(), text_in(Language.ZH))


def bring(desk: SheetDesk, kind: str, name: str, content: bytes, *, good_only: bool = False) -> BatchOut:
    checked = desk.take_in(kind, name, content, key())
    return desk.bring_in(kind, checked.digest, good_only, key()).value


def stock(desk: SheetDesk) -> dict[tuple[str, str], int]:
    lines = desk.runner.ask(stock_queries.stock_lines)
    return {(line.site_code, line.lot_code): line.on_hand for line in lines}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # cells and rights know no engine
def test_every_faulty_cell_is_named_at_once_and_nothing_is_booked(desk: SheetDesk) -> None:
    content = book_of(*(row_with(column, value) for _, column, value, _, _ in FAULTY_CELLS), GOOD)
    before = rows(desk.runner.database)

    checked = desk.take_in(OPENING, "期初.xlsx", content, key())

    found = [(each.row, each.heading, each.code, each.suggestion) for each in checked.findings]
    assert found == [
        (row, column, code, suggestion) for row, (_, column, _, code, suggestion) in enumerate(FAULTY_CELLS, 2)
    ]
    assert (checked.total, checked.faulty, checked.good) == (len(FAULTY_CELLS) + 1, len(FAULTY_CELLS), 1)
    assert checked.findings[0].column == "D"
    with pytest.raises(InvalidInput) as refusal:
        desk.bring_in(OPENING, checked.digest, False, key())
    assert len(refusal.value.problems) == len(FAULTY_CELLS)
    assert stock(desk) == {}
    assert rows(desk.runner.database)[0]["stock_entry"] == before[0]["stock_entry"]


def test_what_only_the_books_know_is_found_for_every_row_with_a_suggestion(desk: SheetDesk) -> None:
    book(desk.runner, "2026-02-01  receive  5  lot OLD/2027-01-31  SUPPLIER -> A1")
    content = csv_of(
        row_with("物资编码", "口罩"),
        row_with("物资编码", "M0000010"),
        row_with("库点编码", "W9"),
        row_with("货位", "Z9"),
        row_with("权属单位编码", "XX"),
        row_with("批号", "OLD"),
        row_with("有效期至", ""),
        GOOD,
        GOOD,
    )

    checked = desk.take_in(OPENING, "a.csv", content, key())

    assert [(each.row, each.heading, each.code, each.suggestion) for each in checked.findings] == [
        (2, "物资编码", "unknown_item", MASK),
        (3, "物资编码", "unknown_item", MASK),
        (4, "库点编码", "not_found", ""),
        (5, "货位", "unknown_bin", ""),
        (6, "权属单位编码", "unknown_organisation", ""),
        (7, "有效期至", "lot_has_other_expiry", ""),
        (9, "有效期至", "lot_has_other_expiry", ""),
        (10, "", "row_twice", ""),
    ]
    assert (checked.good, checked.papers) == (1, 1)
    assert stock(desk) == {("W1", "OLD"): 5}


def test_all_rows_or_the_good_ones_by_choice_in_one_paper_for_each_site(desk: SheetDesk) -> None:
    content = csv_of(GOOD, row_with("库点编码", "W2"), row_with("批号", "L2"), row_with("货位", "Z9"))

    with pytest.raises(InvalidInput) as refusal:
        bring(desk, OPENING, "a.csv", content)
    assert [(each.field, each.code) for each in refusal.value.problems] == [("CSV!B5", "unknown_bin")]
    assert stock(desk) == {}
    batch = bring(desk, OPENING, "a.csv", content, good_only=True)

    assert (batch.recorded, batch.unchanged, batch.left_out, len(batch.subjects)) == (3, 0, 1, 2)
    assert stock(desk) == {("W1", "L1"): 100, ("W1", "L2"): 100, ("W2", "L1"): 100}


def test_a_sheet_that_comes_again_books_nothing_twice(desk: SheetDesk) -> None:
    first, both = csv_of(GOOD), csv_of(GOOD, row_with("批号", "L2"))
    same_key = key()
    checked = desk.take_in(OPENING, "a.csv", first, key())
    once = desk.bring_in(OPENING, checked.digest, False, same_key)
    again = desk.bring_in(OPENING, checked.digest, False, same_key)

    with pytest.raises(NothingToImport):
        desk.bring_in(OPENING, checked.digest, False, key())
    batch = bring(desk, OPENING, "b.csv", both)

    assert (again.replayed, again.body) == (True, once.body)
    assert (batch.recorded, batch.unchanged) == (1, 1)
    assert stock(desk) == {("W1", "L1"): 100, ("W1", "L2"): 100}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_exported_sheet_comes_back_with_no_change(desk: SheetDesk, form: str) -> None:
    runner = desk.runner
    bring(desk, OPENING, "a.csv", csv_of(row_with("批号", "=1+1"), row_with("批号", "@L2")))
    book(runner, "2026-02-01  receive  5  lot R1/2027-01-31  SUPPLIER -> A1", reference="-SH 12")
    head = ("site_code", "bin_code", "item_code", "lot_code", "owner_code", "fund", "counted", "counted_at")
    counted = NOW - timedelta(hours=2)
    count = ("W1", "A1", MASK, "R1", "PB", "provincial", 4, counted.strftime("%Y-%m-%d 08:00"))
    bring(desk, COUNTS, "c.csv", csv_of(count, head=head))

    for kind, lines in ((OPENING, 2), (RECEIPTS, 1), (COUNTS, 1), (CATALOGUE, 2), (SITES, 3)):
        content = desk.listed(kind, "W1", form, NOW)
        checked = desk.take_in(kind, f"{kind}.{form}", content, key())
        assert (checked.total, checked.unchanged, checked.findings) == (lines, lines, ()), kind


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # cells and rights know no engine
def test_what_is_booked_is_not_changed_in_a_sheet(desk: SheetDesk) -> None:
    bring(desk, OPENING, "a.csv", csv_of(GOOD))
    content = desk.listed(OPENING, "W1", "csv", NOW).replace(b",100,", b",900,")

    checked = desk.take_in(OPENING, "b.csv", content, key())

    assert [(each.row, each.code) for each in checked.findings] == [(2, "differs_from_paper")]


def test_receipts_become_one_paper_for_each_delivery(desk: SheetDesk) -> None:
    head = ("site_code", "supplier_code", "owner_code", "fund", "occurred_at", "reference", "item_code", "lot_code")
    head = (*head, "expires_on", "unit", "accepted", "rejected", "uninspected")
    one = ("W1", "MAKER", "PB", "省级", "2026-02-01 09:00", "SH-1", MASK, "L1", "2027-06-30", "piece", 90, 10, "")
    two = (*one[:7], "L2", *one[8:10], 50, "", 5)
    other = (*one[:5], "SH-2", *one[6:])
    wrong_unit = (*one[:9], "箱", *one[10:])

    faulty = desk.take_in(RECEIPTS, "a.csv", csv_of(wrong_unit, head=head), key())
    batch = bring(desk, RECEIPTS, "b.csv", csv_of(one, two, other, head=head))

    assert [(each.code, each.suggestion) for each in faulty.findings] == [("unit_differs", "件")]
    assert (batch.recorded, len(batch.subjects)) == (3, 2)
    lines = desk.runner.ask(stock_queries.stock_lines)
    assert sorted((line.lot_code, line.bin_code, line.on_hand) for line in lines) == [
        ("L1", "A1", 180),
        ("L1", "REJ", 20),
        ("L2", "A1", 50),
        ("L2", "INSP", 5),
    ]


def test_a_withdrawn_batch_leaves_the_shelves_as_they_were_and_may_come_again(desk: SheetDesk) -> None:
    content = csv_of(GOOD, row_with("库点编码", "W2"))
    batch = bring(desk, OPENING, "a.csv", content)

    withdrawn = desk.withdraw(batch.batch_id, "wrong list", key()).value

    assert (withdrawn.withdrawal_reason, withdrawn.subjects) == ("wrong list", batch.subjects)
    assert stock(desk) == {}
    with pytest.raises(BatchWithdrawn):
        desk.withdraw(batch.batch_id, "again", key())
    assert bring(desk, OPENING, "a.csv", content).recorded == 2


def test_a_batch_whose_goods_have_left_is_not_withdrawn(desk: SheetDesk) -> None:
    batch = bring(desk, OPENING, "a.csv", csv_of(GOOD, row_with("批号", "L2")))
    book(desk.runner, "now  issue  60  lot L1  A1 -> H1")

    with pytest.raises(Exception, match="L1"):
        desk.withdraw(batch.batch_id, "wrong list", key())

    assert stock(desk) == {("W1", "L1"): 40, ("W1", "L2"): 100}


def test_records_are_changed_by_a_sheet_and_changed_back(desk: SheetDesk) -> None:
    listed = desk.listed(CATALOGUE, "", "csv", NOW).decode()
    dearer = listed.replace(",50,,", ",70,,", 1).encode()
    batch = bring(desk, CATALOGUE, "a.csv", dearer)
    assert (batch.recorded, batch.unchanged) == (1, 1)
    prices = {code: item.unit_price_minor for code, item in desk.runner.ask(catalogue_queries.items_by_code).items()}
    assert sorted(prices.values()) == [50, 70]

    desk.withdraw(batch.batch_id, "typo", key())

    prices = {code: item.unit_price_minor for code, item in desk.runner.ask(catalogue_queries.items_by_code).items()}
    assert sorted(prices.values()) == [50, 50]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # cells and rights know no engine
def test_records_that_others_have_changed_since_stay(desk: SheetDesk) -> None:
    listed = desk.listed(CATALOGUE, "", "csv", NOW).decode()
    batch = bring(desk, CATALOGUE, "a.csv", listed.replace(",50,,", ",70,,").encode())
    bring(desk, CATALOGUE, "b.csv", listed.replace(",50,,", ",80,,").encode())

    with pytest.raises(ChangedSinceImport):
        desk.withdraw(batch.batch_id, "typo", key())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # cells and rights know no engine
def test_records_that_were_only_added_stay(desk: SheetDesk) -> None:
    listed = desk.listed(SITES, "", "csv", NOW).decode()
    batch = bring(desk, SITES, "a.csv", listed.replace("W2,W2,", "W3,W3,").encode())
    assert batch.subjects == ("W3",)

    with pytest.raises(NothingToWithdraw):
        desk.withdraw(batch.batch_id, "typo", key())

    assert "W3" in desk.runner.ask(site_queries.sites_by_code)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # cells and rights know no engine
def test_rights_are_those_of_each_row_and_files_are_ones_own(desk: SheetDesk) -> None:
    county = Grant("keeper", "/none/", frozenset({Permission.STOCK_OPENING}))
    keeper = replace(desk, actor=Actor(9, 9, "keeper", (county,)))
    mine = desk.take_in(OPENING, "a.csv", csv_of(GOOD), key())

    theirs = keeper.take_in(OPENING, "a.csv", csv_of(GOOD), key())

    assert [(each.row, each.code) for each in theirs.findings] == [(2, "not_allowed")]
    with pytest.raises(NotAllowed):
        keeper.take_in(CATALOGUE, "a.csv", csv_of(GOOD), key())
    with pytest.raises(InvalidInput):
        keeper.bring_in(OPENING, theirs.digest, False, key())
    other = replace(desk, actor=replace(actor(), person_id=77))
    with pytest.raises(NotFound):
        other.bring_in(OPENING, mine.digest, False, key())
    assert stock(desk) == {}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # cells and rights know no engine
def test_headings_may_stand_below_a_title_in_either_language(desk: SheetDesk) -> None:
    content = book_of(HEAD, GOOD, head=("石家庄库 期初库存",))

    assert desk.take_in(OPENING, "a.xlsx", content, key()).good == 1
