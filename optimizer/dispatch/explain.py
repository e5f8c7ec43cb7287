"""Why a need is unmet, and what would change it: codes and numbers; the doors turn them into sentences.

For every unmet need: the lanes that law, road, time, life or floor keep out; where the goods of its lawful lanes went
instead; and the cheapest unlock. An unlock that claims an effect is tried on a re-solve of the item, and shown only
with the effect found there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.fitting import eased
from optimizer.dispatch.guide import COLUMNS_SMALL, column_count
from optimizer.dispatch.instance import Instance, Level, Need
from optimizer.dispatch.packs import effective_quantity, smallest_packs
from optimizer.dispatch.plan import NeedResult, Plan
from optimizer.dispatch.reach import unmet_by_class
from optimizer.dispatch.sight import ADMITTED, FAR, RULES, IntArray, Sight, View
from optimizer.dispatch.substitutes import Exchange, linked_items
from optimizer.dispatch.worth import nearest_lawful, with_stock

PROMISE_KEPT = 0.9  # the least share of a promise that a re-solve must bring
FEW = 12  # needs of one class and item that are tried one by one


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
class Unlock:
    """The cheapest change that would help.

    kind      open_step | lower_floor | accept_late | more_loading (docks twice as fast) | more_stock
    quantity  base units it could bring to this need; gain: units by which the unmet of the need's class and item fell
              in the re-solve (accept_late: goods the plan leaves unsent, so no re-solve is due); verified: gain > 0
    also      base units that higher classes lack and that must be there too before this need gets any
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


@dataclass(frozen=True)
class Explanation:
    """Everything known about one unmet need."""

    need_code: str
    unmet: int
    short_of_pack: int
    excluded: tuple[Exclusion, ...]
    bindings: tuple[Binding, ...]
    unlock: Unlock | None


