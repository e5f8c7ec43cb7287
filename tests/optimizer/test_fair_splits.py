"""Fair shares in whole numbers against every split there is, up to four receivers and sixty units."""

import math
import random
from itertools import combinations, product

import numpy as np
import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.instance import HolderKind, Instance, Route
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world

UNITS_MAX = 60


def shared(stock: list[int], wanted: list[int], received: list[int], reach: set[tuple[int, int]]) -> Instance:
    """Provincial depots with so much each, places that want so much each, and who reaches whom."""
    return make_world(
        sources=tuple(make_source(f"S{n}", HolderKind.PROVINCE, "13", "13") for n in range(len(stock))),
        lots=tuple(make_lot(f"L{n}", f"S{n}", quantity) for n, quantity in enumerate(stock)),
        needs=tuple(
            make_need(f"N{n}", f"P{n}", quantity, received=received[n], incident_code="X")
            for n, quantity in enumerate(wanted)
        ),
        routes=tuple(Route(f"W-S{s}", f"P{p}", 1, 1) for s, p in sorted(reach)),
        incidents=tuple(make_world().incidents),
    )


def filled(world: Instance) -> list[int]:
    got = {need.need_code: need.on_time for need in allocate(world).needs}
    return [got[code] for code in sorted(got)]


def fairest(stock: list[int], wanted: list[int], received: list[int], reach: set[tuple[int, int]]) -> list[int]:
    """The leximin among all splits that the depots can serve; of equals, the one that gives more to earlier codes."""
    places = range(len(wanted))
    grids = [range(max(0, wanted[p] - received[p]) + 1) for p in places]
    splits = np.array(list(product(*grids)), np.int64)
    for size in range(1, len(wanted) + 1):
        for group in combinations(places, size):  # Hall: no group takes more than the depots that reach it hold
            depots = {s for s, p in reach if p in group}
            splits = splits[splits[:, list(group)].sum(1) <= sum(stock[s] for s in depots)]
    whole = math.lcm(*wanted)
    ratios = (splits + np.array(received)) * (whole // np.array(wanted))
    keys = np.concatenate([np.sort(ratios, axis=1), ratios], axis=1)
    return splits[max(range(len(splits)), key=lambda n: keys[n].tolist())].tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", range(40))
def test_no_split_of_whole_units_is_fairer(seed: int) -> None:
    draw = random.Random(seed)
    places, depots = draw.randint(2, 4), draw.randint(1, 3)
    wanted = [draw.randint(1, UNITS_MAX // places) for _ in range(places)]
    received = [draw.choice((0, 0, draw.randint(0, quantity))) for quantity in wanted]
    stock = [draw.randint(0, UNITS_MAX // (2 * depots)) for _ in range(depots)]
    reach = {(s, p) for s in range(depots) for p in range(places) if draw.random() < 0.7}
    world = shared(stock, wanted, received, reach)

    assert filled(world) == fairest(stock, wanted, received, reach)


@pytest.mark.parametrize(
    ("stock", "fills"),
    [
        ([10, 22], [8, 8, 16]),  # one level for all: 32 of 80
        ([30, 22], [15, 15, 22]),  # the two near the county's depot stand higher, the third has all the province has
        ([0, 32], [8, 8, 16]),
    ],
)
def test_water_fills_a_tree_of_two_levels(stock: list[int], fills: list[int]) -> None:
    """The first depot reaches the first two places, the second all three."""
    reach = {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)}

    assert filled(shared(stock, [20, 20, 40], [0, 0, 0], reach)) == fills
