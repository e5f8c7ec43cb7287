"""Balance rows: locked in one order, changed under a condition. A cache of the ledger, proved by ``verify``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from reserve.db import claim_all
from reserve.errors import Conflict
from reserve.sites.models import Bin
from reserve.sites.terms import OUTSIDE
from reserve.stock import queries
from reserve.stock.models import Balance, StockAccount
from reserve.stock.terms import Shortage

Key = tuple[int, int]
"""(account, lot)"""
TICK = timedelta(microseconds=1)

_BALANCE: Any = Balance.__table__
CHANGE_OF_BALANCE = (
    update(_BALANCE)
    .where(
        _BALANCE.c.id == bindparam("place"),
        _BALANCE.c.held + bindparam("more_held") >= 0,
        _BALANCE.c.on_hand + bindparam("more") >= _BALANCE.c.held + bindparam("more_held"),
    )
    .values(
        on_hand=_BALANCE.c.on_hand + bindparam("more"),
        held=_BALANCE.c.held + bindparam("more_held"),
        last_recorded_at=bindparam("at"),
    )
)
"""Built once: every movement runs it for each lot and account that it touches."""
LOCKED_BALANCES = (
    select(Balance.account_id, Balance.lot_id, Balance.id, Balance.on_hand, Balance.held, Balance.last_recorded_at)
    .where(tuple_(Balance.account_id, Balance.lot_id).in_(bindparam("keys", expanding=True)))
    .order_by(Balance.account_id, Balance.lot_id)
    .with_for_update()
)
"""Built once, as above."""


class InsufficientStock(Conflict):
    """Less is free than was asked for. Lists every short line, not just the first."""

    code = "insufficient_stock"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        super().__init__(
            "; ".join(f"{s.item_code}, lot {s.lot_code}: {s.available} of {s.wanted} free" for s in shortages)
        )

    def details(self) -> dict[str, Any]:
        shortages = [
            {"item": s.item_code, "lot": s.lot_code, "place": s.place, "wanted": s.wanted, "available": s.available}
            for s in self.shortages
        ]
        return {"shortages": shortages}


@dataclass(slots=True)
class Place:
    """A balance row under lock, with what this command changes."""

    balance_id: int
    on_hand: int
    held: int
    last_recorded_at: datetime


def real_accounts(session: Session, account_ids: Iterable[int]) -> set[int]:
    """Those accounts that have balances: in our own bins and in transit."""
    statement = (
        select(StockAccount.id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .where(StockAccount.id.in_(sorted(set(account_ids))), Bin.kind.not_in(OUTSIDE))
    )
    return set(session.scalars(statement))


def lock_balances(session: Session, keys: Iterable[Key], *, now: datetime) -> dict[Key, Place]:
    """Lock balance rows in (account, lot) order, opening those that are missing."""
    wanted = sorted(set(keys))
    found = _locked(session, wanted)
    missing = [key for key in wanted if key not in found]
    if not missing:
        return found
    empty = {"on_hand": 0, "held": 0, "last_recorded_at": now - TICK}
    rows = [{"account_id": account_id, "lot_id": lot_id} | empty for account_id, lot_id in missing]
    claim_all(session, Balance, rows, unique=("account_id", "lot_id"))
    return _locked(session, wanted)


def _locked(session: Session, keys: Sequence[Key]) -> dict[Key, Place]:
    places: dict[Key, Place] = {}
    for start in range(0, len(keys), 400):  # bound parameters are limited on SQLite
        for row in session.execute(LOCKED_BALANCES, {"keys": keys[start : start + 400]}):
            places[row.account_id, row.lot_id] = Place(row.id, row.on_hand, row.held, row.last_recorded_at)
    return places


def write_balances(
    session: Session,
    places: Mapping[Key, Place],
    on_hand: Mapping[Key, int],
    held: Mapping[Key, int],
    recorded_at: datetime | None,
) -> None:
    """Conditional updates: the condition stands beside the CHECK, so that a wrong lock can never oversell."""
    for key in sorted(places):
        more, more_held = on_hand.get(key, 0), held.get(key, 0)
        if not more and not more_held:
            continue
        values = {
            "place": places[key].balance_id,
            "more": more,
            "more_held": more_held,
            "at": recorded_at or places[key].last_recorded_at,
        }
        changed: Any = session.execute(CHANGE_OF_BALANCE, values)
        if changed.rowcount != 1:
            raise InsufficientStock(queries.shortages(session, {key: (max(-more, more_held), 0)}))
