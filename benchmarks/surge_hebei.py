"""The reference data of Hebei as a surge scenario, without a database: lines, materials over two levels, needs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from optimizer.surge.instance import SurgeInstance
from reserve.capacity.drafts import CapacityDeclarationDraft, LineDraft
from reserve.capacity.terms import Declared, Line
from reserve.clock import local_time
from reserve.scenarios import rules
from reserve.scenarios.assembly import Facts, MaterialFact, freeze
from reserve.scenarios.drafts import ActivateDraft, Change
from reserve.scenarios.terms import ScenarioBase
from seed import makers

START = date(2021, 1, 5)
DAYS = 60


def base(days: int = DAYS, needs: dict[str, int] | None = None) -> ScenarioBase:
    """Every line of seed/data, declared for a year and under no order; needs are pieces a day."""
    opened_at = local_time(START)
    lines = {draft.code: _line(draft) for draft in makers.lines(opened_at).lines}
    declared = {draft.line_code: _declared(draft) for draft in makers.declarations(START).declarations}
    materials = makers.materials(opened_at)
    recipes: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for row in materials.bom:
        recipes[row.product_code][row.material_code] = Fraction(row.numerator, row.denominator)
    supplies = {supply.material_code: supply for supply in materials.supplies}
    facts = Facts(
        start_on=START,
        days=days,
        lines=lines,
        declared=declared,
        ordered={},
        recipes=dict(recipes),
        materials={
            each.code: MaterialFact(
                each.unit, each.group, supplies[each.code].daily_quantity, supplies[each.code].in_province_permille
            )
            for each in materials.materials
        },
        days_on_hand={each.code: each.material_days_on_hand for each in makers.producers().producers},
        flows={item: (quantity,) * days for item, quantity in (needs or {}).items()},
    )
    return freeze(facts)


def everything(base: ScenarioBase) -> tuple[Change, ...]:
    """Every line of the province in its surge run from day 0."""
    return tuple(ActivateDraft(line_code=line.code) for line in base.available)


def all_lines(days: int = DAYS, needs: dict[str, int] | None = None) -> SurgeInstance:
    frozen = base(days, needs)
    return rules.with_changes(frozen, everything(frozen))


def _line(draft: LineDraft) -> Line:
    return Line(**draft.model_dump(exclude={"line_count", "previous_product"}))


def _declared(draft: CapacityDeclarationDraft) -> Declared:
    until = START + timedelta(days=365)
    return Declared(draft.line_code, draft.daily_quantity, draft.evidence, START, until)
