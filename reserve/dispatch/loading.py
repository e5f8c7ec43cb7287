"""What a plan or its orders send, as a question of vehicle loads: cargo, fleets, roads and gates, all frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from optimizer.dispatch.cargo import LoadingQuestion
from optimizer.dispatch.freight import Cargo, Fleet, Gate, Line
from reserve.catalogue import queries as catalogue_queries
from reserve.dispatch import queries
from reserve.dispatch.models import DispatchPlan
from reserve.dispatch.terms import PlannedLine
from reserve.incidents import queries as incident_queries
from reserve.incidents.picture import Scenario
from reserve.organisations import queries as organisation_queries
from reserve.papers.models import Document
from reserve.sites import queries as site_queries
from reserve.sites import rules as site_rules
from reserve.sites.models import Site
from reserve.stock import queries as stock_queries

NO_ROAD_KM = 1_000_000
"""A closed road between two drops: no tour that saves a vehicle is worth it."""


def loading_question(session: Session, plan: DispatchPlan, lines: Sequence[PlannedLine]) -> LoadingQuestion:
    """Everything that loads depend on, as the plan saw it: minutes count from its start."""
    cargoes = _cargoes(session, plan, lines)
    sites = site_queries.sites_by_code(session)
    used = {sites[cargo.site_code] for cargo in cargoes}
    places = {sites[line.place_code] for cargo in cargoes for line in cargo.lines}
    return LoadingQuestion(
        cargoes,
        _fleets(session, plan),
        _roads(session, plan, used, places),
        {site.code: Gate(max(1, site.loading_docks), site.trucks_per_hour) for site in used},
    )


def promised_lines(session: Session, orders: Sequence[Document], lines: Sequence[PlannedLine]) -> list[PlannedLine]:
    """The shipments of a plan as far as its orders still promise them: what left or was cut is not loaded again."""
    planned = {(line.need_key, line.account_id, line.lot_id, line.supply_code): line for line in lines}
    found = []
    for order in orders:
        grounds = queries.order_lines(session, order.id)
        progress = queries.progress_by_line(session, list(grounds))
        left = {line_id: line.promised for line_id, line in progress.items()}
        for lot in queries.order_lots(session, order.id):
            key = (grounds[lot.document_line_id].need_key, lot.account_id, lot.lot_id, lot.supply_code)
            quantity = min(lot.quantity, left[lot.document_line_id])
            left[lot.document_line_id] -= quantity
            if quantity:
                found.append(replace(planned[key], quantity=quantity))
    return found


def _minutes(plan: DispatchPlan, at: datetime) -> int:
    return (at - plan.as_of) // timedelta(minutes=1)


def _cargoes(session: Session, plan: DispatchPlan, lines: Sequence[PlannedLine]) -> tuple[Cargo, ...]:
    """Lines by site and minute of leaving; goods of one lot, owner and place together."""
    items = catalogue_queries.items_by_code(session, {line.item_code for line in lines})
    lots = stock_queries.lots_by_id(session, {line.lot_id for line in lines if line.lot_id is not None})
    grouped: dict[tuple[str, int], dict[tuple[str, ...], list[PlannedLine]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        code = lots[line.lot_id].code if line.lot_id is not None else line.supply_code or ""
        key = (line.receiver_site, line.item_code, line.owner_code, code, str(line.lot_id or ""))
        grouped[line.source_site, _minutes(plan, line.leave_at)][key].append(line)
    cargoes = []
    for (site, minute), by_goods in sorted(grouped.items()):
        rows = []
        for (place, item_code, owner, code, _), same in sorted(by_goods.items()):
            quantity, item = sum(line.quantity for line in same), items[item_code]
            lot = None if same[0].lot_id is None else lots[same[0].lot_id]
            rows.append(
                Line(
                    place_code=place,
                    item_code=item_code,
                    quantity=quantity,
                    pack_size=lot.pack_size if lot else item.pack_size,
                    grams=quantity * item.weight_g,
                    cm3=quantity * item.volume_cm3,
                    owner_code=owner,
                    lot_code=code,
                    expires_on=lot.expires_on.isoformat() if lot and lot.expires_on else None,
                    due_minute=min(_minutes(plan, line.due_at) for line in same),
                )
            )
        cargoes.append(Cargo(site, minute, tuple(rows)))
    return tuple(cargoes)


def _fleets(session: Session, plan: DispatchPlan) -> tuple[Fleet, ...]:
    """Vehicles of all cities, called when the plan starts; slower where the incident is one of nature or fire."""
    incidents = [incident_queries.get_incident(session, code) for code in plan.incident_codes.split(";")]
    roads_are_whole = all(incident.scenario is Scenario.PUBLIC_HEALTH for incident in incidents)
    types = site_queries.vehicle_types_by_code(session)
    return tuple(
        Fleet(
            home=fleet.region_code,
            vehicle_code=fleet.vehicle_type,
            payload_g=1000 * types[fleet.vehicle_type].payload_kg,
            volume_cm3=1000 * types[fleet.vehicle_type].volume_dm3,
            vehicles=fleet.vehicles,
            load_minutes=types[fleet.vehicle_type].load_minutes,
            km_per_hour=types[fleet.vehicle_type].speed_kmh_normal
            if roads_are_whole
            else types[fleet.vehicle_type].speed_kmh_disaster,
            from_minute=60 * fleet.available_from_hour,
        )
        for fleet in site_queries.list_fleets(session)
    )


def _roads(
    session: Session, plan: DispatchPlan, used: Collection[Site], places: Collection[Site]
) -> dict[str, dict[str, int]]:
    """Whole kilometres, rounded up: city to site, site to place, place to place."""
    starts = sorted({*used, *places}, key=lambda site: site.code)
    ends = sorted(places, key=lambda site: site.code)
    known = site_queries.roads_between(session, starts, ends, plan.as_of, plan.known_at)
    km: dict[str, dict[str, int]] = {start.code: {} for start in starts}
    for (start, end), road in known.items():
        km[start][end] = NO_ROAD_KM if road.closed else -(-road.metres // 1000)
    regions = organisation_queries.regions_by_code(session)
    for code in sorted({fleet.region_code for fleet in site_queries.list_fleets(session)}):
        at = regions[code]
        for site in sorted(used, key=lambda each: each.code):
            road = site_rules.estimated_road(at.latitude, at.longitude, site.latitude, site.longitude)
            km.setdefault(code, {})[site.code] = -(-road.metres // 1000)
    return km
