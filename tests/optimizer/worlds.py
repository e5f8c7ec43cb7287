"""Small and middling worlds for the optimizer's tests: seeded, lawful, short of something."""

from __future__ import annotations

import random

from optimizer.dispatch.instance import (
    Basis,
    CascadeStep,
    Floor,
    HolderKind,
    Incident,
    Instance,
    Item,
    Level,
    Lot,
    Need,
    NeedKind,
    Rounding,
    Route,
    Source,
    SourceKind,
)
from optimizer.grid import TimeGrid

T0 = "2021-01-05T00:00:00+00:00"
STEPS = tuple(
    CascadeStep(number, SourceKind(kind), Level(level), authority, Level(paper) if paper else None)
    for number, kind, level, authority, paper in (
        (1, "own_county_stock", "IV", "county_head", ""),
        (2, "own_city_stock", "IV", "holder_commission_member", ""),
        (3, "province_stock_above_floor", "III", "holder_commission_member", "III"),
        (4, "neighbour_city_stock_above_floor", "II", "provincial_commission_deputy", ""),
        (5, "accepted_offer", "III", "city_commission_chair", ""),
        (6, "producer_stock_on_behalf", "II", "provincial_commission_deputy", ""),
        (7, "capacity_activation", "II", "provincial_commission_deputy", ""),
        (8, "requisition", "I", "provincial_commission_director", "I"),
        (9, "strategic_floor", "I", "provincial_commission_director", "I"),
    )
)


def make_world(**changes: object) -> Instance:
    """One city source with 100 masks, one hospital that needs 60 by hour 24; keywords override whole tables."""
    rows: dict[str, object] = {
        "t0": T0,
        "boundaries": (0, 6, 12, 24, 48, 96),
        "items": (Item("MASK"),),
        "sources": (make_source("S1"),),
        "lots": (make_lot(),),
        "incidents": (Incident("X", Level.II),),
        "steps": STEPS,
        "needs": (make_need(),),
        "routes": (Route("W-S1", "P1", 2, 10),),
    }
    return Instance(**(rows | changes))  # type: ignore[arg-type]


def make_source(code: str, holder: HolderKind = HolderKind.CITY, region: str = "1301", city: str = "1301") -> Source:
    return Source(code, holder, region, city, f"W-{code}")


def make_lot(code: str = "L1", source: str = "S1", quantity: int = 100, **changes: object) -> Lot:
    return Lot(**({"code": code, "source_code": source, "item_code": "MASK", "quantity": quantity} | changes))  # type: ignore[arg-type]


def make_need(code: str = "N1", place: str = "P1", quantity: int = 60, due: int = 24, **changes: object) -> Need:
    rows: dict[str, object] = {
        "code": code,
        "incident_code": "X",
        "place_code": place,
        "county_code": "130109",
        "city_code": "1301",
        "item_code": "MASK",
        "quantity": quantity,
        "priority_class": 1,
        "due_hour": due,
        "latest_hour": due,
    }
    return Need(**(rows | changes))  # type: ignore[arg-type]


def province(seed: int, sources: int = 150, places: int = 25, items: int = 6, days: int = 10) -> Instance:
    """An outbreak across a province: stock for 40 to 90 % of the need, producers' output day by day, floors, expiry."""
    draw = random.Random(seed)
    cities = [f"13{n:02d}" for n in range(1, 15)]
    item_codes = [f"I{n}" for n in range(items)]
    packs = [draw.choice((1, 10, 25, 50)) for _ in item_codes]
    holders = [_holder(n, draw, cities) for n in range(sources)]
    needs = _province_needs(draw, places, item_codes, days)
    wanted = {code: sum(need.quantity for need in needs if need.item_code == code) for code in item_codes}
    lots, floors = [], []
    for number, source in enumerate(holders):
        for item, pack in zip(item_codes, packs, strict=True):
            if draw.random() < 0.7:
                share = wanted[item] * draw.uniform(0.4, 0.9) / (0.7 * sources)
                lots += _province_lots(draw, source, item, pack, int(share), days)
                if source.holder in (HolderKind.CITY, HolderKind.PROVINCE) and draw.random() < 0.5:
                    floors.append(Floor(source.code, item, operating=int(share * 0.2), strategic=int(share * 0.1)))
        del number
    routes = [
        Route(source.site_code, f"P{place}", draw.randint(1, 14), draw.randint(5, 700))
        for source in holders
        for place in range(places)
    ]
    return Instance(
        t0=T0,
        boundaries=TimeGrid.covering(24 * days).boundaries,
        items=tuple(Item(code) for code in item_codes),
        sources=tuple(holders),
        lots=tuple(lots),
        floors=tuple(floors),
        incidents=(Incident("X", Level.II, (3,)),),
        steps=STEPS,
        needs=tuple(needs),
        routes=tuple(routes),
    )


def _holder(number: int, draw: random.Random, cities: list[str]) -> Source:
    code, city = f"S{number:03d}", draw.choice(cities)
    if number < 6:
        return Source(code, HolderKind.PROVINCE, "13", "13", f"W{number:03d}")
    kind = draw.choice((HolderKind.CITY, HolderKind.COUNTY, HolderKind.PRODUCER, HolderKind.CHARITY))
    return Source(
        code, kind, city if kind is HolderKind.CITY else f"{city}{draw.randint(1, 9):02d}", city, f"W{number:03d}"
    )


