"""Cargo becomes vehicle loads: nothing lost, nothing overloaded, out of the gate no faster than it lets."""

from dataclasses import replace

import pytest

from optimizer.dispatch.cargo import LoadingQuestion, read_loading, read_loading_question
from optimizer.dispatch.check_loads import loading_violations
from optimizer.dispatch.freight import Cargo, Fleet, Gate, Line, Load, Loading
from optimizer.dispatch.loads import load_vehicles
from optimizer.dispatch.study import answer

TRUCK = Fleet("CITY", "truck", 1_000, 100, 10, 30, 60)
VAN = Fleet("CITY", "van", 300, 30, 10, 10, 60)
NODES = ("CITY", "FAR", "W", "P1", "P2")
ROADS = {one: {other: 10 * abs(NODES.index(one) - NODES.index(other)) for other in NODES} for one in NODES}
"""Ten kilometres from each to the next: CITY FAR W P1 P2."""
FLAT = {one: dict.fromkeys(NODES, 0 if one in ("CITY", "FAR") else 10) for one in NODES}


def line(place: str, quantity: int, pack: int = 1, grams: int = 1, cm3: int = 10, due: int | None = None) -> Line:
    return Line(place, "BED", quantity, pack, quantity * grams, quantity * cm3, due_minute=due)


def cargo(*lines: Line, leave: int = 0) -> list[Cargo]:
    return [Cargo("W", leave, lines)]


def loaded(cargoes: list[Cargo], *fleets: Fleet, gate: Gate | None = None) -> Loading:
    """Loads that the independent look finds nothing wrong with."""
    chosen = fleets or (TRUCK,)
    found = load_vehicles(cargoes, chosen, FLAT, {"W": gate or Gate()})
    assert loading_violations(cargoes, chosen, FLAT, {"W": gate or Gate()}, found) == []
    return found


def tours(found: Loading) -> list[list[tuple[str, list[int]]]]:
    return [[(stop.place_code, [row.quantity for row in stop.lines]) for stop in load.stops] for load in found.loads]


def test_a_full_vehicle_goes_straight_and_the_rests_share_one() -> None:
    found = loaded(cargo(line("P1", 14), line("P2", 5)))

    assert tours(found)[0] == [("P1", [10])]
    assert sorted(tours(found)[1]) == [("P1", [4]), ("P2", [5])]
    assert (len(found.loads), found.left) == (2, ())


def test_packs_stay_whole_on_a_vehicle() -> None:
    assert tours(loaded(cargo(line("P1", 12, pack=4)))) == [[("P1", [8])], [("P1", [4])]]


def test_an_opened_pack_does_not_make_the_others_smaller() -> None:
    found = loaded(cargo(line("P1", 12, pack=10)), replace(TRUCK, volume_cm3=60), replace(TRUCK, home="FAR"))

    assert [(load.home, load.cm3) for load in found.loads] == [("FAR", 100), ("FAR", 20)]


def test_what_finds_no_vehicle_is_left_and_said() -> None:
    found = loaded(cargo(line("P1", 8), line("P2", 8)), replace(TRUCK, vehicles=1))

    assert [load.stops[0].place_code for load in found.loads] == ["P1"]
    assert [(row.place_code, row.quantity) for row in found.left] == [("P2", 8)]


def test_who_is_due_first_gets_the_last_vehicle() -> None:
    rows = (line("P1", 8, due=900), line("P2", 8, due=600))

    found = loaded(cargo(*rows), replace(TRUCK, vehicles=1))

    assert tours(found) == [[("P2", [8])]]


def test_vehicles_queue_at_one_dock_and_travel_at_their_speed() -> None:
    found = loaded(cargo(line("P1", 20), leave=60))

    assert [(load.load_minute, load.depart_minute, load.stops[0].arrive_minute) for load in found.loads] == [
        (60, 90, 100),
        (90, 120, 130),
    ]


def test_a_gate_lets_out_so_many_an_hour() -> None:
    found = loaded(cargo(line("P1", 30)), gate=Gate(docks=3, per_hour=2))

    assert [(load.load_minute, load.depart_minute) for load in found.loads] == [(0, 30), (0, 60), (0, 90)]


