"""Holds: promised to a document line, ended exactly once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.db import append, next_positions
from reserve.errors import Conflict
from reserve.jobs import outbox
from reserve.papers.models import Document
from reserve.stock import queries
from reserve.stock.ledger.balances import InsufficientStock, Key, lock_balances, write_balances
from reserve.stock.models import Hold, HoldEnd
from reserve.stock.terms import HoldMode, HoldOutcome, HoldWish, Move, Shortage


class HoldEnded(Conflict):
    """The goods are no longer held: the hold was released, broken, expired or used."""

    code = "hold_ended"


def hold(
    session: Session,
    actor: Actor,
    document: Document,
    wishes: Sequence[HoldWish],
    *,
    mode: HoldMode,
    now: datetime,
    expires_at: datetime | None = None,
) -> list[int]:
    """Promise goods to document lines; ids of the holds, in the order of the wishes that got something.

    ALL_OR_NOTHING raises InsufficientStock with every short line; UP_TO holds what is free.
    """
    change = {(wish.account_id, wish.lot_id): 0 for wish in wishes}
    places = lock_balances(session, change, now=now)
    granted: list[HoldWish] = []
    short: list[tuple[HoldWish, int]] = []
    for wish in wishes:
        key = wish.account_id, wish.lot_id
        free = places[key].on_hand - places[key].held
        if wish.quantity > free:
            short.append((wish, free))
        quantity = min(wish.quantity, free) if mode is HoldMode.UP_TO else wish.quantity
        if quantity > 0:
            granted.append(replace(wish, quantity=quantity))
            places[key].held += quantity
    if short and mode is HoldMode.ALL_OR_NOTHING:
        raise InsufficientStock([_shortage(session, wish, free) for wish, free in short])
    positions = next_positions(session, len(granted))
    rows = [
        {
            "account_id": wish.account_id,
            "lot_id": wish.lot_id,
            "quantity": wish.quantity,
            "document_id": document.id,
            "document_line_id": wish.line_id,
            "mode": mode,
            "priority": wish.priority,
            "placed_at": now,
            "expires_at": expires_at,
            "replaces_id": None,
            "position": position,
        }
        for wish, position in zip(granted, positions, strict=True)
    ]
    ids = append(session, Hold, rows)
    change_held: dict[Key, int] = defaultdict(int)
    for wish in granted:
        change_held[wish.account_id, wish.lot_id] += wish.quantity
        places[wish.account_id, wish.lot_id].held -= wish.quantity
    write_balances(session, places, change, change_held, None)
    return ids


def _shortage(session: Session, wish: HoldWish, free: int) -> Shortage:
    (found,) = queries.shortages(session, {(wish.account_id, wish.lot_id): (wish.quantity, free)})
    return replace(found, line_id=wish.line_id)


def end_holds(
    session: Session, actor: Actor, hold_ids: Iterable[int], outcome: HoldOutcome, *, now: datetime, reason: str = ""
) -> list[Hold]:
    """End holds that still stand, unused. Holds that ended meanwhile are left alone. Returns those ended here."""
    candidates = queries.holds_by_id(session, hold_ids)
    places = lock_balances(session, {(hold.account_id, hold.lot_id): 0 for hold in candidates.values()}, now=now)
    standing = queries.open_hold_ids(session, candidates)  # after the lock: exactly one ends a hold
    ended = [candidates[each] for each in sorted(standing)]
    positions = next_positions(session, len(ended))
    rows = [
        _end_row(
            actor, hold, outcome, used=0, movement_id=None, line_id=None, now=now, reason=reason, position=position
        )
        for hold, position in zip(ended, positions, strict=True)
    ]
    append(session, HoldEnd, rows)
    change_held: dict[Key, int] = defaultdict(int)
    for each in ended:
        change_held[each.account_id, each.lot_id] -= each.quantity
    write_balances(session, places, dict.fromkeys(places, 0), change_held, None)
    return ended


def reduce_holds(
    session: Session, actor: Actor, holds: Sequence[Hold], quantity: int, *, now: datetime, reason: str
) -> None:
    """Give back ``quantity`` of these holds, the latest first; the rest of a hold stands on under a new one.

    Holds that ended meanwhile give nothing.
    """
    places = lock_balances(session, {(each.account_id, each.lot_id) for each in holds}, now=now)
    standing = queries.open_hold_ids(session, {each.id for each in holds})  # after the lock: a hold ends once
    taken: list[tuple[Hold, int]] = []
    change_held: dict[Key, int] = defaultdict(int)
    remaining = quantity
    for each in sorted(holds, key=lambda hold: hold.position, reverse=True):
        given = min(each.quantity, remaining) if each.id in standing else 0
        if given:
            taken.append((each, given))
            change_held[each.account_id, each.lot_id] -= given
            remaining -= given
    _end_and_replace(session, actor, taken, HoldOutcome.REPLACED, None, now=now, reason=reason)
    write_balances(session, places, {}, change_held, None)


def holds_used(session: Session, moves: Sequence[Move], *, now: datetime) -> dict[int, tuple[Hold, int]]:
    """The holds that the moves use up, with how much of each. A hold past its end time is not used, swept or not."""
    quantities: dict[int, int] = defaultdict(int)
    for move in moves:
        if move.hold_id is not None:
            quantities[move.hold_id] += move.quantity
    holds = queries.holds_by_id(session, quantities)
    standing = queries.open_hold_ids(session, holds)
    late = {each.id for each in holds.values() if each.expires_at is not None and each.expires_at <= now}
    gone = sorted((set(quantities) - standing) | late)
    if gone:
        raise HoldEnded(f"holds {gone} have ended", holds=", ".join(map(str, gone)))
    for move in moves:
        if move.hold_id is not None:
            held = holds[move.hold_id]
            assert (held.account_id, held.lot_id) == (move.from_account, move.lot_id), "a hold covers its own goods"
            assert quantities[move.hold_id] <= held.quantity, "a hold is not used beyond its quantity"
    return {hold_id: (holds[hold_id], quantity) for hold_id, quantity in sorted(quantities.items())}


def use_holds(
    session: Session, actor: Actor, used: Mapping[int, tuple[Hold, int]], movement_id: int, *, now: datetime
) -> dict[Key, int]:
    """End used holds as fulfilled; what remains of one is held anew. Returns the change of ``held``."""
    change: dict[Key, int] = defaultdict(int)
    for hold, quantity in used.values():
        change[hold.account_id, hold.lot_id] -= quantity
    _end_and_replace(
        session,
        actor,
        [(hold, quantity) for hold, quantity in used.values()],
        HoldOutcome.FULFILLED,
        movement_id,
        now=now,
    )
    return change


def break_holds(
    session: Session, actor: Actor, broken: Mapping[Key, list[tuple[Hold, Any]]], movement_id: int, *, now: datetime
) -> None:
    """End broken holds, keep what still stands of them, and tell their owners in the same transaction."""
    taken = [(hold, each.lost) for pairs in broken.values() for hold, each in pairs]
    _end_and_replace(session, actor, taken, HoldOutcome.BROKEN, movement_id, now=now)
    for hold, lost in taken:
        document = session.get_one(Document, hold.document_id)
        payload = {"document": document.number, "line_id": hold.document_line_id, "lost": lost, "lot_id": hold.lot_id}
        outbox.put(session, "hold_broken", document.number, payload, now=now)


def _end_and_replace(
    session: Session,
    actor: Actor,
    taken: Sequence[tuple[Hold, int]],
    outcome: HoldOutcome,
    movement_id: int | None,
    *,
    now: datetime,
    reason: str = "",
) -> None:
    """End each hold with the quantity taken; the rest stands on as a new hold that names its predecessor."""
    rests_count = sum(hold.quantity > quantity for hold, quantity in taken)
    positions = iter(next_positions(session, len(taken) + rests_count))  # exactly as many: no gaps on SQLite
    ends, rests = [], []
    for hold, quantity in taken:
        used = quantity if outcome is HoldOutcome.FULFILLED else 0
        ends.append(
            _end_row(
                actor,
                hold,
                outcome,
                used=used,
                movement_id=movement_id,
                line_id=hold.document_line_id,
                now=now,
                reason=reason,
                position=next(positions),
            )
        )
        if hold.quantity > quantity:
            rests.append(
                {
                    "account_id": hold.account_id,
                    "lot_id": hold.lot_id,
                    "quantity": hold.quantity - quantity,
                    "document_id": hold.document_id,
                    "document_line_id": hold.document_line_id,
                    "mode": hold.mode,
                    "priority": hold.priority,
                    "placed_at": now,
                    "expires_at": hold.expires_at,
                    "replaces_id": hold.id,
                    "position": next(positions),
                }
            )
    append(session, HoldEnd, ends)
    append(session, Hold, rests)


def _end_row(
    actor: Actor,
    hold: Hold,
    outcome: HoldOutcome,
    *,
    used: int,
    movement_id: int | None,
    line_id: int | None,
    now: datetime,
    reason: str,
    position: int,
) -> dict[str, Any]:
    return {
        "hold_id": hold.id,
        "outcome": outcome,
        "quantity_used": used,
        "movement_id": movement_id,
        "document_line_id": line_id,
        "ended_at": now,
        "user_id": actor.user_id,
        "reason": reason,
        "position": position,
    }
