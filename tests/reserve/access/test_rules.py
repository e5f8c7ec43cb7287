import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from reserve.access import rules
from reserve.access.password_rules import password_problems
from reserve.access.passwords import Passwords, TooManySignIns, one_time_password
from reserve.access.rules import ROLE_PERMISSIONS, grant_problems, pause_after
from reserve.access.terms import Role
from reserve.authority import Permission
from reserve.errors import InvalidInput
from reserve.settings import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
CHEAP = Settings(argon2_memory_kib=8, argon2_time_cost=1)

TOUCHING_STOCK = {permission for permission in Permission if permission.startswith("stock_")} - {Permission.STOCK_READ}


def test_every_role_has_its_permissions() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


@pytest.mark.parametrize("role", [Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR])
def test_no_officer_can_touch_stock(role: Role) -> None:
    assert not ROLE_PERMISSIONS[role] & TOUCHING_STOCK


def test_auditor_changes_nothing() -> None:
    assert {permission for permission in ROLE_PERMISSIONS[Role.AUDITOR] if not permission.endswith("_read")} == {
        Permission.VERIFY
    }


def test_who_opens_accounts_grants_nothing_and_who_grants_opens_none() -> None:
    assert Permission.GRANT_WRITE not in ROLE_PERMISSIONS[Role.SYSTEM_OFFICER]
    assert Permission.USER_WRITE not in ROLE_PERMISSIONS[Role.SECURITY_OFFICER]


def test_chairs_act_at_their_level_alike() -> None:
    chairs = {
        Role.COUNTY_HEAD,
        Role.CITY_COMMISSION_CHAIR,
        Role.PROVINCIAL_COMMISSION_DEPUTY,
        Role.PROVINCIAL_COMMISSION_DIRECTOR,
    }
    assert len({ROLE_PERMISSIONS[role] for role in chairs}) == 1


def test_an_officer_holds_nothing_else() -> None:
    problems = grant_problems(
        Role.AUDITOR, held_by_person=[Role.KEEPER], is_same_grant_open=False, valid_until=None, now=NOW
    )

    assert [(problem.code, problem.found) for problem in problems] == [("officers_apart", "auditor, keeper")]


def test_a_keeper_may_not_become_an_officer_nor_an_officer_a_keeper() -> None:
    for role, held in [(Role.SYSTEM_OFFICER, Role.KEEPER), (Role.KEEPER, Role.SYSTEM_OFFICER)]:
        problems = grant_problems(role, held_by_person=[held], is_same_grant_open=False, valid_until=None, now=NOW)
        assert [problem.code for problem in problems] == ["officers_apart"]


def test_all_that_speaks_against_a_grant_is_said_at_once() -> None:
    problems = grant_problems(
        Role.INSTALLER, held_by_person=[Role.AUDITOR], is_same_grant_open=True, valid_until=NOW, now=NOW
    )

    assert [problem.code for problem in problems] == [
        "role_not_granted",
        "officers_apart",
        "granted_already",
        "day_is_past",
    ]


def test_pauses_grow_until_the_lock_and_then_start_again() -> None:
    seconds = [pause_after(failures).total_seconds() for failures in range(12)]

    assert seconds == [0, 1, 2, 4, 8, 900, 1, 2, 4, 8, 900, 1]


@pytest.mark.parametrize(
    ("age", "rested", "alive"),
    [
        (timedelta(hours=1), timedelta(minutes=29), True),
        (timedelta(hours=1), timedelta(minutes=30), False),
        (timedelta(hours=12), timedelta(minutes=1), False),
    ],
)
def test_a_session_ends_by_rest_and_by_age(age: timedelta, rested: timedelta, alive: bool) -> None:
    found = rules.is_session_alive(
        created_at=NOW - age, last_seen_at=NOW - rested, now=NOW, idle=HALF_HOUR, absolute=timedelta(hours=12)
    )

    assert found is alive


def test_officers_rest_a_quarter_of_an_hour() -> None:
    assert rules.idle_limit(["keeper"], HALF_HOUR) == HALF_HOUR
    assert rules.idle_limit(["keeper", "security_officer"], HALF_HOUR) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("fourteen chars", "password_too_short"),
        ("x" * 257, "password_too_long"),
        ("shijiazhuang2021", "password_well_known"),
        ("冀备冀备石家庄应急物资储备仓库密码", "password_well_known"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_well_known"),
        ("zhang.wei-zhang.wei", "password_well_known"),
    ],
)
def test_weak_passwords_are_refused(password: str, code: str) -> None:
    assert [problem.code for problem in password_problems(password, login="zhang.wei")] == [code]


@pytest.mark.parametrize(
    "password", ["correct horse battery", "三更灯火五更鸡,正是男儿读书时。", "all small letters no digit"]
)
def test_long_passwords_need_no_special_characters(password: str) -> None:
    assert password_problems(password, login="zhang.wei") == []


def test_one_time_passwords_differ_and_pass_the_rule() -> None:
    made = {one_time_password() for _ in range(50)}

    assert len(made) == 50
    assert [problem for password in made for problem in password_problems(password, login="a")] == []


def test_a_hash_fits_its_password_alone() -> None:
    passwords = Passwords(CHEAP)
    stored = passwords.new_hash("correct horse battery", login="zhang.wei").get_secret_value()

    assert stored.startswith("$argon2id$")
    assert passwords.fits("correct horse battery", stored)
    assert not passwords.fits("correct horse batterx", stored)
    assert not passwords.fits("correct horse battery", None)


def test_a_weak_password_is_never_hashed() -> None:
    with pytest.raises(InvalidInput) as refusal:
        Passwords(CHEAP).new_hash("short", login="zhang.wei")

    assert [(problem.field, problem.expected, problem.found) for problem in refusal.value.problems] == [
        ("password", "at least 15 characters", "5")
    ]


def test_whoever_finds_the_line_at_the_desk_full_is_sent_away_at_once() -> None:
    passwords = Passwords(CHEAP.model_copy(update={"parallel_sign_ins": 1}))
    inside, go_on = threading.Event(), threading.Event()

    def hold(*_: object) -> bool:
        inside.set()
        return go_on.wait(10)

    passwords._hasher.verify = hold  # type: ignore[method-assign, assignment]
    crowd = [threading.Thread(target=passwords.fits, args=("x", "y")) for _ in range(3)]
    for person in crowd:
        person.start()
    assert inside.wait(10)
    deadline = time.monotonic() + 10
    while passwords._desk._line._value and time.monotonic() < deadline:
        time.sleep(0.005)

    with pytest.raises(TooManySignIns):
        passwords.fits("x", "y")
    go_on.set()
    for person in crowd:
        person.join()

    assert passwords.fits("x", "y")
