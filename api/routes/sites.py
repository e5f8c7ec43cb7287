"""Sites, bins, roads, vehicles. Where places are is no secret inside; what stands there is."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import AwareDatetime
from starlette.responses import Response

from api.deps import After, Command, Limit, Page, Question, found_in, needs, page_of
from api.schemas.sites import BinOut, FleetOut, RoadOut, RowsRecorded, SiteOut
from api.views import sites as views
from reserve.authority import Permission
from reserve.sites import queries, service
from reserve.sites.terms import BinDraft, FleetsDraft, RoadChangeDraft, RoutesDraft, SiteKind, SitesDraft

router = APIRouter(tags=["sites"])


@router.post("/sites", status_code=201, response_model=RowsRecorded, dependencies=[needs(Permission.SITE_WRITE)])
def record_sites(draft: SitesDraft, command: Command) -> Response:
    """Enter or update sites by code. A new site gets the bins of its kind."""
    return command.run(service.record_sites, draft, answer=RowsRecorded)


@router.post("/bins", status_code=201, response_model=BinOut, dependencies=[needs(Permission.SITE_WRITE)])
def record_bin(draft: BinDraft, command: Command) -> Response:
    return command.run(service.record_bin, draft, answer=BinOut)


@router.post("/roads", status_code=201, response_model=RowsRecorded, dependencies=[needs(Permission.ROUTE_WRITE)])
def record_routes(draft: RoutesDraft, command: Command) -> Response:
    """Add versions of roads, each from a time on."""
    return command.run(service.record_routes, draft, answer=RowsRecorded)


@router.post("/roads/close", response_model=RowsRecorded, dependencies=[needs(Permission.ROUTE_WRITE)])
def close_road(draft: RoadChangeDraft, command: Command) -> Response:
    return command.run(service.close_road, draft, answer=RowsRecorded)


@router.post("/roads/open", response_model=RowsRecorded, dependencies=[needs(Permission.ROUTE_WRITE)])
def open_road(draft: RoadChangeDraft, command: Command) -> Response:
    return command.run(service.open_road, draft, answer=RowsRecorded)


@router.post("/fleets", status_code=201, response_model=RowsRecorded, dependencies=[needs(Permission.SITE_WRITE)])
def record_fleets(draft: FleetsDraft, command: Command) -> Response:
    return command.run(service.record_fleets, draft, answer=RowsRecorded)


@router.get("/sites", response_model=Page[SiteOut], dependencies=[needs()])
def list_sites(
    question: Question, kind: SiteKind | None = None, after: After = "", limit: Limit = 100
) -> Page[SiteOut]:
    """Sites inside my scopes."""
    rows = question.ask(queries.list_sites, question.own_scopes, kind=kind, after=after, limit=limit)
    return page_of(SiteOut, rows, limit, key=lambda row: row.code)


@router.get("/sites/{code}", response_model=SiteOut, dependencies=[needs()])
def get_site(code: str, question: Question) -> SiteOut:
    site = question.ask(queries.get_site, code)
    found_in(question.own_scopes, site.organisation_path, "site", code)
    return SiteOut.model_validate(site)


@router.get("/sites/{code}/bins", response_model=list[BinOut], dependencies=[needs(Permission.STOCK_READ)])
def list_bins(code: str, question: Question) -> list[BinOut]:
    rows = question.ask(views.bins, code, question.scopes(Permission.STOCK_READ))
    return [BinOut.model_validate(row) for row in rows]


@router.get("/roads", response_model=list[RoadOut], dependencies=[needs()])
def list_roads(question: Question, from_site: str, as_of: AwareDatetime | None = None) -> list[RoadOut]:
    """Recorded roads out of one site, as they are or as they were at a time."""
    roads = question.ask(queries.routes_at, as_of or question.now, question.now, from_sites=[from_site])
    return [
        RoadOut(from_site=start, to_site=end, minutes=road.minutes, metres=road.metres, closed=road.closed)
        for (start, end), road in roads.items()
    ]


@router.get("/fleets", response_model=list[FleetOut], dependencies=[needs()])
def list_fleets(question: Question) -> list[FleetOut]:
    return [FleetOut.model_validate(row) for row in question.ask(queries.list_fleets)]
