"""Lists in Excel in a real browser: a file is chosen, checked, corrected by what the page says, and imported."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.api.sheets.files import RECEIPT_HEAD, book_of
from tests.browser.conftest import PHONE, Visit
from tests.browser.looking import faults_of

GOOD = ("WH-P01", "PR003", "RB-130000", "省级", "H2010104", "TEST-1", "2023-06-30", 100, "A1")


def with_expiry(value: str) -> bytes:
    return book_of((*GOOD[:6], value, *GOOD[7:]), head=RECEIPT_HEAD, title="入库")


def test_a_list_is_checked_corrected_and_imported(visit: Visit) -> None:
    page = visit("keeper", size=PHONE)
    page.goto("/sheets")

    page.set_input_files("#f-file-receipts", {"name": "到货.xlsx", "mimeType": "", "buffer": with_expiry("30/06/2023")})
    page.locator("#receipts form[method=post] button").click()

    expect(page.get_by_text("“30/06/2023”不是明确的日期。")).to_be_visible()
    expect(page.get_by_text("2023-06-30", exact=True)).to_be_visible()
    page.wait_for_load_state()
    assert faults_of(page) == []
    page.goto("/sheets")
    page.set_input_files("#f-file-receipts", {"name": "到货.xlsx", "mimeType": "", "buffer": with_expiry("2023-06-30")})
    page.locator("#receipts form[method=post] button").click()
    page.get_by_role("button", name="全部导入").click()
    expect(page.get_by_text("RCP-")).to_be_visible()
    page.wait_for_load_state()
    assert faults_of(page) == []