class Explainer:
    """Reads one plan; keeps what many needs share."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance = instance = eased(instance, plan)
        self.needs = {need.code: need for need in instance.needs}
        self.sight = Sight(instance, plan)
        self._exchange = Exchange(instance)
        self._tried: dict[tuple[str, int, str], dict[int, int]] = {}
        self._exact = plan.gap == 0.0 and not plan.broken_pins
        self._unmet = self._unmet_of(plan)
        self._missing = {
            row.need_code: row.unmet - row.short_of_pack for row in plan.needs if row.unmet > row.short_of_pack
        }
        self._stocked: dict[tuple[str, int], dict[str, tuple[int, int]]] = {}
        self._small = not instance.is_coupled or column_count(build_network(instance, timed=False)) <= COLUMNS_SMALL

    def explain(self, result: NeedResult) -> Explanation:
        """One unmet need."""
        need = self.needs[result.need_code]
        view = self.sight.view(need)
        short = result.unmet > result.short_of_pack
        return Explanation(
            need.code,
            result.unmet,
            result.short_of_pack,
            (*self._exclusions(view), *self._refused_substitutes(need)),
            tuple(self._bindings(need, view)),
            self._unlock(need, result, view) if short else None,
        )

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

    def _unlock(self, need: Need, result: NeedResult, view: View) -> Unlock:
        """The first candidate whose effect a re-solve confirms: steps in order, then floors, then time; else stock."""
        missing = result.unmet - result.short_of_pack
        for kind, number, inside in self._candidates(view):
            sent = 0 if kind == "lower_floor" else self.sight.taken_in_all[view.lanes.lot[inside]]
            unsent = np.maximum(0, view.held[inside] - sent)
            quantity = min(missing, int(unsent.sum()))
            if quantity <= 0:
                continue
            gain = quantity if kind == "accept_late" else self._gain(need, kind, number)
            if gain > 0:
                nearest = inside[int(np.argmin(view.lanes.km[inside]))]
                source = self.sight.source_codes[view.lanes.source[nearest]]
                hour = int(view.lanes.arrive[inside].max() if kind == "accept_late" else view.lanes.arrive[nearest])
                return Unlock(kind, number, self.sight.authority(number), source, hour, quantity, gain, True)
        if self.instance.docks:
            waiting = (view.rule == ADMITTED) & view.in_time & (view.held > self.sight.taken_in_all[view.lanes.lot])
            gain = self._gain(need, "more_loading", 0) if waiting.any() else 0
            if gain > 0:
                at = np.flatnonzero(waiting)[int(np.argmin(view.lanes.km[waiting]))]
                source = self.sight.source_codes[view.lanes.source[at]]
                quantity = min(missing, int(view.held[waiting].sum()))
                return Unlock("more_loading", 0, "", source, int(view.lanes.arrive[at]), quantity, gain, True)
        return self._more_stock(need, missing)

    def _more_stock(self, need: Need, missing: int) -> Unlock:
        """So much more at the nearest lawful source, and what higher classes lack first. Withheld where a re-solve
        does not bring nine tenths of it."""
        key = (need.item_code, need.priority_class)
        if key not in self._stocked:
            self._stocked[key] = self._promises(*key)
        at = nearest_lawful(self.instance, need)
        if at is None or need.code not in self._stocked[key]:
            return Unlock("more_stock", 0, "", "", need.due_hour, missing, 0, False)
        source, arrive = at
        gain, also = self._stocked[key][need.code]
        return Unlock("more_stock", 0, "", source.code, arrive, missing, gain, True, also)

    def _promises(self, item_code: str, priority: int) -> dict[str, tuple[int, int]]:
        """Needs of a class and item that stock at their nearest lawful source would fill: gain, and what goes before.

        All needs at once first: supplies stand in for each other, so if together they bring what is promised, each
        brings its own. If not, with what higher classes lack; if not, one by one where they are few.
        """
        short = {code: units for code, units in self._missing.items() if self.needs[code].item_code == item_code}
        mine = [code for code in short if self.needs[code].priority_class == priority]
        higher = [code for code in short if self.needs[code].priority_class < priority]
        if not self._small:
            return {}
        for first in ([], higher) if higher else ([],):
            also = sum(short[code] for code in first)
            kept = self._kept(item_code, priority, [*first, *mine], short)
            if kept >= PROMISE_KEPT:
                return {code: (int(short[code] * kept), also) for code in mine}
        tried = mine if len(mine) <= FEW else []
        shares = {code: self._kept(item_code, priority, [*higher, code], short, code) for code in tried}
        also = sum(short[code] for code in higher)
        return {code: (int(short[code] * share), also) for code, share in shares.items() if share >= PROMISE_KEPT}

    def _kept(self, item_code: str, priority: int, codes: list[str], short: dict[str, int], only: str = "") -> float:
        """The share of what a class lacks, or one need of it, that stock for ``codes`` would bring; at most 1."""
        more = []
        for code in codes:
            at = nearest_lawful(self.instance, self.needs[code])
            if at is not None:
                more.append((at[0], item_code, short[code]))
        mine = [code for code in codes if self.needs[code].priority_class == priority and only in ("", code)]
        promised = sum(short[code] for code in mine if nearest_lawful(self.instance, self.needs[code]) is not None)
        if not promised:
            return 0.0
        before = self._try("", 0, item_code).get(priority, 0)
        after = unmet_by_class(with_stock(only_item(self.instance, item_code), more)).get(priority, 0)
        return min(1.0, (before - after) / promised)

    def _candidates(self, view: View) -> Iterator[tuple[str, int, IntArray]]:
        """Lanes that one change would admit: a step opened, a floor lowered, or the first goods to come later."""
        closed = np.isin(view.rule, (RULES.index("level_too_low"), RULES.index("paper_missing"))) & view.in_time
        for number in np.unique(view.lanes.step[closed]).tolist():
            yield "open_step", number, np.flatnonzero(closed & (view.lanes.step == number))
        if view.floored.any():
            yield "lower_floor", 0, np.flatnonzero(view.floored)
        behind = np.isin(view.rule, (RULES.index("too_late"), RULES.index("road_closed")))
        late = behind & view.alive & (view.lanes.arrive < FAR)
        stocked = late & (view.held > self.sight.taken_in_all[view.lanes.lot])
        if stocked.any():
            first = view.lanes.arrive[stocked].min()
            yield "accept_late", 0, np.flatnonzero(stocked & (view.lanes.arrive == first))

    def _gain(self, need: Need, kind: str, number: int) -> int:
        """By how much the unmet of the need's class and item falls when the unlock is granted, by re-solving."""
        if not self._small:
            return 0  # a re-solve of a whole coupled province for one sentence is not worth its minutes
        priority = need.priority_class
        after = self._try(kind, number, need.item_code)
        if self._exact:  # then a re-solve of what stands would only repeat the plan
            unmet = sum(self._unmet.get((code, priority), 0) for code in linked_items(self.instance, need.item_code))
            return unmet - after.get(priority, 0)
        return self._try("", 0, need.item_code).get(priority, 0) - after.get(priority, 0)

    def _unmet_of(self, plan: Plan) -> dict[tuple[str, int], int]:
        """Unmet of the plan by item and class, in the effective quantities that stages count."""
        packs = smallest_packs(self.instance)
        sent: dict[str, int] = defaultdict(int)
        for row in plan.shipments:
            for code, units in row.served:
                sent[code] += units
        unmet: dict[tuple[str, int], int] = defaultdict(int)
        for need in self.instance.needs:
            wanted = effective_quantity(need, packs.get(need.item_code, 1))
            unmet[need.item_code, need.priority_class] += wanted - sent[need.code]
        return unmet

    def _try(self, kind: str, number: int, item_code: str) -> dict[int, int]:
        """Unmet of an item by class with one unlock granted, or with none; each tried once."""
        key = (kind, number, item_code)
        if key not in self._tried:
            part = only_item(self.instance, item_code)
            if kind == "open_step":
                part = opened(part, number)
            if kind == "more_loading":
                part = twice_loading(part)
            self._tried[key] = unmet_by_class(without_floors(part) if kind == "lower_floor" else part)
        return self._tried[key]


