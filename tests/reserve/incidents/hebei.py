"""Pictures of the two stories from the reference data, for tests: CSV rows in, frozen values out."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from reserve.incidents.picture import (
    AffectedCounty,
    Confidence,
    DriverRule,
    ForecastRule,
    HouseholdCover,
    Measure,
    Norm,
    NormKind,
    Observation,
    Picture,
    Range,
    Scenario,
    SeverityProfile,
)

REFERENCE = Path(__file__).parents[3] / "seed" / "data"
WINTER = frozenset({10, 11, 12, 1, 2, 3, 4})
SUMMER = frozenset({5, 6, 7, 8, 9})
MONTHS = {"N037": WINTER, "N038": SUMMER, "N041": SUMMER, "N042": WINTER, "N045": WINTER}
"""Seasons as the notes of norms.csv say them in words."""

OUTBREAK, FLOOD = "INC-2021-COVID-SJZ", "INC-2023-FLOOD"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def number(text: str, default: str = "") -> Fraction:
    return Fraction(text or default)


def norms() -> tuple[Norm, ...]:
    return tuple(
        Norm(
            row["norm_id"],
            row["item_code"],
            Scenario(row["scenario"]),
            row["driver"],
            Range(number(row["low"]), number(row["quantity_per_driver"]), number(row["high"])),
            NormKind(row["kind"]),
            Confidence(row["confidence"]),
            row["source"],
            months=MONTHS.get(row["norm_id"], frozenset()),
        )
        for row in rows("norms")
    )


def driver_rules() -> tuple[DriverRule, ...]:
    return tuple(
        DriverRule(
            row["driver"],
            Range(number(row["low"], row["base"]), number(row["base"]), number(row["high"], row["base"])),
            Confidence(row["confidence"]),
            row["basis"],
        )
        for row in rows("drivers")
    )


def profile(name: str = "covid_2021_hebei") -> SeverityProfile:
    row = next(row for row in rows("severity_profiles") if row["profile"] == name)
    shares = (number(row[f"share_{severity}"]) for severity in ("mild", "severe", "critical"))
    days = (int(row[f"bed_days_{severity}"]) for severity in ("mild", "severe", "critical"))
    return SeverityProfile(name, *shares, *days)


def counties(incident_id: str, coverage_rate: Fraction = Fraction(0)) -> tuple[AffectedCounty, ...]:
    regions = {row["code"]: row for row in rows("regions")}
    hospitals = rows("hospitals")
    answer = []
    for row in rows("incident_areas"):
        if row["incident_id"] != incident_id:
            continue
        code = row["region_code"]
        region = regions[code]
        here = [h for h in hospitals if h["region_code"] == code]
        answer.append(
            AffectedCounty(
                region_code=code,
                within=(code, region["parent_code"], "130000"),
                hospital_code=next(h["hospital_code"] for h in here if h["role"] == "designated"),
                receiving_point_code=f"RP-{code}",
                population=int(region["population"]),
                households=int(region["households"]),
                affected_population=int(row["affected_population"]),
                relocated_persons=int(row["relocated_persons"]),
                sheltered_persons=int(row["sheltered_persons"]),
                confirmed_cases=int(row["confirmed_cases"]),
                health_workers=sum(int(h["health_workers"]) for h in here),
                hazard_tags=frozenset(filter(None, region["hazard_tags"].split(";"))),
                coverage={"basic": coverage_rate},
            )
        )
    return tuple(answer)


def observations(incident_id: str) -> tuple[Observation, ...]:
    """Every value is known on its own day."""
    answer = []
    for row in rows("incident_timeline"):
        if row["incident_id"] != incident_id or row["measure"] not in set(Measure):
            continue
        on = date.fromisoformat(row["date"])
        answer.append(Observation(Measure(row["measure"]), row["region_code"], on, int(float(row["value"])), on))
    return tuple(answer)


def outbreak(known_on: str, *, from_on: str = "2021-01-05", ends_on: str = "2021-01-15", **changes: object) -> Picture:
    closure = Observation(Measure.CLOSURE, "130109", date(2021, 1, 6), 1, date(2021, 1, 4))
    values: dict[str, object] = {
        "scenario": Scenario.PUBLIC_HEALTH,
        "begins_on": date(2021, 1, 5),
        "from_on": date.fromisoformat(from_on),
        "known_on": date.fromisoformat(known_on),
        "ends_on": date.fromisoformat(ends_on),
        "counties": counties(OUTBREAK),
        "observations": (*observations(OUTBREAK), closure),
        "driver_rules": driver_rules(),
        "norms": norms(),
        "profile": profile(),
        "forecast": ForecastRule(),
        "household_covers": (HouseholdCover("resident_day", "H2010103", Fraction(10), 10),),
    }
    return Picture(**(values | changes))  # type: ignore[arg-type]


def flood(known_on: str, *, from_on: str = "2023-07-29", ends_on: str = "2023-08-12", **changes: object) -> Picture:
    values: dict[str, object] = {
        "scenario": Scenario.FLOOD,
        "begins_on": date(2023, 7, 29),
        "from_on": date.fromisoformat(from_on),
        "known_on": date.fromisoformat(known_on),
        "ends_on": date.fromisoformat(ends_on),
        "counties": counties(FLOOD),
        "observations": observations(FLOOD),
        "driver_rules": driver_rules(),
        "norms": norms(),
        "reported": frozenset({Measure.RELOCATED_PERSONS, Measure.AFFECTED_PERSONS}),
        "household_covers": (HouseholdCover("evacuee_day", "H1010101", Fraction(180, 11), 3),),
    }
    return Picture(**(values | changes))  # type: ignore[arg-type]
