"""The replay cases: which counties an incident hit, and what was counted of it day by day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reserve.incidents.picture import Measure
from reserve.quantities import split_by_share
from seed.load import Row, read


@dataclass(frozen=True, slots=True)
class Area:
    """What an incident meant for one county (incident_areas.csv). Persons."""

    incident_code: str
    region_code: str
    affected_population: int
    relocated_persons: int
    sheltered_persons: int
    confirmed_cases: int


@dataclass(frozen=True, slots=True)
class Counted:
    """One dated value of a measure (incident_timeline.csv)."""

    incident_code: str
    region_code: str
    measure: Measure
    on: date
    value: int


def areas(incident_code: str) -> tuple[Area, ...]:
    """The affected counties, in the order of the table: the first is where it began."""
    return tuple(area for area in read("incident_areas.csv", _area) if area.incident_code == incident_code)


def _area(row: Row) -> Area:
    return Area(
        incident_code=row.text("incident_id"),
        region_code=row.text("region_code"),
        affected_population=row.whole("affected_population"),
        relocated_persons=row.whole("relocated_persons"),
        sheltered_persons=row.whole("sheltered_persons"),
        confirmed_cases=row.whole("confirmed_cases"),
    )


def timeline(incident_code: str) -> tuple[Counted, ...]:
    """Measures that needs are estimated from, by day; deaths, rain and money are not among them."""
    found = (counted for counted in read("incident_timeline.csv", _counted) if counted)
    return tuple(counted for counted in found if counted.incident_code == incident_code)


def _counted(row: Row) -> Counted | None:
    measure = row.text("measure")
    if measure not in set(Measure):
        return None
    return Counted(
        incident_code=row.text("incident_id"),
        region_code=row.text("region_code"),
        measure=Measure(measure),
        on=row.day("date"),
        value=row.whole("value"),
    )


@dataclass(frozen=True, slots=True)
class Point:
    """A delivery point of the dispatch of August 2023 (flood_points.csv), and its share of the pieces."""

    region_code: str
    site_code: str
    share: Fraction


def flood_requests(item_codes: Collection[str]) -> tuple[tuple[Point, str, int], ...]:
    """What each of the 28 points was sent of these items: the item's pieces split by the points' shares."""
    points = read(
        "flood_points.csv",
        lambda row: Point(row.text("region_code"), row.text("site_code"), row.number("share_of_pieces")),
    )
    pieces = read("flood_items.csv", lambda row: (row.text("item_code"), row.whole("pieces")))
    return tuple(
        (point, item, quantity)
        for item, total in pieces
        if item in item_codes
        for point, quantity in zip(points, split_by_share(total, [point.share for point in points]), strict=True)
        if quantity
    )
