"""What a told story comes to: frozen tables that read the same for people and machines. Every number is asked of the
books or of the first plan; none is remembered by the teller.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from optimizer.dispatch.instance import Basis, Instance
from reserve.capacity import order_queries
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.dispatch import queries as dispatch_queries
from reserve.dispatch.arrivals import Arrivals, key_of
from reserve.dispatch.models import DeliveryLine, DispatchPlan, OrderLine
from reserve.incidents import queries as incident_queries
from reserve.incidents.picture import NeedKind
from reserve.incidents.queries import NeedNow
from reserve.organisations import queries as organisation_queries
from reserve.papers.models import Document
from reserve.papers.terms import DocumentKind
from reserve.stock.models import Entry, Movement
from reserve.stock.terms import MovementKind
from seed.comparison import Measured, compare
from seed.story import Story

EARLY_HOURS = 72


class Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class Named(Row):
    """A code with its names in both languages."""

    code: str
    zh: str
    en: str


class Reach(Row):
    """What can be had of an item by +72 h before any activation, beside the base need by then. Base units."""

    item: Named
    needed: int
    reachable: int


class Fill(Row):
    """Need and receipt of one item in one county over the whole story, base units; excess is not fill."""

    county: Named
    item: Named
    needed: int
    received: int


class Supplied(Row):
    """Accepted goods by the kind of source that gave them, base units."""

    source_kind: str
    step: int
    item: Named
    accepted: int


class Unmet(Row):
    """Why an item stays unmet in the plan that is compared, base units by what became of the goods.

    causes   higher_class | same_class | lower_class | left_over | no_lane
    unlocks  what would help most, by kind and who could sign it, with the gain found on a re-solve
    """

    item: Named
    unmet: int
    causes: Mapping[str, int]
    unlocks: tuple[tuple[str, str, int], ...]


class Produced(Row):
    """A production order: planned, made and released pieces."""

    number: str
    line_code: str
    item: Named
    planned: int
    made: int
    released: int


class Handling(Row):
    """What went wrong on the way, base units."""

    damaged: int
    lost: int


class Counts(Row):
    documents: int
    orders: int
    movements: int
    entries: int


class StoryReport(Row):
    """All tables of one story."""

    reach: tuple[Reach, ...]
    fill: tuple[Fill, ...]
    supplied: tuple[Supplied, ...]
    unmet: tuple[Unmet, ...]
    produced: tuple[Produced, ...]
    compared: tuple[Measured, ...]
    compared_at: datetime
    handling: Handling
    counts: Counts


def report_on(session: Session, story: Story) -> StoryReport:
    """Read the books after a story."""
    plans = dispatch_queries.list_plans(session, ["/"], limit=1000)
    first, compared = plans[0], _compared(plans, story)
    items = {code: _item(row) for code, row in catalogue_queries.items_by_code(session, story.item_codes).items()}
    result = dispatch_queries.find_result(session, compared.id)
    assert result is not None, "a told story has answered every plan"
    return StoryReport(
        reach=_reach(dispatch_queries.instance_of(first), items),
        fill=_fill(session, story, items),
        supplied=_supplied(session, story, items),
        unmet=_unmet(json.loads(dispatch_queries.explanation_of(result)), items),
        produced=_produced(session, story, items),
        compared=compare(dispatch_queries.instance_of(compared), dispatch_queries.plan_of(result)),
        compared_at=compared.as_of,
        handling=_handling(session),
        counts=_counts(session),
    )


def _compared(plans: Any, story: Story) -> DispatchPlan:
    wanted = (story.compared_on or story.declared_on) - story.declared_on
    chosen: DispatchPlan = plans[wanted.days]
    return chosen


def _item(row: Item) -> Named:
    return Named(code=row.code, zh=row.name_zh, en=row.name_en)


def _reach(instance: Instance, items: Mapping[str, Named]) -> tuple[Reach, ...]:
    """Lawful goods alive and there by +72 h, floors kept, before any activation; and the base need due by then."""
    kept = {(floor.source_code, floor.item_code): floor.kept_from_others for floor in instance.floors}
    stock: dict[tuple[str, str], int] = defaultdict(int)
    for lot in instance.lots:
        alive = lot.last_usable_hour is None or lot.last_usable_hour >= EARLY_HOURS
        if alive and lot.basis is not Basis.CAPACITY and lot.available_from_hour < EARLY_HOURS:
            stock[lot.source_code, lot.item_code] += lot.quantity
    reachable: dict[str, int] = defaultdict(int)
    for key, quantity in stock.items():
        reachable[key[1]] += max(0, quantity - kept.get(key, 0))
    needed: dict[str, int] = defaultdict(int)
    for need in instance.needs:
        if need.due_hour <= EARLY_HOURS:
            needed[need.item_code] += need.quantity
    return tuple(Reach(item=items[code], needed=needed[code], reachable=reachable[code]) for code in sorted(items))


def _fill(session: Session, story: Story, items: Mapping[str, Named]) -> tuple[Fill, ...]:
    """Needs that were still to come, or still open, when the first plan was made, and what of each was accepted."""
    incident = incident_queries.get_incident(session, story.incident_code)
    first = dispatch_queries.list_plans(session, ["/"], limit=1)[0]
    needs = incident_queries.needs_at(
        session, incident.id, story.ends_at, story.ends_at, due_until=story.ends_at, with_zero=True
    )
    arrivals = Arrivals(
        story.incident_code, needs, dispatch_queries.progress_by_need(session, [story.incident_code], story.ends_at)
    )
    grouped: dict[tuple[str, NeedKind], list[NeedNow]] = defaultdict(list)
    for need in needs:
        if need.kind is NeedKind.LUMP or need.due_at >= first.as_of:
            grouped[key_of(story.incident_code, need), need.kind].append(need)
    total: dict[tuple[str, str], tuple[int, int]] = {}
    for rows in grouped.values():
        quantity = sum(row.base for row in rows)
        came, _ = arrivals.take(rows[0], quantity)
        place = rows[0].region_code, rows[0].item_code
        needed, received = total.get(place, (0, 0))
        total[place] = needed + quantity, received + min(quantity, came)
    regions = organisation_queries.regions_by_code(session, {region for region, _ in total})
    return tuple(
        Fill(
            county=Named(code=region, zh=regions[region].name_zh, en=regions[region].name_en),
            item=items[item],
            needed=needed,
            received=received,
        )
        for (region, item), (needed, received) in sorted(total.items())
        if needed
    )


def _supplied(session: Session, story: Story, items: Mapping[str, Named]) -> tuple[Supplied, ...]:
    """What was accepted at the receivers' doors, by the cascade step of its order line."""
    statement = (
        select(OrderLine.step, OrderLine.source_kind, OrderLine.need_key, func.sum(DeliveryLine.accepted))
        .join(DeliveryLine, DeliveryLine.document_line_id == OrderLine.document_line_id)
        .group_by(OrderLine.step, OrderLine.source_kind, OrderLine.need_key)
    )
    total: dict[tuple[int, str, str], int] = defaultdict(int)
    for step, source_kind, key, accepted in session.execute(statement):
        total[step, source_kind, key.split("|")[2]] += int(accepted)
    return tuple(
        Supplied(step=step, source_kind=kind, item=items[item], accepted=accepted)
        for (step, kind, item), accepted in sorted(total.items())
    )


