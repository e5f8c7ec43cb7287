"""Goods leave by an order and arrive in parts: picked by scan, handed over at the gate, accepted at the door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reserve.access.passwords import Passwords
from reserve.access.terms import Role
from reserve.clock import StoryClock
from reserve.commands import Runner
from tests.browser.conftest import Visit
from tests.browser.house import PASSWORD, SETTINGS, Served, serving_on
from tests.browser.test_desk import press, scan, told
from tests.conftest import NOW
from tests.reserve.access.people import give, open_account
from tests.reserve.dispatch.conftest import BUILDERS
from tests.reserve.dispatch.orders_world import Office
from tests.reserve.verify.worlds import world

assert "orders" in BUILDERS


@dataclass(frozen=True, slots=True)
class Gate:
    """An order in force for the city's store."""

    office: Office
    number: str


@pytest.fixture
def served() -> Iterator[Served]:
    """The orders' world behind a server, with a keeper of store and hospital; goods leave in each test."""
    with world("sqlite", "orders") as database:
        runner = Runner(database, StoryClock(NOW))
        with database.writing() as session:
            for login, organisation in (("gate", "130100"), ("door", "HO1")):
                values: dict[str, Any] = {"is_one_time": False}
                values["password_hash"] = Passwords(SETTINGS).new_hash(PASSWORD, login=login)
                open_account(session, login, organisation, **values)
                give(session, login, Role.KEEPER, organisation)
            session.commit()
        with serving_on(runner) as served:
            yield served


@pytest.fixture
def passes() -> dict[str, Any]:
    """Cookies are worth nothing to the server of the next test."""
    return {}


@pytest.fixture
def gate(served: Served) -> Gate:
    office = Office(served.runner, StoryClock(NOW))
    return Gate(office, office.issued("WH-C01"))


def open_order(page: Page, gate: Gate) -> None:
    page.goto("/desk/orders?site=WH-C01")
    page.get_by_role("link", name=gate.number).click()
    page.locator("#f-receiver_site").select_option("HS-1")
    page.locator("#f-scan").focus()


def test_a_wrong_lot_and_goods_of_nobody_are_explained_at_the_pick(visit: Visit, gate: Gate) -> None:
    page = visit("gate")
    open_order(page, gate)

    scan(page, "P7")

    expect(page.get_by_role("alert")).to_contain_text("这个批号不是为本指令预占的")
    scan(page, "nothing")
    expect(page.get_by_role("alert")).to_contain_text("应为:已登记的批次")


def test_what_expires_later_does_not_leave_before_what_expires_sooner(visit: Visit, gate: Gate) -> None:
    page = visit("gate")
    open_order(page, gate)
    scan(page, "C7")
    told(page, "第 2 行:批次 C7 已拣。")
    page.locator("#f-vehicle_no").fill("冀A00001")
    page.locator("#f-driver").fill("驾驶员(示例)")

    press(page, "交接发运:货物出门")

    expect(page.get_by_role("alert")).to_contain_text("应先发有效期在前的批次")
    assert gate.office.progress(gate.number).departed == 0


def test_a_part_leaves_and_arrives_in_parts_with_damage(visit: Visit, gate: Gate) -> None:
    page = visit("gate")
    open_order(page, gate)
    scan(page, "C8")
    told(page, "第 1 行:批次 C8 已拣。")
    scan(page, "C8")
    told(page, "第 1 行已拣,数量未变。")
    page.locator("#f-vehicle_no").fill("冀A00001")
    page.locator("#f-driver").fill("驾驶员(示例)")
    press(page, "交接发运:货物出门")
    page.wait_for_url("**?left=*")
    assert gate.office.progress(gate.number).departed == 100

    door = visit("door")
    door.goto("/desk/inbound?site=HS-1")
    door.get_by_role("link", name=f"{gate.number}-S1").click()
    scan(door, "C8")
    told(door, "第 1 行:批次 C8 已接收。")
    door.locator("#f-lines-0-packs").fill("1")
    door.locator("#f-lines-0-damaged").fill("3")
    press(door, "登记到货")
    expect(door.get_by_role("alert")).to_be_visible()  # damage wants its reason
    door.locator("#f-lines-0-reason").fill("雨淋")
    press(door, "登记到货")
    door.wait_for_url("**?done=1")

    expect(door.get_by_text("已登记。下列货物仍在途。")).to_be_visible()
    progress = gate.office.progress(gate.number)
    assert (progress.accepted, progress.damaged, progress.in_transit) == (50, 3, 47)


def test_an_order_of_another_store_is_not_there(visit: Visit, gate: Gate) -> None:
    answer = visit("door").goto(f"/desk/orders/{gate.number}")

    assert answer is not None
    assert answer.status == 404
