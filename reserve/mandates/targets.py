"""Targets: from a mandate to base units per item, by the sentences of mandate_rules.csv.

Quantities stay exact until a holder's target for an item is complete, then they are rounded up once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from reserve.incidents.picture import Norm, Scenario
from reserve.mandates.terms import (
    DECLARED_BY_UNIT,
    HOUSEHOLD_MASK,
    ICU_ITEMS,
    CoverageDriver,
    Gap,
    GapReason,
    Holder,
    HospitalLoad,
    Mandate,
    MandateItem,
    RuleBook,
    Target,
)
from reserve.organisations.terms import Tier
from reserve.quantities import ceiling

SEVERE_SHARE = Fraction(1, 10)
"""Share of the beds outside ICU that count as severe at full load (mandate_rules.csv, full_load_days; assumed)."""

OWN_TEAMS_UNIT = "team standard"
"""Coverage unit that means: the standard of every team the holder owns. Otherwise a number of teams is stated."""

Amounts = dict[str, Fraction]
"""Exact base units per item code."""

Law = Callable[[Mandate, Holder, RuleBook], Amounts]


def targets_of(
    holder: Holder, mandates: Iterable[Mandate], book: RuleBook
) -> tuple[tuple[Target, ...], tuple[Gap, ...]]:
    """Every target of a holder, and the items of its mandates for which no number follows; sorted by item."""
    targets: list[Target] = []
    gaps: list[Gap] = []
    for mandate in mandates:
        if mandate.tier != holder.tier or not _concerns(mandate, holder):
            continue
        amounts = {} if mandate.driver in DECLARED_BY_UNIT else LAWS[mandate.driver](mandate, holder, book)
        targets.extend(_target(mandate, holder, book, code, amount) for code, amount in amounts.items())
        gaps.extend(_gaps(mandate, holder, book, amounts))
    return tuple(sorted(targets, key=_order)), tuple(sorted(gaps, key=_order))


def _order(line: Target | Gap) -> tuple[str, str, str]:
    return line.item_code, line.category, line.driver


def _concerns(mandate: Mandate, holder: Holder) -> bool:
    return not mandate.hazard_tags or bool(mandate.hazard_tags & holder.hazard_tags)


def _target(mandate: Mandate, holder: Holder, book: RuleBook, item_code: str, amount: Fraction) -> Target:
    norms = [norm.norm_code for norm in _norms_used(mandate, book) if norm.item_code == item_code]
    return Target(
        holder_code=holder.code,
        tier=holder.tier,
        category=mandate.category,
        item_code=item_code,
        quantity=ceiling(amount),
        driver=mandate.driver,
        norm_codes=tuple(sorted(norms)),
        confidence=mandate.confidence,
        is_coverage=holder.tier == Tier.HOUSEHOLD,
    )


def _gaps(mandate: Mandate, holder: Holder, book: RuleBook, amounts: Mapping[str, Fraction]) -> list[Gap]:
    declared = mandate.driver in DECLARED_BY_UNIT
    reason = GapReason.DECLARED_BY_UNIT if declared else GapReason.NO_NORM
    return [
        Gap(holder.code, holder.tier, mandate.category, item.code, mandate.driver, reason)
        for item in _items(mandate, book)
        if item.code not in amounts
    ]


def _items(mandate: Mandate, book: RuleBook) -> list[MandateItem]:
    return [item for item in book.items if item.category == mandate.category]


def _norms(mandate: Mandate, book: RuleBook, *drivers: str) -> list[Norm]:
    """Norms of the mandate's category for these drivers."""
    codes = {item.code for item in _items(mandate, book)}
    return [norm for norm in book.norms if norm.driver in drivers and norm.item_code in codes]


def _norms_used(mandate: Mandate, book: RuleBook) -> list[Norm]:
    if mandate.driver == CoverageDriver.EVACUATED_PERSONS:
        return _shelter_norms(mandate, book)
    return _norms(mandate, book, *NORM_DRIVERS.get(mandate.driver, ()))


