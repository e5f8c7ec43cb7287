"""Why a need is unmet, and what would change it: codes and numbers; the doors turn them into sentences.

For every unmet need: the lanes that law, road, time, life or floor keep out; where the goods of its lawful lanes went
instead; the limits that bind; and the cheapest unlock. An unlock is found and proven on a re-solve (``levers.py``,
``unlocks.py``) for a place and item at a time: all its days share the lanes, so one change helps them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.dispatch.fitting import eased
from optimizer.dispatch.instance import Basis, Instance, Need, Pin
from optimizer.dispatch.levers import Loss, Recipe, Taking, levers_of
from optimizer.dispatch.plan import NeedResult, Plan
from optimizer.dispatch.sight import ADMITTED, FAR, RULES, IntArray, Sight, View
from optimizer.dispatch.substitutes import Exchange
from optimizer.dispatch.unlocks import Proven, Unlocks
from optimizer.dispatch.ways import earliest, ways_of
from optimizer.dispatch.widened import basis_at, floor_gaps

LIMITS = {  # the easiest first
    "open_step": "authority",
    "lower_floor": "floor",
    "more_loading": "dock",
    "more_room": "lane",
    "more_vehicles": "fleet",
    "more_stock": "stock",
}
EASIEST_FIRST = tuple(LIMITS)
SAID_MAX = 3  # losers of a sharing that are named; the others are in the sum
SETTLED = ("plan", "deadline", "road")  # a re-solve that says these has said all there is to say
TRANSPORT = ("more_loading", "more_room", "more_vehicles")


@dataclass(frozen=True)
class Exclusion:
    """Lanes that one rule keeps out.

    rule        no_step | level_too_low | paper_missing | no_route | road_closed | too_late | life_too_short |
                kept_by_floor, and of substitutes that stand in elsewhere but not here use_forbidden | use_not_permitted
    step        the cascade step concerned, 0 where none exists;  authority: who could sign it
    sources     source codes, sorted;  quantity: base units they hold that this rule alone keeps away (of substitutes:
                units of the need that they would make up)
    first_hour  earliest arrival among them, where a road exists
    """

    rule: str
    step: int
    authority: str
    sources: tuple[str, ...]
    quantity: int
    first_hour: int | None


@dataclass(frozen=True)
class Binding:
    """What became of the goods that could lawfully have come in time.

    limit  higher_class | same_class | lower_class | left_over | no_lane
    """

    limit: str
    quantity: int


@dataclass(frozen=True)
class Limit:
    """What holds units of a need back, and how many of them.

    name  authority | floor | dock | lane | fleet | stock | life (there are goods, but they die too early) | deadline (
          no source is near enough) | road (none at all) | pack (short of a whole one) | plan (could come though nobody
          else got less: the plan left it, in rounding or in its fairness)
    code  the source, site, way (site>place) or fleet concerned, where there is one
    """

    name: str
    code: str
    quantity: int


@dataclass(frozen=True)
class Measure:
    """One thing to do.

    kind    open_step (code: source) | lower_floor (source) | more_loading (site) | more_room (site>place) |
            more_vehicles (fleet) | more_stock (source)
    amount  base units; of loading and room: cubic centimetres an hour; of vehicles: cubic centimetre kilometres an hour
    """

    kind: str
    code: str
    amount: int
    step: int = 0
    authority: str = ""


@dataclass(frozen=True)
class Unlock:
    """The cheapest change that would help.

    kind      the first of ``measures``, the easiest: open_step | lower_floor | accept_late | more_loading | more_room |
              more_vehicles | more_stock
    quantity  base units it brings to this need
    gain      base units it brings to the place in all, over all hours of the same class and item, while nobody else
              gets less; proven on a re-solve (accept_late: goods the plan leaves unsent, so no re-solve is due)
    also      base units that higher classes lack and that must be there too before this need gets any
    measures  everything that has to be done together
    """

    kind: str
    step: int
    authority: str
    source_code: str
    hour: int | None
    quantity: int
    gain: int
    verified: bool
    also: int = 0
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Sharing:
    """What this need could have only at the expense of others, found on a re-solve with nothing else changed.

    quantity  base units to this need;  gain: to the place in all, over all hours of the same class and item
    lost      base units that others would lose for it in all, least of class 1, then of class 2, then of class 3
    losses    the greatest of these losses, ``SAID_MAX`` at most
    """

    quantity: int
    gain: int
    lost: int
    losses: tuple[Loss, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything known about one unmet need."""

    need_code: str
    unmet: int
    short_of_pack: int
    excluded: tuple[Exclusion, ...]
    bindings: tuple[Binding, ...]
    limits: tuple[Limit, ...]
    unlock: Unlock | None
    sharing: Sharing | None = None

    @property
    def covered(self) -> int:
        """Unmet units, whole packs apart, with a verified sentence: what would bring them, who would have to go without
        for them, that the plan left them, or that nothing can."""
        brought = self.unlock.quantity if self.unlock and self.unlock.verified else 0
        settled = sum(row.quantity for row in self.limits if row.name in SETTLED)
        shared = self.sharing.quantity if self.sharing else 0
        return min(self.unmet - self.short_of_pack, brought + settled + shared)


