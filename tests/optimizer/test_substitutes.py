"""Substitutes: own item first, only where permitted, at their ratio, and never to anybody's loss."""

import random
from dataclasses import replace

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.arcs import build_network
from optimizer.dispatch.check import check
from optimizer.dispatch.compare import unmet_by_class
from optimizer.dispatch.explain import Exclusion, explain
from optimizer.dispatch.guide import guided_plan
from optimizer.dispatch.heuristics import nearest_first
from optimizer.dispatch.instance import Dock, Instance, InvalidInstance, Item, NeedKind, Pin, Rounding, Route
from optimizer.dispatch.plan import Plan, StandsFor
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.substitutes import Substitution, Use
from optimizer.limits import Budget, Rung
from tests.optimizer.brute import Way, best_score, may_stand_in, score, size
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world

ITEMS = (Item("N95", volume_cm3=1), Item("KN95", volume_cm3=1), Item("SURGICAL", volume_cm3=1))
PAIR = Substitution("N95", "KN95", allowed=("isolation point",), forbidden=("ICU",))


def ward(uses: tuple[Use, ...] = (Use("N1", ("isolation point",)),), **changes: object) -> Instance:
    """60 N95 needed at one place, 20 on the shelf beside 100 KN95 that may stand in for them."""
    rows: dict[str, object] = {
        "items": ITEMS,
        "lots": (make_lot("A", quantity=20, item_code="N95"), make_lot("B", quantity=100, item_code="KN95")),
        "needs": (make_need(item_code="N95"),),
        "substitutions": (PAIR,),
        "uses": uses,
    }
    return make_world(**(rows | changes))


def sent(plan: Plan) -> list[tuple[str, str, int, int]]:
    return sorted((row.need_code, row.item_code, row.quantity, row.fills) for row in plan.shipments)


def test_the_own_item_goes_first_and_the_substitute_only_as_far_as_it_is_short() -> None:
    plan = allocate(ward())

    assert sent(plan) == [("N1", "KN95", 40, 40), ("N1", "N95", 20, 20)]
    assert (plan.needs[0].on_time, plan.needs[0].unmet) == (60, 0)
    assert plan.gap == 0.0


def test_nothing_stands_in_where_the_own_item_suffices() -> None:
    lots = (make_lot("A", quantity=60, item_code="N95"), make_lot("B", quantity=100, item_code="KN95"))

    near = ward(lots=(replace(lots[0], source_code="S2"), lots[1]), sources=(make_source("S1"), make_source("S2")),
                routes=(Route("W-S1", "P1", 2, 10), Route("W-S2", "P1", 9, 900)))  # fmt: skip

    assert sent(allocate(near)) == [("N1", "N95", 60, 60)]
    assert sent(nearest_first(near)) == [("N1", "N95", 60, 60)]


@pytest.mark.parametrize(
    "uses",
    [
        (Use("N1", ("ICU",)),),
        (Use("N1", ("ward",)),),
        (Use("N1", ("isolation point",)), Use("N1", ("ICU",))),
        (Use("N1", ("isolation point",)), Use("N1", ("ward",))),
        (),
        (Use("N1", ("isolation point",)), Use("N1", ())),
    ],
    ids=["forbidden", "not named", "one of two forbids", "one of two does not allow", "unknown", "one of two unknown"],
)
def test_a_use_that_does_not_permit_it_gets_no_substitute(uses: tuple[Use, ...]) -> None:
    world = ward(uses)

    for plan in (allocate(world), nearest_first(world)):
        assert sent(plan) == [("N1", "N95", 20, 20)]
        assert plan.needs[0].unmet == 40


def test_a_substitute_that_the_use_keeps_out_is_listed_with_the_rule() -> None:
    for words, rule in ((("ICU",), "use_forbidden"), (("ward",), "use_not_permitted")):
        world = ward((Use("N1", words),), substitutions=(replace(PAIR, numerator=2),))

        (found,) = explain(world, allocate(world))

        assert found.excluded == (Exclusion(rule, 0, "", ("S1",), 50, None),)


def test_a_pair_has_a_direction() -> None:
    lots = (make_lot("A", quantity=100, item_code="N95"), make_lot("B", quantity=20, item_code="KN95"))

    plan = allocate(ward(lots=lots, needs=(make_need(item_code="KN95"),)))

    assert sent(plan) == [("N1", "KN95", 20, 20)]


@pytest.mark.parametrize(
    ("numerator", "denominator", "units", "made_up"),
    [(2, 1, 80, 40), (17, 50, 14, 40), (5, 2, 100, 40), (11, 1, 99, 9), (3, 1, 99, 33)],
)
def test_fill_counts_in_the_units_of_the_need(numerator: int, denominator: int, units: int, made_up: int) -> None:
    world = ward(substitutions=(replace(PAIR, numerator=numerator, denominator=denominator),))

    plan = allocate(world)

    (row,) = (row for row in plan.shipments if row.item_code == "KN95")
    assert row.stands_for == StandsFor("N95", numerator, denominator, made_up)
    assert row.quantity == units
    assert plan.needs[0].on_time == 20 + made_up
    assert Plan.from_json(plan.to_json()).hash == plan.hash


