from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.access import queries, service
from reserve.access.models import RoleGrant
from reserve.access.queries import load_actor
from reserve.access.rules import INSTALLER
from reserve.access.service import SecondOfficerNeeded
from reserve.access.terms import (
    GrantConfirmationDraft,
    GrantDraft,
    GrantEndDraft,
    PasswordDraft,
    Role,
    UserDraft,
    UserStateDraft,
)
from reserve.authority import Permission
from reserve.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.conftest import NOW
from tests.reserve.access.people import TODAY, give, officer, open_account, secret, settle

GRANT = GrantDraft(login="li", role=Role.KEEPER, organisation_code="130100")
CONFIRMATION = GrantConfirmationDraft(login="li", role=Role.KEEPER, organisation_code="130100")
LATER = NOW + timedelta(hours=1)


def grants(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(RoleGrant)) or 0


def test_a_new_account_has_no_rights_and_no_default_password(session: Session) -> None:
    settle(session)

    user = open_account(session, "li")

    assert load_actor(session, user.id, NOW).grants == ()
    assert user.password_hash is None


def test_a_taken_login_is_refused(session: Session) -> None:
    settle(session)
    open_account(session, "li")

    with pytest.raises(InvalidInput) as refusal:
        open_account(session, "li")

    assert [(problem.code, problem.field, problem.found) for problem in refusal.value.problems] == [
        ("login_taken", "login", "li")
    ]


def test_a_system_officer_opens_accounts_in_his_own_scope_only(session: Session) -> None:
    settle(session)
    chief = open_account(session, "chief")
    give(session, "chief", Role.SYSTEM_OFFICER, "130100")
    actor = load_actor(session, chief.id, NOW)
    draft = UserDraft(login="wang", display_name_zh="王", organisation_code="130200")

    with pytest.raises(NotAllowed):
        service.add_user(session, actor, draft, now=NOW, today=TODAY)

    assert queries.find_user(session, "wang") is None
    assert service.add_user(
        session, actor, draft.model_copy(update={"organisation_code": "130109"}), now=NOW, today=TODAY
    )


def test_a_grant_waits_for_the_second_officer(session: Session) -> None:
    settle(session)
    security = officer(session, "security", Role.SECURITY_OFFICER)
    system = officer(session, "system-1", Role.SYSTEM_OFFICER)
    li = open_account(session, "li")

    service.grant_role(session, security, GRANT, now=NOW, today=TODAY)
    before = load_actor(session, li.id, NOW)
    service.confirm_grant(session, system, CONFIRMATION, now=LATER, today=TODAY)

    assert before.grants == ()
    assert load_actor(session, li.id, NOW).grants == ()
    after = load_actor(session, li.id, LATER)
    assert [(grant.role, grant.organisation_path) for grant in after.grants] == [("keeper", "/130000/130100/")]
    assert after.has(Permission.STOCK_RECEIVE)


def test_who_granted_does_not_confirm_under_any_account(session: Session) -> None:
    settle(session)
    security = officer(session, "security", Role.SECURITY_OFFICER)
    open_account(session, "li")
    service.grant_role(session, security, GRANT, now=NOW, today=TODAY)
    other_account = replace(security, user_id=999, login="security-2")

    for actor in (security, other_account):
        with pytest.raises(SecondOfficerNeeded):
            service.confirm_grant(session, actor, CONFIRMATION, now=NOW, today=TODAY)

    assert [grant.confirmed_at for grant in queries.list_grants(session, ["/"], login="li")] == [None]


def test_nobody_grants_to_himself_under_any_account(session: Session) -> None:
    settle(session)
    security = officer(session, "security", Role.SECURITY_OFFICER)
    open_account(session, "li", person_code="security")
    before = grants(session)

    with pytest.raises(SecondOfficerNeeded):
        service.grant_role(session, security, GRANT, now=NOW, today=TODAY)

    assert grants(session) == before


def test_officers_are_three_persons_whatever_their_accounts(session: Session) -> None:
    settle(session)
    open_account(session, "li")
    open_account(session, "li-2", person_code="li")
    give(session, "li", Role.AUDITOR)

    with pytest.raises(InvalidInput) as refusal:
        give(session, "li-2", Role.SYSTEM_OFFICER)

    assert [problem.code for problem in refusal.value.problems] == ["officers_apart"]


def test_a_grant_that_waits_counts_against_a_second_office(session: Session) -> None:
    settle(session)
    security = officer(session, "security", Role.SECURITY_OFFICER)
    open_account(session, "li")
    service.grant_role(session, security, GRANT, now=NOW, today=TODAY)

    with pytest.raises(InvalidInput):
        give(session, "li", Role.AUDITOR)


