"""Small surge worlds: one item SUIT, the same need every day, unless told otherwise; and random ones."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from optimizer.surge.instance import Demand, Line, Material, SurgeInstance, Use
from optimizer.surge.project import project

DAYS = 8
RAMP = (25, 50, 75, 100)


def line(code: str = "L1", rates: tuple[int, ...] = (100,), product: str = "SUIT", **changes: int | None) -> Line:
    return replace(Line(code, "P", product, rates), **changes)


def world(
    *lines: Line, materials: tuple[Material, ...] = (), uses: tuple[Use, ...] = (), need: int = 0, opening: int = 0
) -> SurgeInstance:
    demand = Demand("SUIT", opening, (need,) * DAYS)
    return SurgeInstance("2021-01-05", DAYS, lines, materials, uses, (demand,), ("SUIT",))


def made(instance: SurgeInstance, product: str = "SUIT") -> list[int]:
    """Pieces of a product by day of manufacture."""
    paths = [path for path in project(instance).lines if path.product_code == product]
    return [sum(path.made[day] for path in paths) for day in range(instance.days)]


SMALL = st.integers(0, 30)


@st.composite
def surges(draw: st.DrawFn) -> SurgeInstance:
    """Three products, one of them a material of the other two; anything goes."""
    lines = [
        Line(
            f"L{place}",
            "P",
            draw(st.sampled_from(["SUIT", "GOWN", "M1"])),
            tuple(draw(st.lists(SMALL, min_size=1, max_size=4))),
            from_day=draw(st.integers(-2, 5)),
            until_day=draw(st.none() | st.integers(2, 7)),
            lag_days=draw(st.integers(0, 3)),
            cap_per_day=draw(st.none() | SMALL),
            yield_permille=draw(st.sampled_from([1000, 950])),
            claimed_permille=draw(st.sampled_from([0, 0, 300])),
        )
        for place in range(draw(st.integers(0, 4)))
    ]
    materials = tuple(
        Material(
            code, "kg", scale=draw(st.integers(1, 3)), opening=draw(SMALL), daily=draw(SMALL), keeps=draw(st.booleans())
        )
        for code in ("M1", "M2")
    )
    uses = (Use("SUIT", "M1", 2), Use("SUIT", "M2", 1), Use("GOWN", "M1", 1), Use("M1", "M2", 1))
    by_day = st.lists(SMALL, min_size=DAYS, max_size=DAYS).map(tuple)
    demands = tuple(
        Demand(item, draw(SMALL), draw(by_day), draw(by_day), ((draw(st.integers(0, 7)), draw(SMALL)),))
        for item in ("SUIT", "GOWN")
    )
    products = tuple(draw(st.permutations(["SUIT", "GOWN", "M1"])))
    return SurgeInstance("2021-01-05", DAYS, tuple(lines), materials, uses, demands, products)


@st.composite
def plain_chains(draw: st.DrawFn) -> SurgeInstance:
    """Nobody competes: one item, fabric for it, resin for that; lines of a product alike in lag, nothing rejected."""
    lags = {"SUIT": draw(st.integers(0, 3)), "M1": draw(st.integers(0, 1))}
    lines = [
        Line(
            f"{product}-{place}",
            "P",
            product,
            tuple(sorted(draw(st.lists(SMALL, min_size=1, max_size=4)))),
            from_day=draw(st.integers(0, 4)),
            lag_days=lags[product],
            cap_per_day=draw(st.none() | SMALL),
        )
        for product in lags
        for place in range(draw(st.integers(1, 2)))
    ]
    materials = tuple(Material(code, "kg", opening=draw(SMALL), daily=draw(SMALL)) for code in ("M1", "M2", "M3"))
    uses = (Use("SUIT", "M1", draw(st.integers(1, 3))), Use("SUIT", "M3", draw(st.integers(1, 3))), Use("M1", "M2", 2))
    demand = Demand("SUIT", draw(SMALL), (draw(SMALL),) * DAYS)
    return SurgeInstance("2021-01-05", DAYS, tuple(lines), materials, uses, (demand,), ())


@st.composite
def richer(draw: st.DrawFn, instance: SurgeInstance) -> SurgeInstance:
    """The same world with more of one thing: material, rate, an earlier day, a higher limit, a shorter lag."""
    more = draw(st.integers(1, 40))
    what = draw(st.sampled_from(["opening", "daily", "arrival", "rates", "from_day", "cap", "lag"]))
    if what in ("opening", "daily", "arrival"):
        place = draw(st.integers(0, len(instance.materials) - 1))
        chosen = instance.materials[place]
        changed = {
            "opening": replace(chosen, opening=chosen.opening + more),
            "daily": replace(chosen, daily=chosen.daily + more),
            "arrival": replace(chosen, arrivals=((draw(st.integers(0, DAYS - 1)), more),)),
        }[what]
        materials = (*instance.materials[:place], changed, *instance.materials[place + 1 :])
        return replace(instance, materials=materials)
    product = draw(st.sampled_from(["SUIT", "M1"]))

    def better(line: Line) -> Line:
        return {
            "rates": replace(line, rates=tuple(rate + more for rate in line.rates)),
            "from_day": replace(line, from_day=line.from_day - 1),
            "cap": replace(line, cap_per_day=None),
            "lag": replace(line, lag_days=max(0, line.lag_days - 1)),
        }[what]

    lines = tuple(better(line) if line.product_code == product else line for line in instance.lines)
    return replace(instance, lines=lines)
