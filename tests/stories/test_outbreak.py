"""The January 2021 Gaocheng outbreak: the whole main job on Hebei's own data, and books that prove themselves."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reserve import verify
from reserve.dispatch import queries as dispatch_queries
from reserve.dispatch.models import DeliveryLine
from reserve.errors import Conflict
from reserve.incidents import queries as incident_queries
from reserve.incidents.terms import IncidentState
from reserve.organisations.queries import find_installation
from reserve.papers import queries as paper_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind, State
from reserve.sites.models import Bin
from reserve.sites.terms import BinKind
from reserve.stock.models import Balance, Entry, Movement, StockAccount
from reserve.stock.terms import MovementKind
from seed.demo import DemoReport, run
from seed.report_text import text
from seed.stories import OUTBREAK
from tests.stories.conftest import Told

pytestmark = pytest.mark.xdist_group("outbreak")

MASK, SUIT, VENTILATOR = "H2010103", "H2010201", "H2020101"


def orders(session: Session) -> list[Document]:
    found = paper_queries.list_documents(
        session, kind=DocumentKind.DISPATCH_ORDER, incident_code=OUTBREAK.incident_code, limit=1000
    )
    return list(found)


def test_the_books_prove_themselves(outbreak: Told) -> None:
    assert outbreak.report.verified.findings == ()
    assert outbreak.report.verified.clean
    assert outbreak.report.verified.laws == len(verify.LAWS)


@pytest.mark.parametrize("item_code", [MASK, SUIT])
def test_early_stock_is_two_to_four_fifths_of_early_need(outbreak: Told, item_code: str) -> None:
    """Usable and reachable by +72 h, floors kept, before any line is activated; calibrates opening_fill.csv."""
    row = next(row for row in outbreak.report.tables.reach if row.item.code == item_code)

    assert Fraction(40, 100) <= Fraction(row.reachable, row.needed) <= Fraction(80, 100)


def test_ventilators_are_met_everywhere(outbreak: Told) -> None:
    rows = [row for row in outbreak.report.tables.fill if row.item.code == VENTILATOR]

    assert sum(row.needed for row in rows) > 0
    assert all(row.received == row.needed for row in rows)


@pytest.mark.parametrize("method", ["nearest_first", "pro_rata", "per_item_flow"])
def test_the_plan_leaves_clearly_less_unmet_than_each_yardstick(outbreak: Told, method: str) -> None:
    compared = {row.method: row for row in outbreak.report.tables.compared}

    assert compared["plan"].weighted_unmet_ppm < compared[method].weighted_unmet_ppm
    assert compared["plan"].unmet_by_class["1"] == 0 < compared[method].unmet_by_class["1"]
    assert 8 * compared["plan"].unmet_by_class["2"] < compared[method].unmet_by_class["2"]
    assert compared["plan"].worst_fill_percent > compared[method].worst_fill_percent


def test_every_order_is_signed_by_two_who_neither_drafted_nor_handled_it(outbreak: Told) -> None:
    def question(session: Session) -> list[tuple[int, set[int], set[int]]]:
        return [
            (
                order.drafted_by_person,
                {signature.person_id for signature in paper_queries.signatures_of(session, order.id)},
                {shipment.person_id for shipment in dispatch_queries.shipments_of(session, order.id)},
            )
            for order in orders(session)
        ]

    found = outbreak.runner.ask(question)
    assert len(found) > 50
    assert all(len(signers) == 2 for _, signers, _ in found)
    assert not any(drafter in signers or signers & keepers for drafter, signers, keepers in found)


def test_one_carton_came_damaged_and_one_did_not_come(outbreak: Told) -> None:
    def question(session: Session) -> list[tuple[int, str]]:
        statement = select(DeliveryLine.damaged, DeliveryLine.reason).where(DeliveryLine.damaged > 0)
        return [(row.damaged, row.reason) for row in session.execute(statement)]

    assert outbreak.runner.ask(question) == [(25, "外箱破损,内包装污染")]
    assert outbreak.report.tables.handling.lost == 2500


def test_designated_output_is_released_after_its_lag_and_never_before(outbreak: Told) -> None:
    assert [row.line_code for row in outbreak.report.tables.produced] == ["PR001-L1", "PR002-L1"]
    assert all(0 < row.released == row.made < row.planned for row in outbreak.report.tables.produced)
    first = outbreak.runner.ask(
        lambda session: session.scalar(
            select(func.min(Movement.occurred_at)).where(Movement.kind == MovementKind.RECEIVE)
        )
    )
    assert first is not None
    assert first.date().isoformat() == "2021-01-13"  # 00:30 on the 14th in Hebei: made on the 6th, seven days of lag


def test_nothing_is_left_on_the_road_or_held_and_every_paper_is_closed(outbreak: Told) -> None:
    def question(session: Session) -> tuple[int, int, set[State], IncidentState]:
        on_road = session.scalar(
            select(func.coalesce(func.sum(Balance.on_hand), 0))
            .join(StockAccount, StockAccount.id == Balance.account_id)
            .join(Bin, Bin.id == StockAccount.bin_id)
            .where(Bin.kind == BinKind.IN_TRANSIT)
        )
        held = session.scalar(select(func.coalesce(func.sum(Balance.held), 0)))
        documents = [
            document.id
            for kind in (DocumentKind.DISPATCH_ORDER, DocumentKind.PRODUCTION_ORDER, DocumentKind.RESPONSE_ACTIVATION)
            for document in paper_queries.list_documents(session, kind=kind, limit=1000)
        ]
        states = set(paper_queries.states_of_many(session, documents).values())
        incident = incident_queries.get_incident(session, OUTBREAK.incident_code)
        version = incident_queries.version_at(session, incident.id, OUTBREAK.ends_at, OUTBREAK.ends_at)
        return int(on_road or 0), int(held or 0), states, version.state

    assert outbreak.runner.ask(question) == (0, 0, {State.CLOSED}, IncidentState.CLOSED)


def test_departures_keep_both_their_times(outbreak: Told) -> None:
    def question(session: Session) -> set[timedelta]:
        statement = select(Movement.recorded_at, Movement.occurred_at).where(Movement.kind == MovementKind.DEPART)
        return {recorded - occurred for recorded, occurred in session.execute(statement)}

    delays = outbreak.runner.ask(question)
    assert min(delays) == timedelta(minutes=10)
    assert max(delays) < timedelta(hours=2)


def test_the_estimate_grows_with_the_outbreak_and_is_made_every_day(outbreak: Told) -> None:
    def question(session: Session) -> list[int]:
        incident = incident_queries.get_incident(session, OUTBREAK.incident_code)
        estimates = incident_queries.list_estimates(session, incident.id)
        return [json.loads(row.totals)[VENTILATOR][1] for row in reversed(estimates)]

    ventilators = outbreak.runner.ask(question)
    assert len(ventilators) == 15
    assert ventilators[0] < ventilators[7] < max(ventilators)


def test_the_gaocheng_hospital_books_its_use_every_day_it_has_goods(outbreak: Told) -> None:
    def question(session: Session) -> int:
        statement = (
            select(func.count())
            .select_from(Document)
            .join(Movement, Movement.document_id == Document.id)
            .where(Document.kind == DocumentKind.ISSUE_NOTE, Document.number.contains("HS008"))
        )
        return int(session.scalar(statement) or 0)

    assert outbreak.runner.ask(question) == 15


def test_goods_came_by_four_steps_of_the_cascade(outbreak: Told) -> None:
    supplied = {row.source_kind for row in outbreak.report.tables.supplied if row.accepted}

    assert supplied >= {
        "own_city_stock",
        "province_stock_above_floor",
        "neighbour_city_stock_above_floor",
        "producer_stock_on_behalf",
    }


def test_the_database_is_a_drill_that_goes_on_from_the_storys_end(outbreak: Told) -> None:
    found = outbreak.runner.ask(find_installation)

    assert found is not None
    assert found.is_drill
    assert found.story_ends_at == OUTBREAK.ends_at
    assert found.title_zh.startswith("【演练】")


def test_the_report_reads_in_both_languages_and_says_that_it_is_a_drill(outbreak: Told) -> None:
    chinese, english = text(outbreak.report), text(outbreak.report, "en")

    assert chinese.count("【演练】") >= 8
    assert english.count("[Drill]") >= 8
    assert "藁城区" in chinese
    assert "Gaocheng" in english
    assert outbreak.report.password in chinese
    assert f"核对通过:{outbreak.report.verified.laws} 条不变量" in chinese


def test_the_report_goes_through_json_and_back(outbreak: Told) -> None:
    assert DemoReport.model_validate_json(outbreak.report.model_dump_json()) == outbreak.report


def test_progress_goes_through_every_stage(outbreak: Told) -> None:
    assert outbreak.stages == ("schema", "load", "story", "report", "verify")


def test_a_second_demo_leaves_the_first_as_it_is(outbreak: Told) -> None:
    before = outbreak.path.stat().st_size, outbreak.runner.ask(entries)

    with pytest.raises(Conflict):
        run(str(outbreak.path))

    assert (outbreak.path.stat().st_size, outbreak.runner.ask(entries)) == before


def entries(session: Session) -> int:
    return int(session.scalar(select(func.count()).select_from(Entry)) or 0)
