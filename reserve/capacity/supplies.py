"""The only writer of expected supply. Slices above use it inside their own verbs; nothing here asks for permission."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.orm import Session

from reserve.capacity import pegs, queries
from reserve.capacity.models import ExpectedSupply
from reserve.capacity.terms import Supply
from reserve.db import append


def advise(session: Session, supplies: Sequence[Supply], *, now: datetime) -> None:
    """Write a version of each: from ``now`` on this is what is expected under its code.

    Where less is expected than is promised, exactly the lines that lose are named in the outbox.
    """
    rows = [asdict(supply) | {"valid_from": now, "recorded_at": now} for supply in supplies]
    append(session, ExpectedSupply, rows)
    for supply in supplies:
        pegs.name_those_at_risk(session, supply.code, supply.quantity, now=now)


def close(session: Session, codes: Collection[str], *, now: datetime, reason: str) -> list[Supply]:
    """Nothing more is expected under these codes. Returns what stood until now."""
    open_now = queries.expected_supply(session, now, now, codes=codes) if codes else []
    advise(session, [replace(each, quantity=0, reason=reason) for each in open_now], now=now)
    return open_now
