"""Verbs on goods that arrive: acceptance in parts, split by what is found at the door."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append
from reserve.dispatch import queries, rules
from reserve.dispatch.drafts import DeliveryDraft, DeliveryLineDraft
from reserve.dispatch.models import DeliveryLine, Shipment
from reserve.dispatch.shipments import Handled, handled, locked_order_of
from reserve.errors import InvalidInput, Problem
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.sites import queries as site_queries
from reserve.sites.models import Bin, Site
from reserve.sites.terms import BinKind, SiteKind
from reserve.stock import ledger
from reserve.stock import queries as stock_queries
from reserve.stock import rules as stock_rules
from reserve.stock.posting import fact_of, post_fact
from reserve.stock.terms import Move, MovementKind


@dataclass(slots=True)
class _Load:
    """What a shipment carries of one line and lot, in one transit account; ``quantity`` shrinks as it is taken off."""

    line_id: int
    line_no: int
    lot_id: int
    lot_code: str
    account_id: int
    quantity: int


def deliver(session: Session, actor: Actor, draft: DeliveryDraft, *, now: datetime, today: date) -> Handled:
    """Accept what has arrived, split into accepted and damaged; the rest stays on the road, with its age.

    The receiving site's keeper or requester does it, never a signer of the order.
    """
    require(actor, Permission.ORDER_RECEIVE)
    shipment = queries.get_shipment(session, draft.shipment_number)
    receiver = session.get_one(Site, shipment.receiver_site_id)
    require_scope(actor, Permission.ORDER_RECEIVE, organisation_path=receiver.organisation_path)
    document = locked_order_of(session, actor, shipment)
    loads = _loads(session, shipment, document)
    printed = {stock_rules.normalised_lot_code(load.lot_code): load.lot_code for load in loads}
    found = [
        line.model_copy(update={"lot_code": printed.get(stock_rules.normalised_lot_code(line.lot_code), line.lot_code)})
        for line in draft.lines
    ]
    home, rejected = _doors(session, receiver)
    if problems := _problems(found, loads, home, rejected):
        raise InvalidInput(problems)
    takes_over = bool(json.loads(document.content)["transfers_ownership"])
    owner_id = receiver.organisation_id if takes_over else None
    moves, rows = _moves_in(session, found, loads, (home, rejected or home), owner_id)
    movements = post_fact(
        session,
        actor,
        document,
        MovementKind.ACCEPT,
        moves,
        site=receiver,
        now=now,
        occurred_at=draft.occurred_at,
        reason=draft.note,
    )
    movement = fact_of(movements, MovementKind.ACCEPT)
    common = {
        "shipment_id": shipment.id,
        "movement_id": movement.id,
        "person_id": actor.person_id,
        "occurred_at": movement.occurred_at,
        "recorded_at": now,
    }
    append(session, DeliveryLine, [row | common for row in rows])
    accepted, damaged = sum(line.accepted for line in draft.lines), sum(line.damaged for line in draft.lines)
    return handled(session, shipment, document, accepted=accepted, damaged=damaged)


def _loads(session: Session, shipment: Shipment, document: Document) -> list[_Load]:
    lines = {line.id: line.line_no for line in paper_queries.lines_of(session, document.id)}
    lots = queries.lots_of_shipment(session, shipment)
    return [
        _Load(line_id, lines[line_id], lot_id, lots[lot_id].code, account_id, quantity)
        for (line_id, lot_id, account_id), quantity in queries.on_the_road(session, shipment).items()
    ]


def _doors(session: Session, receiver: Site) -> tuple[Bin, Bin | None]:
    """Where a receiver puts what it accepts, and what came damaged; a plant has no area for the latter."""
    bins = site_queries.bins_of_site(session, receiver).values()
    home = BinKind.SHELF if receiver.kind in (SiteKind.WAREHOUSE, SiteKind.PLANT) else BinKind.RECEIVING_POINT
    rejected = next((each for each in bins if each.kind is BinKind.REJECTED), None)
    return next(each for each in bins if each.kind is home), rejected


def _problems(
    found: Sequence[DeliveryLineDraft], loads: Sequence[_Load], home: Bin, rejected: Bin | None
) -> list[Problem]:
    on_the_road: dict[tuple[int, str], int] = defaultdict(int)
    for load in loads:
        on_the_road[load.line_no, load.lot_code] += load.quantity
    keys = [(line.line_no, line.lot_code) for line in found]
    wanted = {key: (line.accepted, line.damaged, line.reason) for key, line in zip(keys, found, strict=True)}
    problems = stock_rules.repeated_lines(keys, "lot_code") + rules.delivery_problems(wanted, on_the_road)
    for place, line in enumerate(found):
        if line.damaged and rejected is None:
            field = f"lines.{place}.damaged"
            problems.append(Problem("unknown_bin", field, home.code, BinKind.REJECTED.value, place + 1))
    return problems


def _moves_in(
    session: Session,
    found: Sequence[DeliveryLineDraft],
    loads: Sequence[_Load],
    doors: tuple[Bin, Bin],
    owner_id: int | None,
) -> tuple[list[Move], list[dict[str, object]]]:
    """From transit to the receiver's bin and to its rejected area, with what was found of each lot.

    owner_id  who owns the goods from now on; None: the owner stays
    """
    accounts = stock_queries.accounts_by_id(session, {load.account_id for load in loads})
    moves: list[Move] = []
    rows: list[dict[str, object]] = []
    for line in found:
        taken: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
        for place, wanted in enumerate((line.accepted, line.damaged)):
            missing = wanted
            for load in loads:
                if (load.line_no, load.lot_code) != (line.line_no, line.lot_code) or not load.quantity or not missing:
                    continue
                part = min(load.quantity, missing)
                account = accounts[load.account_id]
                goal = ledger.account_for(session, doors[place].id, owner_id or account.owner_id, account.fund)
                moves.append(Move(load.lot_id, load.account_id, goal, part, load.line_id))
                taken[load.line_id, load.lot_id][place] += part
                load.quantity -= part
                missing -= part
        rows += [
            {"document_line_id": line_id, "lot_id": lot_id, "accepted": good, "damaged": bad, "reason": line.reason}
            for (line_id, lot_id), (good, bad) in taken.items()
        ]
    return moves, rows
