"""A storekeeper's day in a browser: receipt by scan, issue, put-away, count, quarantine, reversal; also unhappy."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, Response, Route, expect

from reserve.stock import queries
from reserve.stock.scans import bin_label, lot_label
from tests.browser.conftest import PHONE, Visit
from tests.browser.house import Served

STORE, FIRST_BIN = "WH-P01", "A1"
LAST_DAY = date(2022, 6, 30)
PAGE_BYTES = 20 * 1024


def on_hand(served: Served, lot: str) -> dict[str, int]:
    """Pieces of a lot by bin of the store."""
    found = served.runner.ask(queries.stock_lines, site_codes=[STORE])
    return {each.bin_code: each.on_hand for each in found if each.lot_code == lot}


def item_code(served: Served) -> str:
    """Goods with a shelf life and packs that need no certificate."""
    found = served.runner.ask(queries.stock_lines, site_codes=[STORE])
    return next(
        each.item_code for each in found if each.must_expire and each.pack_size > 1 and not each.needs_certificate
    )


def pack_size(served: Served) -> int:
    found = served.runner.ask(queries.stock_lines, site_codes=[STORE], item_codes=[item_code(served)])
    return found[0].pack_size


def scan(page: Page, text: str) -> None:
    """As a scanner does it: the code, then Enter, into whatever has the focus."""
    expect(page.locator("#f-scan")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def told(page: Page, text: str) -> None:
    expect(page.locator("#scanned")).to_have_text(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def new_receipt(page: Page) -> None:
    page.goto(f"/desk/receipts/new?site={STORE}")
    page.locator("#f-supplier_code").fill("PR001")
    page.locator("#f-scan").focus()


def received(page: Page, served: Served, lot: str, pieces: int = 100, expires_on: date | None = LAST_DAY) -> str:
    """A lot on the first shelf by a receipt of its own; the number of its paper."""
    new_receipt(page)
    scan(page, lot_label(item_code(served), lot, expires_on=expires_on, pieces=pieces))
    expect(page.locator("fieldset.line")).to_have_count(1)
    press(page, "登记入库")
    page.wait_for_url("**/desk/papers/*")
    return page.url.rpartition("/")[2]


def test_ten_scanned_lots_are_one_receipt_without_a_mouse(visit: Visit, served: Served) -> None:
    page, item = visit("keeper"), item_code(served)
    new_receipt(page)

    for number in range(10):
        expect(page.locator("fieldset.line")).to_have_count(number)
        scan(page, lot_label(item, f"R{number}", expires_on=LAST_DAY, pieces=100 + number))
    told(page, "第 10 行:R9。")
    page.get_by_role("button", name="登记入库").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/papers/RCP-*")

    expect(page.locator("main tbody tr")).to_have_count(10)
    assert [on_hand(served, f"R{number}") for number in (0, 9)] == [{FIRST_BIN: 100}, {FIRST_BIN: 109}]


def test_the_first_visit_to_a_receipt_is_small_and_asks_three_times(visit: Visit) -> None:
    page = visit("keeper")
    page.goto("/")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    for path in (f"/desk/receipts/new?site={STORE}", f"/desk/issues/new?site={STORE}"):
        answers.clear()
        page.goto(path)
        page.wait_for_load_state("networkidle")
        seen = [each for each in answers if "mark.svg" not in each.url]  # the tab's icon, kept by the browser
        assert len(seen) <= 3, [each.url for each in seen]
        assert sum(len(gzip.compress(each.body())) for each in seen) <= PAGE_BYTES


def hold_back(page: Page, address: str) -> Callable[[], None]:
    """Keep the first request to an address waiting until what is returned is called; later ones pass."""
    held: list[Route] = []

    def wait(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(address, wait)
    return lambda: held[0].continue_()


def type_fast(page: Page, text: str) -> None:
    """A scanner that waits for nothing."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_scans_that_come_while_an_answer_is_awaited_are_taken_in_order(visit: Visit, served: Served) -> None:
    page, item = visit("keeper"), item_code(served)
    new_receipt(page)
    answer_the_first = hold_back(page, "**/desk/receipts")

    for lot in ("Q1", "Q2", "Q3"):
        type_fast(page, lot_label(item, lot, expires_on=LAST_DAY, pieces=100))
    page.keyboard.type("half a lab")
    answer_the_first()

    told(page, "第 3 行:Q3。")
    expect(page.locator("fieldset.line")).to_have_count(3)
    assert [page.locator(f"#f-lines-{place}-lot-code").input_value() for place in range(3)] == ["Q1", "Q2", "Q3"]
    expect(page.locator("#f-scan")).to_have_value("half a lab")
    expect(page.locator("#f-scan")).to_be_focused()