def test_the_preferred_substitute_goes_before_the_other() -> None:
    lots = (make_lot("B", quantity=50, item_code="KN95"), make_lot("C", quantity=100, item_code="SURGICAL"))
    pairs = (Substitution("N95", "KN95", order=1), Substitution("N95", "SURGICAL", order=2))

    world = ward(lots=lots, substitutions=pairs)

    for plan in (allocate(world), nearest_first(world)):
        assert sent(plan) == [("N1", "KN95", 50, 50), ("N1", "SURGICAL", 10, 10)]


def test_a_higher_class_may_take_what_a_lower_one_needs_itself_but_not_the_other_way_round() -> None:
    lots = (make_lot("B", quantity=50, item_code="KN95"),)
    mine, own = make_need("N1", item_code="N95", quantity=50), make_need("N2", "P2", item_code="KN95", quantity=50)
    routes = (Route("W-S1", "P1", 2, 10), Route("W-S1", "P2", 2, 10))

    above = ward(lots=lots, needs=(mine, replace(own, priority_class=2)), routes=routes)
    below = ward(lots=lots, needs=(replace(mine, priority_class=2), own), routes=routes)

    assert sent(allocate(above)) == [("N1", "KN95", 50, 50)]
    assert sent(allocate(below)) == [("N2", "KN95", 50, 50)]


def test_whole_packs_of_the_substitute_stay_whole() -> None:
    lots = (make_lot("A", quantity=20, item_code="N95", pack_size=10), make_lot("B", item_code="KN95", pack_size=25))

    plan = allocate(ward(lots=lots, needs=(make_need(item_code="N95", rounding=Rounding.DOWN),)))

    assert sent(plan) == [("N1", "KN95", 50, 40), ("N1", "N95", 20, 20)]


def test_units_that_make_up_nothing_stay_behind_in_whole_packs() -> None:
    """Three for one in packs of 4 and of 5: thirteen of them make up four, and less in whole packs makes up three."""
    lots = (
        make_lot("B", quantity=8, item_code="KN95", pack_size=4),
        make_lot("C", quantity=15, item_code="KN95", pack_size=5),
    )
    pair = replace(PAIR, numerator=3)
    need = make_need(item_code="N95", quantity=4, rounding=Rounding.DOWN)

    plan = allocate(ward(lots=lots, needs=(need,), substitutions=(pair,)))

    assert plan.rung == "R2"
    assert (sum(row.quantity for row in plan.shipments), plan.needs[0].on_time) == (13, 4)


def test_the_volume_of_the_substitute_counts_at_the_dock() -> None:
    items = (Item("N95", volume_cm3=1), Item("KN95", volume_cm3=4))
    world = ward(
        items=items, docks=(Dock("W-S1", 10),), boundaries=(0, 12, 24), lots=(make_lot("B", item_code="KN95"),)
    )

    plan = allocate(world)

    assert sum(row.quantity for row in plan.shipments) == 2 * 30  # 120 of 4 cm3 in each of the two periods


def test_a_pin_speaks_of_the_own_item_and_a_ban_of_both() -> None:
    assert sent(allocate(ward(), pins=[Pin("S1", "N1", 5)])) == [("N1", "KN95", 55, 55), ("N1", "N95", 5, 5)]
    assert sent(allocate(ward(), pins=[Pin("S1", "N1", 0)])) == []


def test_pairs_and_uses_of_unknown_things_are_all_named() -> None:
    with pytest.raises(InvalidInstance) as refusal:
        ward(substitutions=(Substitution("N95", "X", 0), Substitution("N95", "N95", order=0)), uses=(Use("N9", ()),))

    assert refusal.value.problems == (
        "substitution of N95 by N95: expected two items",
        "substitution of N95 by N95: order expected from 1 on, found 0",
        "substitution of N95 by X: item X unknown",
        "substitution of N95 by X: ratio expected of whole numbers from 1 on, found 0/1",
        "use of N9: need unknown",
    )


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("substitute_ratio", {"stands_for": StandsFor("N95", 1, 2, 40)}),
        ("substitute_makes_up", {"stands_for": StandsFor("N95", 1, 1, 41)}),
        ("substitute_needed", {"quantity": 41}),
        ("substitute_enabled", {"stands_for": None}),
    ],
)
def test_the_checker_finds_every_lie_about_a_substitute(rule: str, change: dict[str, object]) -> None:
    world = ward()
    plan = allocate(world)
    rows = tuple(replace(r, **change) if r.item_code == "KN95" else r for r in plan.shipments)  # type: ignore[arg-type]

    assert rule in {found.rule for found in check(world, replace(plan, shipments=rows))}


