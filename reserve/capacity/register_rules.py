"""Laws of the register: what may be written down about producers, lines, materials and what holders declare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from fractions import Fraction

from reserve.capacity.drafts import (
    AgreementsDraft,
    CapacityDeclarationsDraft,
    HoldingsDraft,
    LinesDraft,
    MaterialsDraft,
    ProducersDraft,
)
from reserve.capacity.terms import DeclarationKind, Line, ProductKind
from reserve.errors import Problem
from reserve.incidents.terms import Evidence
from reserve.organisations.terms import HolderKind

DECLARING_HOLDERS: Mapping[DeclarationKind, frozenset[HolderKind]] = {
    DeclarationKind.OWN_RESERVE: frozenset({HolderKind.INSTITUTION, HolderKind.PRODUCER}),
    DeclarationKind.PLEDGE: frozenset({HolderKind.CHARITY, HolderKind.INSTITUTION, HolderKind.PRODUCER}),
    DeclarationKind.TEAM_KIT: frozenset({HolderKind.RESCUE_BODY}),
}
"""Who may declare what. Governments never do: their goods are counted."""
CAPACITY_GRADES = frozenset({Evidence.DECLARED, Evidence.VERIFIED, Evidence.DRILLED})
"""Capacity cannot be counted, only shown in a drill."""


def producer_problems(
    draft: ProducersDraft,
    *,
    regions: AbstractSet[str],
    organisations: AbstractSet[str],
    plants: Mapping[str, str],
    bases: AbstractSet[str],
) -> list[Problem]:
    """Everything wrong with bases and producers. ``plants``: the organisation that runs each plant, by site code."""
    problems = list(_repeated("capacity_bases", "code", [base.code for base in draft.capacity_bases]))
    problems += _repeated("producers", "code", [producer.code for producer in draft.producers])
    for place, base in enumerate(draft.capacity_bases):
        field = f"capacity_bases.{place}.lead_region_code"
        problems += _unknown("unknown_region", field, "a known region code", base.lead_region_code, regions, place)
    known_bases = bases | {base.code for base in draft.capacity_bases}
    for place, producer in enumerate(draft.producers):
        field = f"producers.{place}"
        code = producer.organisation_code
        expected = "a known organisation"
        problems += _unknown("unknown_organisation", f"{field}.organisation_code", expected, code, organisations, place)
        if plants.get(producer.site_code) != code:
            expected, found = f"a plant run by {code}", producer.site_code
            problems.append(Problem("not_its_plant", f"{field}.site_code", expected, found, place + 1))
        if producer.capacity_base_code is not None:
            expected, found = "a known capacity base", producer.capacity_base_code
            problems += _unknown("unknown_base", f"{field}.capacity_base_code", expected, found, known_bases, place)
    return problems


def line_problems(
    draft: LinesDraft,
    *,
    producers: AbstractSet[str],
    items: AbstractSet[str],
    materials: AbstractSet[str],
    owners: Mapping[str, str],
) -> list[Problem]:
    """Everything wrong with versions of lines. ``owners`` gives the producer of each line known before."""
    problems = list(_repeated("lines", "code", [line.code for line in draft.lines]))
    for place, line in enumerate(draft.lines):
        field, row = f"lines.{place}", place + 1
        expected = "a known producer"
        problems += _unknown(
            "unknown_producer", f"{field}.producer_code", expected, line.producer_code, producers, place
        )
        products = items if line.product_kind is ProductKind.ITEM else materials
        expected = f"a known {line.product_kind}"
        problems += _unknown("unknown_product", f"{field}.product_code", expected, line.product_code, products, place)
        if line.normal_daily > line.max_daily:
            expected = f"at most the maximum of {line.max_daily}"
            problems.append(Problem("normal_above_max", f"{field}.normal_daily", expected, str(line.normal_daily), row))
        if (owner := owners.get(line.code, line.producer_code)) != line.producer_code:
            problems.append(Problem("producer_is_fixed", f"{field}.producer_code", owner, line.producer_code, row))
    return problems


def material_problems(
    draft: MaterialsDraft,
    *,
    items: AbstractSet[str],
    units: Mapping[str, str],
    bom: Mapping[str, Mapping[str, Fraction]],
) -> list[Problem]:
    """Everything wrong with materials, bill and supply. ``units``, ``bom``: of the materials known before."""
    materials = units.keys() | {material.code for material in draft.materials}
    problems = list(_repeated("materials", "code", [material.code for material in draft.materials]))
    pairs = [f"{line.product_code} from {line.material_code}" for line in draft.bom]
    problems += _repeated("bom", "material_code", pairs)
    problems += _repeated("supplies", "material_code", [supply.material_code for supply in draft.supplies])
    for place, material in enumerate(draft.materials):
        if (unit := units.get(material.code, material.unit)) != material.unit:
            problems.append(Problem("unit_is_fixed", f"materials.{place}.unit", unit, material.unit, place + 1))
    goes_into = {product: set(parts) for product, parts in bom.items()}
    for place, line in enumerate(draft.bom):
        field, expected = f"bom.{place}", "a known item or material"
        products = items | materials
        problems += _unknown("unknown_product", f"{field}.product_code", expected, line.product_code, products, place)
        code, expected = line.material_code, "a known material"
        problems += _unknown("unknown_material", f"{field}.material_code", expected, code, materials, place)
        if _reaches(goes_into, code, line.product_code):
            found = f"{line.product_code} is needed for {code}"
            problems.append(Problem("bom_in_a_circle", f"{field}.material_code", "no circle", found, place + 1))
            continue
        goes_into.setdefault(line.product_code, set()).add(code)
    for place, supply in enumerate(draft.supplies):
        field = f"supplies.{place}.material_code"
        problems += _unknown("unknown_material", field, "a known material", supply.material_code, materials, place)
    return problems


def declaration_problems(
    draft: CapacityDeclarationsDraft, *, lines: Mapping[str, Line], grades: AbstractSet[Evidence]
) -> list[Problem]:
    """Everything wrong with capacity declarations. ``grades``: those that the declaring side may give."""
    problems: list[Problem] = []
    for place, each in enumerate(draft.declarations):
        field, row = f"declarations.{place}", place + 1
        problems += _unknown("unknown_line", f"{field}.line_code", "a known line", each.line_code, lines.keys(), place)
        if each.valid_until < each.valid_from:
            problems.append(_wrong_span(f"{field}.valid_until", each.valid_from, each.valid_until, row))
        line = lines.get(each.line_code)
        if line is not None and each.daily_quantity > line.max_daily:
            expected = f"at most the line's {line.max_daily}"
            problems.append(Problem("beyond_line", f"{field}.daily_quantity", expected, str(each.daily_quantity), row))
        if each.evidence not in grades:
            expected = " / ".join(sorted(grades))
            problems.append(Problem("grade_not_yours", f"{field}.evidence", expected, each.evidence, row))
    return problems


def agreement_problems(
    draft: AgreementsDraft,
    *,
    holders: Mapping[str, bool],
    organisations: AbstractSet[str],
    items: AbstractSet[str],
) -> list[Problem]:
    """Everything wrong with holding agreements. ``holders``: whether each known producer holds stock for others."""
    problems = list(_repeated("agreements", "code", [each.code for each in draft.agreements]))
    for place, each in enumerate(draft.agreements):
        field, row, code = f"agreements.{place}", place + 1, each.producer_code
        problems += _unknown(
            "unknown_producer", f"{field}.producer_code", "a known producer", code, holders.keys(), place
        )
        if not holders.get(code, True):
            expected = "a producer that holds stock for others"
            problems.append(Problem("holds_for_nobody", f"{field}.producer_code", expected, code, row))
        code, expected = each.beneficiary_code, "a known organisation"
        problems += _unknown("unknown_organisation", f"{field}.beneficiary_code", expected, code, organisations, place)
        problems += _unknown("unknown_item", f"{field}.item_code", "a known item code", each.item_code, items, place)
        if each.valid_until < each.valid_from:
            problems.append(_wrong_span(f"{field}.valid_until", each.valid_from, each.valid_until, row))
    return problems


def holding_problems(
    draft: HoldingsDraft, *, holders: Mapping[str, HolderKind | None], items: AbstractSet[str], today: date
) -> list[Problem]:
    """Everything wrong with what holders declare. ``holders``: holder kind of each known organisation."""
    keys = [f"{each.holder_code} {each.kind} {each.item_code}" for each in draft.holdings]
    problems = list(_repeated("holdings", "item_code", keys))
    for place, each in enumerate(draft.holdings):
        field, row, code = f"holdings.{place}", place + 1, each.holder_code
        expected = "a known organisation"
        problems += _unknown("unknown_organisation", f"{field}.holder_code", expected, code, holders.keys(), place)
        allowed = DECLARING_HOLDERS[each.kind]
        if code in holders and holders[code] not in allowed:
            expected = f"{' / '.join(sorted(allowed))} for {each.kind}"
            problems.append(Problem("wrong_holder", f"{field}.holder_code", expected, holders[code] or code, row))
        problems += _unknown("unknown_item", f"{field}.item_code", "a known item code", each.item_code, items, place)
        if each.confirmed_on > today:
            expected, found = f"not after {today.isoformat()}", each.confirmed_on.isoformat()
            problems.append(Problem("in_the_future", f"{field}.confirmed_on", expected, found, row))
    return problems


def _unknown(
    code: str, field: str, expected: str, found: str, known: AbstractSet[str], place: int
) -> Iterator[Problem]:
    if found not in known:
        yield Problem(code, field, expected, found, place + 1)


def _repeated(collection: str, field: str, keys: Iterable[str]) -> Iterator[Problem]:
    seen: dict[str, int] = defaultdict(int)
    for place, key in enumerate(keys):
        seen[key] += 1
        if seen[key] > 1:
            yield Problem("repeated", f"{collection}.{place}.{field}", "each once", key, place + 1)


def _wrong_span(field: str, first: date, last: date, row: int) -> Problem:
    return Problem("ends_before_it_begins", field, f"not before {first.isoformat()}", last.isoformat(), row)


def _reaches(goes_into: Mapping[str, AbstractSet[str]], product: str, wanted: str) -> bool:
    """Whether ``wanted`` goes into ``product``, at any level, or is it."""
    waiting, seen = [product], {product}
    while waiting:
        here = waiting.pop()
        if here == wanted:
            return True
        fresh = goes_into.get(here, set()) - seen
        seen |= fresh
        waiting += fresh
    return False
