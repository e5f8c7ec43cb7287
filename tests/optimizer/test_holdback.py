"""What holding back costs when the need turns out low, as thought, or high."""

from optimizer.dispatch.holdback import Regret, held_back, least_regret, regret_table
from optimizer.dispatch.instance import Instance, Route
from tests.optimizer.worlds import make_lot, make_need, make_world


def two_places() -> Instance:
    """100 masks; a class 2 need of 100 today at P2, and a class 1 need of 40 two days later at P1."""
    return make_world(
        needs=(make_need("N1", "P1", 40, 48), make_need("N2", "P2", 60, 6, priority_class=2)),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S1", "P2", 2, 10)),
    )


def test_what_is_sent_early_is_missed_when_the_higher_class_turns_out_large() -> None:
    table = regret_table(two_places(), 12, held_percents=(0, 50))

    assert [(row.held_percent, row.scenario, row.unmet, row.regret) for row in table] == [
        (0, "low", {1: 0, 2: 0}, 0),
        (0, "base", {1: 0, 2: 0}, 0),
        (0, "high", {1: 40, 2: 60}, 40 * 9 + 60 * 3 - 100 * 3),
        (50, "low", {1: 0, 2: 20}, 60),
        (50, "base", {1: 0, 2: 50}, 150),
        (50, "high", {1: 0, 2: 110}, 110 * 3 - 100 * 3),
    ]
    assert least_regret(table) == 50


def test_the_least_worst_regret_is_chosen_and_the_smaller_share_between_equals() -> None:
    table = [Regret(0, "high", {}, 9), Regret(0, "low", {}, 0), Regret(10, "high", {}, 4), Regret(10, "low", {}, 5)]

    assert least_regret(table) == 10
    assert least_regret([*table, Regret(20, "high", {}, 5)]) == 10


def test_packs_are_held_whole() -> None:
    world = make_world(lots=(make_lot(quantity=100, pack_size=25),))

    assert [lot.quantity for lot in held_back(world, 30).lots] == [50]