def test_a_refused_scan_among_others_is_said_and_nothing_is_booked_unseen(visit: Visit, served: Served) -> None:
    page, item = visit("keeper"), item_code(served)
    new_receipt(page)
    answer_the_first = hold_back(page, "**/desk/receipts")

    type_fast(page, "?!")
    type_fast(page, lot_label(item, "Q4", expires_on=LAST_DAY, pieces=100))
    press(page, "登记入库")
    answer_the_first()

    told(page, "第 1 行:Q4。")
    expect(page.locator("#told")).to_contain_text("认不出这个编码")
    expect(page.locator("#f-scan")).to_have_value("")
    assert on_hand(served, "Q4") == {}
    press(page, "登记入库")
    page.wait_for_url("**/desk/papers/RCP-*")
    assert on_hand(served, "Q4") == {FIRST_BIN: 100}


def test_a_second_scan_changes_nothing_and_says_so(visit: Visit, served: Served) -> None:
    page, label = visit("keeper"), lot_label(item_code(served), "D1", expires_on=LAST_DAY, pieces=100)
    new_receipt(page)
    scan(page, label)
    told(page, "第 1 行:D1。")

    scan(page, label)

    told(page, "第 1 行已扫过,数量未变。")
    expect(page.locator("fieldset.line")).to_have_count(1)


