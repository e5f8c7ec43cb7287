"""What users hand in to plan and dispatch."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field, JsonValue

from reserve.dispatch.terms import DeviceCommandKind
from reserve.drafts import Draft
from reserve.quantities import MAX_QUANTITY

HeldPercent = Annotated[int, Field(ge=0, le=100, strict=True)]
Weight = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
MAX_CLOCK_ERROR_S = 10 * 366 * 86400
"""A device whose clock was reset to its first day is still heard."""


class PinDraft(Draft):
    """A planner's wish: exactly this much from this owner and site to this place for this item; 0 is a ban."""

    owner_code: str
    source_site: str
    need_key: str
    quantity: int = Field(ge=0, le=MAX_QUANTITY, strict=True)


class SmallestDraft(Draft):
    """Of this item so much goes from one owner's store to one place, or nothing."""

    item_code: str
    quantity: int = Field(ge=1, le=MAX_QUANTITY, strict=True)


class PolicyDraft(Draft):
    """How classes stand to each other, and how one class, or all of them together, shares what is scarce."""

    fairness: str = Field(default="max_min", pattern="^(max_min|total|proportional|need_weighted)$")
    kappa_percent: int = Field(default=100, ge=0, le=100)
    """The share of the best attainable fair fill that every place is promised."""
    between: str = Field(default="strict", pattern="^(strict|weighted)$")
    class_weights: tuple[Weight, Weight, Weight] = (9, 3, 1)
    """What an unmet unit of class 1, 2 and 3 counts; read where classes are weighted."""


class PlanRequestDraft(PolicyDraft):
    """Ask for a plan over all needs of incidents that are still to come."""

    incident_codes: tuple[str, ...] = Field(min_length=1)
    item_codes: tuple[str, ...] = ()
    """Only these items; all that are needed where empty."""
    as_of: AwareDatetime | None = None
    known_at: AwareDatetime | None = None
    horizon_hours: int = Field(default=240, ge=6, le=2160)
    loading_minutes: int = Field(default=120, ge=0, le=1440)
    """From the order at the gate to wheels rolling (common rule: outbound starts within two hours)."""
    cover_hours: int | None = Field(default=None, ge=24, le=2160)
    """Goods for a flow arrive at most so long before they are due: cover at the point. Empty: as early as can be."""
    transport_limits: bool = True
    """Docks and vehicles of the books limit what leaves. Without: transport is enough for everything."""
    propose_activations: bool = False
    """Whether the plan may count on lines that stand still and propose to activate them. Orders are still to be signed:
    lines of the plan that rest on a proposal become order lines only when a production order has made them expected."""
    pins: tuple[PinDraft, ...] = ()
    smallest: tuple[SmallestDraft, ...] = ()
    """Shipments below these are made from elsewhere where no class misses a unit by it; those that stay are named."""
    previous_plan: str | None = None
    """The plan in force that this one takes the place of: it stays where nothing better is found, and the answer says
    what changes."""


class PlanResultDraft(Draft):
    """What the solver answered, handed in by the worker."""

    plan_code: str
    plan: str
    """Canonical JSON of the plan."""
    explanation: str
    """Canonical JSON: why each unmet need is unmet."""
    yardsticks: str
    """Canonical JSON: what staff do by hand on the same data, for comparison."""
    changes: str = "[]"
    """Canonical JSON: what changes against the plan before."""
    job_code: str | None = None
    """The job that this settles; empty for the first one of the plan."""
    goes_on: bool = False
    """A first answer, while the job is still being worked on."""


class PlanFailureDraft(Draft):
    plan_code: str
    error: str
    job_code: str | None = None
    """The job that failed; empty for the first one of the plan."""


class PolicyComparisonDraft(PolicyDraft):
    """Ask who would gain and who would lose if this policy took the place of a plan's own."""

    plan_code: str


class HoldBackDraft(Draft):
    """Ask what each share of the stock held back costs while nobody knows how large the need will be."""

    plan_code: str
    known_at_hour: int = Field(default=48, ge=1, le=2160)
    """From the start of the plan; what leaves before it is decided without knowing."""
    held_percents: tuple[HeldPercent, ...] = Field(default=(0, 10, 20, 30), min_length=1, max_length=10)


class ChoiceDraft(Draft):
    """Ask what a wish costs; where none was made, what the place would get without this source, the next best one."""

    plan_code: str
    owner_code: str
    source_site: str
    need_key: str


class LoadsDraft(Draft):
    """Ask for vehicles, tours, hours and pick lists: of a plan's shipments, or of what its orders still promise."""

    plan_code: str
    order_numbers: tuple[str, ...] = ()
    leave_within_hours: int = Field(default=24, ge=1, le=2160)
    item_codes: tuple[str, ...] = ()


