from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.access import queries, service, sessions
from reserve.access.models import SignInSession
from reserve.access.rules import GUEST, secret_hash
from reserve.access.terms import (
    PasswordDraft,
    Role,
    SeenDraft,
    SeenSession,
    SignInDraft,
    SignInOutcome,
    SignOutDraft,
    TokenDraft,
    TokenEndDraft,
    UserStateDraft,
)
from reserve.authority import Actor
from reserve.commands import Runner
from reserve.errors import InvalidInput, NotAllowed, NotFound
from tests.conftest import NOW
from tests.reserve.access.people import TODAY, give, officer, open_account, secret, settle

STORED = "$argon2id$stored"


def attempt(session: Session, fitting: str | None, cookie: str = "cookie", after: int = 0) -> SignInOutcome:
    """One attempt of li, ``after`` seconds after NOW."""
    draft = SignInDraft(
        login="li",
        fitting_hash=secret(fitting) if fitting else None,
        session_hash=secret(secret_hash(cookie)),
        address="10.0.0.7",
    )
    now = NOW + timedelta(seconds=after)
    return sessions.sign_in(session, GUEST, draft, now=now, today=TODAY).outcome


def li(session: Session) -> Actor:
    settle(session)
    user = open_account(session, "li", password_hash=secret(STORED), is_one_time=False)
    give(session, "li", Role.KEEPER)
    return queries.load_actor(session, user.id, NOW)


def test_the_right_password_opens_a_session_kept_as_a_hash(session: Session) -> None:
    actor = li(session)

    assert attempt(session, STORED) is SignInOutcome.SIGNED_IN

    found = queries.find_session(session, secret_hash("cookie"))
    assert found is not None
    assert found.user_id == actor.user_id
    assert queries.find_session(session, "cookie") is None


def test_unknown_login_and_wrong_password_look_the_same(session: Session) -> None:
    li(session)
    unknown = SignInDraft(login="nobody", session_hash=secret("x"))

    assert attempt(session, None) is SignInOutcome.REFUSED
    assert sessions.sign_in(session, GUEST, unknown, now=NOW, today=TODAY).outcome is SignInOutcome.REFUSED
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0


def test_the_fifth_failure_locks_for_fifteen_minutes_and_never_longer(session: Session) -> None:
    li(session)
    moments = [0, 1, 3, 7, 15]  # each as soon as the growing pause lets it through

    outcomes = [attempt(session, None, after=moment) for moment in moments]

    assert outcomes == [SignInOutcome.REFUSED] * 5
    assert attempt(session, STORED, after=15 + 899) is SignInOutcome.LOCKED
    assert attempt(session, STORED, after=15 + 900) is SignInOutcome.SIGNED_IN
    user = queries.get_user(session, "li")
    assert (user.failed_sign_ins, user.locked_until) == (0, None)


def test_an_attempt_during_a_pause_is_not_counted(session: Session) -> None:
    li(session)
    attempt(session, None)

    assert attempt(session, STORED) is SignInOutcome.LOCKED
    assert queries.get_user(session, "li").failed_sign_ins == 1


def test_a_password_changed_since_it_was_checked_is_not_known(session: Session) -> None:
    li(session)

    assert attempt(session, "$argon2id$older") is SignInOutcome.REFUSED


def test_a_failure_stays_and_no_secret_is_written_down(runner: Runner) -> None:
    with runner.database.writing() as session:
        li(session)
        session.commit()
    draft = SignInDraft(login="li", session_hash=secret(secret_hash("cookie")))

    answer = runner.run(sessions.sign_in, draft, actor=GUEST, answer=sessions.SignInResult)

    assert answer.value.outcome is SignInOutcome.REFUSED
    with runner.database.reading() as session:
        assert queries.get_user(session, "li").failed_sign_ins == 1
    assert secret_hash("cookie").encode() not in answer.body


def test_a_closed_account_cannot_sign_in(session: Session) -> None:
    actor = li(session)
    attempt(session, STORED)
    closer = officer(session, "system-1", Role.SYSTEM_OFFICER)

    draft = UserStateDraft(login="li", is_active=False, reason="left the service")
    service.set_user_state(session, closer, draft, now=NOW, today=TODAY)

    assert queries.find_session(session, secret_hash("cookie")) is None
    assert attempt(session, STORED, "cookie-2") is SignInOutcome.REFUSED
    assert actor.user_id > 0


