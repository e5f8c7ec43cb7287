"""Answers about studies: who gains and who loses, what to hold back, which vehicles go where."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from api.schemas.base import Out
from reserve.dispatch.terms import PlanState, StudyKind


class StudyRef(Out):
    """A study; ``question_hash`` is of the plan as solved and of the question: equal hash, equal answer."""

    code: str
    kind: StudyKind
    question_hash: str
    recorded_at: datetime
    job_code: str


class ShiftOut(Out):
    """One place and item that gets another quantity under the other policy, base units."""

    county_code: str
    county: str
    place_code: str
    place: str
    item_code: str
    item: str
    priority_class: int
    incident_code: str
    claim: int
    first: int
    second: int
    gain: int
    sentence: str


class PolicyTableOut(Out):
    """The plan as it stands (first) against the other policy (second); greatest loss first."""

    first_policy: str
    second_policy: str
    unmet_first: dict[str, int]
    unmet_second: dict[str, int]
    rows: list[ShiftOut]
    stages_first: JsonValue
    stages_second: JsonValue
    second_plan: JsonValue


class RegretOut(Out):
    """Unmet by class if so much is held back and the need turns out so, and the weighted loss against who knew."""

    held_percent: int
    scenario: str
    scenario_name: str
    unmet: dict[str, int]
    regret: int


class HoldBackOut(Out):
    known_at: datetime
    least_regret_percent: int
    rows: list[RegretOut]


class PickLineOut(Out):
    item_code: str
    item: str
    owner_code: str
    lot_code: str
    expires_on: str | None
    quantity: int
    pack_size: int


class StopOut(Out):
    place_code: str
    place: str
    arrive_at: datetime
    late_minutes: int
    pick_list: list[PickLineOut]


class LoadOut(Out):
    """One vehicle on one tour. Loaded in the reverse order of its stops."""

    site_code: str
    site: str
    vehicle_from: str
    vehicle: str
    dock: int
    load_at: datetime
    depart_at: datetime
    kg: int
    litres: int
    km: int
    stops: list[StopOut]


class LoadingOut(Out):
    vehicles: int
    by_class: dict[str, int]
    late_stops: int
    loads: list[LoadOut]
    left: list[PickLineOut]


class ChoiceOut(Out):
    """The plan as it stands (first) against the plan decided otherwise in one point (second).

    is_wish  the point is a wish of the planner, and the second plan is without it; else the second plan is without this
             source;  from_first, from_second: units sent to the place by source;  unit_km_*: piece-kilometres of all
    """

    is_wish: bool
    unmet_first: dict[str, int]
    unmet_second: dict[str, int]
    from_first: dict[str, int]
    from_second: dict[str, int]
    unit_km_first: int
    unit_km_second: int
    rows: list[ShiftOut]


class StudyOut(StudyRef):
    """A study: waiting, answered in sentences and in one of the four tables, or why it failed."""

    plan_code: str
    state: PlanState
    error: str | None
    answer_hash: str
    sentences: list[str]
    policies: PolicyTableOut | None
    hold_back: HoldBackOut | None
    loads: LoadingOut | None
    choice: ChoiceOut | None
