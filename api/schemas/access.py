"""Answers and bodies about people and their rights."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, Field, SecretStr

from api.schemas.base import Out
from reserve.access.terms import Role
from reserve.drafts import Draft


class UserIn(Draft):
    """A new account; without a password the answer carries a one-time password, once."""

    login: str = Field(min_length=2, max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    display_name_zh: str = Field(min_length=1, max_length=80)
    organisation_code: str
    person_code: str = ""


class UserOut(Out):
    login: str
    is_active: bool
    must_change_password: bool
    created_at: datetime


class NewUserOut(Out):
    """``one_time_password`` is shown once: a repeated request gets none."""

    user: UserOut
    one_time_password: str | None


class PasswordResetIn(Draft):
    login: str


class OwnPasswordIn(Draft):
    password: SecretStr
    new_password: SecretStr


class AccountOut(Out):
    login: str
    display_name_zh: str
    organisation_code: str
    organisation_name_zh: str
    is_active: bool
    must_change_password: bool
    created_at: datetime


class GrantOut(Out):
    role: Role
    granted_at: datetime
    confirmed_at: datetime | None
    valid_until: datetime | None
    ended_at: datetime | None


class GrantRecordOut(GrantOut):
    id: int
    login: str
    organisation_code: str


class HeldRole(Out):
    role: str
    organisation_path: str
    permissions: list[str]


class MeOut(Out):
    """Who I am, what I may do, and the form token that my cookie's writes must carry."""

    account: AccountOut
    roles: list[HeldRole]
    csrf_token: str


class SignInIn(Draft):
    login: str = Field(max_length=200)
    password: SecretStr


class ProofIn(Draft):
    password: SecretStr


class SignedInOut(Out):
    csrf_token: str


class TokenIn(Draft):
    name: str = Field(min_length=1, max_length=80)
    expires_at: AwareDatetime


class TokenOut(Out):
    name: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class NewTokenOut(Out):
    """``secret`` is shown once: a repeated request gets none."""

    token: TokenOut
    secret: str | None
