"""Persons, users, grants, sessions and tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.access.terms import Role
from reserve.db import Base


class Person(Base):
    """One human. Personal data stand here alone; everything else knows the id."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    display_name_zh: Mapped[str]


class User(Base):
    """An account of a person. Never deleted: deactivated. ``locked_until`` is real time, also in a drill."""

    __tablename__ = "app_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class RoleGrant(Base):
    """A role of a user over an organisation's subtree, in force once a second officer has confirmed it.

    Ends by ``valid_until`` or ``ended_at``, never by deletion.
    """

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role", "organisation_id", "granted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    role: Mapped[Role]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    granted_at: Mapped[datetime]
    granted_by_person: Mapped[int]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_person: Mapped[int | None]
    valid_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SignInSession(Base):
    """A signed-in browser. The cookie's secret is kept as a hash. Times are real times, also in a drill."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    address: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    """When its person last gave the password: at sign-in, and again before signing."""
    ended_at: Mapped[datetime | None]


class ApiToken(Base):
    """A secret for a machine acting as a user. Kept as a hash. Times are real times, also in a drill."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
