"""Mandates, floors and cascade of the reference data, for tests: CSV rows in, frozen values out."""

from __future__ import annotations

from fractions import Fraction

from reserve.incidents.picture import Confidence
from reserve.mandates.terms import (
    CascadeStep,
    CoverageDriver,
    FloorRule,
    Holder,
    HospitalLoad,
    Mandate,
    MandateItem,
    RuleBook,
    SourceKind,
    TeamEquipment,
)
from reserve.organisations.terms import Tier
from reserve.papers.terms import DocumentKind, ResponseLevel
from reserve.stock.terms import FloorKind
from tests.reserve.incidents.hebei import norms, number, rows


def mandates() -> tuple[Mandate, ...]:
    return tuple(
        Mandate(
            Tier(row["tier"]),
            row["category"],
            CoverageDriver(row["coverage_driver"]),
            number(row["coverage_quantity"]),
            row["coverage_unit"],
            tuple(row["reserve_modes"].split(";")),
            confidence=Confidence(row["confidence"]),
            source=row["basis"],
        )
        for row in rows("tier_mandates")
    )


def rule_book() -> RuleBook:
    items = tuple(
        MandateItem(
            row["item_code"],
            row["category"],
            row["unit"],
            row["substitution_group"],
            number(row["equivalence_factor"]),
        )
        for row in rows("items")
    )
    equipment = tuple(
        TeamEquipment(row["team_type"], row["item_code"], int(row["required_qty"]))
        for row in rows("team_equipment_standard")
    )
    return RuleBook(items, norms(), equipment)


def loads(*region_codes: str) -> tuple[HospitalLoad, ...]:
    """Designated hospitals, all of the province when no region is named."""
    return tuple(
        HospitalLoad(int(row["icu_beds"]), int(row["beds"]) - int(row["icu_beds"]), int(row["health_workers"]))
        for row in rows("hospitals")
        if row["role"] == "designated" and (not region_codes or row["region_code"] in region_codes)
    )


def province() -> Holder:
    return Holder("GOV-130000", Tier.PROVINCE, "130000", hospitals=loads())


def floor_rules() -> tuple[FloorRule, ...]:
    return tuple(
        FloorRule(
            Tier(row["tier"]),
            FloorKind(row["floor_kind"]),
            number(row["share_of_target"]),
            {
                ResponseLevel(level): Fraction(share)
                for level, share in (pair.split(":") for pair in row["lowered_by_level"].split(";") if pair)
            },
        )
        for row in rows("floors")
    )


def cascade() -> tuple[CascadeStep, ...]:
    return tuple(
        CascadeStep(
            int(row["step"]),
            SourceKind(row["source_kind"]),
            ResponseLevel(row["opens_at_level"]),
            row["authority"],
            DocumentKind(row["notice_document"]),
        )
        for row in rows("cascade")
    )
