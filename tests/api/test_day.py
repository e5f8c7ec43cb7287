"""The rest of a storekeeper's day through the doors: a recount by a second person, and a lot stopped everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from reserve.access.terms import Role
from tests.api.conftest import House
from tests.api.pdf_text import text_of
from tests.small_world import MASK, build

Keys = Callable[[], dict[str, str]]
GOODS = {"lot_ref": {"item_code": MASK, "code": "L1"}, "owner_code": "PB", "fund": "provincial"}


@pytest.fixture
def store(house: House, key: Keys) -> House:
    """The small world with two keepers, and 3,000 masks on the shelf of W1."""
    build(house.runner)
    for login in ("keeper", "colleague"):
        house.open(login, Role.KEEPER, "PB")
    lot = {"item_code": MASK, "code": "L1", "expires_on": "2028-12-31"}
    head = {"site_code": "W1", "owner_code": "PB", "fund": "provincial", "supplier_code": "MAKER"}
    answer = house.sign_in("keeper").post(
        "/api/v1/receipts", json=head | {"lines": [{"lot": lot, "accepted": 3000}]}, headers=key()
    )
    assert answer.status_code == 201, answer.text
    return house


def send(browser: TestClient, page: str, action: str, **typed: str) -> str:
    """Hand in a form of a page; where it leads, or the page again with what is wrong."""
    hidden = dict(re.findall(r'name="(csrf|key)" value="([^"]+)"', browser.get(page).text))
    answer = browser.post(
        action, data=hidden | typed, headers={"Origin": "https://reserve.test"}, follow_redirects=False
    )
    return answer.headers["location"] if answer.status_code == 303 else answer.text


def test_a_large_difference_is_counted_again_before_anybody_sees_the_book(store: House, key: Keys) -> None:
    first, second = store.sign_in("keeper", "en"), store.sign_in("colleague", "en")
    line = GOODS | {"counted": 1000, "counted_at": store.runner.clock.now().isoformat()}
    counted = first.post("/api/v1/counts", json={"site_code": "W1", "lines": [line]}, headers=key()).json()
    page = f"/desk/counts/{counted['number']}"
    assert (counted["state"], counted["recounts"]) == ("counting", 1)
    assert "to be counted again" in first.get("/desk/counts").text

    blind = second.get(page).text
    assert "Hand in the recount" in blind
    assert "3,000" not in blind
    again = {"count_number": counted["number"], "lines.0.line_no": "1", "lines.0.packs": "59"}
    assert "somebody else counts again" in send(first, page, f"{page}/again", **again)
    assert send(second, page, f"{page}/again", **again) == page
    seen = second.get(page).text
    assert [figure in seen for figure in ("3,000", "2,950", "1,000", "−50", "reason missing")] == [True] * 5
    why = {"count_number": counted["number"], "lines.0.line_no": "1", "lines.0.cause": "broken"}
    assert send(second, page, f"{page}/reasons", **why, **{"lines.0.note": "wet"}) == page

    assert "breakage not reported · wet" in second.get(page).text
    printed = text_of(second.get(f"/api/v1/documents/{counted['number']}/note.pdf").content)
    assert "breakage not reported" in printed


def test_a_lot_shows_where_every_piece_is_and_its_notice_stands_on_the_home_page(store: House) -> None:
    browser = store.sign_in("keeper", "en")
    stocked = browser.get("/desk/stock?site=W1").text
    path = re.search(r'href="(/desk/lots/\d+)', stocked)
    assert path
    page = path[1]
    stop = {"reason_kind": "recall", "reason": "maker", "organisation_code": "PB", "where": ""}

    assert send(browser, page, f"{page}/block", **stop) == page

    card = browser.get(page).text
    assert "Where every piece is" in card
    assert "MAKER" in card
    notice = re.search(r"BLK-PB-\d+-\d+-\w", card)
    assert notice
    assert notice[0] in browser.get("/").text
    printed = text_of(browser.get(f"/api/v1/lots/{page.rpartition('/')[2]}/trace.pdf").content)
    assert all(word in printed for word in ("L1", "MAKER", "W1", "3,000"))
    freed = {"document_number": notice[0], "where": "W1/A1", "reason": "tested"}
    assert send(browser, page, f"{page}/lift", **freed) == page
    assert "free again:" in browser.get(page).text
