import json
import subprocess
import sys
from collections.abc import Callable

import pytest
import structlog

from api.middleware import POLICY
from reserve.access.terms import Role
from reserve.audit import queries as audit_queries
from tests.api.conftest import PASSWORD, House

Keys = Callable[[], dict[str, str]]


def test_health_and_readiness_need_no_sign_in(house: House) -> None:
    visitor = house.visitor()

    assert [visitor.get(path).json() for path in ("/health", "/ready")] == [{"status": "ok"}] * 2


@pytest.mark.parametrize("path", ["/health", "/sign-in", "/nothing", "/api/v1/regions", "/static/app.css"])
def test_every_answer_is_dressed_in_security_headers(house: House, path: str) -> None:
    headers = house.visitor().get(path).headers

    assert headers["content-security-policy"] == POLICY
    assert "unsafe-inline" not in POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert len(headers["x-request-id"]) == 36


def test_personal_pages_are_never_stored(house: House) -> None:
    house.open("li", Role.KEEPER)
    browser = house.sign_in("li")

    assert {browser.get(path).headers["cache-control"] for path in ("/", "/api/v1/me", "/password")} == {"no-store"}


def test_pages_hold_no_inline_script_or_style(house: House) -> None:
    house.open("li", Role.PLANNER)
    browser = house.sign_in("li")

    for path in ("/", "/sign-in", "/password", "/docs", "/nothing"):
        text = browser.get(path).text
        assert "<script>" not in text
        assert " style=" not in text
        assert "<style" not in text
        assert "http://" not in text
        assert "https://" not in text


def test_the_description_is_for_signed_in_officers(house: House) -> None:
    house.open("li", Role.PLANNER)
    house.open("idle")
    nobody, idle, planner = house.visitor(), house.sign_in("idle"), house.sign_in("li")

    assert nobody.get("/docs", follow_redirects=False).headers["location"] == "/sign-in?next=/docs"
    assert nobody.get("/openapi.json").status_code == 401
    assert [idle.get(path).status_code for path in ("/docs", "/openapi.json")] == [403, 403]
    assert planner.get("/docs").status_code == 200
    description = planner.get("/openapi.json").json()
    assert description["paths"]["/api/v1/receipts"]["post"]["x-permissions"] == ["stock_receive"]
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert nobody.get(f"/static-offline-docs/{asset}").status_code == 200


def test_home_shows_what_waits_by_role(house: House, key: Keys) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    house.open("system", Role.SYSTEM_OFFICER)
    house.open("li")
    grant = {"login": "li", "role": "keeper", "organisation_code": "130100"}
    house.sign_in("security").post("/api/v1/grants", json=grant, headers=key())

    system = house.sign_in("system").get("/").text
    nobody = house.sign_in("li").get("/").text

    assert "待第二名管理员确认的授权" in system
    assert "保管员" in system
    assert "尚无角色" in nobody
    assert "待我签批" not in nobody


def test_pages_speak_english_when_asked_and_remember_it(house: House) -> None:
    house.open("li", Role.CITY_COMMISSION_CHAIR)
    browser = house.sign_in("li")

    assert "Waiting for my signature" in browser.get("/?lang=en").text
    assert "Waiting for my signature" in browser.get("/").text
    assert "待我签批" in browser.get("/?lang=zh").text


def test_reading_the_audit_is_itself_audited(house: House) -> None:
    house.open("auditor", Role.AUDITOR)
    browser = house.sign_in("auditor")

    page = browser.get("/api/v1/audit?limit=2").json()
    rest = browser.get(f"/api/v1/audit?after={page['next']}&limit=500").json()

    assert len(page["items"]) == 2
    assert rest["next"] is None
    ids = [entry["id"] for entry in (*page["items"], *rest["items"])]
    assert ids == sorted(set(ids))
    last = list(house.runner.ask(audit_queries.list_entries))[-1]
    assert (last.verb, "audit" in last.content) == ("open_door", True)


def test_lists_are_cut_into_pages_that_follow_each_other(house: House) -> None:
    house.open("li", Role.PLANNER)
    browser = house.sign_in("li")

    codes, after = [], ""
    while after is not None:
        page = browser.get("/api/v1/organisations", params={"limit": 3, "after": after}).json()
        codes += [row["code"] for row in page["items"]]
        after = page["next"]

    assert codes == ["130000", "130100", "130109", "130200"]
    assert browser.get("/api/v1/organisations?limit=501").status_code == 422


def test_logs_are_json_lines_without_bodies_or_persons(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.open("li", Role.KEEPER)
    house.visitor().post("/sign-in?phone=13912345678", data={"login": "li", "password": PASSWORD})
    structlog.get_logger().info("note", text="call 13912345678 or 130102199003071234\nnew line", token="jb_x")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    request = next(line for line in lines if line.get("path") == "/sign-in")
    assert (request["method"], request["status"]) == ("POST", 303)
    assert len(request["request_id"]) == 36
    note = lines[-1]
    assert (note["text"], note["token"]) == ("call *** or ***\nnew line", "***")
    assert PASSWORD not in json.dumps(lines)
    assert "13912345678" not in json.dumps(lines)


def test_a_server_has_imported_neither_the_solver_nor_what_draws() -> None:
    heavy = ("ortools", "pandas", "altair", "vl_convert")
    code = f"import api.cli.main, api.app, sys; print([m for m in {heavy} if m in sys.modules])"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
