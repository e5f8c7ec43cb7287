"""Plans, the lines of orders, shipments and deliveries. States and progress are derived, never typed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reserve.db import AppendOnly, Base
from reserve.dispatch.terms import DeviceCommandKind, DeviceOutcome, StudyKind


class DispatchPlan(AppendOnly, Base):
    """A plan was asked for: what it looks at, frozen and compressed, with its hash and the last position it saw."""

    __tablename__ = "dispatch_plan"

    code: Mapped[str] = mapped_column(unique=True)
    incident_codes: Mapped[str]
    """Joined by ``;``."""
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    organisation_path: Mapped[str] = mapped_column(index=True)
    """The body that leads the first incident."""
    as_of: Mapped[datetime]
    known_at: Mapped[datetime]
    ledger_position: Mapped[int]
    policy: Mapped[str]
    pins: Mapped[str]
    """JSON: source code, need code and quantity of each, as the instance names them."""
    smallest: Mapped[str]
    """JSON: item code and quantity of the smallest shipments asked for."""
    instance: Mapped[bytes]
    instance_hash: Mapped[str]
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("dispatch_plan.id"), index=True)
    """The plan that this one takes the place of."""
    followed: Mapped[bytes]
    """What was frozen of it; empty where there is none."""
    requested_by_person: Mapped[int]
    recorded_at: Mapped[datetime]
    job_code: Mapped[str]


class PlanResult(AppendOnly, Base):
    """An answer to a plan request: a checked plan with its explanation, or why there is none.

    One for each rung of the ladder that was reached, each no worse than the one before; the last one stands.
    """

    __tablename__ = "dispatch_plan_result"
    __table_args__ = (UniqueConstraint("plan_id", "rung"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("dispatch_plan.id"))
    plan: Mapped[bytes]
    plan_hash: Mapped[str]
    explanation: Mapped[bytes]
    yardsticks: Mapped[str]
    changes: Mapped[str]
    """JSON: what changes against the plan before, line by line."""
    rung: Mapped[str]
    error: Mapped[str | None]
    recorded_at: Mapped[datetime]


class PlanLine(AppendOnly, Base):
    """One shipment of a plan in the words of the books."""

    __tablename__ = "dispatch_plan_line"
    __table_args__ = (
        UniqueConstraint("result_id", "line_no"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    result_id: Mapped[int] = mapped_column(ForeignKey("dispatch_plan_result.id"))
    line_no: Mapped[int]
    need_key: Mapped[str]
    item_code: Mapped[str]
    owner_code: Mapped[str]
    source_site: Mapped[str]
    receiver_site: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("stock_account.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("stock_lot.id"))
    supply_code: Mapped[str | None]
    quantity: Mapped[int]
    leave_at: Mapped[datetime]
    arrive_at: Mapped[datetime]
    due_at: Mapped[datetime]
    step: Mapped[int]
    source_kind: Mapped[str]
    authority: Mapped[str]
    numerator: Mapped[int]
    denominator: Mapped[int]
    """So many units of what goes make up so many of what is needed; 1 and 1 where the item itself goes."""
    makes_up: Mapped[int]
    """Units of the need that the line makes up."""


class PlanStudy(AppendOnly, Base):
    """A further question about a plan, frozen with everything its answer rests on besides the plan itself."""

    __tablename__ = "dispatch_study"

    code: Mapped[str] = mapped_column(unique=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("dispatch_plan.id"), index=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("dispatch_plan_result.id"))
    """The rung that was looked at."""
    kind: Mapped[StudyKind]
    question: Mapped[bytes]
    """Canonical JSON, compressed."""
    question_hash: Mapped[str]
    """Of the plan as solved and the question: the same hash has the same answer."""
    requested_by_person: Mapped[int]
    recorded_at: Mapped[datetime]
    job_code: Mapped[str]


class StudyResult(AppendOnly, Base):
    """The answer to a study, once; or why there is none."""

    __tablename__ = "dispatch_study_result"

    study_id: Mapped[int] = mapped_column(ForeignKey("dispatch_study.id"), unique=True)
    answer: Mapped[bytes]
    """Canonical JSON, compressed."""
    answer_hash: Mapped[str]
    error: Mapped[str | None]
    recorded_at: Mapped[datetime]


class OrderLine(AppendOnly, Base):
    """Why an order line stands: the need it serves, the plan it comes from, the step that admits its source."""

    __tablename__ = "dispatch_order_line"

    document_line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"), unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("dispatch_plan.id"), index=True)
    need_key: Mapped[str] = mapped_column(index=True)
    due_at: Mapped[datetime]
    step: Mapped[int]
    source_kind: Mapped[str]
    authority: Mapped[str]
    numerator: Mapped[int]
    denominator: Mapped[int]
    """As on the plan line: so many units of the line make up so many of the need."""


class OrderLot(AppendOnly, Base):
    """Which lots the plan wants for an order line; holds are placed on exactly these when it is submitted."""

    __tablename__ = "dispatch_order_lot"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    document_line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("stock_account.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("stock_lot.id"))
    supply_code: Mapped[str | None]
    quantity: Mapped[int]


class Acknowledgement(AppendOnly, Base):
    """The store has read an order and will carry it out."""

    __tablename__ = "dispatch_acknowledgement"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class Shipment(AppendOnly, Base):
    """Goods of one order that left together for one receiver. They stand in a transit bin of this number."""

    __tablename__ = "dispatch_shipment"

    number: Mapped[str] = mapped_column(unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    source_site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    receiver_site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    movement_id: Mapped[int] = mapped_column(ForeignKey("stock_movement.id"), unique=True)
    vehicle_no: Mapped[str]
    driver: Mapped[str]
    driver_phone: Mapped[str]
    pass_no: Mapped[str]
    seal_no: Mapped[str]
    departed_at: Mapped[datetime]
    planned_arrival_at: Mapped[datetime | None]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]


class DeliveryLine(AppendOnly, Base):
    """What was found of one lot at the receiver's door, with the reason for what was not accepted."""

    __tablename__ = "dispatch_delivery_line"

    shipment_id: Mapped[int] = mapped_column(ForeignKey("dispatch_shipment.id"), index=True)
    movement_id: Mapped[int] = mapped_column(ForeignKey("stock_movement.id"), index=True)
    document_line_id: Mapped[int] = mapped_column(ForeignKey("document_line.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("stock_lot.id"))
    accepted: Mapped[int]
    damaged: Mapped[int]
    reason: Mapped[str]
    person_id: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class DeviceCommand(AppendOnly, Base):
    """What somebody did without network and a device brought in later: posted, or waiting to be reconciled."""

    __tablename__ = "device_command"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    user_id: Mapped[int]
    person_id: Mapped[int]
    key: Mapped[str]
    """Made by the device when it happened; the request key under which it came in."""
    kind: Mapped[DeviceCommandKind]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    content: Mapped[str]
    """JSON, as the device wrote it down."""
    device_at: Mapped[datetime]
    """By the device's own clock."""
    occurred_at: Mapped[datetime]
    """By ours: corrected by how far the device's clock was off, never later than it was recorded."""
    outcome: Mapped[DeviceOutcome] = mapped_column(index=True)
    refusal: Mapped[str]
    """Code of what stood against it; empty when it was posted."""
    problems: Mapped[str]
    """JSON: every fault with its field, what was expected and what was found."""
    document_number: Mapped[str | None]
    recorded_at: Mapped[datetime]


class DeviceSettlement(AppendOnly, Base):
    """How a fact that could not be posted was set right, once: by which paper, or why without one."""

    __tablename__ = "device_settlement"
    __table_args__ = (UniqueConstraint("command_id"),)

    command_id: Mapped[int] = mapped_column(ForeignKey("device_command.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    reason: Mapped[str]
    user_id: Mapped[int]
    person_id: Mapped[int]
    recorded_at: Mapped[datetime]
