"""Questions about the way of a lot: where it came from, where it went, what stops its use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from reserve.db import within
from reserve.errors import NotFound
from reserve.organisations.models import Organisation
from reserve.papers.models import Document
from reserve.sites.models import Bin, Site
from reserve.sites.terms import OUTSIDE, BinKind
from reserve.stock.models import Block, BlockEnd, Entry, Lot, Movement, StockAccount
from reserve.stock.terms import MovementKind


@dataclass(frozen=True, slots=True)
class Step:
    """A lot came in to, or left, the places of the reader: from where, to where, when, on which paper."""

    kind: MovementKind
    occurred_at: datetime
    quantity: int
    from_place: str
    to_place: str
    document_number: str


def get_lot_by_id(session: Session, lot_id: int) -> Lot:
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise NotFound("lot", str(lot_id))
    return lot


def places_of(session: Session, account_ids: Iterable[int]) -> dict[int, str]:
    """Place and bin of accounts, as people read them: ``WH-P01/A1``; outside, whose it is."""
    statement = (
        select(StockAccount.id, Bin.place + "/" + Bin.code)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .where(StockAccount.id.in_(sorted(set(account_ids))))
    )
    return dict(session.execute(statement).all())


def trace(session: Session, lot_id: int, scopes: Iterable[str]) -> tuple[list[Step], list[Step]]:
    """Back to where the lot came from outside, and forward to the road, to users, to waste; inside the scopes.

    What moved between bins of one site is left out. Reversed movements stand beside their reversals.
    """
    start, goal = aliased(Bin), aliased(Bin)
    out_of, into = aliased(StockAccount), aliased(StockAccount)
    start_site, goal_site = aliased(Site), aliased(Site)
    statement = (
        select(Movement, Entry, start, goal, Document.number)
        .join(Entry, Entry.movement_id == Movement.id)
        .join(Document, Document.id == Movement.document_id)
        .join(out_of, out_of.id == Entry.from_account_id)
        .join(into, into.id == Entry.to_account_id)
        .join(start, start.id == out_of.bin_id)
        .join(goal, goal.id == into.bin_id)
        .outerjoin(start_site, start_site.id == start.site_id)
        .outerjoin(goal_site, goal_site.id == goal.site_id)
        .where(
            Entry.lot_id == lot_id,
            or_(within(start_site.organisation_path, scopes), within(goal_site.organisation_path, scopes)),
            start.place != goal.place,
        )
        .order_by(Movement.position, Entry.id)
    )
    came: list[Step] = []
    went: list[Step] = []
    for movement, entry, from_bin, to_bin, number in session.execute(statement):
        step = Step(
            movement.kind,
            movement.occurred_at,
            entry.quantity,
            f"{from_bin.place}/{from_bin.code}",
            f"{to_bin.place}/{to_bin.code}",
            number,
        )
        leaves = to_bin.kind in OUTSIDE or to_bin.kind is BinKind.IN_TRANSIT
        (went if leaves else came).append(step)
    return came, went


def open_blocks(session: Session, lot_id: int) -> Sequence[Block]:
    """What stops the use of a lot now, oldest first."""
    statement = (
        select(Block)
        .outerjoin(BlockEnd, and_(BlockEnd.block_id == Block.id, BlockEnd.bin_id.is_(None)))
        .where(Block.lot_id == lot_id, BlockEnd.id.is_(None))
    )
    return session.scalars(statement.order_by(Block.position)).all()


def bins_lifted(session: Session, block_ids: Iterable[int]) -> dict[int, list[str]]:
    """Bins, as ``WH-P01/A1``, for which a block that still stands has been lifted."""
    statement = (
        select(BlockEnd.block_id, Bin.place + "/" + Bin.code)
        .join(Bin, Bin.id == BlockEnd.bin_id)
        .where(BlockEnd.block_id.in_(sorted(set(block_ids))))
    )
    lifted: dict[int, list[str]] = {}
    for block_id, place in session.execute(statement.order_by(BlockEnd.position)):
        lifted.setdefault(block_id, []).append(place)
    return lifted


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """So much of a lot is in one place: a site, a shipment on the road, or with a body outside. Base units."""

    kind: BinKind
    place: str
    owner_code: str
    quantity: int
    custodian_path: str | None
    """Organisation path of the site's custodian; None on the road and outside."""


def whereabouts(session: Session, lot_id: int, scopes: Iterable[str] | None = None) -> list[Whereabouts]:
    """Where every piece of a lot is: together as much as came from suppliers (there the sum is negative).

    scopes  None: everywhere. Otherwise what stands at, or went to, bodies inside, and what bodies inside own
    """
    sides = [
        select(account.label("account_id"), (sign * Entry.quantity).label("quantity")).where(Entry.lot_id == lot_id)
        for account, sign in ((Entry.to_account_id, 1), (Entry.from_account_id, -1))
    ]
    signed = union_all(*sides).subquery("signed")
    owner, outside = aliased(Organisation), aliased(Organisation)
    total = func.sum(signed.c.quantity)
    path = Site.organisation_path
    statement = (
        select(Bin.kind, Bin.place, owner.code, total, path)
        .join(StockAccount, StockAccount.id == signed.c.account_id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .join(owner, owner.id == StockAccount.owner_id)
        .outerjoin(Site, Site.id == Bin.site_id)
        .outerjoin(outside, and_(outside.code == Bin.place, Bin.site_id.is_(None)))
        .group_by(Bin.kind, Bin.place, owner.code, path)
        .having(total != 0)
        .order_by(Bin.place, Bin.kind, owner.code)
    )
    if scopes is not None:
        inside = list(scopes)
        readable = (within(column, inside) for column in (path, owner.path, outside.path))
        statement = statement.where(or_(*readable))
    rows = session.execute(statement)
    return [Whereabouts(kind, place, code, int(quantity), where) for kind, place, code, quantity, where in rows]
