"""Who must hold what: rules, targets, coverage, gaps, floors, the cascade."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import Command, Question, needs
from api.schemas.mandates import (
    CascadeStepOut,
    CoverageLineOut,
    FloorsSetOut,
    GapOut,
    RulesSetOut,
    TargetOut,
    TargetsSetOut,
)
from reserve.authority import Permission
from reserve.mandates import drafts, queries, service
from reserve.organisations.terms import Tier

router = APIRouter(tags=["mandates"])

WRITE = [needs(Permission.MANDATE_WRITE)]
READ = [needs(Permission.MANDATE_READ)]


@router.post("/mandates", status_code=201, response_model=RulesSetOut, dependencies=WRITE)
def set_mandates(draft: drafts.MandatesDraft, command: Command) -> Response:
    """Put a whole set of mandates in force from a time on."""
    return command.run(service.set_mandates, draft, answer=RulesSetOut)


@router.post("/floor-rules", status_code=201, response_model=RulesSetOut, dependencies=WRITE)
def set_floor_rules(draft: drafts.FloorRulesDraft, command: Command) -> Response:
    return command.run(service.set_floor_rules, draft, answer=RulesSetOut)


@router.post("/cascade", status_code=201, response_model=RulesSetOut, dependencies=WRITE)
def set_cascade(draft: drafts.CascadeDraft, command: Command) -> Response:
    return command.run(service.set_cascade, draft, answer=RulesSetOut)


@router.post("/targets", status_code=201, response_model=TargetsSetOut, dependencies=WRITE)
def compute_targets(draft: drafts.TargetsDraft, command: Command) -> Response:
    """Compute targets from the mandates in force."""
    return command.run(service.compute_targets, draft, answer=TargetsSetOut)


@router.post("/floors", status_code=201, response_model=FloorsSetOut, dependencies=WRITE)
def set_floors(draft: drafts.FloorsDraft, command: Command) -> Response:
    return command.run(service.set_floors, draft, answer=FloorsSetOut)


@router.get("/targets", response_model=list[TargetOut], dependencies=READ)
def list_targets(question: Question, item: str | None = None, tier: Tier | None = None) -> list[TargetOut]:
    """Targets of holders inside my scopes."""
    now, scopes = question.now, question.scopes(Permission.MANDATE_READ)
    rows = question.ask(queries.targets_at, now, now, scopes=scopes, item_codes=[item] if item else (), tier=tier)
    return [TargetOut.model_validate(row) for row in rows]


@router.get("/coverage", response_model=list[CoverageLineOut], dependencies=READ)
def list_coverage(question: Question, item: str | None = None, tier: Tier | None = None) -> list[CoverageLineOut]:
    """Targets with what stands against them: usable stock as counted, other holdings by their grade."""
    now, scopes = question.now, question.scopes(Permission.MANDATE_READ)
    rows = question.ask(
        queries.coverage_report,
        now,
        now,
        today=question.today,
        scopes=scopes,
        item_codes=[item] if item else (),
        tier=tier,
    )
    return [CoverageLineOut.model_validate(row) for row in rows]


@router.get("/mandate-gaps", response_model=list[GapOut], dependencies=READ)
def list_gaps(question: Question) -> list[GapOut]:
    """Items that a mandate covers in words but for which no number follows."""
    return [
        GapOut.model_validate(row) for row in question.ask(queries.gaps_of, question.scopes(Permission.MANDATE_READ))
    ]


@router.get("/cascade", response_model=list[CascadeStepOut], dependencies=READ)
def get_cascade(question: Question) -> list[CascadeStepOut]:
    """The lawful sources, in order, with the authority of each step."""
    now = question.now
    return [CascadeStepOut.model_validate(row) for row in question.ask(queries.cascade_at, now, now)]
