"""Coverage of a mandate: what stands against each target, with the grade of its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reserve.incidents.terms import Evidence
from reserve.mandates.terms import CoverageLine, Holding, Target

STRONGEST_FIRST = (Evidence.COUNTED, Evidence.DRILLED, Evidence.VERIFIED, Evidence.DECLARED)


def coverage_lines(targets: Iterable[Target], holdings: Iterable[Holding]) -> tuple[CoverageLine, ...]:
    """One line per target, in the order of the targets. What has no target is not shown here."""
    by_place: dict[tuple[str, str], list[Holding]] = {}
    for holding in holdings:
        by_place.setdefault((holding.holder_code, holding.item_code), []).append(holding)
    return tuple(_line(target, by_place.get((target.holder_code, target.item_code), [])) for target in targets)


def _line(target: Target, holdings: Sequence[Holding]) -> CoverageLine:
    by_grade = {grade: sum(h.quantity for h in holdings if h.evidence == grade) for grade in STRONGEST_FIRST}
    covered, grade = 0, None
    for each in STRONGEST_FIRST:
        if by_grade[each] > 0 and covered < target.quantity:
            covered, grade = min(target.quantity, covered + by_grade[each]), each
    return CoverageLine(target, by_grade[Evidence.COUNTED], by_grade, covered, grade)
