"""Further questions about a plan, before anyone signs: another policy, holding back, vehicle loads, one choice."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Command, Question, needs
from api.i18n import language_of, text_in
from api.schemas.studies import StudyOut, StudyRef
from api.views import studies as views
from reserve.authority import Permission
from reserve.dispatch import drafts, service

router = APIRouter(tags=["dispatch"])

READ = [needs(Permission.PLAN_READ)]


@router.post("/studies/policies", status_code=202, response_model=StudyRef, dependencies=READ)
def compare_policies(draft: drafts.PolicyComparisonDraft, command: Command) -> Response:
    """Ask who gains and who loses under another policy, by county, item and class. Read ``/studies/{code}`` after."""
    return command.run(service.compare_policies, draft, answer=StudyRef)


@router.post("/studies/hold-back", status_code=202, response_model=StudyRef, dependencies=READ)
def weigh_hold_back(draft: drafts.HoldBackDraft, command: Command) -> Response:
    """Ask what each share held back costs if the need turns out low, as thought, or high."""
    return command.run(service.weigh_hold_back, draft, answer=StudyRef)


@router.post("/studies/loads", status_code=202, response_model=StudyRef, dependencies=READ)
def load_vehicles(draft: drafts.LoadsDraft, command: Command) -> Response:
    """Ask for vehicles, tours, hours and pick lists of a plan, or of what its orders still promise."""
    return command.run(service.load_vehicles, draft, answer=StudyRef)


@router.post("/studies/choice", status_code=202, response_model=StudyRef, dependencies=READ)
def price_choice(draft: drafts.ChoiceDraft, command: Command) -> Response:
    """Ask what a wish costs, or what the next best source would have cost. Read ``/studies/{code}`` after."""
    return command.run(service.price_choice, draft, answer=StudyRef)


@router.get("/plans/{code}/studies", response_model=list[StudyRef], dependencies=READ)
def list_studies(code: str, question: Question) -> list[StudyRef]:
    return question.ask(views.of_plan, code, question.scopes(Permission.PLAN_READ))


@router.get("/studies/{code}", response_model=StudyOut, dependencies=READ)
def get_study(code: str, question: Question, request: Request) -> StudyOut:
    """A study with its answer in sentences and as a table, in the reader's language."""
    text = text_in(language_of(request))
    return question.ask(views.study, code, question.scopes(Permission.PLAN_READ), text)
