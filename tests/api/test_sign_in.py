from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from reserve.access import queries
from reserve.access.models import SignInSession
from reserve.access.rules import secret_hash
from reserve.access.terms import Role
from tests.api.conftest import PASSWORD, House

Keys = Callable[[], dict[str, str]]
START = datetime.now(UTC) + timedelta(minutes=1)


def form(login: str = "li", password: str = PASSWORD) -> dict[str, str]:
    return {"login": login, "password": password, "next": "/"}


def sessions(house: House) -> int:
    return house.runner.ask(lambda session: session.scalar(select(func.count()).select_from(SignInSession)) or 0)


def test_the_right_password_opens_a_session_in_a_host_cookie(house: House) -> None:
    house.open("li", Role.KEEPER)
    browser = house.visitor()

    answer = browser.post("/sign-in", data=form(), follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-jibei-session=")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= {part.strip() for part in cookie.split(";")}
    assert browser.get("/").status_code == 200


def test_the_cookie_is_kept_as_a_hash(house: House) -> None:
    house.open("li", Role.KEEPER)
    browser = house.sign_in("li")
    secret = browser.cookies["__Host-jibei-session"]

    assert house.runner.ask(queries.find_session, secret_hash(secret)) is not None
    assert house.runner.ask(queries.find_session, secret) is None


@pytest.mark.parametrize(("login", "password"), [("li", "wrong horse battery"), ("nobody", PASSWORD), ("", "")])
def test_a_refusal_does_not_tell_whether_the_login_exists(house: House, login: str, password: str) -> None:
    house.open("li", Role.KEEPER)
    browser = house.visitor()

    answer = browser.post("/sign-in", data=form(login, password))

    assert answer.status_code == 401
    assert "登录名或密码不正确。" in answer.text
    assert sessions(house) == 0
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("login", ["li", "nobody"])
def test_failures_slow_down_and_lock_for_a_quarter_of_an_hour(house: House, login: str) -> None:
    house.open("li", Role.KEEPER)
    browser = house.visitor()
    answers = []
    with time_machine.travel(START, tick=False) as clock:
        for pause_s in (0, 1, 2, 4, 8):
            clock.shift(pause_s)
            answers.append(browser.post("/sign-in", data=form(login, "wrong horse battery")).status_code)
        locked = browser.post("/sign-in", data=form(login))
        clock.shift(timedelta(minutes=15))
        after = browser.post("/sign-in", data=form(login), follow_redirects=False)

    assert answers == [401] * 5
    assert locked.status_code == 429
    assert "请在 901 秒后再试" in locked.text
    assert after.status_code == (303 if login == "li" else 401)


def test_a_session_ends_by_rest_and_lives_by_use(house: House) -> None:
    house.open("li", Role.KEEPER)
    with time_machine.travel(START, tick=False) as clock:
        browser = house.sign_in("li")
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert browser.get("/api/v1/me").status_code == 200
        clock.shift(timedelta(minutes=30))
        assert browser.get("/api/v1/me").status_code == 401


def test_officers_rest_a_quarter_of_an_hour_at_most(house: House) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    with time_machine.travel(START, tick=False) as clock:
        browser = house.sign_in("security")
        clock.shift(timedelta(minutes=15))
        assert browser.get("/api/v1/me").status_code == 401


def test_no_session_outlives_twelve_hours(house: House) -> None:
    house.open("li", Role.KEEPER)
    with time_machine.travel(START, tick=False) as clock:
        browser = house.sign_in("li")
        for _ in range(71):
            clock.shift(timedelta(minutes=10))
            assert browser.get("/api/v1/me").status_code == 200
        clock.shift(timedelta(minutes=10))
        assert browser.get("/api/v1/me").status_code == 401


def test_last_use_is_written_down_now_and_then_and_not_at_every_read(house: House) -> None:
    house.open("li", Role.KEEPER)
    with time_machine.travel(START, tick=False) as clock:
        browser = house.sign_in("li")
        seen = []
        for _ in range(7):
            browser.get("/api/v1/me")
            seen.append(house.runner.ask(lambda session: session.scalar(select(SignInSession.last_seen_at))))
            clock.shift(timedelta(minutes=1))

    assert len(set(seen)) == 2


def test_signing_out_ends_the_session(house: House) -> None:
    house.open("li", Role.KEEPER)
    browser = house.sign_in("li")
    stolen = dict(browser.cookies)

    answer = browser.post("/sign-out", data={"csrf": browser.headers["X-CSRF-Token"]}, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    thief = house.visitor()
    thief.cookies.update(stolen)
    assert thief.get("/api/v1/me").status_code == 401


def test_rights_taken_away_are_gone_at_the_next_request(house: House, key: Keys) -> None:
    house.open("li", Role.KEEPER, "130100")
    house.open("security", Role.SECURITY_OFFICER)
    keeper, officer = house.sign_in("li"), house.sign_in("security")
    assert keeper.get("/api/v1/incidents").status_code == 200

    body = {"login": "li", "role": "keeper", "organisation_code": "130100", "reason": "moved"}
    assert officer.post("/api/v1/grants/end", json=body, headers=key()).status_code == 200

    assert keeper.get("/api/v1/incidents").status_code == 403


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(house: House, target: str) -> None:
    house.open("li", Role.KEEPER)

    answer = house.visitor().post("/sign-in", data=form() | {"next": target}, follow_redirects=False)

    assert answer.headers["location"] == "/"


def test_a_form_of_another_site_is_refused(house: House) -> None:
    house.open("li", Role.KEEPER)
    browser = house.visitor()

    by_origin = browser.post("/sign-in", data=form(), headers={"Origin": "https://evil.test"})
    by_fetch = browser.post("/sign-in", data=form(), headers={"Sec-Fetch-Site": "cross-site"})
    own = browser.post("/sign-in", data=form(), headers={"Origin": "https://reserve.test"}, follow_redirects=False)

    hidden = browser.post("/sign-in", data=form(), headers={"Origin": "null"})

    assert [by_origin.status_code, by_fetch.status_code, own.status_code] == [403, 403, 303]
    assert hidden.status_code == 403  # so no page of ours may make a browser hide where its form came from


def test_a_write_by_cookie_needs_the_form_token(house: House, key: Keys) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    house.open("li")
    browser = house.sign_in("security")
    body = {"login": "li", "role": "keeper", "organisation_code": "130100"}

    del browser.headers["X-CSRF-Token"]
    missing = browser.post("/api/v1/grants", json=body, headers=key())
    wrong = browser.post("/api/v1/grants", json=body, headers=key() | {"X-CSRF-Token": "0" * 64})
    page = browser.post("/sign-out", data={"csrf": "wrong"})

    assert [missing.status_code, wrong.status_code, page.status_code] == [403, 403, 403]
    assert missing.json()["code"] == "forged_request"
    assert house.runner.ask(queries.list_grants, ["/"], login="li") == []


def test_a_one_time_password_opens_only_the_way_to_a_new_one(house: House) -> None:
    house.open("li", Role.KEEPER, is_one_time=True)
    browser = house.visitor()
    browser.post("/sign-in", data=form())

    home = browser.get("/", follow_redirects=False)
    refused = browser.get("/api/v1/incidents")
    page = browser.get("/password")
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
    weak = browser.post("/password", data={"csrf": csrf, "password": PASSWORD, "new_password": "shijiazhuang2021"})
    wrong = browser.post("/password", data={"csrf": csrf, "password": "x", "new_password": "staple of the battery"})
    done = browser.post(
        "/password",
        data={"csrf": csrf, "password": PASSWORD, "new_password": "staple of the battery"},
        follow_redirects=False,
    )

    assert (home.status_code, home.headers["location"]) == (303, "/password")
    assert refused.status_code == 403
    assert (weak.status_code, wrong.status_code, done.status_code) == (422, 422, 303)
    assert "密码除常见词外内容太少。" in weak.text
    assert "当前密码不正确。" in wrong.text
    fresh = house.visitor()
    assert fresh.post("/sign-in", data=form(), follow_redirects=False).status_code == 401


def test_a_token_acts_as_its_owner_until_it_ends(house: House, key: Keys) -> None:
    house.open("li", Role.KEEPER)
    browser = house.sign_in("li")
    expires_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    headers = key()
    body = {"name": "scales", "expires_at": expires_at}

    first = browser.post("/api/v1/me/tokens", json=body, headers=headers)
    again = browser.post("/api/v1/me/tokens", json=body, headers=headers)
    program = house.visitor()
    program.headers["Authorization"] = f"Bearer {first.json()['secret']}"
    works = program.get("/api/v1/me")
    browser.post("/api/v1/me/tokens/end", json={"name": "scales"}, headers=key())
    ended = program.get("/api/v1/me")

    assert first.status_code == 201
    assert first.json()["secret"].startswith("jb_")
    assert again.json() == first.json() | {"secret": None}
    assert (works.status_code, works.json()["account"]["login"], ended.status_code) == (200, "li", 401)


def test_a_token_writes_without_a_form_token(house: House, key: Keys) -> None:
    house.open("li")
    browser = house.sign_in("li")
    body = {"name": "tool", "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    secret = browser.post("/api/v1/me/tokens", json=body, headers=key()).json()["secret"]
    program = house.visitor()
    program.headers["Authorization"] = f"Bearer {secret}"

    answer = program.post("/api/v1/me/tokens/end", json={"name": "tool"}, headers=key())

    assert answer.status_code == 200
    assert answer.json()["ended_at"] is not None
