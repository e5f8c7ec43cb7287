"""Accounts and lots: found by their identity, entered when they are new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.authority import Actor
from reserve.catalogue.models import Item
from reserve.db import append, claim
from reserve.errors import Conflict, Fact, Problem
from reserve.stock import queries, rules
from reserve.stock.drafts import LotDraft
from reserve.stock.models import Lot, LotCertificate, StockAccount
from reserve.stock.terms import Fund


class LotQuestion(Conflict):
    """The same lot code exists with another expiry. Which label is right? Lists every such label of a paper."""

    code = "lot_has_other_expiry"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self._problems = tuple(problems)
        first = self._problems[0]
        super().__init__("; ".join(map(str, self._problems)), **first.facts)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems


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
    """Id of the lot that a label names; entered when it is new. As ``lots_for``."""
    return lots_for(session, [(item, draft)], now=now)[0]


def lots_for(session: Session, labels: Sequence[tuple[Item, LotDraft]], *, now: datetime) -> list[int]:
    """Ids of the lots that labels name, in their order; new ones are entered. The lots of the items are read once.

    Raises LotQuestion when a code stands with another expiry and the draft does not confirm the difference.
    """
    statement = select(Lot).where(Lot.item_id.in_(sorted({item.id for item, _ in labels}))).order_by(Lot.id)
    codes = {rules.normalised_lot_code(draft.code) for _, draft in labels}
    if len(codes) == 1:
        statement = statement.where(Lot.code_normalised.in_(codes))
    known: dict[tuple[int, str, str], dict[date | None, int]] = defaultdict(dict)
    for lot in session.scalars(statement):
        known[lot.item_id, lot.maker, lot.code_normalised][lot.expires_on] = lot.id
    keys = [(item.id, draft.maker, rules.normalised_lot_code(draft.code)) for item, draft in labels]
    new: dict[tuple[tuple[int, str, str], date | None], dict[str, Any]] = {}
    entered: dict[tuple[int, str, str], list[date | None]] = defaultdict(list)
    questions = []
    for place, (key, (item, draft)) in enumerate(zip(keys, labels, strict=True)):
        same = [*known[key], *entered[key]]
        if draft.expires_on not in same:
            if same and not draft.confirms_other_expiry:
                questions.append(_question(item, draft, same, place))
            else:
                entered[key].append(draft.expires_on)
                new[key, draft.expires_on] = _row(item, draft, key[2], now=now)
    if questions:
        raise LotQuestion(questions)
    for (key, expires_on), lot_id in zip(new, append(session, Lot, list(new.values())), strict=True):
        known[key][expires_on] = lot_id
    return [known[key][draft.expires_on] for key, (_, draft) in zip(keys, labels, strict=True)]


def certify(
    session: Session, actor: Actor, document_id: int, certificates: Mapping[int, str], *, now: datetime
) -> None:
    """Write down the certificates that came for lots, by lot id, where they say something new."""
    known = queries.certificates_of(session, certificates)
    rows = [
        {
            "lot_id": lot_id,
            "certificate": certificate,
            "document_id": document_id,
            "user_id": actor.user_id,
            "recorded_at": now,
        }
        for lot_id, certificate in sorted(certificates.items())
        if certificate and certificate != known[lot_id]
    ]
    append(session, LotCertificate, rows)


def _question(item: Item, draft: LotDraft, same: Sequence[date | None], place: int) -> Problem:
    expiries, found = ", ".join(str(expires_on) for expires_on in same), str(draft.expires_on)
    facts: dict[str, Fact] = {"item": item.code, "lot": draft.code, "expected": expiries, "found": found}
    return Problem("lot_has_other_expiry", f"lines.{place}.lot.expires_on", expiries, found, place + 1, facts)


def _row(item: Item, draft: LotDraft, code: str, *, now: datetime) -> dict[str, Any]:
    return {
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
