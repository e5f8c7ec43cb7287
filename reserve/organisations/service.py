"""Verbs on regions and organisations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require
from reserve.db import claim, claim_all
from reserve.errors import Conflict, InvalidInput, Problem
from reserve.organisations import queries
from reserve.organisations.models import Installation, Organisation, Region
from reserve.organisations.terms import (
    HOLDER_KIND_OF_TIER,
    InstallationDraft,
    OrganisationDraft,
    OrganisationsDraft,
    RegionsDraft,
)


def set_up_installation(
    session: Session, actor: Actor, draft: InstallationDraft, *, now: datetime, today: date
) -> Installation:
    """Say, once, whether this database is real or a drill. A drill never becomes real, nor the other way."""
    require(actor, Permission.ORGANISATION_WRITE)
    if not claim(session, Installation, draft.model_dump() | {"id": 1}, unique=("id",)):
        found = "drill" if session.get_one(Installation, 1).is_drill else "real"
        raise Conflict(f"this database is set up already: {found}", found=found)
    return session.get_one(Installation, 1)


def record_regions(
    session: Session, actor: Actor, draft: RegionsDraft, *, now: datetime, today: date
) -> Sequence[Region]:
    """Enter or update regions by code; a parent must stand in the list or in the table already."""
    require(actor, Permission.ORGANISATION_WRITE)
    known = dict(queries.regions_by_code(session))
    codes = {region.code for region in draft.regions} | known.keys()
    problems = [
        Problem(
            "unknown_region", f"regions.{row}.parent_code", "a known region code", region.parent_code or "", row + 1
        )
        for row, region in enumerate(draft.regions)
        if region.parent_code is not None and region.parent_code not in codes
    ]
    if problems:
        raise InvalidInput(problems)
    recorded = []
    for region in draft.regions:
        values = region.model_dump() | {"hazard_tags": ";".join(region.hazard_tags)}
        row = known.get(region.code) or Region(code=region.code)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        recorded.append(row)
    session.flush()
    return recorded


def record_organisations(
    session: Session, actor: Actor, draft: OrganisationsDraft, *, now: datetime, today: date
) -> Sequence[Organisation]:
    """Enter organisations; parents come before their children. An organisation that stands already is left as it is."""
    require(actor, Permission.ORGANISATION_WRITE)
    regions = queries.regions_by_code(session)
    paths = {code: organisation.path for code, organisation in queries.organisations_by_code(session).items()}
    problems = []
    for row, organisation in enumerate(draft.organisations):
        parent = organisation.parent_code
        if organisation.region_code not in regions:
            field = f"organisations.{row}.region_code"
            problems.append(Problem("unknown_region", field, "a known region code", organisation.region_code, row + 1))
        if parent is not None and parent not in paths:
            field = f"organisations.{row}.parent_code"
            problems.append(Problem("unknown_organisation", field, "an organisation entered before", parent, row + 1))
        paths.setdefault(organisation.code, f"{paths.get(parent or '', '/')}{organisation.code}/")
    if problems:
        raise InvalidInput(problems)
    _record(session, draft.organisations, paths)
    recorded = queries.organisations_by_code(session, [organisation.code for organisation in draft.organisations])
    return [recorded[organisation.code] for organisation in draft.organisations]


def _record(session: Session, drafts: Sequence[OrganisationDraft], paths: Mapping[str, str]) -> None:
    """Enter organisations level by level, so that every parent has its id before its children."""
    by_level: dict[int, list[OrganisationDraft]] = defaultdict(list)
    for draft in drafts:
        by_level[paths[draft.code].count("/")].append(draft)
    for level in sorted(by_level):
        parents = queries.organisations_by_code(session, {d.parent_code for d in by_level[level] if d.parent_code})
        rows = [
            draft.model_dump(exclude={"parent_code"})
            | {
                "parent_id": parents[draft.parent_code].id if draft.parent_code else None,
                "path": paths[draft.code],
                "holder_kind": HOLDER_KIND_OF_TIER[draft.tier] if draft.tier else None,
            }
            for draft in by_level[level]
        ]
        claim_all(session, Organisation, rows, unique=("code",))
