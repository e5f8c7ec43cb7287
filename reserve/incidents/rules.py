"""Laws of declaring, reporting and asking: every fault of a draft at once. Estimation has ``estimation.py``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from reserve.errors import Problem
from reserve.incidents.estimation import DRIVERS
from reserve.incidents.picture import Measure, Picture
from reserve.incidents.terms import (
    AreaDraft,
    CoverageDraft,
    ObservationDraft,
    RequestLineDraft,
    ResponseStep,
    RuleBookDraft,
)
from reserve.papers.terms import ResponseLevel

PLANNED = frozenset({Measure.MASS_TEST_PERSONS, Measure.CLOSURE, Measure.CENTRAL_ISOLATION_PERSONS})
"""Measures that are decided ahead; everything else is counted and cannot lie in the future."""

MAX_DAYS_AHEAD = 60
DUPLICATE_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A request line that still stands."""

    line_id: int
    site_code: str
    item_code: str
    recorded_at: datetime


def area_problems(areas: Sequence[AreaDraft], counties: Collection[str]) -> list[Problem]:
    """Unknown counties and counties named twice. ``counties``: codes that can hold demand."""
    problems = []
    for row, area in enumerate(areas):
        field = f"areas.{row}.region_code"
        if area.region_code not in counties:
            problems.append(Problem("unknown_region", field, "a known county code", area.region_code, row + 1))
        if any(area.region_code == other.region_code for other in areas[:row]):
            problems.append(Problem("named_twice", field, "each county once", area.region_code, row + 1))
    return problems


def observation_problems(
    observations: Sequence[ObservationDraft], regions: Collection[str], affected: Collection[str], *, today: date
) -> list[Problem]:
    """Unknown regions, regions that the incident does not touch, counted values of the future, doubles.

    affected  affected counties and the regions they lie in
    """
    problems = []
    for row, each in enumerate(observations):
        field = f"observations.{row}"
        if each.region_code not in regions:
            problems.append(
                Problem("unknown_region", f"{field}.region_code", "a region code", each.region_code, row + 1)
            )
        elif each.region_code not in affected:
            expected = "a region of this incident"
            problems.append(Problem("not_affected", f"{field}.region_code", expected, each.region_code, row + 1))
        latest = today + timedelta(days=MAX_DAYS_AHEAD if each.measure in PLANNED else 0)
        if each.on > latest:
            problems.append(Problem("in_the_future", f"{field}.on", f"at most {latest}", str(each.on), row + 1))
        if any(_same(each, other) for other in observations[:row]):
            expected = "one value per measure, region and day"
            problems.append(Problem("named_twice", field, expected, f"{each.measure} {each.on}", row + 1))
    return problems


def _same(first: ObservationDraft, second: ObservationDraft) -> bool:
    return (first.measure, first.region_code, first.on) == (second.measure, second.region_code, second.on)


def coverage_problems(coverages: Sequence[CoverageDraft], counties: Collection[str]) -> list[Problem]:
    """Household coverage is counted by county."""
    problems = []
    for row, each in enumerate(coverages):
        field = f"coverages.{row}.region_code"
        if each.region_code not in counties:
            problems.append(Problem("unknown_region", field, "a known county code", each.region_code, row + 1))
        key = (each.region_code, each.kit_version)
        if any(key == (other.region_code, other.kit_version) for other in coverages[:row]):
            problems.append(Problem("named_twice", field, "each county and kit once", each.region_code, row + 1))
    return problems


