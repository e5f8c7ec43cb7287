"""Questions about stock: what stands where, whose it is, what hangs on it; now, and as known at a past hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from reserve.catalogue.models import Item
from reserve.db import within
from reserve.errors import NotFound
from reserve.organisations.models import Organisation
from reserve.sites.models import Bin, Site
from reserve.sites.terms import OUTSIDE
from reserve.stock import machine_queries, rules
from reserve.stock.drafts import LotRef
from reserve.stock.models import (
    Balance,
    Block,
    BlockEnd,
    Entry,
    Floor,
    Hold,
    HoldEnd,
    Lot,
    LotCertificate,
    Movement,
    StockAccount,
)
from reserve.stock.terms import Condition, FloorKind, Shortage, Step, StockLine

Key = tuple[int, int]


# --- lots and accounts --------------------------------------------------------------------------------------------


def get_lot(session: Session, ref: LotRef) -> Lot:
    """The lot that a reference names. Raises NotFound, also when the code alone does not decide between two."""
    code = rules.normalised_lot_code(ref.code)
    statement = select(Lot).where(Lot.item_code == ref.item_code, Lot.code_normalised == code)
    if ref.maker is not None:
        statement = statement.where(Lot.maker == ref.maker)
    if ref.expires_on is not None:
        statement = statement.where(Lot.expires_on == ref.expires_on)
    lots = session.scalars(statement.order_by(Lot.id)).all()
    if len(lots) != 1:
        raise NotFound("lot" if not lots else "single lot", f"{ref.item_code} {ref.code}")
    return lots[0]


def lots_by_id(session: Session, ids: Iterable[int]) -> Mapping[int, Lot]:
    statement = select(Lot).where(Lot.id.in_(sorted(set(ids))))
    return {lot.id: lot for lot in session.scalars(statement)}


def certificates_of(session: Session, lot_ids: Iterable[int]) -> dict[int, str | None]:
    """The certificate of each lot as it holds now."""
    newest = _certificates(None)
    certificate = func.coalesce(newest.c.certificate, Lot.certificate)
    statement = select(Lot.id, certificate).outerjoin(newest, newest.c.lot_id == Lot.id)
    return dict(session.execute(statement.where(Lot.id.in_(sorted(set(lot_ids))))).all())


def _certificates(known_at: datetime | None) -> Any:
    """The newest certificate that came after its lot was entered, as known now or at a recorded time."""
    newest = select(func.max(LotCertificate.id)).group_by(LotCertificate.lot_id)
    if known_at is not None:
        newest = newest.where(LotCertificate.recorded_at <= known_at)
    statement = select(LotCertificate.lot_id, LotCertificate.certificate)
    return statement.where(LotCertificate.id.in_(newest.scalar_subquery())).subquery("certificates")


def accounts_by_id(session: Session, ids: Iterable[int]) -> Mapping[int, StockAccount]:
    statement = select(StockAccount).where(StockAccount.id.in_(sorted(set(ids))))
    return {account.id: account for account in session.scalars(statement)}


def shortages(session: Session, short: Mapping[Key, tuple[int, int]]) -> list[Shortage]:
    """Short lines with names instead of ids: (wanted, available) by (account, lot)."""
    lots = lots_by_id(session, {lot_id for _, lot_id in short})
    statement = (
        select(StockAccount.id, Bin.place + "/" + Bin.code)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .where(StockAccount.id.in_(sorted({account_id for account_id, _ in short})))
    )
    places = dict(session.execute(statement).all())
    return [
        Shortage(lots[lot_id].item_code, lots[lot_id].code, wanted, available, places[account_id], lot_id)
        for (account_id, lot_id), (wanted, available) in sorted(short.items())
    ]


# --- movements ----------------------------------------------------------------------------------------------------


def movements_of(session: Session, document_id: int) -> Sequence[Movement]:
    statement = select(Movement).where(Movement.document_id == document_id)
    return session.scalars(statement.order_by(Movement.position)).all()


def entries_of(session: Session, movement_id: int) -> Sequence[Entry]:
    return session.scalars(select(Entry).where(Entry.movement_id == movement_id).order_by(Entry.id)).all()


def is_reversed(session: Session, movement_id: int) -> bool:
    return session.scalar(select(Movement.id).where(Movement.reverses_id == movement_id)) is not None


def _reversed() -> Any:
    """Ids of the movements that a reversal has undone."""
    return select(Movement.reverses_id).where(Movement.reverses_id.is_not(None)).scalar_subquery()


def found_again(session: Session, movement_id: int, lot_id: int) -> int:
    """How much of a lot lost in a movement has come back by finds that follow it and stand."""
    return _came_back(session, movement_id, Entry.lot_id == lot_id)


def returned_from(session: Session, movement_id: int, lot_id: int, account_id: int) -> int:
    """How much of a lot issued to an account has come back from it by returns that follow the issue and stand."""
    return _came_back(session, movement_id, and_(Entry.lot_id == lot_id, Entry.from_account_id == account_id))


def _came_back(session: Session, movement_id: int, which: Any) -> int:
    statement = (
        select(func.coalesce(func.sum(Entry.quantity), 0))
        .join(Movement, Entry.movement_id == Movement.id)
        .where(Movement.follows_id == movement_id, which, Movement.id.not_in(_reversed()))
    )
    return int(session.scalar(statement) or 0)


def steps_after(session: Session, account_id: int, lot_id: int, occurred_at: datetime) -> list[Step]:
    """What happened to a lot in an account after an effective time, as known now."""
    signed = case((Entry.to_account_id == account_id, Entry.quantity), else_=-Entry.quantity)
    statement = (
        select(Movement.occurred_at, signed)
        .join(Entry, Entry.movement_id == Movement.id)
        .where(
            Entry.lot_id == lot_id,
            or_(Entry.from_account_id == account_id, Entry.to_account_id == account_id),
            Movement.occurred_at > occurred_at,
        )
    )
    return [Step(occurred, quantity) for occurred, quantity in session.execute(statement)]


def book_at(session: Session, account_id: int, lot_id: int, occurred_at: datetime) -> int:
    """What stood in an account at an effective time, as known now."""
    signed = case((Entry.to_account_id == account_id, Entry.quantity), else_=-Entry.quantity)
    statement = (
        select(func.coalesce(func.sum(signed), 0))
        .join(Movement, Entry.movement_id == Movement.id)
        .where(
            Entry.lot_id == lot_id,
            or_(Entry.from_account_id == account_id, Entry.to_account_id == account_id),
            Movement.occurred_at <= occurred_at,
        )
    )
    return int(session.scalar(statement) or 0)


# --- holds --------------------------------------------------------------------------------------------------------


def holds_by_id(session: Session, ids: Iterable[int]) -> Mapping[int, Hold]:
    statement = select(Hold).where(Hold.id.in_(sorted(set(ids))))
    return {hold.id: hold for hold in session.scalars(statement)}


def open_hold_ids(session: Session, ids: Iterable[int]) -> set[int]:
    """Those of the holds that have no end."""
    statement = (
        select(Hold.id)
        .outerjoin(HoldEnd, HoldEnd.hold_id == Hold.id)
        .where(Hold.id.in_(sorted(set(ids))), HoldEnd.id.is_(None))
    )
    return set(session.scalars(statement))


def open_holds(
    session: Session,
    *,
    document_id: int | None = None,
    account_id: int | None = None,
    lot_id: int | None = None,
    expired_at: datetime | None = None,
    limit: int | None = None,
) -> Sequence[Hold]:
    """Holds that still stand, by position."""
    statement = select(Hold).outerjoin(HoldEnd, HoldEnd.hold_id == Hold.id).where(HoldEnd.id.is_(None))
    if document_id is not None:
        statement = statement.where(Hold.document_id == document_id)
    if account_id is not None:
        statement = statement.where(Hold.account_id == account_id)
    if lot_id is not None:
        statement = statement.where(Hold.lot_id == lot_id)
    if expired_at is not None:
        statement = statement.where(Hold.expires_at <= expired_at)
    return session.scalars(statement.order_by(Hold.position).limit(limit)).all()


# --- what stands where --------------------------------------------------------------------------------------------


def stock_lines(
    session: Session,
    *,
    scopes: Iterable[str] | None = None,
    site_codes: Iterable[str] | None = None,
    item_codes: Iterable[str] | None = None,
    owner_codes: Iterable[str] | None = None,
    lot_ids: Iterable[int] | None = None,
    in_transit: bool = False,
    known_at: datetime | None = None,
    as_of: datetime | None = None,
) -> list[StockLine]:
    """Lots as they stand in our bins, with the facts that the ladder needs; sorted by item, site, owner, lot.

    known_at    None: now. Otherwise as the books knew it at that recorded time: balances are summed from entries,
                holds and blocks count as they stood then
    as_of       None: everything recorded. Otherwise what had happened by that effective time
    in_transit  also what stands in transit bins (``site_code`` is then the shipment's number)
    scopes      organisation paths of the sites' custodians; None: everywhere (planning sees all, lists never do)
    """
    columns = (StockAccount.id.label("account_id"), Bin, Organisation.code.label("owner_code"), Lot, Item)
    amounts = _amounts_now() if known_at is None and as_of is None else _amounts_at(known_at, as_of)
    blocked, certificates, checks = _blocked_at(known_at), _certificates(known_at), machine_queries.checks(known_at)
    certificate = func.coalesce(certificates.c.certificate, Lot.certificate).label("certificate")
    blocks = func.coalesce(blocked.c.blocks, 0).label("blocks")
    statement: Select[Any] = (
        select(*columns, amounts.c.on_hand, amounts.c.held, blocks, certificate, *machine_queries.facts(checks))
        .join(amounts, amounts.c.account_id == StockAccount.id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .join(Organisation, Organisation.id == StockAccount.owner_id)
        .join(Lot, Lot.id == amounts.c.lot_id)
        .join(Item, Item.id == Lot.item_id)
        .outerjoin(Site, Site.id == Bin.site_id)
        .outerjoin(certificates, certificates.c.lot_id == Lot.id)
        .outerjoin(checks, checks.c.lot_id == Lot.id)
        .outerjoin(blocked, and_(blocked.c.account_id == StockAccount.id, blocked.c.lot_id == Lot.id))
        .where(amounts.c.on_hand != 0, Bin.kind.not_in(OUTSIDE))
    )
    if not in_transit:
        statement = statement.where(Bin.site_id.is_not(None))
    if scopes is not None:
        statement = statement.where(within(Site.organisation_path, scopes))
    if site_codes is not None:
        statement = statement.where(Site.code.in_(sorted(set(site_codes))))
    if item_codes is not None:
        statement = statement.where(Item.code.in_(sorted(set(item_codes))))
    if owner_codes is not None:
        statement = statement.where(Organisation.code.in_(sorted(set(owner_codes))))
    if lot_ids is not None:
        statement = statement.where(Lot.id.in_(sorted(set(lot_ids))))
    order = (Item.code, Bin.place, Organisation.code, Bin.code, Lot.id, StockAccount.id)
    return [_line(row) for row in session.execute(statement.order_by(*order))]


def _line(r: Any) -> StockLine:
    return StockLine(
        item_code=r.Item.code,
        lot_id=r.Lot.id,
        lot_code=r.Lot.code,
        maker=r.Lot.maker,
        expires_on=r.Lot.expires_on,
        must_expire=r.Item.shelf_life_months is not None,
        needs_certificate=r.Item.needs_certificate,
        certificate=r.certificate,
        pack_size=r.Lot.pack_size,
        account_id=r.account_id,
        bin_code=r.Bin.code,
        bin_kind=r.Bin.kind,
        site_code=r.Bin.place,
        owner_code=r.owner_code,
        on_hand=int(r.on_hand),
        held=int(r.held),
        blocked=bool(r.blocks),
        min_remaining_months=r.Item.min_remaining_months,
        serviceable=r.condition is not Condition.NEEDS_SERVICE,
        must_calibrate=bool(r.must_calibrate),
        calibrated_to=r.calibrated_to,
    )


def _amounts_now() -> Any:
    return select(Balance.account_id, Balance.lot_id, Balance.on_hand, Balance.held).subquery("amounts")


def _amounts_at(known_at: datetime | None, as_of: datetime | None) -> Any:
    """Sums of entries and of open holds: recorded not after ``known_at``, happened not after ``as_of``."""
    movements = select(Movement.id)
    if known_at is not None:
        movements = movements.where(Movement.recorded_at <= known_at)
    if as_of is not None:
        movements = movements.where(Movement.occurred_at <= as_of)
    known = movements.scalar_subquery()
    standing_at = min(each for each in (known_at, as_of) if each is not None)
    incoming = select(Entry.to_account_id.label("account_id"), Entry.lot_id, Entry.quantity.label("quantity"))
    outgoing = select(Entry.from_account_id.label("account_id"), Entry.lot_id, (-Entry.quantity).label("quantity"))
    signed = (
        incoming.where(Entry.movement_id.in_(known)).union_all(outgoing.where(Entry.movement_id.in_(known)))
    ).subquery("signed")
    sums = (
        select(signed.c.account_id, signed.c.lot_id, func.sum(signed.c.quantity).label("on_hand"))
        .group_by(signed.c.account_id, signed.c.lot_id)
        .subquery("sums")
    )
    standing = (
        select(Hold.account_id, Hold.lot_id, func.sum(Hold.quantity).label("held"))
        .outerjoin(HoldEnd, and_(HoldEnd.hold_id == Hold.id, HoldEnd.ended_at <= standing_at))
        .where(Hold.placed_at <= standing_at, HoldEnd.id.is_(None))
        .group_by(Hold.account_id, Hold.lot_id)
        .subquery("standing")
    )
    return (
        select(sums.c.account_id, sums.c.lot_id, sums.c.on_hand, func.coalesce(standing.c.held, 0).label("held"))
        .outerjoin(standing, and_(standing.c.account_id == sums.c.account_id, standing.c.lot_id == sums.c.lot_id))
        .subquery("amounts")
    )


def _blocked_at(known_at: datetime | None) -> Any:
    """How many blocks lie on a lot in an account: of the whole lot, or of the bin where it stands."""
    lifted_here = or_(BlockEnd.bin_id.is_(None), BlockEnd.bin_id == StockAccount.bin_id)
    on_end = and_(BlockEnd.block_id == Block.id, lifted_here)
    if known_at is not None:
        on_end = and_(on_end, BlockEnd.recorded_at <= known_at)
    statement = (
        select(StockAccount.id.label("account_id"), Block.lot_id, func.count(Block.id).label("blocks"))
        .select_from(Block)
        .join(StockAccount, or_(Block.bin_id.is_(None), Block.bin_id == StockAccount.bin_id))
        .outerjoin(BlockEnd, on_end)
        .where(BlockEnd.id.is_(None))
        .group_by(StockAccount.id, Block.lot_id)
    )
    if known_at is not None:
        statement = statement.where(Block.recorded_at <= known_at)
    return statement.subquery("blocked")


# --- blocks and floors ---------------------------------------------------------------------------------------------


def open_block(session: Session, document_id: int) -> Block:
    """The block that a notice placed and that still stands."""
    statement = (
        select(Block)
        .outerjoin(BlockEnd, and_(BlockEnd.block_id == Block.id, BlockEnd.bin_id.is_(None)))
        .where(Block.document_id == document_id, BlockEnd.id.is_(None))
    )
    block = session.scalar(statement)
    if block is None:
        raise NotFound("open block", str(document_id))
    return block


def floors_at(
    session: Session, *, level: str, as_of: datetime, known_at: datetime, item_codes: Iterable[str] | None = None
) -> Mapping[tuple[int, str], Mapping[FloorKind, int]]:
    """Floors per (owner id, item code) at a response level (``none``: no response), as of and as known at a time."""
    statement = (
        select(Floor.owner_id, Floor.item_code, Floor.kind, Floor.quantity)
        .where(Floor.response_level == level, Floor.valid_from <= as_of, Floor.recorded_at <= known_at)
        .order_by(Floor.valid_from, Floor.id)
    )
    if item_codes is not None:
        statement = statement.where(Floor.item_code.in_(sorted(set(item_codes))))
    floors: dict[tuple[int, str], dict[FloorKind, int]] = {}
    for owner_id, item_code, kind, quantity in session.execute(statement):  # later versions stand
        floors.setdefault((owner_id, item_code), {})[kind] = quantity
    return floors
