"""Goods come back from use through the doors: the paper of the issue leads to the sheet of the return."""

from __future__ import annotations

import re
from collections.abc import Callable

from reserve.access.terms import Role
from tests.api.conftest import House
from tests.ledger_text import book
from tests.small_world import build

Keys = Callable[[], dict[str, str]]


def test_an_issue_leads_to_the_sheet_of_its_return(house: House, key: Keys) -> None:
    build(house.runner)
    house.open("keeper", Role.KEEPER, "PB")
    book(house.runner, "2026-02-20  receive  100  lot 7  SUPPLIER -> A1")
    issued = book(house.runner, "2026-02-21  issue  40  lot 7  A1 -> H1").number
    browser = house.sign_in("keeper", "en")
    assert f'href="/desk/papers/{issued}/return"' in browser.get(f"/desk/papers/{issued}").text

    def sent(packs: str, loose: str) -> tuple[int, str]:
        page = browser.get(f"/desk/papers/{issued}/return").text
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
        typed = {"site_code": "W1", "reason": "incident over", "lines.0.packs": packs, "lines.0.quantity": loose}
        path, origin = f"/desk/papers/{issued}/return", {"Origin": "https://reserve.test"}
        answer = browser.post(path, data=hidden | typed, headers=origin, follow_redirects=False)
        return answer.status_code, answer.text

    status, text = sent("1", "")
    assert (status, "at most 40" in text) == (422, True)
    assert sent("", "30")[0] == 303

    lines = browser.get("/api/v1/sites/W1/stock").json()
    assert sorted((line["bin_code"], line["on_hand"]) for line in lines) == [("A1", 60), ("INSP", 30)]
    assert "10" in re.findall(r"Still with its user.*?</p>", browser.get(f"/desk/papers/{issued}/return").text, re.S)[0]
