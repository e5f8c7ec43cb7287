"""Questions about people, their grants, sessions and tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from reserve.access.models import ApiToken, Person, RoleGrant, SignInSession, User
from reserve.access.rules import ROLE_PERMISSIONS
from reserve.access.terms import Role
from reserve.authority import Actor, Grant
from reserve.db import within
from reserve.errors import NotFound
from reserve.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Account:
    """A user as lists and pages show it."""

    login: str
    display_name_zh: str
    organisation_code: str
    organisation_name_zh: str
    is_active: bool
    must_change_password: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GrantRecord:
    """A grant as lists show it, with its second officer's word or without."""

    id: int
    login: str
    role: Role
    organisation_code: str
    granted_at: datetime
    confirmed_at: datetime | None
    valid_until: datetime | None
    ended_at: datetime | None


def find_user(session: Session, login: str) -> User | None:
    return session.scalar(select(User).where(User.login == login))


def get_user(session: Session, login: str) -> User:
    user = find_user(session, login)
    if user is None:
        raise NotFound("user", login)
    return user


def get_account(session: Session, login: str) -> Account:
    row = session.execute(_accounts().where(User.login == login)).one_or_none()
    if row is None:
        raise NotFound("user", login)
    return Account(*row)


def list_accounts(session: Session, scopes: Iterable[str], after: str = "", limit: int = 100) -> Sequence[Account]:
    """Users of organisations inside the scopes, by login, one keyset page."""
    statement = _accounts().where(within(Organisation.path, scopes), User.login > after)
    return [Account(*row) for row in session.execute(statement.order_by(User.login).limit(limit))]


def _accounts() -> Select[str, str, str, str, bool, bool, datetime]:
    return (
        select(
            User.login,
            Person.display_name_zh,
            Organisation.code,
            Organisation.name_zh,
            User.is_active,
            User.must_change_password,
            User.created_at,
        )
        .join(Person, Person.id == User.person_id)
        .join(Organisation, Organisation.id == User.organisation_id)
    )


def list_grants(
    session: Session, scopes: Iterable[str], *, login: str | None = None, after_id: int = 0, limit: int = 100
) -> Sequence[GrantRecord]:
    """Grants over organisations inside the scopes, those that wait for a second officer and those ended included."""
    statement = _grants(scopes).where(RoleGrant.id > after_id)
    if login is not None:
        statement = statement.where(User.login == login)
    return [GrantRecord(*row) for row in session.execute(statement.order_by(RoleGrant.id).limit(limit))]


def _grants(
    scopes: Iterable[str],
) -> Select[int, str, Role, str, datetime, datetime | None, datetime | None, datetime | None]:
    return (
        select(
            RoleGrant.id,
            User.login,
            RoleGrant.role,
            Organisation.code,
            RoleGrant.granted_at,
            RoleGrant.confirmed_at,
            RoleGrant.valid_until,
            RoleGrant.ended_at,
        )
        .join(User, User.id == RoleGrant.user_id)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(within(Organisation.path, scopes))
    )


def list_pending_grants(session: Session, scopes: Iterable[str], limit: int = 100) -> Sequence[GrantRecord]:
    """Grants that wait for a second officer, oldest first."""
    waiting = (RoleGrant.confirmed_at.is_(None), RoleGrant.ended_at.is_(None))
    statement = _grants(scopes).where(*waiting).order_by(RoleGrant.id).limit(limit)
    return [GrantRecord(*row) for row in session.execute(statement)]


def find_open_grant(
    session: Session, user_id: int, role: Role, organisation_id: int, now: datetime
) -> RoleGrant | None:
    """The grant of this role that was neither ended nor ran out, confirmed or not."""
    statement = select(RoleGrant).where(
        RoleGrant.user_id == user_id,
        RoleGrant.role == role,
        RoleGrant.organisation_id == organisation_id,
        _open(now),
    )
    return session.scalar(statement)


def roles_of_person(session: Session, person_id: int, now: datetime) -> list[Role]:
    """Roles that one human holds or waits for, on all accounts."""
    statement = (
        select(RoleGrant.role)
        .join(User, User.id == RoleGrant.user_id)
        .where(User.person_id == person_id, User.is_active, _open(now))
    )
    return list(session.scalars(statement.distinct().order_by(RoleGrant.role)))


def load_actor(session: Session, user_id: int, now: datetime) -> Actor:
    """Who acts, with the rights in force at ``now``. An account that must change its password has none yet.

    Raises NotFound for an account that is not active.
    """
    user = session.get(User, user_id)
    if user is None or not user.is_active:
        raise NotFound("user", str(user_id))
    grants: tuple[Grant, ...] = ()
    if not user.must_change_password:
        grants = tuple(
            Grant(role, path, ROLE_PERMISSIONS[role]) for role, path in _grants_in_force(session, user_id, now)
        )
    return Actor(user_id=user.id, person_id=user.person_id, login=user.login, grants=grants)


def _grants_in_force(session: Session, user_id: int, now: datetime) -> list[tuple[Role, str]]:
    statement = (
        select(RoleGrant.role, Organisation.path)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.user_id == user_id, RoleGrant.confirmed_at <= now, _open(now))
        .order_by(RoleGrant.role, Organisation.path)
    )
    return [(row.role, row.path) for row in session.execute(statement)]


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(
        or_(RoleGrant.ended_at.is_(None), RoleGrant.ended_at > now),
        or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until > now),
    )


def who_is(session: Session, user_id: int) -> tuple[str, bool]:
    """An account's display name, and whether it must change its password before anything else."""
    statement = (
        select(Person.display_name_zh, User.must_change_password)
        .join(Person, Person.id == User.person_id)
        .where(User.id == user_id)
    )
    name, must_change = session.execute(statement).one()
    return name, must_change


def names_of_persons(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Display names by person id; an id that stands for nobody is simply missing."""
    statement = select(Person.id, Person.display_name_zh).where(Person.id.in_(sorted(set(ids))))
    return {row.id: row.display_name_zh for row in session.execute(statement)}


def sign_in_facts(session: Session, login: str) -> tuple[str | None, datetime | None]:
    """The stored password hash and until when the account is locked; nothing for a login that nobody has."""
    row = session.execute(select(User.password_hash, User.locked_until).where(User.login == login)).one_or_none()
    return (None, None) if row is None else (row.password_hash, row.locked_until)


def find_session(session: Session, secret_hash: str) -> SignInSession | None:
    """The session behind a cookie, unless somebody ended it. Its limits are the caller's to check."""
    return session.scalar(
        select(SignInSession).where(SignInSession.secret_hash == secret_hash, SignInSession.ended_at.is_(None))
    )


def find_token(session: Session, secret_hash: str, now: datetime) -> ApiToken | None:
    """The token behind a secret, if it is still good."""
    return session.scalar(
        select(ApiToken).where(
            ApiToken.secret_hash == secret_hash, ApiToken.ended_at.is_(None), ApiToken.expires_at > now
        )
    )


def list_tokens(session: Session, user_id: int) -> Sequence[ApiToken]:
    return session.scalars(select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.name)).all()
