"""Lists in Excel from the browser and from JSON: hand in, read what is wrong, import, withdraw, take out again."""

from __future__ import annotations

import io
import re
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api.sheets.files import MAX_BYTES
from reserve.access.terms import Role
from reserve.audit import queries as audit_queries
from tests.api.conftest import House
from tests.api.sheets.files import RECEIPT_HEAD, RECEIVED, book_of, csv_of, received_with
from tests.small_world import build

RECEIPTS = "/sheets/receipts/uploads"
FAULTY = (received_with("有效期至", "30/06/2099"), received_with("物资编码", "口罩"))
DANGEROUS = (received_with("批号", "=cmd|'/c calc'!A1"), received_with("批号", "＋1"))
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # pages know no engine


@pytest.fixture
def keeper(house: House) -> TestClient:
    build(house.runner)
    house.open("keeper", Role.KEEPER, "PB")
    return house.sign_in("keeper")


def hidden(text: str) -> dict[str, str]:
    """What the last form of a page carries along."""
    return {name: re.findall(rf'name="{name}" value="([^"]+)"', text)[-1] for name in ("csrf", "key")}


def hand_in(browser: TestClient, content: bytes, name: str = "a.csv") -> str:
    """The page that tells what was found."""
    form = hidden(browser.get("/sheets").text)
    answer = browser.post(RECEIPTS, data=form, files={"file": (name, content)})
    return answer.text


def test_a_storekeeper_reads_what_is_wrong_and_imports_the_good_rows(keeper: TestClient) -> None:
    page = hand_in(keeper, book_of(RECEIVED, *FAULTY, head=RECEIPT_HEAD, title="入库"), "入库.xlsx")

    for words in ("入库 G3", "有效期至", "30/06/2099", "2099-06-30", "入库 E4", "M0000001", "只导入无误的行"):
        assert words in page
    assert "全部导入" not in page
    action = re.search(r'action="(/sheets/[^"]+/import)"', page)
    assert action is not None
    done = keeper.post(action.group(1), data=hidden(page) | {"choice": "good"})
    assert "已导入的行" in done.text
    assert "RCP-PB-" in done.text
    batch = str(done.url)
    empty = keeper.post(f"{batch}/withdraw", data=hidden(done.text) | {"reason": " "})
    gone = keeper.post(f"{batch}/withdraw", data=hidden(empty.text) | {"reason": "报错了"})

    assert (empty.status_code, "已撤回" in empty.text) == (422, False)
    assert ("已撤回" in gone.text, "报错了" in gone.text) == (True, True)
    assert keeper.get("/api/v1/sites/W1/stock").json() == []


def test_a_file_that_is_not_read_says_why_on_the_page(keeper: TestClient) -> None:
    page = hand_in(keeper, csv_of(RECEIVED, head=RECEIPT_HEAD), "a.xlsx")
    nothing = keeper.post(RECEIPTS, data=hidden(page))

    assert "文件内容与扩展名 .xlsx 不符" in page
    assert nothing.status_code == 422


def test_a_template_offers_the_codes_and_a_list_never_executes(house: House, keeper: TestClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    files = {"file": ("a.csv", csv_of(*DANGEROUS, head=RECEIPT_HEAD))}
    checked = keeper.post(f"/api/v1{RECEIPTS}", files=files, headers=headers).json()
    assert (checked["total"], checked["good"], checked["findings"]) == (2, 2, [])
    path = f"/api/v1{RECEIPTS}/{checked['digest']}/import"
    assert keeper.post(path, json={}, headers={"Idempotency-Key": str(uuid4())}).json()["recorded"] == 2

    template = load_workbook(io.BytesIO(keeper.get("/api/v1/sheets/receipts/template.xlsx").content))
    listed = keeper.get("/api/v1/sheets/receipts/list.xlsx?site=W1")
    plain = keeper.get("/api/v1/sheets/receipts/list.csv?site=W1").content.decode("utf-8-sig")

    sheet = template["入库"]
    assert {cell.value for cell in sheet[1]} >= set(RECEIPT_HEAD)
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules["G2:G5000"].startswith("='编码表'!$")
    cell = load_workbook(io.BytesIO(listed.content))["入库"]["I2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=cmd|'/c calc'!A1", "s", True)
    assert "'=cmd|" in plain
    assert "'＋1" in plain
    assert listed.headers["content-disposition"].startswith("attachment")
    trail = list(house.runner.ask(audit_queries.list_entries, limit=500))
    assert sum("list.xlsx W1" in entry.content for entry in trail) == 1


def test_sheets_may_be_larger_than_other_bodies_but_not_without_end(keeper: TestClient) -> None:
    headers = {"Idempotency-Key": str(uuid4())}

    larger = keeper.post(f"/api/v1{RECEIPTS}", files={"file": ("a.csv", b"x" * 3_000_000)}, headers=headers)
    too_large = keeper.post(
        f"/api/v1{RECEIPTS}", files={"file": ("a.csv", b"x" * (MAX_BYTES + 99_999))}, headers=headers
    )

    assert (larger.status_code, larger.json()["code"]) == (422, "sheet_broken_csv")
    assert too_large.status_code == 413


def test_papers_of_a_place_are_one_click_away(keeper: TestClient) -> None:
    page = keeper.get("/prints?site=W1&as_of=2026-01-05T08:00").text

    links = re.findall(r'href="(/api/v1/sites/W1/[^"]+pdf[^"]*)"', page)
    assert "/api/v1/sites/W1/balance.pdf?as_of=2026-01-05T08%3A00%3A00%2B08%3A00" in links
    assert {keeper.get(link).status_code for link in links} == {200}
