"""Words for who gets what. What users hand in stands in ``drafts.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PlanState(StrEnum):
    """A plan waits for its solve, is there, or could not be made."""

    WAITING = "waiting"
    SOLVED = "solved"
    FAILED = "failed"


class StudyKind(StrEnum):
    """A further question about a plan."""

    POLICIES = "policies"
    """Who gains and who loses under another policy."""
    HOLD_BACK = "hold_back"
    """What each share held back costs if the need turns out low, as thought, or high."""
    LOADS = "loads"
    """Vehicles, tours, hours and pick lists."""
    CHOICE = "choice"
    """What a wish of the planner costs, or what the next best source would have cost."""


class CutReason(StrEnum):
    """Why a promise cannot stand."""

    NEED_FELL = "need_fell"
    NO_WAY_IN_TIME = "no_way_in_time"


class ShipmentState(StrEnum):
    """Derived from the ledger: what of it is still on the road."""

    ON_THE_ROAD = "on_the_road"
    ARRIVED = "arrived"


class DeviceCommandKind(StrEnum):
    """What a storekeeper does without network. Each is a fact: it has happened when the device writes it down."""

    RECEIVE = "receive"
    INSPECT = "inspect"
    TRANSFER = "transfer"
    ISSUE = "issue"
    COUNT = "count"
    DEPART = "depart"
    DELIVER = "deliver"


class DeviceOutcome(StrEnum):
    """What became of it when the device came back."""

    POSTED = "posted"
    TO_RECONCILE = "to_reconcile"


@dataclass(frozen=True, slots=True)
class LineProgress:
    """What has become of one order line, base units. Derived from holds, pegs and entries, never stored.

    ordered = held + expected + departed + given up; departed = in transit + accepted + damaged + lost + returned
    """

    line_id: int
    ordered: int
    held: int
    departed: int
    accepted: int
    damaged: int
    lost: int
    returned: int
    expected: int = 0
    """Promised of goods that are still to be made or to come."""

    @property
    def promised(self) -> int:
        """What has not left yet and still means to."""
        return self.held + self.expected

    @property
    def in_transit(self) -> int:
        return self.departed - self.accepted - self.damaged - self.lost - self.returned

    @property
    def given_up(self) -> int:
        """Neither promised nor sent: not held yet, not approved, cut, or a hold that was broken."""
        return self.ordered - self.promised - self.departed

    @property
    def coming(self) -> int:
        """Promised or on the road: what a new plan need not send again."""
        return self.promised + self.in_transit


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One shipment of a plan in the words of the books."""

    line_no: int
    need_key: str
    item_code: str
    owner_code: str
    source_site: str
    receiver_site: str
    account_id: int | None
    lot_id: int | None
    supply_code: str | None
    """Set instead of account and lot where the goods are only expected."""
    quantity: int
    leave_at: datetime
    arrive_at: datetime
    due_at: datetime
    step: int
    source_kind: str
    authority: str
    numerator: int
    denominator: int
    """So many units of what goes make up so many of what is needed; 1 and 1 where the item itself goes."""
    makes_up: int
    """Units of the need that the line makes up."""


@dataclass(frozen=True, slots=True)
class CutProposal:
    """A promise that a plan made again would lower; it falls only when a cut is signed. Units of the item."""

    reason: CutReason
    order_number: str
    line_no: int
    need_key: str
    item_code: str
    source_site: str
    receiver_site: str
    need_class: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class OrderGroup:
    """The lines that become one order letter: one owner's goods at one site under one cascade step."""

    owner_code: str
    source_site: str
    step: int
    source_kind: str
    lines: tuple[PlannedLine, ...]


@dataclass(frozen=True, slots=True)
class StaleLine:
    """A line whose goods are no longer there as planned, and why."""

    line_no: int
    item_code: str
    lot_code: str
    wanted: int
    available: int
    because: str
