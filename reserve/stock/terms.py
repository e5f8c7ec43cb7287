"""Words for stock: kinds, and the value objects of its laws. What users hand in stands in ``drafts.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from reserve.sites.terms import BinKind


class Fund(StrEnum):
    """On whose money goods were bought (资金渠道)."""

    PROVINCIAL = "provincial"
    CITY = "city"
    COUNTY = "county"
    DONATION = "donation"
    OWN = "own"
    BACKSTOP = "backstop"


class MovementKind(StrEnum):
    OPEN = "open"
    RECEIVE = "receive"
    INSPECT = "inspect"
    TRANSFER = "transfer"
    ISSUE = "issue"
    DEPART = "depart"
    ACCEPT = "accept"
    RETURN = "return"
    LOSE = "lose"
    FIND = "find"
    COUNT = "count"
    ADJUST = "adjust"
    DISPOSE = "dispose"
    REVERSE = "reverse"


class HoldMode(StrEnum):
    ALL_OR_NOTHING = "all_or_nothing"
    UP_TO = "up_to"


class HoldOutcome(StrEnum):
    FULFILLED = "fulfilled"
    RELEASED = "released"
    EXPIRED = "expired"
    BROKEN = "broken"
    REPLACED = "replaced"


class BlockReason(StrEnum):
    RECALL = "recall"
    SUSPICION = "suspicion"
    EXCURSION = "excursion"
    UNINSPECTED = "uninspected"


class Condition(StrEnum):
    """Of one machine, as last looked at."""

    FIT = "fit"
    NEEDS_SERVICE = "needs_service"


class CountCause(StrEnum):
    """Why a shelf and the book differ (盘点差异原因)."""

    UNRECORDED_ISSUE = "unrecorded_issue"
    UNRECORDED_RECEIPT = "unrecorded_receipt"
    WRONG_BIN = "wrong_bin"
    WRONG_LOT = "wrong_lot"
    EARLIER_COUNT = "earlier_count"
    BROKEN = "broken"
    MISSING = "missing"
    UNKNOWN = "unknown"


class FloorKind(StrEnum):
    READINESS = "readiness"
    OPERATING = "operating"
    STRATEGIC = "strategic"


class Purpose(StrEnum):
    """Why goods move; disposal, return and counting may touch what use may not."""

    USE = "use"
    TRAINING = "training"
    DISPOSAL = "disposal"
    RETURN = "return"


# --- value objects of the laws ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LotOnHand:
    """A lot as it lies in one account. ``available`` is usable and not held, base units."""

    lot_id: int
    expires_on: date | None
    available: int
    pack_size: int = 1
    account_id: int = 0


@dataclass(frozen=True, slots=True)
class Pick:
    lot_id: int
    quantity: int
    account_id: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """One lot to move from one account to another; ``hold_id`` names the hold that it uses up, in whole or part."""

    lot_id: int
    from_account: int
    to_account: int
    quantity: int
    line_id: int | None = None
    hold_id: int | None = None


@dataclass(frozen=True, slots=True)
class HoldWish:
    """So much of a lot in an account, for a document line. Larger priorities give way later."""

    account_id: int
    lot_id: int
    quantity: int
    line_id: int
    priority: int = 1


@dataclass(frozen=True, slots=True)
class HoldHere:
    """A hold that stands, as the law of breaking sees it."""

    hold_id: int
    quantity: int
    priority: int
    position: int


@dataclass(frozen=True, slots=True)
class Break:
    """How a hold gives way to a fact: what is lost of it and what still stands."""

    hold_id: int
    lost: int
    rest: int


@dataclass(frozen=True, slots=True)
class Step:
    """A change of one lot in one account at an effective time. Signed, base units."""

    occurred_at: datetime
    quantity: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """One short line: less is free than was asked for. ``lot_id`` and ``line_id`` say exactly which."""

    item_code: str
    lot_code: str
    wanted: int
    available: int
    place: str = ""
    lot_id: int = field(default=0, compare=False)
    line_id: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class StockLine:
    """A lot in an account with every fact that the ladder needs. Quantities in base units."""

    item_code: str
    lot_id: int
    lot_code: str
    maker: str
    expires_on: date | None
    must_expire: bool
    needs_certificate: bool
    certificate: str | None
    pack_size: int
    account_id: int
    bin_code: str
    bin_kind: BinKind
    site_code: str
    owner_code: str
    on_hand: int
    held: int
    blocked: bool
    min_remaining_months: int = 0
    serviceable: bool = True
    """False: a machine that waits for repair."""
    must_calibrate: bool = False
    calibrated_to: date | None = None
    """The last day on which a machine's calibration is good."""


class Deduction(StrEnum):
    """Why a piece on the book is not usable, deliverable or free."""

    BLOCKED = "blocked"
    UNINSPECTED = "uninspected"
    REJECTED = "rejected"
    NEEDS_SERVICE = "needs_service"
    UNCALIBRATED = "uncalibrated"
    UNCERTIFIED = "uncertified"
    EXPIRY_MISSING = "expiry_missing"
    EXPIRED = "expired"
    HELD = "held"
    FLOOR = "floor"
    TOO_SHORT_LIFE = "too_short_life"


@dataclass(frozen=True, slots=True)
class Rung:
    """The ladder for one item of one owner at one site: six words, each deduction once. Base units.

    book ≥ usable ≥ free ≥ drawable ≥ deliverable; ``reachable`` adds what is on the road, expected and producible.
    """

    item_code: str
    owner_code: str
    site_code: str
    book: int
    usable: int
    free: int
    drawable: int
    deliverable: int
    deductions: tuple[tuple[Deduction, int], ...] = field(default=())
