"""Plans, orders and shipments inside a reader's scopes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.deps import Page, found_in
from api.i18n import Text
from api.schemas.dispatch import (
    DayOutputOut,
    LineProgressOut,
    OnTheRoadOut,
    OrderOut,
    PlannedLineOut,
    PlanOut,
    PlanRef,
    RunOut,
    ShipmentOut,
    ShipmentWholeOut,
    SmallShipmentOut,
)
from api.schemas.papers import DocumentRow
from api.views.document_rows import document_rows
from api.views.naming import names_in
from api.views.scoping import parties_in
from api.views.unmet_words import reason
from optimizer.dispatch.plan import Plan
from optimizer.limits import Rung
from reserve.dispatch import queries, rules
from reserve.errors import NotFound
from reserve.jobs import outbox
from reserve.papers import queries as paper_queries
from reserve.papers import reading
from reserve.papers.terms import DocumentKind
from reserve.sites import queries as site_queries


def plan(session: Session, code: str, scopes: tuple[str, ...], text: Text) -> PlanOut:
    plan = queries.get_plan(session, code)
    found_in(scopes, plan.organisation_path, "plan", code)
    result = queries.find_result(session, plan.id)
    is_solved = result is not None and not result.error
    solved = queries.plan_of(result) if result and is_solved else None
    explanation = json.loads(queries.explanation_of(result)) if result and is_solved else None
    names = names_in(session, text)
    proves = solved is not None and solved.rung != Rung.NEAREST_FIRST
    return PlanOut(
        **PlanRef.model_validate(plan).model_dump(),
        state=queries.plan_state(session, plan.id),
        error=result.error if result else None,
        plan_hash=result.plan_hash if result else "",
        rung=result.rung if result else "",
        bound=solved.bound if solved and proves else None,
        gap=solved.gap if solved and proves else None,
        climbing=outbox.is_open(session, "dispatch_plan", plan.code),
        lines=[PlannedLineOut.model_validate(line) for line in queries.plan_lines(session, plan.id)],
        production=_production(plan.as_of, solved) if solved else [],
        explanation=explanation,
        reasons=[reason(text, names, plan.as_of, each) for each in explanation or ()],
        yardsticks=json.loads(result.yardsticks) if result and is_solved else None,
        small_shipments=[
            SmallShipmentOut(source=source, item_code=item, place=place, quantity=quantity)
            for source, item, place, quantity in (queries.small_shipments(plan, result) if result and is_solved else ())
        ],
    )


def _production(start: datetime, solved: Plan) -> list[RunOut]:
    return [
        RunOut(
            line_code=run.line_code,
            item_code=run.item_code,
            source_code=run.source_code,
            proposed=run.proposed,
            from_at=start + timedelta(hours=run.from_hour),
            made=list(run.made),
            issued=[DayOutputOut(at=start + timedelta(hours=hour), quantity=some) for hour, some in run.issued],
        )
        for run in solved.production
    ]


def orders(
    session: Session, scopes: tuple[str, ...], incident: str | None, after: int, limit: int
) -> Page[DocumentRow]:
    rows = reading.list_readable(
        session,
        scopes,
        parties_in(session, scopes),
        kind=DocumentKind.DISPATCH_ORDER,
        incident_code=incident,
        after_id=after,
        limit=limit,
    )
    return Page(items=document_rows(session, rows), next=rows[-1].id if len(rows) == limit else None)


def order(session: Session, number: str, scopes: tuple[str, ...]) -> OrderOut:
    document = reading.get_readable(session, number, scopes, parties_in(session, scopes))
    if document.kind is not DocumentKind.DISPATCH_ORDER:
        raise NotFound("order", number)
    (row,) = document_rows(session, [document])
    progress = queries.progress_of(session, document.id)
    grounds = queries.order_lines(session, document.id)
    lines = [
        LineProgressOut(
            line_no=line.line_no,
            item_code=line.item_code,
            needed_item=rules.item_of_key(grounds[line.id].need_key),
            numerator=grounds[line.id].numerator,
            denominator=grounds[line.id].denominator,
            source_code=line.source_code,
            receiver_code=line.receiver_code,
            ordered=progress[line.line_no].ordered,
            held=progress[line.line_no].held,
            expected=progress[line.line_no].expected,
            given_up=progress[line.line_no].given_up,
            departed=progress[line.line_no].departed,
            in_transit=progress[line.line_no].in_transit,
            accepted=progress[line.line_no].accepted,
            damaged=progress[line.line_no].damaged,
            lost=progress[line.line_no].lost,
            returned=progress[line.line_no].returned,
        )
        for line in paper_queries.lines_of(session, document.id)
    ]
    shipments = [ShipmentOut.model_validate(each) for each in queries.shipments_of(session, document.id)]
    return OrderOut(**row.model_dump(), lines=lines, shipments=shipments)


def shipment(session: Session, number: str, scopes: tuple[str, ...]) -> ShipmentWholeOut:
    shipment = queries.get_shipment(session, number)
    sites = site_queries.sites_by_id(session, [shipment.source_site_id, shipment.receiver_site_id])
    source, receiver = sites[shipment.source_site_id], sites[shipment.receiver_site_id]
    if not any(site.organisation_path.startswith(scope) for site in (source, receiver) for scope in scopes):
        raise NotFound("shipment", number)
    lots = queries.lots_of_shipment(session, shipment)
    carried = [
        OnTheRoadOut(item_code=lots[lot_id].item_code, lot_code=lots[lot_id].code, quantity=quantity)
        for (_, lot_id, _), quantity in queries.on_the_road(session, shipment).items()
    ]
    return ShipmentWholeOut(
        **ShipmentOut.model_validate(shipment).model_dump(),
        order_number=paper_queries.documents_by_id(session, [shipment.document_id])[shipment.document_id].number,
        source_site=source.code,
        receiver_site=receiver.code,
        driver=shipment.driver,
        driver_phone=shipment.driver_phone,
        state=queries.shipment_state(session, shipment),
        on_the_road=carried,
    )
