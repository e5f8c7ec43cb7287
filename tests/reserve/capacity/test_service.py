"""Verbs on the register and questions about it, on both engines."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.capacity import queries, service
from reserve.capacity.drafts import (
    AgreementDraft,
    AgreementsDraft,
    BomLineDraft,
    CapacityBaseDraft,
    CapacityDeclarationsDraft,
    HoldingDraft,
    HoldingsDraft,
    LinesDraft,
    MaterialDraft,
    MaterialsDraft,
    MaterialSupplyDraft,
    OfferAcceptanceDraft,
    ProducersDraft,
)
from reserve.capacity.terms import CapacityDeclared, DeclarationKind, Recorded, Stranded
from reserve.commands import Done, Runner
from reserve.errors import InvalidInput, NotAllowed, NotFound
from reserve.incidents.terms import Evidence
from tests.conftest import NOW
from tests.reserve.capacity.works import (
    LINE,
    OFFICE,
    PRODUCER,
    issued_order,
    lay_out_line,
    lay_out_producer,
    lay_out_response,
    make_declaration,
    make_line,
)
from tests.reserve.catalogue.goods import MASK, SUIT, make_actor
from tests.reserve.sites.places import TODAY

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PLEDGE = DeclarationKind.PLEDGE
STRANGER = make_actor(
    Permission.CAPACITY_WRITE,
    Permission.CAPACITY_DECLARE,
    Permission.DECLARATION_WRITE,
    path="/130000/130100/130109/",
    user_id=9,
)


def declare(
    session: Session, *declarations: object, actor: object = PRODUCER, now: timedelta = timedelta()
) -> CapacityDeclared:
    draft = CapacityDeclarationsDraft.model_validate({"declarations": declarations})
    return service.declare_capacity(session, actor, draft, now=NOW + now, today=TODAY)  # type: ignore[arg-type]


def holdings(quantity: int = 500, **changes: object) -> HoldingsDraft:
    values = {"holder_code": "CHARITY", "kind": PLEDGE, "item_code": MASK, "quantity": quantity, "confirmed_on": TODAY}
    return HoldingsDraft(holdings=(HoldingDraft.model_validate({**values, **changes}),))


def acceptance(quantity: int) -> OfferAcceptanceDraft:
    return OfferAcceptanceDraft(
        holder_code="CHARITY", kind=PLEDGE, item_code=MASK, quantity=quantity, reason="needed in Gaocheng"
    )


# --- producers and lines ------------------------------------------------------------------------------------------


def test_a_producer_is_entered_with_its_base_and_changed(session: Session) -> None:
    lay_out_producer(session)
    producer = queries.get_producer(session, "PR001")
    base = CapacityBaseDraft(code="CB-01", name_zh="基地", lead_region_code="130100")
    known = {
        "code": "PR001",
        "organisation_code": "PR001",
        "site_code": "PR001",
        "role": "flexible_converter",
        "ownership": "state",
        "capacity_base_code": "CB-01",
    }

    draft = ProducersDraft.model_validate({"capacity_bases": (base,), "producers": (known,)})
    recorded = service.record_producers(session, OFFICE, draft, now=NOW, today=TODAY)

    assert recorded == Recorded(2)
    assert (producer.role, producer.capacity_base_code, producer.quality_status) == (
        "flexible_converter",
        "CB-01",
        "pending",
    )
    assert list(queries.capacity_bases_by_code(session)) == ["CB-01"]


def test_producers_are_listed_inside_the_scope_only(session: Session) -> None:
    lay_out_producer(session)

    assert [each.code for each in queries.list_producers(session, ["/130000/130100/"])] == ["PR001"]
    assert queries.list_producers(session, ["/130000/BUREAU/"]) == []
    with pytest.raises(NotFound):
        queries.get_producer(session, "PR999")


def test_a_line_has_versions_with_two_times(session: Session) -> None:
    lay_out_line(session)
    later = LinesDraft(lines=(make_line(max_daily=900),), valid_from=NOW + 10 * DAY)
    service.record_lines(session, OFFICE, later, now=NOW + HOUR, today=TODAY)

    def maximum(as_of: timedelta, known_at: timedelta) -> int:
        return queries.lines_at(session, NOW + as_of, NOW + known_at)[LINE].max_daily

    assert maximum(DAY, HOUR) == 300
    assert maximum(10 * DAY, HOUR) == 900
    assert maximum(10 * DAY, 0 * HOUR) == 300
    assert queries.lines_at(session, NOW - HOUR, NOW) == {}
    assert [version.max_daily for version in queries.history_of_line(session, LINE)] == [300, 900]


def test_lines_are_found_by_product_and_by_quality(session: Session) -> None:
    lay_out_line(session, make_line(), make_line("PR001-L2", product_code=MASK))

    assert list(queries.lines_at(session, NOW, NOW, product_codes=[MASK])) == ["PR001-L2"]
    queries.get_producer(session, "PR001").quality_status = "suspended"  # type: ignore[assignment]
    session.flush()
    assert queries.lines_at(session, NOW, NOW, certified_only=True) == {}
    assert len(queries.lines_at(session, NOW, NOW)) == 2


def test_refused_lines_leave_no_trace(session: Session) -> None:
    lay_out_producer(session)
    lines = LinesDraft(lines=(make_line(), make_line("PR001-L2", product_code="M99")))

    with pytest.raises(InvalidInput) as refusal:
        service.record_lines(session, OFFICE, lines, now=NOW, today=TODAY)

    assert [(each.field, each.found) for each in refusal.value.problems] == [("lines.1.product_code", "M99")]
    assert queries.lines_at(session, NOW, NOW) == {}


def test_another_county_writes_no_lines(session: Session) -> None:
    lay_out_producer(session)
    lines = LinesDraft(lines=(make_line(),))

    with pytest.raises(NotAllowed):
        service.record_lines(session, STRANGER, lines, now=NOW, today=TODAY)
    with pytest.raises(NotAllowed):
        service.record_lines(session, PRODUCER, lines, now=NOW, today=TODAY)

    assert queries.lines_at(session, NOW, NOW) == {}


def test_a_refused_register_is_not_committed(runner: Runner) -> None:
    base = CapacityBaseDraft(code="CB-01", name_zh="基地", lead_region_code="130100")

    with pytest.raises(InvalidInput):
        runner.run(service.record_producers, ProducersDraft(capacity_bases=(base,)), actor=OFFICE, answer=Done)

    assert runner.ask(queries.capacity_bases_by_code) == {}


# --- materials ----------------------------------------------------------------------------------------------------


def test_materials_carry_their_bill_and_their_supply(session: Session) -> None:
    lay_out_line(session)
    resin = MaterialsDraft(
        materials=(MaterialDraft(code="M11", name_zh="树脂", unit="kg"),),
        bom=(BomLineDraft(product_code="M07", material_code="M11", numerator=11, denominator=10),),
        supplies=(MaterialSupplyDraft(material_code="M07", daily_quantity=5000, evidence=Evidence.VERIFIED),),
        valid_from=NOW + DAY,
    )
    service.record_materials(session, OFFICE, resin, now=NOW, today=TODAY)

    now, later = (queries.materials_at(session, NOW + days, NOW) for days in (0 * DAY, DAY))
    assert (now.daily, later.daily) == ({"M07": 1000}, {"M07": 5000})
    assert now.needs[SUIT] == {"M07": Fraction(4), "M11": Fraction(22, 5)}


def test_a_bill_in_a_circle_leaves_no_trace(session: Session) -> None:
    lay_out_line(session)
    circle = BomLineDraft(product_code="M07", material_code="M07", numerator=1, denominator=1)

    with pytest.raises(InvalidInput):
        service.record_materials(session, OFFICE, MaterialsDraft(bom=(circle,)), now=NOW, today=TODAY)

    assert queries.bom(session) == {SUIT: {"M07": Fraction(4)}}


# --- declarations -------------------------------------------------------------------------------------------------


def test_a_producer_declares_its_own_lines_and_grades_nothing(session: Session) -> None:
    lay_out_line(session)

    assert declare(session, make_declaration(daily_quantity=250)) == CapacityDeclared(1)
    with pytest.raises(InvalidInput) as refusal:
        declare(session, make_declaration(evidence=Evidence.DRILLED))
    with pytest.raises(NotAllowed):
        declare(session, make_declaration(), actor=STRANGER)

    assert [(each.field, each.expected) for each in refusal.value.problems] == [("declarations.0.evidence", "declared")]
    assert [each.daily_quantity for each in queries.declarations_known(session, NOW)] == [300, 250]


def test_the_office_grades_what_a_drill_has_shown(session: Session) -> None:
    lay_out_line(session)
    drilled = CapacityDeclarationsDraft(declarations=(make_declaration(evidence=Evidence.DRILLED),))

    service.record_capacity(session, OFFICE, drilled, now=NOW, today=TODAY)

    assert queries.declarations_known(session, NOW)[-1].evidence is Evidence.DRILLED


def test_declaring_less_than_is_promised_names_the_orders(session: Session) -> None:
    lay_out_line(session)
    lay_out_response(session)
    number = issued_order(session)

    lowered = declare(session, make_declaration(daily_quantity=150, valid_from=TODAY + DAY), now=HOUR)

    assert lowered.stranded == (Stranded(number, LINE, TODAY + DAY, committed=200, declared=150),)


def test_lines_without_a_good_declaration_are_stale(session: Session) -> None:
    lay_out_line(session)
    service.record_lines(session, OFFICE, LinesDraft(lines=(make_line("PR001-L2"),)), now=NOW, today=TODAY)

    def stale(days: int) -> list[str]:
        return [line.code for line in queries.stale_lines(session, TODAY + days * DAY, NOW, NOW)]

    assert stale(0) == ["PR001-L2"]
    assert stale(90) == ["PR001-L2"]
    assert stale(91) == [LINE, "PR001-L2"]


# --- agreements and holders ---------------------------------------------------------------------------------------


def test_an_agreement_stands_from_day_to_day_until_it_is_ended(session: Session) -> None:
    lay_out_producer(session)
    agreement = AgreementDraft(
        code="HA-1",
        producer_code="PR001",
        beneficiary_code="130100",
        item_code=SUIT,
        quantity=400,
        fee_minor=1_000_000,
        call_notice_hours=24,
        valid_from=TODAY,
        valid_until=TODAY + 30 * DAY,
    )
    service.record_agreements(session, OFFICE, AgreementsDraft(agreements=(agreement,)), now=NOW, today=TODAY)
    ended = AgreementsDraft(agreements=(agreement.model_copy(update={"quantity": 0}),))
    service.record_agreements(session, OFFICE, ended, now=NOW + DAY, today=TODAY + DAY)

    def quantities(days: int, known_at: timedelta) -> list[int]:
        return [each.quantity for each in queries.agreements_on(session, TODAY + days * DAY, NOW + known_at)]

    assert quantities(30, 0 * DAY) == [400]
    assert quantities(31, 0 * DAY) == []
    assert quantities(-1, 0 * DAY) == []
    assert quantities(30, DAY) == []
    with pytest.raises(NotAllowed):
        service.record_agreements(session, STRANGER, ended, now=NOW, today=TODAY)


def test_a_pledge_is_accepted_up_to_what_was_offered(session: Session) -> None:
    lay_out_producer(session)
    service.declare_holdings(session, OFFICE, holdings(), now=NOW, today=TODAY)
    assert queries.holdings_at(session, NOW, NOW, accepted_only=True) == []

    with pytest.raises(InvalidInput) as refusal:
        service.accept_offer(session, OFFICE, acceptance(501), now=NOW, today=TODAY)
    service.accept_offer(session, OFFICE, acceptance(300), now=NOW + HOUR, today=TODAY)

    (problem,) = refusal.value.problems
    assert (problem.field, problem.expected, problem.found) == ("quantity", "at most 500", "501")
    (accepted,) = queries.holdings_at(session, NOW + HOUR, NOW + HOUR, accepted_only=True)
    assert (accepted.quantity, accepted.accepted, accepted.evidence) == (500, 300, Evidence.DECLARED)


def test_what_is_declared_anew_must_be_accepted_anew(session: Session) -> None:
    lay_out_producer(session)
    service.declare_holdings(session, OFFICE, holdings(), now=NOW, today=TODAY)
    service.accept_offer(session, OFFICE, acceptance(300), now=NOW + HOUR, today=TODAY)

    service.declare_holdings(session, OFFICE, holdings(900), now=NOW + 2 * HOUR, today=TODAY)

    now = NOW + 2 * HOUR
    assert queries.holdings_at(session, now, now, accepted_only=True) == []
    assert [each.quantity for each in queries.holdings_at(session, now, now, kind=PLEDGE, item_codes=[MASK])] == [900]
    assert queries.holdings_at(session, now, now, kind=DeclarationKind.TEAM_KIT) == []


def test_nothing_is_accepted_that_nobody_offers(session: Session) -> None:
    lay_out_producer(session)

    with pytest.raises(NotFound):
        service.accept_offer(session, OFFICE, acceptance(1), now=NOW, today=TODAY)
    with pytest.raises(NotAllowed):
        service.accept_offer(session, STRANGER, acceptance(1), now=NOW, today=TODAY)


def test_one_holder_does_not_speak_for_another(session: Session) -> None:
    lay_out_producer(session)

    with pytest.raises(NotAllowed):
        service.declare_holdings(session, PRODUCER, holdings(), now=NOW, today=TODAY)

    assert queries.holdings_at(session, NOW, NOW) == []


def test_unconfirmed_declarations_show(session: Session) -> None:
    lay_out_producer(session)
    service.declare_holdings(session, OFFICE, holdings(confirmed_on=TODAY - 180 * DAY), now=NOW, today=TODAY)

    assert queries.unconfirmed_holdings(session, TODAY, NOW, older_than_days=180) == []
    assert len(queries.unconfirmed_holdings(session, TODAY, NOW, older_than_days=179)) == 1
