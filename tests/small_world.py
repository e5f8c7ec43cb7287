"""A world small enough to hold in one's head: one province, one city, one county, two stores, one hospital.

Entered through the verbs, by actors who may do everything; rights have tests of their own.

    W1, W2   warehouses of the provincial bureau PB, each with a shelf A1
    H1       the county hospital, with a receiving point RP
    MASK     expires, packs of 50;  TENT  does not expire
"""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, model_validator

from reserve.authority import Actor, Grant, Permission
from reserve.catalogue import service as catalogue
from reserve.catalogue.terms import CatalogueDraft, CategoryDraft, ItemDraft, LifeCycle
from reserve.commands import Runner
from reserve.organisations import service as organisations
from reserve.organisations.terms import (
    Body,
    OrganisationDraft,
    OrganisationsDraft,
    RegionDraft,
    RegionLevel,
    RegionsDraft,
    Tier,
)
from reserve.papers import service as papers
from reserve.papers.models import Document
from reserve.papers.terms import HolderRelation, MatrixDraft, MatrixRowDraft
from reserve.sites import service as sites
from reserve.sites.terms import SiteDraft, SiteKind, SitesDraft

MASK, TENT = "M0000001", "T0000001"
PROVINCE, CITY, COUNTY = "130000", "130100", "130109"


class Anything(BaseModel, extra="allow"):
    """Whatever a verb returns, as far as it can be written down: the fields of a value object, a paper's number."""

    @model_validator(mode="before")
    @classmethod
    def _fields(cls, value: Any) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        if isinstance(value, Document):
            return {"number": value.number, "id": value.id}
        return value if isinstance(value, dict) else {}


@lru_cache
def actor(number: int = 1, *roles: str) -> Actor:
    """Person ``number`` with every permission everywhere, holding the roles named for signatures."""
    grants = tuple(Grant(role, "/", frozenset(Permission)) for role in (*roles, "everything"))
    return Actor(user_id=number, person_id=number, login=f"person{number}", grants=grants)


def run(runner: Runner, verb: Any, draft: BaseModel, by: Actor | None = None, answer: type[Any] = Anything) -> Any:
    """The answer of a verb, committed."""
    return runner.run(verb, draft, actor=by or actor(), answer=answer).value


def build(runner: Runner) -> None:
    """Enter the world."""
    run(runner, organisations.record_regions, RegionsDraft(regions=_regions()))
    run(runner, organisations.record_organisations, OrganisationsDraft(organisations=_organisations()))
    run(runner, sites.record_sites, SitesDraft(sites=_sites()))
    run(runner, catalogue.record_catalogue, CatalogueDraft(categories=_categories(), items=_items()))
    run(runner, papers.set_approval_matrix, MatrixDraft(rows=_matrix()))


def _regions() -> tuple[RegionDraft, ...]:
    levels = [
        (PROVINCE, RegionLevel.PROVINCE, None),
        (CITY, RegionLevel.CITY, PROVINCE),
        (COUNTY, RegionLevel.COUNTY, CITY),
    ]
    return tuple(
        RegionDraft(
            code=code,
            name_zh=code,
            name_en=code,
            level=level,
            county_equivalent=False,
            parent_code=parent,
            latitude=38.0,
            longitude=114.5,
            population=1000,
            households=300,
        )
        for code, level, parent in levels
    )


def _organisations() -> tuple[OrganisationDraft, ...]:
    rows = [
        ("HB", Body.GOVERNMENT, Tier.PROVINCE, PROVINCE, None),
        ("PB", Body.RESERVE_BUREAU, Tier.PROVINCE, PROVINCE, "HB"),
        ("SJZ", Body.GOVERNMENT, Tier.CITY, CITY, "HB"),
        ("GC", Body.GOVERNMENT, Tier.COUNTY, COUNTY, "SJZ"),
        ("H1", Body.HOSPITAL, Tier.HOSPITAL, COUNTY, "GC"),
        ("MAKER", Body.PRODUCER, Tier.PRODUCER, CITY, "SJZ"),
    ]
    return tuple(
        OrganisationDraft(code=code, name_zh=code, body=body, tier=tier, region_code=region, parent_code=parent)
        for code, body, tier, region, parent in rows
    )


def _sites() -> tuple[SiteDraft, ...]:
    rows = [
        ("W1", SiteKind.WAREHOUSE, "PB", PROVINCE),
        ("W2", SiteKind.WAREHOUSE, "PB", CITY),
        ("H1", SiteKind.HOSPITAL, "H1", COUNTY),
    ]
    return tuple(
        SiteDraft(
            code=code,
            name_zh=code,
            kind=kind,
            organisation_code=organisation,
            region_code=region,
            latitude=38.0,
            longitude=114.5,
        )
        for code, kind, organisation, region in rows
    )


def _categories() -> tuple[CategoryDraft, ...]:
    return (CategoryDraft(code="PPE", name_zh="防护", name_en="protection"),)


def _items() -> tuple[ItemDraft, ...]:
    common: dict[str, Any] = {"category": "PPE", "weight_g": 4, "volume_cm3": 40, "unit_price_minor": 50}
    return (
        ItemDraft(
            code=MASK, name_zh="口罩", name_en="mask", unit="piece", shelf_life_months=24, pack_size=50, **common
        ),
        ItemDraft(code=TENT, name_zh="帐篷", name_en="tent", unit="piece", life_cycle=LifeCycle.DURABLE, **common),
    )


def _matrix() -> tuple[MatrixRowDraft, ...]:
    """Count, disposal, dispatch: a planner, then a member of the province's commission."""
    return tuple(
        MatrixRowDraft(
            document_kind=kind,
            response_level="any",
            holder_relation=HolderRelation.OWN,
            value_minor_from=0,
            step=step,
            role=role,
            quorum=1,
        )
        for kind in ("count_variance", "disposal", "dispatch_order")
        for step, role in ((1, "planner"), (2, "holder_commission_member"))
    )
