"""How the needs of a plan may turn out: low, as thought, and high, as the estimates behind it have them."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy.orm import Session

from reserve.dispatch import queries
from reserve.dispatch.arrivals import key_of
from reserve.dispatch.models import DispatchPlan
from reserve.incidents import queries as incident_queries

Quantities = dict[str, int]
"""Base units by need of the plan."""


def need_scenarios(session: Session, plan: DispatchPlan) -> list[tuple[str, Quantities]]:
    """The three sets, as known when the plan was made. What was asked for in writing is the same in all."""
    planned = {need.code for need in queries.instance_of(plan).needs}
    found: dict[str, Quantities] = {name: defaultdict(int) for name in ("low", "base", "high")}
    for code in plan.incident_codes.split(";"):
        incident = incident_queries.get_incident(session, code)
        for row in incident_queries.needs_at(session, incident.id, plan.as_of, plan.known_at, with_zero=True):
            need = f"{key_of(code, row)}|{row.kind}"
            if need in planned:
                found["low"][need] += row.low
                found["base"][need] += row.base
                found["high"][need] += row.high
    return [(name, dict(quantities)) for name, quantities in found.items()]
