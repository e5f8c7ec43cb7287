"""Verbs on goods that leave: departure in parts, out of what an order holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.clock import local_day
from reserve.db import append
from reserve.dispatch import queries
from reserve.dispatch.drafts import DepartureDraft
from reserve.dispatch.models import Shipment
from reserve.dispatch.orders import lock_order
from reserve.dispatch.shipments import NothingHeld
from reserve.errors import InvalidInput, Problem
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document, DocumentLine
from reserve.papers.terms import State
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin, Site
from reserve.stock import ledger
from reserve.stock import queries as stock_queries
from reserve.stock import rules as stock_rules
from reserve.stock.models import Hold
from reserve.stock.posting import fact_of, post_fact
from reserve.stock.terms import Move, MovementKind


@dataclass(frozen=True, slots=True)
class Departed:
    number: str
    """Of the shipment."""
    order_number: str
    quantity: int
    departed_at: datetime


def depart(session: Session, actor: Actor, draft: DepartureDraft, *, now: datetime, today: date) -> Departed:
    """Goods of an issued order leave the gate for one receiver; from now on they stand in transit."""
    require(actor, Permission.ORDER_EXECUTE)
    document = lock_order(session, draft.order_number)
    lines = {line.line_no: line for line in paper_queries.lines_of(session, document.id)}
    source = site_queries.get_site(session, next(iter(lines.values())).source_code)
    require_scope(actor, Permission.ORDER_EXECUTE, organisation_path=source.organisation_path)
    receiver = site_queries.get_site(session, draft.receiver_site)
    state = drafting.require_state(session, document, State.ISSUED, State.IN_EXECUTION)
    drafting.require_no_signer(session, actor, document)
    mine = {number: line for number, line in lines.items() if line.receiver_code == receiver.code}
    moves = _moves_out(session, document, source, draft, mine, today=local_day(draft.occurred_at or now))
    number = f"{document.number}-S{len(queries.shipments_of(session, document.id)) + 1}"
    transit = site_queries.transit_bin(session, number)
    if state is State.ISSUED:
        drafting.enter_state(session, actor, document, State.IN_EXECUTION, now=now, occurred_at=draft.occurred_at)
    movements = post_fact(
        session,
        actor,
        document,
        MovementKind.DEPART,
        _onto(session, transit, moves),
        site=source,
        now=now,
        occurred_at=draft.occurred_at,
    )
    movement = fact_of(movements, MovementKind.DEPART)
    row = {
        "number": number,
        "document_id": document.id,
        "source_site_id": source.id,
        "receiver_site_id": receiver.id,
        "movement_id": movement.id,
        "vehicle_no": draft.vehicle_no,
        "driver": draft.driver,
        "driver_phone": draft.driver_phone,
        "pass_no": draft.pass_no,
        "seal_no": draft.seal_no,
        "departed_at": movement.occurred_at,
        "planned_arrival_at": draft.planned_arrival_at,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    append(session, Shipment, [row])
    return Departed(number, document.number, sum(quantity for _, quantity in moves), movement.occurred_at)


def _onto(session: Session, transit: Bin, moves: Sequence[tuple[Hold, int]]) -> list[Move]:
    """What is held, moved onto the road; owner and fund stay."""
    accounts = stock_queries.accounts_by_id(session, {hold.account_id for hold, _ in moves})
    owned = {each.id: (each.owner_id, each.fund) for each in accounts.values()}
    return [
        Move(
            hold.lot_id,
            hold.account_id,
            ledger.account_for(session, transit.id, *owned[hold.account_id]),
            quantity,
            hold.document_line_id,
            hold.id,
        )
        for hold, quantity in moves
    ]


def _moves_out(
    session: Session,
    document: Document,
    source: Site,
    draft: DepartureDraft,
    lines: Mapping[int, DocumentLine],
    *,
    today: date,
) -> list[tuple[Hold, int]]:
    """Which holds are used up, and how much of each; what expires first leaves first. Lists every bad line.

    What was blocked or expired since it was held stays, and is named when a line cannot do without it.
    """
    holds: dict[int, list[Hold]] = defaultdict(list)
    for hold in stock_queries.open_holds(session, document_id=document.id):
        holds[hold.document_line_id].append(hold)
    lots = stock_queries.lots_by_id(session, {hold.lot_id for each in holds.values() for hold in each})
    spoilt = {
        (line.account_id, line.lot_id): because
        for line in stock_queries.stock_lines(session, site_codes=[source.code], lot_ids=lots)
        if (because := stock_rules.unusable_because(line, today)) is not None
    }
    wanted = {line.line_no: line.quantity for line in draft.lines} or {
        number: sum(hold.quantity for hold in holds[line.id]) for number, line in lines.items()
    }
    problems = stock_rules.repeated_lines([line.line_no for line in draft.lines], "line_no")
    moves: list[tuple[Hold, int]] = []
    for row, (number, quantity) in enumerate(wanted.items(), 1):
        line = lines.get(number)
        if line is None:
            known = ", ".join(map(str, sorted(lines)))
            problems.append(Problem("unknown_line", f"lines.{row - 1}.line_no", known, str(number), row))
            continue
        held = sum(hold.quantity for hold in holds[line.id])
        if quantity > held:
            problems.append(
                Problem("more_than_held", f"lines.{row - 1}.quantity", f"at most {held}", str(quantity), row)
            )
            continue
        remaining = quantity
        for hold in sorted(
            holds[line.id],
            key=lambda each: (
                (each.account_id, each.lot_id) in spoilt,
                lots[each.lot_id].expires_on or date.max,
                each.position,
            ),
        ):
            part = min(hold.quantity, remaining)
            if part and (because := spoilt.get((hold.account_id, hold.lot_id))) is not None:
                field, code = f"lines.{row - 1}.line_no", lots[hold.lot_id].code
                problems.append(Problem(f"lot_{because}", field, "goods that may be used", code, row))
            elif part:
                moves.append((hold, part))
            remaining -= part
    if problems:
        raise InvalidInput(problems)
    if not moves:
        raise NothingHeld(f"{document.number}: nothing is held for {draft.receiver_site}", number=document.number)
    return moves
