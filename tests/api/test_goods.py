"""A day at the store through the JSON interface: book goods, read them back, and see nothing of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from reserve.access.terms import Role
from tests.api.conftest import House
from tests.small_world import MASK, build

Keys = Callable[[], dict[str, str]]


@pytest.fixture
def store(house: House) -> House:
    """The small world with a keeper of the province's stores and one of the county hospital."""
    build(house.runner)
    house.open("keeper", Role.KEEPER, "PB")
    house.open("hospital", Role.KEEPER, "H1")
    return house


def receipt(quantity: int = 500, **lot: Any) -> dict[str, Any]:
    label = {"item_code": MASK, "code": "L7", "expires_on": "2099-01-31", "pack_size": 50} | lot
    return {
        "site_code": "W1",
        "owner_code": "PB",
        "fund": "provincial",
        "supplier_code": "MAKER",
        "lines": [{"lot": label, "accepted": quantity}],
    }


def book(browser: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = browser.post("/api/v1/receipts", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    posted: dict[str, Any] = answer.json()
    return posted


def test_goods_booked_stand_on_the_shelf_with_packs_beside_pieces(store: House) -> None:
    browser = store.sign_in("keeper")

    number = book(browser, receipt())["number"]

    (line,) = browser.get("/api/v1/sites/W1/stock").json()
    assert (line["item_code"], line["lot_code"], line["on_hand"], line["packs"], line["held"]) == (
        MASK,
        "L7",
        500,
        10,
        0,
    )
    (rung,) = browser.get(f"/api/v1/items/{MASK}/ladder").json()
    assert (rung["book"], rung["usable"], rung["free"], rung["deliverable"]) == (500, 500, 500, 500)
    document = browser.get(f"/api/v1/documents/{number}").json()
    assert (document["kind"], document["state"], document["lines"][0]["quantity"]) == ("receipt", "posted", 500)


def test_a_repeated_receipt_is_one_receipt(store: House) -> None:
    browser, headers = store.sign_in("keeper"), {"Idempotency-Key": str(uuid4())}

    first, again = (browser.post("/api/v1/receipts", json=receipt(), headers=headers) for _ in range(2))

    assert first.content == again.content
    assert [line["on_hand"] for line in browser.get("/api/v1/sites/W1/stock").json()] == [500]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"item_code": "NOTHING"}, "lines.0.lot.item_code", "unknown_item"),
        ({"expires_on": "2020-01-31"}, "lines.0.lot.expires_on", "expired_on_arrival"),
        ({"expires_on": None}, "lines.0.lot.expires_on", "expiry_missing"),
        ({"expires_on": "31 January"}, "lines.0.lot.expires_on", "not_a_day"),
    ],
)
def test_a_bad_label_is_refused_with_its_row_and_nothing_is_booked(
    store: House, key: Keys, change: dict[str, Any], field: str, code: str
) -> None:
    browser = store.sign_in("keeper")

    answer = browser.post("/api/v1/receipts", json=receipt(**change), headers=key())

    assert answer.status_code == 422
    assert [(each["field"], each["code"], each["row"]) for each in answer.json()["problems"]] == [(field, code, 1)]
    assert browser.get("/api/v1/sites/W1/stock").json() == []


@pytest.mark.parametrize("quantity", [2.5, "many", -1, True, 10**30])
def test_quantities_are_whole_numbers(store: House, key: Keys, quantity: object) -> None:
    browser = store.sign_in("keeper")
    body = receipt()
    body["lines"][0]["accepted"] = quantity

    answer = browser.post("/api/v1/receipts", json=body, headers=key())

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == "lines.0.accepted"


def test_one_store_sees_nothing_of_another(store: House, key: Keys) -> None:
    number = book(store.sign_in("keeper"), receipt())["number"]
    stranger = store.sign_in("hospital")

    written = stranger.post("/api/v1/receipts", json=receipt(), headers=key())

    assert stranger.get("/api/v1/sites/W1").status_code == 404
    assert stranger.get("/api/v1/sites/W1/stock").status_code == 404
    assert stranger.get(f"/api/v1/documents/{number}").status_code == 404
    assert stranger.get(f"/api/v1/documents/{number}/holds").status_code == 404
    assert stranger.get(f"/api/v1/items/{MASK}/stock").json() == []
    assert stranger.get("/api/v1/documents").json()["items"] == []
    assert stranger.get("/api/v1/ledger").json()["items"] == []
    assert [site["code"] for site in stranger.get("/api/v1/sites").json()["items"]] == ["H1"]
    assert (written.status_code, written.json()["code"]) == (404, "not_found")


def test_issuing_more_than_there_is_names_the_shortage(store: House, key: Keys) -> None:
    browser = store.sign_in("keeper")
    book(browser, receipt())
    line = {"lot_ref": {"item_code": MASK, "code": "L7"}, "owner_code": "PB", "fund": "provincial", "quantity": 600}
    body = {"site_code": "W1", "lines": [line], "receiver_code": "PB", "reason": "training"}

    answer = browser.post("/api/v1/issues", json=body, headers=key())

    assert answer.status_code == 409, answer.text
    problem = answer.json()
    assert problem["code"] == "insufficient_stock"
    assert problem["detail"].startswith("可用数量不足")
    assert "600" in str(problem["facts"])
    assert "500" in str(problem["facts"])
    assert browser.get("/api/v1/sites/W1/stock").json()[0]["on_hand"] == 500


def test_ledger_and_papers_come_in_pages_that_follow_each_other(store: House) -> None:
    browser = store.sign_in("keeper")
    for number in range(3):
        book(browser, receipt(code=f"L{number}"))

    for path in ("/api/v1/ledger", "/api/v1/documents"):
        seen, after = [], 0
        while after is not None:
            page = browser.get(path, params={"limit": 2, "after": after}).json()
            seen += page["items"]
            after = page["next"]
        assert len(seen) == 3


def test_stock_is_read_as_the_books_knew_it(store: House) -> None:
    browser = store.sign_in("keeper")
    first = book(browser, receipt())["recorded_at"]
    book(browser, receipt(code="L8"))

    now = browser.get("/api/v1/sites/W1/stock").json()
    then = browser.get("/api/v1/sites/W1/stock", params={"known_at": first}).json()

    assert [line["lot_code"] for line in now] == ["L7", "L8"]
    assert [line["lot_code"] for line in then] == ["L7"]
