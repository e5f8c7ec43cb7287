"""Two plans side by side, the price of a pin, and what one more of something would do."""

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.compare import Shift, compare_plans, compare_policies, price_of_pin
from optimizer.dispatch.instance import Dock, HolderKind, Instance, Item, Pin, Route
from optimizer.dispatch.policy import Between, Fairness, Policy
from optimizer.dispatch.worth import more_loading, more_stock, more_time, worth_of
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world


def scarce() -> Instance:
    """Ten masks for a class 1 need and a class 3 need of ten each, at two places."""
    return make_world(
        lots=(make_lot(quantity=10),),
        needs=(make_need("N1", quantity=10), make_need("N3", "P3", 10, priority_class=3)),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S1", "P3", 2, 10)),
    )


def test_the_table_says_who_gains_and_who_loses() -> None:
    found = compare_policies(scarce(), Policy(), Policy(between=Between.WEIGHTED))

    assert found.losers == (Shift(1, "MASK", "P1", "X", 10, 10, 5),)
    assert found.gainers == (Shift(3, "MASK", "P3", "X", 10, 0, 5),)
    assert (found.unmet_first, found.unmet_second) == ({1: 0, 3: 10}, {1: 5, 3: 5})


def test_equal_plans_have_an_empty_table() -> None:
    plan = allocate(scarce())

    assert compare_plans(scarce(), plan, plan).shifts == ()


def test_a_pin_is_priced_in_units_and_kilometres() -> None:
    world = make_world(
        sources=(make_source("S1"), make_source("S2", HolderKind.PROVINCE, "13", "13")),
        lots=(make_lot(quantity=60), make_lot("L2", "S2", 60)),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S2", "P1", 3, 50)),
    )

    found = price_of_pin(world, Pin("S2", "N1", 20))

    costs = [next(v.value for v in stages if v.name == "cost") for stages in (found.stages_first, found.stages_second)]
    assert (found.shifts, costs) == ((), [60 * 10, 40 * 10 + 20 * 50])


def test_one_more_unit_is_worth_one_until_nobody_lacks_any() -> None:
    world = make_world(lots=(make_lot(quantity=40),))

    found = worth_of(world, "stock", more_stock("S1", "MASK"))

    assert (found.gain, found.up_to) == ({1: 1}, 20)
    assert [(shift.place_code, shift.gain) for shift in found.shifts] == [("P1", 1)]


def test_stock_that_nobody_lacks_is_worth_nothing() -> None:
    found = worth_of(make_world(), "stock", more_stock("S1", "MASK"))

    assert (found.gain, found.up_to, found.shifts) == ({}, 0, ())


def test_loading_is_worth_what_it_lets_out_before_the_hour() -> None:
    world = make_world(
        items=(Item("MASK", volume_cm3=2),),
        boundaries=(0, 24),
        docks=(Dock("W-S1", 1),),
        needs=(make_need(quantity=60),),
    )

    found = worth_of(world, "loading", more_loading("W-S1"), Policy(Fairness.TOTAL))

    assert (found.gain, found.up_to) == ({1: 12}, 4)


def test_an_hour_more_is_worth_the_goods_that_come_in_it() -> None:
    world = make_world(needs=(make_need(quantity=60, due=1, latest_hour=1),))

    assert worth_of(world, "time", more_time("N1")).gain == {1: 60}
