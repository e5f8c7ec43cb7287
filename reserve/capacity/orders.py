"""Verbs on production orders: draft, issue after signatures, acknowledge, cancel, close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.capacity import order_queries, order_rules, outlook, queries, rules, supplies
from reserve.capacity.drafts import ProductionCancellationDraft, ProductionOrderDraft, ProductionOrderRefDraft
from reserve.capacity.models import PlannedOutput, Producer, ProductionOrder
from reserve.capacity.terms import Activation, Line, Output, Supply, SupplyKind
from reserve.catalogue import queries as catalogue_queries
from reserve.clock import local_time
from reserve.db import append
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident, ResponseChange
from reserve.incidents.terms import Evidence
from reserve.money import line_value_minor
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.papers import drafting
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, HolderRelation, LineContent, State
from reserve.sites import queries as site_queries


class NoResponse(Conflict):
    """No response is on: nobody may lawfully order production for this incident."""

    code = "no_response"


class NothingToCome(Conflict):
    """The order would yield nothing: its days are over, or changeover and materials leave none."""

    code = "nothing_to_come"


class StillExpected(Conflict):
    """Output of the order is still expected or waits for release."""

    code = "still_expected"


def draft_production_order(
    session: Session, actor: Actor, draft: ProductionOrderDraft, *, now: datetime, today: date
) -> Document:
    """Write a production order and send it to its signers. Its line is a ceiling of all pieces together.

    Raises InvalidInput (also for a line promised or declared otherwise), NoResponse, NoLawfulApprover.
    """
    require(actor, Permission.CAPACITY_ACTIVATE)
    organisation = organisation_queries.get_organisation(session, draft.organisation_code)
    require_scope(actor, Permission.CAPACITY_ACTIVATE, organisation_path=organisation.path)
    line = queries.lines_at(session, now, now).get(draft.line_code)
    producer = queries.get_producer(session, line.producer_code) if line else None
    incident = incident_queries.find_incident(session, draft.incident_code)
    _require_sound(session, draft, line, producer, incident, now=now, today=today)
    assert line is not None
    assert producer is not None
    assert incident is not None
    require_scope(actor, Permission.CAPACITY_ACTIVATE, organisation_path=producer.organisation_path)
    response = _response(session, incident, now)
    content = _line_content(draft, line, producer)
    document = drafting.draft_document(
        session,
        actor,
        DocumentKind.PRODUCTION_ORDER,
        organisation,
        state=State.SUBMITTED,
        now=now,
        title=f"{draft.line_code} {draft.from_on.isoformat()} – {draft.to_on.isoformat()}",
        lines=[content],
        content=draft.model_dump(mode="json"),
        incident_code=incident.code,
        response_level=response.level,
        holder_relation=HolderRelation.OTHER,
    )
    lead = session.get_one(Organisation, response.organisation_id)
    drafting.open_case(session, document, lead=lead, quantity=content.quantity, now=now)
    _keep(session, document, draft, producer, now=now)
    return document


def issue_production_order(
    session: Session, actor: Actor, draft: ProductionOrderRefDraft, *, now: datetime, today: date
) -> Document:
    """Put a signed order in force: the line is promised, and its output is expected day by day.

    What was promised since the draft was written counts: the order is checked again under the producer's lock.
    """
    require(actor, Permission.CAPACITY_ACTIVATE)
    document, order = _lock(session, actor, draft.document_number, Permission.CAPACITY_ACTIVATE)
    _lock_materials(session, order)
    now = queries.time_after_waiting(session, now)
    drafting.require_state(session, document, State.APPROVED)
    wanted = order_queries.commitment_of(order)
    others = order_queries.commitments(session, [order.line_code])
    declarations = queries.declarations_known(session, now, [order.line_code])
    if problems := rules.commitment_problems(wanted, others, declarations):
        raise InvalidInput(problems)
    starts_on = max(order.from_on, today)
    activation = Activation(
        line_code=order.line_code,
        from_on=starts_on,
        to_on=order.to_on,
        quantity_per_day=order.quantity_per_day,
        quantity=paper_queries.approved_quantities(session, document)[1],
        began_on=rules.began_on(replace(wanted, from_on=starts_on), others),
    )
    outputs = outlook.output_added(session, [activation], order.to_on, now, now)
    if not outputs:
        raise NothingToCome(f"{order.number} yields nothing by {order.to_on.isoformat()}", number=order.number)
    drafting.enter_state(session, actor, document, State.ISSUED, now=now, reason=draft.reason)
    declared = rules.declared_on(declarations, order.line_code, starts_on)
    assert declared is not None, "checked above"
    _expect(session, order, outputs, declared.evidence, now=now)
    return document


def acknowledge_production_order(
    session: Session, actor: Actor, draft: ProductionOrderRefDraft, *, now: datetime, today: date
) -> Document:
    """The producer has the order and works on it."""
    require(actor, Permission.CAPACITY_DECLARE)
    document, _ = _lock(session, actor, draft.document_number, Permission.CAPACITY_DECLARE)
    drafting.enter_state(session, actor, document, State.IN_EXECUTION, now=now, reason=draft.reason)
    return document


def cancel_production_order(
    session: Session, actor: Actor, draft: ProductionCancellationDraft, *, now: datetime, today: date
) -> Document:
    """Stop an order in force: nothing more is made from today on. What is made already is still bought and received."""
    require(actor, Permission.CAPACITY_ACTIVATE)
    document, order = _lock(session, actor, draft.document_number, Permission.CAPACITY_ACTIVATE)
    now = queries.time_after_waiting(session, now)
    drafting.enter_state(session, actor, document, State.CANCELLED, now=now, reason=draft.reason)
    reported = order_queries.reports_of(session, order.id, now)
    planned = order_queries.planned_by_day(session, order.id, now)
    stopped = [day for day in planned if day >= today and day not in reported]
    rows = [{"order_id": order.id, "day": day, "quantity": 0, "recorded_at": now} for day in stopped]
    append(session, PlannedOutput, rows)
    supplies.close(session, [supply_code(order, day) for day in stopped], now=now, reason=draft.reason)
    return document


def close_production_order(
    session: Session, actor: Actor, draft: ProductionOrderRefDraft, *, now: datetime, today: date
) -> Document:
    """Everything that was made is released or rejected. Raises StillExpected naming what is not."""
    require(actor, Permission.CAPACITY_ACTIVATE)
    document, order = _lock(session, actor, draft.document_number, Permission.CAPACITY_ACTIVATE)
    now = queries.time_after_waiting(session, now)
    waiting = queries.expected_supply(session, now, now, document_number=order.number)
    if waiting:
        codes = ", ".join(each.code for each in waiting)
        raise StillExpected(f"still expected: {codes}", number=order.number, expected=codes)
    drafting.enter_state(session, actor, document, State.CLOSED, now=now, reason=draft.reason)
    return document


def supply_code(order: ProductionOrder, made_on: date) -> str:
    """Under which code the output of one day is expected."""
    return f"{order.number}/{made_on.isoformat()}"


def _lock(session: Session, actor: Actor, number: str, permission: Permission) -> tuple[Document, ProductionOrder]:
    """The order, locked together with its producer, if the actor may do this there."""
    order = order_queries.get_order(session, number)
    producer = session.get_one(Producer, order.producer_id)
    require_scope(actor, permission, organisation_path=producer.organisation_path)
    document = drafting.lock_document(session, number)
    queries.lock_producers(session, [producer.code])
    return document, order


def _expect(
    session: Session, order: ProductionOrder, outputs: Sequence[Output], evidence: Evidence, *, now: datetime
) -> None:
    """Write down what the order should make each day, and from when each day's lot may be issued."""
    rows = [
        {"order_id": order.id, "day": each.made_on, "quantity": each.quantity, "recorded_at": now} for each in outputs
    ]
    append(session, PlannedOutput, rows)
    producer = session.get_one(Producer, order.producer_id)
    beneficiary = session.get_one(Organisation, order.beneficiary_id)
    planned = [
        Supply(
            code=supply_code(order, each.made_on),
            kind=SupplyKind.PRODUCTION,
            site_code=producer.site_code,
            item_code=each.item_code,
            owner_code=beneficiary.code,
            quantity=each.quantity,
            available_from=local_time(each.available_on),
            evidence=evidence,
            document_number=order.number,
            incident_code=order.incident_code,
        )
        for each in outputs
    ]
    supplies.advise(session, planned, now=now)


