"""Small shipments go where it costs nobody anything, and stay where it would."""

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.compare import unmet_by_class
from optimizer.dispatch.instance import HolderKind, Instance, Route
from optimizer.dispatch.small import without_small
from optimizer.dispatch.smallest import Smallest, small_cells
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world, tiny


def two_sources(second: int) -> Instance:
    return make_world(
        sources=(make_source("S1"), make_source("S2", HolderKind.PROVINCE, "13", "13")),
        lots=(make_lot(quantity=57), make_lot("L2", "S2", second)),
        routes=(Route("W-S1", "P1", 2, 10), Route("W-S2", "P1", 3, 50)),
    )


def test_three_masks_from_a_third_source_come_from_the_second_instead() -> None:
    world = make_world(
        sources=(make_source("S1"), make_source("S2"), make_source("S3")),
        lots=(make_lot(quantity=57), make_lot("L2", "S2", 3), make_lot("L3", "S3", 40)),
        routes=tuple(Route(f"W-S{n}", "P1", 2, 10 * n) for n in (1, 2, 3)),
        needs=(make_need(quantity=90),),
    )
    assert small_cells(allocate(world), [Smallest("MASK", 10)]) == [("S2", "MASK", "P1")]

    found = without_small(world, [Smallest("MASK", 10)])

    assert {row.source_code: row.quantity for row in found.plan.shipments} == {"S1": 57, "S3": 33}
    assert found.small == ()


def test_a_small_shipment_nobody_else_can_make_stays_and_is_named() -> None:
    world = two_sources(3)

    found = without_small(world, [Smallest("MASK", 10)])

    assert {row.source_code: row.quantity for row in found.plan.shipments} == {"S1": 57, "S2": 3}
    assert found.small == (("S2", "MASK", "P1"),)


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_tidying_costs_no_class_a_unit(seed: int) -> None:
    world = tiny(seed)

    found = without_small(world, [Smallest("MASK", 3)])

    assert not check(world, found.plan)
    assert unmet_by_class(world, found.plan) == unmet_by_class(world, allocate(world))