class Explainer:
    """Reads one plan; keeps what many needs share."""

    def __init__(self, instance: Instance, plan: Plan, pins: Sequence[Pin] = ()) -> None:
        self.instance = instance = eased(instance, plan)
        self.needs = {need.code: need for need in instance.needs}
        self.sight = Sight(instance, plan)
        self._exchange = Exchange(instance)
        self._ways = ways_of(instance)
        self._gaps = floor_gaps(instance)
        self._sources = {source.code: source for source in instance.sources}
        self._docks = {dock.site_code for dock in instance.docks}
        self._proven: dict[str, Proven] = {}
        self._takings: dict[str, Taking] = {}
        self._reachable: dict[str, int] = {}
        self._missing: dict[str, int] = {}
        for part in levers_of(instance, plan, pins):
            unlocks = Unlocks(part)
            self._proven |= unlocks.proven
            self._takings |= unlocks.takings
            for recipe in unlocks.recipes.values():
                self._reachable |= recipe.gains
            self._missing |= {demand.need.code: part.missing(demand.need.code) for demand in part.component.demands}

    def explain(self, result: NeedResult) -> Explanation:
        """One unmet need."""
        need = self.needs[result.need_code]
        view = self.sight.view(need)
        missing = result.unmet - result.short_of_pack
        proven = self._proven.get(need.code)
        unlock = self._unlock(need, missing, view, proven) if missing > 0 else None
        return Explanation(
            need.code,
            result.unmet,
            result.short_of_pack,
            (*self._exclusions(view), *self._refused_substitutes(need)),
            tuple(self._bindings(need, view)),
            tuple(self._limits(need, result, view, proven)),
            unlock,
            self._sharing(need, missing) if missing > 0 else None,
        )

    def _sharing(self, need: Need, missing: int) -> Sharing | None:
        """Who would go without for this need, where nothing is known that brings goods and leaves all others alone."""
        taking = self._takings.get(need.code)
        if taking is None:
            return None
        lost = sum(row.quantity for row in taking.losses)
        return Sharing(min(missing, taking.gains[need.code]), taking.quantity, lost, taking.losses[:SAID_MAX])

    def _exclusions(self, view: View) -> Iterator[Exclusion]:
        """Kept-out lanes grouped by rule and step."""
        lanes = view.lanes
        rule = np.where(view.floored, RULES.index("kept_by_floor"), view.rule)
        groups = np.where(rule == ADMITTED, -1, rule * 1000 + lanes.step)
        for group in np.unique(groups[groups >= 0]).tolist():
            inside = np.flatnonzero(groups == group)
            roads = lanes.arrive[inside][lanes.arrive[inside] < FAR]
            sources = np.unique(lanes.source[inside])
            yield Exclusion(
                rule=RULES[group // 1000],
                step=group % 1000,
                authority=self.sight.authority(group % 1000),
                sources=tuple(self.sight.source_codes[n] for n in sources.tolist()),
                quantity=int(view.held[inside].sum()),
                first_hour=int(roads.min()) if len(roads) else None,
            )

    def _refused_substitutes(self, need: Need) -> Iterator[Exclusion]:
        """Substitutes on some shelf that the use of this need keeps out."""
        for pair, rule in self._exchange.refused(need.code, need.item_code):
            lots = [lot for lot in self.instance.lots if lot.item_code == pair.substitute_item and lot.quantity > 0]
            if quantity := pair.makes_up(sum(lot.quantity for lot in lots)):
                yield Exclusion(rule, 0, "", tuple(sorted({lot.source_code for lot in lots})), quantity, None)

    def _bindings(self, need: Need, view: View) -> Iterator[Binding]:
        """Where the drawable goods of the admitted lanes went, by class of who has them."""
        admitted = np.flatnonzero(view.rule == ADMITTED)
        if not len(admitted):
            yield Binding("no_lane", 0)
            return
        lots = np.unique(view.lanes.lot[admitted])
        taken = self.sight.taken[lots].sum(axis=0) - self.sight.taken_by(need, lots)
        mine = need.priority_class
        left = np.maximum(0, view.lanes.ceiling[admitted] - self.sight.taken_in_all[view.lanes.lot[admitted]])
        went = {
            "higher_class": int(taken[:mine].sum()),
            "same_class": int(taken[mine]),
            "lower_class": int(taken[mine + 1 :].sum()),
            "left_over": int(left.sum()),
        }
        yield from (Binding(limit, quantity) for limit, quantity in went.items() if quantity)

    def _limits(self, need: Need, result: NeedResult, view: View, proven: Proven | None) -> Iterator[Limit]:
        """What each unmet unit waits for; a unit that needs two things counts under both."""
        if result.short_of_pack:
            yield Limit("pack", "", result.short_of_pack)
        if need.code not in self._missing:
            return
        missing, reachable = self._missing[need.code], self._reachable.get(need.code, 0)
        shared = self._takings[need.code].gains[need.code] if need.code in self._takings else 0
        left = result.unmet - result.short_of_pack - missing
        if left > 0:
            yield Limit("plan", "", left)
        if hopeless := max(0, missing - max(reachable, shared)):
            roads = {route.place_code for route in self.instance.routes}
            yield Limit("deadline" if need.place_code in roads else "road", "", hopeless)
        if proven is None:
            return
        dying = (view.rule == RULES.index("life_too_short")) & (view.held > self.sight.taken_in_all[view.lanes.lot])
        for kind in EASIEST_FIRST:
            rows = [row for row in self._measures(need.item_code, proven.recipe) if row.kind == kind]
            if rows:
                largest = max(rows, key=lambda row: (row.amount, row.code))
                name = "life" if kind == "more_stock" and dying.any() else LIMITS[kind]
                quantity = reachable if kind in TRANSPORT else min(reachable, sum(row.amount for row in rows))
                yield Limit(name, largest.code, quantity)

    def _unlock(self, need: Need, missing: int, view: View, proven: Proven | None) -> Unlock | None:
        """What was proven; where that needs goods which do not exist, rather goods that exist and come late."""
        measures = self._measures(need.item_code, proven.recipe) if proven else ()
        if not measures or any(row.kind == "more_stock" for row in measures):
            late = self._late(missing, view)
            if late is not None and (not measures or late.quantity == missing):
                return late
        if proven is None or not measures:
            return None
        first = max((row for row in measures if row.kind == measures[0].kind), key=lambda row: (row.amount, row.code))
        source_code = self._source_of(first)
        quantity = min(missing, proven.recipe.gains[need.code])
        hour = self._arrival(source_code, need)
        gain = proven.recipe.quantity
        return Unlock(
            first.kind, first.step, first.authority, source_code, hour, quantity, gain, True, proven.also, measures
        )

    def _late(self, missing: int, view: View) -> Unlock | None:
        """Goods that nobody gets, at the hour at which the first of them could be there."""
        behind = np.isin(view.rule, (RULES.index("too_late"), RULES.index("road_closed")))
        late = behind & view.alive & (view.lanes.arrive < FAR)
        late &= view.held > self.sight.taken_in_all[view.lanes.lot]
        late &= ~np.isin(view.lanes.source, self._behind_docks())
        if not late.any():
            return None
        inside = np.flatnonzero(late & (view.lanes.arrive == view.lanes.arrive[late].min()))
        unsent = view.held[inside] - self.sight.taken_in_all[view.lanes.lot[inside]]
        quantity = min(missing, int(unsent.sum()))
        nearest = inside[int(np.argmin(view.lanes.km[inside]))]
        source = self.sight.source_codes[view.lanes.source[nearest]]
        return Unlock("accept_late", 0, "", source, int(view.lanes.arrive[nearest]), quantity, quantity, True)

    def _behind_docks(self) -> IntArray:
        """Sources whose site loads only so much: whether it could load more later is not known here."""
        sources = self.sight.source_codes
        return np.array([n for n, code in enumerate(sources) if self._sources[code].site_code in self._docks], np.int64)

    def _measures(self, item_code: str, recipe: Recipe) -> tuple[Measure, ...]:
        """Levers as things to do, the easiest first; goods for a source first fill what its floor lacks."""
        rows = [
            Measure("open_step", source, units, step, self.sight.authority(step))
            for step, sources in sorted(recipe.steps.items())
            for source, units in sorted(sources.items())
        ]
        amounts: dict[tuple[str, str], int] = {}
        for (kind, code), amount in sorted(recipe.amounts.items()):
            place = code.split("|")[0]
            amounts[kind, place] = amounts.get((kind, place), 0) + int(amount)
        for (kind, code), units in amounts.items():
            filled = kind == "more_stock" and basis_at(self._sources[code]) is Basis.OWNED
            rows.append(Measure(kind, code, units + (self._gaps.get((code, item_code), 0) if filled else 0)))
        return tuple(sorted(rows, key=lambda row: (EASIEST_FIRST.index(row.kind), row.step, -row.amount, row.code)))

    def _source_of(self, measure: Measure) -> str:
        """The source that a measure sets free: the first one at its site."""
        if measure.code in self._sources:
            return measure.code
        sites = {measure.code.split(">")[0]}
        sites |= {code for fleet in self.instance.fleets if fleet.code == measure.code for code in fleet.site_codes}
        return next(source.code for source in self.instance.sources if source.site_code in sites)

    def _arrival(self, source_code: str, need: Need) -> int | None:
        """The hour at which goods that leave a source as soon as the road is open are with the need."""
        ends = (self._sources[source_code].site_code, need.place_code)
        trip = earliest(self._ways.get(ends, ()), 0, self.instance.horizon_hour)
        return trip[0] + trip[1].travel_hours if trip else None


def explain(instance: Instance, plan: Plan, pins: Sequence[Pin] = ()) -> tuple[Explanation, ...]:
    """Every unmet need of a plan, in the plan's order."""
    explainer = Explainer(instance, plan, pins)
    return tuple(explainer.explain(result) for result in plan.unmet)


def explain_unmet(instance: Instance, plan: Plan, need_code: str, pins: Sequence[Pin] = ()) -> Explanation:
    """One need of a plan; an explanation with unmet 0 when it is met."""
    result = next(result for result in plan.needs if result.need_code == need_code)
    return Explainer(instance, plan, pins).explain(result)
