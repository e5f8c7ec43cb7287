"""Questions about plans, orders, shipments; what has become of a line is read from holds and entries."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.smallest import Smallest, small_quantities
from optimizer.limits import Rung
from reserve.capacity import pegs
from reserve.db import within
from reserve.dispatch import rules
from reserve.dispatch.models import (
    Acknowledgement,
    DispatchPlan,
    OrderLine,
    OrderLot,
    PlanLine,
    PlanResult,
    Shipment,
)
from reserve.dispatch.terms import LineProgress, PlannedLine, PlanState, ShipmentState
from reserve.errors import NotFound
from reserve.organisations.models import Organisation
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document, DocumentLine, DocumentState
from reserve.papers.terms import DocumentKind, State
from reserve.sites.models import Bin, Site
from reserve.sites.terms import BinKind
from reserve.stock.models import Entry, Hold, HoldEnd, Lot, Movement, StockAccount
from reserve.stock.terms import MovementKind

GIVEN_UP = frozenset({State.REJECTED, State.WITHDRAWN})
Goods = tuple[str, int | None, int | None, str | None]
"""Need key, account and lot, or expected supply."""


# --- plans --------------------------------------------------------------------------------------------------------


def get_plan(session: Session, code: str) -> DispatchPlan:
    plan = session.scalar(select(DispatchPlan).where(DispatchPlan.code == code))
    if plan is None:
        raise NotFound("plan", code)
    return plan


def list_plans(session: Session, scopes: Iterable[str], after_id: int = 0, limit: int = 100) -> Sequence[DispatchPlan]:
    statement = select(DispatchPlan).where(within(DispatchPlan.organisation_path, scopes), DispatchPlan.id > after_id)
    return session.scalars(statement.order_by(DispatchPlan.id).limit(limit)).all()


def find_result(session: Session, plan_id: int) -> PlanResult | None:
    """The answer that stands: of the highest rung reached so far."""
    statement = select(PlanResult).where(PlanResult.plan_id == plan_id).order_by(PlanResult.id.desc()).limit(1)
    return session.scalars(statement).first()


def plan_state(session: Session, plan_id: int) -> PlanState:
    result = find_result(session, plan_id)
    if result is None:
        return PlanState.WAITING
    return PlanState.FAILED if result.error else PlanState.SOLVED


def instance_of(plan: DispatchPlan) -> Instance:
    """What the plan looked at, as it was frozen."""
    return Instance.from_json(zlib.decompress(plan.instance).decode())


def follow_up_of(session: Session, plan_id: int) -> DispatchPlan | None:
    """The last solved plan that took the place of this one."""
    statement = (
        select(DispatchPlan)
        .join(PlanResult, PlanResult.plan_id == DispatchPlan.id)
        .where(DispatchPlan.previous_id == plan_id, PlanResult.error.is_(None))
    )
    return session.scalars(statement.order_by(DispatchPlan.id.desc()).limit(1)).first()


def followed_of(plan: DispatchPlan) -> dict[str, Any] | None:
    """What was frozen of the plan before; None for a plan made from nothing."""
    return json.loads(zlib.decompress(plan.followed)) if plan.followed else None


def solve_task(plan: DispatchPlan, rung: Rung = Rung.EXACT_STAGES) -> dict[str, Any]:
    """Everything a solver needs to answer a request, in plain JSON values; see ``optimizer/dispatch/brief.py``."""
    followed = followed_of(plan)
    return {
        "rung": rung.value,
        "followed": followed and {"t0": followed["t0"], "plan": followed["plan"]},
        "instance": instance_of(plan).to_json(),
        "policy": json.loads(plan.policy),
        "pins": json.loads(plan.pins),
        "smallest": json.loads(plan.smallest),
    }


def small_shipments(request: DispatchPlan, result: PlanResult) -> list[tuple[str, str, str, int]]:
    """What a plan sends below the smallest shipments asked for: owner and site, item, place, quantity."""
    least = [Smallest(*row) for row in json.loads(request.smallest)]
    return small_quantities(plan_of(result), least) if least else []


def plan_of(result: PlanResult) -> Plan:
    return Plan.from_json(zlib.decompress(result.plan).decode())


def explanation_of(result: PlanResult) -> str:
    """Canonical JSON of the explanation."""
    return zlib.decompress(result.explanation).decode()


def plan_lines(session: Session, plan_id: int) -> list[PlannedLine]:
    """The shipments of the answer that stands."""
    result = find_result(session, plan_id)
    mine = PlanLine.result_id == (result.id if result else None)
    rows = session.scalars(select(PlanLine).where(mine).order_by(PlanLine.line_no))
    return [
        PlannedLine(
            line_no=row.line_no,
            need_key=row.need_key,
            item_code=row.item_code,
            owner_code=row.owner_code,
            source_site=row.source_site,
            receiver_site=row.receiver_site,
            account_id=row.account_id,
            lot_id=row.lot_id,
            supply_code=row.supply_code,
            quantity=row.quantity,
            leave_at=row.leave_at,
            arrive_at=row.arrive_at,
            due_at=row.due_at,
            step=row.step,
            source_kind=row.source_kind,
            authority=row.authority,
            numerator=row.numerator,
            denominator=row.denominator,
            makes_up=row.makes_up,
        )
        for row in rows
    ]


# --- orders -------------------------------------------------------------------------------------------------------


def organisation_of(session: Session, document: Document) -> Organisation:
    """The body in whose name a paper stands."""
    return session.get_one(Organisation, document.organisation_id)


def order_lines(session: Session, document_id: int) -> Mapping[int, OrderLine]:
    """Order lines by the id of their document line."""
    rows = session.scalars(select(OrderLine).where(OrderLine.document_id == document_id))
    return {row.document_line_id: row for row in rows}


def order_lots(session: Session, document_id: int) -> Sequence[OrderLot]:
    statement = (
        select(OrderLot)
        .join(DocumentLine, DocumentLine.id == OrderLot.document_line_id)
        .where(DocumentLine.document_id == document_id)
        .order_by(DocumentLine.line_no, OrderLot.id)
    )
    return session.scalars(statement).all()


def orders_of_plan(session: Session, plan_id: int) -> Sequence[Document]:
    """The order letters written from a plan."""
    mine = select(OrderLine.document_id).where(OrderLine.plan_id == plan_id).scalar_subquery()
    return session.scalars(select(Document).where(Document.id.in_(mine)).order_by(Document.id)).all()


def drafted_lots(session: Session, plan_id: int) -> set[Goods]:
    """What letters of a plan that still stand ask for."""
    rows = _asked_goods(session, plan_id)
    states = paper_queries.states_of_many(session, {document_id for document_id, _ in rows})
    return {goods for document_id, goods in rows if states[document_id] not in GIVEN_UP}


def taken_up(session: Session, plan_id: int, known_at: datetime) -> set[Goods]:
    """What orders held of a plan, as known at a time: letters that were submitted by then and still stood."""
    rows = _asked_goods(session, plan_id)
    states = states_known(session, {document_id for document_id, _ in rows}, known_at)
    idle = {*GIVEN_UP, State.DRAFT, None}
    return {goods for document_id, goods in rows if states.get(document_id) not in idle}


def _asked_goods(session: Session, plan_id: int) -> list[tuple[int, Goods]]:
    """What letters of a plan ask for, whatever became of them, by document."""
    statement = (
        select(OrderLine.document_id, OrderLine.need_key, OrderLot.account_id, OrderLot.lot_id, OrderLot.supply_code)
        .join(OrderLot, OrderLot.document_line_id == OrderLine.document_line_id)
        .where(OrderLine.plan_id == plan_id)
    )
    return [
        (row.document_id, (row.need_key, row.account_id, row.lot_id, row.supply_code))
        for row in session.execute(statement)
    ]


def open_cuts(session: Session, order: Document) -> dict[int, str]:
    """Numbers of the cuts of an order that are neither applied nor given up, by line of the order."""
    statement = select(Document).where(Document.refers_to_id == order.id, Document.kind == DocumentKind.CUT)
    cuts = session.scalars(statement.order_by(Document.id)).all()
    states = paper_queries.states_of_many(session, [cut.id for cut in cuts])
    return {
        int(line.ground.rpartition("/")[2]): cut.number
        for cut in cuts
        if states[cut.id] in (State.SUBMITTED, State.APPROVED)
        for line in paper_queries.line_contents(session, cut.id)
    }


def find_acknowledgement(session: Session, document_id: int) -> Acknowledgement | None:
    return session.scalar(select(Acknowledgement).where(Acknowledgement.document_id == document_id))


def progress_of(session: Session, document_id: int) -> dict[int, LineProgress]:
    """Progress by line number of one order."""
    lines = paper_queries.lines_of(session, document_id)
    progress = progress_by_line(session, [line.id for line in lines])
    return {line.line_no: progress[line.id] for line in lines}


def progress_by_line(
    session: Session, line_ids: Collection[int], known_at: datetime | None = None
) -> dict[int, LineProgress]:
    """What has become of document lines, as known now or at a recorded time."""
    ordered = dict(
        session.execute(
            select(DocumentLine.id, DocumentLine.quantity).where(DocumentLine.id.in_(sorted(line_ids)))
        ).all()
    )
    held = _held(session, line_ids, known_at)
    expected = pegs.pegged_by_line(session, line_ids, known_at)
    moved = _moved(session, line_ids, known_at)
    return {
        line_id: LineProgress(
            line_id=line_id,
            ordered=quantity,
            held=held.get(line_id, 0),
            departed=moved[line_id, MovementKind.DEPART, False],
            accepted=moved[line_id, MovementKind.ACCEPT, False],
            damaged=moved[line_id, MovementKind.ACCEPT, True],
            lost=moved[line_id, MovementKind.LOSE, False] - moved[line_id, MovementKind.FIND, False],
            returned=moved[line_id, MovementKind.RETURN, False],
            expected=expected.get(line_id, 0),
        )
        for line_id, quantity in ordered.items()
    }


def _held(session: Session, line_ids: Collection[int], known_at: datetime | None) -> dict[int, int]:
    ends = HoldEnd.hold_id == Hold.id
    if known_at is not None:
        ends = and_(ends, HoldEnd.ended_at <= known_at)
    statement = (
        select(Hold.document_line_id, func.sum(Hold.quantity))
        .outerjoin(HoldEnd, ends)
        .where(HoldEnd.id.is_(None), Hold.document_line_id.in_(sorted(line_ids)))
        .group_by(Hold.document_line_id)
    )
    if known_at is not None:
        statement = statement.where(Hold.placed_at <= known_at)
    return {line_id: int(quantity) for line_id, quantity in session.execute(statement)}


def _moved(
    session: Session, line_ids: Collection[int], known_at: datetime | None
) -> defaultdict[tuple[int, MovementKind, bool], int]:
    """Quantities by line, kind, and whether they went to a rejected area."""
    rejected = Bin.kind == BinKind.REJECTED
    statement = (
        select(Entry.document_line_id, Movement.kind, rejected.label("rejected"), func.sum(Entry.quantity))
        .join(Movement, Movement.id == Entry.movement_id)
        .join(StockAccount, StockAccount.id == Entry.to_account_id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .where(Entry.document_line_id.in_(sorted(line_ids)))
        .group_by(Entry.document_line_id, Movement.kind, rejected)
    )
    if known_at is not None:
        statement = statement.where(Movement.recorded_at <= known_at)
    found: defaultdict[tuple[int, MovementKind, bool], int] = defaultdict(int)
    for line_id, kind, to_rejected, quantity in session.execute(statement):
        assert line_id is not None
        found[line_id, kind, bool(to_rejected) and kind is MovementKind.ACCEPT] += int(quantity)
    return found


def progress_by_need(
    session: Session, incident_codes: Collection[str], known_at: datetime
) -> dict[str, tuple[int, int]]:
    """Received and coming, by need key: accepted so far, and promised or on the road for orders that still stand.

    Units of the need: what came of a substitute counts by its ratio, all lines of one ratio together.
    """
    statement = (
        select(
            OrderLine.document_line_id,
            OrderLine.need_key,
            OrderLine.document_id,
            OrderLine.numerator,
            OrderLine.denominator,
        )
        .join(Document, Document.id == OrderLine.document_id)
        .where(Document.incident_code.in_(sorted(incident_codes)), Document.recorded_at <= known_at)
    )
    rows = session.execute(statement).all()
    progress = progress_by_line(session, [row.document_line_id for row in rows], known_at)
    states = states_known(session, {row.document_id for row in rows}, known_at)
    units: dict[tuple[str, int, int], tuple[int, int]] = {}
    for row in rows:
        key = (row.need_key, row.numerator, row.denominator)
        received, coming = units.get(key, (0, 0))
        line = progress[row.document_line_id]
        more = 0 if states.get(row.document_id) in GIVEN_UP else line.coming
        units[key] = received + line.accepted, coming + more
    return rules.in_needed_units(units)


def states_known(session: Session, document_ids: Collection[int], known_at: datetime) -> dict[int, State]:
    """The state of documents as the books knew it at a time."""
    statement = (
        select(DocumentState.document_id, DocumentState.state)
        .where(DocumentState.document_id.in_(sorted(document_ids)), DocumentState.recorded_at <= known_at)
        .order_by(DocumentState.position)
    )
    return dict(session.execute(statement).all())


# --- shipments ----------------------------------------------------------------------------------------------------


def get_shipment(session: Session, number: str) -> Shipment:
    shipment = session.scalar(select(Shipment).where(Shipment.number == number))
    if shipment is None:
        raise NotFound("shipment", number)
    return shipment


def shipments_of(session: Session, document_id: int) -> Sequence[Shipment]:
    statement = select(Shipment).where(Shipment.document_id == document_id)
    return session.scalars(statement.order_by(Shipment.id)).all()


def list_shipments(
    session: Session, scopes: Iterable[str], *, after_id: int = 0, limit: int = 100
) -> Sequence[Shipment]:
    """Shipments that left or go to sites inside the scopes, one keyset page."""
    mine = select(Site.id).where(within(Site.organisation_path, scopes)).scalar_subquery()
    statement = select(Shipment).where(
        Shipment.id > after_id, Shipment.source_site_id.in_(mine) | Shipment.receiver_site_id.in_(mine)
    )
    return session.scalars(statement.order_by(Shipment.id).limit(limit)).all()


def on_the_road(session: Session, shipment: Shipment) -> dict[tuple[int, int, int], int]:
    """What a shipment still carries, by (document line, lot, transit account), base units; empty ones are left out."""
    accounts = (
        select(StockAccount.id)
        .join(Bin, Bin.id == StockAccount.bin_id)
        .where(Bin.place == shipment.number, Bin.kind == BinKind.IN_TRANSIT)
        .scalar_subquery()
    )
    amounts: dict[tuple[int, int, int], int] = defaultdict(int)
    for column, sign in ((Entry.to_account_id, 1), (Entry.from_account_id, -1)):
        statement = (
            select(Entry.document_line_id, Entry.lot_id, column, func.sum(Entry.quantity))
            .where(column.in_(accounts))
            .group_by(Entry.document_line_id, Entry.lot_id, column)
        )
        for line_id, lot_id, account_id, quantity in session.execute(statement):
            assert line_id is not None
            amounts[line_id, lot_id, account_id] += sign * int(quantity)
    return {key: quantity for key, quantity in sorted(amounts.items()) if quantity}


def shipment_state(session: Session, shipment: Shipment) -> ShipmentState:
    return ShipmentState.ON_THE_ROAD if on_the_road(session, shipment) else ShipmentState.ARRIVED


def lots_of_shipment(session: Session, shipment: Shipment) -> Mapping[int, Lot]:
    statement = select(Lot).join(Entry, Entry.lot_id == Lot.id).where(Entry.movement_id == shipment.movement_id)
    return {lot.id: lot for lot in session.scalars(statement)}
