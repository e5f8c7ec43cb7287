"""Regions and organisations."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import RootModel
from starlette.responses import Response

from api.deps import After, Command, Limit, Page, Question, found_in, needs, page_of
from api.schemas.organisations import OrganisationOut, RegionOut
from reserve.authority import Permission
from reserve.organisations import queries, service
from reserve.organisations.terms import OrganisationsDraft, RegionLevel, RegionsDraft

router = APIRouter(tags=["organisations"])

Regions = RootModel[list[RegionOut]]
Organisations = RootModel[list[OrganisationOut]]


@router.post("/regions", status_code=201, response_model=Regions, dependencies=[needs(Permission.ORGANISATION_WRITE)])
def record_regions(draft: RegionsDraft, command: Command) -> Response:
    return command.run(service.record_regions, draft, answer=Regions)


@router.get("/regions", response_model=list[RegionOut], dependencies=[needs()])
def list_regions(question: Question, level: RegionLevel | None = None) -> list[RegionOut]:
    """All regions; fewer than three hundred, and no secret."""
    return [RegionOut.model_validate(row) for row in question.ask(queries.list_regions, level)]


@router.get("/regions/{code}", response_model=RegionOut, dependencies=[needs()])
def get_region(code: str, question: Question) -> RegionOut:
    return RegionOut.model_validate(question.ask(queries.get_region, code))


@router.post(
    "/organisations",
    status_code=201,
    response_model=Organisations,
    dependencies=[needs(Permission.ORGANISATION_WRITE)],
)
def record_organisations(draft: OrganisationsDraft, command: Command) -> Response:
    return command.run(service.record_organisations, draft, answer=Organisations)


@router.get("/organisations", response_model=Page[OrganisationOut], dependencies=[needs()])
def list_organisations(question: Question, after: After = "", limit: Limit = 100) -> Page[OrganisationOut]:
    rows = question.ask(queries.list_organisations, question.own_scopes, after, limit)
    return page_of(OrganisationOut, rows, limit, key=lambda row: row.code)


@router.get("/organisations/{code}", response_model=OrganisationOut, dependencies=[needs()])
def get_organisation(code: str, question: Question) -> OrganisationOut:
    organisation = question.ask(queries.get_organisation, code)
    found_in(question.own_scopes, organisation.path, "organisation", code)
    return OrganisationOut.model_validate(organisation)
