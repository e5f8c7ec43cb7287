"""Questions about machines: lots of one piece, each with its serial number, condition and calibration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from reserve.catalogue.models import Equipment
from reserve.errors import NotFound
from reserve.sites.models import Bin, Site
from reserve.stock.models import Balance, Lot, Machine, MachineCheck, StockAccount


def checks(known_at: datetime | None) -> Any:
    """Every machine with what was last found of it, as known now or at a recorded time."""
    newest = select(func.max(MachineCheck.id)).group_by(MachineCheck.lot_id)
    if known_at is not None:
        newest = newest.where(MachineCheck.recorded_at <= known_at)
    last = and_(MachineCheck.lot_id == Machine.lot_id, MachineCheck.id.in_(newest.scalar_subquery()))
    statement = (
        select(Machine.lot_id, MachineCheck.condition, MachineCheck.calibrated_to, Equipment.calibration_days)
        .join(Lot, Lot.id == Machine.lot_id)
        .outerjoin(Equipment, Equipment.item_code == Lot.item_code)
        .outerjoin(MachineCheck, last)
    )
    return statement.subquery("checks")


def facts(found: Any) -> tuple[Any, ...]:
    """What a line of stock takes from ``checks``; a lot that is no machine has none of it."""
    return (
        found.c.condition.label("condition"),
        found.c.calibrated_to.label("calibrated_to"),
        found.c.calibration_days.is_not(None).label("must_calibrate"),
    )


def machines_among(session: Session, lot_ids: Iterable[int]) -> set[int]:
    """Those of the lots that are one machine each."""
    return set(session.scalars(select(Machine.lot_id).where(Machine.lot_id.in_(sorted(set(lot_ids))))))


def standing_twice(session: Session, lot_ids: Iterable[int]) -> Lot | None:
    """A machine of which more than one piece stands with us: a mistake that must not be written."""
    statement = (
        select(Lot)
        .join(Machine, Machine.lot_id == Lot.id)
        .join(Balance, Balance.lot_id == Lot.id)
        .where(Lot.id.in_(sorted(set(lot_ids))))
        .group_by(Lot.id)
        .having(func.sum(Balance.on_hand) > 1)
    )
    return session.scalars(statement.limit(1)).first()


def get_machine(session: Session, lot_id: int) -> Machine:
    machine = session.scalar(select(Machine).where(Machine.lot_id == lot_id))
    if machine is None:
        raise NotFound("machine", str(lot_id))
    return machine


def checks_of(session: Session, lot_id: int) -> Sequence[MachineCheck]:
    """What was found of a machine, newest first."""
    statement = select(MachineCheck).where(MachineCheck.lot_id == lot_id)
    return session.scalars(statement.order_by(MachineCheck.id.desc())).all()


def pieces_of(session: Session, lot_id: int) -> int:
    """Pieces of a lot that stand anywhere with us, or on the road; nobody else moves them before we have written."""
    session.execute(select(Balance.id).where(Balance.lot_id == lot_id).order_by(Balance.id).with_for_update())
    return int(session.scalar(select(func.coalesce(func.sum(Balance.on_hand), 0)).where(Balance.lot_id == lot_id)) or 0)


def site_of(session: Session, lot_id: int) -> Site | None:
    """Where a machine stands; None on the road, with a user, or gone."""
    statement = (
        select(Site)
        .join(Bin, Bin.site_id == Site.id)
        .join(StockAccount, StockAccount.bin_id == Bin.id)
        .join(Balance, Balance.account_id == StockAccount.id)
        .where(Balance.lot_id == lot_id, Balance.on_hand > 0)
    )
    return session.scalar(statement)
