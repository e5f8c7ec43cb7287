"""The second reading finds every lie that is planted in a sound projection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer.surge.check import check
from optimizer.surge.instance import Material, SurgeInstance, Use
from optimizer.surge.plan import Projection
from optimizer.surge.project import project
from tests.optimizer.surge.worlds import line, world

INSTANCE = world(
    line("A"),
    line("B", (50,)),
    materials=(Material("M", "m", daily=120),),
    uses=(Use("SUIT", "M", 1),),
    need=70,
    opening=200,
)
SOUND = project(INSTANCE)


def on_day(days: tuple[Any, ...], day: int, value: Any) -> tuple[Any, ...]:
    return (*days[:day], value, *days[day + 1 :])


def lie(part: str, place: int, **changes: Any) -> Projection:
    """The sound projection with one path of ``part`` changed."""
    paths = list(getattr(SOUND, part))
    paths[place] = replace(paths[place], **changes)
    return replace(SOUND, **{part: tuple(paths)})


def rules(projection: Projection, instance: SurgeInstance = INSTANCE) -> set[str]:
    return {violation.rule for violation in check(instance, projection)}


ITEM, MATERIAL, FIRST, SECOND = SOUND.items[0], SOUND.materials[0], *SOUND.lines


@pytest.mark.parametrize(
    ("found", "projection"),
    [
        ("beyond_rate", lie("lines", 0, made=on_day(FIRST.made, 0, 101))),
        ("material_beyond_stock", lie("lines", 1, made=on_day(SECOND.made, 0, 50))),
        ("made_too_late", lie("lines", 0, made=on_day(FIRST.made, 0, 90))),
        ("limit_does_not_bind", lie("lines", 0, limits=on_day(FIRST.limits, 0, "M"))),
        ("limit_does_not_bind", lie("lines", 1, limits=on_day(SECOND.limits, 0, "capacity"))),
        ("allowed", lie("lines", 0, allowed=on_day(FIRST.allowed, 0, 99))),
        ("other_line", lie("lines", 0, full=99)),
        ("incoming", lie("materials", 0, incoming=on_day(MATERIAL.incoming, 3, 121))),
        ("material", lie("materials", 0, left=on_day(MATERIAL.left, 3, 1))),
        ("issue", lie("items", 0, issued=on_day(ITEM.issued, 2, ITEM.issued[2] + 1))),
        ("arrived", lie("items", 0, arrived=on_day(ITEM.arrived, 2, 1))),
        ("stock", lie("items", 0, stock=on_day(ITEM.stock, 2, ITEM.stock[2] + 1))),
        ("unmet", lie("items", 0, unmet=on_day(ITEM.unmet, 0, -1))),
        ("unmet_beside_stock", lie("items", 0, unmet=on_day(ITEM.unmet, 0, 1))),
        ("shortage_date", lie("items", 0, short_from_day=3)),
        ("other_need", lie("items", 0, opening=199)),
        ("length", lie("items", 0, stock=ITEM.stock[:-1])),
        ("lines", replace(SOUND, lines=SOUND.lines[:1])),
        ("other_instance", replace(SOUND, instance_hash="0")),
    ],
)
def test_a_planted_lie_is_found(found: str, projection: Projection) -> None:
    assert check(INSTANCE, SOUND) == []
    assert found in rules(projection)


def test_who_takes_out_of_turn_is_found() -> None:
    """The same pieces in all, but the line whose turn comes second took first."""
    swapped = replace(
        SOUND,
        lines=(replace(FIRST, made=on_day(FIRST.made, 0, 70)), replace(SECOND, made=on_day(SECOND.made, 0, 50))),
    )

    assert "made_too_late" in rules(swapped)


def test_the_projection_of_another_scenario_is_found() -> None:
    assert rules(SOUND, replace(INSTANCE, days=7, demands=())) >= {"other_instance", "items", "length"}
