"""Signing by page and by program: the password again, once a person, with a reason to reject."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from starlette.testclient import TestClient

from reserve.access.terms import Role
from reserve.papers import queries
from reserve.papers.terms import State
from reserve.stock import service as stock
from reserve.stock.drafts import DisposalDraft, DisposalLineDraft, LotRef
from reserve.stock.terms import Fund
from tests.api.conftest import PASSWORD, House
from tests.ledger_text import book
from tests.small_world import MASK, actor, build, run

Keys = Callable[[], dict[str, str]]
START = datetime.now(UTC) + timedelta(minutes=1)
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # doors know no engine


@pytest.fixture
def number(house: House) -> str:
    """A disposal of five masks that waits first for a planner, then for a member of the province's commission."""
    build(house.runner)
    book(house.runner, "2026-02-01  receive  130  lot L1/2027-06-30  SUPPLIER -> A1")
    house.open("planner", Role.PLANNER, "HB")
    house.open("member", Role.PROVINCIAL_COMMISSION_MEMBER, "HB")
    goods = LotRef(item_code=MASK, code="L1")
    line = DisposalLineDraft(lot_ref=goods, owner_code="PB", fund=Fund.PROVINCIAL, quantity=5)
    draft = DisposalDraft(site_code="W1", lines=(line,), appraisal="torn", reason="wet")
    return str(run(house.runner, stock.request_disposal, draft, actor(901)).number)


def typed(browser: TestClient, **more: str) -> dict[str, str]:
    """What a browser sends when the form is signed as it stands."""
    line = {"lines.0.line_no": "1", "lines.0.ceiling": "5"}
    return {"csrf": browser.headers["X-CSRF-Token"], "key": str(uuid4()), "decision": "approve", **line, **more}


def state(house: House, number: str) -> tuple[State, int]:
    """The state of a paper and how many signatures it carries."""
    document = house.runner.ask(queries.get_document, number)
    signed = house.runner.ask(queries.signatures_of, document.id)
    return house.runner.ask(queries.state_of, document.id), len(signed)


def test_two_people_sign_a_paper_on_its_page_and_it_waits_for_each_in_turn(house: House, number: str) -> None:
    planner, member = house.sign_in("planner"), house.sign_in("member")
    before = [(number in browser.get("/").text) for browser in (planner, member)]

    first = planner.post(f"/papers/{number}/signature", data=typed(planner), follow_redirects=False)
    between = [(number in browser.get("/").text) for browser in (planner, member)]
    lower = typed(member, **{"lines.0.ceiling": "3"}, reason="two are still good")
    second = member.post(f"/papers/{number}/signature", data=lower, follow_redirects=False)

    assert [(each.status_code, each.headers["location"]) for each in (first, second)] == [
        (303, f"/papers/{number}")
    ] * 2
    assert (before, between) == ([True, False], [False, True])
    assert state(house, number) == (State.APPROVED, 2)
    document = house.runner.ask(queries.get_document, number)
    assert house.runner.ask(queries.approved_quantities, document) == {1: 3}
    assert "您的签批" not in planner.get(f"/papers/{number}").text


def test_a_rejection_wants_a_reason(house: House, number: str) -> None:
    planner = house.sign_in("planner")

    bare = planner.post(f"/papers/{number}/signature", data=typed(planner, decision="reject"))
    unchanged = state(house, number)
    told = typed(planner, decision="reject", reason="not appraised")
    planner.post(f"/papers/{number}/signature", data=told)

    assert (bare.status_code, "缺少理由" in bare.text) == (422, True)
    assert (unchanged, state(house, number)) == ((State.SUBMITTED, 0), (State.REJECTED, 1))


def test_a_session_left_open_signs_nothing_until_the_password_comes_again(house: House, number: str, key: Keys) -> None:
    body = {"document_number": number}
    with time_machine.travel(START, tick=False) as clock:
        planner = house.sign_in("planner")
        clock.shift(timedelta(minutes=5))
        page = planner.get(f"/papers/{number}").text
        by_page = planner.post(f"/papers/{number}/signature", data=typed(planner))
        by_program = planner.post("/api/v1/signatures", json=body, headers=key())
        unchanged = state(house, number)
        planner.post("/api/v1/sessions/proof", json={"password": PASSWORD}, headers=key())
        clock.shift(timedelta(minutes=4))
        after = planner.post("/api/v1/signatures", json=body, headers=key())

    assert 'type="password"' in page
    assert (by_page.status_code, "再输入一次口令" in by_page.text) == (403, True)
    assert (by_program.status_code, by_program.json()["code"]) == (403, "proof_needed")
    assert unchanged == (State.SUBMITTED, 0)
    assert (after.status_code, state(house, number)) == (200, (State.SUBMITTED, 1))


def test_the_page_takes_the_password_with_the_signature(house: House, number: str) -> None:
    with time_machine.travel(START, tick=False) as clock:
        planner = house.sign_in("planner")
        clock.shift(timedelta(minutes=6))
        wrong = planner.post(f"/papers/{number}/signature", data=typed(planner, password="wrong horse battery"))
        unchanged = state(house, number)
        clock.shift(timedelta(seconds=2))
        right = planner.post(
            f"/papers/{number}/signature", data=typed(planner, password=PASSWORD), follow_redirects=False
        )

    assert (wrong.status_code, "wrong horse battery" in wrong.text) == (401, False)
    assert (unchanged, right.status_code, state(house, number)) == ((State.SUBMITTED, 0), 303, (State.SUBMITTED, 1))


def test_guessing_the_password_again_locks_like_a_sign_in(house: House, number: str, key: Keys) -> None:
    answers = []
    with time_machine.travel(START, tick=False) as clock:
        planner = house.sign_in("planner")
        for pause_s in (0, 1, 2, 4, 8, 1):
            clock.shift(pause_s)
            guess = planner.post("/api/v1/sessions/proof", json={"password": "guessed"}, headers=key())
            answers.append(guess.status_code)

    assert answers == [401] * 5 + [429]


def test_a_token_neither_signs_nor_proves(house: House, number: str, key: Keys) -> None:
    browser = house.sign_in("planner")
    ends = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    token = browser.post("/api/v1/me/tokens", json={"name": "till", "expires_at": ends}, headers=key()).json()["secret"]
    program = house.visitor()
    program.headers["Authorization"] = f"Bearer {token}"

    signed = program.post("/api/v1/signatures", json={"document_number": number}, headers=key())
    proved = program.post("/api/v1/sessions/proof", json={"password": PASSWORD}, headers=key())

    assert [each.json()["code"] for each in (signed, proved)] == ["proof_needed", "proof_needed"]
    assert state(house, number) == (State.SUBMITTED, 0)


def test_a_role_is_given_and_confirmed_only_with_a_fresh_password(house: House, key: Keys) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    house.open("li")
    body = {"login": "li", "role": "keeper", "organisation_code": "130100"}
    with time_machine.travel(START, tick=False) as clock:
        officer = house.sign_in("security")
        clock.shift(timedelta(minutes=5))
        answers = [officer.post(f"/api/v1/grants{end}", json=body, headers=key()) for end in ("", "/confirm")]

    assert [each.json()["code"] for each in answers] == ["proof_needed", "proof_needed"]
