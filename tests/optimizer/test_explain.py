"""Why a need is unmet, and whether the fix that is named would fix it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.explain import Binding, Exclusion, Explanation, Unlock, explain, explain_unmet, opened
from optimizer.dispatch.instance import Floor, HolderKind, Incident, Instance, Level, Route
from optimizer.dispatch.reach import unmet_by_class
from optimizer.dispatch.worth import with_stock
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
        unlock=Unlock("open_step", 3, "holder_commission_member", "S1", 2, 60, 60, True),
    )


def test_goods_a_floor_keeps_are_named_and_lowering_it_is_tried() -> None:
    world = make_world(floors=(Floor("S1", "MASK", operating=70),), needs=(make_need(city_code="1302"),))

    found = why(world)

    assert found.excluded == (Exclusion("kept_by_floor", 4, "provincial_commission_deputy", ("S1",), 70, 2),)
    assert found.unlock == Unlock("lower_floor", 0, "", "S1", 2, 30, 30, True)


def test_goods_too_late_are_named_with_the_hour_they_could_be_there() -> None:
    found = why(make_world(needs=(make_need(due=1),)))

    assert found.excluded == (Exclusion("too_late", 2, "holder_commission_member", ("S1",), 100, 2),)
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
    assert found.unlock == Unlock("more_stock", 0, "", "S1", 2, 20, 20, True)


def test_a_met_need_has_nothing_to_explain() -> None:
    world = make_world()

    assert explain(world, allocate(world)) == ()
    assert explain_unmet(world, allocate(world), "N1").unmet == 0


@given(st.builds(tiny, st.integers(0, 10**6)))
@settings(max_examples=60, deadline=None)
def test_a_quoted_step_really_fills_its_class(world: Instance) -> None:
    plan = allocate(world)
    classes = {need.code: need.priority_class for need in world.needs}
    for found in explain(world, plan):
        unlock = found.unlock
        if unlock and unlock.kind == "open_step":
            better = allocate(opened(world, unlock.step))
            mine = classes[found.need_code]
            before, after = (
                sum(row.unmet for row in p.needs if classes[row.need_code] == mine) for p in (plan, better)
            )
            assert before - after == unlock.gain > 0


def test_a_second_source_farther_away_is_ranked_second() -> None:
    sources = (make_source("S1"), make_source("S2"))
    routes = (Route("W-S1", "P1", 2, 90), Route("W-S2", "P1", 2, 10))
    world = make_world(sources=sources, lots=(make_lot(), make_lot("L2", "S2", 20)), routes=routes)

    assert {row.source_code: row.rank for row in allocate(replace(world)).shipments} == {"S1": 2, "S2": 1}


def test_nine_tenths_of_what_a_province_lacks_carry_a_verified_sentence() -> None:
    world = province(3, sources=60, places=12, items=3, days=6)

    found = explain(world, allocate(world))

    lacking = sum(row.unmet - row.short_of_pack for row in found)
    verified = sum(row.unmet - row.short_of_pack for row in found if row.unlock and row.unlock.verified)
    assert lacking > 10_000
    assert verified >= 0.9 * lacking


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_stock_that_is_promised_to_help_helps(seed: int) -> None:
    world = tiny(seed)
    plan = allocate(world)
    needs = {need.code: need for need in world.needs}
    sources = {source.code: source for source in world.sources}
    for row in explain(world, plan):
        if row.unlock is None or row.unlock.kind != "more_stock" or not row.unlock.verified or row.unlock.also:
            continue
        more = with_stock(world, [(sources[row.unlock.source_code], "MASK", row.unlock.quantity)])
        priority = needs[row.need_code].priority_class
        fell = unmet_by_class(world)[priority] - unmet_by_class(more)[priority]
        assert fell >= 0.9 * row.unlock.gain
