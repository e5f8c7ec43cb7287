"""Machines through the doors: booked by serial number, read on their page, and back in use by a recorded check."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from reserve.access.terms import Role
from reserve.catalogue import service as catalogue
from reserve.catalogue.terms import EquipmentDraft, EquipmentKindDraft
from tests.api.conftest import House
from tests.small_world import TENT, build, run

Keys = Callable[[], dict[str, str]]


@pytest.fixture
def store(house: House) -> House:
    """The small world with a keeper; tents stand for ventilators."""
    build(house.runner)
    kinds = (EquipmentKindDraft(item_code=TENT, calibration_days=90),)
    run(house.runner, catalogue.record_equipment, EquipmentDraft(kinds=kinds))
    house.open("keeper", Role.KEEPER, "PB")
    return house


def test_a_machine_is_booked_found_and_brought_back_into_use(store: House, key: Keys) -> None:
    browser, today = store.sign_in("keeper", "en"), store.runner.clock.now().date().isoformat()
    line = {"lot": {"item_code": TENT, "code": "SN-1"}, "accepted": 1}
    head = {"site_code": "W1", "owner_code": "PB", "fund": "provincial", "supplier_code": "MAKER"}
    assert browser.post("/api/v1/receipts", json=head | {"lines": [line]}, headers=key()).status_code == 201

    (found,) = browser.get("/api/v1/machines?site=W1").json()
    assert (found["serial"], found["condition"], found["because"]) == ("SN-1", "fit", "uncalibrated")
    listed = browser.get("/desk/machines?site=W1").text
    assert "out of calibration" in listed
    path = re.search(r'href="(/desk/machines/\d+)"', listed)
    assert path
    page = browser.get(path[1]).text
    hidden = dict(re.findall(r'name="(csrf|key)" value="([^"]+)"', page))
    answer = browser.post(
        f"{path[1]}/checks",
        data=hidden | {"condition": "fit", "calibrated_on": today, "certificate": "C-9"},
        headers={"Origin": "https://reserve.test"},
        follow_redirects=False,
    )

    assert answer.status_code == 303, answer.text
    assert browser.get("/api/v1/machines").json()[0]["because"] is None
    assert "C-9" in browser.get(path[1]).text
    assert browser.get("/api/v1/equipment").json() == [{"item_code": TENT, "calibration_days": 90}]
    assert "Serial number" in browser.get("/desk/machines?site=W1").text
