"""Words for people and their rights."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field, SecretStr, field_serializer

from reserve.drafts import Draft


class Role(StrEnum):
    """A bundle of permissions (``rules.ROLE_PERMISSIONS``). The names are those of the approval matrix."""

    KEEPER = "keeper"
    REQUESTER = "requester"
    PLANNER = "planner"
    COUNTY_HEAD = "county_head"
    CITY_COMMISSION_MEMBER = "city_commission_member"
    CITY_COMMISSION_CHAIR = "city_commission_chair"
    PROVINCIAL_COMMISSION_MEMBER = "provincial_commission_member"
    PROVINCIAL_COMMISSION_DEPUTY = "provincial_commission_deputy"
    PROVINCIAL_COMMISSION_DIRECTOR = "provincial_commission_director"
    PRODUCER = "producer"
    AUDITOR = "auditor"
    SYSTEM_OFFICER = "system_officer"
    SECURITY_OFFICER = "security_officer"
    INSTALLER = "installer"
    """Loads reference data when a database is set up; no person of the running system holds it."""


class UserDraft(Draft):
    """A new account. ``person_code`` joins the accounts of one human; empty means the login stands for the person."""

    login: str = Field(min_length=2, max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    display_name_zh: str = Field(min_length=1, max_length=80)
    organisation_code: str
    person_code: str = ""
    password: SecretStr | None = None

    @field_serializer("password", when_used="json")
    def _hide(self, value: SecretStr | None) -> str | None:
        return None if value is None else "***"


class GrantDraft(Draft):
    """A role over an organisation and all below it."""

    login: str
    role: Role
    organisation_code: str
    valid_until: date | None = None


class GrantEndDraft(Draft):
    login: str
    role: Role
    organisation_code: str
    reason: str = Field(min_length=1)


class SignInDraft(Draft):
    login: str
    password: SecretStr
    address: str = ""


class SignOutDraft(Draft):
    session_hash: str


class TokenDraft(Draft):
    """An API token for a machine: shown once, kept as a hash, ends by itself."""

    name: str = Field(min_length=1, max_length=80)
    expires_at: datetime


class PasswordDraft(Draft):
    login: str
    new_password: SecretStr

    @field_serializer("new_password", when_used="json")
    def _hide(self, value: SecretStr) -> str:
        return "***"
