from collections.abc import Callable
from uuid import uuid4

import pytest

from reserve.access import queries
from reserve.access.terms import Role
from reserve.audit import queries as audit_queries
from tests.api.conftest import House

Keys = Callable[[], dict[str, str]]

BAD_ITEMS = {
    "items": [
        {
            "code": "MASK",
            "name_zh": "口罩",
            "name_en": "mask",
            "unit": "piece",
            "category": "ppe",
            "pack_size": 2.5,
            "colour": "blue",
        }
    ]
}


def test_bad_input_names_row_field_expected_and_found_in_chinese(house: House, key: Keys) -> None:
    house.open("planner", Role.PLANNER)
    answer = house.sign_in("planner").post("/api/v1/catalogue", json=BAD_ITEMS, headers=key())

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "zh-CN"
    problems = {problem["field"]: problem for problem in answer.json()["problems"]}
    assert problems["items.0.pack_size"] == {
        "code": "not_whole",
        "row": 1,
        "field": "items.0.pack_size",
        "expected": "整数",
        "found": "2.5",
        "message": "数量必须是整数。",
        "facts": {},
    }
    assert problems["items.0.colour"]["message"] == "未知的字段。"
    assert problems["items.0.weight_g"]["found"] == "无"


def test_bad_input_is_said_in_english_when_asked(house: House, key: Keys) -> None:
    house.open("planner", Role.PLANNER)
    answer = house.sign_in("planner", "en").post("/api/v1/catalogue", json=BAD_ITEMS, headers=key())

    body = answer.json()
    assert (body["title"], body["code"], body["status"]) == ("Not valid", "invalid_input", 422)
    problem = next(each for each in body["problems"] if each["field"] == "items.0.pack_size")
    assert (problem["expected"], problem["found"]) == ("a whole number", "2.5")
    assert problem["message"] == "Quantities are whole numbers."


def test_a_law_of_the_core_reads_the_same_way(house: House, key: Keys) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    house.open("li", Role.AUDITOR)
    body = {"login": "li", "role": "keeper", "organisation_code": "130100", "valid_until": "2020-01-01"}

    answer = house.sign_in("security").post("/api/v1/grants", json=body, headers=key())

    assert answer.status_code == 422
    assert [(each["code"], each["field"], each["expected"], each["found"]) for each in answer.json()["problems"]] == [
        ("officers_apart", "role", "系统、安全、审计三员由三人担任且不兼任", "auditor, keeper"),
        ("day_is_past", "valid_until", "今天或以后", "2020-01-01"),
    ]


def test_expectations_with_values_are_translated_around_the_value(house: House, key: Keys) -> None:
    house.open("li", Role.KEEPER)
    body = {"password": "correct horse battery", "new_password": "zu-kurz"}

    answer = house.sign_in("li").post("/api/v1/me/password", json=body, headers=key())

    (problem,) = answer.json()["problems"]
    assert (problem["expected"], problem["found"]) == ("至少 15 个字符", "7")
    assert "zu-kurz" not in answer.text


def test_an_object_outside_the_scope_looks_as_if_it_did_not_exist(house: House, key: Keys) -> None:
    house.open("li", Role.SYSTEM_OFFICER, "130100")
    browser = house.sign_in("li")

    foreign = browser.get("/api/v1/organisations/130200")
    unknown = browser.get("/api/v1/organisations/139999")
    body = {"login": "wang", "display_name_zh": "王", "organisation_code": "130200"}
    written = browser.post("/api/v1/users", json=body, headers=key())

    def told(answer: object) -> tuple[int, str, str]:
        body = answer.json()  # type: ignore[attr-defined]
        return body["status"], body["code"], body["detail"]

    assert told(foreign) == told(unknown) == told(written) == (404, "not_found", "未找到,或不在您的权限范围内。")
    assert house.runner.ask(queries.find_user, "wang") is None


def test_a_missing_permission_is_said_and_kept_in_the_audit(house: House, key: Keys) -> None:
    house.open("li", Role.KEEPER)
    browser = house.sign_in("li")

    answer = browser.post("/api/v1/users", json={}, headers=key())

    assert (answer.status_code, answer.json()["facts"]) == (403, {"permission": "user_write"})
    last = list(house.runner.ask(audit_queries.list_entries))[-1]
    assert (last.verb, last.refusal) == ("open_door", "not_allowed")
    assert "/users" in last.content


