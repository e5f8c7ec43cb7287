"""The two stories of the demo, and how a story is told from the declaration to the close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from reserve.clock import local_time
from reserve.incidents.picture import Measure, Scenario
from reserve.incidents.terms import IncidentClass
from reserve.papers.terms import ResponseLevel
from seed import production, scripts
from seed.incidents import flood_requests
from seed.replay import Stage
from seed.scripts import Cast
from seed.story import Activation, Announced, Asked, Mishap, Story

OUTBREAK = Story(
    name="outbreak-2021",
    incident_code="INC-2021-COVID-SJZ",
    title_zh="2021年1月石家庄藁城新冠肺炎疫情",
    title_en="Shijiazhuang Gaocheng COVID-19 outbreak, January 2021",
    scenario=Scenario.PUBLIC_HEALTH,
    incident_class=IncidentClass.MAJOR,
    level=ResponseLevel.I,
    opened_on=date(2021, 1, 1),
    declared_on=date(2021, 1, 5),
    closed_on=date(2021, 1, 20),
    item_codes=("H2010103", "H2010101", "H2010201", "H2010301", "H2020302", "H2020303", "H2020101"),
    reported=(
        Measure.NEW_CONFIRMED_CASES,
        Measure.MASS_TEST_PERSONS,
        Measure.CENTRAL_ISOLATION_PERSONS,
        Measure.CLOSURE,
    ),
    severity_profile="covid_2021_hebei",
    announced=(Announced(Measure.CLOSURE, "130109", date(2021, 1, 6), 1, date(2021, 1, 5)),),
    activations=(
        Activation("PR001-L1", "H2010201", 12_000, date(2021, 1, 6), date(2021, 1, 10), date(2021, 1, 8)),
        Activation("PR002-L1", "H2010103", 900_000, date(2021, 1, 6), date(2021, 1, 10), date(2021, 1, 7)),
    ),
    mishaps=(
        Mishap("HS008", "H2010201", damaged_packs=1),
        Mishap("RP-130109", "H2010103", missing_packs=1),
    ),
    bulk_items=("H2010103",),
    use_booked_from_cases=10,
)

WITHOUT_NORM = ("H1020101", "H1030101", "H2090202")
"""Quilts in summer, tents and lamps: no flood norm speaks of them; the counties ask."""

FLOOD = Story(
    name="flood-2023",
    incident_code="INC-2023-FLOOD",
    title_zh="2023年7月保定涿州等地特大暴雨洪涝(23·7)",
    title_en="Baoding-Zhuozhou flood, July 2023",
    scenario=Scenario.FLOOD,
    incident_class=IncidentClass.EXCEPTIONAL,
    level=ResponseLevel.I,
    opened_on=date(2023, 7, 1),
    declared_on=date(2023, 8, 1),
    closed_on=date(2023, 8, 13),
    item_codes=("H1030201", "H1020101", "H1020103", "H1020104", "H1030101", "H2090202"),
    reported=(Measure.RELOCATED_PERSONS, Measure.AFFECTED_PERSONS),
    asked=tuple(
        Asked(point.region_code, point.site_code, item, quantity, date(2023, 8, 2))
        for point, item, quantity in flood_requests(WITHOUT_NORM)
    ),
    activations=(
        Activation("PR020-L1", "H1030101", 300, date(2023, 8, 2), date(2023, 8, 6), date(2023, 8, 4)),
        Activation("PR028-L1", "H1030201", 2_000, date(2023, 8, 2), date(2023, 8, 8), date(2023, 8, 5)),
    ),
    mishaps=(
        Mishap("RP-130681", "H1020104", damaged_packs=1),
        Mishap("RP-131081", "H1030201", missing_packs=2),
    ),
    compared_on=date(2023, 8, 2),
)

STORIES = {story.name: story for story in (OUTBREAK, FLOOD)}

Told = Callable[[str, int, int], None]
"""Told the day that begins, how many are done, and how many there are."""


def tell(story: Story, stage: Stage, *, progress: Told = lambda day, done, total: None) -> Cast:
    """Play a story from its declaration to its close."""
    cast = Cast(story, stage)
    stage.play(scripts.declared(cast))
    total = len(story.days) + 1
    for done, day in enumerate(story.days):
        progress(day.isoformat(), done, total)
        stage.play_until(local_time(day, 8, 45))
        stage.play(scripts.reported(cast, day))
        stage.play(scripts.asked(cast, day))
        stage.play(scripts.estimated(cast, day))
        stage.play(scripts.planned(cast, day))
        if day == story.declared_on:
            for activation in story.activations:
                stage.play(production.activated(cast, activation))
        if story.use_booked_from_cases is not None:
            stage.later(local_time(day, 20), scripts.used(cast, day))
    progress(story.closed_on.isoformat(), total - 1, total)
    stage.play_until(story.ends_at)
    stage.play(production.ended(cast))
    stage.play(scripts.closed(cast))
    progress(story.closed_on.isoformat(), total, total)
    return cast
