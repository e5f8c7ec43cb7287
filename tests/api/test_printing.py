"""Printed papers: what a reader takes out of the PDF, the same bytes each time, codes that our scanner reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.documents import stores
from api.documents.content import print_in
from api.documents.rendering import FOLDER
from api.i18n import Language, text_in
from api.views import dispatch as dispatch_views
from api.views import printing
from reserve.access.terms import Role
from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.db import Database
from reserve.drafts import Draft
from reserve.errors import NotFound
from reserve.papers.terms import DocumentKind
from reserve.stock import booked
from reserve.stock import service as stock
from reserve.stock.drafts import CountDraft, CountLineDraft, DisposalDraft, DisposalLineDraft, LotRef
from reserve.stock.scans import read_scan
from reserve.stock.terms import Fund
from tests.api.conftest import House
from tests.api.pdf_text import text_of
from tests.conftest import NOW
from tests.ledger_text import book
from tests.reserve.catalogue.goods import MASK as PLAIN
from tests.reserve.catalogue.goods import SURGICAL
from tests.reserve.dispatch.orders_world import Office, build_orders_world
from tests.reserve.dispatch.test_exchange import surgery
from tests.reserve.verify.worlds import BUILDERS, world
from tests.small_world import MASK, build, run

BUILDERS["orders"] = build_orders_world
ZH, EN, ALL = text_in(Language.ZH), text_in(Language.EN), ("/",)
REF = LotRef(item_code=MASK, code="L1")
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # ink knows no engine


@pytest.fixture
def store(runner: Runner) -> Runner:
    build(runner)
    book(runner, "2026-02-01  receive  130  lot L1/2027-06-30  SUPPLIER -> A1", reference="SH-12")
    return runner


def receipt(store: Runner) -> str:
    """Number of the one receipt."""
    return next(line.number for line in store.ask(booked.booked_lines, kind=DocumentKind.RECEIPT))


def test_a_receipt_says_everything_and_is_the_same_each_time(store: Runner) -> None:
    number = receipt(store)

    first = store.ask(printing.note, number, ALL, ZH)

    text = text_of(first)
    for words in ("入库单", number, "2026-02-01 08:00", f"{MASK} 口罩", "L1", "2027-06-30", "130", "2 箱 × 50 + 30"):
        assert words in text
    for words in ("MAKER", "W1 / A1", "SH-12", "验收人", "保管员", "(盖章处)", "状态:已过账"):
        assert words in text
    assert store.ask(printing.note, number, ALL, ZH) == first
    assert "Storekeeper" in text_of(store.ask(printing.note, number, ALL, EN))
    with pytest.raises(NotFound):
        store.ask(printing.note, number, ("/none/",), ZH)


def test_each_paper_of_the_store_has_its_own_name(store: Runner) -> None:
    issued = book(store, "2026-02-02  issue  30  lot L1  A1 -> H1").number
    moved = book(store, "2026-02-03  transfer  20  lot L1  A1 -> W2/A1").number
    line = CountLineDraft(lot_ref=REF, owner_code="PB", fund=Fund.PROVINCIAL, counted=79, counted_at=NOW)
    counted = run(store, stock.count, CountDraft(site_code="W1", lines=(line,))).number
    gone = DisposalLineDraft(lot_ref=REF, owner_code="PB", fund=Fund.PROVINCIAL, quantity=5)
    disposal = DisposalDraft(site_code="W1", lines=(gone,), appraisal="torn", reason="wet")
    asked = run(store, stock.request_disposal, disposal).number

    texts = [text_of(store.ask(printing.note, number, ALL, ZH)) for number in (issued, moved, counted, asked)]

    for text, title, words in zip(
        texts, ("出库单", "移库单", "盘点表", "报废申请"), ("已消耗", "W2 / A1", "-1", "鉴定人"), strict=True
    ):
        assert title in text
        assert words in text


def test_balance_and_ledger_carry_both_stamps(store: Runner, clock: StoryClock) -> None:
    clock.move_to(NOW + timedelta(hours=1))
    late = book(store, "2026-02-10  issue  30  lot L1  A1 -> H1").number
    as_of = NOW - timedelta(days=1)

    before = text_of(store.ask(printing.balance, "W1", ALL, ZH, as_of, NOW))
    after = text_of(store.ask(printing.balance, "W1", ALL, ZH, as_of, NOW + timedelta(hours=2)))
    earlier = text_of(store.ask(printing.balance, "W1", ALL, ZH, NOW - timedelta(days=40), NOW))
    ledger = text_of(store.ask(printing.ledger, "W1", ALL, ZH, MASK, as_of, NOW + timedelta(hours=2)))

    assert "截至 2026-02-28 10:00 · 以 2026-03-01 10:00 的账为准" in before
    assert ("130 件" in before, "100 件" in after, "130 件" in after) == (True, True, False)
    assert MASK not in earlier
    assert late in ledger
    assert "截至 2026-02-28 10:00 · 以 2026-03-01 12:00 的账为准" in ledger


def test_the_sheet_for_counting_is_blind_and_the_bin_card_is_not(store: Runner) -> None:
    sheet = text_of(store.ask(printing.count_sheet, "W1", ALL, ZH, NOW))
    card = text_of(store.ask(printing.bin_card, "W1", "A1", ALL, ZH, NOW))

    assert ("盘点表(盲盘)" in sheet, "L1" in sheet, "130" in sheet) == (True, True, False)
    assert ("货位卡" in card, "L1 · 2027-06-30 · 130 件" in card) == (True, True)


def test_labels_carry_codes_that_our_scanner_reads(store: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(stores, "qr", lambda text: drawn.append(text) or "<svg xmlns='http://www.w3.org/2000/svg'/>")

    lots = text_of(store.ask(printing.goods_labels, receipt(store), ALL, ZH, False))
    boxes = text_of(store.ask(printing.goods_labels, receipt(store), ALL, ZH, True))
    bins = text_of(store.ask(printing.bin_labels, "W1", ALL, ZH))

    assert (lots.count("批次签"), boxes.count("箱签"), bins.count("W1/A1")) == (1, 3, 1)
    assert [(scan.lot_code, scan.count) for scan in map(read_scan, drawn[:4])] == [
        ("L1", None),
        ("L1", 50),
        ("L1", 50),
        ("L1", 30),
    ]
    assert {(read_scan(code).site_code, read_scan(code).bin_code) for code in drawn[4:]} >= {
        ("W1", "A1"),
        ("W1", "STAGE"),
    }


def test_a_drill_says_so_across_the_page(store: Runner) -> None:
    words = store.ask(print_in, ZH)

    assert (words.is_drill, "content.drill_word" in (FOLDER / "base.typ").read_text()) == (False, True)


@pytest.fixture
def office(database: Database, clock: StoryClock) -> Iterator[Office]:
    with world("sqlite", "orders") as ready:
        yield Office(Runner(ready, clock), clock)


def test_an_order_has_its_letter_note_pick_list_and_waybill(office: Office) -> None:
    number = office.issued("WH-P01")

    letter = text_of(office.ask(printing.letter, number, ALL, ZH))
    note = text_of(office.ask(printing.note, number, ALL, ZH))
    picks = text_of(office.ask(printing.pick_list, number, ALL, ZH))
    shipment = office.depart(number, "HS-1", (1, 100), vehicle_no="冀A12345")
    waybill = text_of(office.ask(printing.waybill, shipment, ALL, ZH))

    for words in ("调拨指令", "特急", number, "主送:", "WH-P01", "(盖章处)", "抄送:", "HS-1", "2026年3月1日"):
        assert words in letter
    assert ("调拨单" in note, "拣货单" in picks, "P7" in picks) == (True, True, True)
    for words in ("随货同行单", shipment, "冀A12345", "P7", "100", "HS-1", number):
        assert words in waybill
    with pytest.raises(NotFound):
        office.ask(printing.waybill, shipment, ("/none/",), ZH)


def test_the_door_gives_the_paper_with_its_digest_to_those_who_may_read_it(house: House) -> None:
    build(house.runner)
    house.open("keeper", Role.KEEPER, "PB")
    house.open("hospital", Role.KEEPER, "H1")
    book(house.runner, "2026-02-01  receive  130  lot L1/2027-06-30  SUPPLIER -> A1")
    path = f"/api/v1/documents/{receipt(house.runner)}/note.pdf"

    first, again = (house.sign_in("keeper").get(path) for _ in range(2))

    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.headers["x-content-sha256"] == hashlib.sha256(first.content).hexdigest()
    assert first.content == again.content
    assert house.sign_in("hospital").get(path).status_code == 404


def test_an_order_line_of_a_substitute_says_for_what_it_goes_and_at_what_ratio(office: Office) -> None:
    office.run(surgery("ordinary_hcw_day"), Draft())
    number = office.draft(office.plan(item_codes=(SURGICAL,)))[0]

    note = text_of(office.ask(printing.note, number, ALL, EN))
    (line,) = office.ask(dispatch_views.order, number, ALL).lines

    assert f"in place of {SURGICAL}" in note.replace("\n", " ")
    assert "2 for 1" in note.replace("\n", " ")
    assert (line.item_code, line.needed_item, line.numerator, line.denominator) == (PLAIN, SURGICAL, 2, 1)
