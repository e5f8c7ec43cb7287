"""Laws of access: what each role may do, who may be given it, how passwords, locks and sessions work."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from reserve.access.terms import Role
from reserve.authority import SYSTEM_ACTOR_LOGIN, Actor, Grant, Permission
from reserve.errors import Problem

P = Permission

_MEMBER = frozenset(
    {
        P.STOCK_READ,
        P.INCIDENT_READ,
        P.INCIDENT_WRITE,
        P.CAPACITY_READ,
        P.MANDATE_READ,
        P.PLAN_READ,
        P.ORDER_READ,
        P.DOCUMENT_READ,
        P.DOCUMENT_SIGN,
    }
)
# A chair differs from a member by the steps of the approval matrix that name the role, not by further permissions.
# Emergency holds without an order (break-glass) are not built, so no chair places holds yet.
_CHAIR = _MEMBER

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.KEEPER: frozenset(
            {
                P.STOCK_READ,
                P.STOCK_RECEIVE,
                P.STOCK_ISSUE,
                P.STOCK_TRANSFER,
                P.STOCK_COUNT,
                P.STOCK_BLOCK,
                P.STOCK_REVERSE,
                P.INCIDENT_READ,
                P.PLAN_READ,
                P.ORDER_READ,
                P.ORDER_EXECUTE,
                P.ORDER_RECEIVE,
                P.DOCUMENT_READ,
            }
        ),
        Role.REQUESTER: frozenset(
            {P.STOCK_READ, P.INCIDENT_READ, P.NEED_REQUEST, P.ORDER_READ, P.ORDER_RECEIVE, P.DOCUMENT_READ}
        ),
        Role.PLANNER: frozenset(
            {
                P.CATALOGUE_WRITE,
                P.SITE_WRITE,
                P.ROUTE_WRITE,
                P.STOCK_READ,
                P.STOCK_ADJUST,
                P.STOCK_BACKDATE,
                P.STOCK_HOLD,
                P.STOCK_BLOCK,
                P.INCIDENT_READ,
                P.INCIDENT_WRITE,
                P.NEED_WRITE,
                P.COVERAGE_WRITE,
                P.CAPACITY_READ,
                P.CAPACITY_WRITE,
                P.CAPACITY_ACTIVATE,
                P.DECLARATION_WRITE,
                P.MANDATE_READ,
                P.MANDATE_WRITE,
                P.PLAN_READ,
                P.PLAN_WRITE,
                P.ORDER_READ,
                P.ORDER_DRAFT,
                P.DOCUMENT_READ,
                P.DOCUMENT_SIGN,
            }
        ),
        Role.COUNTY_HEAD: _CHAIR,
        Role.CITY_COMMISSION_MEMBER: _MEMBER,
        Role.CITY_COMMISSION_CHAIR: _CHAIR,
        Role.PROVINCIAL_COMMISSION_MEMBER: _MEMBER,
        Role.PROVINCIAL_COMMISSION_DEPUTY: _CHAIR,
        Role.PROVINCIAL_COMMISSION_DIRECTOR: _CHAIR,
        Role.PRODUCER: frozenset(
            {P.INCIDENT_READ, P.CAPACITY_READ, P.CAPACITY_DECLARE, P.DECLARATION_WRITE, P.ORDER_READ, P.DOCUMENT_READ}
        ),
        Role.AUDITOR: frozenset(
            {
                P.AUDIT_READ,
                P.STOCK_READ,
                P.INCIDENT_READ,
                P.CAPACITY_READ,
                P.MANDATE_READ,
                P.PLAN_READ,
                P.ORDER_READ,
                P.DOCUMENT_READ,
                P.VERIFY,
            }
        ),
        Role.SYSTEM_OFFICER: frozenset({P.ORGANISATION_WRITE, P.USER_WRITE, P.GRANT_CONFIRM, P.VERIFY}),
        Role.SECURITY_OFFICER: frozenset({P.GRANT_WRITE, P.GRANT_CONFIRM}),
        # Everything but acting on goods and signing: reference data, opening stock, the first accounts.
        Role.INSTALLER: frozenset(
            {
                P.ORGANISATION_WRITE,
                P.USER_WRITE,
                P.GRANT_WRITE,
                P.CATALOGUE_WRITE,
                P.SITE_WRITE,
                P.ROUTE_WRITE,
                P.STOCK_OPENING,
                P.COVERAGE_WRITE,
                P.CAPACITY_WRITE,
                P.DECLARATION_WRITE,
                P.MANDATE_WRITE,
            }
        ),
    }
)

OFFICERS = frozenset({Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR})
"""Three officers, three persons (三员分立): who holds one of these holds nothing else."""

GUEST = Actor(user_id=-1, person_id=-1, login="guest")
"""Nobody signed in."""
INSTALLER = Actor(
    user_id=0,
    person_id=0,
    login=SYSTEM_ACTOR_LOGIN,
    grants=(Grant(Role.INSTALLER, "/", ROLE_PERMISSIONS[Role.INSTALLER]),),
)
"""Whoever sets the database up, at the machine itself."""
WORKER = Actor(
    user_id=0,
    person_id=0,
    login=SYSTEM_ACTOR_LOGIN,
    grants=(Grant("worker", "/", frozenset({P.SYSTEM, P.PLAN_WRITE, P.STOCK_HOLD})),),
)
"""The system itself: stores what a job answered, ends holds whose time has passed, keeps sessions up to date."""


def grant_problems(
    role: Role,
    *,
    held_by_person: Iterable[Role],
    is_same_grant_open: bool,
    valid_until: datetime | None,
    now: datetime,
) -> list[Problem]:
    """What speaks against giving a role to a person who holds, on all accounts, ``held_by_person``."""
    problems = []
    if role is Role.INSTALLER:
        problems.append(Problem("role_not_granted", "role", "a role of the running system", role))
    others = set(held_by_person) - {role}
    if others and (role in OFFICERS or others & OFFICERS):
        expected = "system, security and audit officers are three persons and hold nothing else"
        problems.append(Problem("officers_apart", "role", expected, ", ".join(sorted({*others, role}))))
    if is_same_grant_open:
        problems.append(Problem("granted_already", "role", "a role not yet held there", role))
    if valid_until is not None and valid_until <= now:
        problems.append(Problem("day_is_past", "valid_until", "today or later", valid_until.date().isoformat()))
    return problems


# --- sign-in --------------------------------------------------------------------------------------------------------

FAILURES_TO_LOCK = 5
LOCK = timedelta(minutes=15)


def pause_after(failures: int) -> timedelta:
    """How long nobody can try again after so many failures in a row: 1, 2, 4, 8 s, then 15 min, and again from 1 s.

    Never permanent: nobody must be able to lock the commission out in a flood.
    """
    if failures <= 0:
        return timedelta(0)
    turn = (failures - 1) % FAILURES_TO_LOCK
    return LOCK if turn == FAILURES_TO_LOCK - 1 else timedelta(seconds=2**turn)


OFFICER_IDLE = timedelta(minutes=15)


def idle_limit(roles: Iterable[str], setting: timedelta) -> timedelta:
    """How long a session may rest: officers at most 15 minutes."""
    return min(setting, OFFICER_IDLE) if OFFICERS & set(roles) else setting


def is_session_alive(
    *, created_at: datetime, last_seen_at: datetime, now: datetime, idle: timedelta, absolute: timedelta
) -> bool:
    """Whether a session that nobody ended still counts. All times are real times."""
    return now < last_seen_at + idle and now < created_at + absolute


def is_proof_fresh(proved_at: datetime, now: datetime, limit: timedelta) -> bool:
    """Whether the last password of a session still counts for signing. All times are real times."""
    return now < proved_at + limit


def secret_hash(secret: str) -> str:
    """How the secret of a cookie or token is kept. It has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_token(session_secret: str) -> str:
    """What a form of this session must carry: follows from the cookie's secret, tells nothing about it."""
    return hmac.new(session_secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_password_known(stored: str | None, fitting: str | None) -> bool:
    """Whether the hash that a password was found to fit is still the one that is stored."""
    return stored is not None and fitting is not None and hmac.compare_digest(stored, fitting)
