"""Words for people and their rights."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field, SecretStr

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


class SignInOutcome(StrEnum):
    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    """Wrong login, wrong password, or an account that is not active: from outside all look the same."""
    LOCKED = "locked"
    """Too soon after failures; ``retry_at`` says when. The password was not looked at."""


class UserDraft(Draft):
    """A new account. ``person_code`` joins the accounts of one human; empty means the login stands for the person.

    ``password_hash`` comes from ``passwords.Passwords.new_hash``; without one nobody can sign in with a password.
    A one-time password must be changed before anything else can be done.
    """

    login: str = Field(min_length=2, max_length=64, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    display_name_zh: str = Field(min_length=1, max_length=80)
    organisation_code: str
    person_code: str = ""
    password_hash: SecretStr | None = None
    is_one_time: bool = True


class UserStateDraft(Draft):
    """Close an account or open it again."""

    login: str
    is_active: bool
    reason: str = Field(min_length=1)


class PasswordDraft(Draft):
    """A new password. Another person's is always a one-time password."""

    login: str
    password_hash: SecretStr


class GrantDraft(Draft):
    """A role over an organisation and all below it, until the end of a day or until it is ended."""

    login: str
    role: Role
    organisation_code: str
    valid_until: date | None = None


class GrantConfirmationDraft(Draft):
    """The second officer's word on a grant."""

    login: str
    role: Role
    organisation_code: str


class GrantEndDraft(Draft):
    login: str
    role: Role
    organisation_code: str
    reason: str = Field(min_length=1)


class SignInDraft(Draft):
    """One attempt to sign in. The door has checked the password already, because Argon2 is too slow to run inside a
    transaction: ``fitting_hash`` is the stored hash that the password fitted, none when it fitted none.
    """

    login: str = Field(max_length=200)
    address: str = ""
    fitting_hash: SecretStr | None = None
    session_hash: SecretStr
    """Hash of the secret in the cookie."""


class ProofDraft(Draft):
    """The password once more inside a session, checked by the door as at sign-in."""

    session_id: int
    fitting_hash: SecretStr | None = None


class SignOutDraft(Draft):
    """End this session, or with ``everywhere`` all sessions of the user."""

    session_id: int
    everywhere: bool = False


class SeenSession(Draft):
    session_id: int
    at: AwareDatetime


class SeenDraft(Draft):
    """When sessions were last used, collected by a web process."""

    sessions: tuple[SeenSession, ...]


class TokenDraft(Draft):
    """An API token for a machine: shown once, kept as a hash, ends by itself."""

    name: str = Field(min_length=1, max_length=80)
    expires_at: AwareDatetime
    secret_hash: SecretStr


class TokenEndDraft(Draft):
    name: str


class SignInResult(Draft):
    outcome: SignInOutcome
    user_id: int | None = None
    retry_at: datetime | None = None
