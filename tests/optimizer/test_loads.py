"""Plans become vehicle loads: nothing lost, nothing overloaded, and the flood of August 2023 fits its vehicles."""

import csv
import math
import time
from collections import Counter
from pathlib import Path

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.instance import Item
from optimizer.dispatch.loads import Line, VehicleClass, lines_of, load_vehicles
from tests.optimizer.worlds import make_lot, make_need, make_world

DATA = Path(__file__).parents[2] / "seed" / "data"
TRUCK = VehicleClass("truck", 1_000, 100, 10, 30, 60)


def line(place: str, quantity: int, pack: int = 1, grams: int = 1, cm3: int = 10) -> Line:
    return Line(place, "BED", quantity, pack, quantity * grams, quantity * cm3)


def flat(one: str, other: str) -> int:
    return 0 if one == other else 10


def test_a_full_vehicle_goes_straight_and_the_rests_share_one() -> None:
    found = load_vehicles({("W", 0): [line("P1", 14), line("P2", 5)]}, [TRUCK], flat)

    tours = [[(stop.place_code, [row.quantity for row in stop.lines]) for stop in load.stops] for load in found.loads]
    assert tours[0] == [("P1", [10])]
    assert sorted(tours[1]) == [("P1", [4]), ("P2", [5])]
    assert (len(found.loads), found.left) == (2, ())


def test_packs_stay_whole_on_a_vehicle() -> None:
    found = load_vehicles({("W", 0): [line("P1", 12, pack=4)]}, [TRUCK], flat)

    assert [row.quantity for load in found.loads for stop in load.stops for row in stop.lines] == [8, 4]


def test_what_finds_no_vehicle_is_left_and_said() -> None:
    one = VehicleClass("truck", 1_000, 100, 1, 30, 60)

    found = load_vehicles({("W", 0): [line("P1", 8), line("P2", 8)]}, [one], flat)

    assert [load.stops[0].place_code for load in found.loads] == ["P1"]
    assert [(row.place_code, row.quantity) for row in found.left] == [("P2", 8)]


def test_vehicles_queue_at_one_dock_and_travel_at_their_speed() -> None:
    found = load_vehicles({("W", 1): [line("P1", 20)]}, [TRUCK], flat)

    assert [(load.load_minute, load.depart_minute, load.stops[0].arrive_minute) for load in found.loads] == [
        (60, 90, 100),
        (90, 120, 130),
    ]


def test_pick_lines_add_up_to_the_plan() -> None:
    world = make_world(
        items=(Item("MASK", 5, 7),), lots=(make_lot(pack_size=10),), needs=(make_need(), make_need("N2", quantity=30))
    )
    plan = allocate(world)

    (rows,) = lines_of(world, plan).values()

    assert [(row.quantity, row.pack_size, row.grams, row.cm3) for row in rows] == [(90, 10, 450, 630)]


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_flood_dispatch_of_2023_needs_no_more_vehicles_than_were_used() -> None:
    items = {row["item_code"]: row for row in read("items.csv")}
    sizes = {row["item_code"]: int(row["units_per_pack"]) for row in read("packs.csv")}
    points = {
        row["site_code"]: (float(row["latitude"]), float(row["longitude"])) for row in read("receiving_points.csv")
    }
    depot = next(row for row in read("warehouses.csv") if row["warehouse_code"] == "WH-P01")
    at = points | {"WH-P01": (float(depot["latitude"]), float(depot["longitude"]))}
    columns = next(iter(items.values())).keys()
    weight, volume = (next(name for name in columns if part in name) for part in ("weight", "volume"))
    rows = []
    for item in read("flood_items.csv"):
        left = int(item["pieces"])
        drops = read("flood_points.csv")
        for number, point in enumerate(drops):
            share = left if number == len(drops) - 1 else round(int(item["pieces"]) * float(point["share_of_pieces"]))
            left -= share
            facts = items[item["item_code"]]
            grams, cm3 = round(1000 * float(facts[weight])), round(1e6 * float(facts[volume]))
            pack = sizes.get(item["item_code"], 1)
            rows.append(Line(point["site_code"], item["item_code"], share, pack, share * grams, share * cm3))
    assert (sum(row.quantity for row in rows), len({row.place_code for row in rows})) == (134_233, 28)
    trucks = [
        VehicleClass(row["vehicle_type"], 1000 * int(row["payload_kg"]), 10**6 * int(row["volume_m3"]), 116, 90, 40)
        for row in read("vehicle_types.csv")
        if row["vehicle_type"] in ("truck_9m6", "truck_13m")
    ]

    def roads(one: str, other: str) -> int:
        (north, east), (north_2, east_2) = at[one], at[other]
        return round(1.3 * 111 * math.hypot(north - north_2, 0.78 * (east - east_2)))

    started = time.process_time()
    found = load_vehicles({("WH-P01", 0): rows}, trucks, roads, {"WH-P01": 4})
    seconds = time.process_time() - started

    assert (len(found.loads) <= 116, found.left, seconds <= 60) == (True, (), True)
    limits = {row.code: row for row in trucks}
    for load in found.loads:
        assert load.grams <= limits[load.vehicle_code].payload_g
        assert load.cm3 <= limits[load.vehicle_code].volume_cm3
    carried = Counter[tuple[str, str]]()
    for load in found.loads:
        for stop in load.stops:
            carried.update({(row.place_code, row.item_code): row.quantity for row in stop.lines})
    assert carried == {(row.place_code, row.item_code): row.quantity for row in rows}
