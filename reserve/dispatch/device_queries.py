"""Questions about what devices brought in: what became of it, and what still waits to be reconciled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.db import within
from reserve.dispatch.models import DeviceCommand, DeviceSettlement
from reserve.dispatch.terms import DeviceOutcome
from reserve.errors import NotFound
from reserve.sites.models import Site


def find_command(session: Session, user_id: int, key: str) -> DeviceCommand | None:
    return session.scalar(select(DeviceCommand).where(DeviceCommand.user_id == user_id, DeviceCommand.key == key))


def get_waiting(session: Session, key: str) -> DeviceCommand:
    """The command that could not be posted, by its key. Raises NotFound."""
    statement = select(DeviceCommand).where(
        DeviceCommand.key == key, DeviceCommand.outcome == DeviceOutcome.TO_RECONCILE
    )
    command = session.scalar(statement.order_by(DeviceCommand.id).limit(1))
    if command is None:
        raise NotFound("command to reconcile", key)
    return command


def find_settlement(session: Session, command_id: int) -> DeviceSettlement | None:
    return session.scalar(select(DeviceSettlement).where(DeviceSettlement.command_id == command_id))


def list_commands(
    session: Session, scopes: Iterable[str], *, waiting: bool = False, after_id: int = 0, limit: int = 100
) -> Sequence[tuple[DeviceCommand, Site, DeviceSettlement | None]]:
    """What devices brought in to sites inside the scopes, in the order of arrival; or only what is to reconcile."""
    statement = (
        select(DeviceCommand, Site, DeviceSettlement)
        .join(Site, Site.id == DeviceCommand.site_id)
        .outerjoin(DeviceSettlement, DeviceSettlement.command_id == DeviceCommand.id)
        .where(within(Site.organisation_path, scopes), DeviceCommand.id > after_id)
    )
    if waiting:
        statement = statement.where(DeviceCommand.outcome == DeviceOutcome.TO_RECONCILE, DeviceSettlement.id.is_(None))
    rows = session.execute(statement.order_by(DeviceCommand.id).limit(limit))
    return [(row.DeviceCommand, row.Site, row.DeviceSettlement) for row in rows]
