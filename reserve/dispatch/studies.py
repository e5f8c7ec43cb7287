"""Verbs on studies: further questions about a plan, asked before anyone signs. Worked out with no transaction open."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from optimizer.dispatch.cargo import read_loading, read_loading_question
from optimizer.dispatch.check_loads import loading_violations
from reserve.authority import Actor, Permission, require, require_scope
from reserve.db import append
from reserve.dispatch import loading, planning, queries, study_queries
from reserve.dispatch.drafts import (
    ChoiceDraft,
    HoldBackDraft,
    LoadsDraft,
    PinDraft,
    PolicyComparisonDraft,
    StudyFailureDraft,
    StudyResultDraft,
)
from reserve.dispatch.letters import PlanNotSolved
from reserve.dispatch.models import DispatchPlan, PlanStudy, StudyResult
from reserve.dispatch.plans import policy_of
from reserve.dispatch.terms import StudyKind
from reserve.dispatch.uncertainty import need_scenarios
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.identifiers import uuid7
from reserve.jobs import outbox
from reserve.papers.models import Document

JOB_KIND = "plan_study"


class NothingToLoad(Conflict):
    """Nothing of the plan leaves in these hours, or its orders promise nothing any more."""

    code = "nothing_to_load"


class LoadsBreakTheModel(Conflict):
    """The independent look found the loads wrong: they are not stored as an answer."""

    code = "loads_break_the_model"


class StudyAnswered(Conflict):
    """This study has its answer already."""

    code = "study_answered"


def compare_policies(
    session: Session, actor: Actor, draft: PolicyComparisonDraft, *, now: datetime, today: date
) -> PlanStudy:
    """Ask who gains and who loses under another policy. The same question again gives the same study."""
    require(actor, Permission.PLAN_READ)
    plan = _solved_plan(session, actor, draft.plan_code)
    return _ask(session, actor, plan, StudyKind.POLICIES, {"other": policy_of(draft).plain()}, now=now)


def weigh_hold_back(session: Session, actor: Actor, draft: HoldBackDraft, *, now: datetime, today: date) -> PlanStudy:
    """Ask what holding back costs if the needs turn out low, as thought, or high, as the estimates have them."""
    require(actor, Permission.PLAN_READ)
    plan = _solved_plan(session, actor, draft.plan_code)
    question = {
        "known_at_hour": draft.known_at_hour,
        "held_percents": sorted(set(draft.held_percents)),
        "scenarios": need_scenarios(session, plan),
    }
    return _ask(session, actor, plan, StudyKind.HOLD_BACK, question, now=now)


def price_choice(session: Session, actor: Actor, draft: ChoiceDraft, *, now: datetime, today: date) -> PlanStudy:
    """Ask what one wish costs, or what the next best source would have cost. Raises InvalidInput for strange ones."""
    require(actor, Permission.PLAN_READ)
    plan = _solved_plan(session, actor, draft.plan_code)
    ban = PinDraft(owner_code=draft.owner_code, source_site=draft.source_site, need_key=draft.need_key, quantity=0)
    chosen = planning.pins_of(queries.instance_of(plan), [ban])
    question = {"chosen": [[pin.source_code, pin.need_code, pin.quantity] for pin in chosen]}
    return _ask(session, actor, plan, StudyKind.CHOICE, question, now=now)


def load_vehicles(session: Session, actor: Actor, draft: LoadsDraft, *, now: datetime, today: date) -> PlanStudy:
    """Ask for the vehicle loads of a plan, or of what its orders still promise. Raises NothingToLoad."""
    require(actor, Permission.PLAN_READ)
    plan = _solved_plan(session, actor, draft.plan_code)
    until = plan.as_of + timedelta(hours=draft.leave_within_hours)
    lines = queries.plan_lines(session, plan.id)
    if draft.order_numbers:
        lines = loading.promised_lines(session, _orders(session, plan, draft), lines)
    chosen = [
        line for line in lines if line.leave_at < until and (not draft.item_codes or line.item_code in draft.item_codes)
    ]
    if not chosen:
        raise NothingToLoad(f"{plan.code}: nothing leaves in {draft.leave_within_hours} hours", found=plan.code)
    question = loading.loading_question(session, plan, chosen)
    return _ask(session, actor, plan, StudyKind.LOADS, question.plain(), now=now)


def record_study(session: Session, actor: Actor, draft: StudyResultDraft, *, now: datetime, today: date) -> StudyResult:
    """Store what was worked out. Loads are looked at independently first. Raises LoadsBreakTheModel."""
    require(actor, Permission.PLAN_WRITE)
    study = _unanswered(session, draft.study_code)
    _require_sound(study, draft.answer)
    answer_hash = hashlib.sha256(draft.answer.encode()).hexdigest()
    outbox.settle(session, study.job_code, {"answer_hash": answer_hash}, now=now)
    return _answered(session, study, draft.answer, answer_hash, None, now)


def record_study_failure(
    session: Session, actor: Actor, draft: StudyFailureDraft, *, now: datetime, today: date
) -> StudyResult:
    """Say why a study has no answer."""
    require(actor, Permission.PLAN_WRITE)
    study = _unanswered(session, draft.study_code)
    outbox.fail(session, study.job_code, draft.error, now=now)
    return _answered(session, study, "", "", draft.error, now)


def _solved_plan(session: Session, actor: Actor, code: str) -> DispatchPlan:
    plan = queries.get_plan(session, code)
    require_scope(actor, Permission.PLAN_READ, organisation_path=plan.organisation_path)
    result = queries.find_result(session, plan.id)
    if result is None or result.error:
        raise PlanNotSolved(f"{plan.code} has no answer", found=plan.code)
    return plan


def _ask(
    session: Session, actor: Actor, plan: DispatchPlan, kind: StudyKind, question: Mapping[str, Any], *, now: datetime
) -> PlanStudy:
    """Freeze a question and put it into the outbox; one that was asked before is not asked again."""
    result = queries.find_result(session, plan.id)
    assert result is not None
    text = json.dumps(question, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    question_hash = hashlib.sha256(f"{kind}\n{result.plan_hash}\n{plan.policy}\n{text}".encode()).hexdigest()
    known = study_queries.find_study(session, plan.id, question_hash)
    if known is not None:
        return known
    code = f"STUDY-{uuid7()}"
    row = {
        "code": code,
        "plan_id": plan.id,
        "result_id": result.id,
        "kind": kind,
        "question": zlib.compress(text.encode(), 6),
        "question_hash": question_hash,
        "requested_by_person": actor.person_id,
        "recorded_at": now,
        "job_code": outbox.put(session, JOB_KIND, code, {"study": code}, now=now).code,
    }
    (study_id,) = append(session, PlanStudy, [row])
    return session.get_one(PlanStudy, study_id)


def _orders(session: Session, plan: DispatchPlan, draft: LoadsDraft) -> list[Document]:
    """The orders named, each of which must come from this plan. Raises InvalidInput naming every other."""
    known = {document.number: document for document in queries.orders_of_plan(session, plan.id)}
    problems = [
        Problem("order_of_another_plan", f"order_numbers.{place}", "an order of this plan", number, place + 1)
        for place, number in enumerate(draft.order_numbers)
        if number not in known
    ]
    if problems:
        raise InvalidInput(problems)
    return [known[number] for number in sorted(set(draft.order_numbers))]


def _require_sound(study: PlanStudy, answer: str) -> None:
    try:
        found = json.loads(answer)
        if study.kind is not StudyKind.LOADS:
            return
        loads, question = read_loading(found), read_loading_question(study_queries.question_of(study))
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput([Problem("invalid_value", "answer", "a valid value", str(error))]) from error
    if faults := loading_violations(question.cargoes, question.fleets, question.roads, question.gates, loads):
        raise LoadsBreakTheModel(f"{len(faults)} faults: {faults[0]}", found=len(faults))


def _unanswered(session: Session, code: str) -> PlanStudy:
    study = study_queries.get_study(session, code)
    if study_queries.find_study_result(session, study.id) is not None:
        raise StudyAnswered(f"{study.code} has an answer", found=study.code)
    return study


def _answered(
    session: Session, study: PlanStudy, answer: str, answer_hash: str, error: str | None, now: datetime
) -> StudyResult:
    row = {
        "study_id": study.id,
        "answer": zlib.compress(answer.encode(), 6),
        "answer_hash": answer_hash,
        "error": error,
        "recorded_at": now,
    }
    (result_id,) = append(session, StudyResult, [row])
    return session.get_one(StudyResult, result_id)
