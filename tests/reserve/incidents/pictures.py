"""Small pictures for tests: valid by default, keywords override."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from reserve.incidents.picture import (
    AffectedCounty,
    Confidence,
    DriverRule,
    Measure,
    Norm,
    NormKind,
    Observation,
    Picture,
    Range,
    Scenario,
    SeverityProfile,
)

DAY_ONE = date(2021, 1, 5)
PROVINCE = "130000"


def day(number: int) -> date:
    """Day 1 is the first day of the incident."""
    return DAY_ONE + timedelta(days=number - 1)


def county(code: str, **changes: object) -> AffectedCounty:
    values: dict[str, object] = {
        "region_code": code,
        "within": (code, f"{code[:4]}00", PROVINCE),
        "hospital_code": f"HS-{code}",
        "receiving_point_code": f"RP-{code}",
        "population": 1000,
        "households": 250,
        "affected_population": 1000,
        "relocated_persons": 100,
        "sheltered_persons": 20,
        "confirmed_cases": 10,
        "health_workers": 40,
    }
    return AffectedCounty(**(values | changes))  # type: ignore[arg-type]


def seen(measure: Measure, on: int, value: int, region: str = PROVINCE, known: int | None = None) -> Observation:
    return Observation(measure, region, day(on), value, day(on if known is None else known))


def cases(*values: int, first: int = 1) -> tuple[Observation, ...]:
    return tuple(seen(Measure.NEW_CONFIRMED_CASES, first + place, value) for place, value in enumerate(values))


def span(low: str, base: str, high: str) -> Range:
    return Range(Fraction(low), Fraction(base), Fraction(high))


def rule(driver: str, low: str = "1", base: str = "1", high: str = "1") -> DriverRule:
    return DriverRule(driver, span(low, base, high), Confidence.MEDIUM, "stated assumption")


def norm(driver: str, quantity: str = "1", kind: NormKind = NormKind.PER_DAY, **changes: object) -> Norm:
    values: dict[str, object] = {
        "norm_code": "N1",
        "item_code": "ITEM",
        "scenario": Scenario.PUBLIC_HEALTH,
        "driver": driver,
        "quantity": span(quantity, quantity, quantity),
        "kind": kind,
        "confidence": Confidence.LOW,
        "source": "a book",
    }
    return Norm(**(values | changes))  # type: ignore[arg-type]


TENTHS = SeverityProfile("tenths", Fraction(7, 10), Fraction(2, 10), Fraction(1, 10), 14, 14, 20)


def picture(*norms: Norm, rules: tuple[DriverRule, ...] = (), **changes: object) -> Picture:
    """Ten days of one outbreak in one county; nothing is forecast unless ``known_on`` is moved."""
    listed = {r.driver: r for r in (*(rule(n.driver) for n in norms), *rules)}
    values: dict[str, object] = {
        "scenario": norms[0].scenario if norms else Scenario.PUBLIC_HEALTH,
        "begins_on": day(1),
        "from_on": day(1),
        "known_on": day(3),
        "ends_on": day(3),
        "counties": (county("130109"),),
        "observations": (),
        "driver_rules": tuple(listed.values()),
        "norms": norms,
        "profile": TENTHS,
    }
    return Picture(**(values | changes))  # type: ignore[arg-type]
