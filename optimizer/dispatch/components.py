"""Independent parts of a network: items that no transport limit or substitute ties together are planned apart, exactly.

Every stage of the order is a sum, or a leximin, over parts that share no row; the best of the whole is then the best of
each part. A part whose needs are all open, or all closed with one pack size, and that no limit, pin or substitute
couples, is a pure flow: its corners are whole numbers and its fair shares can be raised greedily without loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.dispatch.arcs import Demand, Lane, Network, Receiver, Supply
from optimizer.dispatch.coupling import Limit
from optimizer.dispatch.instance import Instance, Pin
from optimizer.dispatch.joint import Makes


@dataclass(frozen=True)
class Pair:
    """The needs of one class, item, place and incident, whose fill is compared with other places.

    demands  positions in ``Component.demands``
    sent     received and on the road since approval, base units
    claim    sent + effective, base units, times the weight of the place where the policy asks for it
    """

    priority_class: int
    item_code: str
    place_code: str
    incident_code: str
    demands: tuple[int, ...]
    sent: int
    claim: int
    weight: int


@dataclass(frozen=True)
class Component:
    """One part. unit: base units of one step of every column; more than 1 only when all is in packs of that size."""

    instance: Instance
    supplies: tuple[Supply, ...]
    receivers: tuple[Receiver, ...]
    lanes: tuple[Lane, ...]
    demands: tuple[Demand, ...]
    first_demand: dict[int, int]
    pairs: tuple[Pair, ...]
    pins: tuple[Pin, ...]
    unit: int
    pure_flow: bool
    makes: Makes | None = None

    def size(self, lane: Lane) -> int:
        """Base units in one step of a lane's column: a pack, or one piece."""
        return lane.supply.pack if lane.receiver.closed else 1


def split(network: Network, pins: Sequence[Pin] = (), makes: Makes | None = None) -> tuple[Component, ...]:
    """The parts in order of their first item; all that lines make is one part where production is to be decided."""
    leader = {receiver.item_code: receiver.item_code for receiver in network.receivers}
    shared: dict[Limit, str] = {}
    for lane in network.lanes:
        if lane.swap:
            leader.setdefault(lane.supply.item_code, lane.supply.item_code)
            _join(leader, lane.supply.item_code, lane.receiver.item_code)
        if lane.period is not None:
            for limit in network.limits.on(lane.route):
                _join(leader, shared.setdefault(limit, lane.receiver.item_code), lane.receiver.item_code)
    made = sorted(makes.items & leader.keys()) if makes else []
    for item_code in made[1:]:
        _join(leader, made[0], item_code)
    groups: dict[str, set[str]] = {}
    for item_code in sorted(leader):
        groups.setdefault(_find(leader, item_code), set()).add(item_code)
    parts = (items for _, items in sorted(groups.items()))
    return tuple(_component(network, items, pins, makes if items & set(made) else None) for items in parts)


def _find(leader: dict[str, str], item_code: str) -> str:
    while leader[item_code] != item_code:
        item_code = leader[item_code]
    return item_code


def _join(leader: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_find(leader, one), _find(leader, other)))
    leader[second] = first


def _component(network: Network, items: set[str], pins: Sequence[Pin], makes: Makes | None) -> Component:
    receivers = tuple(row for row in network.receivers if row.item_code in items)
    lanes = tuple(row for row in network.lanes if row.receiver.item_code in items)
    supplies = tuple(row for row in network.supplies if row.item_code in items)
    demands = tuple(demand for receiver in receivers for demand in receiver.demands)
    first: dict[int, int] = {}
    for receiver in receivers:
        first[receiver.index] = sum(len(row.demands) for row in receivers[: len(first)])
    codes = {demand.need.code for demand in demands}
    wanted = tuple(pin for pin in pins if pin.need_code in codes and pin.quantity > 0)
    by_piece = all(lane.supply.pack == 1 or not lane.receiver.closed for lane in lanes)
    packs = {supply.pack for supply in supplies}
    pack = packs.pop() if len(packs) == 1 else 1
    own = all(lane.swap is None for lane in lanes)
    one_pack = own and pack > 1 and all(row.closed for row in receivers)
    one_pack = one_pack and not any(row.effective % pack for row in demands)
    free = all(lane.period is None for lane in lanes)
    return Component(
        instance=network.instance,
        supplies=supplies,
        receivers=receivers,
        lanes=lanes,
        demands=demands,
        first_demand=first,
        pairs=_pairs(demands),
        pins=wanted,
        unit=pack if one_pack else 1,
        pure_flow=own and (by_piece or one_pack) and not wanted and not makes and free,
        makes=makes,
    )


def _pairs(demands: Sequence[Demand]) -> tuple[Pair, ...]:
    groups: dict[tuple[int, str, str, str], list[int]] = {}
    for position, demand in enumerate(demands):
        need = demand.need
        key = (need.priority_class, need.item_code, need.place_code, need.incident_code)
        groups.setdefault(key, []).append(position)
    pairs = []
    for key in sorted(groups):
        members = groups[key]
        sent = sum(demands[n].need.received + demands[n].need.on_road for n in members)
        claim = sent + sum(demands[n].effective for n in members)
        weight = max(demands[n].need.weight for n in members)
        pairs.append(Pair(*key, demands=tuple(members), sent=sent, claim=claim, weight=weight))
    return tuple(pairs)