def test_the_same_lot_with_another_expiry_is_a_question(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    received(page, served, "E1")
    new_receipt(page)
    scan(page, lot_label(item_code(served), "E1", expires_on=date(2023, 1, 31), pieces=100))

    expect(page.locator("fieldset.line .notice")).to_contain_text("账上这个批号的有效期至 2022-06-30")
    press(page, "登记入库")
    expect(page.get_by_role("alert")).to_be_visible()
    assert on_hand(served, "E1") == {FIRST_BIN: 100}

    page.get_by_label("已再次核对标签,与此处所填一致").check()
    press(page, "登记入库")
    page.wait_for_url("**/desk/papers/*")
    assert sum(on_hand(served, "E1").values()) == 100  # by bin: the last of two lots of this code


def test_what_nobody_can_read_is_explained_and_the_line_stays_out(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    new_receipt(page)

    scan(page, "(01)06901234567893(10)2A")
    expect(page.get_by_role("alert")).to_contain_text("条码的校验码不对")
    scan(page, "?!")

    expect(page.get_by_role("alert")).to_contain_text("认不出这个编码")
    expect(page.locator("fieldset.line")).to_have_count(0)


def test_unknown_goods_are_booked_once_the_item_is_chosen(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    new_receipt(page)
    scan(page, "(01)06901234567892(17)220630(10)U1")
    told(page, "第 1 行:清单中没有此货物,请填写物资编码。")
    press(page, "登记入库")
    expect(page.get_by_role("alert")).to_contain_text("第 1 行")

    page.locator("#f-lines-0-lot-item_code").fill(item_code(served))
    page.locator("#f-lines-0-accepted").fill("7")
    press(page, "登记入库")
    page.wait_for_url("**/desk/papers/*")

    assert on_hand(served, "U1") == {FIRST_BIN: 7}


def test_goods_wait_for_inspection_and_are_split(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    new_receipt(page)
    scan(page, lot_label(item_code(served), "W1", expires_on=LAST_DAY, pieces=100))
    expect(page.locator("fieldset.line")).to_have_count(1)
    page.get_by_label("全部先入待验区").check()
    press(page, "登记入库")
    page.wait_for_url("**/desk/papers/*")
    assert on_hand(served, "W1") == {"INSP": 100}

    page.goto(f"/desk/inspections/new?site={STORE}")
    scan(page, lot_label(item_code(served), "W1", expires_on=LAST_DAY))
    expect(page.locator("fieldset.line")).to_have_count(1)
    page.locator("#f-lines-0-accepted").fill("90")
    page.locator("#f-lines-0-rejected").fill("6")
    press(page, "登记验收")
    page.wait_for_url("**/desk/papers/*")

    assert on_hand(served, "W1") == {"INSP": 4, "REJ": 6, FIRST_BIN: 90}


def test_an_issue_says_when_another_lot_should_leave_first(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    received(page, served, "F-LATE", expires_on=date(2030, 1, 1))
    page.goto(f"/desk/issues/new?site={STORE}")

    scan(page, "F-LATE")

    expect(page.locator("p.notice.watch")).to_contain_text("更早到期")
    page.locator("#f-lines-0-quantity").fill("4")
    page.locator("#f-receiver_code").fill("WH-P01")
    page.locator("#f-reason").fill("训练样品")
    press(page, "登记出库")
    page.wait_for_url("**/desk/papers/ISS-*")
    assert on_hand(served, "F-LATE") == {FIRST_BIN: 96}


def test_too_much_is_refused_with_what_is_free(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    received(page, served, "G1")
    page.goto(f"/desk/issues/new?site={STORE}")
    scan(page, "G1")
    page.locator("#f-lines-0-quantity").fill("101")
    page.locator("#f-receiver_code").fill("WH-P01")
    page.locator("#f-reason").fill("x")

    press(page, "登记出库")

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#f-lines-0-quantity")).to_have_value("101")
    assert on_hand(served, "G1") == {FIRST_BIN: 100}


def test_goods_are_put_away_from_bin_to_bin_by_scan(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    received(page, served, "T1")
    page.goto(f"/desk/transfers/new?site={STORE}")
    scan(page, bin_label(STORE, FIRST_BIN))
    told(page, "货位 A1。")
    scan(page, "T1")
    told(page, "第 1 行:批次 T1,货位 A1。")
    page.locator("#f-lines-0-quantity").fill("40")
    page.locator("#f-to_bin").fill("STAGE")

    press(page, "登记移库")
    page.wait_for_url("**/desk/papers/TRF-*")

    assert on_hand(served, "T1") == {FIRST_BIN: 60, "STAGE": 40}


def test_a_lot_of_another_store_is_explained(visit: Visit) -> None:
    page = visit("keeper")
    page.goto(f"/desk/issues/new?site={STORE}")

    scan(page, "NO-SUCH-LOT")

    expect(page.get_by_role("alert")).to_contain_text("本库没有这个批次")


def test_a_blind_count_never_shows_the_book_and_its_difference_waits(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    received(page, served, "C1", pieces=1234)
    page.goto(f"/desk/counts/new?site={STORE}")
    scan(page, "C1")
    expect(page.locator("fieldset.line")).to_have_count(1)
    assert "1234" not in page.content()
    assert "1,234" not in page.content()
    page.locator("#f-lines-0-counted").fill("1230")

    press(page, "提交盘点")
    page.wait_for_url("**/desk/counts?*")

    expect(page.get_by_role("status").filter(has_text="CNT-")).to_contain_text("实盘与账面不符")
    assert on_hand(served, "C1") == {FIRST_BIN: 1234}


def test_a_lot_is_blocked_and_lifted_with_its_way_beside_it(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    received(page, served, "B1")
    page.get_by_role("link", name="B1").click()
    page.locator("#f-reason").fill("厂家召回")
    press(page, "冻结")
    expect(page.locator(".chip", has_text="已冻结")).to_be_visible()
    page.goto(f"/desk/issues/new?site={STORE}")
    scan(page, "B1")
    expect(page.locator("fieldset.line .chip")).to_contain_text("冻结")

    page.get_by_role("link", name="库房作业").click()
    page.goto(f"/desk/stock?site={STORE}")
    page.get_by_role("link", name="B1").first.click()
    page.get_by_label("可恢复使用的理由").fill("复检合格")
    press(page, "解冻")

    expect(page.locator(".chip", has_text="已冻结")).to_have_count(0)


def test_a_mistake_is_undone_by_its_reversal_once(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    number = received(page, served, "V1")
    press(page, "冲销")
    expect(page.get_by_role("alert")).to_be_visible()

    page.locator("#f-reason").fill("扫错单")
    press(page, "冲销")
    page.wait_for_url("**/desk/papers/REV-*")

    expect(page.get_by_role("link", name=number)).to_be_visible()
    assert on_hand(served, "V1") == {}
    page.goto(f"/desk/papers/{number}")
    expect(page.get_by_role("button", name="冲销")).to_have_count(0)


def test_a_receipt_in_english_on_a_phone(
    visit: Visit, served: Served, no_sideways_scroll: Callable[[Page], None]
) -> None:
    page = visit("keeper", size=PHONE, language="en-GB")
    new_receipt(page)
    scan(page, lot_label(item_code(served), "P1", expires_on=LAST_DAY, pieces=100))
    expect(page.locator("fieldset.line")).to_have_count(1)
    no_sideways_scroll(page)

    press(page, "Book the receipt")
    page.wait_for_url("**/desk/papers/*")

    no_sideways_scroll(page)
    assert on_hand(served, "P1") == {FIRST_BIN: 100}


def test_a_receipt_works_without_script(visit: Visit, served: Served) -> None:
    page = visit("keeper", java_script_enabled=False)
    page.goto(f"/desk/receipts/new?site={STORE}")
    page.locator("#f-scan").fill(lot_label(item_code(served), "N1", expires_on=LAST_DAY, pieces=100))
    page.locator("#f-scan").press("Enter")
    page.locator("#f-supplier_code").fill("PR001")

    press(page, "登记入库")

    assert on_hand(served, "N1") == {FIRST_BIN: 100}


def test_others_see_neither_the_store_nor_its_lots(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    received(page, served, "O1")
    lot = page.get_by_role("link", name="O1").get_attribute("href")

    answers = [visit("gaocheng").goto(path) for path in (f"/desk/stock?site={STORE}", str(lot))]

    assert [answer.status for answer in answers if answer] == [404, 404]
