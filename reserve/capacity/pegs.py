"""The only writer of pegs: goods promised before they exist, and what becomes of the promise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.capacity import queries
from reserve.capacity.models import Peg, PegEnd
from reserve.db import append, next_positions
from reserve.errors import Conflict
from reserve.jobs import outbox
from reserve.papers import drafting
from reserve.papers.models import Document
from reserve.stock import ledger
from reserve.stock.terms import HoldMode, HoldWish


class PromisedTwice(Conflict):
    """Less of the expected supply is unpromised than was asked for."""

    code = "promised_twice"


def open_pegs(
    session: Session, *, supply_codes: Iterable[str] | None = None, document_id: int | None = None
) -> Sequence[Peg]:
    """Pegs that stand, oldest first."""
    statement = select(Peg).outerjoin(PegEnd, PegEnd.peg_id == Peg.id).where(PegEnd.id.is_(None))
    if supply_codes is not None:
        statement = statement.where(Peg.supply_code.in_(sorted(set(supply_codes))))
    if document_id is not None:
        statement = statement.where(Peg.document_id == document_id)
    return session.scalars(statement.order_by(Peg.position)).all()


def pegged_by_supply(session: Session, known_at: datetime) -> dict[str, int]:
    """How much of each expected supply is promised, as the books knew it at a time."""
    ended = select(PegEnd.peg_id).where(PegEnd.ended_at <= known_at).scalar_subquery()
    statement = (
        select(Peg.supply_code, func.sum(Peg.quantity))
        .where(Peg.placed_at <= known_at, Peg.id.not_in(ended))
        .group_by(Peg.supply_code)
    )
    return {code: int(quantity) for code, quantity in session.execute(statement)}


def pegged_by_line(
    session: Session, line_ids: Collection[int] | None = None, known_at: datetime | None = None
) -> dict[int, int]:
    """How much each order line still expects, by document line id."""
    ended = select(PegEnd.peg_id)
    statement = select(Peg.document_line_id, func.sum(Peg.quantity)).group_by(Peg.document_line_id)
    if line_ids is not None:
        statement = statement.where(Peg.document_line_id.in_(sorted(line_ids)))
    if known_at is not None:
        ended = ended.where(PegEnd.ended_at <= known_at)
        statement = statement.where(Peg.placed_at <= known_at)
    statement = statement.where(Peg.id.not_in(ended.scalar_subquery()))
    return {line_id: int(quantity) for line_id, quantity in session.execute(statement)}


def lock_supplies(session: Session, codes: Collection[str], *, now: datetime) -> None:
    """Keep others off the papers that these supplies rest on. Before balances in the lock order."""
    supplies = queries.expected_supply(session, now, now, codes=sorted(set(codes)), with_zero=True) if codes else []
    for number in sorted({supply.document_number for supply in supplies}):
        drafting.lock_document(session, number)


def peg(
    session: Session,
    actor: Actor,
    document: Document,
    line_id: int,
    supply_code: str,
    quantity: int,
    *,
    now: datetime,
) -> None:
    """Promise part of an expected supply to an order line. Raises PromisedTwice when less of it is free."""
    lock_supplies(session, [supply_code], now=now)
    known_at = queries.time_after_waiting(session, now)
    found = queries.expected_supply(session, known_at, known_at, codes=[supply_code])
    expected = sum(supply.quantity for supply in found)
    free = expected - sum(each.quantity for each in open_pegs(session, supply_codes=[supply_code]))
    if quantity > free:
        raise PromisedTwice(
            f"{supply_code}: {free} of {quantity} free", supply=supply_code, found=free, wanted=quantity
        )
    (position,) = next_positions(session, 1)
    append(session, Peg, [_peg_row(document.id, line_id, supply_code, quantity, now, position)])


def fulfil(
    session: Session, actor: Actor, supply_code: str, account_id: int, lot_id: int, quantity: int, *, now: datetime
) -> None:
    """Goods of an expected supply have come: hold them for the lines that were promised them, oldest promise first."""
    remaining = quantity
    for each in open_pegs(session, supply_codes=[supply_code]):
        got = min(each.quantity, remaining)
        if got == 0:
            break
        remaining -= got
        document = session.get_one(Document, each.document_id)
        wish = HoldWish(account_id, lot_id, got, each.document_line_id, priority=5)
        ledger.hold(session, actor, document, [wish], mode=HoldMode.ALL_OR_NOTHING, now=now)
        _end(session, actor, each, held=got, reason="", now=now)
        if each.quantity > got:
            (position,) = next_positions(session, 1)
            rest = _peg_row(each.document_id, each.document_line_id, supply_code, each.quantity - got, now, position)
            append(session, Peg, [rest])


def unpeg(session: Session, actor: Actor, document_id: int, *, now: datetime, reason: str) -> None:
    """Give up every promise of an order."""
    lock_supplies(session, [each.supply_code for each in open_pegs(session, document_id=document_id)], now=now)
    for each in open_pegs(session, document_id=document_id):  # after the lock: a promise ends once
        _end(session, actor, each, held=0, reason=reason, now=now)


def reduce_pegs(
    session: Session, actor: Actor, document_id: int, line_id: int, quantity: int, *, now: datetime, reason: str
) -> None:
    """Give up part of what an order line is promised, the latest promise first; the rest is promised anew."""
    lock_supplies(session, [each.supply_code for each in open_pegs(session, document_id=document_id)], now=now)
    mine = [each for each in open_pegs(session, document_id=document_id) if each.document_line_id == line_id]
    remaining = quantity
    for each in reversed(mine):
        given = min(each.quantity, remaining)
        if given == 0:
            return
        remaining -= given
        _end(session, actor, each, held=0, reason=reason, now=now)
        if each.quantity > given:
            (position,) = next_positions(session, 1)
            rest = _peg_row(document_id, line_id, each.supply_code, each.quantity - given, now, position)
            append(session, Peg, [rest])


def name_those_at_risk(session: Session, supply_code: str, expected: int, *, now: datetime) -> None:
    """Less is expected than is promised: tell exactly the lines that lose, the latest promise first."""
    missing = sum(each.quantity for each in open_pegs(session, supply_codes=[supply_code])) - expected
    for each in reversed(open_pegs(session, supply_codes=[supply_code])):
        if missing <= 0:
            return
        number = session.get_one(Document, each.document_id).number
        lost = min(missing, each.quantity)
        payload = {"document": number, "line_id": each.document_line_id, "supply": supply_code, "lost": lost}
        outbox.put(session, "promise_at_risk", number, payload, now=now)
        missing -= lost


def _end(session: Session, actor: Actor, each: Peg, *, held: int, reason: str, now: datetime) -> None:
    (position,) = next_positions(session, 1)
    row = {
        "peg_id": each.id,
        "held": held,
        "reason": reason,
        "user_id": actor.user_id,
        "ended_at": now,
        "position": position,
    }
    append(session, PegEnd, [row])


def _peg_row(
    document_id: int, line_id: int, supply_code: str, quantity: int, now: datetime, position: int
) -> dict[str, object]:
    return {
        "supply_code": supply_code,
        "document_id": document_id,
        "document_line_id": line_id,
        "quantity": quantity,
        "placed_at": now,
        "position": position,
    }
