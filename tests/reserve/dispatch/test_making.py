"""Lines of the books in a plan: which may be proposed, out of what, and what the plan says of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.i18n import Language, text_in
from api.views import dispatch as views
from optimizer.dispatch.check import check
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.production import Line
from optimizer.surge.instance import Material, Use
from reserve.capacity import service as capacity
from reserve.capacity.drafts import CapacityDeclarationsDraft, LinesDraft
from reserve.dispatch import queries
from tests.conftest import NOW
from tests.reserve.capacity.works import OFFICE, make_declaration, make_line
from tests.reserve.catalogue.goods import SUIT
from tests.reserve.dispatch.orders_world import Office, add_need
from tests.reserve.sites.places import TODAY


def instance(office: Office, code: str) -> Instance:
    return queries.instance_of(office.ask(queries.get_plan, code))


def made(office: Office, code: str) -> Plan:
    result = office.ask(queries.find_result, office.ask(queries.get_plan, code).id)
    assert result is not None
    return queries.plan_of(result)


@pytest.fixture
def plant(office: Office) -> Office:
    """A second line of suits that stands still, and 900 suits more needed in eight days."""
    second = make_line("PR001-L2", normal_daily=50, max_daily=100, ramp_up_days=0, changeover_hours=12)
    with office.runner.database.writing() as session:
        capacity.record_lines(session, OFFICE, LinesDraft(lines=(second,)), now=NOW, today=TODAY)
        declared = make_declaration("PR001-L2", daily_quantity=90)
        drafted = CapacityDeclarationsDraft(declarations=(declared,))
        capacity.record_capacity(session, OFFICE, drafted, now=NOW, today=TODAY)
        add_need(session, "HS-2", SUIT, 900, 1, NOW + timedelta(days=8))
        session.commit()
    return office


def test_a_plan_may_count_on_a_free_line_within_its_declaration(plant: Office) -> None:
    found = instance(plant, plant.asked(propose_activations=True))

    # half of the first day goes on conversion; 90 a day are declared; a week of the first line's order is no choice
    assert found.lines == (
        Line("PR001-L2", "PR001@PR001", SUIT, (50, 90), until_day=89, lag_days=1, evidence="declared"),
    )
    # of 1,000 m2 a day the order takes 4 for each of 200 suits on three more days
    fabric = tuple((day, 200 if day < 3 else 1000) for day in range(10))
    assert found.materials == (Material("M07", "m2", arrivals=fabric),)
    assert found.parts == (Use(SUIT, "M07", 4),)
    assert found.day0_hour == 14  # ten in the morning in Hebei: tomorrow begins in fourteen hours
    assert instance(plant, plant.asked()).lines == ()


def test_a_plan_proposes_what_it_sends_and_no_more(plant: Office) -> None:
    code = plant.plan(propose_activations=True)
    plan = made(plant, code)

    # a thousand suits are needed and seven hundred are expected: two hundred square metres make fifty a day at first
    assert [(run.line_code, run.proposed, run.from_hour, run.made) for run in plan.production] == [
        ("PR001-L2", True, 14, (50, 50, 50, 90, 60))
    ]
    assert sum(row.unmet for row in plan.needs) == 0
    assert not check(instance(plant, code), plan)
    assert sum(row.unmet for row in made(plant, plant.plan()).needs) == 300


def test_lines_that_rest_on_a_proposal_wait_for_its_order(plant: Office) -> None:
    code = plant.plan(propose_activations=True)

    lines = plant.ask(queries.plan_lines, plant.ask(queries.get_plan, code).id)

    assert sum(line.quantity for line in lines if line.item_code == SUIT) == 700
    assert all(line.supply_code or line.lot_id for line in lines)


def test_a_reader_sees_line_product_start_and_pieces_by_day(plant: Office) -> None:
    code = plant.plan(propose_activations=True)

    (run,) = plant.ask(views.plan, code, ("/",), text_in(Language.ZH)).production

    assert (run.line_code, run.item_code, run.proposed, run.made) == ("PR001-L2", SUIT, True, [50, 50, 50, 90, 60])
    assert run.from_at == NOW + timedelta(hours=14)
    assert [(day.at - NOW, day.quantity) for day in run.issued][:2] == [
        (timedelta(hours=62), 50),
        (timedelta(hours=86), 50),
    ]
