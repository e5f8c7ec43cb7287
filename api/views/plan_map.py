"""Where a plan sends an item: ways from stores to places, and how far each county is served."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.deps import found_in
from api.i18n import Text
from api.views.naming import Names, names_in
from optimizer.dispatch.instance import Instance
from optimizer.dispatch.plan import Plan
from reserve.dispatch import queries
from reserve.sites import queries as site_queries

NAMED_SOURCES = 6
"""So many of the greatest sources carry their name on the map; the table names all."""


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """An item of a plan; ``unmet`` of ``claim`` base units stays unmet."""

    code: str
    name: str
    claim: int
    unmet: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Base units of the item needed that one store sends to one place; ends in degrees, longitude first."""

    source: str
    place: str
    county: str
    quantity: int
    first_hour: int
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    quantity: int
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class CountyFill:
    """What a county claims of the item, and how much of it has come, is coming or is planned."""

    code: str
    name: str
    claim: int
    served: int

    @property
    def percent(self) -> int:
        return 100 if not self.claim else min(100, 100 * self.served // self.claim)


@dataclass(frozen=True, slots=True)
class PlanMap:
    """One item of a plan on the map, and the items that can be chosen, what is short of most units first."""

    choices: list[ItemChoice]
    item: ItemChoice
    flows: list[Flow]
    sources: list[Source]
    counties: list[CountyFill]


def plan_map(session: Session, code: str, scopes: tuple[str, ...], text: Text, item_code: str = "") -> PlanMap | None:
    """The map of one item, of the one that is short most where none is named; None while nothing is solved."""
    row = queries.get_plan(session, code)
    found_in(scopes, row.organisation_path, "plan", code)
    result = queries.find_result(session, row.id)
    if result is None or result.error:
        return None
    return map_of(session, queries.instance_of(row), queries.plan_of(result), names_in(session, text), item_code)


def map_of(session: Session, instance: Instance, plan: Plan, names: Names, item_code: str = "") -> PlanMap | None:
    choices = item_choices(instance, plan, names)
    if not choices:
        return None
    chosen = next((each for each in choices if each.code == item_code), choices[0])
    flows = _flows(session, instance, plan, names, chosen.code)
    return PlanMap(choices, chosen, flows, _sources(flows), _counties(instance, plan, names, chosen.code))


def item_choices(instance: Instance, plan: Plan, names: Names) -> list[ItemChoice]:
    """Items that are needed, the one that is short of most units first."""
    unmet = {result.need_code: result.unmet for result in plan.needs}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for need in instance.needs:
        sums[need.item_code][0] += need.quantity
        sums[need.item_code][1] += unmet[need.code]
    found = [ItemChoice(code, names.item(code), *both) for code, both in sums.items()]
    return sorted(found, key=lambda each: (-each.unmet, each.code))


def _flows(session: Session, instance: Instance, plan: Plan, names: Names, item_code: str) -> list[Flow]:
    needs = {need.code: need for need in instance.needs if need.item_code == item_code}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    first: dict[tuple[str, str], int] = {}
    for shipment in plan.shipments:
        for need_code, units in shipment.served:
            if need_code in needs:
                pair = shipment.source_code.rpartition("@")[2], shipment.place_code
                sums[pair] += units
                first[pair] = min(first.get(pair, shipment.arrive_hour), shipment.arrive_hour)
    sites = site_queries.sites_by_code(session, {code for pair in sums for code in pair})
    at: Mapping[str, tuple[float, float]] = {code: (site.longitude, site.latitude) for code, site in sites.items()}
    return [
        Flow(
            source=names.site(source),
            place=names.site(place),
            county=names.region(names.region_of_site.get(place, "")),
            quantity=quantity,
            first_hour=first[source, place],
            start=at[source],
            end=at[place],
        )
        for (source, place), quantity in sorted(sums.items(), key=lambda each: (-each[1], each[0]))
        if source in at and place in at
    ]


def _sources(flows: list[Flow]) -> list[Source]:
    sums: dict[tuple[str, tuple[float, float]], int] = defaultdict(int)
    for flow in flows:
        sums[flow.source, flow.start] += flow.quantity
    found = [Source(name, quantity, at) for (name, at), quantity in sums.items()]
    return sorted(found, key=lambda each: (-each.quantity, each.name))


def _counties(instance: Instance, plan: Plan, names: Names, item_code: str) -> list[CountyFill]:
    results = {result.need_code: result for result in plan.needs}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for need in instance.needs:
        if need.item_code == item_code:
            result = results[need.code]
            sums[need.county_code][0] += need.quantity
            sums[need.county_code][1] += need.received + need.on_road + result.on_time + result.late
    found = [CountyFill(code, names.region(code), *both) for code, both in sums.items()]
    return sorted(found, key=lambda each: (each.percent, each.code))