def rule_book_problems(draft: RuleBookDraft, items: Collection[str]) -> list[Problem]:
    """Norms with unknown items or drivers, ranges upside down, profiles that do not add to one."""
    numbers = {rule.driver for rule in draft.drivers}
    problems = []
    for row, norm in enumerate(draft.norms):
        field = f"norms.{row}"
        if norm.item_code not in items:
            problems.append(Problem("unknown_item", f"{field}.item_code", "a known item", norm.item_code, row + 1))
        if norm.driver != "household" and (norm.driver not in DRIVERS or norm.driver not in numbers):
            expected = "a driver with a law and a number"
            problems.append(Problem("unknown_driver", f"{field}.driver", expected, norm.driver, row + 1))
        if not norm.quantity.low <= norm.quantity.base <= norm.quantity.high:
            found = f"{norm.quantity.low}, {norm.quantity.base}, {norm.quantity.high}"
            problems.append(Problem("range_upside_down", f"{field}.quantity", "low ≤ base ≤ high", found, row + 1))
    for row, profile in enumerate(draft.profiles):
        total = profile.share_mild + profile.share_severe + profile.share_critical
        if total != 1:
            problems.append(Problem("shares_not_one", f"profiles.{row}", "shares that add to 1", str(total), row + 1))
    for row, cover in enumerate(draft.kit_covers):
        if cover.item_code not in items:
            field = f"kit_covers.{row}.item_code"
            problems.append(Problem("unknown_item", field, "a known item", cover.item_code, row + 1))
    return problems


def request_problems(
    lines: Sequence[RequestLineDraft],
    *,
    items: Collection[str],
    sites: Mapping[str, bool],
    now: datetime,
) -> list[Problem]:
    """Unknown places and items, places outside the asker's area, wishes for the past, lines twice.

    sites  known receiving places, and whether each lies in the area of the organisation that asks
    """
    problems = []
    for row, line in enumerate(lines):
        field = f"lines.{row}"
        if line.site_code not in sites:
            problems.append(Problem("unknown_site", f"{field}.site_code", "a known place", line.site_code, row + 1))
        elif not sites[line.site_code]:
            expected = "a place in the area of the asker"
            problems.append(Problem("outside_area", f"{field}.site_code", expected, line.site_code, row + 1))
        if line.item_code not in items:
            problems.append(Problem("unknown_item", f"{field}.item_code", "a known item", line.item_code, row + 1))
        if line.needed_by <= now:
            expected = f"after {now.isoformat()}"
            problems.append(Problem("in_the_past", f"{field}.needed_by", expected, line.needed_by.isoformat(), row + 1))
        if line.own_used > line.own_total:
            expected = f"at most {line.own_total}"
            problems.append(Problem("used_more_than_had", f"{field}.own_used", expected, str(line.own_used), row + 1))
        if any((line.site_code, line.item_code) == (other.site_code, other.item_code) for other in lines[:row]):
            problems.append(Problem("named_twice", field, "each place and item once", line.item_code, row + 1))
    return problems


def duplicate_of(site_code: str, item_code: str, standing: Iterable[OpenLine], *, now: datetime) -> int | None:
    """The newest open line for the same place and item within a day: perhaps the same wish twice."""
    same = [
        line
        for line in standing
        if (line.site_code, line.item_code) == (site_code, item_code) and now - line.recorded_at < DUPLICATE_WITHIN
    ]
    return max(same, key=lambda line: (line.recorded_at, line.line_id)).line_id if same else None


def response_step(current: ResponseLevel | None, wanted: ResponseLevel | None) -> ResponseStep | None:
    """What going from one level to another is; None when nothing would change."""
    if current == wanted:
        return None
    if current is None:
        return ResponseStep.ACTIVATION
    return ResponseStep.TERMINATION if wanted is None else ResponseStep.CHANGE


def signing_level(current: ResponseLevel | None, wanted: ResponseLevel | None) -> ResponseLevel:
    """The level whose approvers sign: the higher of the two, so that who leads lets go of it himself."""
    levels = [level for level in (current, wanted) if level is not None]
    assert levels, "no response is on and none is asked for"
    return max(levels, key=lambda level: level.rank)


def picture_hash(picture: Picture) -> str:
    """SHA-256 over all that the estimation looks at; equal pictures have equal needs."""
    text = json.dumps(asdict(picture), sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Fraction | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not belong in a picture")
