"""The world in which help is sought: every step open, no operating floor, a lot wherever one could lie."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from optimizer.dispatch.arcs import GOVERNMENT
from optimizer.dispatch.instance import Basis, HolderKind, Instance, Level, Lot, Source
from optimizer.dispatch.packs import smallest_packs

MORE = "\uffffmore"  # the code of added lots; sorts behind every other
BASIS = {HolderKind.CHARITY: Basis.OFFERED, HolderKind.PRODUCER: Basis.ON_BEHALF}


def widened(instance: Instance) -> Instance:
    """The same world with every step open, no operating floor, and a lot of every item wherever one could lie."""
    steps = (replace(step, opens_at_level=Level.IV, paper_until_level=None) for step in instance.steps)
    docks = (replace(row, cm3_per_hour=max(1, row.cm3_per_hour)) for row in instance.docks)
    lanes = (replace(row, cm3_per_hour=max(1, row.cm3_per_hour)) for row in instance.lane_limits)
    return replace(
        instance,
        lots=(*instance.lots, *_lots_to_add(instance)),
        floors=tuple(replace(floor, operating=0) for floor in instance.floors),
        steps=tuple(steps),
        docks=tuple(docks),
        lane_limits=tuple(lanes),
    )


def basis_at(source: Source) -> Basis:
    """The ground on which goods put at a source would stand there."""
    return Basis.OWNED if source.holder in GOVERNMENT else BASIS.get(source.holder, Basis.OFFERED)


def _lots_to_add(instance: Instance) -> Iterable[Lot]:
    """A smallest pack at every source that has a road to a need of the item, above what floors would swallow.

    Not where a release has opened the strategic floor: the added lot would live longest, keep the floor in the place of
    the opened goods, and shut their lanes.
    """
    packs = smallest_packs(instance)
    places: dict[str, set[str]] = defaultdict(set)
    for need in instance.needs:
        places[need.item_code].add(need.place_code)
    reached: dict[str, set[str]] = defaultdict(set)
    for route in instance.routes:
        reached[route.site_code].add(route.place_code)
    gaps = floor_gaps(instance)
    released = {(row.source_code, row.item_code) for row in instance.floors if row.opened}
    for source in instance.sources:
        for item_code, wanted in places.items():
            if reached[source.site_code] & wanted and (source.code, item_code) not in released:
                pack, basis = packs.get(item_code, 1), basis_at(source)
                gap = -(-gaps.get((source.code, item_code), 0) // pack) * pack if basis is Basis.OWNED else 0
                yield Lot(MORE, source.code, item_code, gap + pack, None, pack, 0, basis)


def floor_gaps(instance: Instance) -> dict[tuple[str, str], int]:
    """What owned stock on the shelf lacks of the floor it must keep from others; new goods fill that first."""
    owned: dict[tuple[str, str], int] = defaultdict(int)
    for lot in instance.lots:
        if lot.basis is Basis.OWNED and lot.available_from_hour == 0:
            owned[lot.source_code, lot.item_code] += lot.quantity
    gaps = {
        (row.source_code, row.item_code): row.kept_from_others - owned[row.source_code, row.item_code]
        for row in instance.floors
    }
    return {key: gap for key, gap in gaps.items() if gap > 0}
