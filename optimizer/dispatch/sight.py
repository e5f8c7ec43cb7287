"""Every lot of an item as one need sees it: admitted, or kept out by the first rule that bites."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.dispatch.arcs import Refusal, admit, lane_kinds
from optimizer.dispatch.instance import CascadeStep, Instance, Need, SourceKind
from optimizer.dispatch.packs import RELEASE, LotLayers, layered_lots
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.ways import earliest, ways_of

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
RULES = (
    "no_step",
    "level_too_low",
    "paper_missing",
    "no_route",
    "road_closed",
    "too_late",
    "life_too_short",
    "kept_by_floor",
)
ADMITTED = len(RULES)
FAR = 10**9  # an hour that never comes: no road, or no end of life
CLASSES = 4  # classes are 1 to 3; position 0 stays empty


@dataclass(frozen=True)
class Lanes:
    """All lots of one item towards one place in one incident, one entry per lot and ground; every array [entries].

    rule      what law and road say, before a deadline is known: a position in RULES, or ADMITTED
    lot       position in ``Sight.lots``;  source: position in ``Sight.source_codes``;  step: cascade step, 0 for none
    if_open   hour of arrival if a road that is closed at some hours were open, FAR where none is
    ceiling   base units the ground may draw;  kept: base units of the lot that a floor keeps from this ground
    """

    rule: IntArray
    lot: IntArray
    source: IntArray
    step: IntArray
    arrive: IntArray
    if_open: IntArray
    last: IntArray
    km: IntArray
    ceiling: IntArray
    kept: IntArray


@dataclass(frozen=True)
class View:
    """The same lanes with one need's deadline read into them.

    held  base units a floor keeps away where law, road and time admit the lane, else what the ground could draw
    """

    lanes: Lanes
    rule: IntArray
    held: IntArray
    in_time: BoolArray
    alive: BoolArray
    floored: BoolArray


class Sight:
    """What a plan leaves where, and who could have reached it."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance = instance
        self.lots = layered_lots(instance)
        self.source_codes = [source.code for source in instance.sources]
        self._sources = {source.code: source for source in instance.sources}
        self._place = {code: n for n, code in enumerate(self.source_codes)}
        self._ways = ways_of(instance)
        self._routes = {(route.site_code, route.place_code): route for route in instance.routes}
        self._closed = {(row.site_code, row.place_code) for row in instance.road_changes if row.closed}
        self._authority = {step.step: step.authority for step in instance.steps}
        self._admitted: dict[tuple[SourceKind, str], CascadeStep | Refusal] = {}
        self._lanes: dict[tuple[str, ...], Lanes] = {}
        self._by_item: dict[str, list[tuple[int, LotLayers]]] = defaultdict(list)
        for n, row in enumerate(self.lots):
            self._by_item[row.lot.item_code].append((n, row))
        self._read_plan(plan)

    def _read_plan(self, plan: Plan) -> None:
        """taken [lots, classes]: base units the plan takes of every lot, by class of the receiver."""
        classes = {need.code: need.priority_class for need in self.instance.needs}
        at = {(row.lot.source_code, row.lot.item_code, row.lot.code): n for n, row in enumerate(self.lots)}
        self.taken: IntArray = np.zeros((len(self.lots), CLASSES), np.int64)
        self._own: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for shipment in plan.shipments:
            lot = at[shipment.source_code, shipment.item_code, shipment.lot_code]
            self.taken[lot, classes[shipment.need_code]] += shipment.quantity
            self._own[shipment.need_code][lot] += shipment.quantity
        self.taken_in_all: IntArray = self.taken.sum(axis=1)

    def authority(self, step: int) -> str:
        """Who signs a step; nobody for step 0."""
        return self._authority.get(step, "")

    def taken_by(self, need: Need, lots: IntArray) -> IntArray:
        """[classes]  what the need itself took of these lots, under its own class."""
        taken = np.zeros(CLASSES, np.int64)
        wanted = set(lots.tolist())
        taken[need.priority_class] = sum(q for lot, q in self._own[need.code].items() if lot in wanted)
        return taken

    def view(self, need: Need) -> View:
        """The lanes of a need: deadline first, then life, then floors."""
        lanes = self._lanes_of(need)
        in_time = lanes.arrive <= need.last_useful_hour
        alive = lanes.last >= np.maximum(lanes.arrive, need.due_hour) + need.min_life_hours
        rule = lanes.rule.copy()
        shut = ~in_time & (lanes.if_open <= need.last_useful_hour)
        for name, kept in (
            ("road_closed", shut),
            ("too_late", ~in_time),
            ("life_too_short", ~alive),
            ("kept_by_floor", lanes.ceiling == 0),
        ):
            rule[(rule == ADMITTED) & kept] = RULES.index(name)
        floored = (rule == RULES.index("kept_by_floor")) | ((rule == ADMITTED) & (lanes.kept > 0))
        return View(lanes, rule, np.where(floored, lanes.kept, lanes.ceiling), in_time & alive, alive, floored)

    def _lanes_of(self, need: Need) -> Lanes:
        key = (need.item_code, need.place_code, need.incident_code, need.county_code, need.city_code)
        if key not in self._lanes:
            entries = [entry for n, row in self._by_item[need.item_code] for entry in self._entries(n, row, need)]
            table = np.array(entries, np.int64).reshape(len(entries), 10)
            self._lanes[key] = Lanes(*(table[:, column] for column in range(10)))
        return self._lanes[key]

    def _entries(self, number: int, row: LotLayers, need: Need) -> list[tuple[int, ...]]:
        """One entry per ground on which the lot might serve the place."""
        source, lot = self._sources[row.lot.source_code], row.lot
        ends = (source.site_code, need.place_code)
        trip = earliest(self._ways.get(ends, ()), lot.available_from_hour, self.instance.horizon_hour)
        if_open = self._if_open(ends, lot.available_from_hour)
        far = trip is None
        arrive, km = (trip[0] + trip[1].travel_hours, trip[1].km) if trip else (FAR, self._km(ends))
        last = FAR if lot.last_usable_hour is None else lot.last_usable_hour
        entries: list[tuple[int, ...]] = []
        for kind, layer in lane_kinds(source, lot.basis, need):
            if layer == RELEASE and row.ceilings[RELEASE] == row.ceilings[layer - 1]:
                continue  # nothing is opened here that the ordinary ground could not draw
            step = self._step(kind, need.incident_code)
            named, rule = (step.step, RULES.index(step.rule)) if isinstance(step, Refusal) else (step, ADMITTED)
            if rule == ADMITTED and far:
                known = "road_closed" if if_open < FAR else "too_late"
                rule = RULES.index(known if ends in self._ways else "no_route")
            at, of_step = self._place[source.code], named.step if named else 0
            ceiling = row.ceilings[layer]
            kept = lot.quantity - ceiling if layer != RELEASE else 0  # of one lot, said once
            entries.append((rule, number, at, of_step, arrive, if_open, last, km, ceiling, kept))
        return entries

    def _if_open(self, ends: tuple[str, str], not_before: int) -> int:
        """Hour of arrival if a road that is closed at some hours were open at all of them; FAR where none is closed."""
        route = self._routes.get(ends)
        if route is None or not_before >= self.instance.horizon_hour or not (route.closures or ends in self._closed):
            return FAR
        return not_before + route.travel_hours

    def _km(self, ends: tuple[str, str]) -> int:
        return self._routes[ends].km if ends in self._routes else FAR

    def _step(self, kind: SourceKind, incident_code: str) -> CascadeStep | Refusal:
        key = (kind, incident_code)
        if key not in self._admitted:
            self._admitted[key] = admit(self.instance, kind, incident_code)
        return self._admitted[key]
