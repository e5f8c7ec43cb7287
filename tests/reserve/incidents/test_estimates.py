"""The verb that estimates needs: versions, withdrawal, as-of."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.clock import local_time
from reserve.errors import InvalidInput, NotFound
from reserve.incidents import estimates, queries, reporting
from reserve.incidents.models import DemandEstimate, NeedVersion
from reserve.incidents.picture import Basis, Measure
from reserve.incidents.terms import (
    CoverageDraft,
    CoveragesDraft,
    EstimateDraft,
    HospitalReserveDraft,
    KitCoverDraft,
)
from tests.reserve.incidents.world import (
    CODE,
    MASK,
    NOW,
    PLANNER,
    SUIT,
    TODAY,
    VENTILATOR,
    build_world,
    declared,
    report,
    rule_book,
)

CASES = Measure.NEW_CONFIRMED_CASES
YESTERDAY = TODAY - timedelta(days=1)
DAY = timedelta(days=1)


def run(session: Session, days: int = 3, *, now: datetime = NOW, **changes: object) -> DemandEstimate:
    draft = EstimateDraft.model_validate({"incident_code": CODE, "days": days} | changes)
    return estimates.estimate_needs(session, PLANNER, draft, now=now, today=(now + timedelta(hours=8)).date())


def suits(
    session: Session, incident_id: int, as_of: datetime = NOW, known_at: datetime = NOW
) -> list[tuple[str, int, int]]:
    """Site, day and base quantity of every need for suits."""
    needs = queries.needs_at(session, incident_id, as_of, known_at, item_codes=[SUIT])
    return [(need.site_code, (need.due_at + timedelta(hours=8)).day, need.base) for need in needs]


def test_needs_stand_at_the_hospital_at_eight_and_say_what_they_rest_on(session: Session) -> None:
    incident = declared(session)
    report(session, CASES, YESTERDAY, 30, now=NOW)

    found = run(session)

    needs = queries.needs_at(session, incident.id, NOW, NOW, item_codes=[SUIT])
    first = next(need for need in needs if need.region_code == "130109")
    assert (first.site_code, first.due_at, first.base) == (
        "HS-130109",
        local_time(TODAY, 8),
        36,
    )  # 24 cases and 8 to come
    assert (first.need_class, first.norm_code, first.driver_amount) == (1, "N001", "3")
    assert first.basis == Basis.FORECAST  # today is not counted yet
    assert json.loads(found.totals)[SUIT][1] == sum(need.base for need in needs)
    assert found.code == f"EST-{CODE}-0001"


def test_the_same_knowledge_writes_no_new_version(session: Session) -> None:
    declared(session)
    report(session, CASES, YESTERDAY, 30, now=NOW)
    first = run(session)
    before = session.scalar(select(func.count(NeedVersion.id)))

    second = run(session)

    assert second.inputs_hash == first.inputs_hash
    assert (second.line_count, second.changed_count) == (first.line_count, 0)
    assert session.scalar(select(func.count(NeedVersion.id))) == before


def test_needs_grow_with_the_cases_and_yesterdays_stay_known(session: Session) -> None:
    incident = declared(session)
    report(session, CASES, YESTERDAY, 30, now=NOW)
    run(session)
    before = suits(session, incident.id)
    report(session, CASES, TODAY, 100, now=NOW + DAY)

    run(session, now=NOW + DAY)

    after = suits(session, incident.id, NOW + DAY, NOW + DAY)
    assert suits(session, incident.id, NOW + DAY, NOW) == before
    assert [need for need in before if need[1] == 6] == [("HS-130102", 6, 12), ("HS-130109", 6, 48)]
    assert [need for need in after if need[1] == 6] == [
        ("HS-130102", 6, 48),
        ("HS-130109", 6, 168),
    ]  # 14 critical of 139
    assert [need for need in after if need[1] == 5] == [need for need in before if need[1] == 5]  # past flows stay


def test_a_need_that_is_no_longer_there_is_withdrawn(session: Session) -> None:
    incident = declared(session)
    report(session, CASES, YESTERDAY, 30, now=NOW)
    run(session)
    report(session, CASES, YESTERDAY, 0, now=NOW)  # a false alarm

    found = run(session)

    assert suits(session, incident.id) == []
    assert found.line_count == 0
    withdrawn = queries.needs_at(session, incident.id, NOW, NOW, with_zero=True)
    assert {need.base for need in withdrawn} == {0}


def test_yesterdays_estimate_can_be_made_again(session: Session) -> None:
    declared(session)
    report(session, CASES, YESTERDAY, 30, now=NOW)
    first = run(session)
    report(session, CASES, TODAY, 100, now=NOW + DAY)

    again = run(session, now=NOW + DAY, as_of=NOW, known_at=NOW)

    assert again.inputs_hash == first.inputs_hash


def test_only_the_items_asked_for_are_estimated_and_others_stand(session: Session) -> None:
    incident = declared(session)
    report(session, CASES, YESTERDAY, 30, now=NOW)
    run(session)

    found = run(session, item_codes=(VENTILATOR,))

    assert list(json.loads(found.totals)) == [VENTILATOR]
    assert found.changed_count == 0
    assert suits(session, incident.id)


def test_a_hospitals_own_reserve_lowers_its_need(session: Session) -> None:
    incident = declared(session)
    report(session, CASES, YESTERDAY, 10, now=NOW)
    reserve = HospitalReserveDraft(site_code="HS-130109", item_code=SUIT, quantity=15)

    run(session, days=2, hospital_reserves=(reserve,))

    needs = queries.needs_at(session, incident.id, NOW, NOW, item_codes=[SUIT], with_zero=True)
    assert [(need.gross_base, need.hospital_base, need.base) for need in needs] == [(12, 12, 0), (12, 3, 9)]


def test_household_coverage_lowers_the_need_of_a_closed_county(session: Session) -> None:
    incident = declared(session)
    cover = KitCoverDraft.model_validate(
        {"kit_version": "basic", "driver": "resident_day", "item_code": MASK, "pieces": "10", "days": 10}
    )
    reporting.set_rule_book(session, PLANNER, rule_book(kit_covers=(cover,)), now=NOW, today=TODAY)
    row = CoverageDraft(region_code="130109", kit_version="basic", coverage_basis_points=2500)
    reporting.record_coverage(session, PLANNER, CoveragesDraft(coverages=(row,), source="调查"), now=NOW, today=TODAY)
    report(session, Measure.CLOSURE, TODAY + DAY, 1, "130109", now=NOW)

    run(session)

    needs = queries.needs_at(session, incident.id, NOW, NOW, item_codes=[MASK])
    assert [(need.site_code, need.gross_base, need.household_base, need.base) for need in needs] == [
        ("RP-130109", 1000, 250, 750),
        ("RP-130109", 1000, 250, 750),
    ]


def test_an_estimate_from_the_future_or_of_unknown_items_is_refused(session: Session) -> None:
    declared(session)

    with pytest.raises(InvalidInput) as refusal:
        run(session, item_codes=("H0000000",), known_at=NOW + DAY)

    assert [(p.code, p.field) for p in refusal.value.problems] == [
        ("unknown_item", "item_codes.0"),
        ("in_the_future", "known_at"),
    ]
    assert session.scalar(select(func.count(DemandEstimate.id))) == 0


def test_an_estimate_of_an_unknown_incident_is_not_found(session: Session) -> None:
    build_world(session)

    with pytest.raises(NotFound):
        run(session)