def by_norm(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """The stated number of units of a driver, times each norm of the driver in the category."""
    amounts: Amounts = {}
    for norm in _norms_used(mandate, book):
        amounts[norm.item_code] = amounts.get(norm.item_code, Fraction(0)) + mandate.quantity * norm.quantity.base
    return amounts


def _shelter_norms(mandate: Mandate, book: RuleBook) -> list[Norm]:
    """The sheltered-person norm of each item: that of a flood, or where it has none that of an earthquake."""
    norms = _norms(mandate, book, "sheltered_person")
    flood = [norm for norm in norms if norm.scenario == Scenario.FLOOD]
    covered = {norm.item_code for norm in flood}
    quake = [n for n in norms if n.scenario == Scenario.EARTHQUAKE_GEOLOGY and n.item_code not in covered]
    return flood + quake


def full_load(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """Designated hospitals at full load for the stated days: ICU beds critical, a tenth of the others severe."""
    amounts: Amounts = {}
    loads = [_load(hospital) for hospital in holder.hospitals]
    for norm in _norms(mandate, book, *NORM_DRIVERS[CoverageDriver.FULL_LOAD_DAYS]):
        a_day = sum((load[norm.driver] for load in loads), Fraction(0)) * norm.quantity.base
        amounts[norm.item_code] = amounts.get(norm.item_code, Fraction(0)) + a_day * mandate.quantity
    return amounts


def _load(hospital: HospitalLoad) -> Amounts:
    return {
        "critical_bed_day": Fraction(hospital.icu_beds),
        "severe_bed_day": hospital.other_beds * SEVERE_SHARE,
        "ordinary_hcw_day": Fraction(hospital.health_workers),
    }


def per_icu_bed(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """A ventilator and a monitor per ICU bed."""
    beds = sum(hospital.icu_beds for hospital in holder.hospitals) * mandate.quantity
    return {item.code: Fraction(beds) for item in _items(mandate, book) if item.code in ICU_ITEMS}


def each_item(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """The stated number of each item of the category: treatments."""
    return {item.code: mandate.quantity for item in _items(mandate, book)}


def each_item_in_metres(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """The stated metres of each item of the category that is counted in metres."""
    return {item.code: mandate.quantity for item in _items(mandate, book) if item.unit == "m"}


def by_service(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """The stated service in equal shares over the items that give it, divided by what one unit gives."""
    group = str(mandate.driver)
    items = [item for item in _items(mandate, book) if item.substitution_group == group]
    return {item.code: mandate.quantity / len(items) / item.equivalence for item in items}


def by_team_standard(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """Equipment of the category in the team standard, times the teams owned or the number of teams stated."""
    codes = {item.code for item in _items(mandate, book)}
    lines = [line for line in book.team_equipment if line.item_code in codes]
    if mandate.unit == OWN_TEAMS_UNIT:
        teams = {team: count * mandate.quantity for team, count in holder.teams.items()}
    else:
        teams = {_carries_most([(line.team_type, line.quantity) for line in lines]): mandate.quantity}
    amounts: Amounts = {}
    for line in lines:
        if line.team_type in teams:
            amounts[line.item_code] = amounts.get(line.item_code, Fraction(0)) + teams[line.team_type] * line.quantity
    return amounts


def _carries_most(lines: Sequence[tuple[str, int]]) -> str:
    """The team type that carries most of a category: most kinds of item, then most pieces, then by name."""
    kinds: dict[str, tuple[int, int]] = {}
    for team, quantity in lines:
        count, pieces = kinds.get(team, (0, 0))
        kinds[team] = (count + 1, pieces + quantity)
    return min(kinds, key=lambda team: (-kinds[team][0], -kinds[team][1], team), default="")


def person_days(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """Person-days times each evacuee-day norm; for households the covered residents times the stated days."""
    if holder.tier != Tier.HOUSEHOLD:
        return by_norm(mandate, holder, book)
    days = mandate.quantity * holder.residents * holder.coverage_rate
    return {norm.item_code: days * norm.quantity.base for norm in _norms_used(mandate, book)}


def household_kits(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """One kit per household of the region, or the stated number of kits of a charity."""
    kits = Fraction(holder.households) if holder.tier == Tier.HOUSEHOLD else Fraction(1)
    return {code: kits * amount for code, amount in by_norm(mandate, holder, book).items()}


def household_masks(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """Stated pieces per covered resident: coverage, never stock."""
    return {HOUSEHOLD_MASK: holder.coverage_rate * holder.residents * mandate.quantity}


def contract_days(mandate: Mandate, holder: Holder, book: RuleBook) -> Amounts:
    """The stated days of the maximum daily capacity of the producer's own lines in the category."""
    codes = {item.code for item in _items(mandate, book)}
    return {code: mandate.quantity * output for code, output in holder.max_output.items() if code in codes}


NORM_DRIVERS: Mapping[CoverageDriver, tuple[str, ...]] = {
    CoverageDriver.FULL_LOAD_DAYS: ("critical_bed_day", "severe_bed_day", "ordinary_hcw_day"),
    CoverageDriver.CRITICAL_PATIENTS: ("critical_patient",),
    CoverageDriver.DIKE_RISK_KM: ("dike_risk_km",),
    CoverageDriver.ROAD_KM_PASS: ("road_km_pass",),
    CoverageDriver.FIREFIGHTERS: ("firefighter",),
    CoverageDriver.PERSON_DAYS: ("evacuee_day",),
    CoverageDriver.HOUSEHOLDS: ("household",),
}
"""The norms that a coverage driver uses (mandate_rules.csv, norm_driver)."""

LAWS: Mapping[CoverageDriver, Law] = {
    CoverageDriver.EVACUATED_PERSONS: by_norm,
    CoverageDriver.FULL_LOAD_DAYS: full_load,
    CoverageDriver.CRITICAL_PATIENTS: by_norm,
    CoverageDriver.ICU_BEDS: per_icu_bed,
    CoverageDriver.TREATMENTS: each_item,
    CoverageDriver.DIKE_RISK_KM: by_norm,
    CoverageDriver.PUMP_M3H: by_service,
    CoverageDriver.POWER_KW: by_service,
    CoverageDriver.TEAMS: by_team_standard,
    CoverageDriver.ROAD_KM_PASS: by_norm,
    CoverageDriver.BRIDGE_M: each_item_in_metres,
    CoverageDriver.FIREFIGHTERS: by_norm,
    CoverageDriver.PERSON_DAYS: person_days,
    CoverageDriver.HOUSEHOLDS: household_kits,
    CoverageDriver.PERSONS: household_masks,
    CoverageDriver.CONTRACT_DAYS: contract_days,
}
