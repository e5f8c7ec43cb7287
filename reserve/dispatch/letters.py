"""From a plan to order letters, one for each owner and site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.catalogue import queries as catalogue_queries
from reserve.db import append, lock_row
from reserve.dispatch import queries, rules
from reserve.dispatch.drafts import OrdersDraft
from reserve.dispatch.models import DispatchPlan, OrderLine, OrderLot
from reserve.dispatch.terms import OrderGroup, PlannedLine
from reserve.errors import Conflict
from reserve.incidents import queries as incident_queries
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, LineContent, State


class PlanNotSolved(Conflict):
    """The plan has no answer yet, or none could be found."""

    code = "plan_not_solved"


class PlanReplaced(Conflict):
    """A newer plan has taken the place of this one; letters are written from that."""

    code = "plan_replaced"


@dataclass(frozen=True, slots=True)
class OrdersDrafted:
    """The letters that a plan became, one for each owner and site."""

    plan_code: str
    numbers: tuple[str, ...]


def draft_orders(session: Session, actor: Actor, draft: OrdersDraft, *, now: datetime, today: date) -> OrdersDrafted:
    """Write order letters for the shipments of a plan that leave soon. Nothing is held yet.

    What a letter of this plan already asks for is not written a second time.
    """
    require(actor, Permission.ORDER_DRAFT)
    plan = queries.get_plan(session, draft.plan_code)
    require_scope(actor, Permission.ORDER_DRAFT, organisation_path=plan.organisation_path)
    result = queries.find_result(session, plan.id)
    if result is None or result.error:
        raise PlanNotSolved(f"{plan.code} has no answer", found=plan.code)
    newer = queries.follow_up_of(session, plan.id)
    if newer is not None:
        raise PlanReplaced(f"{newer.code} has taken the place of {plan.code}", found=newer.code)
    lock_row(session, DispatchPlan, plan.id)  # one draft of letters at a time
    drafted = queries.drafted_lots(session, plan.id)
    until = plan.as_of + timedelta(hours=draft.leave_within_hours)
    lines = [
        line
        for line in queries.plan_lines(session, plan.id)
        if line.leave_at < until
        and (not draft.item_codes or line.item_code in draft.item_codes)
        and (line.need_key, line.account_id, line.lot_id, line.supply_code) not in drafted
    ]
    lead = session.get_one(Organisation, plan.organisation_id)
    numbers = []
    by_incident: dict[str, list[PlannedLine]] = defaultdict(list)
    for line in lines:
        by_incident[rules.incident_of_key(line.need_key)].append(line)
    for incident_code in sorted(by_incident):
        for group in rules.letters(by_incident[incident_code]):
            document = _letter(session, actor, plan, lead, incident_code, group, draft, now=now)
            numbers.append(document.number)
    return OrdersDrafted(plan.code, tuple(numbers))


def _letter(
    session: Session,
    actor: Actor,
    plan: DispatchPlan,
    lead: Organisation,
    incident_code: str,
    group: OrderGroup,
    draft: OrdersDraft,
    *,
    now: datetime,
) -> Document:
    incident = incident_queries.get_incident(session, incident_code)
    level = incident_queries.level_at(session, incident.id, now, now)
    owner = organisation_queries.get_organisation(session, group.owner_code)
    items = catalogue_queries.items_by_code(session, {line.item_code for line in group.lines})
    merged = _by_need(group.lines)
    contents = [
        LineContent(
            line_no=number,
            item_code=lines[0].item_code,
            quantity=(quantity := sum(line.quantity for line in lines)),
            source_code=group.source_site,
            receiver_code=lines[0].receiver_site,
            owner_code=group.owner_code,
            ground=f"{incident_code}/{group.source_kind}",
            latest_arrival_at=lines[0].due_at,
            value_minor=quantity * items[lines[0].item_code].unit_price_minor,
        )
        for number, lines in enumerate(merged, 1)
    ]
    lead_tier = organisation_queries.governing_tier(session, lead)
    relation = rules.holder_relation(
        lead_path=organisation_queries.governing_path(session, lead, lead_tier),
        lead_tier=lead_tier,
        owner_path=owner.path,
        owner_tier=owner.tier,
        owner_government=organisation_queries.governing_tier(session, owner),
    )
    document = drafting.draft_document(
        session,
        actor,
        DocumentKind.DISPATCH_ORDER,
        lead,
        state=State.DRAFT,
        now=now,
        title=draft.note,
        lines=contents,
        content={
            "plan": plan.code,
            "plan_hash": plan.instance_hash,
            "urgency": draft.urgency,
            "transfers_ownership": draft.transfers_ownership,
            "authority": group.lines[0].authority,
            "step": group.step,
        },
        incident_code=incident_code,
        response_level=level,
        holder_relation=relation.value,
    )
    _append_grounds(session, plan, document, group, merged)
    return document


def _append_grounds(
    session: Session, plan: DispatchPlan, document: Document, group: OrderGroup, merged: Sequence[Sequence[PlannedLine]]
) -> None:
    """Why each line stands, and which lots the plan wants for it."""
    ids = {line.line_no: line.id for line in paper_queries.lines_of(session, document.id)}
    grounds = [
        {
            "document_line_id": ids[number],
            "document_id": document.id,
            "plan_id": plan.id,
            "need_key": lines[0].need_key,
            "due_at": lines[0].due_at,
            "step": group.step,
            "source_kind": group.source_kind,
            "authority": lines[0].authority,
            "numerator": lines[0].numerator,
            "denominator": lines[0].denominator,
        }
        for number, lines in enumerate(merged, 1)
    ]
    append(session, OrderLine, grounds)
    lots = [
        {
            "document_line_id": ids[number],
            "account_id": line.account_id,
            "lot_id": line.lot_id,
            "supply_code": line.supply_code,
            "quantity": line.quantity,
        }
        for number, lines in enumerate(merged, 1)
        for line in lines
    ]
    append(session, OrderLot, lots)


def _by_need(lines: Sequence[PlannedLine]) -> list[list[PlannedLine]]:
    """Plan lines that serve one need with one item, together: they are one line of the letter."""
    grouped: dict[tuple[str, str], list[PlannedLine]] = defaultdict(list)
    for line in lines:
        grouped[line.need_key, line.item_code].append(line)
    return [grouped[key] for key in sorted(grouped, key=lambda key: (grouped[key][0].receiver_site, key))]
