"""A hall without signal: scans, receipts, issues and counts wait on the device and come in line by line, once."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from reserve.stock.scans import lot_label
from tests.browser.conftest import Visit
from tests.browser.house import Served
from tests.browser.test_desk import (
    FIRST_BIN,
    LAST_DAY,
    STORE,
    item_code,
    new_receipt,
    on_hand,
    press,
    received,
    scan,
    told,
)


def kept(page: Page, number: int) -> None:
    expect(page.locator("#queue > p")).to_contain_text(f"本机待上传 {number} 条")


def came_in(page: Page, *outcomes: str) -> None:
    lines = page.locator("#queue li")
    expect(lines).to_have_count(len(outcomes))
    assert [lines.nth(place).get_attribute("data-outcome") for place in range(len(outcomes))] == list(outcomes)


def test_a_receipt_scanned_without_network_waits_and_is_booked_when_it_is_back(visit: Visit, served: Served) -> None:
    page, item = visit("keeper"), item_code(served)
    new_receipt(page)
    page.context.set_offline(True)
    for lot in ("OFF1", "OFF2"):
        scan(page, lot_label(item, lot, expires_on=LAST_DAY))
    scan(page, lot_label(item, "OFF2", expires_on=LAST_DAY))  # twice is once
    expect(page.locator("fieldset.line")).to_have_count(2)
    page.locator("[name='lines.0.accepted']").fill("40")
    page.locator("[name='lines.1.accepted']").fill("50")

    press(page, "登记入库")

    kept(page, 1)
    expect(page.locator("fieldset.line")).to_have_count(0)
    assert on_hand(served, "OFF1") == {}
    page.context.set_offline(False)
    came_in(page, "posted")
    assert (on_hand(served, "OFF1"), on_hand(served, "OFF2")) == ({FIRST_BIN: 40}, {FIRST_BIN: 50})
    expect(page.locator("#queue > p")).to_have_text("")


def test_goods_that_left_without_network_are_kept_to_be_reconciled_and_settled(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    received(page, served, "OFF3")
    page.goto(f"/desk/issues/new?site={STORE}")
    scan(page, "OFF3")
    told(page, "第 1 行:批次 OFF3,货位 A1。")
    page.context.set_offline(True)
    page.locator("#f-lines-0-quantity").fill("101")
    page.locator("#f-receiver_code").fill("WH-P01")
    page.locator("#f-reason").fill("抢险")
    press(page, "登记出库")
    kept(page, 1)

    page.context.set_offline(False)
    came_in(page, "to_reconcile")
    assert on_hand(served, "OFF3") == {FIRST_BIN: 100}

    paper = received(page, served, "OFF3", pieces=1)
    page.goto("/desk/queue")
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_label("更正此事的单据").fill(paper)
    press(page, "核对完毕")
    expect(page.get_by_text("没有待核对的事项。")).to_be_visible()


def test_an_answer_that_was_lost_is_found_and_nothing_is_booked_twice(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    new_receipt(page)
    scan(page, lot_label(item_code(served), "OFF4", expires_on=LAST_DAY, pieces=100))
    expect(page.locator("fieldset.line")).to_have_count(1)
    page.route("**/desk/receipts", lambda route: (route.fetch(max_redirects=0), route.abort()))

    press(page, "登记入库")

    kept(page, 1)
    assert on_hand(served, "OFF4") == {FIRST_BIN: 100}
    page.evaluate("send()")
    came_in(page, "already")
    assert on_hand(served, "OFF4") == {FIRST_BIN: 100}


def test_what_waits_survives_closing_and_reopening_without_network(visit: Visit, served: Served) -> None:
    page = visit("keeper")
    page.goto("/desk")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    new_receipt(page)
    new_receipt(page)  # once more, through the worker
    page.context.set_offline(True)
    scan(page, lot_label(item_code(served), "OFF5", expires_on=LAST_DAY))
    page.locator("[name='lines.0.accepted']").fill("5")
    press(page, "登记入库")
    kept(page, 1)
    context = page.context
    page.close()

    page = context.new_page()
    page.goto(f"/desk/receipts/new?site={STORE}")
    kept(page, 1)
    context.set_offline(False)
    came_in(page, "posted")

    assert on_hand(served, "OFF5") == {FIRST_BIN: 5}
