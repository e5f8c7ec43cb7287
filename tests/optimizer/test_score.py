"""What a plan is worth, in the figures that people read."""

from dataclasses import replace

from optimizer.dispatch.draft import need_result
from optimizer.dispatch.instance import Instance, Item
from optimizer.dispatch.score import weighted_unmet_ppm
from tests.optimizer.worlds import make_need, make_world


def two_items() -> Instance:
    """A hundred masks of class 1, a hundred of class 3, ten suits of class 2."""
    needs = (
        make_need("N1", quantity=100),
        make_need("N2", quantity=10, item_code="SUIT", priority_class=2),
        make_need("N3", quantity=100, priority_class=3),
    )
    return make_world(items=(Item("MASK"), Item("SUIT")), lots=(), needs=needs)


def test_a_unit_weighs_as_its_class_over_the_whole_need_of_its_item() -> None:
    world = two_items()
    unmet = {"N1": 10, "N2": 10, "N3": 0}
    results = [
        replace(need_result(need, need.quantity, ()), unmet=unmet[need.code], on_time=need.quantity - unmet[need.code])
        for need in world.needs
    ]

    assert weighted_unmet_ppm(world, results) == 431_250


def test_what_came_before_the_plan_is_met() -> None:
    world = two_items()
    world = replace(world, needs=tuple(replace(need, received=need.quantity // 2) for need in world.needs))

    assert weighted_unmet_ppm(world, [need_result(need, need.open_quantity, ()) for need in world.needs]) == 500_000


def test_no_need_is_no_unmet() -> None:
    assert weighted_unmet_ppm(make_world(needs=()), ()) == 0
