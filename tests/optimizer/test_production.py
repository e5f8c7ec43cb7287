"""Lines inside a plan: closed-form output, activations decided with the shipments, a checker that believes nothing."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dispatch.allocate import allocate, climb
from optimizer.dispatch.check import check
from optimizer.dispatch.instance import (
    Basis,
    Dock,
    HolderKind,
    Instance,
    InvalidInstance,
    Item,
    Need,
    NeedKind,
    Pin,
    Route,
)
from optimizer.dispatch.output import carried_out, with_output
from optimizer.dispatch.plan import Plan, Run
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.dispatch.production import Line
from optimizer.dispatch.transport import Fleet
from optimizer.limits import Budget, Rung
from optimizer.surge.instance import Material, Use
from tests.optimizer.worlds import make_lot, make_need, make_source, make_world

TOTAL = Policy(Fairness.TOTAL)
RAMP = (25, 50, 75, 100)


def make_line(code: str = "L", item: str = "MASK", rates: tuple[int, ...] = (100,), **changes: object) -> Line:
    return Line(**({"code": code, "source_code": "PL", "item_code": item, "rates": rates} | changes))  # type: ignore[arg-type]


def lump(code: str, quantity: int, due: int, item: str = "MASK", priority: int = 1) -> Need:
    kind = {"kind": NeedKind.LUMP, "hard": True}
    return make_need(code, "P1", quantity, due, item_code=item, priority_class=priority, latest_hour=due, **kind)


def plant(*lines: Line, **changes: object) -> Instance:
    """One plant two hours from one hospital that wants all it can get within six days."""
    rows: dict[str, object] = {
        "boundaries": (0, 24, 48, 72, 96, 120, 144, 168),
        "items": (Item("MASK"), Item("GOWN")),
        "sources": (make_source("PL", HolderKind.PRODUCER),),
        "lots": (),
        "needs": (lump("N1", 10_000, 146),),
        "routes": (Route("W-PL", "P1", 2, 10),),
        "lines": lines,
    }
    return make_world(**(rows | changes))


def issued(plan: Plan) -> dict[int, int]:
    found: dict[int, int] = {}
    for row in plan.shipments:
        found[row.leave_hour] = found.get(row.leave_hour, 0) + row.quantity
    return dict(sorted(found.items()))


def filled(plan: Plan) -> dict[str, int]:
    return {row.need_code: row.on_time for row in plan.needs}


def test_a_known_ramp_is_sent_day_by_day_as_it_is_issued() -> None:
    plan = allocate(plant(make_line(rates=RAMP)))

    assert issued(plan) == {24: 25, 48: 50, 72: 75, 96: 100, 120: 100, 144: 100}
    assert plan.production == (
        Run(
            "L", "MASK", "PL", proposed=True, from_day=0, from_hour=0,
            made=(25, 50, 75, 100, 100, 100),
            issued=((24, 25), (48, 50), (72, 75), (96, 100), (120, 100), (144, 100)),
        ),
    )  # fmt: skip
    assert plan.gap == 0.0


@pytest.mark.parametrize(("hours", "first", "second"), [(0, 120, 120), (8, 80, 120), (24, 0, 120), (30, 0, 90)])
def test_a_changeover_loses_exactly_its_hours(hours: int, first: int, second: int) -> None:
    plan = allocate(plant(make_line(rates=(120,), changeover_hours=hours)))

    assert plan.production[0].made == (first, second, 120, 120, 120, 120)
    assert sum(plan.production[0].made) == (6 * 24 - hours) * 120 // 24


def test_a_line_of_one_shift_loses_hours_of_its_own_day() -> None:
    plan = allocate(plant(make_line(rates=(120,), changeover_hours=6, hours_per_day=8)))

    assert plan.production[0].made[:2] == (30, 120)


def test_a_line_that_runs_already_neither_climbs_nor_converts_and_is_no_proposal() -> None:
    running = make_line(rates=RAMP, changeover_hours=24, from_day=-3, is_active=True)

    plan = allocate(plant(running))

    assert plan.production[0].made == (100,) * 7
    assert not plan.production[0].proposed


def test_an_activation_one_day_later_costs_exactly_the_last_rate() -> None:
    now, later = (allocate(plant(make_line(rates=RAMP, from_day=day))) for day in (0, 1))

    assert filled(now)["N1"] - filled(later)["N1"] == 100
    assert (later.production[0].from_day, later.production[0].from_hour) == (1, 24)


def test_raw_material_caps_output_at_what_there_is_of_it() -> None:
    material = Material("R", "kg", opening=70, daily=10, arrivals=((3, 55),))
    world = plant(make_line(), materials=(material,), parts=(Use("MASK", "R", 1),))

    # seventy and ten in the first morning, ten each morning after, and fifty-five more on the fourth
    assert allocate(world).production[0].made == (80, 10, 10, 65, 10, 10)
    assert sum(allocate(world).production[0].made) == 70 + 6 * 10 + 55


def test_a_service_that_nobody_uses_is_gone_the_next_morning() -> None:
    slots = Material("S", "slot", daily=40, keeps=False)
    world = plant(make_line(rates=(0, 100)), materials=(slots,), parts=(Use("MASK", "S", 1),))

    assert allocate(world).production[0].made == (0, 40, 40, 40, 40, 40)


def test_rejects_claims_and_lag_come_off_before_anything_is_sent() -> None:
    plan = allocate(plant(make_line(yield_permille=950, claimed_permille=100, lag_days=2)))

    # 95 good of 100, 85.5 of them ours; rounded down once over all days
    assert issued(plan) == {72: 85, 96: 86, 120: 85, 144: 86}
    assert plan.production[0].made == (100,) * 4


def test_an_order_and_an_end_limit_a_line() -> None:
    assert allocate(plant(make_line(cap_per_day=60, until_day=2))).production[0].made == (60, 60, 60)


def test_a_line_of_a_material_feeds_a_line_of_an_item_on_the_next_morning() -> None:
    fabric = make_line("F", "FAB", (30,), is_active=True)
    world = plant(
        make_line(), fabric, materials=(Material("FAB", "m", opening=5),), parts=(Use("MASK", "FAB", 1),)
    )  # fmt: skip

    assert {run.line_code: run.made for run in allocate(world).production} == {
        "F": (30,) * 7,
        "L": (5, 30, 30, 30, 30, 30),
    }


def test_what_stock_serves_is_not_made_and_nothing_is_proposed() -> None:
    stocked = plant(make_line(), lots=(make_lot("S", "PL", 200, basis=Basis.ON_BEHALF),), needs=(lump("N1", 150, 146),))

    assert allocate(stocked).production == ()
    assert allocate(replace(stocked, needs=(lump("N1", 260, 146),))).production[0].made == (60,)


def test_production_days_begin_at_their_hour() -> None:
    plan = allocate(plant(make_line(), day0_hour=16))

    assert issued(plan) == {40: 100, 64: 100, 88: 100, 112: 100, 136: 100}
    assert plan.production[0].from_hour == 16


def shared(amount: int, early: int, late: int, **changes: object) -> Instance:
    """Masks of class 1 wanted late, gowns of class 2 wanted early, both out of one material."""
    lines = (make_line("LM", rates=(60,)), make_line("LG", "GOWN", (40,)))
    parts = (Use("MASK", "R", 1), Use("GOWN", "R", 2))
    needs = (lump("NM", late, 146), lump("NG", early, 74, "GOWN", 2))
    materials = (Material("R", "kg", opening=amount, daily=20),)
    return plant(*lines, materials=materials, parts=parts, **({"needs": needs} | changes))


def test_material_goes_where_the_whole_plan_wants_it() -> None:
    world = shared(amount=100, early=40, late=50)

    # as early as can be masks take 60 of the first day's 120 and all that comes later; fifty are all that is wanted
    first, *_, last = list(climb(world, TOTAL, Budget()))
    assert filled(first) == {"NM": 50, "NG": 30}
    assert filled(last) == filled(allocate(world, TOTAL, Budget(Rung.GUIDE))) == {"NM": 50, "NG": 40}
    assert last.gap == 0.0


def test_the_higher_class_takes_the_material_and_the_lower_what_is_left() -> None:
    plan = allocate(shared(amount=100, early=40, late=170))

    # 100 and six mornings of 20 are 220 in all: 170 for masks, 50 for gowns at two each, and 25 gowns in time
    assert filled(plan) == {"NM": 170, "NG": 25}


def best_by_enumeration(world: Instance) -> tuple[float, ...]:
    """Every whole-number schedule of two single-choice lines, each allocated exactly; the best unmet class by class."""
    lines = {(line.code, line.item_code): line for line in world.lines}
    days = range(3)
    ranges = [range(line.rates[0] + 1) for line in lines.values() for _ in days]
    every = {
        carried_out(world, {key: [(0, pieces[3 * n : 3 * n + 3])] for n, key in enumerate(lines)})
        for pieces in product(*ranges)
    }
    plans = (allocate(with_output(world, runs), TOTAL) for runs in every)
    return min(tuple(row.value for row in plan.stage_values if row.name == "unmet") for plan in plans)


@pytest.mark.parametrize("seed", range(2))
def test_no_schedule_of_two_lines_beats_the_one_that_is_found(seed: int) -> None:
    parts = (Use("MASK", "R", 1 + seed % 2), Use("GOWN", "R", 1))
    needs = (lump("N1", 2, 50), lump("N2", 1 + seed % 3, 74), lump("N3", 3, 50, "GOWN", 1 + seed % 2))
    world = plant(
        make_line("LM", rates=(2,)),
        make_line("LG", "GOWN", (2,)),
        boundaries=(0, 24, 48, 72),
        needs=needs,
        materials=(Material("R", "kg", opening=seed, daily=1, arrivals=((1, seed % 2),)),),
        parts=parts,
    )

    plan = allocate(world, TOTAL)

    assert tuple(row.value for row in plan.stage_values if row.name == "unmet") == best_by_enumeration(world)


def random_plant(seed: int, more: str = "") -> Instance:
    """Two or three lines on two items with one or two materials; ``more`` names what there is more of."""
    draw = seed
    extra = {name: 7 if name == more else 0 for name in ("material", "rate", "stock", "day")}
    lines = (
        make_line("LM", rates=(10 + draw % 7 + extra["rate"], 30), from_day=1 - (more == "day"), lag_days=draw % 2),
        make_line("LG", "GOWN", (15,), changeover_hours=draw % 30),
        make_line("LN", rates=(9,), is_active=True, from_day=-1),
    )[: 2 + draw % 2]
    needs = (
        lump("N1", 40 + draw % 50, 98), lump("N2", 30, 146, priority=2),
        lump("N3", 20 + draw % 40, 74, "GOWN"), lump("N4", 60, 146, "GOWN", 2),
    )  # fmt: skip
    materials = (
        Material("R", "kg", opening=draw % 90 + extra["material"], daily=draw % 23),
        Material("T", "m", daily=30),
    )
    parts = (Use("MASK", "R", 1 + draw % 3), Use("GOWN", "R", 2), Use("GOWN", "T", 1 + draw % 4))
    lots = (make_lot("S", "PL", draw % 11 + extra["stock"]),)
    return plant(*lines, materials=materials, parts=parts, needs=needs, lots=lots)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["material", "rate", "stock", "day"]))
def test_more_of_anything_never_leaves_more_unmet(seed: int, more: str) -> None:
    before, after = allocate(random_plant(seed), TOTAL), allocate(random_plant(seed, more), TOTAL)

    assert not check(random_plant(seed), before)
    bound = {row.key: (row.bound, row.value) for row in before.stage_values if row.name == "unmet"}
    now = {row.key: (row.bound, row.value) for row in after.stage_values if row.name == "unmet"}
    for key in ("1", "2"):
        assert now[key][0] <= bound[key][0] + 1e-6 or now["1"][0] < bound["1"][0] - 1e-6
        if now[key][1] != bound[key][1]:
            assert now[key][1] <= bound[key][1]
            break


Forge = Callable[[Run], Run]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("known_line", lambda run: replace(run, line_code="X")),
        ("known_line", lambda run: replace(run, source_code="S9")),
        ("proposed_as_stated", lambda run: replace(run, proposed=False)),
        ("line_from", lambda run: replace(run, from_day=0, from_hour=0)),
        ("line_rate", lambda run: replace(run, made=(26, *run.made[1:]))),
        ("line_rate", lambda run: replace(run, made=(-1, *run.made[1:]))),
        ("from_hour_as_stated", lambda run: replace(run, from_hour=25)),
        ("issued_as_made", lambda run: replace(run, issued=run.issued[:-1])),
        ("issued_as_made", lambda run: replace(run, issued=((48, 26), *run.issued[1:]))),
        ("material", lambda run: replace(run, made=(25, 50, 75, 81), issued=(*run.issued[:3], (120, 81)))),
    ],
)
def test_a_planted_lie_about_production_is_found(rule: str, change: Forge) -> None:
    material = Material("R", "kg", opening=130, daily=20)
    line = make_line(rates=RAMP, from_day=1)
    world = plant(line, materials=(material,), parts=(Use("MASK", "R", 1),), needs=(lump("N1", 10_000, 122),))
    plan = allocate(world)
    assert plan.production[0].made == (25, 50, 75, 80)
    assert not check(world, plan)

    lie = replace(plan, production=(change(plan.production[0]),))

    assert rule in {row.rule for row in check(world, lie)}


def test_goods_that_were_never_made_are_not_sent() -> None:
    world = plant(make_line(rates=RAMP))
    plan = allocate(world)

    assert "known_lot" in {row.rule for row in check(world, replace(plan, production=()))}


def test_a_plan_with_production_survives_its_json() -> None:
    world = shared(amount=100, early=40, late=50)
    plan = allocate(world)

    assert Plan.from_json(plan.to_json()) == plan
    assert Instance.from_json(world.to_json()) == world
    assert Plan.from_json(plan.to_json()).hash == allocate(Instance.from_json(world.to_json())).hash


def test_lines_that_contradict_themselves_are_named() -> None:
    with pytest.raises(InvalidInstance) as refusal:
        plant(
            make_line("A", "ROPE", ()),
            make_line("B", from_day=-1),
            make_line("C", source_code="S9", hours_per_day=0),
            parts=(Use("MASK", "R", 0),),
        )

    assert refusal.value.problems == (
        "line A, ROPE: neither an item nor a material",
        "line A, ROPE: rates expected, 0 or more, found []",
        "line B, MASK: from_day expected 0 or later where it is not active, found -1",
        "line C, MASK: source S9 unknown",
        "line C, MASK: hours_per_day expected 1 or more, changeover_hours and lag_days 0 or more",
        "use of R in MASK: material unknown",
        "use of R in MASK: expected at least 1, found 0",
    )


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(list(Fairness)), st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 50))
def test_lines_choices_docks_fleets_and_pins_together_always_have_a_checked_plan(
    seed: int, fairness: Fairness, kappa: float, pinned: int
) -> None:
    plain = random_plant(seed)
    world = replace(
        plain,
        items=(Item("GOWN", volume_cm3=3), Item("MASK", volume_cm3=2)),
        lines=(*plain.lines, make_line("LG", "MASK", (12,), changeover_hours=6)) if seed % 2 else plain.lines,
        docks=(Dock("W-PL", 1 + seed % 9),),
        fleets=(Fleet("F", ("W-PL",), ((seed % 31, 1 + seed % 60),)),),
    )

    budget = Budget(search_work=1.0)
    plan = allocate(world, Policy(fairness, kappa=kappa), budget, pins=(Pin("PL", "N1", pinned),))

    assert check(world, plan) == []
    assert Plan.from_json(plan.to_json()) == plan
