"""The picture a plan is made from."""

import random
import subprocess
import sys
from dataclasses import replace

import pytest

from optimizer.dispatch.allocate import allocate
from optimizer.dispatch.instance import Instance, InvalidInstance, Item, Level, NeedKind
from tests.optimizer.worlds import STEPS, make_lot, make_need, make_world, province


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InvalidInstance) as refusal:
        make_world(
            lots=(make_lot(quantity=-1, pack_size=0), make_lot("L2", "S9")),
            needs=(make_need(due=24, latest_hour=30), make_need(priority_class=4), make_need("N3", item_code="SOAP")),
        )

    assert refusal.value.problems == (
        "needs N1: expected once, found 2 times",
        "lot L2 of S9: source unknown",
        "need N3: item SOAP unknown",
        "lot L1: quantity expected 0 to 2000000000, found -1",
        "lot L1: pack_size expected at least 1, found 0",
        "need N1: a flow is lost after due_hour 24, found latest_hour 30",
        "need N1: priority_class expected 1 to 3, found 4",
    )


def test_hours_rise_and_papers_name_steps() -> None:
    with pytest.raises(InvalidInstance, match="boundaries: expected rising hours"):
        make_world(boundaries=(0, 24, 12))
    with pytest.raises(InvalidInstance, match=r"papers for unknown steps \[11\]"):
        make_world(incidents=(make_world().incidents[0].__class__("X", Level.II, (11,)),))


def test_json_gives_back_the_same_instance() -> None:
    world = province(3, sources=12, places=3, items=2, days=3)

    assert Instance.from_json(world.to_json()) == world
    assert Instance.from_json(world.to_json()).hash == world.hash


def test_order_of_rows_does_not_change_the_hash() -> None:
    world = province(3, sources=12, places=3, items=2, days=3)
    shuffled = {name: list(getattr(world, name)) for name in ("items", "sources", "lots", "needs", "routes", "steps")}
    for rows in shuffled.values():
        random.Random(1).shuffle(rows)

    other = make_world(
        **{name: tuple(rows) for name, rows in shuffled.items()},
        boundaries=world.boundaries,
        floors=tuple(reversed(world.floors)),
        incidents=world.incidents,
    )

    assert other == world
    assert other.hash == world.hash


def test_any_fact_changes_the_hash() -> None:
    assert make_world().hash != make_world(items=(Item("MASK", weight_g=1),)).hash
    assert make_world().hash != make_world(steps=STEPS[:8]).hash


def test_a_lump_may_be_wanted_after_its_due_hour() -> None:
    assert make_need(kind=NeedKind.LUMP, latest_hour=48).latest_hour == 48


def test_reading_an_instance_and_checking_a_plan_needs_no_solver() -> None:
    script = (
        "import sys; import optimizer.dispatch.instance, optimizer.dispatch.plan, optimizer.dispatch.check, "
        "optimizer.dispatch.policy, optimizer.limits; "
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'ortools', 'pandas', 'numpy'}))"
    )

    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_a_world_of_the_first_day_keeps_its_hash_and_its_plan() -> None:
    assert make_world().hash == "de50dcbfadd587ef91eb53fb80fda8aa8d29d97f7bf79f7d7ada6b63ca266866"
    plan = replace(allocate(make_world()), solver="", version="")  # whoever solves it finds the same
    assert plan.hash == "79780a9731d002e1e62cebb82c463593f2f5bdd7c7df1f5262b1ed7a0bf51b26"
