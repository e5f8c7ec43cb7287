"""What one more of something would do: found by solving again, with the range in which it holds and who is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.arcs import Refusal, admit, source_kind
from optimizer.dispatch.compare import Shift, compare_plans
from optimizer.dispatch.instance import Basis, HolderKind, Instance, Lot, Need, Source
from optimizer.dispatch.packs import smallest_packs
from optimizer.dispatch.policy import Policy
from optimizer.dispatch.reach import unmet_by_class
from optimizer.grid import first_departure

Change = Callable[[Instance, int], Instance]
CEILING = 1 << 20  # no range is searched beyond it
BASIS = {HolderKind.CHARITY: Basis.OFFERED, HolderKind.PRODUCER: Basis.ON_BEHALF}


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
    before = unmet_by_class(instance)

    def gained(steps: int) -> dict[int, int]:
        after = unmet_by_class(change(instance, steps * step))
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
    kinds = {source.code: source.holder for source, _, _ in more}
    lots = (
        Lot(f"more {number}", code, item, quantity, None, packs.get(item, 1), 0, BASIS.get(kinds[code], Basis.OFFERED))
        for number, ((code, item), quantity) in enumerate(sorted(total.items()))
    )
    owned = tuple(
        replace(lot, basis=Basis.OWNED)
        if kinds[lot.source_code] in (HolderKind.PROVINCE, HolderKind.CITY, HolderKind.COUNTY)
        else lot
        for lot in lots
    )
    return replace(instance, lots=(*instance.lots, *owned))


def nearest_lawful(instance: Instance, need: Need) -> tuple[Source, int] | None:
    """The nearest source from which goods on the shelf now could lawfully come in time, and their hour of arrival."""
    sites: dict[str, list[Source]] = {}
    for source in instance.sources:
        sites.setdefault(source.site_code, []).append(source)
    found: list[tuple[int, str, Source, int]] = []
    for route in instance.routes:
        if route.place_code != need.place_code:
            continue
        leave = first_departure(0, route.travel_hours, route.closures)
        arrive = leave + route.travel_hours
        if leave >= instance.horizon_hour or arrive > need.last_useful_hour:
            continue
        for source in sites.get(route.site_code, ()):
            government = source.holder in (HolderKind.PROVINCE, HolderKind.CITY, HolderKind.COUNTY)
            basis = Basis.OWNED if government else BASIS.get(source.holder, Basis.OFFERED)
            if not isinstance(admit(instance, source_kind(source, basis, need), need.incident_code), Refusal):
                found.append((route.km, source.code, source, arrive))
    return min(found, key=lambda row: row[:2])[2:] if found else None
