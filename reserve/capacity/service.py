"""Verbs on the register: producers, lines, materials, and what is declared and agreed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from reserve.authority import Actor, Permission, require, require_scope
from reserve.capacity import order_queries, queries, register_rules, rules
from reserve.capacity.drafts import (
    AgreementsDraft,
    CapacityDeclarationsDraft,
    HoldingsDraft,
    LinesDraft,
    MaterialsDraft,
    OfferAcceptanceDraft,
    ProducersDraft,
)
from reserve.capacity.models import (
    BomLine,
    CapacityBase,
    CapacityDeclaration,
    HolderDeclaration,
    HoldingAgreement,
    LineVersion,
    Material,
    MaterialSupply,
    Producer,
)
from reserve.capacity.terms import CapacityDeclared, Recorded
from reserve.catalogue import queries as catalogue_queries
from reserve.db import append, lock_row
from reserve.errors import InvalidInput, NotFound, Problem
from reserve.incidents.terms import Evidence
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation
from reserve.sites import queries as site_queries
from reserve.sites.terms import SiteKind


def record_producers(session: Session, actor: Actor, draft: ProducersDraft, *, now: datetime, today: date) -> Recorded:
    """Enter or update capacity bases and producers by code."""
    require(actor, Permission.CAPACITY_WRITE)
    codes = {producer.organisation_code for producer in draft.producers}
    organisations = organisation_queries.organisations_by_code(session, codes)
    sites = site_queries.sites_by_code(session, {producer.site_code for producer in draft.producers})
    by_id = {organisation.id: code for code, organisation in organisations.items()}
    plants = {
        code: by_id[site.organisation_id]
        for code, site in sites.items()
        if site.kind is SiteKind.PLANT and site.organisation_id in by_id
    }
    bases = queries.capacity_bases_by_code(session)
    regions = organisation_queries.regions_by_code(session, {base.lead_region_code for base in draft.capacity_bases})
    problems = register_rules.producer_problems(
        draft, regions=regions.keys(), organisations=organisations.keys(), plants=plants, bases=bases.keys()
    )
    if problems:
        raise InvalidInput(problems)
    _require_scopes(actor, Permission.CAPACITY_WRITE, (each.path for each in organisations.values()))
    for base in draft.capacity_bases:
        _overwrite(session, bases.get(base.code) or CapacityBase(), base.model_dump())
    session.flush()  # producers point at bases
    known = queries.producers_by_code(session, [producer.code for producer in draft.producers])
    for producer in draft.producers:
        organisation = organisations[producer.organisation_code]
        values = producer.model_dump(exclude={"organisation_code"})
        values |= {"organisation_id": organisation.id, "organisation_path": organisation.path}
        _overwrite(session, known.get(producer.code) or Producer(), values)
    session.flush()
    return Recorded(len(draft.capacity_bases) + len(draft.producers))


def record_lines(session: Session, actor: Actor, draft: LinesDraft, *, now: datetime, today: date) -> Recorded:
    """Add versions of production lines, in force from now or from the time given."""
    require(actor, Permission.CAPACITY_WRITE)
    producers = queries.producers_by_code(session, {line.producer_code for line in draft.lines})
    items = catalogue_queries.items_by_code(session, {line.product_code for line in draft.lines})
    problems = register_rules.line_problems(
        draft,
        producers=producers.keys(),
        items=items.keys(),
        materials=queries.materials_by_code(session).keys(),
        owners=queries.owners_of_lines(session, [line.code for line in draft.lines]),
    )
    if problems:
        raise InvalidInput(problems)
    _require_scopes(actor, Permission.CAPACITY_WRITE, (each.organisation_path for each in producers.values()))
    version = {"valid_from": draft.valid_from or now, "recorded_at": now}
    append(session, LineVersion, [line.model_dump() | version for line in draft.lines])
    return Recorded(len(draft.lines))


def record_materials(session: Session, actor: Actor, draft: MaterialsDraft, *, now: datetime, today: date) -> Recorded:
    """Enter or update materials and the bill of materials, and add versions of what comes in each day."""
    require(actor, Permission.CAPACITY_WRITE)
    materials = queries.materials_by_code(session)
    problems = register_rules.material_problems(
        draft,
        items=catalogue_queries.items_by_code(session, {line.product_code for line in draft.bom}).keys(),
        units={code: material.unit for code, material in materials.items()},
        bom=queries.bom(session),
    )
    if problems:
        raise InvalidInput(problems)
    for material in draft.materials:
        _overwrite(session, materials.get(material.code) or Material(), material.model_dump())
    session.flush()  # the bill points at materials
    known = queries.bom_lines(session)
    for line in draft.bom:
        _overwrite(session, known.get((line.product_code, line.material_code)) or BomLine(), line.model_dump())
    session.flush()
    version = {"valid_from": draft.valid_from or now, "recorded_at": now}
    append(session, MaterialSupply, [supply.model_dump() | version for supply in draft.supplies])
    return Recorded(len(draft.materials) + len(draft.bom) + len(draft.supplies))


def declare_capacity(
    session: Session, actor: Actor, draft: CapacityDeclarationsDraft, *, now: datetime, today: date
) -> CapacityDeclared:
    """A producer says what its lines can make each day. The answer names promises that this leaves unbacked."""
    grades = frozenset({Evidence.DECLARED})
    return _declare(session, actor, Permission.CAPACITY_DECLARE, draft, grades, now=now, today=today)


def record_capacity(
    session: Session, actor: Actor, draft: CapacityDeclarationsDraft, *, now: datetime, today: date
) -> CapacityDeclared:
    """The office writes down what lines can make: as declared on paper, as verified, or as shown in a drill."""
    grades = register_rules.CAPACITY_GRADES
    return _declare(session, actor, Permission.CAPACITY_WRITE, draft, grades, now=now, today=today)


def record_agreements(
    session: Session, actor: Actor, draft: AgreementsDraft, *, now: datetime, today: date
) -> Recorded:
    """Add versions of holding agreements, on the beneficiary's side."""
    require(actor, Permission.CAPACITY_WRITE)
    codes = {each.beneficiary_code for each in draft.agreements}
    organisations = organisation_queries.organisations_by_code(session, codes)
    producers = queries.producers_by_code(session, {each.producer_code for each in draft.agreements})
    items = catalogue_queries.items_by_code(session, {each.item_code for each in draft.agreements})
    problems = register_rules.agreement_problems(
        draft,
        holders={code: producer.holds_stock_on_behalf for code, producer in producers.items()},
        organisations=organisations.keys(),
        items=items.keys(),
    )
    if problems:
        raise InvalidInput(problems)
    _require_scopes(actor, Permission.CAPACITY_WRITE, (each.path for each in organisations.values()))
    rows = [
        each.model_dump(exclude={"beneficiary_code"})
        | {"beneficiary_id": organisations[each.beneficiary_code].id, "recorded_at": now}
        for each in draft.agreements
    ]
    append(session, HoldingAgreement, rows)
    return Recorded(len(rows))