def test_the_checker_reads_the_uses_itself() -> None:
    plan = allocate(ward())
    strict = ward((Use("N1", ("ICU", "isolation point")),))

    found = {row.rule for row in check(strict, replace(plan, instance_hash=strict.hash))}

    assert found == {"substitute_permitted"}


def exchange(seed: int) -> Instance:
    """A few units of two or three items that may partly stand in for each other, at odd ratios."""
    draw = random.Random(seed)
    ratios = ((1, 1), (2, 1), (1, 2), (3, 2), (2, 3))
    words = ("ward", "ICU")
    pairs = [
        Substitution(*pair, *draw.choice(ratios), order, draw.choice(((), (), ("ward",))), draw.choice(((), ("ICU",))))
        for order, pair in ((1, ("N95", "KN95")), (2, ("N95", "SURGICAL")), (1, ("KN95", "N95")))
        if draw.random() < 0.75
    ]
    lots = [
        make_lot("A", "S1", draw.randint(0, 2), item_code="N95"),
        make_lot("B", "S2", draw.randint(0, 4), item_code="KN95", last_usable_hour=draw.choice((None, 30))),
        make_lot("C", draw.choice(("S1", "S2")), draw.randint(0, 3), item_code=draw.choice(("KN95", "SURGICAL"))),
    ]
    needs = [
        make_need(
            f"N{n}",
            f"P{n + 1}",
            draw.randint(1, 4),
            due := draw.choice((6, 12, 24)),
            item_code=item,
            priority_class=draw.choice((1, 1, 2)),
            kind=kind,
            latest_hour=due + (30 if kind is NeedKind.LUMP else 0),
        )
        for n, item in enumerate(("N95", draw.choice(("N95", "KN95"))))
        for kind in (draw.choice((NeedKind.FLOW, NeedKind.LUMP)),)
    ]
    routes = [Route(f"W-{s}", p, draw.randint(1, 15), draw.randint(1, 9)) for s in ("S1", "S2") for p in ("P1", "P2")]
    return make_world(
        items=ITEMS,
        sources=(make_source("S1"), make_source("S2")),
        lots=tuple(lots),
        needs=tuple(needs),
        routes=tuple(routes),
        substitutions=tuple(pairs),
        uses=tuple(Use(need.code, (draw.choice(words),)) for need in needs if draw.random() < 0.8),
    )


def score_of(world: Instance, plan: Plan) -> tuple[object, ...]:
    """The oracle's own score of a plan of ours."""
    lots = {(lot.source_code, lot.code): n for n, lot in enumerate(world.lots)}
    needs = {need.code: n for n, need in enumerate(world.needs)}
    rows = []
    for s in plan.shipments:
        lot, need = lots[s.source_code, s.lot_code], needs[s.need_code]
        own = world.lots[lot].item_code == world.needs[need].item_code
        swap = None if own else may_stand_in(world, world.lots[lot], world.needs[need])
        rows.append((Way(lot, need, s.step, s.source_kind, s.arrive_hour, s.km, 1, swap), s.quantity))
    return score(world, rows)


@pytest.mark.parametrize("block", range(3))
def test_no_whole_number_plan_with_substitutes_beats_ours(block: int) -> None:
    compared = 0
    for seed in range(50 * block, 50 * block + 50):
        world = exchange(seed)
        if size(world) <= 20_000:
            compared += 1
            assert score_of(world, allocate(world)) == best_score(world), seed
    assert compared > 35


def test_enabling_a_substitute_never_leaves_more_unmet() -> None:
    for seed in range(40):
        world = exchange(1000 + seed)
        total = Policy(Fairness.TOTAL)
        unmet = [
            list(unmet_by_class(one, allocate(one, total)).values())
            for one in (replace(world, substitutions=world.substitutions[:n]) for n in range(4))
        ]
        assert unmet == sorted(unmet, reverse=True), seed


def test_by_hand_substitutes_keep_every_rule_too() -> None:
    for seed in range(60):
        world = exchange(2000 + seed)
        assert check(world, nearest_first(world)) == [], seed


def test_packed_plans_with_substitutes_keep_every_rule_and_their_bound() -> None:
    total = Policy(Fairness.TOTAL)
    for seed in range(40):
        world = replace(exchange(3000 + seed), docks=(Dock("W-S1", 1), Dock("W-S2", 1)), boundaries=(0, 2, 6, 96))
        for rung in (Rung.GUIDE, Rung.EXACT_STAGES):
            plan = guided_plan(build_network(world, timed=False), total, Budget(), (), rung)
            assert check(world, plan) == [], seed
            assert sum(row.value - row.bound for row in plan.stage_values if row.name == "unmet") >= -1e-6, seed
