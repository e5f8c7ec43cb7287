"""Producers, holdings, expected goods and production orders inside a reader's scopes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from api.deps import found_in
from api.schemas.capacity import (
    DayOut,
    DeclaredOut,
    HolderHoldingOut,
    HoldingOut,
    LateReportOut,
    LineOut,
    ProducerOut,
    ProducerWholeOut,
    ProductionOrderOut,
    SupplyOut,
)
from api.views.scoping import parties_in
from reserve.capacity import order_queries, queries
from reserve.organisations import queries as organisation_queries
from reserve.papers import queries as paper_queries
from reserve.papers import reading
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind


def producer(session: Session, code: str, scopes: tuple[str, ...], now: datetime) -> ProducerWholeOut:
    producer = queries.get_producer(session, code)
    found_in(scopes, producer.organisation_path, "producer", code)
    lines = [line for line in queries.lines_at(session, now, now).values() if line.producer_code == code]
    declared = queries.declarations_known(session, now, [line.code for line in lines]) if lines else []
    return ProducerWholeOut(
        **ProducerOut.model_validate(producer).model_dump(),
        lines=[LineOut.model_validate(line) for line in lines],
        declarations=[DeclaredOut.model_validate(each) for each in declared],
    )


def holdings(session: Session, scopes: tuple[str, ...], item: str | None, now: datetime) -> list[HolderHoldingOut]:
    rows = queries.holdings_at(session, now, now, item_codes=[item] if item else ())
    holders = organisation_queries.organisations_by_id(session, (row.holder_id for row in rows))
    return [
        HolderHoldingOut(**HoldingOut.model_validate(row).model_dump(), holder_code=holders[row.holder_id].code)
        for row in rows
        if any(holders[row.holder_id].path.startswith(scope) for scope in scopes)
    ]


def supplies(session: Session, scopes: tuple[str, ...], item: str | None, now: datetime) -> list[SupplyOut]:
    mine = parties_in(session, scopes)
    if not mine:
        return []
    rows = queries.expected_supply(session, now, now, site_codes=mine, item_codes=[item] if item else ())
    return [SupplyOut.model_validate(row) for row in rows]


def orders(
    session: Session, scopes: tuple[str, ...], incident: str | None, after: int, limit: int
) -> Sequence[Document]:
    return reading.list_readable(
        session,
        scopes,
        parties_in(session, scopes),
        kind=DocumentKind.PRODUCTION_ORDER,
        incident_code=incident,
        after_id=after,
        limit=limit,
    )


def late(session: Session, scopes: tuple[str, ...], today: date, now: datetime) -> list[LateReportOut]:
    late = order_queries.late_reporters(session, today, now)
    producers = queries.producers_by_code(session, {each.producer_code for each in late})
    return [
        LateReportOut.model_validate(each)
        for each in late
        if any(producers[each.producer_code].organisation_path.startswith(scope) for scope in scopes)
    ]


def order(session: Session, number: str, scopes: tuple[str, ...], now: datetime) -> ProductionOrderOut:
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    order = order_queries.get_order(session, number)
    planned = order_queries.planned_by_day(session, order.id, now)
    reported = order_queries.reports_of(session, order.id, now)
    reliability = order_queries.reliability_of(session, order.id, now)
    days = [
        DayOut(
            day=day,
            planned=planned.get(day, 0),
            good=reported[day].good if day in reported else None,
            scrap=reported[day].scrap if day in reported else None,
        )
        for day in sorted({*planned, *reported})
    ]
    return ProductionOrderOut(
        number=order.number,
        state=paper_queries.state_of(session, document.id),
        incident_code=order.incident_code,
        line_code=order.line_code,
        item_code=order.item_code,
        quantity_per_day=order.quantity_per_day,
        from_on=order.from_on,
        to_on=order.to_on,
        delivery_site=order.delivery_site,
        unit_price_minor=order.unit_price_minor,
        planned=reliability.planned,
        made=reliability.made,
        days=days,
    )
