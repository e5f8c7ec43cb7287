"""Lots, accounts, the ledger, and what hangs on it. History is added to, never edited.

Only ``ledger.py`` writes movements, entries, holds and balances.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base
from reserve.stock.terms import BlockReason, Condition, CountCause, FloorKind, Fund, HoldMode, HoldOutcome, MovementKind


class Lot(AppendOnly, Base):
    """Goods of one make: item, maker, normalised code and expiry are its identity. Lots belong to nobody."""

    __tablename__ = "stock_lot"
    __table_args__ = (
        UniqueConstraint("item_id", "maker", "code_normalised", "expiry_key"),
        CheckConstraint("pack_size > 0", name="pack_positive"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    item_code: Mapped[str]
    maker: Mapped[str]
    code: Mapped[str]
    """As printed."""
    code_normalised: Mapped[str]
    expires_on: Mapped[date | None] = mapped_column(index=True)
    """The last usable day."""
    expiry_key: Mapped[str]
    """``expires_on`` as text, empty for none: a part of the identity that is never null."""
    printed_expiry: Mapped[str]
    made_on: Mapped[date | None]
    pack_size: Mapped[int]
    certificate: Mapped[str | None]
    recorded_at: Mapped[datetime]


class LotCertificate(AppendOnly, Base):
    """A certificate that came after the lot was entered: at inspection, or with a later delivery. The newest holds."""

    __tablename__ = "stock_lot_certificate"

    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"), index=True)
    certificate: Mapped[str]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    user_id: Mapped[int]
    recorded_at: Mapped[datetime]


class Machine(AppendOnly, Base):
    """A lot that is one machine: its code is the serial number, and there is never more than one piece of it."""

    __tablename__ = "stock_machine"

    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"), unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    """The paper on which it first came."""
    recorded_at: Mapped[datetime]


class MachineCheck(AppendOnly, Base):
    """What a machine was found to be: each row says all of it, and the newest holds."""

    __tablename__ = "stock_machine_check"

    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_machine.lot_id"), index=True)
    condition: Mapped[Condition]
    calibrated_on: Mapped[date | None]
    calibrated_to: Mapped[date | None]
    """The last day on which that calibration is good."""
    certificate: Mapped[str]
    note: Mapped[str]
    user_id: Mapped[int]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class StockAccount(Base):
    """Whose goods, on whose money, stand where. Owner and custodian differ as a matter of course (代储)."""

    __tablename__ = "stock_account"
    __table_args__ = (UniqueConstraint("bin_id", "owner_id", "fund"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bin_id: Mapped[int] = mapped_column(ForeignKey("bin.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    fund: Mapped[Fund]


class Movement(AppendOnly, Base):
    """Something happened to goods, on the ground of a document."""

    __tablename__ = "stock_movement"
    __table_args__ = (UniqueConstraint("position"), UniqueConstraint("reverses_id"))

    kind: Mapped[MovementKind]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    user_id: Mapped[int]
    person_id: Mapped[int]
    reason: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"), index=True)
    position: Mapped[int]


class Entry(AppendOnly, Base):
    """One lot moving from one account to another. Never changed, never deleted."""

    __tablename__ = "stock_entry"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("from_account_id <> to_account_id", name="moves_somewhere"),
        Index("ix_stock_entry_from", "from_account_id", "lot_id", "quantity"),
        Index("ix_stock_entry_to", "to_account_id", "lot_id", "quantity"),
    )

    movement_id: Mapped[int] = mapped_column(ForeignKey("stock_movement.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"), index=True)
    from_account_id: Mapped[int] = mapped_column(ForeignKey("stock_account.id"))
    to_account_id: Mapped[int] = mapped_column(ForeignKey("stock_account.id"))
    quantity: Mapped[int]  # in the item's base unit
    document_line_id: Mapped[int | None] = mapped_column(ForeignKey("document_line.id"), index=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("stock_hold.id"), index=True)


class Balance(Base):
    """What stands in an account now: a cache of the ledger for our own and in-transit accounts, proved often."""

    __tablename__ = "stock_balance"
    __table_args__ = (
        UniqueConstraint("account_id", "lot_id"),
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("held >= 0 AND held <= on_hand", name="held_within_on_hand"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("stock_account.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"), index=True)
    on_hand: Mapped[int]
    held: Mapped[int]
    last_recorded_at: Mapped[datetime]
    """Recorded time never goes back per lot and account."""


class Hold(AppendOnly, Base):
    """Goods promised to a document line. Ends exactly once, by a ``HoldEnd``."""

    __tablename__ = "stock_hold"
    __table_args__ = (UniqueConstraint("position"), CheckConstraint("quantity > 0", name="quantity_positive"))

    account_id: Mapped[int] = mapped_column(ForeignKey("stock_account.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"), index=True)
    quantity: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    document_line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"), index=True)
    mode: Mapped[HoldMode]
    priority: Mapped[int]
    """Larger is more important."""
    placed_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("stock_hold.id"))
    position: Mapped[int]


class HoldEnd(AppendOnly, Base):
    """How a hold ended, once."""

    __tablename__ = "stock_hold_end"
    __table_args__ = (UniqueConstraint("hold_id"), UniqueConstraint("position"))

    hold_id: Mapped[int] = mapped_column(ForeignKey("stock_hold.id"))
    outcome: Mapped[HoldOutcome]
    quantity_used: Mapped[int]
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"))
    document_line_id: Mapped[int | None] = mapped_column(ForeignKey("document_line.id"))
    """The line in whose name it was taken; the hold's own, or the books are wrong (L08)."""
    ended_at: Mapped[datetime]
    user_id: Mapped[int]
    reason: Mapped[str]
    position: Mapped[int]