def test_signing_out_ends_one_session_or_all_of_ones_own(session: Session) -> None:
    actor = li(session)
    for cookie in ("a", "b", "c"):
        attempt(session, STORED, cookie)
    first = queries.find_session(session, secret_hash("a"))
    assert first is not None

    sessions.sign_out(session, actor, SignOutDraft(session_id=first.id), now=NOW, today=TODAY)
    left = [cookie for cookie in "abc" if queries.find_session(session, secret_hash(cookie))]
    sessions.sign_out(session, actor, SignOutDraft(session_id=0, everywhere=True), now=NOW, today=TODAY)

    assert left == ["b", "c"]
    assert [cookie for cookie in "abc" if queries.find_session(session, secret_hash(cookie))] == []


def test_nobody_ends_the_session_of_another(session: Session) -> None:
    li(session)
    attempt(session, STORED)
    found = queries.find_session(session, secret_hash("cookie"))
    assert found is not None
    other = officer(session, "other", Role.PLANNER)

    sessions.sign_out(session, other, SignOutDraft(session_id=found.id), now=NOW, today=TODAY)

    assert queries.find_session(session, secret_hash("cookie")) is not None


def test_last_use_never_goes_back(session: Session) -> None:
    li(session)
    attempt(session, STORED)
    found = queries.find_session(session, secret_hash("cookie"))
    assert found is not None

    for minutes in (10, 5):
        seen = SeenSession(session_id=found.id, at=NOW + timedelta(minutes=minutes))
        sessions.record_seen(session, GUEST, SeenDraft(sessions=(seen,)), now=NOW, today=TODAY)

    session.refresh(found)
    assert found.last_seen_at == NOW + timedelta(minutes=10)


def test_a_token_works_until_its_day_or_its_end(session: Session) -> None:
    actor = li(session)
    draft = TokenDraft(name="scales", expires_at=NOW + timedelta(days=1), secret_hash=secret(secret_hash("s")))
    sessions.create_token(session, actor, draft, now=NOW, today=TODAY)

    assert queries.find_token(session, secret_hash("s"), NOW) is not None
    assert queries.find_token(session, secret_hash("s"), NOW + timedelta(days=1)) is None

    sessions.end_token(session, actor, TokenEndDraft(name="scales"), now=NOW, today=TODAY)
    assert queries.find_token(session, secret_hash("s"), NOW) is None


def test_tokens_end_when_an_officer_sets_the_password_and_stay_when_one_does_it_oneself(session: Session) -> None:
    actor = li(session)
    draft = TokenDraft(name="scales", expires_at=NOW + timedelta(days=1), secret_hash=secret(secret_hash("s")))
    sessions.create_token(session, actor, draft, now=NOW, today=TODAY)
    system = officer(session, "system-1", Role.SYSTEM_OFFICER)
    password = PasswordDraft(login="li", password_hash=secret("$argon2id$new"))

    service.change_password(session, actor, password, now=NOW, today=TODAY)
    assert queries.find_token(session, secret_hash("s"), NOW) is not None

    service.change_password(session, system, password, now=NOW, today=TODAY)
    assert queries.find_token(session, secret_hash("s"), NOW) is None


def test_a_token_lives_a_year_at_most(session: Session) -> None:
    actor = li(session)
    draft = TokenDraft(name="scales", expires_at=NOW + timedelta(days=367), secret_hash=secret("x"))

    with pytest.raises(InvalidInput) as refusal:
        sessions.create_token(session, actor, draft, now=NOW, today=TODAY)

    assert [problem.code for problem in refusal.value.problems] == ["token_life"]
    assert queries.list_tokens(session, actor.user_id) == []


def test_tokens_are_ones_own(session: Session) -> None:
    actor = li(session)
    draft = TokenDraft(name="scales", expires_at=NOW + timedelta(days=1), secret_hash=secret("x"))
    sessions.create_token(session, actor, draft, now=NOW, today=TODAY)
    other = officer(session, "other", Role.PLANNER)

    with pytest.raises(NotFound):
        sessions.end_token(session, other, TokenEndDraft(name="scales"), now=NOW, today=TODAY)
    with pytest.raises(NotAllowed):
        sessions.create_token(session, GUEST, draft, now=NOW, today=TODAY)