def _unmet(explanation: list[dict[str, Any]], items: Mapping[str, Named]) -> tuple[Unmet, ...]:
    """The explanations of a plan, added up per item."""
    unmet: dict[str, int] = defaultdict(int)
    causes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    unlocks: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for each in explanation:
        item = each["need_code"].split("|")[2]
        unmet[item] += each["unmet"]
        cause = max(each["bindings"], key=lambda binding: binding["quantity"], default={"limit": "no_lane"})
        causes[item][cause["limit"]] += each["unmet"]
        unlock = each["unlock"]
        if unlock is not None:
            key = (unlock["kind"], unlock["authority"])
            unlocks[item][key] = max(unlocks[item].get(key, 0), unlock["gain"])
    return tuple(
        Unmet(
            item=items[code],
            unmet=unmet[code],
            causes=dict(sorted(causes[code].items())),
            unlocks=tuple((*key, gain) for key, gain in sorted(unlocks[code].items())),
        )
        for code in sorted(unmet)
        if unmet[code]
    )


def _produced(session: Session, story: Story, items: Mapping[str, Named]) -> tuple[Produced, ...]:
    found = []
    for order in order_queries.list_orders(session, incident_code=story.incident_code):
        planned = order_queries.planned_by_day(session, order.id, story.ends_at)
        reports = order_queries.reports_of(session, order.id, story.ends_at)
        found.append(
            Produced(
                number=order.number,
                line_code=order.line_code,
                item=items[order.item_code],
                planned=sum(planned.values()),
                made=sum(report.good for report in reports.values()),
                released=sum(order_queries.released_of(session, order.id, day) for day in reports),
            )
        )
    return tuple(found)


def _handling(session: Session) -> Handling:
    damaged = session.scalar(select(func.coalesce(func.sum(DeliveryLine.damaged), 0)))
    lost = session.scalar(
        select(func.coalesce(func.sum(Entry.quantity), 0))
        .join(Movement, Movement.id == Entry.movement_id)
        .where(Movement.kind == MovementKind.LOSE)
    )
    return Handling(damaged=int(damaged or 0), lost=int(lost or 0))


def _counts(session: Session) -> Counts:
    def rows(model: Any, *where: Any) -> int:
        return int(session.scalar(select(func.count()).select_from(model).where(*where)) or 0)

    return Counts(
        documents=rows(Document),
        orders=rows(Document, Document.kind == DocumentKind.DISPATCH_ORDER),
        movements=rows(Movement),
        entries=rows(Entry),
    )
