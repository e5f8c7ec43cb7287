"""What a need is for, in the words with which the catalogue allows and forbids substitutes (substitutions.csv).

The words of a driver are planning assumptions, as narrow as the driver is: where it does not say, no word stands here,
and only substitutes that may stand in everywhere are used. A physician's or an expert's leave is no word either: it is
given by enabling the pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from reserve.clock import local_day

Words = tuple[str, ...]

BY_DRIVER: Mapping[str, Words] = {
    "critical_bed_day": (
        "ICU",
        "intubation",
        "invasive procedure",
        "aerosol procedure",
        "splash-risk or aerosol procedure",
    ),
    "severe_bed_day": ("isolation ward", "aerosol procedure", "splash-risk or aerosol procedure"),
    "mild_bed_day": ("isolation ward",),
    "sampling_team_shift": ("sampling", "screening", "sampling of confirmed cases"),
    "isolation_site_staff_day": ("isolation point",),
    "ordinary_hcw_day": ("general ward",),
    "public_service_worker_day": ("public service",),
    "resident_day": ("community",),
    "critical_patient": ("critical ARDS", "long-term ventilation"),
    "severe_patient": ("severe",),
    "sheltered_person": ("shelter", "collective shelter"),
    "sheltered_person_day": ("shelter", "collective shelter"),
    "evacuee_day": ("evacuees",),
    "infant_day": ("infants",),
    "dike_risk_km": ("high-flow breach closure",),
}
SUMMER, WARM, BLANKET = range(6, 9), range(5, 10), range(3, 12)
"""Months of summer, of May to September, and from spring to autumn."""
HEATING_FROM, HEATING_UNTIL = (11, 15), (3, 15)
"""Statutory heating season of Hebei's cities, month and day, both included."""
FIRST_HOURS = timedelta(hours=72)


def words_of(driver: str, due_at: datetime, occurred_at: datetime) -> Words:
    """What a need of this driver is for, and when; nothing where the driver does not say what it is for."""
    use = BY_DRIVER.get(driver)
    if use is None:
        return ()
    early = ("first 72 h",) if due_at <= occurred_at + FIRST_HOURS else ()
    return (*use, *season(local_day(due_at)), *early)


def season(day: date) -> Words:
    """The seasons that the pairs of the catalogue speak of."""
    heating = (day.month, day.day) >= HEATING_FROM or (day.month, day.day) <= HEATING_UNTIL
    found = {
        "summer": day.month in SUMMER,
        "May to September": day.month in WARM,
        "spring to autumn": day.month in BLANKET,
        "heating season": heating,
    }
    return tuple(word for word, holds in found.items() if holds)
