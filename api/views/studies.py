"""Studies inside a reader's scopes, in the reader's language."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from api.deps import found_in
from api.i18n import Text
from api.schemas.studies import (
    ChoiceOut,
    HoldBackOut,
    LoadingOut,
    LoadOut,
    PickLineOut,
    PolicyTableOut,
    RegretOut,
    ShiftOut,
    StopOut,
    StudyOut,
    StudyRef,
)
from api.views import study_words as words
from api.views.naming import Names, names_in
from optimizer.dispatch.cargo import read_loading
from optimizer.dispatch.freight import Line, Load
from optimizer.dispatch.policy import Policy
from reserve.dispatch import queries, study_queries
from reserve.dispatch.models import DispatchPlan, PlanStudy
from reserve.dispatch.terms import StudyKind
from reserve.sites import queries as site_queries

Scopes = tuple[str, ...]
Answer = Mapping[str, Any]
_BOTH = ("first", "second")


def of_plan(session: Session, plan_code: str, scopes: Scopes) -> list[StudyRef]:
    """What has been asked about a plan, first to last."""
    plan = queries.get_plan(session, plan_code)
    found_in(scopes, plan.organisation_path, "plan", plan_code)
    return [StudyRef.model_validate(study) for study in study_queries.studies_of(session, plan.id)]


def study(session: Session, code: str, scopes: Scopes, text: Text) -> StudyOut:
    """A study with its answer, if it has one."""
    found = study_queries.get_study(session, code)
    plan = session.get_one(DispatchPlan, found.plan_id)
    found_in(scopes, plan.organisation_path, "study", code)
    result = study_queries.find_study_result(session, found.id)
    out = StudyOut(
        **StudyRef.model_validate(found).model_dump(),
        plan_code=plan.code,
        state=study_queries.study_state(result),
        error=result.error if result else None,
        answer_hash=result.answer_hash if result else "",
        sentences=[],
        policies=None,
        hold_back=None,
        loads=None,
        choice=None,
    )
    if result is None or result.error:
        return out
    return out.model_copy(update=_told(session, plan, found, study_queries.answer_of(result), text))


def _told(session: Session, plan: DispatchPlan, study: PlanStudy, answer: Answer, text: Text) -> dict[str, Any]:
    names, question = names_in(session, text), study_queries.question_of(study)
    match study.kind:
        case StudyKind.POLICIES:
            table = _policies(plan, question, answer, names, text)
            return {"policies": table, "sentences": words.policy_sentences(text, table)}
        case StudyKind.HOLD_BACK:
            weighed = _hold_back(plan, question, answer, text)
            return {"hold_back": weighed, "sentences": words.hold_back_sentences(text, weighed)}
        case StudyKind.LOADS:
            loading = _loads(session, plan, answer, names)
            return {"loads": loading, "sentences": words.loading_sentences(text, loading)}
        case StudyKind.CHOICE:
            choice = _choice(answer, names, text)
            return {"choice": choice, "sentences": words.choice_sentences(text, choice, names)}


def _policies(plan: DispatchPlan, question: Answer, answer: Answer, names: Names, text: Text) -> PolicyTableOut:
    return PolicyTableOut(
        first_policy=words.policy_words(text, Policy.from_plain(json.loads(plan.policy))),
        second_policy=words.policy_words(text, Policy.from_plain(question["other"])),
        unmet_first=answer["unmet_first"],
        unmet_second=answer["unmet_second"],
        rows=[_shift(row, names, text) for row in answer["shifts"]],
        stages_first=answer["stages_first"],
        stages_second=answer["stages_second"],
        second_plan=answer["second"],
    )


def _choice(answer: Answer, names: Names, text: Text) -> ChoiceOut:
    km = [next(int(row["value"]) for row in answer[f"stages_{one}"] if row["name"] == "cost") for one in _BOTH]
    return ChoiceOut(
        is_wish=answer["is_wish"],
        unmet_first=answer["unmet_first"],
        unmet_second=answer["unmet_second"],
        from_first=answer["from_first"],
        from_second=answer["from_second"],
        unit_km_first=km[0],
        unit_km_second=km[1],
        rows=[_shift(row, names, text) for row in answer["shifts"]],
    )


def _shift(row: Answer, names: Names, text: Text) -> ShiftOut:
    county = names.region_of_site.get(row["place_code"], "")
    named = {
        **row,
        "county_code": county,
        "county": names.region(county),
        "place": names.site(row["place_code"]),
        "item": names.item(row["item_code"]),
    }
    return ShiftOut(**named, sentence=words.shift_sentence(text, named | {"amount": abs(row["gain"])}))


def _hold_back(plan: DispatchPlan, question: Answer, answer: Answer, text: Text) -> HoldBackOut:
    rows = [RegretOut(**row, scenario_name=words.scenario_name(text, row["scenario"])) for row in answer["rows"]]
    known_at = plan.as_of + timedelta(hours=question["known_at_hour"])
    return HoldBackOut(known_at=known_at, least_regret_percent=answer["least_regret_percent"], rows=rows)


def _loads(session: Session, plan: DispatchPlan, answer: Answer, names: Names) -> LoadingOut:
    loading = read_loading(answer)
    types = {code: each.name_zh for code, each in site_queries.vehicle_types_by_code(session).items()}
    loads = [_load(plan.as_of, load, names, types) for load in loading.loads]
    return LoadingOut(
        vehicles=len(loads),
        by_class=dict(Counter(load.vehicle for load in loads)),
        late_stops=sum(stop.late_minutes > 0 for load in loads for stop in load.stops),
        loads=loads,
        left=[_pick(line, names) for line in loading.left],
    )


def _load(start: datetime, load: Load, names: Names, types: Mapping[str, str]) -> LoadOut:
    return LoadOut(
        site_code=load.site_code,
        site=names.site(load.site_code),
        vehicle_from=names.region(load.home),
        vehicle=types.get(load.vehicle_code, load.vehicle_code),
        dock=load.dock + 1,
        load_at=start + timedelta(minutes=load.load_minute),
        depart_at=start + timedelta(minutes=load.depart_minute),
        kg=-(-load.grams // 1000),
        litres=-(-load.cm3 // 1000),
        km=load.km,
        stops=[
            StopOut(
                place_code=stop.place_code,
                place=names.site(stop.place_code),
                arrive_at=start + timedelta(minutes=stop.arrive_minute),
                late_minutes=stop.late_minutes,
                pick_list=[_pick(line, names) for line in stop.lines],
            )
            for stop in load.stops
        ],
    )


def _pick(line: Line, names: Names) -> PickLineOut:
    return PickLineOut(
        item_code=line.item_code,
        item=names.item(line.item_code),
        owner_code=line.owner_code,
        lot_code=line.lot_code,
        expires_on=line.expires_on,
        quantity=line.quantity,
        pack_size=line.pack_size,
    )
