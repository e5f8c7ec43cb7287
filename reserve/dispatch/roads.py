"""Roads of the books as a plan knows them: as they are at its start, and every change until its horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from optimizer.dispatch import instance as model
from optimizer.dispatch.roads import RoadChange
from reserve.dispatch import rules
from reserve.sites import queries as site_queries
from reserve.sites.models import Site
from reserve.sites.terms import Road


@dataclass(frozen=True, slots=True)
class Span:
    """What a plan looks at, and what it adds to every drive for loading."""

    as_of: datetime
    until: datetime
    known_at: datetime
    loading_minutes: int


def roads_of(
    session: Session, span: Span, from_sites: Sequence[Site], to_sites: Sequence[Site]
) -> tuple[list[model.Route], list[RoadChange]]:
    """The way from every site to every place, and how it changes. A road that is closed at the start is barred until
    it opens, and stays in the picture, so that the plan can say so.
    """
    roads = site_queries.roads_between(session, from_sites, to_sites, span.as_of, span.known_at)
    later = site_queries.road_changes(
        session,
        span.as_of,
        span.until,
        span.known_at,
        from_sites=[site.code for site in from_sites],
        to_sites=[site.code for site in to_sites],
    )
    routes, changes = [], []
    horizon = rules.hours_between(span.as_of, span.until)
    for ends, recorded in sorted(roads.items()):
        road, mine = changes_of(ends, recorded, later.get(ends, ()), span)
        changes += mine
        barred = ((0, mine[0].from_hour if mine else horizon),) if road.closed else ()
        hours = rules.hours_of_travel(road.minutes, span.loading_minutes)
        routes.append(model.Route(*ends, travel_hours=hours, km=_km(road), closures=barred))
    return routes, changes


def changes_of(
    ends: tuple[str, str], road: Road, later: Sequence[tuple[datetime, Road]], span: Span
) -> tuple[Road, list[RoadChange]]:
    """One road in the first hour, and its changes in whole hours.

    Never in the receiver's favour: what makes it worse counts from the hour before, what makes it better from the hour
    after. Of changes that fall into one hour the last one holds.
    """
    found: dict[int, RoadChange] = {}
    before, hour, first = road, 0, road
    for valid_from, now in later:
        begun = rules.hours_between(span.as_of, valid_from)
        better = (now.closed, now.minutes) < (before.closed, before.minutes)
        whole = -rules.hours_between(valid_from, span.as_of) if better else begun
        hour, before = max(hour, whole), now
        if hour == 0:
            first = now
        else:
            travel = rules.hours_of_travel(now.minutes, span.loading_minutes)
            found[hour] = RoadChange(*ends, hour, travel, _km(now), now.closed)
    return first, list(found.values())


def _km(road: Road) -> int:
    return -(-road.metres // 1000)