@pytest.mark.parametrize("value", [None, "", "not-a-uuid"])
def test_every_write_carries_a_request_key(house: House, value: str | None) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    headers = {} if value is None else {"Idempotency-Key": value}
    body = {"login": "li", "role": "keeper", "organisation_code": "130100"}

    answer = house.sign_in("security").post("/api/v1/grants", json=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "request_key_missing")


def test_the_same_key_and_body_get_the_same_bytes_and_one_effect(house: House) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    house.open("li")
    browser, headers = house.sign_in("security"), {"Idempotency-Key": str(uuid4())}
    body = {"login": "li", "role": "keeper", "organisation_code": "130100"}

    first = browser.post("/api/v1/grants", json=body, headers=headers)
    again = browser.post("/api/v1/grants", json=body, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert len(house.runner.ask(queries.list_grants, ["/"], login="li")) == 1


def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    house.open("li")
    browser, headers = house.sign_in("security"), {"Idempotency-Key": str(uuid4())}
    body = {"login": "li", "role": "keeper", "organisation_code": "130100"}
    browser.post("/api/v1/grants", json=body, headers=headers)

    answer = browser.post("/api/v1/grants", json=body | {"role": "planner"}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_key_reused")
    assert [each.role for each in house.runner.ask(queries.list_grants, ["/"], login="li")] == ["keeper"]


def test_a_one_time_password_is_shown_once(house: House) -> None:
    house.open("system", Role.SYSTEM_OFFICER)
    browser, headers = house.sign_in("system"), {"Idempotency-Key": str(uuid4())}
    body = {"login": "wang", "display_name_zh": "王", "organisation_code": "130100"}

    first = browser.post("/api/v1/users", json=body, headers=headers)
    again = browser.post("/api/v1/users", json=body, headers=headers)

    password = first.json()["one_time_password"]
    assert len(password) == 29
    assert again.json() == first.json() | {"one_time_password": None}
    assert password not in "".join(entry.content for entry in house.runner.ask(audit_queries.list_entries))


def test_what_is_no_json_is_a_bad_request(house: House, key: Keys) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    headers = key() | {"Content-Type": "application/json"}

    answer = house.sign_in("security").post("/api/v1/grants", content=b'{"login": ', headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "json_broken")


def test_a_body_beyond_the_limit_is_refused_by_its_length_and_by_its_growth(house: House, key: Keys) -> None:
    house.open("security", Role.SECURITY_OFFICER)
    browser = house.sign_in("security")
    headers = key() | {"Content-Type": "application/json"}
    large = b" " * (2 * 1024 * 1024 + 1)

    declared = browser.post("/api/v1/grants", content=large, headers=headers)
    growing = browser.post("/api/v1/grants", content=iter([large[:1_500_000], large[:1_500_000]]), headers=headers)

    assert [declared.status_code, growing.status_code] == [413, 413]
    assert declared.json()["detail"] == "请求内容过大。"


@pytest.mark.parametrize(
    ("header", "query", "title"),
    [
        ("", "", "未找到"),
        ("fr", "", "未找到"),
        ("en-GB,zh;q=0.5", "", "Not found"),
        ("en;q=0.5,zh-CN", "", "未找到"),
        ("zh", "?lang=en", "Not found"),
        ("en", "?lang=zh", "未找到"),
        ("en;q=nonsense", "", "未找到"),
    ],
)
def test_the_readers_language_is_found(house: House, header: str, query: str, title: str) -> None:
    answer = house.visitor().get(f"/api/v1/nothing{query}", headers={"Accept-Language": header})

    assert (answer.status_code, answer.json()["title"]) == (404, title)


def test_browsers_get_a_page_and_no_stack(house: House) -> None:
    answer = house.visitor().get("/nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "未找到,或不在您的权限范围内。" in answer.text


def test_our_own_mistakes_tell_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.open("li", Role.KEEPER)
    browser = house.sign_in("li")

    def break_down(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.routes.organisations.queries.list_regions", break_down)
    answer = browser.get("/api/v1/regions")

    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert "secret detail" not in answer.text
    assert answer.json()["instance"].removeprefix("urn:jibei:request:") == answer.headers["x-request-id"]
