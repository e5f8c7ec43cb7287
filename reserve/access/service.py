"""Verbs on people and their rights: accounts, passwords, grants. Grants need two officers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reserve.access import queries, rules
from reserve.access.models import ApiToken, Person, RoleGrant, SignInSession, User
from reserve.access.terms import (
    GrantConfirmationDraft,
    GrantDraft,
    GrantEndDraft,
    PasswordDraft,
    Role,
    UserDraft,
    UserStateDraft,
)
from reserve.authority import Actor, Permission, require, require_scope
from reserve.clock import end_of_day
from reserve.db import claim
from reserve.errors import Conflict, InvalidInput, NotFound, Problem
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation


class SecondOfficerNeeded(Conflict):
    """Who grants, who confirms and who receives are three persons."""

    code = "second_officer_needed"


def add_user(session: Session, actor: Actor, draft: UserDraft, *, now: datetime, today: date) -> User:
    """Open an account without any rights. There is no default password."""
    require(actor, Permission.USER_WRITE)
    organisation = _organisation_in_scope(session, actor, Permission.USER_WRITE, draft.organisation_code)
    if queries.find_user(session, draft.login) is not None:
        raise InvalidInput([Problem("login_taken", "login", "a login that nobody has", draft.login)])
    person = {"code": draft.person_code or draft.login, "display_name_zh": draft.display_name_zh}
    claim(session, Person, person, unique=("code",))
    user = User(
        login=draft.login,
        person_id=session.scalars(select(Person.id).where(Person.code == person["code"])).one(),
        organisation_id=organisation.id,
        password_hash=draft.password_hash.get_secret_value() if draft.password_hash else None,
        must_change_password=draft.password_hash is not None and draft.is_one_time,
        is_active=True,
        created_at=now,
        failed_sign_ins=0,
    )
    session.add(user)
    session.flush()
    return user


def set_user_state(session: Session, actor: Actor, draft: UserStateDraft, *, now: datetime, today: date) -> User:
    """Close an account, which ends its sessions at once, or open it again."""
    require(actor, Permission.USER_WRITE)
    user = _locked_user_in_scope(session, actor, Permission.USER_WRITE, draft.login)
    user.is_active = draft.is_active
    if not draft.is_active:
        _end_sessions(session, user, now)
    session.flush()
    return user


def change_password(session: Session, actor: Actor, draft: PasswordDraft, *, now: datetime, today: date) -> User:
    """Set one's own password, or give somebody a one-time password. Ends all sessions of the account.

    When an officer does it the account's API tokens end too: somebody else may have used it.
    The door has asked for the old password before it lets anyone change his own.
    """
    is_own = actor.login == draft.login and actor.user_id > 0
    if not is_own:
        require(actor, Permission.USER_WRITE)
        user = _locked_user_in_scope(session, actor, Permission.USER_WRITE, draft.login)
    else:
        user = _locked_user(session, draft.login)
    user.password_hash = draft.password_hash.get_secret_value()
    user.must_change_password = not is_own
    user.failed_sign_ins = 0
    user.locked_until = None
    _end_sessions(session, user, now)
    if not is_own:
        tokens = update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.ended_at.is_(None))
        session.execute(tokens.values(ended_at=now))
    session.flush()
    return user


def grant_role(session: Session, actor: Actor, draft: GrantDraft, *, now: datetime, today: date) -> RoleGrant:
    """Record that a user shall hold a role over an organisation and all below it.

    It takes effect when a second officer confirms it; what the installer grants takes effect at once, because the
    first officers can have nobody above them. Nobody grants to himself, under any of his accounts.
    """
    require(actor, Permission.GRANT_WRITE)
    organisation = _organisation_in_scope(session, actor, Permission.GRANT_WRITE, draft.organisation_code)
    user = _locked_user(session, draft.login)
    if user.person_id == actor.person_id:
        raise SecondOfficerNeeded("nobody grants to himself", reason="own_grant", login=draft.login)
    valid_until = end_of_day(draft.valid_until) if draft.valid_until else None
    problems = rules.grant_problems(
        draft.role,
        held_by_person=queries.roles_of_person(session, user.person_id, now),
        is_same_grant_open=queries.find_open_grant(session, user.id, draft.role, organisation.id, now) is not None,
        valid_until=valid_until,
        now=now,
    )
    if problems:
        raise InvalidInput(problems)
    is_installer = any(grant.role == Role.INSTALLER for grant in actor.grants)
    grant = RoleGrant(
        user_id=user.id,
        role=draft.role,
        organisation_id=organisation.id,
        granted_at=now,
        granted_by_person=actor.person_id,
        confirmed_at=now if is_installer else None,
        confirmed_by_person=actor.person_id if is_installer else None,
        valid_until=valid_until,
    )
    session.add(grant)
    session.flush()
    return grant


def confirm_grant(
    session: Session, actor: Actor, draft: GrantConfirmationDraft, *, now: datetime, today: date
) -> RoleGrant:
    """The second officer's word: from now on the grant is in force."""
    require(actor, Permission.GRANT_CONFIRM)
    grant = _open_grant(session, actor, Permission.GRANT_CONFIRM, draft, now)
    if grant.confirmed_at is not None:
        raise Conflict("the grant is in force already", login=draft.login, role=draft.role)
    user = session.get_one(User, grant.user_id)
    if actor.person_id in (grant.granted_by_person, user.person_id):
        raise SecondOfficerNeeded("another officer confirms", reason="own_grant", login=draft.login)
    grant.confirmed_at = now
    grant.confirmed_by_person = actor.person_id
    session.flush()
    return grant


def end_grant(session: Session, actor: Actor, draft: GrantEndDraft, *, now: datetime, today: date) -> RoleGrant:
    """Take a role back, or a grant that waits for its second officer. One officer is enough, and it holds at once."""
    require(actor, Permission.GRANT_WRITE)
    grant = _open_grant(session, actor, Permission.GRANT_WRITE, draft, now)
    grant.ended_at = now
    session.flush()
    return grant


def _open_grant(
    session: Session,
    actor: Actor,
    permission: Permission,
    draft: GrantConfirmationDraft | GrantEndDraft,
    now: datetime,
) -> RoleGrant:
    organisation = _organisation_in_scope(session, actor, permission, draft.organisation_code)
    user = _locked_user(session, draft.login)
    grant = queries.find_open_grant(session, user.id, draft.role, organisation.id, now)
    if grant is None:
        raise NotFound("grant", f"{draft.login} {draft.role} {draft.organisation_code}")
    return grant


def _organisation_in_scope(session: Session, actor: Actor, permission: Permission, code: str) -> Organisation:
    organisation = organisation_queries.get_organisation(session, code)
    require_scope(actor, permission, organisation_path=organisation.path)
    return organisation


def _locked_user(session: Session, login: str) -> User:
    """The user, locked together with the person: two grants to one human wait for each other."""
    user = queries.get_user(session, login)
    session.execute(select(Person.id).where(Person.id == user.person_id).with_for_update())
    session.refresh(user, with_for_update=True)
    return user


def _locked_user_in_scope(session: Session, actor: Actor, permission: Permission, login: str) -> User:
    user = _locked_user(session, login)
    organisation = session.get_one(Organisation, user.organisation_id)
    require_scope(actor, permission, organisation_path=organisation.path)
    return user


def _end_sessions(session: Session, user: User, now: datetime) -> None:
    """End what is open. In a drill ``now`` is the story's time; that a session ended is what counts, not when."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.user_id == user.id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )
