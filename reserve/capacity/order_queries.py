"""Questions about production orders: what is promised, planned, reported and released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.capacity import rules
from reserve.capacity.models import OutputRelease, OutputReport, PlannedOutput, Producer, ProductionOrder
from reserve.capacity.terms import Commitment, DayReport, Reliability
from reserve.errors import NotFound
from reserve.papers import queries as paper_queries
from reserve.papers.terms import State

IN_FORCE = frozenset({State.ISSUED, State.IN_EXECUTION})


@dataclass(frozen=True, slots=True)
class LateReport:
    """An order with days that are over, had output planned and were not reported."""

    order_number: str
    producer_code: str
    line_code: str
    days: tuple[date, ...]


def get_order(session: Session, number: str) -> ProductionOrder:
    order = session.scalar(select(ProductionOrder).where(ProductionOrder.number == number))
    if order is None:
        raise NotFound("production order", number)
    return order


def list_orders(
    session: Session, *, incident_code: str | None = None, after_id: int = 0, limit: int = 100
) -> list[ProductionOrder]:
    """Production orders in the order of their drafting, one keyset page."""
    statement = select(ProductionOrder).where(ProductionOrder.id > after_id)
    if incident_code is not None:
        statement = statement.where(ProductionOrder.incident_code == incident_code)
    return list(session.scalars(statement.order_by(ProductionOrder.id).limit(limit)))


def orders_in_force(session: Session, line_codes: Collection[str] = ()) -> list[ProductionOrder]:
    """Orders issued and not ended; of all lines where no codes are given."""
    statement = select(ProductionOrder).order_by(ProductionOrder.id)
    if line_codes:
        statement = statement.where(ProductionOrder.line_code.in_(sorted(line_codes)))
    orders = session.scalars(statement).all()
    states = paper_queries.states_of_many(session, [order.document_id for order in orders])
    return [order for order in orders if states[order.document_id] in IN_FORCE]


def commitments(session: Session, line_codes: Collection[str] = ()) -> list[Commitment]:
    """What lines are promised for now."""
    return [commitment_of(order) for order in orders_in_force(session, line_codes)]


def commitment_of(order: ProductionOrder) -> Commitment:
    return Commitment(
        order_number=order.number,
        line_code=order.line_code,
        incident_code=order.incident_code,
        quantity_per_day=order.quantity_per_day,
        from_on=order.from_on,
        to_on=order.to_on,
    )


def planned_by_day(session: Session, order_id: int, known_at: datetime) -> dict[date, int]:
    """Pieces that an order should make, by day; days without are left out."""
    return _planned(session, known_at, [order_id]).get(order_id, {})


def _planned(
    session: Session, known_at: datetime, order_ids: Collection[int] | None = None
) -> dict[int, dict[date, int]]:
    statement = select(PlannedOutput).where(PlannedOutput.recorded_at <= known_at)
    if order_ids is not None:
        statement = statement.where(PlannedOutput.order_id.in_(sorted(order_ids)))
    rows = session.scalars(statement.order_by(PlannedOutput.recorded_at, PlannedOutput.id))
    newest = {(row.order_id, row.day): row.quantity for row in rows}
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for (order_id, day), quantity in sorted(newest.items()):
        if quantity > 0:
            found[order_id][day] = quantity
    return dict(found)


def planned_output(session: Session, known_at: datetime, since: date) -> list[tuple[ProductionOrder, date, int]]:
    """What all orders should make from a day on: order, day, pieces."""
    planned = _planned(session, known_at)
    orders = session.scalars(select(ProductionOrder).where(ProductionOrder.id.in_(sorted(planned))))
    by_id = {order.id: order for order in orders}
    return [
        (by_id[order_id], day, quantity)
        for order_id, days in planned.items()
        for day, quantity in days.items()
        if day >= since
    ]


def reports_of(session: Session, order_id: int, known_at: datetime) -> dict[date, DayReport]:
    """What an order made, by day, as last reported."""
    return _reports(session, known_at, [order_id]).get(order_id, {})


def _reports(session: Session, known_at: datetime, order_ids: Iterable[int]) -> dict[int, dict[date, DayReport]]:
    statement = select(OutputReport).where(
        OutputReport.recorded_at <= known_at, OutputReport.order_id.in_(sorted(set(order_ids)))
    )
    found: dict[int, dict[date, DayReport]] = defaultdict(dict)
    for row in session.scalars(statement.order_by(OutputReport.recorded_at, OutputReport.id)):
        found[row.order_id][row.day] = DayReport(row.day, row.good, row.scrap)
    return {order_id: dict(sorted(days.items())) for order_id, days in found.items()}


def reporter_of(session: Session, order_id: int, day: date) -> int | None:
    """Person who last reported a day; None when nobody has."""
    statement = select(OutputReport.person_id).where(OutputReport.order_id == order_id, OutputReport.day == day)
    return session.scalar(statement.order_by(OutputReport.id.desc()).limit(1))


def released_of(session: Session, order_id: int, made_on: date) -> int:
    """Pieces of a day's output that were tested, accepted and rejected together."""
    statement = select(func.coalesce(func.sum(OutputRelease.accepted + OutputRelease.rejected), 0)).where(
        OutputRelease.order_id == order_id, OutputRelease.made_on == made_on
    )
    return int(session.execute(statement).scalar_one())


def late_reporters(session: Session, today: date, known_at: datetime) -> list[LateReport]:
    """Orders whose reports for days before today are missing, by number."""
    planned = _planned(session, known_at)
    reports = _reports(session, known_at, planned)
    statement = (
        select(ProductionOrder, Producer.code)
        .join(Producer, Producer.id == ProductionOrder.producer_id)
        .where(ProductionOrder.id.in_(sorted(planned)))
        .order_by(ProductionOrder.number)
    )
    found = []
    for order, producer_code in session.execute(statement):
        days = rules.missing_days(planned[order.id], reports.get(order.id, {}), today)
        if days:
            found.append(LateReport(order.number, producer_code, order.line_code, tuple(days)))
    return found


def reliability_of(session: Session, order_id: int, known_at: datetime) -> Reliability:
    """Promise against output of an order over its reported days."""
    planned = planned_by_day(session, order_id, known_at)
    return rules.reliability(planned, reports_of(session, order_id, known_at))