def _lock_materials(session: Session, order: ProductionOrder) -> None:
    """Orders that share a material are planned one after the other, so that together they never take too much."""
    needs = rules.material_needs(order.item_code, queries.bom(session))
    queries.lock_materials(session, needs)


def _require_sound(
    session: Session,
    draft: ProductionOrderDraft,
    line: Line | None,
    producer: Producer | None,
    incident: Incident | None,
    *,
    now: datetime,
    today: date,
) -> None:
    """All problems of a draft at once, with its names and with what its line is promised for."""
    problems = order_rules.order_problems(draft, line, producer.quality_status if producer else None, today=today)
    if incident is None:
        problems.append(Problem("unknown_incident", "incident_code", "a declared incident", draft.incident_code))
    if not site_queries.sites_by_code(session, [draft.delivery_site]):
        problems.append(Problem("unknown_site", "delivery_site", "a known site code", draft.delivery_site))
    if organisation_queries.find_organisation(session, draft.beneficiary_code) is None:
        found = draft.beneficiary_code
        problems.append(Problem("unknown_organisation", "beneficiary_code", "a known organisation", found))
    if draft.item_code not in catalogue_queries.items_by_code(session, [draft.item_code]):
        problems.append(Problem("unknown_item", "item_code", "a known item code", draft.item_code))
    if line is not None:
        others = order_queries.commitments(session, [line.code])
        declarations = queries.declarations_known(session, now, [line.code])
        problems += rules.commitment_problems(order_rules.commitment_of_draft(draft), others, declarations)
    if problems:
        raise InvalidInput(problems)


