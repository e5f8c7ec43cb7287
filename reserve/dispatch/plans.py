"""Verbs on plans: ask for one, and hand in what the solver answered. The solve itself runs with no transaction open."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from optimizer.dispatch.check import check
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.dispatch.score import no_worse
from optimizer.limits import Rung
from reserve.audit import queries as audit_queries
from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append, last_position, lock_row
from reserve.dispatch import bookings, planning, queries, replanning, rules
from reserve.dispatch.drafts import PlanFailureDraft, PlanRequestDraft, PlanResultDraft, PolicyDraft
from reserve.dispatch.models import DispatchPlan, PlanLine, PlanResult
from reserve.errors import Conflict, InvalidInput, NotFound, Problem
from reserve.identifiers import uuid7
from reserve.incidents import queries as incident_queries
from reserve.incidents.models import Incident
from reserve.jobs import outbox
from reserve.jobs.models import JobState
from reserve.looking import Seen, looks_first
from reserve.organisations.models import Organisation

JOB_KIND = "dispatch_plan"


class PlanBreaksTheModel(Conflict):
    """The independent checker found the plan wrong: it is not stored as an answer."""

    code = "plan_breaks_the_model"


class PlanAnswered(Conflict):
    """This plan has its answer already."""

    code = "plan_answered"


@dataclass(frozen=True, slots=True)
class Frozen:
    """A plan request as it will be kept, but for its code, its job and when it was written down."""

    known_at: datetime
    row: dict[str, Any]


def freeze(session: Session, actor: Actor, draft: PlanRequestDraft, *, now: datetime, today: date) -> Frozen:
    """Freeze what is usable, needed, expected and lawful. Takes a second for a province, and only reads."""
    require(actor, Permission.PLAN_WRITE)
    incidents = _incidents(session, draft)
    leads = [_lead(session, each, draft.as_of or now, draft.known_at or now) for each in incidents]
    for each in leads:
        require_scope(actor, Permission.PLAN_WRITE, organisation_path=each.path)
    question = planning.Question(
        incidents=incidents,
        as_of=draft.as_of or now,
        known_at=draft.known_at or now,
        horizon_hours=draft.horizon_hours,
        loading_minutes=draft.loading_minutes,
        item_codes=draft.item_codes,
        cover_hours=draft.cover_hours,
        transport_limits=draft.transport_limits,
        propose_activations=draft.propose_activations,
    )
    instance, followed = planning.build_instance(session, question), None
    if draft.previous_plan is not None:
        followed, instance = replanning.follow_up(session, draft.previous_plan, question, instance)
    pins = planning.pins_of(instance, draft.pins)
    known = {item.code for item in instance.items}
    if problems := rules.smallest_problems([row.item_code for row in draft.smallest], known):
        raise InvalidInput(problems)
    row = {
        "incident_codes": ";".join(incident.code for incident in incidents),
        "organisation_id": leads[0].id,
        "organisation_path": leads[0].path,
        "as_of": question.as_of,
        "known_at": question.known_at,
        "ledger_position": last_position(session),
        "policy": json.dumps(policy_of(draft).plain(), sort_keys=True),
        "pins": json.dumps([[pin.source_code, pin.need_code, pin.quantity] for pin in pins]),
        "smallest": json.dumps([[row.item_code, row.quantity] for row in draft.smallest]),
        "instance": zlib.compress(instance.to_json().encode(), 6),
        "instance_hash": instance.hash,
        "previous_id": followed.previous_id if followed else None,
        "followed": followed.frozen() if followed else b"",
    }
    return Frozen(question.known_at, row)


@looks_first(freeze)
def request_plan(
    session: Session,
    actor: Actor,
    draft: PlanRequestDraft,
    *,
    now: datetime,
    today: date,
    seen: Seen[Frozen] | None = None,
) -> DispatchPlan:
    """Keep what was frozen before this transaction, and put the solve into the outbox.

    A plan is as known at a time, so what was recorded later does not matter; what was recorded by then and had not
    been written when it was frozen does: then it is frozen again, here.
    """
    require(actor, Permission.PLAN_WRITE)
    if seen is None or audit_queries.was_written_late(session, seen.last_entry, seen.found.known_at):
        frozen = freeze(session, actor, draft, now=now, today=today)
    else:
        frozen = seen.found
    code = f"PLAN-{uuid7()}"
    job = outbox.put(session, JOB_KIND, code, {"plan": code}, now=now)
    written = {"code": code, "requested_by_person": actor.person_id, "recorded_at": now, "job_code": job.code}
    (plan_id,) = append(session, DispatchPlan, [frozen.row | written])
    return session.get_one(DispatchPlan, plan_id)


def policy_of(draft: PolicyDraft) -> Policy:
    """A choice of policy in the words of the optimizer."""
    kappa, between = draft.kappa_percent / 100, Between(draft.between)
    return Policy(Fairness(draft.fairness), kappa, between, draft.class_weights)


def record_plan(session: Session, actor: Actor, draft: PlanResultDraft, *, now: datetime, today: date) -> PlanResult:
    """Store a solver's answer, once the independent checker has found nothing wrong with it.

    A later rung takes the place of an earlier one only if it is lexicographically no worse and no letter was written
    yet. The guide's answer asks for the exact stages. Raises PlanAnswered, PlanBreaksTheModel.
    """
    require(actor, Permission.PLAN_WRITE)
    request = queries.get_plan(session, draft.plan_code)
    lock_row(session, DispatchPlan, request.id)  # letters are written under the same lock
    standing, job_code = queries.find_result(session, request.id), draft.job_code or request.job_code
    if standing is not None and (job_code == request.job_code or standing.error) and not _is_first(session, standing):
        raise PlanAnswered(f"{request.code} has an answer", found=request.code)
    instance, plan = queries.instance_of(request), _read_plan(draft.plan)
    if plan.instance_hash != request.instance_hash:
        raise InvalidInput([Problem("plan_of_other_data", "plan", request.instance_hash, plan.instance_hash)])
    if violations := check(instance, plan):
        raise PlanBreaksTheModel(f"{len(violations)} violations: {violations[0]}", found=len(violations))
    if not draft.goes_on:
        outbox.settle(session, job_code, {"plan_hash": plan.hash, "shipments": len(plan.shipments)}, now=now)
    if standing is not None and not _takes_the_place(session, request, standing, instance, plan):
        return standing
    row = {
        "plan_id": request.id,
        "plan": zlib.compress(draft.plan.encode(), 6),
        "plan_hash": plan.hash,
        "explanation": zlib.compress(draft.explanation.encode(), 6),
        "yardsticks": draft.yardsticks,
        "changes": draft.changes,
        "rung": plan.rung,
        "error": None,
        "recorded_at": now,
    }
    (result_id,) = append(session, PlanResult, [row])
    lines = bookings.planned_lines(instance, plan)
    append(session, PlanLine, [bookings.line_row(result_id, line) for line in lines])
    if plan.rung == Rung.GUIDE and job_code == request.job_code:
        outbox.put(session, JOB_KIND, request.code, {"plan": request.code, "rung": Rung.EXACT_STAGES}, now=now)
    return session.get_one(PlanResult, result_id)


def record_plan_failure(
    session: Session, actor: Actor, draft: PlanFailureDraft, *, now: datetime, today: date
) -> PlanResult:
    """Say why a plan has no answer. An answer of an earlier rung stands; then only the job has failed."""
    require(actor, Permission.PLAN_WRITE)
    request = queries.get_plan(session, draft.plan_code)
    lock_row(session, DispatchPlan, request.id)
    standing, job_code = queries.find_result(session, request.id), draft.job_code or request.job_code
    if standing is not None and job_code == request.job_code and not _is_first(session, standing):
        raise PlanAnswered(f"{request.code} has an answer", found=request.code)
    outbox.fail(session, job_code, draft.error, now=now)
    if standing is not None:
        return standing
    row = {
        "plan_id": request.id,
        "plan": b"",
        "plan_hash": "",
        "explanation": b"",
        "yardsticks": "{}",
        "changes": "[]",
        "rung": "",
        "error": draft.error,
        "recorded_at": now,
    }
    (result_id,) = append(session, PlanResult, [row])
    return session.get_one(PlanResult, result_id)


def _is_first(session: Session, standing: PlanResult) -> bool:
    """Whether only nearest-first stands, and its job is still being worked on."""
    job = outbox.get_job(session, session.get_one(DispatchPlan, standing.plan_id).job_code)
    return standing.rung == Rung.NEAREST_FIRST and job.state in (JobState.WAITING, JobState.RUNNING)


def _takes_the_place(
    session: Session, request: DispatchPlan, standing: PlanResult, instance: Instance, plan: Plan
) -> bool:
    if plan.rung <= standing.rung or queries.drafted_lots(session, request.id):
        return False
    policy = Policy.from_plain(json.loads(request.policy))
    return no_worse(instance, policy, plan, queries.plan_of(standing))


def _read_plan(text: str) -> Plan:
    """The plan that a solver wrote; a solver that writes nonsense is refused like one that cheats."""
    try:
        return Plan.from_json(text)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput([Problem("invalid_value", "plan", "a valid value", str(error))]) from error


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
