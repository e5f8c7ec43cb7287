"""Duties: who must hold what, what must stay, in which order sources are used, and the norms behind the numbers."""

from __future__ import annotations

from functools import cache

from reserve.incidents.picture import (
    Confidence,
    DriverRule,
    Norm,
    NormKind,
    Range,
    Scenario,
    SeverityProfile,
)
from reserve.mandates.terms import (
    CascadeStep,
    CoverageDriver,
    FloorRule,
    Mandate,
    MandateItem,
    RuleBook,
    SourceKind,
    TeamEquipment,
)
from reserve.organisations.terms import Tier
from reserve.papers.terms import DocumentKind, ResponseLevel
from reserve.stock.terms import FloorKind
from seed.load import BadCell, Row, read

HEATING_SEASON = frozenset({10, 11, 12, 1, 2, 3, 4})
SUMMER = frozenset({5, 6, 7, 8, 9})
SEASON_OF_NORM = {
    "N037": HEATING_SEASON,
    "N038": SUMMER,
    "N041": SUMMER,
    "N042": HEATING_SEASON,
    "N045": HEATING_SEASON,
}
"""Seasons that the notes of norms.csv say in words: quilts or towel quilts, single-skin or padded tents, coats."""

HAZARDS_OF_MANDATE = {
    (Tier.COUNTY, "flood_control"): frozenset({"flood_detention", "flash_flood"}),
    (Tier.COUNTY, "firefighting"): frozenset({"forest_grassland_fire"}),
}
"""Mandates that only counties with such a hazard have (notes of tier_mandates.csv)."""


@cache
def mandates() -> tuple[Mandate, ...]:
    return read("tier_mandates.csv", _mandate)


def _mandate(row: Row) -> Mandate:
    tier, category = row.one_of("tier", Tier), row.text("category")
    return Mandate(
        tier=tier,
        category=category,
        driver=row.one_of("coverage_driver", CoverageDriver),
        quantity=row.number("coverage_quantity"),
        unit=row.text("coverage_unit"),
        reserve_modes=row.words("reserve_modes"),
        hazard_tags=HAZARDS_OF_MANDATE.get((tier, category), frozenset()),
        confidence=row.one_of("confidence", Confidence),
        source=row.text("basis"),
    )


@cache
def rule_book() -> RuleBook:
    """The tables that turn a mandate into quantities."""
    return RuleBook(items=read("items.csv", _mandate_item), norms=norms(), team_equipment=team_equipment())


def _mandate_item(row: Row) -> MandateItem:
    return MandateItem(
        code=row.text("item_code"),
        category=row.text("category"),
        unit=row.text("unit"),
        substitution_group=row.maybe("substitution_group"),
        equivalence=row.number("equivalence_factor"),
    )


@cache
def team_equipment() -> tuple[TeamEquipment, ...]:
    return read(
        "team_equipment_standard.csv",
        lambda row: TeamEquipment(row.text("team_type"), row.text("item_code"), row.whole("required_qty")),
    )


@cache
def norms() -> tuple[Norm, ...]:
    return read("norms.csv", _norm)


def _norm(row: Row) -> Norm:
    code = row.text("norm_id")
    return Norm(
        norm_code=code,
        item_code=row.text("item_code"),
        scenario=row.one_of("scenario", Scenario),
        driver=row.text("driver"),
        quantity=Range(row.number("low"), row.number("quantity_per_driver"), row.number("high")),
        kind=row.one_of("kind", NormKind),
        confidence=row.one_of("confidence", Confidence),
        source=row.maybe("source"),
        months=SEASON_OF_NORM.get(code, frozenset()),
    )


def driver_rules() -> tuple[DriverRule, ...]:
    return read("drivers.csv", _driver_rule)


def _driver_rule(row: Row) -> DriverRule:
    base = row.number("base")
    return DriverRule(
        driver=row.text("driver"),
        amount=Range(row.number_or("low", base), base, row.number_or("high", base)),
        confidence=row.one_of("confidence", Confidence),
        source=row.text("basis"),
    )


def severity_profiles() -> tuple[SeverityProfile, ...]:
    return read("severity_profiles.csv", _profile)


def _profile(row: Row) -> SeverityProfile:
    return SeverityProfile(
        profile=row.text("profile"),
        share_mild=row.number("share_mild"),
        share_severe=row.number("share_severe"),
        share_critical=row.number("share_critical"),
        bed_days_mild=row.whole("bed_days_mild"),
        bed_days_severe=row.whole("bed_days_severe"),
        bed_days_critical=row.whole("bed_days_critical"),
    )


def floor_rules() -> tuple[FloorRule, ...]:
    return read("floors.csv", _floor_rule)


def _floor_rule(row: Row) -> FloorRule:
    return FloorRule(
        tier=row.one_of("tier", Tier),
        kind=row.one_of("floor_kind", FloorKind),
        share=row.number("share_of_target"),
        by_level={_level(level): share for level, share in row.pairs("lowered_by_level")},
    )


def _level(text: str) -> ResponseLevel:
    try:
        return ResponseLevel(text)
    except ValueError as error:
        raise BadCell("lowered_by_level", " / ".join(ResponseLevel), text) from error


def cascade() -> tuple[CascadeStep, ...]:
    return read("cascade.csv", _cascade_step)


def _cascade_step(row: Row) -> CascadeStep:
    return CascadeStep(
        step=row.whole("step"),
        source_kind=row.one_of("source_kind", SourceKind),
        opens_at=row.one_of("opens_at_level", ResponseLevel),
        authority=row.text("authority"),
        notice_document=row.one_of("notice_document", DocumentKind),
    )