def _response(session: Session, incident: Incident, now: datetime) -> ResponseChange:
    response = incident_queries.response_at(session, incident.id, now, now)
    if response is None or response.level is None:
        raise NoResponse(f"no response is on for {incident.code}", incident=incident.code)
    return response


def _line_content(draft: ProductionOrderDraft, line: Line, producer: Producer) -> LineContent:
    days = (draft.to_on - draft.from_on).days + 1
    quantity = draft.quantity_per_day * days
    return LineContent(
        line_no=1,
        item_code=draft.item_code,
        quantity=quantity,
        source_code=producer.site_code,
        receiver_code=draft.delivery_site,
        owner_code=draft.beneficiary_code,
        ground=draft.basis,
        latest_arrival_at=local_time(rules.available_on(line, draft.to_on)),
        value_minor=line_value_minor(quantity, draft.unit_price_minor),
        note=f"{draft.quantity_per_day} a day, {draft.quality_standard}",
    )


def _keep(
    session: Session, document: Document, draft: ProductionOrderDraft, producer: Producer, *, now: datetime
) -> None:
    beneficiary = organisation_queries.get_organisation(session, draft.beneficiary_code)
    names = {"organisation_code", "beneficiary_code", "basis"}
    row = draft.model_dump(exclude=names) | {
        "document_id": document.id,
        "number": document.number,
        "producer_id": producer.id,
        "beneficiary_id": beneficiary.id,
        "recorded_at": now,
    }
    append(session, ProductionOrder, [row])