def _province_needs(draw: random.Random, places: int, item_codes: list[str], days: int) -> list[Need]:
    needs = []
    for place in range(places):
        county = f"1301{place % 9 + 1:02d}"
        for item in item_codes:
            size = draw.choice((20, 200, 1500))
            needs += [
                make_need(
                    f"N-{place}-{item}-{day}",
                    f"P{place}",
                    draw.randint(1, size),
                    24 * day + 24,
                    county_code=county,
                    item_code=item,
                    priority_class=1 + (place + len(item)) % 3,
                )
                for day in range(days)
            ]
    return needs


def _province_lots(draw: random.Random, source: Source, item: str, pack: int, share: int, days: int) -> list[Lot]:
    quantity = share // pack * pack
    common = {"source": source.code, "item_code": item, "pack_size": pack}
    if source.holder is HolderKind.PRODUCER:
        daily = quantity // days // pack * pack
        hours = range(24, 24 * days, 24)
        basis = Basis.CAPACITY
        return [make_lot(f"C{h}", quantity=daily, available_from_hour=h, basis=basis, **common) for h in hours]
    basis = Basis.OFFERED if source.holder is HolderKind.CHARITY else Basis.OWNED
    last = draw.choice((None, None, 24 * 400, draw.randint(0, 24 * days)))
    half = quantity // 2 // pack * pack
    return [
        make_lot("A", quantity=half, last_usable_hour=last, basis=basis, **common),
        make_lot("B", quantity=quantity - half, basis=basis, **common),
    ]


def hospital_rounding(number: int) -> Rounding:
    """Each way of treating packs in turn."""
    return tuple(Rounding)[number % 3]


LUMP = NeedKind.LUMP


def tiny(seed: int, *, packs: bool = False, two_packs: bool = False) -> Instance:
    """Two or three sources, two to four places, a few units: small enough to enumerate, rich enough to err."""
    draw = random.Random(seed)
    holders = [
        make_source("S1", HolderKind.CITY),
        make_source("S2", draw.choice((HolderKind.PROVINCE, HolderKind.CITY)), "1302", "1302"),
        make_source("S3", draw.choice((HolderKind.COUNTY, HolderKind.PRODUCER, HolderKind.CHARITY)), "130109"),
    ][: draw.choice((2, 2, 3))]
    places = [f"P{n}" for n in range(1, draw.choice((3, 3, 4)) + (len(holders) == 2))]
    sizes = [draw.choice((2, 3)), draw.choice((2, 4))] if two_packs else [draw.choice((2, 3))] * 2 if packs else [1, 1]
    lots = [
        make_lot(
            f"L{n}",
            source.code,
            draw.randint(0, 3 if len(holders) == 3 else 4) * sizes[n % 2] + (draw.randint(0, 1) if packs else 0),
            last_usable_hour=draw.choice((None, None, 10, 30, 60)),
            pack_size=sizes[n % 2],
            available_from_hour=draw.choice((0, 0, 0, 20)),
            basis=_tiny_basis(source, draw),
        )
        for n, source in enumerate(holders)
    ]
    needs = [_tiny_need(n, place, draw, sizes, packs) for n, place in enumerate(places)]
    floors = [Floor("S1", "MASK", draw.randint(0, 1), draw.randint(0, 2), draw.randint(0, 2))]
    floors = [Floor("S1", "MASK", f.readiness, f.operating, f.strategic, draw.randint(0, f.strategic)) for f in floors]
    closed = ((0, 6),)
    routes = [
        Route(source.site_code, place, draw.randint(1, 8), draw.randint(1, 9), draw.choice(((), (), closed)))
        for source in holders
        for place in places
        if draw.random() < 0.85
    ]
    level = draw.choice((Level.I, Level.II, Level.III))
    papers = tuple(sorted(draw.sample((3, 8, 9), draw.randint(0, 3))))
    return make_world(
        sources=tuple(holders),
        lots=tuple(lots),
        floors=tuple(floors) if draw.random() < 0.6 else (),
        incidents=(Incident("X", level, papers),),
        needs=tuple(needs),
        routes=tuple(routes),
    )


def _tiny_basis(source: Source, draw: random.Random) -> Basis:
    if source.holder is HolderKind.PRODUCER:
        return draw.choice((Basis.ON_BEHALF, Basis.CAPACITY))
    return draw.choice((Basis.OFFERED, Basis.OWNED)) if source.holder is HolderKind.CHARITY else Basis.OWNED


def _tiny_need(number: int, place: str, draw: random.Random, sizes: list[int], packs: bool) -> Need:
    due = draw.choice((6, 12, 24, 48))
    lump = draw.random() < 0.4
    rounding = draw.choice((Rounding.DOWN, Rounding.UP)) if packs else Rounding.OPEN
    return make_need(
        f"N{number}",
        place if number < 3 else "P1",
        draw.randint(1, 3) * sizes[0] - (draw.randint(0, 1) if packs else 0),
        due,
        latest_hour=due + (draw.choice((0, 12, 40)) if lump else 0),
        kind=NeedKind.LUMP if lump else NeedKind.FLOW,
        hard=draw.random() < 0.3,
        rounding=rounding,
        priority_class=draw.choice((1, 1, 2)),
        received=draw.choice((0, 0, 0, 1)),
        min_life_hours=draw.choice((0, 0, 12)),
        county_code=draw.choice(("130109", "130110")),
    )
