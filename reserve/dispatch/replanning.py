"""A plan made again: what the plan in force leaves to do, what of its orders cannot stand, and the world without it."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan, Shipment
from reserve.dispatch import bookings, queries, standing
from reserve.dispatch.arrivals import key_of
from reserve.dispatch.planning import Question
from reserve.dispatch.terms import CutProposal, CutReason
from reserve.errors import InvalidInput, Problem
from reserve.incidents import queries as incident_queries


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a plan made again knows of the one before it.

    t0         the start of the plan before
    shipments  what it planned and no order has taken up
    cuts       what of the orders that stand cannot stand
    """

    previous_id: int
    t0: str
    shipments: tuple[Shipment, ...]
    cuts: tuple[CutProposal, ...]

    def frozen(self) -> bytes:
        """As it is kept beside the instance."""
        return zlib.compress(json.dumps(self.plain(), sort_keys=True, ensure_ascii=False).encode(), 6)

    def plain(self) -> dict[str, Any]:
        """As JSON values, for the solver and for the change list."""
        plan = Plan(self.shipments, (), (), (), 0.0, 0.0, "", "", "", "")
        return {"t0": self.t0, "plan": plan.to_json(), "cuts": [asdict(cut) for cut in self.cuts]}


def follow_up(session: Session, code: str, question: Question, instance: Instance) -> tuple[FollowUp, Instance]:
    """The plan in force as known then, and the instance without promises that have no way.

    What is promised is off the shelf and on its way in the instance already; shipped goods likewise.
    """
    previous = queries.get_plan(session, code)
    result = queries.find_result(session, previous.id)
    if result is None or result.error or result.recorded_at > question.known_at:
        raise InvalidInput([Problem("no_plan_in_force", "previous_plan", "a plan that was solved by then", code)])
    taken = queries.taken_up(session, previous.id, question.known_at)
    before, plan = queries.instance_of(previous), queries.plan_of(result)
    left = tuple(
        shipment
        for shipment, line in zip(plan.shipments, bookings.planned_lines(before, plan), strict=True)
        if (line.need_key, line.account_id, line.lot_id, line.supply_code) not in taken
    )
    cuts = _cuts(session, question)
    return FollowUp(previous.id, before.t0, left, tuple(cuts)), _reopened(instance, cuts)


def _cuts(session: Session, question: Question) -> list[CutProposal]:
    codes = [incident.code for incident in question.incidents]
    lines = standing.standing_lines(session, codes, question.known_at)
    needs, keys = [], {}
    for incident in question.incidents:
        for need in incident_queries.needs_at(session, incident.id, question.as_of, question.known_at, with_zero=True):
            needs.append(need)
            keys[need.need_id] = key_of(incident.code, need)
    kinds = {keys[need.need_id]: need.kind for need in needs}
    late = standing.without_a_way(
        session,
        lines,
        kinds,
        as_of=question.as_of,
        known_at=question.known_at,
        loading_minutes=question.loading_minutes,
    )
    progress = queries.progress_by_need(session, codes, question.known_at)
    return [*late, *standing.beyond_need(lines, needs, keys, progress, late)]


def _reopened(instance: Instance, cuts: Sequence[CutProposal]) -> Instance:
    """Needs whose promise has no way are open again: by their own key, else by place, item and class."""
    missing: dict[tuple[str, ...], int] = defaultdict(int)
    keys = {need.code.rpartition("|")[0] for need in instance.needs}
    for cut in cuts:
        if cut.reason is CutReason.NO_WAY_IN_TIME:
            place = (cut.receiver_site, cut.item_code, str(cut.need_class))
            missing[(cut.need_key,) if cut.need_key in keys else place] += cut.before - cut.after
    if not missing:
        return instance
    needs = []
    for need in instance.needs:
        for key in ((need.code.rpartition("|")[0],), (need.place_code, need.item_code, str(need.priority_class))):
            reopened = min(need.on_road, missing.get(key, 0))
            missing[key] = missing.get(key, 0) - reopened
            need = replace(need, on_road=need.on_road - reopened)
        needs.append(need)
    return replace(instance, needs=tuple(needs))
