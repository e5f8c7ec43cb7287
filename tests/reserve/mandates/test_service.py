"""Rules in force, targets and floors, on both engines."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.errors import InvalidInput, NotAllowed
from reserve.incidents import reporting
from reserve.incidents.terms import Evidence
from reserve.mandates import queries, service
from reserve.mandates.drafts import (
    CascadeDraft,
    CascadeStepDraft,
    FloorRuleDraft,
    FloorRulesDraft,
    FloorsDraft,
    HolderDraft,
    MandateDraft,
    MandatesDraft,
    TargetsDraft,
)
from reserve.mandates.models import MandateRow, TargetVersion
from reserve.mandates.terms import CoverageDriver, Holding, SourceKind, TargetsSet
from reserve.organisations.terms import Tier
from reserve.papers.terms import DocumentKind, ResponseLevel
from reserve.stock import queries as stock_queries
from reserve.stock.drafts import LotDraft, OpeningDraft, OpeningLineDraft
from reserve.stock.receipts import open_balance
from reserve.stock.terms import FloorKind, Fund
from tests.reserve.incidents.world import (
    MASK,
    NOW,
    PLANNER,
    STRANGER,
    SUIT,
    TODAY,
    VENTILATOR,
    actor,
    build_world,
    place_shelf,
    rule_book,
)

LATER = NOW + timedelta(days=1)
CITY = "130100"


def mandate(**changes: Any) -> MandateDraft:
    values: dict[str, Any] = {
        "tier": Tier.CITY,
        "category": "medical_protection",
        "driver": CoverageDriver.FULL_LOAD_DAYS,
        "quantity": "15",
        "unit": "days",
    }
    return MandateDraft.model_validate(values | changes)


def world(session: Session, *mandates: MandateDraft) -> None:
    """The world with rules of estimation, mandates and floor rules in force."""
    build_world(session)
    reporting.set_rule_book(session, PLANNER, rule_book(), now=NOW, today=TODAY)
    draft = MandatesDraft(mandates=mandates or (mandate(),), basis="test")
    service.set_mandates(session, PLANNER, draft, now=NOW, today=TODAY)
    shares = {"operating": {"share": "0.6", "by_level": {"I": "0.1"}}, "strategic": {"share": "0.1"}}
    rules = [
        FloorRuleDraft.model_validate({"tier": Tier.CITY, "kind": kind} | values) for kind, values in shares.items()
    ]
    service.set_floor_rules(session, PLANNER, FloorRulesDraft(rules=tuple(rules), basis="test"), now=NOW, today=TODAY)


def compute(session: Session, *codes: str, now: datetime = NOW) -> TargetsSet:
    holders = tuple(HolderDraft(organisation_code=code) for code in codes or (CITY,))
    return service.compute_targets(session, PLANNER, TargetsDraft(holders=holders), now=now, today=TODAY)


def shelve(session: Session, quantity: int, expires_on: date = date(2023, 1, 1)) -> None:
    """Suits of the city on a shelf of the county hospital."""
    place_shelf(session, "HS-130109")
    lot = LotDraft(item_code=SUIT, code=f"L{quantity}", maker="示例", expires_on=expires_on, certificate="C1")
    line = OpeningLineDraft(lot=lot, owner_code=CITY, fund=Fund.CITY, quantity=quantity)
    draft = OpeningDraft(site_code="HS-130109", lines=(line,))
    open_balance(session, PLANNER, draft, now=NOW, today=TODAY)


def test_targets_follow_the_designated_hospitals_of_the_area(session: Session) -> None:
    world(session)

    found = compute(session)

    (target,) = queries.targets_at(session, NOW, NOW)
    assert (target.holder_code, target.item_code, target.quantity) == (CITY, SUIT, 3 * 10 * 12 * 15)
    assert (found.targets, found.changed, found.gaps) == (1, 1, 1)
    assert [(gap.item_code, gap.reason) for gap in queries.gaps_of(session, ["/"])] == [(MASK, "no_norm")]


def test_computing_again_writes_only_what_changed(session: Session) -> None:
    world(session)
    compute(session)

    assert compute(session).changed == 0
    assert session.scalar(select(func.count(TargetVersion.id))) == 1


def test_new_mandates_end_old_targets_and_leave_the_past_readable(session: Session) -> None:
    world(session)
    compute(session)
    rescue = mandate(category="medical_rescue", driver=CoverageDriver.CRITICAL_PATIENTS, quantity="60", unit="patients")
    draft = MandatesDraft(mandates=(rescue,), basis="test 2")
    service.set_mandates(session, PLANNER, draft, now=LATER, today=TODAY)

    compute(session, now=LATER)

    assert [(t.item_code, t.quantity) for t in queries.targets_at(session, LATER, LATER)] == [(VENTILATOR, 60)]
    assert [t.item_code for t in queries.targets_at(session, NOW, LATER)] == [SUIT]


def test_floors_are_set_for_every_level_from_the_smaller_of_target_and_book(session: Session) -> None:
    world(session)
    compute(session)
    shelve(session, 1000)

    draft = FloorsDraft(organisation_codes=(CITY,))
    found = service.set_floors(session, PLANNER, draft, now=NOW, today=TODAY)

    assert found.floors == 10
    for level, operating in (("none", 600), ("IV", 600), ("I", 100)):
        (floors,) = stock_queries.floors_at(session, level=level, as_of=NOW, known_at=NOW).values()
        assert floors == {FloorKind.OPERATING: operating, FloorKind.STRATEGIC: 100}


def test_coverage_counts_usable_stock_and_grades_the_rest(session: Session) -> None:
    world(session)
    compute(session)
    shelve(session, 1000)
    shelve(session, 400, expires_on=date(2020, 1, 1))  # out of life: on the book, not usable
    declared = Holding(CITY, SUIT, 9000, Evidence.DECLARED)

    (counted,) = queries.coverage_report(session, NOW, NOW, today=TODAY)
    (graded,) = queries.coverage_report(session, NOW, NOW, today=TODAY, others=[declared])

    assert (counted.counted, counted.covered, counted.grade) == (1000, 1000, Evidence.COUNTED)
    assert (graded.covered, graded.grade) == (5400, Evidence.DECLARED)


def test_the_cascade_in_force_is_the_newest_valid_set(session: Session) -> None:
    build_world(session)
    for now, authority in ((NOW, "county_head"), (LATER, "city_commission_chair")):
        step = CascadeStepDraft(
            step=1,
            source_kind=SourceKind.OWN_COUNTY_STOCK,
            opens_at=ResponseLevel.IV,
            authority=authority,
            notice_document=DocumentKind.DISPATCH_ORDER,
        )
        service.set_cascade(session, PLANNER, CascadeDraft(steps=(step,), basis="t"), now=now, today=TODAY)

    assert [queries.cascade_at(session, at, LATER)[0].authority for at in (NOW, LATER)] == [
        "county_head",
        "city_commission_chair",
    ]
    assert queries.cascade_at(session, NOW - timedelta(days=1), LATER) == ()


def test_mandates_with_unknown_categories_are_refused_and_nothing_changes(session: Session) -> None:
    build_world(session)
    draft = MandatesDraft(mandates=(mandate(category="moon"), mandate(), mandate()), basis="test")

    with pytest.raises(InvalidInput) as refusal:
        service.set_mandates(session, PLANNER, draft, now=NOW, today=TODAY)

    assert [(p.code, p.field, p.found) for p in refusal.value.problems] == [
        ("unknown_category", "mandates.0.category", "moon"),
        ("named_twice", "mandates.2", "city medical_protection"),
    ]
    assert session.scalar(select(func.count(MandateRow.id))) == 0


def test_a_floor_that_rises_with_the_level_is_refused(session: Session) -> None:
    rule = FloorRuleDraft.model_validate(
        {"tier": "city", "kind": "operating", "share": "0.2", "by_level": {"III": "0.4", "I": "0.1"}}
    )

    with pytest.raises(InvalidInput) as refusal:
        service.set_floor_rules(session, PLANNER, FloorRulesDraft(rules=(rule,), basis="t"), now=NOW, today=TODAY)

    assert [problem.code for problem in refusal.value.problems] == ["floor_rises"]


def test_a_cascade_names_each_step_once(session: Session) -> None:
    step = CascadeStepDraft(
        step=1,
        source_kind=SourceKind.REQUISITION,
        opens_at=ResponseLevel.I,
        authority="provincial_commission_director",
        notice_document=DocumentKind.REQUISITION_DECISION,
    )

    with pytest.raises(InvalidInput) as refusal:
        service.set_cascade(session, PLANNER, CascadeDraft(steps=(step, step), basis="t"), now=NOW, today=TODAY)

    assert [p.field for p in refusal.value.problems] == ["steps.1.step", "steps.1.source_kind"]


def test_targets_of_unknown_holders_are_refused(session: Session) -> None:
    world(session)

    with pytest.raises(InvalidInput) as refusal:
        compute(session, CITY, "GOV-999999")

    assert [(p.code, p.field) for p in refusal.value.problems] == [
        ("unknown_organisation", "holders.1.organisation_code")
    ]
    assert session.scalar(select(func.count(TargetVersion.id))) == 0


def test_mandates_need_their_right_and_their_area(session: Session) -> None:
    world(session)
    county = actor(8, "planner", "/130000/130100/130109/", Permission.MANDATE_WRITE)
    draft = TargetsDraft(holders=(HolderDraft(organisation_code=CITY),))

    for person in (STRANGER, county):
        with pytest.raises(NotAllowed):
            service.compute_targets(session, person, draft, now=NOW, today=TODAY)
