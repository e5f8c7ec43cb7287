"""Verbs on what orders make: the daily report, and the release of finished lots into stock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.capacity import order_queries, order_rules, pegs, queries, rules, supplies
from reserve.capacity.drafts import OutputReportDraft, ReleaseDraft
from reserve.capacity.models import OutputRelease, OutputReport, Producer, ProductionOrder
from reserve.capacity.orders import supply_code
from reserve.capacity.terms import Supply, SupplyKind
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.rules import facts_of
from reserve.clock import local_time
from reserve.db import append
from reserve.errors import Conflict, InvalidInput
from reserve.incidents.terms import Evidence
from reserve.money import line_value_minor
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.sites.terms import USABLE_BINS, BinKind
from reserve.stock import ledger
from reserve.stock.drafts import LotDraft
from reserve.stock.terms import Move, MovementKind


class NotReported(Conflict):
    """Nothing of this day waits for release: it was not reported, or it is dealt with."""

    code = "not_reported"


class OwnReport(Conflict):
    """Who reported the output does not receive it."""

    code = "own_report"


@dataclass(frozen=True, slots=True)
class Reported:
    """A day as it stands after a report: pieces that day, pieces in all, pieces that wait for release."""

    number: str
    day: date
    good: int
    scrap: int
    cumulative_good: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Released:
    """What a release booked. ``number``: the receipt, or the order when the whole lot was rejected."""

    number: str
    order_number: str
    accepted: int
    rejected: int
    waiting: int


def report_output(session: Session, actor: Actor, draft: OutputReportDraft, *, now: datetime, today: date) -> Reported:
    """Say what was made on one day. It takes the place of the plan: the lot is pre-advised, waiting for release."""
    require(actor, Permission.CAPACITY_DECLARE)
    order = order_queries.get_order(session, draft.document_number)
    producer = session.get_one(Producer, order.producer_id)
    require_scope(actor, Permission.CAPACITY_DECLARE, organisation_path=producer.organisation_path)
    document = drafting.lock_document(session, order.number)
    now = queries.time_after_waiting(session, now)
    drafting.require_state(session, document, State.IN_EXECUTION, State.CANCELLED)
    line = queries.lines_at(session, now, now)[order.line_code]
    released = order_queries.released_of(session, order.id, draft.day)
    problems = order_rules.report_problems(
        draft,
        order_from=order.from_on,
        order_to=order.to_on,
        max_daily=line.max_daily,
        reports=order_queries.reports_of(session, order.id, now),
        released=released,
        today=today,
    )
    if problems:
        raise InvalidInput(problems)
    row = draft.model_dump(include={"day", "good", "scrap", "correction_reason"}) | {
        "order_id": order.id,
        "user_id": actor.user_id,
        "person_id": actor.person_id,
        "recorded_at": now,
    }
    append(session, OutputReport, [row])
    made = Supply(
        code=supply_code(order, draft.day),
        kind=SupplyKind.PRE_ADVISED,
        site_code=producer.site_code,
        item_code=order.item_code,
        owner_code=session.get_one(Organisation, order.beneficiary_id).code,
        quantity=draft.good - released,
        available_from=local_time(rules.available_on(line, draft.day)),
        evidence=Evidence.COUNTED,
        document_number=order.number,
        incident_code=order.incident_code,
        reason=draft.correction_reason,
    )
    supplies.advise(session, [made], now=now)
    return Reported(order.number, draft.day, draft.good, draft.scrap, draft.cumulative_good, made.quantity)


def release_output(session: Session, actor: Actor, draft: ReleaseDraft, *, now: datetime, today: date) -> Released:
    """Book a finished lot that passed its tests: from now on it is the beneficiary's stock at the plant.

    Raises NotReported, OwnReport, InvalidInput (also before the release lag is over).
    """
    require(actor, Permission.STOCK_RECEIVE)
    order = order_queries.get_order(session, draft.document_number)
    producer = session.get_one(Producer, order.producer_id)
    plant = site_queries.get_site(session, producer.site_code)
    require_scope(actor, Permission.STOCK_RECEIVE, organisation_path=plant.organisation_path)
    document = drafting.lock_document(session, order.number)
    now = queries.time_after_waiting(session, now)
    drafting.require_state(session, document, State.IN_EXECUTION, State.CANCELLED)
    waiting = _waiting(session, order, draft.made_on, now)
    if order_queries.reporter_of(session, order.id, draft.made_on) == actor.person_id:
        raise OwnReport("who reports output does not receive it", number=order.number)
    item = catalogue_queries.get_item(session, order.item_code)
    bins = site_queries.bins_of_site(session, plant)
    problems = order_rules.release_problems(
        draft,
        waiting,
        must_expire=facts_of(item).must_expire,
        bins={code: each.kind in USABLE_BINS for code, each in bins.items()},
        now=now,
        today=today,
    )
    if problems:
        raise InvalidInput(problems)
    receipt, lot_id = None, None
    if draft.accepted:
        receipt, lot_id = _receive(session, actor, draft, order, plant, now=now)
    row = {
        "order_id": order.id,
        "made_on": draft.made_on,
        "document_id": receipt.id if receipt else None,
        "lot_id": lot_id,
        "accepted": draft.accepted,
        "rejected": draft.rejected,
        "user_id": actor.user_id,
        "recorded_at": now,
    }
    append(session, OutputRelease, [row])
    left = waiting.quantity - draft.accepted - draft.rejected
    supplies.advise(session, [replace(waiting, quantity=left, reason="released")], now=now)
    number = receipt.number if receipt else order.number
    return Released(number, order.number, draft.accepted, draft.rejected, left)


def _waiting(session: Session, order: ProductionOrder, made_on: date, now: datetime) -> Supply:
    codes = [supply_code(order, made_on)]
    found = queries.expected_supply(session, now, now, codes=codes, kind=SupplyKind.PRE_ADVISED)
    if not found:
        raise NotReported(f"{codes[0]} does not wait for release", number=order.number, found=made_on.isoformat())
    return found[0]


def _receive(
    session: Session, actor: Actor, draft: ReleaseDraft, order: ProductionOrder, plant: Site, *, now: datetime
) -> tuple[Document, int]:
    """A receipt on the ground of the order, and the movement from the producer to its plant's bin for the owner."""
    maker = session.get_one(Organisation, plant.organisation_id)
    owner = session.get_one(Organisation, order.beneficiary_id)
    item = catalogue_queries.get_item(session, order.item_code)
    content = LineContent(
        line_no=1,
        item_code=order.item_code,
        quantity=draft.accepted,
        source_code=maker.code,
        receiver_code=plant.code,
        owner_code=owner.code,
        ground=order.number,
        value_minor=line_value_minor(draft.accepted, order.unit_price_minor),
    )
    receipt = drafting.draft_document(
        session,
        actor,
        DocumentKind.RECEIPT,
        maker,
        state=State.POSTED,
        now=now,
        title=draft.certificate,
        lines=[content],
        incident_code=order.incident_code,
    )
    label = LotDraft(
        item_code=order.item_code,
        code=draft.lot_code,
        maker=maker.name_zh,
        expires_on=draft.expires_on,
        printed_expiry=draft.printed_expiry,
        made_on=draft.made_on,
        pack_size=draft.pack_size,
        certificate=draft.certificate,
    )
    lot_id = ledger.lot_for(session, item, label, now=now)
    outside = site_queries.outside_bin(session, BinKind.SUPPLIER, maker)
    inside = site_queries.get_bin(session, plant, draft.bin_code)
    start, end = (ledger.account_for(session, each.id, owner.id, order.fund) for each in (outside, inside))
    (line,) = paper_queries.lines_of(session, receipt.id)
    move = Move(lot_id, start, end, draft.accepted, line.id)
    ledger.post(session, actor, receipt, MovementKind.RECEIVE, [move], now=now)
    pegs.fulfil(session, actor, supply_code(order, draft.made_on), end, lot_id, draft.accepted, now=now)
    return receipt, lot_id