def explain(instance: Instance, plan: Plan) -> tuple[Explanation, ...]:
    """Every unmet need of a plan, in the plan's order."""
    explainer = Explainer(instance, plan)
    return tuple(explainer.explain(result) for result in plan.unmet)


def explain_unmet(instance: Instance, plan: Plan, need_code: str) -> Explanation:
    """One need of a plan; an explanation with unmet 0 when it is met."""
    result = next(result for result in plan.needs if result.need_code == need_code)
    return Explainer(instance, plan).explain(result)


def only_item(instance: Instance, item_code: str) -> Instance:
    """The part that concerns one item and those tied to it by substitution. Where transport ties items, all of it."""
    if instance.is_coupled:
        return instance
    linked = linked_items(instance, item_code)
    needs = tuple(row for row in instance.needs if row.item_code in linked)
    codes = {need.code for need in needs}
    return replace(
        instance,
        lots=tuple(row for row in instance.lots if row.item_code in linked),
        floors=tuple(row for row in instance.floors if row.item_code in linked),
        needs=needs,
        uses=tuple(row for row in instance.uses if row.need_code in codes),
        stays=tuple(row for row in instance.stays if row.need_code in codes),
    )


def opened(instance: Instance, number: int) -> Instance:
    """The same world with one step of the cascade open at every level and in need of no paper."""
    steps = tuple(
        replace(step, opens_at_level=Level.IV, paper_until_level=None) if step.step == number else step
        for step in instance.steps
    )
    return replace(instance, steps=steps)


def without_floors(instance: Instance) -> Instance:
    """The same world with operating floors lowered to the strategic quantity, as for the owner's own incident."""
    return replace(instance, floors=tuple(replace(floor, operating=0) for floor in instance.floors))


def twice_loading(instance: Instance) -> Instance:
    """The same world with every limited site loading twice as fast."""
    return replace(instance, docks=tuple(replace(dock, cm3_per_hour=2 * dock.cm3_per_hour) for dock in instance.docks))
