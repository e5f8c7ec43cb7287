"""What orders still promise, and what cannot stand: signed quantities fall only by a cut, which a plan proposes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from reserve.dispatch import queries, rules
from reserve.dispatch.models import OrderLine
from reserve.dispatch.terms import CutProposal, CutReason
from reserve.incidents.picture import NeedKind
from reserve.incidents.queries import NeedNow
from reserve.papers.models import Document, DocumentLine
from reserve.papers.terms import State
from reserve.sites import queries as site_queries

FIRMNESS = (State.SUBMITTED, State.APPROVED, State.ISSUED, State.IN_EXECUTION)
"""A cut takes from the looser first."""
Bucket = tuple[str, ...]
"""What shares one quantity: a flow its own key; lumps of one place, item and class whatever comes for any of them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A line of an order that stands, with what it still promises, in units of its own item."""

    order_number: str
    line_no: int
    need_key: str
    item_code: str
    source_site: str
    receiver_site: str
    due_at: datetime
    state: State
    promised: int


def standing_lines(session: Session, incident_codes: Iterable[str], known_at: datetime) -> list[Standing]:
    """Lines that promise something, loosest first, the latest order first among equals."""
    statement = (
        select(Document, DocumentLine, OrderLine.need_key, OrderLine.due_at)
        .join(DocumentLine, DocumentLine.document_id == Document.id)
        .join(OrderLine, OrderLine.document_line_id == DocumentLine.id)
        .where(Document.incident_code.in_(sorted(incident_codes)), Document.recorded_at <= known_at)
    )
    rows = session.execute(statement).all()
    progress = queries.progress_by_line(session, [line.id for _, line, _, _ in rows], known_at)
    states = queries.states_known(session, {document.id for document, _, _, _ in rows}, known_at)
    found = [
        Standing(
            order_number=document.number,
            line_no=line.line_no,
            need_key=need_key,
            item_code=line.item_code,
            source_site=line.source_code,
            receiver_site=line.receiver_code,
            due_at=due_at,
            state=states[document.id],
            promised=progress[line.id].promised,
        )
        for document, line, need_key, due_at in rows
        if progress[line.id].promised and states.get(document.id) in FIRMNESS
    ]
    found.sort(key=lambda each: (each.order_number, each.line_no), reverse=True)
    return sorted(found, key=lambda each: FIRMNESS.index(each.state))


def without_a_way(
    session: Session,
    lines: Sequence[Standing],
    kinds: Mapping[str, NeedKind],
    *,
    as_of: datetime,
    known_at: datetime,
    loading_minutes: int,
) -> list[CutProposal]:
    """Promises whose road is closed, or that would come after the hour of a flow."""
    sites = site_queries.sites_by_code(session)
    found = []
    for line in lines:
        start, end = sites[line.source_site], sites[line.receiver_site]
        road = site_queries.roads_between(session, [start], [end], as_of, known_at)[start.code, end.code]
        arrive = as_of + timedelta(minutes=loading_minutes + road.minutes)
        is_flow = kinds.get(line.need_key, NeedKind.FLOW) is NeedKind.FLOW
        if road.closed or (is_flow and arrive > line.due_at):
            found.append(_cut(line, CutReason.NO_WAY_IN_TIME, line.promised))
    return found


def beyond_need(
    lines: Sequence[Standing],
    needs: Sequence[NeedNow],
    keys: Mapping[int, str],
    progress: Mapping[str, tuple[int, int]],
    cuts: Sequence[CutProposal],
) -> list[CutProposal]:
    """Promises above a need that fell, taken from the loosest; what is cut already does not count.

    keys  key of each need, by its id
    """
    wanted: dict[Bucket, int] = defaultdict(int)
    bucket_of: dict[str, Bucket] = {}
    for need in needs:
        bucket = bucket_of[keys[need.need_id]] = _bucket(keys[need.need_id], need)
        wanted[bucket] += need.base
    coming: dict[Bucket, int] = defaultdict(int)
    for key, (received, on_road) in progress.items():
        coming[bucket_of.get(key, (key,))] += received + on_road
    gone = {(cut.order_number, cut.line_no): cut.before - cut.after for cut in cuts}
    found = []
    for line in lines:
        bucket = bucket_of.get(line.need_key, (line.need_key,))
        cut_already = gone.get((line.order_number, line.line_no), 0)
        coming[bucket] -= cut_already
        over = min(coming[bucket] - wanted[bucket], line.promised - cut_already)
        if over > 0:
            coming[bucket] -= over
            found.append(_cut(line, CutReason.NEED_FELL, over))
    return found


def _bucket(key: str, need: NeedNow) -> Bucket:
    if need.kind is NeedKind.LUMP:
        return need.site_code, need.item_code, str(need.need_class)
    return (key,)


def _cut(line: Standing, reason: CutReason, quantity: int) -> CutProposal:
    return CutProposal(
        reason=reason,
        order_number=line.order_number,
        line_no=line.line_no,
        need_key=line.need_key,
        item_code=line.item_code,
        source_site=line.source_site,
        receiver_site=line.receiver_site,
        need_class=rules.class_of_key(line.need_key),
        before=line.promised,
        after=line.promised - quantity,
    )
