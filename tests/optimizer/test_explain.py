"""Why a need is unmet, and whether the fix that is named would fix it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.provinces import province as behind_docks
from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.compare import unmet_by_class
from optimizer.dispatch.explain import (
    Binding,
    Exclusion,
    Explanation,
    Limit,
    Measure,
    Sharing,
    Unlock,
    explain,
    explain_unmet,
)
from optimizer.dispatch.instance import Dock, Floor, HolderKind, Incident, Instance, Item, Level, Pin, Route
from optimizer.dispatch.levers import Loss, levers_of
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.reach import least_unmet
from optimizer.dispatch.worth import granted
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world, province, tiny


def why(world: Instance) -> Explanation:
    (explanation,) = explain(world, allocate(world))
    return explanation


def test_a_closed_step_is_named_with_who_could_open_it() -> None:
    world = make_world(
        sources=(make_source("S1", HolderKind.PROVINCE, "13", "13"),), incidents=(Incident("X", Level.III),)
    )

    assert why(world) == Explanation(
        need_code="N1",
        unmet=60,
        short_of_pack=0,
        excluded=(Exclusion("paper_missing", 3, "holder_commission_member", ("S1",), 100, 2),),
        bindings=(Binding("no_lane", 0),),
        limits=(Limit("authority", "S1", 60),),
        unlock=Unlock(
            "open_step",
            3,
            "holder_commission_member",
            "S1",
            2,
            60,
            60,
            True,
            measures=(Measure("open_step", "S1", 60, 3, "holder_commission_member"),),
        ),
    )


def test_goods_a_floor_keeps_are_named_and_lowering_it_is_tried() -> None:
    world = make_world(floors=(Floor("S1", "MASK", operating=70),), needs=(make_need(city_code="1302"),))

    found = why(world)

    assert found.excluded == (Exclusion("kept_by_floor", 4, "provincial_commission_deputy", ("S1",), 70, 2),)
    assert found.limits == (Limit("floor", "S1", 30),)
    assert found.unlock == Unlock(
        "lower_floor", 0, "", "S1", 2, 30, 30, True, measures=(Measure("lower_floor", "S1", 30),)
    )


def test_goods_too_late_are_named_with_the_hour_they_could_be_there() -> None:
    found = why(make_world(needs=(make_need(due=1),)))

    assert found.excluded == (Exclusion("too_late", 2, "holder_commission_member", ("S1",), 100, 2),)
    assert found.limits == (Limit("deadline", "", 60),)
    assert found.unlock == Unlock("accept_late", 0, "", "S1", 2, 60, 60, True)


def test_no_road_and_dead_goods_are_told_apart() -> None:
    world = make_world(
        sources=(make_source("S1"), make_source("S2")),
        lots=(make_lot(last_usable_hour=9), make_lot("L2", "S2", 7)),
    )

    assert [(row.rule, row.sources, row.quantity) for row in why(world).excluded] == [
        ("no_route", ("S2",), 7),
        ("life_too_short", ("S1",), 100),
    ]


def test_goods_lost_to_a_higher_class_are_counted() -> None:
    needs = (make_need("N1", quantity=90), make_need("N2", quantity=30, priority_class=2))

    found = why(make_world(needs=needs))

    assert (found.need_code, found.unmet) == ("N2", 20)
    assert found.bindings == (Binding("higher_class", 90),)
    assert found.limits == (Limit("stock", "S1", 20),)
    assert found.unlock == Unlock(
        "more_stock", 0, "", "S1", 2, 20, 20, True, measures=(Measure("more_stock", "S1", 20),)
    )


def test_a_met_need_has_nothing_to_explain() -> None:
    world = make_world()

    assert explain(world, allocate(world)) == ()
    assert explain_unmet(world, allocate(world), "N1").unmet == 0


def test_goods_behind_a_slow_dock_are_let_out_by_as_much_loading_as_they_need() -> None:
    world = make_world(items=(Item("MASK", volume_cm3=2),), boundaries=(0, 24), docks=(Dock("W-S1", 1),))

    found = why(world)  # 22 hours are left to load: 1 cm3 an hour lets out 12 by the end of the period

    assert found.limits == (Limit("dock", "W-S1", 48),)
    assert found.unlock == Unlock(
        "more_loading", 0, "", "S1", 2, 48, 48, True, measures=(Measure("more_loading", "W-S1", 4),)
    )


def test_two_limits_are_named_together() -> None:
    world = make_world(
        items=(Item("MASK", volume_cm3=2),),
        boundaries=(0, 24),
        docks=(Dock("W-S1", 1),),
        lots=(make_lot(quantity=40),),
    )

    found = why(world)

    assert found.limits == (Limit("dock", "W-S1", 48), Limit("stock", "S1", 20))
    assert found.unlock is not None
    assert found.unlock.measures == (Measure("more_loading", "W-S1", 4), Measure("more_stock", "S1", 20))


def test_goods_for_a_shelf_below_its_floor_fill_the_floor_first() -> None:
    world = make_world(
        lots=(make_lot(quantity=10),),
        floors=(Floor("S1", "MASK", operating=30, strategic=30),),
        needs=(make_need(city_code="1302"),),
    )

    found = why(world)

    assert found.unlock is not None
    assert found.unlock.measures == (Measure("more_stock", "S1", 80),)
    assert unmet_by_class(world, allocate(granted(world, "MASK", found.unlock.measures))) == {1: 0}


def test_what_a_higher_class_lacks_is_said_to_come_first() -> None:
    needs = (make_need("N1", quantity=130), make_need("N2", quantity=30, priority_class=2))
    world = make_world(needs=needs)

    first, second = explain(world, allocate(world))

    assert first.unlock is not None
    assert second.unlock is not None
    assert (first.unlock.gain, first.unlock.also) == (30, 0)
    assert (second.unlock.gain, second.unlock.also) == (30, 30)


def test_nothing_can_be_done_where_no_road_leads() -> None:
    found = why(make_world(routes=()))

    assert (found.limits, found.unlock, found.covered) == ((Limit("road", "", 60),), None, 60)


def test_a_pin_stays_in_force_while_help_is_sought() -> None:
    world = make_world(lots=(make_lot(quantity=40),))
    plan = allocate(world, pins=(Pin("S1", "N1", 10),))

    (found,) = explain(world, plan, (Pin("S1", "N1", 10),))

    assert (found.unmet, found.unlock) == (50, None)


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_what_is_promised_happens_when_it_is_done(seed: int) -> None:
    world = tiny(seed)
    plan = allocate(world)
    needs = {need.code: need for need in world.needs}
    for row in explain(world, plan):
        if row.unlock is None or row.unlock.kind == "accept_late" or row.unlock.also:
            continue
        better = granted(world, "MASK", row.unlock.measures)
        mine = needs[row.need_code].priority_class
        assert least_unmet(world)[mine] - least_unmet(better)[mine] >= 0.9 * row.unlock.gain
        assert (
            unmet_by_class(world, plan)[mine] - unmet_by_class(better, allocate(better))[mine] >= 0.9 * row.unlock.gain
        )


def test_a_second_source_farther_away_is_ranked_second() -> None:
    sources = (make_source("S1"), make_source("S2"))
    routes = (Route("W-S1", "P1", 2, 90), Route("W-S2", "P1", 2, 10))
    world = make_world(sources=sources, lots=(make_lot(), make_lot("L2", "S2", 20)), routes=routes)

    assert {row.source_code: row.rank for row in allocate(replace(world)).shipments} == {"S1": 2, "S2": 1}


def test_nine_tenths_of_what_a_province_lacks_carry_a_verified_sentence() -> None:
    world = province(3, sources=60, places=12, items=3, days=6)

    found = explain(world, allocate(world))

    lacking = sum(row.unmet - row.short_of_pack for row in found)
    assert lacking > 10_000
    assert sum(row.covered for row in found) >= 0.9 * lacking


def test_nine_tenths_of_what_waits_behind_docks_carry_a_sentence_that_holds() -> None:
    world, policy = behind_docks("S", 3), Policy(Fairness.TOTAL)
    plan = allocate(world, policy)
    needs = {need.code: need for need in world.needs}

    found = explain(world, plan)

    assert sum(row.covered for row in found) >= 0.9 * sum(row.unmet for row in found) > 10_000
    alone = {}
    for row in found:
        need = needs[row.need_code]
        if row.unlock and not row.unlock.also:
            alone[need.priority_class, need.item_code, need.place_code] = row.unlock
    before = least_unmet(world)
    key = sorted(alone)[len(alone) // 2]
    after = least_unmet(granted(world, key[1], alone[key].measures))
    assert before[key[0]] - after[key[0]] >= 0.9 * alone[key].gain, key


def shared_out() -> Instance:
    """A released floor is all there is: nothing more can be put under it, so what one place gets another gives."""
    return make_world(
        incidents=(Incident("X", Level.I, (9,)),),
        floors=(Floor("S1", "MASK", strategic=100, opened=100),),
        needs=(make_need("N1"), make_need("N2", "P2"), make_need("N3", "P3", 20, priority_class=2)),
        routes=tuple(Route("W-S1", place, 2, 10) for place in ("P1", "P2", "P3")),
    )


def test_who_would_go_without_is_said_where_nothing_else_brings_goods() -> None:
    world = shared_out()

    first, second, third = explain(world, allocate(world))

    assert (first.need_code, first.unmet, first.unlock, first.limits) == ("N1", 10, None, ())
    assert first.sharing == Sharing(10, 10, 10, (Loss(1, "MASK", "P2", "X", 10),))
    assert second.sharing == Sharing(10, 10, 10, (Loss(1, "MASK", "P1", "X", 10),))
    assert third.sharing is not None
    assert (third.sharing.quantity, third.sharing.lost) == (20, 20)
    assert [row.covered for row in (first, second, third)] == [10, 10, 20]


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_what_others_give_up_is_enough(seed: int) -> None:
    world = tiny(seed)
    plan = allocate(world, Policy(Fairness.TOTAL))
    got = {row.need_code: row.on_time + row.late for row in plan.needs}
    for levers in levers_of(world, plan):
        for number, pair in enumerate(levers.component.pairs):
            taking = levers.taking(number)
            if taking is None:
                continue
            inside = {levers.component.demands[n].need.code for n in pair.demands}
            needs = [
                replace(need, priority_class=1)
                if need.code in inside
                else replace(need, priority_class=2, quantity=got[need.code])
                for need in world.needs
                if need.code in inside or got[need.code]
            ]
            after = least_unmet(replace(world, needs=tuple(needs)))
            missing = sum(row.unmet for row in plan.needs if row.need_code in inside)
            assert after[1] <= missing - taking.quantity
            if after[1] == missing - taking.quantity:
                assert after.get(2, 0) <= sum(row.quantity for row in taking.losses)
