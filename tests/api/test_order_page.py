"""An order as its signers read it: the facts before signing, what became of each line, the way to closure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.i18n import Language, text_in
from api.views import order_page as views
from api.views import transit
from reserve.clock import StoryClock
from reserve.commands import Runner
from reserve.dispatch import facts, service
from reserve.dispatch.drafts import OrderNumberDraft
from reserve.dispatch.facts import Caution, OtherSource
from reserve.errors import NotFound
from reserve.papers import queries as paper_queries
from reserve.papers.terms import State
from reserve.stock.terms import MovementKind
from tests.conftest import NOW
from tests.reserve.catalogue.goods import MASK
from tests.reserve.dispatch.orders_world import DEPUTY, MEMBER, PLANNER, Office, build_orders_world
from tests.reserve.verify.worlds import BUILDERS, world

BUILDERS["orders"] = build_orders_world
EN, ALL = text_in(Language.EN), ("/",)


@pytest.fixture
def office(clock: StoryClock) -> Iterator[Office]:
    with world("sqlite", "orders") as ready:  # words know no engine
        yield Office(Runner(ready, clock), clock)


def page_of(office: Office, number: str, **more: object) -> views.OrderPage:
    at = {"known_at": office.clock.now(), **more}
    found: views.OrderPage = office.ask(views.order_page, number, MEMBER, ALL, ALL, EN, **at)
    return found


def test_an_order_waits_for_each_signer_in_turn(office: Office) -> None:
    number = office.letter("WH-P01")
    office.submit(number)

    before = [len(office.ask(views.waiting, each, EN)) for each in (MEMBER, DEPUTY, PLANNER)]
    office.sign(number, by=(MEMBER,))
    after = [len(office.ask(views.waiting, each, EN)) for each in (MEMBER, DEPUTY, PLANNER)]

    assert (before, after) == ([1, 0, 0], [0, 1, 0])


def test_a_signer_reads_need_stock_left_authority_and_other_sources(office: Office) -> None:
    number = office.letter("WH-P01")
    office.submit(number)

    page = page_of(office, number)

    line = page.facts[0]
    held = sum(each.progress.held for each in page.facts)
    assert [each.line_no for each in page.mine] == [each.line_no for each in page.page.paper.lines]
    assert (line.left.book, line.left.usable, line.left.held) == (600, 600, held)
    assert line.left.free == 600 - held
    assert line.base == sum(need.base for need in line.needs) > 0
    assert line.ground.source_kind == "province_stock_above_floor"
    assert line.others == [OtherSource("WH-C01", "130100", 400)]
    assert [each.cautions for each in page.facts] == [[]] * len(page.facts)


def test_a_signer_is_warned_of_what_has_changed_since(office: Office) -> None:
    number = office.letter("WH-P01")
    office.submit(number)
    before = office.clock.now()
    office.clock.move_to(NOW + timedelta(days=3))
    office.lost("WH-P01", "P7", 550)

    page = page_of(office, number)
    as_seen_before = page_of(office, number, known_at=before)

    assert {caution for each in page.facts for caution in each.cautions} == {Caution.PROMISE_BROKEN, Caution.TOO_LATE}
    assert page.facts[0].left.book == 50
    assert (as_seen_before.facts[0].left.book, as_seen_before.facts[0].cautions) == (600, [])


def test_every_line_sums_and_the_way_to_closure_is_told_in_order(office: Office) -> None:
    number = office.issued("WH-P01")
    office.run(service.acknowledge_order, OrderNumberDraft(order_number=number))
    at_road = []
    for receiver in dict.fromkeys(line.receiver_code for line in office.lines(number)):
        office.clock.move_to(office.clock.now() + timedelta(hours=1))
        shipment = office.depart(number, receiver, vehicle_no="冀A12345")
        at_road.append(sum(office.ask(transit.on_the_road, ALL, MASK, EN).totals.values()))
        line_no = next(line.line_no for line in office.lines(number) if line.receiver_code == receiver)
        quantity = office.progress(number, line_no).in_transit
        office.clock.move_to(office.clock.now() + timedelta(hours=1))
        office.deliver(shipment, "P7", quantity - 1, damaged=1, line_no=line_no, reason="wet")
    office.clock.move_to(office.clock.now() + timedelta(hours=1))
    office.run(service.close_order, OrderNumberDraft(order_number=number))

    page = page_of(office, number)

    ordered = [line.quantity for line in office.lines(number)]
    assert at_road == ordered
    for each in page.facts:
        told = each.progress
        parts = (told.held, told.expected, told.in_transit, told.accepted, told.damaged, told.lost, told.returned)
        assert (sum(parts), told.damaged, told.given_up) == (told.ordered, 1, 0)
    said = [event.state or event.movement or event.word for event in page.events]
    assert said[:2] == ["Need recorded", "Planned"]
    assert said[-1] is State.CLOSED
    assert said.count("Signed") == 2
    assert said.count("Left") == len(ordered)
    assert {"Acknowledged by the store", MovementKind.ACCEPT, State.ISSUED, State.SUBMITTED} <= set(said)
    assert office.ask(transit.on_the_road, ALL, "", EN).totals == {}


def test_other_papers_and_strangers_find_no_order(office: Office) -> None:
    number = office.letter("WH-P01")

    with pytest.raises(NotFound):
        page_of(office, office.production)
    with pytest.raises(NotFound):
        office.ask(views.order_page, number, MEMBER, ("/none/",), ALL, EN, known_at=NOW)
    document = office.ask(paper_queries.get_document, number)
    hidden = office.ask(facts.order_facts, document, (), known_at=NOW)
    assert [each.others for each in hidden] == [[]] * len(hidden)
