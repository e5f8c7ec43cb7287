"""Answers about plans, orders and shipments."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from api.schemas.base import Out
from api.schemas.papers import DocumentRow
from reserve.dispatch.terms import PlanState, ShipmentState


class PlanRef(Out):
    code: str
    incident_codes: str
    as_of: datetime
    known_at: datetime
    ledger_position: int
    policy: str
    instance_hash: str
    recorded_at: datetime
    job_code: str


class PlannedLineOut(Out):
    line_no: int
    need_key: str
    item_code: str
    owner_code: str
    source_site: str
    receiver_site: str
    lot_id: int | None
    supply_code: str | None
    quantity: int
    leave_at: datetime
    arrive_at: datetime
    due_at: datetime
    step: int
    source_kind: str
    authority: str
    numerator: int
    denominator: int
    """So many units of ``item_code`` make up so many of what ``need_key`` names; 1 and 1 where the item itself goes."""
    makes_up: int


class SmallShipmentOut(Out):
    """``source``: owner and site, as the explanation names them."""

    source: str
    item_code: str
    place: str
    quantity: int


class DayOutputOut(Out):
    at: datetime
    quantity: int


class RunOut(Out):
    """What a line makes under a plan, day after day from ``from_at`` on. A proposal waits for its production order."""

    line_code: str
    item_code: str
    source_code: str
    proposed: bool
    from_at: datetime
    made: list[int]
    issued: list[DayOutputOut]


class ReasonOut(Out):
    """An unmet need in words.

    because  what its units wait for, what is kept out by which rule, who has the goods
    help     what to do and what it brings, proven; empty where nothing is proven
    """

    need_code: str
    place_code: str
    place: str
    item_code: str
    item: str
    unmet: int
    because: list[str]
    help: list[str]


class PlanOut(PlanRef):
    """A plan with its shipments, why anything is unmet, and the yardsticks on the same data."""

    state: PlanState
    error: str | None
    plan_hash: str
    rung: str
    """How far up the ladder this answer comes from: R0 nearest first, R1 the guide, R2 the exact stages, R3 with
    what lines make decided by search."""
    bound: float | None
    """Unmet base units that no plan can beat; none where the rung proves nothing."""
    gap: float | None
    climbing: bool
    """Whether a better answer is still being looked for."""
    lines: list[PlannedLineOut]
    production: list[RunOut]
    explanation: JsonValue
    reasons: list[ReasonOut]
    """The same in words, in the reader's language."""
    yardsticks: JsonValue
    small_shipments: list[SmallShipmentOut]
    """Below the smallest shipment asked for, and yet sent: without them somebody would miss goods."""


class ChangeOut(Out):
    """One line of what a plan made again changes; a cut is of an order and falls only when it is signed."""

    kind: str
    reason: str
    order_number: str | None
    line_no: int | None
    need_key: str
    source_code: str
    source: str
    place_code: str
    place: str
    item_code: str
    item: str
    before: int
    after: int
    leave_at: datetime | None
    sentence: str


class OrdersDraftedOut(Out):
    plan_code: str
    numbers: tuple[str, ...]


class AcknowledgementOut(Out):
    person_id: int
    recorded_at: datetime


class LineProgressOut(Out):
    """ordered = held + expected + departed + given up

    departed = in transit + accepted + damaged + lost + returned
    """

    line_no: int
    item_code: str
    needed_item: str
    numerator: int
    denominator: int
    """So many units of ``item_code`` make up so many of ``needed_item``; 1 and 1 where the item itself goes."""
    source_code: str
    receiver_code: str
    ordered: int
    held: int
    expected: int
    """Promised of goods still to be made or to come."""
    given_up: int
    departed: int
    in_transit: int
    accepted: int
    damaged: int
    lost: int
    returned: int


class ShipmentOut(Out):
    number: str
    vehicle_no: str
    pass_no: str
    seal_no: str
    departed_at: datetime
    planned_arrival_at: datetime | None
    recorded_at: datetime


class OrderOut(DocumentRow):
    lines: list[LineProgressOut]
    shipments: list[ShipmentOut]


class OnTheRoadOut(Out):
    item_code: str
    lot_code: str
    quantity: int


class ShipmentWholeOut(ShipmentOut):
    """A shipment with its crew and what it still carries."""

    order_number: str
    source_site: str
    receiver_site: str
    driver: str
    driver_phone: str
    state: ShipmentState
    on_the_road: list[OnTheRoadOut]


class DepartedOut(Out):
    number: str
    order_number: str
    quantity: int
    departed_at: datetime


class HandledOut(Out):
    number: str
    order_number: str
    accepted: int
    damaged: int
    lost: int
    returned: int
    on_the_road: int
    state: ShipmentState
