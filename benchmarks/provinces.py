"""Seeded provinces of three sizes for the dispatch benchmark: short of stock, hours, raw material and loading room.

Places and sources lie in a plane of 500 by 700 km. Every place has roads to the nearest sources, to the nearest
producers and to the depots of the province. Stock covers 35 to 60 % of the need of an item, wherever it is needed; a
dock needs 0.6 to 1.8 times the horizon to load all that stands behind it; three lots in ten die inside the horizon.
Production is in ``production.py``. All figures are synthetic: quote ratios on this generator, never savings in the
field. What it contains and why: docs/decisions/0020-benchmark-provinces.md.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from benchmarks.production import draw_production
from optimizer.dispatch.instance import (
    Basis,
    CascadeStep,
    Dock,
    Floor,
    HolderKind,
    Incident,
    Instance,
    Item,
    Level,
    Lot,
    Need,
    Route,
    Source,
    SourceKind,
)

HORIZON_START = "2021-01-05T00:00:00+00:00"
AVERAGE_SPEED_KM_H = 50
CASCADE = tuple(
    CascadeStep(number, kind, level, authority)
    for number, kind, level, authority in (
        (1, SourceKind.OWN_COUNTY_STOCK, Level.IV, "county_head"),
        (2, SourceKind.OWN_CITY_STOCK, Level.IV, "holder_commission_member"),
        (3, SourceKind.PROVINCE_STOCK, Level.III, "holder_commission_member"),
        (4, SourceKind.NEIGHBOUR_STOCK, Level.II, "provincial_commission_deputy"),
        (5, SourceKind.ACCEPTED_OFFER, Level.III, "city_commission_chair"),
        (6, SourceKind.ON_BEHALF, Level.II, "provincial_commission_deputy"),
        (7, SourceKind.CAPACITY, Level.II, "provincial_commission_deputy"),
    )
)
BASIS = {
    HolderKind.PROVINCE: Basis.OWNED,
    HolderKind.CITY: Basis.OWNED,
    HolderKind.COUNTY: Basis.OWNED,
    HolderKind.CHARITY: Basis.OFFERED,
    HolderKind.PRODUCER: Basis.ON_BEHALF,
}
OTHERS = (HolderKind.CITY, HolderKind.COUNTY, HolderKind.CHARITY)


@dataclass(frozen=True)
class Size:
    """How large a province is.

    depots, producers  of the sources, the first ones and those that follow them
    held               share of the items that one other source holds
    nearest            roads per place and item to such sources; near: to producers
    active             share of (place, item) pairs with a need
    batch_days         how often producers issue, where output is given
    """

    sources: int
    places: int
    items: int
    days: int
    depots: int
    producers: int
    held: float
    nearest: int
    near: int
    active: float
    batch_days: int


SIZES = {
    "S": Size(14, 14, 5, 10, 1, 4, 0.85, 14, 4, 1.0, 1),
    "M": Size(200, 180, 12, 14, 3, 25, 0.5, 3, 3, 1.0, 2),
    "L": Size(600, 500, 30, 30, 4, 60, 0.5, 3, 3, 0.4, 3),
}


class _Province:
    """One seed at one size; every table is drawn once, in a fixed order."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size, self.draw = size, random.Random(seed)
        self.cities = [f"13{number:02d}" for number in range(1, 15)]
        self.items = [Item(f"I{n:02d}", 0, self.draw.choice((200, 1000, 5000, 20000))) for n in range(size.items)]
        self.at: dict[str, tuple[float, float]] = {}
        self.sources = [self._source(number) for number in range(size.sources)]
        self.places = [self._place(number) for number in range(size.places)]
        self.needs = [need for place in self.places for item in self.items for need in self._needs(place, item)]
        self.lots, self.floors, self.docks = self._stock()

    def _source(self, number: int) -> Source:
        code, city = f"S{number:03d}", self.draw.choice(self.cities)
        holder = self._holder(number)
        self.at[f"W{code}"] = (self.draw.uniform(0, 500), self.draw.uniform(0, 700))
        if holder is HolderKind.PROVINCE:
            return Source(code, holder, "13", "13", f"W{code}")
        region = f"{city}{self.draw.randint(1, 12):02d}" if holder is HolderKind.COUNTY else city
        return Source(code, holder, region, city, f"W{code}")

    def _holder(self, number: int) -> HolderKind:
        if number < self.size.depots:
            return HolderKind.PROVINCE
        return HolderKind.PRODUCER if number < self.size.depots + self.size.producers else self.draw.choice(OTHERS)

    def _place(self, number: int) -> tuple[str, str]:
        place = f"P{number:03d}"
        self.at[place] = (self.draw.uniform(0, 500), self.draw.uniform(0, 700))
        return place, self.draw.choice(self.cities)

    def _needs(self, place: tuple[str, str], item: Item) -> list[Need]:
        """A wave over the days: so much a day, lost when it does not come."""
        if self.draw.random() > self.size.active:
            return []
        code, city = place
        peak, middle = self.draw.choice((20, 100, 500)), self.draw.uniform(0.2, 0.7) * self.size.days
        priority = self.draw.choices((1, 2, 3), (3, 4, 3))[0]
        return [
            Need(
                code=f"{code}-{item.code}-{day:02d}",
                incident_code="X",
                place_code=code,
                county_code=f"{city}01",
                city_code=city,
                item_code=item.code,
                quantity=1 + round(peak * math.exp(-(((day - middle) / (0.3 * self.size.days)) ** 2))),
                priority_class=priority,
                due_hour=24 * (day + 1),
                latest_hour=24 * (day + 1),
            )
            for day in range(self.size.days)
        ]

    def _stock(self) -> tuple[list[Lot], list[Floor], list[Dock]]:
        """Shares of every item over its holders, a depot's ten times a county's; then output and docks."""
        lots: list[Lot] = []
        floors: list[Floor] = []
        wanted = dict.fromkeys((item.code for item in self.items), 0)
        for need in self.needs:
            wanted[need.item_code] += need.quantity
        for item in self.items:
            stock = wanted[item.code] * self.draw.uniform(0.35, 0.60)
            shares = {source: self._share(source) for source in self.sources}
            for source, share in shares.items():
                quantity = int(stock * share / sum(shares.values()))
                lots += self._lots(source, item, quantity, BASIS[source.holder])
                if source.holder in (HolderKind.CITY, HolderKind.PROVINCE) and self.draw.random() < 0.4:
                    floors.append(Floor(source.code, item.code, 0, quantity // 5, quantity // 10))
        makers = [source.code for source in self.sources if source.holder is HolderKind.PRODUCER]
        daily = {code: quantity / self.size.days for code, quantity in wanted.items()}
        self.production = draw_production(self.draw, makers, daily, self.size.days, self.size.batch_days)
        return lots, floors, self._docks(lots + self.production.output())

    def _docks(self, lots: list[Lot]) -> list[Dock]:
        volumes = {item.code: item.volume_cm3 for item in self.items}
        behind = dict.fromkeys((source.code for source in self.sources), 0)
        for lot in lots:
            behind[lot.source_code] += lot.quantity * volumes[lot.item_code]
        hours = {code: 24 * self.size.days * self.draw.uniform(0.6, 1.8) for code in behind}
        rates = {source.site_code: int(behind[source.code] / hours[source.code]) for source in self.sources}
        return [Dock(code, max(20_000, rate)) for code, rate in rates.items()]

    def _share(self, source: Source) -> float:
        if source.holder is HolderKind.PROVINCE:
            return self.draw.uniform(5.0, 15.0)
        return self.draw.uniform(0.3, 1.7) if self.draw.random() < self.size.held else 0.0

    def _lots(self, source: Source, item: Item, quantity: int, basis: Basis) -> list[Lot]:
        """One lot, or three times in ten two of which the older half dies inside the horizon."""
        if quantity == 0:
            return []
        old = quantity // 2 if self.draw.random() < 0.3 else 0
        last = self.draw.randint(24, 24 * self.size.days)
        fresh = Lot("B", source.code, item.code, quantity - old, basis=basis)
        return [Lot("A", source.code, item.code, old, last, basis=basis), fresh] if old else [fresh]

    def routes(self) -> list[Route]:
        """From the depots, the nearest producers and the nearest sources, as many as give each item its lanes."""
        roads = []
        nearest = round(self.size.nearest / self.size.held)
        for place, _ in self.places:
            ranked = sorted(self.sources, key=lambda source: (self._km(source.site_code, place), source.code))
            depots = [source for source in ranked if source.holder is HolderKind.PROVINCE]
            makers = [source for source in ranked if source.holder is HolderKind.PRODUCER][: self.size.near]
            for source in sorted({*ranked[:nearest], *makers, *depots}, key=lambda source: source.code):
                km = self._km(source.site_code, place)
                roads.append(Route(source.site_code, place, 1 + km // AVERAGE_SPEED_KM_H, km))
        return roads

    def _km(self, site_code: str, place_code: str) -> int:
        return round(1.3 * math.dist(self.at[site_code], self.at[place_code]))


def province(size: str, seed: int = 0, *, lines: bool = False) -> Instance:
    """The province of a size and a seed; equal arguments give an equal instance.

    lines  whether it carries lines and raw material for the plan to decide on, or their output as staff would have it
    """
    drawn = _Province(SIZES[size], seed)
    made = drawn.production
    return Instance(
        t0=HORIZON_START,
        boundaries=tuple(range(0, 24 * SIZES[size].days + 1, 24)),
        items=tuple(drawn.items),
        sources=tuple(drawn.sources),
        lots=(*drawn.lots, *(() if lines else made.output())),
        floors=tuple(drawn.floors),
        incidents=(Incident("X", Level.II),),
        steps=CASCADE,
        needs=tuple(drawn.needs),
        routes=tuple(drawn.routes()),
        docks=tuple(drawn.docks),
        lines=made.lines() if lines else (),
        materials=made.materials() if lines else (),
        parts=made.uses() if lines else (),
    )
