"""Who may do what where: pure values, no table.

Every verb begins with ``require``; ``require_scope`` follows on the rows just read or locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reserve.errors import NotAllowed


class Permission(StrEnum):
    """One word per right. Roles are bundles of these (``reserve/access/rules.py``)."""

    ORGANISATION_WRITE = "organisation_write"
    USER_WRITE = "user_write"
    GRANT_WRITE = "grant_write"
    GRANT_CONFIRM = "grant_confirm"
    AUDIT_READ = "audit_read"
    CATALOGUE_WRITE = "catalogue_write"
    SITE_WRITE = "site_write"
    ROUTE_WRITE = "route_write"
    STOCK_READ = "stock_read"
    STOCK_RECEIVE = "stock_receive"
    STOCK_ISSUE = "stock_issue"
    STOCK_TRANSFER = "stock_transfer"
    STOCK_COUNT = "stock_count"
    STOCK_ADJUST = "stock_adjust"
    STOCK_REVERSE = "stock_reverse"
    STOCK_BACKDATE = "stock_backdate"
    STOCK_HOLD = "stock_hold"
    STOCK_BLOCK = "stock_block"
    STOCK_OPENING = "stock_opening"
    INCIDENT_READ = "incident_read"
    INCIDENT_WRITE = "incident_write"
    NEED_WRITE = "need_write"
    NEED_REQUEST = "need_request"
    COVERAGE_WRITE = "coverage_write"
    CAPACITY_READ = "capacity_read"
    CAPACITY_WRITE = "capacity_write"
    CAPACITY_DECLARE = "capacity_declare"
    CAPACITY_ACTIVATE = "capacity_activate"
    DECLARATION_WRITE = "declaration_write"
    MANDATE_WRITE = "mandate_write"
    MANDATE_READ = "mandate_read"
    PLAN_WRITE = "plan_write"
    PLAN_READ = "plan_read"
    ORDER_DRAFT = "order_draft"
    ORDER_READ = "order_read"
    ORDER_EXECUTE = "order_execute"
    ORDER_RECEIVE = "order_receive"
    DOCUMENT_SIGN = "document_sign"
    DOCUMENT_READ = "document_read"
    VERIFY = "verify"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held over one organisation and everything below it."""

    role: str
    organisation_path: str
    permissions: frozenset[Permission]

    def covers(self, organisation_path: str) -> bool:
        return organisation_path.startswith(self.organisation_path)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``person_id`` joins all accounts of one human: four eyes are counted in persons.

    A guest (nobody signed in) has no grants.
    """

    user_id: int
    person_id: int
    login: str
    grants: tuple[Grant, ...] = ()

    def has(self, permission: Permission) -> bool:
        return any(permission in grant.permissions for grant in self.grants)

    def scopes(self, permission: Permission) -> tuple[str, ...]:
        """Organisation paths in which this permission holds, for filters in queries."""
        return tuple(sorted({grant.organisation_path for grant in self.grants if permission in grant.permissions}))


SYSTEM_ACTOR_LOGIN = "system"


def may(actor: Actor, permission: Permission, organisation_path: str) -> bool:
    return any(permission in grant.permissions and grant.covers(organisation_path) for grant in actor.grants)


def require(actor: Actor, permission: Permission) -> None:
    """The first line of every verb. Raises NotAllowed."""
    if not actor.has(permission):
        raise NotAllowed(permission)


def require_scope(actor: Actor, permission: Permission, *, organisation_path: str) -> None:
    """The second check, on the row just read: does the permission reach this organisation? Raises NotAllowed."""
    if not may(actor, permission, organisation_path):
        raise NotAllowed(permission, organisation_path)
