"""Questions about studies: what was asked, how far it is, what came out, and what the worker is handed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.dispatch import queries
from reserve.dispatch.models import DispatchPlan, PlanResult, PlanStudy, StudyResult
from reserve.dispatch.terms import PlanState, StudyKind
from reserve.errors import NotFound


def get_study(session: Session, code: str) -> PlanStudy:
    study = session.scalar(select(PlanStudy).where(PlanStudy.code == code))
    if study is None:
        raise NotFound("study", code)
    return study


def find_study(session: Session, plan_id: int, question_hash: str) -> PlanStudy | None:
    """The study of a plan that asks the same, unless it failed."""
    statement = (
        select(PlanStudy)
        .outerjoin(StudyResult, StudyResult.study_id == PlanStudy.id)
        .where(PlanStudy.plan_id == plan_id, PlanStudy.question_hash == question_hash, StudyResult.error.is_(None))
    )
    return session.scalars(statement.order_by(PlanStudy.id).limit(1)).first()


def studies_of(session: Session, plan_id: int) -> Sequence[PlanStudy]:
    """Studies of a plan in the order in which they were asked."""
    return session.scalars(select(PlanStudy).where(PlanStudy.plan_id == plan_id).order_by(PlanStudy.id)).all()


def find_study_result(session: Session, study_id: int) -> StudyResult | None:
    return session.scalar(select(StudyResult).where(StudyResult.study_id == study_id))


def study_state(result: StudyResult | None) -> PlanState:
    if result is None:
        return PlanState.WAITING
    return PlanState.FAILED if result.error else PlanState.SOLVED


def question_of(study: PlanStudy) -> Any:
    return json.loads(zlib.decompress(study.question))


def answer_of(result: StudyResult) -> Any:
    return json.loads(zlib.decompress(result.answer))


def study_task(session: Session, study: PlanStudy) -> dict[str, Any]:
    """Everything a solver needs to answer a study, in plain JSON values; see ``optimizer/dispatch/study.py``."""
    task = {"kind": study.kind.value, **question_of(study)}
    if study.kind is StudyKind.LOADS:
        return task
    plan = session.get_one(DispatchPlan, study.plan_id)
    result = session.get_one(PlanResult, study.result_id)
    return {**queries.solve_task(plan), "plan": queries.plan_of(result).to_json(), **task}
