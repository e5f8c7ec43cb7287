"""The cascade: which source may serve which receiver at which level, in which order, by whose authority."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reserve.mandates.terms import (
    Admission,
    CascadeStep,
    LaneRule,
    Receiver,
    Source,
    SourceForm,
    SourceKind,
)
from reserve.organisations.terms import Tier
from reserve.papers.terms import HolderRelation, ResponseLevel

KIND_OF_FORM: Mapping[SourceForm, SourceKind] = {
    SourceForm.OFFER: SourceKind.ACCEPTED_OFFER,
    SourceForm.ON_BEHALF: SourceKind.PRODUCER_STOCK_ON_BEHALF,
    SourceForm.CAPACITY: SourceKind.CAPACITY_ACTIVATION,
    SourceForm.REQUISITION: SourceKind.REQUISITION,
    SourceForm.STRATEGIC_RELEASE: SourceKind.STRATEGIC_FLOOR,
}


def source_kind(source: Source, receiver: Receiver) -> SourceKind | None:
    """What a source is to a receiver; None where the cascade has no step for it.

    Stock of another county, of hospitals, teams, charities and institutions has no step: it comes as an offer, by
    requisition, or not at all. Where county and city are one (Dingzhou, Xinji) its stock is step 1.
    """
    if source.form != SourceForm.STOCK:
        return KIND_OF_FORM[source.form]
    if source.tier == Tier.PROVINCE:
        return SourceKind.PROVINCE_STOCK_ABOVE_FLOOR
    if source.tier in (Tier.COUNTY, Tier.CITY) and source.region_code == receiver.county_code:
        return SourceKind.OWN_COUNTY_STOCK
    if source.tier == Tier.CITY:
        own = source.region_code == receiver.city_code
        return SourceKind.OWN_CITY_STOCK if own else SourceKind.NEIGHBOUR_CITY_STOCK_ABOVE_FLOOR
    return None


def admission(
    steps: Iterable[CascadeStep],
    source: Source,
    receiver: Receiver,
    level: ResponseLevel | None,
    *,
    has_asked_province: bool = False,
    is_released: bool = False,
) -> Admission:
    """Whether the source may serve the receiver at the level in force.

    has_asked_province  the receiver's city has asked in writing: needed for province stock below level II
    is_released         a signed release of the strategic floor exists; without one no plan opens it at any level
    """
    kind = source_kind(source, receiver)
    step = next((step for step in steps if step.source_kind == kind), None)
    if step is None:
        return Admission(None, LaneRule.NO_STEP)
    return Admission(step, _rule_against(step, level, has_asked_province, is_released))


def _rule_against(
    step: CascadeStep, level: ResponseLevel | None, has_asked_province: bool, is_released: bool
) -> LaneRule | None:
    if level is None:
        return LaneRule.NO_RESPONSE
    if level.rank < step.opens_at.rank:
        return LaneRule.LEVEL_TOO_LOW
    needs_request = step.source_kind == SourceKind.PROVINCE_STOCK_ABOVE_FLOOR and level.rank < ResponseLevel.II.rank
    if needs_request and not has_asked_province:
        return LaneRule.REQUEST_MISSING
    if step.source_kind == SourceKind.STRATEGIC_FLOOR and not is_released:
        return LaneRule.NEVER_AUTOMATIC
    return None


def open_steps(steps: Iterable[CascadeStep], level: ResponseLevel | None) -> tuple[CascadeStep, ...]:
    """The steps a plan may use at a level, in order; the strategic floor is never among them."""
    if level is None:
        return ()
    open_now = (s for s in steps if s.opens_at.rank <= level.rank and s.source_kind != SourceKind.STRATEGIC_FLOOR)
    return tuple(sorted(open_now, key=lambda step: step.step))


def relation_to_lead(level: ResponseLevel, source: Source, receiver: Receiver) -> HolderRelation:
    """How the owner stands to the body that leads: county at IV, city at III, province above (approval_matrix.csv)."""
    if source.form not in (SourceForm.STOCK, SourceForm.ON_BEHALF, SourceForm.STRATEGIC_RELEASE):
        return HolderRelation.OTHER
    if source.tier not in (Tier.PROVINCE, Tier.CITY, Tier.COUNTY, Tier.TOWNSHIP, Tier.RESCUE_BODY):
        return HolderRelation.OTHER
    if level.rank >= ResponseLevel.II.rank:
        return HolderRelation.OWN
    at_city = level is ResponseLevel.III
    lead, owner = (receiver.city_code, source.city_code) if at_city else (receiver.county_code, source.region_code)
    if lead == owner:
        return HolderRelation.OWN
    above = source.tier == Tier.PROVINCE or (level is ResponseLevel.IV and source.region_code == receiver.city_code)
    return HolderRelation.ABOVE if above else HolderRelation.NEIGHBOUR
