"""Movements and their entries: the ledger itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.db import append, next_positions
from reserve.errors import Conflict, Fact, InvalidInput, Problem
from reserve.papers.models import Document
from reserve.stock import machine_queries, queries, rules
from reserve.stock.ledger.balances import (
    TICK,
    InsufficientStock,
    Key,
    Place,
    lock_balances,
    real_accounts,
    write_balances,
)
from reserve.stock.ledger.holds import break_holds, holds_used, use_holds
from reserve.stock.models import Entry, Hold, Lot, Movement
from reserve.stock.terms import HoldHere, Move, MovementKind


class PastWouldBeNegative(Conflict):
    """A back-dated movement would leave a past day with less than nothing; names the first day and the amount."""

    code = "past_would_be_negative"


class MachineTwice(Conflict):
    """One machine would stand in two places."""

    code = "machine_twice"


class AlreadyReversed(Conflict):
    code = "already_reversed"


def post(
    session: Session,
    actor: Actor,
    document: Document,
    kind: MovementKind,
    moves: Sequence[Move],
    *,
    now: datetime,
    occurred_at: datetime | None = None,
    reason: str = "",
    reverses_id: int | None = None,
    follows_id: int | None = None,
    breaks_holds: bool = False,
) -> Movement:
    """Append one movement with its entries and bring the balances along.

    breaks_holds  a fact (count, loss, damage): holds give way, lowest priority and latest first, and their owners
                  are told; without it held goods stay out of reach
    Raises InsufficientStock with every short line, PastWouldBeNegative for a back-dated taking.
    """
    at_once = occurred_at is None or occurred_at == now
    occurred_at = occurred_at or now
    real = real_accounts(session, {each for move in moves for each in (move.from_account, move.to_account)})
    change: dict[Key, int] = defaultdict(int)
    for move in moves:
        for account, sign in ((move.from_account, -1), (move.to_account, 1)):
            if account in real:
                change[account, move.lot_id] += sign * move.quantity
    places = lock_balances(session, change, now=now)
    recorded_at = max([now, *(place.last_recorded_at + TICK for key, place in places.items() if change[key])])
    used = holds_used(session, moves, now=recorded_at)  # after the lock: a hold ends once
    freed: dict[Key, int] = defaultdict(int)
    for taken, quantity in used.values():
        freed[taken.account_id, taken.lot_id] += quantity
    broken = _require_cover(session, places, change, freed, breaks_holds=breaks_holds)
    _require_past(session, places, change, occurred_at=occurred_at, now=now)
    if at_once:
        occurred_at = recorded_at  # who waited for a lock acts after whoever held it, in effective time too
    (position,) = next_positions(session, 1)
    row = {
        "kind": kind,
        "document_id": document.id,
        "occurred_at": occurred_at,
        "recorded_at": recorded_at,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "reason": reason,
        "reverses_id": reverses_id,
        "follows_id": follows_id,
        "position": position,
    }
    (movement_id,) = append(session, Movement, [row])
    append(session, Entry, [_entry_row(movement_id, move) for move in moves])
    break_holds(session, actor, broken, movement_id, now=recorded_at)
    held_change = use_holds(session, actor, used, movement_id, now=recorded_at)
    for key, amount in broken.items():
        held_change[key] -= sum(each.lost for _, each in amount)
    write_balances(session, places, change, held_change, recorded_at)
    _require_one_of_each_machine(session, {move.lot_id for move in moves if move.from_account not in real})
    return session.get_one(Movement, movement_id)


def lock_accounts(session: Session, moves: Sequence[Move], *, now: datetime) -> None:
    """Keep others off the balances that the moves touch: what is read about them next stays true."""
    real = real_accounts(session, {each for move in moves for each in (move.from_account, move.to_account)})
    keys = {(account, move.lot_id) for move in moves for account in (move.from_account, move.to_account)}
    lock_balances(session, {key for key in keys if key[0] in real}, now=now)


def reverse(
    session: Session, actor: Actor, original: Document, reversal: Document, *, now: datetime, reason: str
) -> list[Movement]:
    """Post the exact opposite of every movement of a document, newest first. Raises AlreadyReversed."""
    movements = queries.movements_of(session, original.id)
    posted = []
    for movement in reversed(movements):
        if queries.is_reversed(session, movement.id) or movement.kind is MovementKind.REVERSE:
            raise AlreadyReversed(f"{original.number} is reversed", number=original.number)
        moves = [
            Move(entry.lot_id, entry.to_account_id, entry.from_account_id, entry.quantity, entry.document_line_id)
            for entry in queries.entries_of(session, movement.id)
        ]
        posted.append(
            post(
                session,
                actor,
                reversal,
                MovementKind.REVERSE,
                moves,
                now=now,
                reason=reason,
                reverses_id=movement.id,
            )
        )
    return posted


def _require_cover(
    session: Session,
    places: Mapping[Key, Place],
    change: Mapping[Key, int],
    freed: Mapping[Key, int],
    *,
    breaks_holds: bool,
) -> dict[Key, list[tuple[Hold, Any]]]:
    """All shortages at once; or, for a fact, the holds that give way."""
    short: dict[Key, tuple[int, int]] = {}
    broken: dict[Key, list[tuple[Hold, Any]]] = {}
    for key, amount in change.items():
        place = places[key]
        free = place.on_hand - place.held + freed.get(key, 0)
        if amount >= 0 or free + amount >= 0:
            continue
        if breaks_holds and place.on_hand + amount >= 0:
            holds = {hold.id: hold for hold in queries.open_holds(session, account_id=key[0], lot_id=key[1])}
            here = [HoldHere(each.id, each.quantity, each.priority, each.position) for each in holds.values()]
            broken[key] = [(holds[each.hold_id], each) for each in rules.holds_to_break(here, -(free + amount))]
        else:
            short[key] = -amount, place.on_hand if breaks_holds else free
    if short:
        raise InsufficientStock(queries.shortages(session, short))
    return broken


def _require_one_of_each_machine(session: Session, brought_in: set[int]) -> None:
    """What comes from outside brings no machine that stands here already. Raises MachineTwice."""
    twice = machine_queries.standing_twice(session, brought_in) if brought_in else None
    if twice is not None:
        raise MachineTwice(f"{twice.item_code}: {twice.code} stands here", item=twice.item_code, lot=twice.code)


def _require_past(
    session: Session, places: Mapping[Key, Place], change: Mapping[Key, int], *, occurred_at: datetime, now: datetime
) -> None:
    """No past day becomes negative in effective time."""
    if occurred_at > now:
        found = occurred_at.isoformat()
        raise InvalidInput([Problem("in_the_future", "occurred_at", f"not after {now.isoformat()}", found)])
    if occurred_at == now:
        return
    for (account_id, lot_id), amount in sorted(change.items()):
        if amount >= 0:
            continue
        later = queries.steps_after(session, account_id, lot_id, occurred_at)
        place = places[account_id, lot_id]
        first = rules.first_negative_day(place.on_hand, later, taken=-amount, occurred_at=occurred_at)
        if first is not None:
            lot = session.get_one(Lot, lot_id)
            facts: dict[str, Fact] = {"item": lot.item_code, "lot": lot.code, "day": first[0].isoformat()}
            message = f"{lot.item_code}, lot {lot.code}: on {first[0].isoformat()} it would be {first[1]}"
            raise PastWouldBeNegative(message, **facts, quantity=first[1])


def _entry_row(movement_id: int, move: Move) -> dict[str, Any]:
    return {
        "movement_id": movement_id,
        "lot_id": move.lot_id,
        "from_account_id": move.from_account,
        "to_account_id": move.to_account,
        "quantity": move.quantity,
        "document_line_id": move.line_id,
        "hold_id": move.hold_id,
    }
