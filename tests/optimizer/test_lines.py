"""Lines with a choice: enumeration of every sequence, conversion to the hour, the same schedule each time."""

from itertools import product

import pytest

from optimizer.dispatch.allocate import allocate, climb
from optimizer.dispatch.check import check
from optimizer.dispatch.instance import Instance, Need
from optimizer.dispatch.output import LineKey, Stretch, carried_out, with_output
from optimizer.dispatch.plan import Plan
from optimizer.dispatch.policy import Fairness, Policy
from optimizer.limits import Budget, Rung
from optimizer.surge.instance import Material, Use
from tests.optimizer.test_production import filled, lump, make_line, plant

TOTAL = Policy(Fairness.TOTAL)


def two_things(needs: tuple[Need, ...], **changes: object) -> Instance:
    """One line that makes masks or gowns, a hundred a day, twelve hours lost at each turn."""
    lines = (make_line("L", changeover_hours=12), make_line("L", "GOWN", (100,), changeover_hours=12))
    return plant(*lines, **({"needs": needs} | changes))


def unmet(plan: Plan) -> tuple[float, ...]:
    return tuple(row.value for row in plan.stage_values if row.name == "unmet")


def test_a_line_turns_to_the_next_thing_when_the_first_is_done() -> None:
    world = two_things((lump("NM", 150, 50), lump("NG", 250, 146, "GOWN", 2)))

    plans = list(climb(world, TOTAL, Budget()))
    best = plans[-1]

    # half a day lost, 50 and 100 masks by the second evening; half a day lost, then 50, 100, 100 gowns
    assert [(run.item_code, run.from_day, run.made) for run in best.production] == [
        ("GOWN", 2, (50, 100, 100)),
        ("MASK", 0, (50, 100)),
    ]
    assert filled(best) == {"NM": 150, "NG": 250}
    assert best.rung == "R3"
    assert filled(plans[0]) == {"NM": 150, "NG": 0}  # all on what is needed most urgently
    assert not check(world, best)


def test_below_rung_three_a_line_keeps_to_what_is_needed_most_urgently() -> None:
    world = two_things((lump("NM", 150, 50), lump("NG", 250, 146, "GOWN", 2)))

    assert filled(allocate(world, TOTAL, Budget(Rung.EXACT_STAGES))) == {"NM": 150, "NG": 0}


def test_every_turn_costs_its_hours_and_no_turn_is_made_for_nothing() -> None:
    world = two_things((lump("N1", 50, 26), lump("N2", 50, 50, "GOWN"), lump("N3", 150, 98)))

    plan = allocate(world, TOTAL)

    # masks, gowns, masks: three conversions of half a day each
    assert sorted((run.from_day, run.item_code, run.made) for run in plan.production) == [
        (0, "MASK", (50,)),
        (1, "GOWN", (50,)),
        (2, "MASK", (50, 100)),
    ]


def best_by_enumeration(world: Instance, days: int) -> tuple[float, ...]:
    """Every sequence of one thing a day, or none, allocated exactly."""
    choices = {line.item_code: line for line in world.lines}
    found = []
    for sequence in product((*choices, ""), repeat=days):
        targets: dict[LineKey, list[Stretch]] = {}
        began = 0
        for day in range(1, days + 1):
            if day == days or sequence[day] != sequence[began]:
                if line := choices.get(sequence[began]):
                    pieces = tuple(line.rate_on(each, began) for each in range(began, day))
                    targets.setdefault((line.code, line.item_code), []).append((began, pieces))
                began = day
        found.append(unmet(allocate(with_output(world, carried_out(world, targets)), TOTAL)))
    return min(found)


@pytest.mark.parametrize("seed", range(3))
def test_no_sequence_of_days_beats_the_schedule_that_is_found(seed: int) -> None:
    lines = (
        make_line("L", rates=(20 + seed, 40), changeover_hours=7 * seed),
        make_line("L", "GOWN", (30,), changeover_hours=10, lag_days=seed % 2),
    )
    needs = (
        lump("N1", 30 + 7 * seed, 50),
        lump("N2", 25, 74, "GOWN", 1 + seed % 2),
        lump("N3", 60, 98, priority=2),
        lump("N4", 40, 98, "GOWN", 2),
    )
    world = plant(
        *lines,
        boundaries=(0, 24, 48, 72, 96, 120),
        needs=needs,
        materials=(Material("R", "kg", opening=60 + 20 * seed, daily=15),),
        parts=(Use("MASK", "R", 1), Use("GOWN", "R", 1)),
    )

    plan = allocate(world, TOTAL)

    assert not check(world, plan)
    assert unmet(plan) == best_by_enumeration(world, 4)
    assert allocate(world, TOTAL).hash == plan.hash


def test_a_line_that_runs_goes_on_without_conversion() -> None:
    lines = (
        make_line("L", changeover_hours=24, from_day=-2, is_active=True),
        make_line("L", "GOWN", (100,), changeover_hours=24),
    )
    world = plant(*lines, needs=(lump("N1", 100, 26), lump("N2", 100, 98, "GOWN")))

    plan = allocate(world, TOTAL)

    assert filled(plan) == {"N1": 100, "N2": 100}
    assert ("MASK", False, 0, (100,)) in [(r.item_code, r.proposed, r.from_day, r.made) for r in plan.production]
    assert not check(world, plan)