def declare_holdings(session: Session, actor: Actor, draft: HoldingsDraft, *, now: datetime, today: date) -> Recorded:
    """Holders outside government say what they have. What was accepted before must be accepted anew."""
    require(actor, Permission.DECLARATION_WRITE)
    organisations = organisation_queries.organisations_by_code(session, {each.holder_code for each in draft.holdings})
    items = catalogue_queries.items_by_code(session, {each.item_code for each in draft.holdings})
    problems = register_rules.holding_problems(
        draft,
        holders={code: organisation.holder_kind for code, organisation in organisations.items()},
        items=items.keys(),
        today=today,
    )
    if problems:
        raise InvalidInput(problems)
    _require_scopes(actor, Permission.DECLARATION_WRITE, (each.path for each in organisations.values()))
    for holder_id in sorted(each.id for each in organisations.values()):
        lock_row(session, Organisation, holder_id)
    now = queries.time_after_waiting(session, now)
    rows = [
        each.model_dump(exclude={"holder_code"})
        | {
            "holder_id": organisations[each.holder_code].id,
            "accepted": 0,
            "user_id": actor.user_id,
            "valid_from": now,
            "recorded_at": now,
        }
        for each in draft.holdings
    ]
    append(session, HolderDeclaration, rows)
    return Recorded(len(rows))


def accept_offer(
    session: Session, actor: Actor, draft: OfferAcceptanceDraft, *, now: datetime, today: date
) -> HolderDeclaration:
    """Take up what a holder declared, in full or in part. The holder's word stays what it was: it is not stock yet."""
    require(actor, Permission.CAPACITY_WRITE)
    holder = organisation_queries.get_organisation(session, draft.holder_code)
    require_scope(actor, Permission.CAPACITY_WRITE, organisation_path=holder.path)
    lock_row(session, Organisation, holder.id)
    now = queries.time_after_waiting(session, now)
    standing = [
        each
        for each in queries.holdings_at(session, now, now, kind=draft.kind, item_codes=[draft.item_code])
        if each.holder_id == holder.id
    ]
    if not standing:
        raise NotFound("declaration", f"{draft.holder_code} {draft.kind} {draft.item_code}")
    offer = standing[0]
    if draft.quantity > offer.quantity:
        raise InvalidInput([Problem("beyond_offer", "quantity", f"at most {offer.quantity}", str(draft.quantity))])
    row = {
        "holder_id": holder.id,
        "kind": offer.kind,
        "item_code": offer.item_code,
        "quantity": offer.quantity,
        "evidence": offer.evidence,
        "confirmed_on": offer.confirmed_on,
        "accepted": draft.quantity,
        "note": draft.reason,
        "user_id": actor.user_id,
        "valid_from": now,
        "recorded_at": now,
    }
    (row_id,) = append(session, HolderDeclaration, [row])
    return session.get_one(HolderDeclaration, row_id)


def _declare(
    session: Session,
    actor: Actor,
    permission: Permission,
    draft: CapacityDeclarationsDraft,
    grades: frozenset[Evidence],
    *,
    now: datetime,
    today: date,
) -> CapacityDeclared:
    require(actor, permission)
    known = queries.lines_at(session, now, now)
    if problems := register_rules.declaration_problems(draft, lines=known, grades=grades):
        raise InvalidInput(problems)
    line_codes = {each.line_code for each in draft.declarations}
    producer_codes = {known[code].producer_code for code in line_codes}
    producers = queries.lock_producers(session, producer_codes)
    _require_scopes(actor, permission, (each.organisation_path for each in producers))
    now = queries.time_after_waiting(session, now)
    signed = {"user_id": actor.user_id, "recorded_at": now}
    append(session, CapacityDeclaration, [each.model_dump() | signed for each in draft.declarations])
    commitments = order_queries.commitments(session, line_codes)
    declarations = queries.declarations_known(session, now, line_codes)
    unbacked = rules.stranded(commitments, declarations, today)
    return CapacityDeclared(len(draft.declarations), tuple(unbacked))


def _require_scopes(actor: Actor, permission: Permission, paths: Iterable[str]) -> None:
    for path in sorted(set(paths)):
        require_scope(actor, permission, organisation_path=path)


def _overwrite(session: Session, row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
