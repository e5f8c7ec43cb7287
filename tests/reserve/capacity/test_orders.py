"""Production orders: signed, issued, acknowledged, cancelled, closed, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from reserve.authority import Permission
from reserve.capacity import order_queries, orders, outlook, output, queries, service
from reserve.capacity.drafts import (
    CapacityDeclarationsDraft,
    LinesDraft,
    ProductionCancellationDraft,
    ProductionOrderRefDraft,
)
from reserve.capacity.orders import NoResponse, NothingToCome, StillExpected
from reserve.capacity.terms import Supply, SupplyKind
from reserve.clock import local_time
from reserve.commands import Done, Runner
from reserve.errors import InvalidInput, NotAllowed, NotFound
from reserve.incidents.terms import Evidence
from reserve.papers import queries as paper_queries
from reserve.papers.drafting import NoLawfulApprover, WrongState
from reserve.papers.terms import DocumentKind, ResponseLevel, State
from tests.conftest import NOW
from tests.reserve.capacity.works import (
    INCIDENT,
    LINE,
    OFFICE,
    PRODUCER,
    SIGNERS,
    issued_order,
    lay_out_line,
    lay_out_response,
    make_declaration,
    make_line,
    make_order,
    make_report,
    signed_order,
)
from tests.reserve.catalogue.goods import MASK, SUIT, make_actor
from tests.reserve.sites.places import TODAY

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
FIRST_DAYS = [TODAY + days * DAY for days in range(4)]
STRANGER = make_actor(
    Permission.CAPACITY_ACTIVATE, Permission.CAPACITY_DECLARE, path="/130000/130100/130109/", user_id=9
)


@pytest.fixture
def works(session: Session) -> Session:
    """A line declared at 300 suits a day, ramping from 100, with fabric for 250; level II."""
    lay_out_line(session)
    lay_out_response(session)
    return session


def ref(number: str, reason: str = "") -> ProductionOrderRefDraft:
    return ProductionOrderRefDraft(document_number=number, reason=reason)


def expected(session: Session, known_at: timedelta = timedelta()) -> list[tuple[int, SupplyKind]]:
    return [(each.quantity, each.kind) for each in queries.expected_supply(session, NOW + known_at, NOW + known_at)]


def documents(session: Session) -> int:
    return len(paper_queries.list_documents(session, kind=DocumentKind.PRODUCTION_ORDER))


# --- drafting -----------------------------------------------------------------------------------------------------


def test_an_order_is_one_line_with_a_ceiling_and_waits_for_its_signers(works: Session) -> None:
    document = orders.draft_production_order(works, OFFICE, make_order(), now=NOW, today=TODAY)

    (line,) = paper_queries.line_contents(works, document.id)
    assert (line.item_code, line.quantity, line.value_minor) == (SUIT, 800, 7_200_000)
    assert (line.source_code, line.receiver_code, line.owner_code) == ("PR001", "WH-P01", "130000")
    assert line.latest_arrival_at == local_time(TODAY + 5 * DAY)
    assert paper_queries.state_of(works, document.id) is State.SUBMITTED
    assert [step.role for step in paper_queries.steps_of(works, document.id)] == [each.login for each in SIGNERS]
    assert order_queries.get_order(works, document.number).quantity_per_day == 200
    assert expected(works) == []


def test_every_fault_of_an_order_is_named_and_nothing_is_written(works: Session) -> None:
    bad = make_order(
        incident_code="NOTHING",
        item_code=MASK,
        delivery_site="MOON",
        beneficiary_code="NOBODY",
        quantity_per_day=301,
        to_on=TODAY + 91 * DAY,
    )

    with pytest.raises(InvalidInput) as refusal:
        orders.draft_production_order(works, OFFICE, bad, now=NOW, today=TODAY)

    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [
        ("other_product", "item_code"),
        ("unknown_incident", "incident_code"),
        ("unknown_site", "delivery_site"),
        ("unknown_organisation", "beneficiary_code"),
        ("beyond_declared", "quantity_per_day"),
        ("no_declaration", "to_on"),
    ]
    assert documents(works) == 0


def test_an_unknown_line_takes_no_order(works: Session) -> None:
    with pytest.raises(InvalidInput) as refusal:
        orders.draft_production_order(works, OFFICE, make_order(line_code="PR009-L1"), now=NOW, today=TODAY)

    assert [(problem.field, problem.found) for problem in refusal.value.problems] == [("line_code", "PR009-L1")]


def test_a_body_orders_in_its_own_name_only(works: Session) -> None:
    far = make_order(organisation_code="130109")

    with pytest.raises(NotAllowed):
        orders.draft_production_order(works, STRANGER, make_order(), now=NOW, today=TODAY)
    with pytest.raises(NotAllowed):
        orders.draft_production_order(works, STRANGER, far, now=NOW, today=TODAY)

    assert documents(works) == 0


@pytest.mark.parametrize(
    ("level", "refusal"), [(None, NoResponse), (ResponseLevel.III, NoLawfulApprover)], ids=["none", "III"]
)
def test_below_level_two_nobody_may_order(
    session: Session, level: ResponseLevel | None, refusal: type[Exception]
) -> None:
    lay_out_line(session)
    lay_out_response(session, level=level)

    with pytest.raises(refusal):
        orders.draft_production_order(session, OFFICE, make_order(), now=NOW, today=TODAY)


def test_a_refused_order_is_not_committed(runner: Runner) -> None:
    with pytest.raises(NotFound):
        runner.run(orders.draft_production_order, make_order(), actor=OFFICE, answer=Done)

    assert runner.ask(order_queries.list_orders) == []


# --- issuing ------------------------------------------------------------------------------------------------------


def test_an_issued_order_is_expected_day_by_day_by_date_of_issue(works: Session) -> None:
    number = issued_order(works)

    supply = queries.expected_supply(works, NOW, NOW)
    assert [(each.quantity, each.available_from) for each in supply] == [
        (100, local_time(TODAY + 2 * DAY)),
        (200, local_time(TODAY + 3 * DAY)),
        (200, local_time(TODAY + 4 * DAY)),
        (200, local_time(TODAY + 5 * DAY)),
    ]
    assert supply[0] == Supply(
        code=f"{number}/2026-03-01",
        kind=SupplyKind.PRODUCTION,
        site_code="PR001",
        item_code=SUIT,
        owner_code="130000",
        quantity=100,
        available_from=local_time(TODAY + 2 * DAY),
        evidence=Evidence.DECLARED,
        document_number=number,
        incident_code=INCIDENT,
    )


def test_the_signed_ceiling_ends_the_order(works: Session) -> None:
    issued_order(works, ceiling=350)

    assert [quantity for quantity, _ in expected(works)] == [100, 200, 50]


def test_an_order_that_is_not_signed_is_not_issued(works: Session) -> None:
    document = orders.draft_production_order(works, OFFICE, make_order(), now=NOW, today=TODAY)

    with pytest.raises(WrongState):
        orders.issue_production_order(works, OFFICE, ref(document.number), now=NOW, today=TODAY)

    assert expected(works) == []


def test_an_order_issued_late_begins_late(works: Session) -> None:
    document = signed_order(works)

    orders.issue_production_order(works, OFFICE, ref(document.number), now=NOW + 2 * DAY, today=TODAY + 2 * DAY)

    order = order_queries.get_order(works, document.number)
    planned = order_queries.planned_by_day(works, order.id, NOW + 2 * DAY)
    assert planned == {TODAY + 2 * DAY: 100, TODAY + 3 * DAY: 200}


def test_an_order_whose_days_are_over_yields_nothing(works: Session) -> None:
    document = signed_order(works)

    with pytest.raises(NothingToCome):
        orders.issue_production_order(works, OFFICE, ref(document.number), now=NOW + 4 * DAY, today=TODAY + 4 * DAY)

    assert paper_queries.state_of(works, document.id) is State.APPROVED


def test_what_was_promised_since_is_checked_again(works: Session) -> None:
    """Two orders were sound when they were written; together they are more than the line can do."""
    first, second = signed_order(works), signed_order(works)
    orders.issue_production_order(works, OFFICE, ref(first.number), now=NOW, today=TODAY)

    with pytest.raises(InvalidInput) as refusal:
        orders.issue_production_order(works, OFFICE, ref(second.number), now=NOW, today=TODAY)

    (problem,) = refusal.value.problems
    assert (problem.code, problem.expected, problem.found) == (
        "beyond_declared",
        "at most 100 a day on 2026-03-01",
        "200",
    )
    assert sum(quantity for quantity, _ in expected(works)) == 700


def test_one_line_is_not_promised_to_two_incidents(session: Session) -> None:
    lay_out_line(session)
    lay_out_response(session, INCIDENT, "FLOOD-1")
    issued_order(session, quantity_per_day=100)

    with pytest.raises(InvalidInput) as refusal:
        signed_order(session, quantity_per_day=1, incident_code="FLOOD-1")
    issued_order(session, incident_code="FLOOD-1", from_on=TODAY + 4 * DAY, to_on=TODAY + 5 * DAY)

    assert [problem.code for problem in refusal.value.problems] == ["line_promised"]


def test_orders_that_share_a_material_never_promise_it_twice(session: Session) -> None:
    lay_out_line(session, make_line(ramp_up_days=0), make_line("PR001-L2", ramp_up_days=0))
    lay_out_response(session)

    issued_order(session)
    issued_order(session, line_code="PR001-L2")

    quantities = sorted(quantity for quantity, _ in expected(session))
    assert quantities == [50, 50, 50, 50, 200, 200, 200, 200]  # 1,000 m2 a day at 4 m2 a suit


def test_an_order_that_waited_sees_what_was_promised_meanwhile(session: Session) -> None:
    """Its own time was taken first; the other order was issued while it waited for the lock."""
    lay_out_line(session, make_line(ramp_up_days=0), make_line("PR001-L2", ramp_up_days=0))
    lay_out_response(session)
    waited = signed_order(session)
    issued_order(session, now=NOW + HOUR, line_code="PR001-L2")

    orders.issue_production_order(session, OFFICE, ref(waited.number), now=NOW, today=TODAY)

    quantities = sorted(quantity for quantity, _ in expected(session, HOUR))
    assert quantities == [50, 50, 50, 50, 200, 200, 200, 200]


def test_an_order_that_waited_sees_what_was_declared_meanwhile(works: Session) -> None:
    waited = signed_order(works)
    lowered = CapacityDeclarationsDraft(declarations=(make_declaration(daily_quantity=199),))
    service.record_capacity(works, OFFICE, lowered, now=NOW + HOUR, today=TODAY)

    with pytest.raises(InvalidInput):
        orders.issue_production_order(works, OFFICE, ref(waited.number), now=NOW, today=TODAY)

    assert expected(works, HOUR) == []


def test_an_order_goes_on_where_the_one_before_it_ends(works: Session) -> None:
    issued_order(works, to_on=TODAY + DAY)
    number = issued_order(works, from_on=TODAY + 2 * DAY)

    order = order_queries.get_order(works, number)
    assert order_queries.planned_by_day(works, order.id, NOW) == {TODAY + 2 * DAY: 200, TODAY + 3 * DAY: 200}


# --- acknowledging, cancelling, closing ---------------------------------------------------------------------------


def test_only_the_producer_acknowledges(works: Session) -> None:
    document = signed_order(works)
    orders.issue_production_order(works, OFFICE, ref(document.number), now=NOW, today=TODAY)

    with pytest.raises(NotAllowed):
        orders.acknowledge_production_order(works, STRANGER, ref(document.number), now=NOW, today=TODAY)
    assert paper_queries.state_of(works, document.id) is State.ISSUED
    orders.acknowledge_production_order(works, PRODUCER, ref(document.number), now=NOW, today=TODAY)
    assert paper_queries.state_of(works, document.id) is State.IN_EXECUTION


def test_cancelling_stops_what_is_not_made_yet(works: Session) -> None:
    number = issued_order(works)
    output.report_output(works, PRODUCER, make_report(number), now=NOW, today=TODAY)

    later = NOW + DAY
    cancellation = ProductionCancellationDraft(document_number=number, reason="outbreak ends")
    orders.cancel_production_order(works, OFFICE, cancellation, now=later, today=TODAY + DAY)

    assert expected(works, DAY) == [(100, SupplyKind.PRE_ADVISED)]
    assert len(expected(works)) == 4  # what was known the day before stands
    assert order_queries.commitments(works) == []
    assert order_queries.late_reporters(works, TODAY + 9 * DAY, later) == []


def test_an_order_is_not_closed_while_goods_are_expected(works: Session) -> None:
    number = issued_order(works)

    with pytest.raises(StillExpected) as refusal:
        orders.close_production_order(works, OFFICE, ref(number), now=NOW, today=TODAY)

    assert f"{number}/2026-03-04" in str(refusal.value)
    cancellation = ProductionCancellationDraft(document_number=number, reason="not needed")
    orders.cancel_production_order(works, OFFICE, cancellation, now=NOW, today=TODAY)
    closed = orders.close_production_order(works, OFFICE, ref(number), now=NOW, today=TODAY)
    assert paper_queries.state_of(works, closed.id) is State.CLOSED


def test_an_unknown_order_is_not_found(works: Session) -> None:
    for verb in (orders.issue_production_order, orders.close_production_order):
        with pytest.raises(NotFound):
            verb(works, OFFICE, ref("PRD-130000-2026-000009-1"), now=NOW, today=TODAY)


def test_the_runner_answers_with_the_number_of_the_order(runner: Runner) -> None:
    def lay_out(session: Session, *_: object, **__: object) -> Done:
        lay_out_line(session)
        lay_out_response(session)
        return Done()

    runner.run(lay_out, ref("-"), actor=OFFICE, answer=Done)
    runner.run(orders.draft_production_order, make_order(), actor=OFFICE, answer=Done)

    (order,) = runner.ask(order_queries.list_orders, incident_code=INCIDENT)
    assert order.number.startswith("PRD-130000-2026-000001-")
    assert runner.ask(order_queries.orders_in_force) == []


# --- outlook ------------------------------------------------------------------------------------------------------


def test_what_could_be_made_is_what_free_certified_lines_can_do(session: Session) -> None:
    lay_out_line(session, make_line(ramp_up_days=0), make_line("PR001-L2", ramp_up_days=0, max_daily=100))
    lay_out_response(session)
    undeclared = make_line("PR001-L3")
    service.record_lines(session, OFFICE, LinesDraft(lines=(undeclared,)), now=NOW, today=TODAY)
    issued_order(session, to_on=TODAY)

    made = outlook.producible(session, TODAY, TODAY + DAY, NOW, NOW, item_codes=[SUIT])

    assert [(each.line_code, each.made_on, each.quantity, each.limited_by) for each in made] == [
        ("PR001-L2", TODAY, 50, "M07"),
        ("PR001-L2", TODAY + DAY, 100, "capacity"),
    ]
    assert outlook.producible(session, TODAY, TODAY + DAY, NOW, NOW, item_codes=[MASK]) == []


def test_what_could_be_made_ends_with_the_declaration(works: Session) -> None:
    short = CapacityDeclarationsDraft(declarations=(make_declaration(valid_until=TODAY, daily_quantity=60),))
    service.record_capacity(works, OFFICE, short, now=NOW, today=TODAY)

    made = outlook.producible(works, TODAY, TODAY + 9 * DAY, NOW, NOW)

    assert [(each.made_on, each.quantity) for each in made] == [(TODAY, 60)]
    assert made[0].line_code == LINE
