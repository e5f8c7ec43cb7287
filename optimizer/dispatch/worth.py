"""What one more of something would do: found by solving again, with the range in which it holds and who is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.compare import Shift, compare_plans
from optimizer.dispatch.explain import Measure
from optimizer.dispatch.instance import Instance, Level, Lot, Source
from optimizer.dispatch.packs import smallest_packs
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.reach import least_unmet
from optimizer.dispatch.substitutes import linked_items
from optimizer.dispatch.widened import basis_at

Change = Callable[[Instance, int], Instance]
CEILING = 1 << 20  # no range is searched beyond it


@dataclass(frozen=True)
class Worth:
    """One more step of something.

    gain       base units by which unmet falls with the first step, by class; a class not named stays as it is
    up_to      steps up to which every step brings as much; 0 when the first brings nothing
    shifts     who gets more and who gets less with the first step
    """

    what: str
    gain: dict[int, int]
    up_to: int
    shifts: tuple[Shift, ...]


def worth_of(instance: Instance, what: str, change: Change, policy: Policy | None = None, step: int = 1) -> Worth:
    """Solve with one step more, then look for the amount at which the next limit bites, doubling and halving.

    step  units of the change in one step (a pack, an hour's worth of loading)
    """
    before = least_unmet(instance)

    def gained(steps: int) -> dict[int, int]:
        after = least_unmet(change(instance, steps * step))
        return {one: before[one] - after.get(one, 0) for one in before if before[one] != after.get(one, 0)}

    first = gained(1)
    if not first:
        return Worth(what, {}, 0, ())
    low, high = 1, 2
    while high <= CEILING and gained(high) == {one: units * high for one, units in first.items()}:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if gained(middle) == {one: units * middle for one, units in first.items()}:
            low = middle
        else:
            high = middle
    touched = compare_plans(instance, allocate(instance, policy), allocate(change(instance, step), policy))
    return Worth(what, first, low, touched.shifts)


def more_stock(source_code: str, item_code: str) -> Change:
    """So many base units more of an item at a source, on the shelf now, without expiry."""

    def change(instance: Instance, quantity: int) -> Instance:
        source = next(row for row in instance.sources if row.code == source_code)
        return with_stock(instance, [(source, item_code, quantity)])

    return change


def more_loading(site_code: str) -> Change:
    """So many cubic centimetres an hour more through the docks of a site."""

    def change(instance: Instance, room: int) -> Instance:
        docks = (
            replace(row, cm3_per_hour=row.cm3_per_hour + room) if row.site_code == site_code else row
            for row in instance.docks
        )
        return replace(instance, docks=tuple(docks))

    return change


def more_room(way: str) -> Change:
    """So many cubic centimetres an hour more on a way, written site>place."""

    def change(instance: Instance, room: int) -> Instance:
        limits = (
            replace(row, cm3_per_hour=row.cm3_per_hour + room) if f"{row.site_code}>{row.place_code}" == way else row
            for row in instance.lane_limits
        )
        return replace(instance, lane_limits=tuple(limits))

    return change


def more_vehicles(fleet_code: str) -> Change:
    """So many cubic centimetre kilometres an hour more for a fleet, from its first hour on."""

    def change(instance: Instance, work: int) -> Instance:
        fleets = (
            replace(row, rates=tuple((hour, rate + work) for hour, rate in row.rates))
            if row.code == fleet_code
            else row
            for row in instance.fleets
        )
        return replace(instance, fleets=tuple(fleets))

    return change


def more_time(need_code: str) -> Change:
    """So many hours later that a need may still be served in time."""

    def change(instance: Instance, hours: int) -> Instance:
        needs = (
            replace(row, due_hour=row.due_hour + hours, latest_hour=row.latest_hour + hours)
            if row.code == need_code
            else row
            for row in instance.needs
        )
        return replace(instance, needs=tuple(needs))

    return change


def with_stock(instance: Instance, more: Sequence[tuple[Source, str, int]]) -> Instance:
    """The same world with lots added, in the smallest pack of their item."""
    packs = smallest_packs(instance)
    total: dict[tuple[str, str], int] = {}
    for source, item_code, quantity in more:
        pack = packs.get(item_code, 1)
        total[source.code, item_code] = total.get((source.code, item_code), 0) + -(-quantity // pack) * pack
    grounds = {source.code: basis_at(source) for source, _, _ in more}
    lots = (
        Lot(f"more {number}", code, item, quantity, None, packs.get(item, 1), 0, grounds[code])
        for number, ((code, item), quantity) in enumerate(sorted(total.items()))
    )
    return replace(instance, lots=(*instance.lots, *lots))


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


def granted(instance: Instance, item_code: str, measures: Sequence[Measure]) -> Instance:
    """The same world with everything done that an unlock asks for."""
    sources = {source.code: source for source in instance.sources}
    for row in measures:
        if row.kind == "open_step":
            instance = opened(instance, row.step)
        elif row.kind == "lower_floor":
            instance = lowered(instance, row.code, item_code, row.amount)
        elif row.kind == "more_loading":
            instance = more_loading(row.code)(instance, row.amount)
        elif row.kind == "more_room":
            instance = more_room(row.code)(instance, row.amount)
        elif row.kind == "more_vehicles":
            instance = more_vehicles(row.code)(instance, row.amount)
        elif row.kind == "more_stock":
            instance = with_stock(instance, [(sources[row.code], item_code, row.amount)])
    return instance


def lowered(instance: Instance, source_code: str, item_code: str, units: int) -> Instance:
    """The same world with one operating floor lowered by so many units, at most to the strategic quantity."""
    floors = (
        replace(row, operating=max(0, max(row.operating, row.strategic) - units))
        if (row.source_code, row.item_code) == (source_code, item_code)
        else row
        for row in instance.floors
    )
    return replace(instance, floors=tuple(floors))
