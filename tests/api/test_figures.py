"""Figures: what they are drawn from, and the process that draws them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest

from api.charts.renderer import NoFigure, Renderer
from api.i18n import Language
from api.views import figures
from reserve.commands import Runner
from reserve.organisations.terms import Tier
from tests.ledger_text import book
from tests.small_world import CITY, MASK, build

TODAY = date(2026, 3, 1)
ROWS = [
    {"from": "2026-03-01", "until": "2026-04-01", "left": 300},
    {"from": "2026-04-02", "until": "2027-04-01", "left": 100},
]
WORDS = {"day": "日期", "left": "可用", "until": "有效期至"}


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    renderer = Renderer()
    yield renderer
    renderer.close()


@pytest.fixture
def stocked(runner: Runner) -> Runner:
    build(runner)
    book(runner, "2026-02-20  receive  100  lot 7/2026-06-30  SUPPLIER -> A1")
    book(runner, "2026-02-20  receive  50  lot 8/2027-06-30  SUPPLIER -> A1")
    return runner


def test_a_figure_is_drawn_with_its_words_and_a_specification(renderer: Renderer) -> None:
    drawing = renderer.draw("expiry_ladder", {"rows": ROWS, "words": WORDS, "language": "zh-CN"})

    assert drawing.svg.startswith("<svg")
    assert "可用" in drawing.svg
    assert "<style" not in drawing.svg
    assert " style=" not in drawing.svg
    assert json.loads(drawing.spec)["layer"][0]["mark"]["type"] == "rect"


def test_one_bad_figure_does_not_take_the_next_one_with_it(renderer: Renderer) -> None:
    with pytest.raises(NoFigure):
        renderer.draw("wishes", {"rows": []})

    drawing = renderer.draw("coverage_bars", {"rows": [], "words": {"covered": "", "holder": "", "targets": ""}})
    assert drawing.svg.startswith("<svg")


def test_usable_stock_stands_in_its_city_with_the_tier_of_its_owner(stocked: Runner) -> None:
    rows = stocked.ask(figures.by_city_and_tier, ("/",), MASK, Language.ZH, today=TODAY)

    assert [(row.tier, row.usable) for row in rows] == [(Tier.PROVINCE, 150)]
    assert stocked.ask(figures.by_city_and_tier, (f"/HB/{CITY}/",), MASK, Language.ZH, today=TODAY) == []


def test_what_stays_usable_steps_down_after_each_last_day(stocked: Runner) -> None:
    rungs = stocked.ask(figures.expiry_ladder, ("/",), MASK, today=TODAY)

    assert [(rung.start, rung.until, rung.left) for rung in rungs] == [
        (TODAY, date(2026, 6, 30), 150),
        (date(2026, 7, 1), date(2027, 6, 30), 50),
    ]
    assert stocked.ask(figures.expiry_ladder, ("/",), MASK, today=date(2026, 7, 1))[0].left == 50


def test_the_map_of_a_plan_is_drawn_with_its_counties_and_the_names_of_its_stores(renderer: Renderer) -> None:
    way = {"source": "省库", "place": "医院", "quantity": 5, "from_longitude": 114.5, "from_latitude": 38.0}
    rows = {
        "flows": [way | {"to_longitude": 114.8, "to_latitude": 38.1}],
        "sources": [{"name": "省库", "label": "省库", "quantity": 5, "longitude": 114.5, "latitude": 38.0}],
        "counties": [{"code": "130109", "name": "藁城区", "percent": 40}],
    }
    words = dict.fromkeys(("fill", "county", "from", "to", "quantity"), "词")

    drawing = renderer.draw("flow_map", {"rows": rows, "words": words, "language": "zh-CN"})

    shown = json.loads(drawing.spec)["layer"][1]["data"]["values"]
    assert [(shape["properties"]["name"], shape["properties"]["percent"]) for shape in shown] == [("藁城区", 40)]
    assert "省库" in drawing.svg


def test_our_plan_stands_beside_what_is_done_by_hand(renderer: Renderer) -> None:
    rows = [
        {"method": "本系统方案", "ours": True, "percent": 45.4, "label": "45.4 %"},
        {"method": "按比例分摊", "ours": False, "percent": 46.8, "label": "46.8 %"},
    ]

    drawing = renderer.draw("yardstick_bars", {"rows": rows, "words": {"unmet": "未满足", "method": "办法"}})

    assert ("45.4 %" in drawing.svg, "46.8 %" in drawing.svg) == (True, True)


def test_a_supply_curve_marks_the_first_short_day_and_what_binds(renderer: Renderer) -> None:
    days = [{"day": f"2021-01-0{day}", "supply": 10 * day, "need": 15 * day, "stock": 0} for day in (1, 2, 3)]
    spans = [{"limit": "熔喷布", "first": "2021-01-01", "last": "2021-01-03", "after": "2021-01-04"}]
    names = ("supply", "need", "stock", "short", "binds", "from", "until", "day", "line", "quantity")

    drawing = renderer.draw(
        "supply_curve",
        {"rows": {"days": days, "spans": spans, "short": "2021-01-02"}, "words": {name: name for name in names}},
    )

    assert ("short 2021-01-02" in drawing.svg, "熔喷布" in drawing.svg, "need" in drawing.svg) == (True, True, True)


def test_two_versions_are_drawn_on_one_scale(renderer: Renderer) -> None:
    series = ["left", "need", "right"]
    rows = [{"day": "2021-01-01", "series": name, "quantity": 5} for name in series]
    words = {"series": series, "day": "", "line": "", "quantity": ""}

    drawing = renderer.draw("beside_curves", {"rows": rows, "words": words})

    assert [name in drawing.svg for name in series] == [True, True, True]
