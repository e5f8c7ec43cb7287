"""The checker finds every kind of lie."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.check import check
from optimizer.dispatch.instance import (
    Dock,
    Floor,
    Incident,
    Instance,
    Item,
    Level,
    Rounding,
    Route,
    SourceKind,
)
from optimizer.dispatch.plan import Plan, Shipment
from tests.optimizer.worlds import make_lot, make_need, make_world

Forge = Callable[[Shipment], Shipment]


def world() -> Instance:
    return make_world(
        lots=(make_lot(quantity=80, last_usable_hour=40, pack_size=10, available_from_hour=3),),
        floors=(Floor("S1", "MASK", operating=20, strategic=10, readiness=5),),
        needs=(make_need(rounding=Rounding.DOWN, due=20),),
        routes=(Route("W-S1", "P1", 2, 10, ((10, 12),)),),
        items=(Item("MASK", volume_cm3=1),),
        docks=(Dock("W-S1", 60),),
        incidents=(Incident("X", Level.III),),
    )


def forged(change: Forge, truth: Instance | None = None) -> set[str]:
    truth = truth or world()
    plan = allocate(truth)
    first, *rest = plan.shipments
    return {row.rule for row in check(truth, replace(plan, shipments=(change(first), *rest)))}


def test_a_sound_plan_has_no_violation() -> None:
    assert check(world(), allocate(world())) == []


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("known_need", lambda row: replace(row, need_code="N9")),
        ("known_lot", lambda row: replace(row, lot_code="L9")),
        ("positive_quantity", lambda row: replace(row, quantity=-10)),
        ("same_place", lambda row: replace(row, place_code="P9")),
        ("lot_available", lambda row: replace(row, leave_hour=0, arrive_hour=2)),
        ("lot_quantity", lambda row: replace(row, quantity=90)),
        ("floor_against_own", lambda row: replace(row, quantity=70)),
        ("floor_against_release", lambda row: replace(row, quantity=70)),
        ("floor_against_others", lambda row: replace(row, source_kind=SourceKind.NEIGHBOUR_STOCK)),
        ("remaining_life", lambda row: replace(row, leave_hour=39, arrive_hour=41)),
        ("known_route", lambda row: replace(row, place_code="P9")),
        ("travel_time", lambda row: replace(row, arrive_hour=row.leave_hour + 1)),
        ("travel_time", lambda row: replace(row, km=9)),
        ("leaves_inside_horizon", lambda row: replace(row, leave_hour=96, arrive_hour=98)),
        ("road_open", lambda row: replace(row, leave_hour=9, arrive_hour=11)),
        ("on_time_as_stated", lambda row: replace(row, on_time=False)),
        ("arrives_in_time", lambda row: replace(row, leave_hour=19, arrive_hour=21)),
        ("known_step", lambda row: replace(row, step=77)),
        ("known_step", lambda row: replace(row, authority="nobody")),
        (
            "step_fits_lane",
            lambda row: replace(row, step=1, source_kind=SourceKind.OWN_COUNTY_STOCK, authority="county_head"),
        ),
        (
            "step_open_at_level",
            lambda row: replace(
                row, step=4, source_kind=SourceKind.NEIGHBOUR_STOCK, authority="provincial_commission_deputy"
            ),
        ),
        (
            "paper_on_file",
            lambda row: replace(
                row, step=3, source_kind=SourceKind.PROVINCE_STOCK, authority="holder_commission_member"
            ),
        ),
        ("dock", lambda row: replace(row, quantity=190)),
        ("whole_packs", lambda row: replace(row, quantity=55)),
        ("need_not_exceeded", lambda row: replace(row, quantity=65)),
        ("stated_on_time", lambda row: replace(row, quantity=50)),
        ("excess_as_stated", lambda row: replace(row, excess=10)),
    ],
)
def test_a_planted_lie_is_found(rule: str, change: Forge) -> None:
    truth = replace(world(), docks=(Dock("W-S1", 30),)) if rule == "dock" else world()

    assert rule in forged(change, truth)


@pytest.mark.parametrize("field", ["open", "late", "unmet", "excess"])
def test_a_wrong_sum_is_found(field: str) -> None:
    plan = allocate(world())
    result = replace(plan.needs[0], **{field: 7})

    assert f"stated_{field}" in {row.rule for row in check(world(), replace(plan, needs=(result,)))}


def test_a_need_left_out_and_a_plan_of_another_world_are_found() -> None:
    plan: Plan = allocate(world())

    assert check(world(), replace(plan, needs=()))[0].rule == "one_result_per_need"
    assert "made_from_this_instance" in {row.rule for row in check(world(), replace(plan, instance_hash="0" * 64))}