class Block(AppendOnly, Base):
    """Goods that may not be used: a whole lot, or what of it stands in one bin."""

    __tablename__ = "stock_block"
    __table_args__ = (UniqueConstraint("position"),)

    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"), index=True)
    bin_id: Mapped[int | None] = mapped_column(ForeignKey("bin.id"))
    """Empty: everywhere, also in transit."""
    reason_kind: Mapped[BlockReason]
    reason: Mapped[str]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    user_id: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    position: Mapped[int]


class BlockEnd(AppendOnly, Base):
    """A block lifted: wholly, or for what stands in one bin."""

    __tablename__ = "stock_block_end"
    __table_args__ = (UniqueConstraint("block_id", "bin_id"), UniqueConstraint("position"))

    block_id: Mapped[int] = mapped_column(ForeignKey("stock_block.id"))
    bin_id: Mapped[int | None] = mapped_column(ForeignKey("bin.id"))
    """Empty: the whole block."""
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    reason: Mapped[str]
    user_id: Mapped[int]
    recorded_at: Mapped[datetime]
    position: Mapped[int]


class Count(AppendOnly, Base):
    """One line of a count: what was found of a lot in an account at a time, and what the book said at that time."""

    __tablename__ = "stock_count"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("stock_account.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"), index=True)
    counted_at: Mapped[datetime]
    counted: Mapped[int]
    book: Mapped[int]
    counted_by_person: Mapped[int]
    recounts_id: Mapped[int | None] = mapped_column(ForeignKey("stock_count.id"), unique=True)
    """The line that somebody else counted before; this figure takes its place."""
    recorded_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(unique=True)


class CountReason(AppendOnly, Base):
    """Why the shelf and the book differ, by line of a count; the newest holds."""

    __tablename__ = "stock_count_reason"

    count_id: Mapped[int] = mapped_column(ForeignKey("stock_count.id"), index=True)
    cause: Mapped[CountCause]
    note: Mapped[str]
    user_id: Mapped[int]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class Floor(AppendOnly, Base):
    """What an owner must keep of an item, as set by a document; the newest version holds."""

    __tablename__ = "stock_floor"

    owner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    item_code: Mapped[str] = mapped_column(index=True)
    kind: Mapped[FloorKind]
    response_level: Mapped[str]
    """``none`` while no response is on; a level has a version of its own."""
    quantity: Mapped[int]
    document_number: Mapped[str]
    valid_from: Mapped[datetime]
    recorded_at: Mapped[datetime]
