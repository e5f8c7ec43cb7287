"""Accounts and lots: found by their identity, entered when they are new."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.catalogue.models import Item
from reserve.db import append, claim
from reserve.errors import Conflict
from reserve.stock import rules
from reserve.stock.drafts import LotDraft
from reserve.stock.models import Lot, StockAccount
from reserve.stock.terms import Fund


class LotQuestion(Conflict):
    """The same lot code exists with another expiry. Which label is right?"""

    code = "lot_has_other_expiry"


def account_for(session: Session, bin_id: int, owner_id: int, fund: Fund) -> int:
    """Id of the account of an owner and fund in a bin; opened when it is new."""
    key = {"bin_id": bin_id, "owner_id": owner_id, "fund": fund}
    find = select(StockAccount.id).filter_by(**key)
    found = session.scalar(find)
    if found is None:
        claim(session, StockAccount, key, unique=tuple(key))
        found = session.scalars(find).one()
    return found


def lot_for(session: Session, item: Item, draft: LotDraft, *, now: datetime) -> int:
    """Id of the lot that a label names; entered when it is new.

    Raises LotQuestion when the same code stands with another expiry and the draft does not confirm the difference.
    """
    code = rules.normalised_lot_code(draft.code)
    same = select(Lot).where(Lot.item_id == item.id, Lot.maker == draft.maker, Lot.code_normalised == code)
    known = session.scalars(same.order_by(Lot.id)).all()
    for lot in known:
        if lot.expires_on == draft.expires_on:
            return lot.id
    if known and not draft.confirms_other_expiry:
        expiries = ", ".join(str(lot.expires_on) for lot in known)
        raise LotQuestion(
            f"lot {draft.code} of {item.code} stands with expiry {expiries}, now {draft.expires_on}",
            item=item.code,
            lot=draft.code,
            expected=expiries,
            found=str(draft.expires_on),
        )
    row = {
        "item_id": item.id,
        "item_code": item.code,
        "maker": draft.maker,
        "code": draft.code,
        "code_normalised": code,
        "expires_on": draft.expires_on,
        "expiry_key": draft.expires_on.isoformat() if draft.expires_on else "",
        "printed_expiry": draft.printed_expiry,
        "made_on": draft.made_on,
        "pack_size": draft.pack_size or item.pack_size,
        "certificate": draft.certificate,
        "recorded_at": now,
    }
    (lot_id,) = append(session, Lot, [row])
    return lot_id
