"""The reference data of the province: its trap is found, and it is fast."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.surge_hebei import all_lines, base, everything
from optimizer.surge.check import check
from optimizer.surge.explain import worth_of
from optimizer.surge.plan import OWN_LIMITS
from optimizer.surge.project import project
from reserve.scenarios import rules
from reserve.scenarios.drafts import SupplyShareDraft

SUIT, TAPE, FABRIC = "H2010201", "M08", "M07"
NEED = {SUIT: 60_000}
"""Suits a day, more than all lines together can make (51,000)."""
LAST = 59


def test_all_68_lines_over_60_days_stand_the_second_reading() -> None:
    instance = all_lines(needs=NEED)
    projection = project(instance)

    assert (len(projection.lines), projection.days) == (68, 60)
    assert check(instance, projection) == []


def test_materials_and_not_suit_lines_limit_suits() -> None:
    """Lines for 51,000 suits a day, fabric for 45,000, tape for 37,500: the lines bind in the first week only."""
    projection = project(all_lines(needs=NEED))
    limits = projection.limits_of(SUIT)
    suit_lines = [path for path in projection.lines if path.product_code == SUIT]

    assert sum(path.allowed[LAST] for path in suit_lines) == 51_000
    assert sum(path.made[LAST] for path in suit_lines) == 37_500 == 450_000 // 12
    assert [day for day, limit in enumerate(limits) if limit in OWN_LIMITS] == list(range(8))
    assert set(limits[8:]) == {TAPE}


def test_with_tape_enough_barrier_fabric_limits_suits() -> None:
    frozen = base(needs=NEED)
    changes = (*everything(frozen), SupplyShareDraft(material_code=TAPE, percent=100))
    projection = project(rules.with_changes(frozen, changes))
    suit_lines = [path for path in projection.lines if path.product_code == SUIT]

    assert sum(path.made[LAST] for path in suit_lines) == 45_000 == 180_000 // 4
    assert set(projection.limits_of(SUIT)[20:]) == {FABRIC}


def test_one_more_suit_takes_twelve_metres_of_tape_and_then_fabric_binds() -> None:
    worth = worth_of(all_lines(needs=NEED), TAPE, SUIT)

    assert worth is not None
    assert (worth.quantity, worth.pieces, worth.next_limit) == (12, 1, FABRIC)
    assert worth_of(all_lines(needs=NEED), FABRIC, SUIT) is None


def test_a_base_without_changes_makes_materials_at_their_normal_rate_and_no_items() -> None:
    projection = project(base(needs=NEED).instance)

    assert {path.product_code[0] for path in projection.lines} == {"M"}
    assert projection.line("PR010-L1").made == (60_000,) * 60


def test_renamed_lines_make_the_same() -> None:
    instance = all_lines(needs=NEED)
    renamed = replace(instance, lines=tuple(replace(line, code=f"X{line.code}") for line in instance.lines))

    assert project(renamed).items == project(instance).items
