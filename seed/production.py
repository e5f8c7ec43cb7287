"""Capacity in a story: production orders, daily reports, and lots released by date of issue."""

from __future__ import annotations

from datetime import date, timedelta

from reserve.capacity import order_queries, orders, output
from reserve.capacity import queries as capacity_queries
from reserve.capacity import rules as capacity_rules
from reserve.capacity.drafts import OutputReportDraft, ProductionOrderDraft, ProductionOrderRefDraft, ReleaseDraft
from reserve.clock import local_time
from reserve.stock.rules import months_after
from reserve.stock.terms import Fund
from seed.bodies import PROVINCE
from seed.goods import catalogue
from seed.replay import Script, now_by
from seed.scripts import PLANNER, Cast, keeper_of, signed
from seed.story import Activation

DELIVERY_SITE = "WH-P01"


def activated(cast: Cast, activation: Activation) -> Script:
    """Order a designated line to produce; its reports and releases follow day by day."""
    story, at = cast.story, local_time(cast.story.declared_on, 10, 50)
    item = next(item for item in catalogue().items if item.code == activation.item_code)
    draft = ProductionOrderDraft(
        organisation_code=PROVINCE,
        incident_code=story.incident_code,
        line_code=activation.line_code,
        item_code=activation.item_code,
        quantity_per_day=activation.quantity_per_day,
        from_on=activation.from_on,
        to_on=activation.to_on,
        quality_standard=item.quality_standard,
        delivery_site=DELIVERY_SITE,
        beneficiary_code=PROVINCE,
        fund=Fund.BACKSTOP,
        unit_price_minor=item.unit_price_minor,
        price_basis="演练:目录价",
    )
    order = yield now_by(PLANNER, orders.draft_production_order, draft, at)
    yield from signed(order.number, story, at + timedelta(minutes=10))
    reference = ProductionOrderRefDraft(document_number=order.number)
    yield now_by(PLANNER, orders.issue_production_order, reference, at + timedelta(minutes=40))
    login = f"producer.{_producer(activation).lower()}"
    yield now_by(login, orders.acknowledge_production_order, reference, at + timedelta(hours=1))
    cast.production[activation.line_code] = order.number
    line = cast.stage.ask(capacity_queries.lines_at, at, at)[activation.line_code]
    day = activation.from_on
    while day <= activation.to_on:
        cast.stage.later(local_time(day, 19), made(cast, activation, day))
        available_on = capacity_rules.available_on(line, day)
        if available_on < story.closed_on:
            cast.stage.later(local_time(available_on, 0, 30), released(cast, activation, day, available_on))
        day += timedelta(days=1)


def _producer(activation: Activation) -> str:
    return activation.line_code.partition("-")[0]


def made(cast: Cast, activation: Activation, day: date) -> Script:
    """19:00: the plant reports the day; on the short day a tenth less than planned."""
    number, at = cast.production[activation.line_code], local_time(day, 19)
    order = cast.stage.ask(order_queries.get_order, number)
    planned = cast.stage.ask(order_queries.planned_by_day, order.id, at).get(day, 0)
    so_far = sum(report.good for report in cast.stage.ask(order_queries.reports_of, order.id, at).values())
    good = planned * 9 // 10 if day == activation.short_day else planned
    draft = OutputReportDraft(
        document_number=number, day=day, good=good, scrap=planned // 100, cumulative_good=so_far + good
    )
    yield now_by(f"producer.{_producer(activation).lower()}", output.report_output, draft, at)


def released(cast: Cast, activation: Activation, made_on: date, available_on: date) -> Script:
    """After the release lag the lot is tested and booked at the plant for the province."""
    number, at = cast.production[activation.line_code], local_time(available_on, 0, 30)
    order = cast.stage.ask(order_queries.get_order, number)
    good = cast.stage.ask(order_queries.reports_of, order.id, at)[made_on].good
    if good == 0:
        return  # the line was still changing over
    item = next(item for item in catalogue().items if item.code == activation.item_code)
    shelf_life = item.shelf_life_months
    draft = ReleaseDraft(
        document_number=number,
        made_on=made_on,
        accepted=good,
        lot_code=f"{_producer(activation)}-{made_on:%y%m%d}",
        expires_on=None if shelf_life is None else months_after(made_on, shelf_life),
        certificate="演练合格证",
        pack_size=item.pack_size,
    )
    yield now_by(keeper_of(_producer(activation)), output.release_output, draft, at)


def ended(cast: Cast) -> Script:
    """The last morning: production orders whose lots are all released are closed."""
    at = local_time(cast.story.closed_on, 10)
    for number in cast.production.values():
        reference = ProductionOrderRefDraft(document_number=number, reason="演练:完成")
        yield now_by(PLANNER, orders.close_production_order, reference, at)