class StudyResultDraft(Draft):
    """What was worked out, handed in by the worker."""

    study_code: str
    answer: str
    """Canonical JSON."""


class StudyFailureDraft(Draft):
    study_code: str
    error: str


class OrdersDraft(Draft):
    """Turn the shipments of a plan that leave within some hours into order drafts, one for each owner and site."""

    plan_code: str
    leave_within_hours: int = Field(default=24, ge=1, le=2160)
    item_codes: tuple[str, ...] = ()
    transfers_ownership: bool = True
    """Accepted goods become the receiver's; loans keep their owner."""
    urgency: str = Field(default="特急", max_length=20)
    note: str = ""


class OrderNumberDraft(Draft):
    """Names an order: submit, issue, acknowledge, apply a cut, close."""

    order_number: str


class OrderReasonDraft(Draft):
    order_number: str
    reason: str = Field(min_length=1)


class DepartureLineDraft(Draft):
    line_no: int = Field(ge=1)
    quantity: int = Field(gt=0, le=MAX_QUANTITY, strict=True)


class DepartureDraft(Draft):
    """Goods leave the gate. No lines: everything that is still held for the order."""

    order_number: str
    receiver_site: str
    lines: tuple[DepartureLineDraft, ...] = ()
    vehicle_no: str = ""
    driver: str = ""
    driver_phone: str = ""
    pass_no: str = ""
    seal_no: str = ""
    occurred_at: AwareDatetime | None = None
    planned_arrival_at: AwareDatetime | None = None


class DeliveryLineDraft(Draft):
    """What was found of one lot at the receiver's door."""

    line_no: int = Field(ge=1)
    lot_code: str
    accepted: int = Field(default=0, ge=0, le=MAX_QUANTITY, strict=True)
    damaged: int = Field(default=0, ge=0, le=MAX_QUANTITY, strict=True)
    reason: str = ""
    """Required where something is damaged."""


class DeliveryDraft(Draft):
    """Accept a shipment, in whole or in part. What is not named stays on the road, with its age."""

    shipment_number: str
    lines: tuple[DeliveryLineDraft, ...] = Field(min_length=1)
    occurred_at: AwareDatetime | None = None
    note: str = ""


class TransitLossDraft(Draft):
    """What of a shipment will not arrive: lost, with a reason and a report."""

    shipment_number: str
    reason: str = Field(min_length=1)
    report_no: str = ""
    responsible: str = ""


class TransitReturnDraft(Draft):
    """What is still on the road goes back to its source, to the area for returned goods."""

    shipment_number: str
    reason: str = Field(min_length=1)


class CutLineDraft(Draft):
    line_no: int = Field(ge=1)
    quantity: int = Field(ge=0, le=MAX_QUANTITY, strict=True)
    """What remains promised, what has left included."""


class CutDraft(Draft):
    """Take quantity from an issued promise. No lines: everything that has not left. Signed by who signed the order."""

    order_number: str
    lines: tuple[CutLineDraft, ...] = ()
    reason: str = Field(min_length=1)


class ApplyCutDraft(Draft):
    cut_number: str


class DeviceProblem(Draft):
    """Why a device's words could not be made into a draft."""

    code: str
    field: str
    expected: str
    found: str
    row: int | None = None


class DeviceCommandDraft(Draft):
    """Something that happened while a device had no network.

    What makes it this command is what the device wrote down. How the door read it, and how far the device's clock was
    off when it came, are left out of the body that the request key stands for: the same words sent again are the same.
    """

    key: str = Field(min_length=8, max_length=64)
    """Made by the device when it happened; sent as the request key too."""
    kind: DeviceCommandKind
    site_code: str
    """Where it happened."""
    device_at: AwareDatetime
    """By the device's own clock."""
    words: dict[str, JsonValue]
    """As the device wrote it down: a draft, or the fields of a form."""
    content: dict[str, JsonValue] | None = Field(default=None, exclude=True)
    """The draft that the words mean; empty where the door could not make one, and ``problems`` says why."""
    problems: tuple[DeviceProblem, ...] = Field(default=(), exclude=True)
    clock_ahead_s: float = Field(default=0, ge=-MAX_CLOCK_ERROR_S, le=MAX_CLOCK_ERROR_S, exclude=True)
    """Seconds by which the device's clock was ahead of ours when it sent this."""


class SettlementDraft(Draft):
    """How a fact that could not be posted was set right: by a paper posted since, or, by a supervisor, by a reason."""

    command_key: str
    document_number: str = ""
    reason: str = ""
