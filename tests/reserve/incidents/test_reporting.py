"""Reports, household coverage and the rules of estimation."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.errors import InvalidInput, NotAllowed
from reserve.incidents import queries, reporting
from reserve.incidents.models import DemandRuleBook, HouseholdCoverage, Observed
from reserve.incidents.picture import Measure
from reserve.incidents.terms import CoverageDraft, CoveragesDraft, ObservationDraft, ObservationsDraft
from tests.reserve.incidents.world import (
    CODE,
    NORMS,
    NOW,
    PLANNER,
    STRANGER,
    TODAY,
    actor,
    build_world,
    declared,
    norm,
    report,
    rule_book,
)

CASES = Measure.NEW_CONFIRMED_CASES
LATER = NOW + timedelta(hours=3)


def test_a_later_report_corrects_and_the_earlier_stays_known(session: Session) -> None:
    incident = declared(session)
    report(session, CASES, TODAY, 20, now=NOW)
    report(session, CASES, TODAY, 22, now=LATER)

    assert [row.value for row in queries.observations_known(session, incident.id, LATER)] == [22]
    assert [row.value for row in queries.observations_known(session, incident.id, NOW)] == [20]


def test_a_report_names_all_that_is_wrong(session: Session) -> None:
    declared(session)
    tomorrow = TODAY + timedelta(days=1)
    values = (
        ObservationDraft(measure=CASES, region_code="999999", on=TODAY, value=1),
        ObservationDraft(measure=CASES, region_code="130104", on=TODAY, value=1),
        ObservationDraft(measure=CASES, region_code="130109", on=tomorrow, value=1),
        ObservationDraft(measure=Measure.MASS_TEST_PERSONS, region_code="130100", on=tomorrow, value=1),
    )
    draft = ObservationsDraft(incident_code=CODE, observations=values, source="通报")

    with pytest.raises(InvalidInput) as refusal:
        reporting.record_observations(session, PLANNER, draft, now=NOW, today=TODAY)

    assert [(p.code, p.field, p.row) for p in refusal.value.problems] == [
        ("unknown_region", "observations.0.region_code", 1),
        ("not_affected", "observations.1.region_code", 2),
        ("in_the_future", "observations.2.on", 3),  # a test round may be planned, cases may not
    ]
    assert session.scalar(select(func.count(Observed.id))) == 0


def test_coverage_is_counted_by_county(session: Session) -> None:
    build_world(session)
    rows = (
        CoverageDraft(region_code="130109", kit_version="basic", coverage_basis_points=1200, subsidy_minor=2000),
        CoverageDraft(region_code="130100", kit_version="basic", coverage_basis_points=1200),
        CoverageDraft(region_code="130109", kit_version="basic", coverage_basis_points=1),
    )
    good = CoveragesDraft(coverages=rows[:1], source="抽样调查")

    with pytest.raises(InvalidInput) as refusal:
        reporting.record_coverage(
            session, PLANNER, CoveragesDraft(coverages=rows, source="抽样调查"), now=NOW, today=TODAY
        )
    reporting.record_coverage(session, PLANNER, good, now=NOW, today=TODAY)

    assert [(p.code, p.row) for p in refusal.value.problems] == [("unknown_region", 2), ("named_twice", 3)]
    (found,) = queries.coverage_at(session, ["130109"], NOW, NOW)
    assert (found.coverage_basis_points, found.subsidy_minor) == (1200, 2000)


def test_new_coverage_leaves_the_old_as_of_its_time(session: Session) -> None:
    build_world(session)
    for now, rate in ((NOW, 1000), (LATER, 1500)):
        row = CoverageDraft(region_code="130109", kit_version="basic", coverage_basis_points=rate)
        draft = CoveragesDraft(coverages=(row,), source="抽样调查")
        reporting.record_coverage(session, PLANNER, draft, now=now, today=TODAY)

    found = [queries.coverage_at(session, ["130109"], at, LATER)[0].coverage_basis_points for at in (NOW, LATER)]
    assert found == [1000, 1500]
    assert session.scalar(select(func.count(HouseholdCoverage.id))) == 2


def test_coverage_needs_its_right(session: Session) -> None:
    build_world(session)
    row = CoverageDraft(region_code="130109", kit_version="basic", coverage_basis_points=1)

    with pytest.raises(NotAllowed, match=Permission.COVERAGE_WRITE):
        reporting.record_coverage(session, STRANGER, CoveragesDraft(coverages=(row,), source="x"), now=NOW, today=TODAY)


def test_rules_with_unknown_items_and_drivers_are_refused(session: Session) -> None:
    build_world(session)
    bad = (norm("N1", "H9999999", "critical_bed_day", "1"), norm("N2", NORMS[0].item_code, "moon_day", "1"))
    profile = rule_book().profiles[0].model_copy(update={"share_mild": rule_book().profiles[0].share_severe})

    with pytest.raises(InvalidInput) as refusal:
        reporting.set_rule_book(session, PLANNER, rule_book(norms=bad, profiles=(profile,)), now=NOW, today=TODAY)

    assert [(p.code, p.field) for p in refusal.value.problems] == [
        ("unknown_item", "norms.0.item_code"),
        ("unknown_driver", "norms.1.driver"),
        ("shares_not_one", "profiles.0"),
    ]
    assert session.scalar(select(func.count(DemandRuleBook.id))) == 0


def test_reports_of_another_body_are_not_allowed(session: Session) -> None:
    declared(session)
    city = actor(8, "planner", "/130000/130100/", Permission.NEED_WRITE)
    values = (ObservationDraft(measure=CASES, region_code="130109", on=TODAY, value=1),)
    draft = ObservationsDraft(incident_code=CODE, observations=values, source="通报")

    with pytest.raises(NotAllowed):
        reporting.record_observations(session, city, draft, now=NOW, today=TODAY)
