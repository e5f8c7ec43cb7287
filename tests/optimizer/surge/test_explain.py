"""What one more of a material is worth: every number is found again by projecting the world with it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from optimizer.surge.brief import Brief, brief
from optimizer.surge.explain import Effect, Span, binding_materials, connected, spans, worth_of
from optimizer.surge.instance import Demand, Material, SurgeInstance, Use
from optimizer.surge.project import missing_by_item, project
from tests.optimizer.surge.worlds import DAYS, line, surges, world

FABRIC = Material("M07", "m2", daily=40)
INSTANCE = world(line(rates=(30,)), materials=(FABRIC,), uses=(Use("SUIT", "M07", 4),), need=20)


def with_more(instance: SurgeInstance, code: str, quantity: int, day: int = 0) -> SurgeInstance:
    materials = tuple(
        replace(each, arrivals=((day, quantity),)) if each.code == code else each for each in instance.materials
    )
    return replace(instance, materials=materials)


def test_the_worth_of_a_material_ends_where_the_need_is_met() -> None:
    worth = worth_of(INSTANCE, "M07", "SUIT")

    assert worth is not None
    assert (worth.quantity, worth.pieces) == (4, 1)
    assert worth.pieces_in_all == 70  # seven days of issue, ten pieces short on each; day 0 cannot be helped
    assert worth.helps_up_to == 280
    assert worth.next_limit == "capacity"


def test_the_last_day_on_which_it_may_come_is_told() -> None:
    late_need = replace(INSTANCE, demands=(Demand("SUIT", 0, (0,) * 7 + (100,)),))

    worth = worth_of(late_need, "M07", "SUIT")

    assert worth is not None
    assert (worth.pieces_in_all, worth.helps_up_to) == (30, 120)  # ten a day without, a hundred wanted, thirty a day
    assert worth.needed_by_day == 5  # two days at thirty, ten more each than without, and one of fifty


def test_enough_of_a_material_has_no_worth() -> None:
    plenty = replace(INSTANCE, materials=(replace(FABRIC, daily=400),))

    assert worth_of(plenty, "M07", "SUIT") is None
    assert worth_of(INSTANCE, "M99", "SUIT") is None


def test_the_worth_says_who_loses() -> None:
    lines = (line("S", (10,), from_day=1), line("G", (10,), "GOWN"))
    uses = (Use("SUIT", "TAPE", 1), Use("GOWN", "TAPE", 1), Use("GOWN", "CLOTH", 1))
    materials = (Material("TAPE", "m", opening=10), Material("CLOTH", "m2"))
    demands = (Demand("SUIT", 0, (0,) * 7 + (10,)), Demand("GOWN", 0, (0,) * 7 + (10,)))
    instance = SurgeInstance("2021-01-05", DAYS, lines, materials, uses, demands, ("SUIT", "GOWN"))

    worth = worth_of(instance, "CLOTH", "GOWN")

    assert worth is not None
    assert (worth.pieces_in_all, worth.others) == (10, (Effect("SUIT", -10),))


def test_what_binds_a_material_is_named_after_what_binds_the_item() -> None:
    lines = (line("F", (200,), "M07"), line())
    materials = (Material("M07", "m2"), Material("M11", "kg", daily=100))
    uses = (Use("SUIT", "M07", 4), Use("M07", "M11", 1))
    instance = world(*lines, materials=materials, uses=uses, need=80)

    assert binding_materials(project(instance), "SUIT") == ("M07", "M11")
    assert [worth.material_code for worth in brief(instance).items[0].worths] == ["M07", "M11"]


def test_days_with_one_limit_are_told_together() -> None:
    assert spans(("ramp", "ramp", "M07", "ramp")) == (Span("ramp", 0, 1), Span("M07", 2, 2), Span("ramp", 3, 3))


def test_only_what_can_touch_an_item_is_projected_again() -> None:
    other = world(line("X", product="TENT"), materials=(Material("OX", "m2"),), uses=(Use("TENT", "OX", 1),))
    both = replace(
        INSTANCE,
        lines=(*INSTANCE.lines, *other.lines),
        materials=(*INSTANCE.materials, *other.materials),
        uses=(*INSTANCE.uses, *other.uses),
    )

    assert connected(both, "SUIT") == INSTANCE


@settings(max_examples=60, deadline=None)
@given(surges())
def test_every_worth_that_is_told_holds_when_projected_again(instance: SurgeInstance) -> None:
    told = brief(instance)
    for item in told.items:
        for worth in item.worths:
            missing = {
                more: missing_by_item(with_more(instance, worth.material_code, more))[item.item_code]
                for more in (0, worth.quantity - 1, worth.quantity, worth.helps_up_to, 2 * worth.helps_up_to)
            }
            late = with_more(instance, worth.material_code, worth.helps_up_to, worth.needed_by_day)
            assert missing[worth.quantity - 1] >= item.missing == missing[0]
            assert missing[worth.quantity] == item.missing - worth.pieces < item.missing
            assert missing[worth.helps_up_to] == item.missing - worth.pieces_in_all
            assert missing_by_item(late)[item.item_code] <= missing[worth.helps_up_to]
    assert Brief.from_json(told.projection.to_json(), told.explanation()) == told
