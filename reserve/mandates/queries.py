"""Questions about mandates: rules in force, targets, floors by share, coverage, gaps, the cascade."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.catalogue import queries as catalogue_queries
from reserve.db import within
from reserve.incidents import assembly
from reserve.incidents import queries as incident_queries
from reserve.incidents.terms import Evidence
from reserve.mandates.coverage import coverage_lines
from reserve.mandates.drafts import HolderDraft
from reserve.mandates.models import (
    CascadeRow,
    FloorRuleRow,
    GapRow,
    MandateRow,
    TargetVersion,
    TeamEquipmentRow,
)
from reserve.mandates.terms import (
    CascadeStep,
    CoverageLine,
    FloorRule,
    Gap,
    Holder,
    Holding,
    HospitalLoad,
    Mandate,
    MandateItem,
    RuleBook,
    Target,
    TeamEquipment,
)
from reserve.organisations import queries as organisation_queries
from reserve.organisations.models import Organisation, Region
from reserve.organisations.terms import Tier
from reserve.papers.terms import ResponseLevel
from reserve.sites.models import Site
from reserve.sites.terms import SiteKind
from reserve.stock import queries as stock_queries
from reserve.stock import rules as stock_rules

V = TypeVar("V", bound=Any)

BASIC_KIT = "basic"
"""The kit whose coverage households are measured by (household_kit.csv)."""


def newest_version(session: Session, model: type[Any]) -> int:
    """The number of the last version recorded; 0 before the first."""
    return session.scalar(select(func.max(model.version))) or 0


def _in_force(session: Session, model: type[V], as_of: datetime, known_at: datetime) -> Sequence[V]:
    """Rows of the set in force: the latest ``valid_from`` not after ``as_of`` among sets known by ``known_at``."""
    valid = (model.valid_from <= as_of, model.recorded_at <= known_at)
    order = (model.valid_from.desc(), model.version.desc())
    version = session.scalar(select(model.version).where(*valid).order_by(*order).limit(1))
    return session.scalars(select(model).where(model.version == version).order_by(model.row_no)).all()


def mandates_at(session: Session, as_of: datetime, known_at: datetime) -> tuple[Mandate, ...]:
    return tuple(
        Mandate(
            tier=row.tier,
            category=row.category,
            driver=row.driver,
            quantity=Fraction(row.quantity),
            unit=row.unit,
            reserve_modes=tuple(_words(row.reserve_modes)),
            hazard_tags=frozenset(_words(row.hazard_tags)),
            confidence=row.confidence,
            source=row.source,
        )
        for row in _in_force(session, MandateRow, as_of, known_at)
    )


def mandate_version_at(session: Session, as_of: datetime, known_at: datetime) -> int:
    rows = _in_force(session, MandateRow, as_of, known_at)
    return rows[0].version if rows else 0


def rule_book_at(session: Session, as_of: datetime, known_at: datetime) -> RuleBook:
    """Items, norms and team standard. Raises NotFound when no rules of estimation are in force."""
    items = tuple(
        MandateItem(
            item.code,
            item.category_code,
            item.unit,
            item.substitution_group,
            Fraction(item.equivalence_millis, 1000),
        )
        for item in catalogue_queries.items_by_code(session).values()
    )
    norms = assembly.norms_of(session, assembly.rule_book_at(session, as_of, known_at))
    equipment = tuple(
        TeamEquipment(row.team_type, row.item_code, row.quantity)
        for row in _in_force(session, TeamEquipmentRow, as_of, known_at)
    )
    return RuleBook(items, norms, equipment)


def floor_rules_at(session: Session, as_of: datetime, known_at: datetime) -> tuple[FloorRule, ...]:
    return tuple(
        FloorRule(row.tier, row.kind, Fraction(row.share), _shares(row.by_level))
        for row in _in_force(session, FloorRuleRow, as_of, known_at)
    )


def cascade_at(session: Session, as_of: datetime, known_at: datetime) -> tuple[CascadeStep, ...]:
    """The steps of the cascade, in order."""
    steps = (
        CascadeStep(row.step, row.source_kind, row.opens_at, row.authority, row.notice_document)
        for row in _in_force(session, CascadeRow, as_of, known_at)
    )
    return tuple(sorted(steps, key=lambda step: step.step))


def holders_of(
    session: Session,
    organisations: Mapping[str, Organisation],
    drafts: Iterable[HolderDraft],
    as_of: datetime,
    known_at: datetime,
) -> list[Holder]:
    """Holders with everything that their targets may depend on: their region, and the designated hospitals in it."""
    regions = organisation_queries.regions_by_code(session)
    statement = select(Site).where(Site.kind == SiteKind.HOSPITAL).order_by(Site.code)
    hospitals = session.scalars(statement).all()
    areas = {site.code: assembly.ancestors(regions, site.region_code) for site in hospitals}
    codes = {organisation.region_code for organisation in organisations.values()}
    coverage = {
        row.region_code: Fraction(row.coverage_basis_points, 10_000)
        for row in incident_queries.coverage_at(session, codes, as_of, known_at)
        if row.kit_version == BASIC_KIT
    }
    holders = []
    for draft in drafts:
        organisation = organisations[draft.organisation_code]
        mine = [site for site in hospitals if _counts_for(site, areas[site.code], organisation)]
        region = regions[organisation.region_code]
        holders.append(_holder(organisation, region, draft, mine, coverage.get(region.code, Fraction(0))))
    return holders


def _counts_for(site: Site, area: Sequence[str], organisation: Organisation) -> bool:
    """Of a hospital its own house counts; of a government the designated hospitals in its area."""
    if organisation.tier is Tier.HOSPITAL:
        return site.organisation_id == organisation.id
    return site.is_designated and organisation.region_code in area


def _holder(
    organisation: Organisation,
    region: Region,
    draft: HolderDraft,
    hospitals: Iterable[Site],
    coverage_rate: Fraction,
) -> Holder:
    assert organisation.tier is not None, organisation.code
    return Holder(
        code=organisation.code,
        tier=organisation.tier,
        region_code=region.code,
        residents=region.population,
        households=region.households,
        coverage_rate=coverage_rate,
        hazard_tags=frozenset(_words(region.hazard_tags)),
        hospitals=tuple(
            HospitalLoad(site.icu_beds, site.beds - site.icu_beds, site.health_workers) for site in hospitals
        ),
        teams=draft.teams,
        max_output=draft.max_output,
    )


def targets_at(
    session: Session,
    as_of: datetime,
    known_at: datetime,
    *,
    organisation_codes: Collection[str] = (),
    scopes: Iterable[str] | None = None,
    item_codes: Collection[str] = (),
    tier: Tier | None = None,
) -> list[Target]:
    """Targets in force by holder and item; ended ones are left out. No filter: all of them."""
    statement = (
        select(TargetVersion, Organisation.code)
        .join(Organisation, Organisation.id == TargetVersion.organisation_id)
        .where(TargetVersion.valid_from <= as_of, TargetVersion.recorded_at <= known_at)
        .order_by(TargetVersion.valid_from, TargetVersion.recorded_at, TargetVersion.id)
    )
    if organisation_codes:
        statement = statement.where(Organisation.code.in_(sorted(organisation_codes)))
    if scopes is not None:
        statement = statement.where(within(Organisation.path, scopes))
    if item_codes:
        statement = statement.where(TargetVersion.item_code.in_(sorted(item_codes)))
    if tier is not None:
        statement = statement.where(TargetVersion.tier == tier)
    found = {(code, row.category, row.item_code): _target(row, code) for row, code in session.execute(statement)}
    return [found[key] for key in sorted(found) if found[key].quantity > 0]


def _target(row: TargetVersion, holder_code: str) -> Target:
    return Target(
        holder_code=holder_code,
        tier=row.tier,
        category=row.category,
        item_code=row.item_code,
        quantity=row.quantity,
        driver=row.driver,
        norm_codes=tuple(_words(row.norm_codes)),
        confidence=row.confidence,
        is_coverage=row.is_coverage,
    )


def gaps_of(session: Session, scopes: Iterable[str]) -> list[Gap]:
    """The gap report: items without a number, by the last computation of each holder."""
    last = select(GapRow.organisation_id, func.max(GapRow.recorded_at).label("at")).group_by(GapRow.organisation_id)
    newest = last.subquery()
    statement = (
        select(GapRow, Organisation.code)
        .join(Organisation, Organisation.id == GapRow.organisation_id)
        .join(newest, (newest.c.organisation_id == GapRow.organisation_id) & (newest.c.at == GapRow.recorded_at))
        .where(within(Organisation.path, scopes))
        .order_by(Organisation.code, GapRow.category, GapRow.item_code)
    )
    return [
        Gap(code, row.tier, row.category, row.item_code, row.driver, row.reason)
        for row, code in session.execute(statement)
    ]


def coverage_report(
    session: Session,
    as_of: datetime,
    known_at: datetime,
    *,
    today: date,
    scopes: Iterable[str] | None = None,
    item_codes: Collection[str] = (),
    tier: Tier | None = None,
    others: Iterable[Holding] = (),
) -> tuple[CoverageLine, ...]:
    """Every target with what stands against it: usable stock as counted, and other holdings by their grade.

    others  declared, verified or drilled quantities that slices above this one know (declarations, capacity)
    """
    targets = targets_at(session, as_of, known_at, scopes=scopes, item_codes=item_codes, tier=tier)
    owners = {target.holder_code for target in targets}
    counted = usable_by_owner(session, owners, item_codes=item_codes, today=today, known_at=known_at)
    holdings = [Holding(owner, item, n, Evidence.COUNTED) for (owner, item), n in counted.items()]
    return coverage_lines(targets, [*holdings, *others])


def usable_by_owner(
    session: Session,
    owner_codes: Collection[str],
    *,
    item_codes: Collection[str] = (),
    today: date,
    known_at: datetime | None = None,
) -> dict[tuple[str, str], int]:
    """Usable stock per owner and item, wherever it stands, base units."""
    found: dict[tuple[str, str], int] = {}
    lines = stock_queries.stock_lines(
        session, owner_codes=owner_codes, item_codes=item_codes or None, known_at=known_at
    )
    for line in lines:
        if stock_rules.unusable_because(line, today) is None:
            key = (line.owner_code, line.item_code)
            found[key] = found.get(key, 0) + line.on_hand
    return found


def book_by_owner(session: Session, owner_codes: Collection[str]) -> dict[tuple[str, str], int]:
    """Book stock per owner and item now, base units."""
    found: dict[tuple[str, str], int] = {}
    for line in stock_queries.stock_lines(session, owner_codes=owner_codes):
        key = (line.owner_code, line.item_code)
        found[key] = found.get(key, 0) + line.on_hand
    return found


def _words(text: str) -> list[str]:
    return [word for word in text.split(";") if word]


def _shares(text: str) -> dict[ResponseLevel, Fraction]:
    pairs = (pair.split(":") for pair in _words(text))
    return {ResponseLevel(level): Fraction(share) for level, share in pairs}
