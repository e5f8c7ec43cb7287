"""Verbs on plans: ask for one, and hand in what the solver answered. The solve itself runs with no transaction open."""

from __future__ import annotations

import json
import zlib
from datetime import date, datetime

from sqlalchemy.orm import Session

from optimizer.dispatch.check import check
from optimizer.dispatch.plan import Plan
from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append, last_position
from reserve.dispatch import bookings, planning, queries
from reserve.dispatch.drafts import PlanFailureDraft, PlanRequestDraft, PlanResultDraft
from reserve.dispatch.models import DispatchPlan, PlanLine, PlanResult
from reserve.dispatch.terms import PlannedLine
from reserve.errors import Conflict, InvalidInput, NotFound, Problem
from reserve.identifiers import uuid7
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident
from reserve.jobs import outbox
from reserve.organisations.models import Organisation

JOB_KIND = "dispatch_plan"


class PlanBreaksTheModel(Conflict):
    """The independent checker found the plan wrong: it is not stored as an answer."""

    code = "plan_breaks_the_model"


class PlanAnswered(Conflict):
    """This plan has its answer already."""

    code = "plan_answered"


def request_plan(
    session: Session, actor: Actor, draft: PlanRequestDraft, *, now: datetime, today: date
) -> DispatchPlan:
    """Freeze what is usable, needed, expected and lawful, and put the solve into the outbox."""
    require(actor, Permission.PLAN_WRITE)
    incidents = _incidents(session, draft)
    leads = [_lead(session, each, draft.as_of or now, draft.known_at or now) for each in incidents]
    for each in leads:
        require_scope(actor, Permission.PLAN_WRITE, organisation_path=each.path)
    lead = leads[0]
    question = planning.Question(
        incidents=incidents,
        as_of=draft.as_of or now,
        known_at=draft.known_at or now,
        horizon_hours=draft.horizon_hours,
        loading_minutes=draft.loading_minutes,
        item_codes=draft.item_codes,
        cover_hours=draft.cover_hours,
    )
    instance = planning.build_instance(session, question)
    pins = planning.pins_of(instance, draft.pins)
    code = f"PLAN-{uuid7()}"
    job = outbox.put(session, JOB_KIND, code, {"plan": code}, now=now)
    row = {
        "code": code,
        "incident_codes": ";".join(incident.code for incident in incidents),
        "organisation_id": lead.id,
        "organisation_path": lead.path,
        "as_of": question.as_of,
        "known_at": question.known_at,
        "ledger_position": last_position(session),
        "policy": json.dumps({"fairness": draft.fairness, "kappa": draft.kappa_percent / 100}, sort_keys=True),
        "pins": json.dumps([[pin.source_code, pin.need_code, pin.quantity] for pin in pins]),
        "instance": zlib.compress(instance.to_json().encode(), 6),
        "instance_hash": instance.hash,
        "requested_by_person": actor.person_id,
        "recorded_at": now,
        "job_code": job.code,
    }
    (plan_id,) = append(session, DispatchPlan, [row])
    return session.get_one(DispatchPlan, plan_id)


def record_plan(session: Session, actor: Actor, draft: PlanResultDraft, *, now: datetime, today: date) -> PlanResult:
    """Store a solver's answer, once the independent checker has found nothing wrong with it."""
    require(actor, Permission.PLAN_WRITE)
    request = queries.get_plan(session, draft.plan_code)
    _require_unanswered(session, request)
    instance, plan = queries.instance_of(request), _read_plan(draft.plan)
    if plan.instance_hash != request.instance_hash:
        raise InvalidInput([Problem("plan_of_other_data", "plan", request.instance_hash, plan.instance_hash)])
    if violations := check(instance, plan):
        raise PlanBreaksTheModel(f"{len(violations)} violations: {violations[0]}", found=len(violations))
    row = {
        "plan_id": request.id,
        "plan": zlib.compress(draft.plan.encode(), 6),
        "plan_hash": plan.hash,
        "explanation": zlib.compress(draft.explanation.encode(), 6),
        "yardsticks": draft.yardsticks,
        "rung": plan.rung,
        "error": None,
        "recorded_at": now,
    }
    (result_id,) = append(session, PlanResult, [row])
    lines = bookings.planned_lines(instance, plan)
    append(session, PlanLine, [_line_row(request.id, line) for line in lines])
    outbox.settle(session, request.job_code, {"plan_hash": plan.hash, "shipments": len(lines)}, now=now)
    return session.get_one(PlanResult, result_id)


def record_plan_failure(
    session: Session, actor: Actor, draft: PlanFailureDraft, *, now: datetime, today: date
) -> PlanResult:
    """Say why a plan has no answer."""
    require(actor, Permission.PLAN_WRITE)
    request = queries.get_plan(session, draft.plan_code)
    _require_unanswered(session, request)
    row = {
        "plan_id": request.id,
        "plan": b"",
        "plan_hash": "",
        "explanation": b"",
        "yardsticks": "{}",
        "rung": "",
        "error": draft.error,
        "recorded_at": now,
    }
    (result_id,) = append(session, PlanResult, [row])
    outbox.fail(session, request.job_code, draft.error, now=now)
    return session.get_one(PlanResult, result_id)


def _read_plan(text: str) -> Plan:
    """The plan that a solver wrote; a solver that writes nonsense is refused like one that cheats."""
    try:
        return Plan.from_json(text)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput([Problem("invalid_value", "plan", "a valid value", str(error))]) from error


def _require_unanswered(session: Session, request: DispatchPlan) -> None:
    if queries.find_result(session, request.id) is not None:
        raise PlanAnswered(f"{request.code} has an answer", found=request.code)


def _incidents(session: Session, draft: PlanRequestDraft) -> tuple[Incident, ...]:
    found, problems = [], []
    for place, code in enumerate(draft.incident_codes):
        incident = incident_queries.find_incident(session, code)
        if incident is None:
            problems.append(Problem("unknown_incident", f"incident_codes.{place}", "a declared incident", code))
        else:
            found.append(incident)
    if problems:
        raise InvalidInput(problems)
    return tuple(found)


def _lead(session: Session, incident: Incident, as_of: datetime, known_at: datetime) -> Organisation:
    """The body that leads the response; the declaring body while no response is on."""
    change = incident_queries.response_at(session, incident.id, as_of, known_at)
    lead = session.get(Organisation, change.organisation_id if change else incident.organisation_id)
    if lead is None:
        raise NotFound("organisation", incident.code)
    return lead


def _line_row(plan_id: int, line: PlannedLine) -> dict[str, object]:
    return {
        "plan_id": plan_id,
        "line_no": line.line_no,
        "need_key": line.need_key,
        "item_code": line.item_code,
        "owner_code": line.owner_code,
        "source_site": line.source_site,
        "receiver_site": line.receiver_site,
        "account_id": line.account_id,
        "lot_id": line.lot_id,
        "supply_code": line.supply_code,
        "quantity": line.quantity,
        "leave_at": line.leave_at,
        "arrive_at": line.arrive_at,
        "due_at": line.due_at,
        "step": line.step,
        "source_kind": line.source_kind,
        "authority": line.authority,
    }
