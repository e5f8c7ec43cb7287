"""Answers about stock. Quantities are whole numbers in the item's base unit; packs stand beside pieces."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import computed_field

from api.schemas.base import Out
from reserve.papers.terms import State
from reserve.sites.terms import BinKind
from reserve.stock.scans import Scheme
from reserve.stock.terms import Condition, Deduction, HoldMode, MovementKind


class PostedOut(Out):
    """The paper written, and the places of its movements in the one order of everything."""

    number: str
    state: State
    recorded_at: datetime
    occurred_at: datetime
    positions: tuple[int, ...]


class CountedOut(Out):
    """``variance_number``: the paper to be signed before differences are posted. ``recounts``: lines that somebody
    else must count again before that paper is made."""

    number: str
    state: State
    differences: int
    variance_number: str | None
    recounts: int


class ReasonedOut(Out):
    """How many differences of a count have a reason, and how many still want one before they are posted."""

    number: str
    given: int
    missing: int


class HoldsPlacedOut(Out):
    number: str
    held: tuple[int, ...]
    short: tuple[int, ...]


class HoldsEndedOut(Out):
    ended: int
    number: str | None


class StockLineOut(Out):
    item_code: str
    lot_code: str
    maker: str
    expires_on: date | None
    certificate: str | None
    pack_size: int
    site_code: str
    bin_code: str
    bin_kind: BinKind
    owner_code: str
    on_hand: int
    held: int
    blocked: bool
    serviceable: bool
    must_calibrate: bool
    calibrated_to: date | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def packs(self) -> int:
        """Whole packs in ``on_hand``."""
        return self.on_hand // self.pack_size


class MachineCheckedOut(Out):
    """What holds of a machine from now on. ``calibrated_to``: the last day on which its calibration is good."""

    item_code: str
    serial: str
    condition: Condition
    calibrated_on: date | None
    calibrated_to: date | None


class MachineOut(Out):
    """A machine where it stands. ``because``: why it may not be used today; empty when it may."""

    item_code: str
    serial: str
    maker: str
    site_code: str
    bin_code: str
    owner_code: str
    condition: Condition
    calibrated_to: date | None
    because: Deduction | None


class KnownLotOut(Out):
    """A lot that carries the scanned code."""

    item_code: str
    code: str
    maker: str
    expires_on: date | None
    pack_size: int


class ScanOut(Out):
    """What a code says. ``pieces``: base units in what was scanned; empty where neither label nor code says so."""

    scheme: Scheme
    item_code: str | None
    trade_code: str
    lot_code: str
    serial: str
    made_on: date | None
    expires_on: date | None
    pieces: int | None
    site_code: str
    bin_code: str
    box_code: str
    document_number: str
    known_lots: list[KnownLotOut]


class RungOut(Out):
    """The ladder from the book down to what may be delivered today; each deduction once."""

    item_code: str
    owner_code: str
    site_code: str
    book: int
    usable: int
    free: int
    drawable: int
    deliverable: int
    deductions: dict[Deduction, int]


class LedgerLineOut(Out):
    """One lot moving from one account to another."""

    id: int
    position: int
    kind: MovementKind
    document_id: int
    occurred_at: datetime
    recorded_at: datetime
    person_id: int
    reason: str
    lot_id: int
    from_account_id: int
    to_account_id: int
    quantity: int


class HoldOut(Out):
    id: int
    account_id: int
    lot_id: int
    quantity: int
    document_line_id: int
    mode: HoldMode
    priority: int
    placed_at: datetime
    expires_at: datetime | None