def test_a_small_rest_takes_a_small_vehicle() -> None:
    found = loaded(cargo(line("P1", 12)), TRUCK, VAN)

    assert [load.vehicle_code for load in found.loads] == ["truck", "van"]


def test_vehicles_come_from_near_before_far_and_not_before_they_can() -> None:
    near, far = replace(TRUCK, home="FAR", vehicles=1), replace(TRUCK, vehicles=1, from_minute=60)
    cargoes = cargo(line("P1", 20))

    found = load_vehicles(cargoes, (near, far), ROADS)

    assert loading_violations(cargoes, (near, far), ROADS, {}, found) == []
    assert [(load.home, load.load_minute) for load in found.loads] == [("FAR", 10), ("CITY", 80)]


def test_a_vehicle_in_time_goes_before_a_nearer_one_that_is_not() -> None:
    near, far = replace(TRUCK, home="FAR", from_minute=500), replace(TRUCK, vehicles=1)

    found = load_vehicles(cargo(line("P1", 20, due=200)), (near, far), ROADS)

    assert [(load.home, load.stops[0].late_minutes) for load in found.loads] == [("CITY", 0), ("FAR", 350)]


def test_a_pick_list_names_what_expires_first_first() -> None:
    lots = [replace(line("P1", 2), lot_code=code, expires_on=day) for code, day in (("B", None), ("A", "2027-01-31"))]

    (load,) = loaded(cargo(*lots)).loads

    assert [row.lot_code for row in load.stops[0].lines] == ["A", "B"]


def test_a_question_of_loads_goes_over_as_text_and_is_answered_the_same_twice() -> None:
    question = LoadingQuestion(tuple(cargo(line("P1", 14), line("P2", 5))), (TRUCK,), FLAT, {"W": Gate(2, 4)})

    assert read_loading_question(question.plain()) == question
    first, second = (answer({"kind": "loads", **question.plain()})["answer"] for _ in range(2))
    assert first == second


def broken(load: Load, what: str) -> Load:
    stop = load.stops[0]
    return {
        "overloaded": replace(load, stops=(replace(stop, lines=(replace(stop.lines[0], grams=2_000),)),)),
        "km in": replace(load, stops=(replace(stop, arrive_minute=load.depart_minute + 1),)),
        "loaded or left": replace(load, stops=(replace(stop, lines=(replace(stop.lines[0], quantity=9),)),)),
        "two vehicles at dock": replace(load, dock=0, load_minute=0, depart_minute=30),
        "too fast": replace(load, depart_minute=load.load_minute + 1),
        "has no van": replace(load, vehicle_code="van"),
        "km told": replace(load, km=3),
        "unloaded at": replace(load, stops=(replace(stop, place_code="P2"),)),
    }[what]


@pytest.mark.parametrize(
    "what",
    [
        *("overloaded", "km in", "loaded or left", "two vehicles at dock", "too fast", "has no van", "km told"),
        "unloaded at",
    ],
)
def test_the_independent_look_sees_what_is_wrong(what: str) -> None:
    cargoes = cargo(line("P1", 20))
    found = load_vehicles(cargoes, (TRUCK,), FLAT)
    wrong = replace(found, loads=(found.loads[0], broken(found.loads[1], what)))

    faults = loading_violations(cargoes, (TRUCK,), FLAT, {}, wrong)

    assert [fault for fault in faults if what in fault]


def test_the_independent_look_counts_vehicles_and_departures() -> None:
    cargoes = cargo(line("P1", 30))
    found = load_vehicles(cargoes, (TRUCK,), FLAT, {"W": Gate(docks=3)})

    faults = loading_violations(cargoes, (replace(TRUCK, vehicles=2),), FLAT, {"W": Gate(docks=3, per_hour=2)}, found)

    assert faults == ["('CITY', 'truck'): 3 vehicles used of 2", "W: more than 2 vehicles leave in an hour"]
    assert read_loading({"loads": [], "left": []}) == Loading((), ())