def test_the_same_role_is_not_granted_twice_at_once(session: Session) -> None:
    settle(session)
    open_account(session, "li")
    give(session, "li", Role.KEEPER)

    with pytest.raises(InvalidInput) as refusal:
        give(session, "li", Role.KEEPER)

    assert [problem.code for problem in refusal.value.problems] == ["granted_already"]


def test_a_grant_ends_with_its_last_day_in_hebei(session: Session) -> None:
    settle(session)
    li = open_account(session, "li")
    give(session, "li", Role.KEEPER, valid_until=date(2026, 3, 1))

    last_moment = NOW.replace(hour=15, minute=59)  # 23:59 in Hebei

    assert load_actor(session, li.id, last_moment).has(Permission.STOCK_RECEIVE)
    assert not load_actor(session, li.id, last_moment + timedelta(minutes=1)).has(Permission.STOCK_RECEIVE)


def test_an_ended_grant_gives_nothing_from_that_moment(session: Session) -> None:
    settle(session)
    security = officer(session, "security", Role.SECURITY_OFFICER)
    li = open_account(session, "li")
    give(session, "li", Role.KEEPER, "130100")
    draft = GrantEndDraft(login="li", role=Role.KEEPER, organisation_code="130100", reason="moved to another post")

    service.end_grant(session, security, draft, now=LATER, today=TODAY)

    assert load_actor(session, li.id, LATER).grants == ()
    with pytest.raises(NotFound):
        service.end_grant(session, security, draft, now=LATER, today=TODAY)


def test_a_confirmed_grant_is_not_confirmed_again(session: Session) -> None:
    settle(session)
    system = officer(session, "system-1", Role.SYSTEM_OFFICER)
    open_account(session, "li")
    give(session, "li", Role.KEEPER, "130100")

    with pytest.raises(Conflict):
        service.confirm_grant(session, system, CONFIRMATION, now=NOW, today=TODAY)


def test_a_one_time_password_gives_no_rights_until_it_is_changed(session: Session) -> None:
    settle(session)
    li = open_account(session, "li", password_hash=secret("$argon2id$old"))
    give(session, "li", Role.KEEPER)
    before = load_actor(session, li.id, NOW)

    draft = PasswordDraft(login="li", password_hash=secret("$argon2id$new"))
    service.change_password(session, before, draft, now=NOW, today=TODAY)

    assert before.grants == ()
    assert load_actor(session, li.id, NOW).has(Permission.STOCK_RECEIVE)


def test_a_password_set_by_an_officer_is_a_one_time_password(session: Session) -> None:
    settle(session)
    system = officer(session, "system-1", Role.SYSTEM_OFFICER)
    li = open_account(session, "li", password_hash=secret("$argon2id$old"), is_one_time=False)

    draft = PasswordDraft(login="li", password_hash=secret("$argon2id$new"))
    service.change_password(session, system, draft, now=NOW, today=TODAY)

    assert li.must_change_password


def test_nobody_changes_the_password_of_another(session: Session) -> None:
    settle(session)
    keeper = officer(session, "keeper-1", Role.KEEPER)
    li = open_account(session, "li", password_hash=secret("$argon2id$old"))

    draft = PasswordDraft(login="li", password_hash=secret("$argon2id$new"))
    with pytest.raises(NotAllowed):
        service.change_password(session, keeper, draft, now=NOW, today=TODAY)

    assert li.password_hash == "$argon2id$old"


def test_a_closed_account_is_nobody(session: Session) -> None:
    settle(session)
    li = open_account(session, "li")
    give(session, "li", Role.KEEPER)

    draft = UserStateDraft(login="li", is_active=False, reason="left the service")
    service.set_user_state(session, INSTALLER, draft, now=NOW, today=TODAY)

    with pytest.raises(NotFound):
        load_actor(session, li.id, NOW)


def test_lists_show_only_what_lies_in_scope(session: Session) -> None:
    settle(session)
    open_account(session, "li", "130109")
    open_account(session, "wang", "130200")
    give(session, "li", Role.KEEPER, "130109")
    give(session, "wang", Role.KEEPER, "130200")

    assert [each.login for each in queries.list_accounts(session, ["/130000/130100/"])] == ["li"]
    assert [each.login for each in queries.list_grants(session, ["/130000/130200/"])] == ["wang"]
    assert queries.list_accounts(session, []) == []
