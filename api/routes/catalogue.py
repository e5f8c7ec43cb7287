"""Items, categories, substitutes. Whoever is signed in may read them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import After, Command, Limit, Page, Question, needs, page_of
from api.schemas.catalogue import (
    CatalogueRecordedOut,
    CategoryOut,
    EquipmentOut,
    EquipmentRecordedOut,
    ItemOut,
    SubstitutionDecisionOut,
    SubstitutionOut,
    TradeCodeOut,
    TradeCodesRecordedOut,
)
from api.views import catalogue as views
from reserve.authority import Permission
from reserve.catalogue import queries, service
from reserve.catalogue.terms import CatalogueDraft, EquipmentDraft, SubstitutionDecisionDraft, TradeCodesDraft

router = APIRouter(tags=["catalogue"])
WRITE = [needs(Permission.CATALOGUE_WRITE)]


@router.post("/catalogue", status_code=201, response_model=CatalogueRecordedOut, dependencies=WRITE)
def record_catalogue(draft: CatalogueDraft, command: Command) -> Response:
    """Enter or update categories, items and substitutions by code."""
    return command.run(service.record_catalogue, draft, answer=CatalogueRecordedOut)


@router.post("/trade-codes", status_code=201, response_model=TradeCodesRecordedOut, dependencies=WRITE)
def record_trade_codes(draft: TradeCodesDraft, command: Command) -> Response:
    """Enter what makers' labels call our items: GTIN, MA or AHM device identifier, with the pieces in that pack."""
    return command.run(service.record_trade_codes, draft, answer=TradeCodesRecordedOut)


@router.get("/trade-codes", response_model=list[TradeCodeOut], dependencies=[needs()])
def list_trade_codes(question: Question) -> list[TradeCodeOut]:
    return [TradeCodeOut.model_validate(row) for row in question.ask(queries.trade_codes).values()]


@router.post("/equipment", status_code=201, response_model=EquipmentRecordedOut, dependencies=WRITE)
def record_equipment(draft: EquipmentDraft, command: Command) -> Response:
    """Say which items are kept by serial number, and how long a calibration of them is good for."""
    return command.run(service.record_equipment, draft, answer=EquipmentRecordedOut)


@router.get("/equipment", response_model=list[EquipmentOut], dependencies=[needs()])
def list_equipment(question: Question) -> list[EquipmentOut]:
    return [EquipmentOut.model_validate(row) for row in question.ask(queries.list_equipment)]


@router.post("/substitutions/enable", response_model=SubstitutionOut, dependencies=WRITE)
def enable_substitution(draft: SubstitutionDecisionDraft, command: Command) -> Response:
    return command.run(service.enable_substitution, draft, answer=SubstitutionOut)


@router.post("/substitutions/disable", response_model=SubstitutionOut, dependencies=WRITE)
def disable_substitution(draft: SubstitutionDecisionDraft, command: Command) -> Response:
    return command.run(service.disable_substitution, draft, answer=SubstitutionOut)


@router.get("/items", response_model=Page[ItemOut], dependencies=[needs()])
def list_items(
    question: Question, search: str = "", category: str | None = None, after: After = "", limit: Limit = 100
) -> Page[ItemOut]:
    rows = question.ask(queries.list_items, search=search, category=category, after=after, limit=limit)
    return page_of(ItemOut, rows, limit, key=lambda row: row.code)


@router.get("/items/{code}", response_model=ItemOut, dependencies=[needs()])
def get_item(code: str, question: Question) -> ItemOut:
    return ItemOut.model_validate(question.ask(queries.get_item, code))


@router.get("/categories", response_model=list[CategoryOut], dependencies=[needs()])
def list_categories(question: Question) -> list[CategoryOut]:
    return [CategoryOut.model_validate(row) for row in question.ask(queries.categories_by_code).values()]


@router.get("/substitutions", response_model=list[SubstitutionOut], dependencies=[needs()])
def list_substitutions(question: Question, enabled_only: bool = False) -> list[SubstitutionOut]:
    rows = question.ask(queries.substitutions, enabled_only=enabled_only)
    return [SubstitutionOut.model_validate(row) for row in rows]


@router.get(
    "/substitutions/{needed_item}/{substitute_item}",
    response_model=list[SubstitutionDecisionOut],
    dependencies=[needs()],
)
def list_decisions(needed_item: str, substitute_item: str, question: Question) -> list[SubstitutionDecisionOut]:
    """Every decision on a substitution, oldest first."""
    rows = question.ask(views.decisions, needed_item, substitute_item)
    return [SubstitutionDecisionOut.model_validate(row) for row in rows]
