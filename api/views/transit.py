"""What is on the road, item by item, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from api.i18n import Text
from api.views.naming import Names, names_in
from reserve.catalogue import queries as catalogue_queries
from reserve.catalogue.models import Item
from reserve.dispatch import transit_queries
from reserve.dispatch.transit_queries import Carried
from reserve.incidents import queries as incident_queries


@dataclass(frozen=True, slots=True)
class OnTheRoad:
    carried: Sequence[Carried]
    totals: Mapping[str, int]
    """Base units by item code."""
    items: Mapping[str, Item]
    names: Names


def on_the_road(session: Session, scopes: Sequence[str], item_code: str, text: Text) -> OnTheRoad:
    """Everything on the road inside the scopes; of one item where it is named."""
    carried = transit_queries.carried_now(session, scopes, item_code=item_code)
    totals: dict[str, int] = {}
    for each in carried:
        totals[each.item_code] = totals.get(each.item_code, 0) + each.quantity
    items = catalogue_queries.items_by_code(session, totals)
    return OnTheRoad(carried, dict(sorted(totals.items())), items, names_in(session, text))


def vital(session: Session, scopes: Sequence[str], now: datetime, text: Text) -> OnTheRoad:
    """Of items that open incidents need first, what is on the road: ventilators and suits in an epidemic."""
    road, wanted = on_the_road(session, scopes, "", text), _needed_first(session, now)
    return replace(road, totals={code: quantity for code, quantity in road.totals.items() if code in wanted})


def _needed_first(session: Session, now: datetime) -> set[str]:
    """Items of the first class of need in open incidents."""
    found: set[str] = set()
    for incident in incident_queries.open_incidents(session, ["/"], now, now):
        needs = incident_queries.needs_at(session, incident.id, now, now)
        found |= {need.item_code for need in needs if need.need_class == 1}
    return found
