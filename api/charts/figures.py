"""Figures as pure functions: plain data in, a Vega-Lite specification out. Only the helper process imports this.

Colours are those of Okabe and Ito, which people with any colour sight tell apart; shape, order or a word says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import altair as alt

from api.charts import planning
from api.charts.planning import BLUE, GREEN, GREY, ORANGE, RED, values
from api.charts.shapes import city_shapes

FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
Data = Mapping[str, Any]
"""``rows``, ``language`` and ``words``: what axes and legends are called in that language."""


def stock_map(data: Data) -> Any:
    """Usable stock of an item: the darker a city, the more stands in it; a mark for each tier that owns some of it.

    rows  code and name of the city, tier, usable (base units), longitude, latitude
    """
    words, rows = data["words"], data["rows"]
    by_city: dict[str, int] = {}
    for row in rows:
        by_city[row["code"]] = by_city.get(row["code"], 0) + row["usable"]
    shapes = [_with_usable(shape, by_city, data["language"]) for shape in city_shapes()]
    land = (
        alt.Chart(values(shapes))
        .mark_geoshape(stroke="#ffffff", strokeWidth=1)
        .encode(
            color=alt.Color(
                "properties.usable:Q",
                title=words["usable"],
                scale=alt.Scale(scheme="blues", type="sqrt"),
                legend=alt.Legend(format=",d", tickCount=4),
            ),
            tooltip=[
                alt.Tooltip("properties.city:N", title=words["city"]),
                alt.Tooltip("properties.usable:Q", title=words["usable"], format=","),
            ],
        )
    )
    rings = (
        alt.Chart(values([row for row in rows if row["usable"]]))
        .mark_point(filled=True, opacity=0.85, stroke="#ffffff")
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            size=alt.Size("usable:Q", scale=alt.Scale(range=[30, 700]), legend=None),
            color=alt.Color(
                "tier:N",
                title=words["tier"],
                sort=words["tiers"],
                scale=alt.Scale(domain=words["tiers"], range=[RED, ORANGE, GREEN, GREY][: len(words["tiers"])]),
            ),
            shape=alt.Shape("tier:N", title=words["tier"], scale=alt.Scale(domain=words["tiers"])),
            tooltip=[
                alt.Tooltip("name:N", title=words["city"]),
                alt.Tooltip("tier:N", title=words["tier"]),
                alt.Tooltip("usable:Q", title=words["usable"], format=","),
            ],
        )
    )
    both = alt.layer(land, rings).resolve_scale(color="independent", shape="independent")
    return both.project("mercator").properties(width=400, height=420)


def _with_usable(shape: dict[str, Any], usable: Mapping[str, int], language: str) -> dict[str, Any]:
    told = shape["properties"]
    name = told["name_en"] if language == "en" else told["name_zh"]
    return {**shape, "properties": {"city": name, "usable": usable.get(told["code"], 0)}}


def expiry_ladder(data: Data) -> Any:
    """How much can be used until when: each step down is a lot that expires.

    rows  from, until (days as text), left (usable base units in between)
    """
    words = data["words"]
    base = alt.Chart(values(data["rows"]))
    steps = base.mark_rect(color=BLUE, opacity=0.8).encode(
        x=alt.X("from:T", title=words["day"], axis=alt.Axis(format="%Y-%m", labelAngle=0, tickCount=6)),
        x2="until:T",
        y=alt.Y("left:Q", title=words["left"], axis=alt.Axis(format=",d", tickCount=5), scale=alt.Scale(zero=True)),
        y2=alt.datum(0),
        tooltip=[
            alt.Tooltip("until:T", title=words["until"], format="%Y-%m-%d"),
            alt.Tooltip("left:Q", title=words["left"], format=","),
        ],
    )
    labels = base.mark_text(dy=-6, align="left", dx=2).encode(
        x="from:T", y="left:Q", text=alt.Text("left:Q", format=",")
    )
    return alt.layer(steps, labels).properties(width=420, height=220)


def coverage_bars(data: Data) -> Any:
    """Share of targets that is covered, by holder kind; a line at one hundred.

    rows  holder, covered (percent of the targets, whole), targets (how many)
    """
    words = data["words"]
    base = alt.Chart(values(data["rows"]))
    order = [row["holder"] for row in data["rows"]]
    bars = base.mark_bar(color=BLUE).encode(
        y=alt.Y("holder:N", title=None, sort=order),
        x=alt.X("covered:Q", title=words["covered"], scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(format="d")),
        tooltip=[
            alt.Tooltip("holder:N", title=words["holder"]),
            alt.Tooltip("covered:Q", title=words["covered"]),
            alt.Tooltip("targets:Q", title=words["targets"]),
        ],
    )
    labels = base.mark_text(align="left", dx=4).encode(
        y=alt.Y("holder:N", sort=order), x="covered:Q", text=alt.Text("label:N")
    )
    return alt.layer(bars, labels).properties(width=420, height=alt.Step(30))


def days_of_supply(data: Data) -> Any:
    """For how many days what is usable would last at the need of the coming days, item by item.

    rows  item, days (one decimal), label
    """
    words = data["words"]
    base = alt.Chart(values(data["rows"]))
    order = [row["item"] for row in data["rows"]]
    bars = base.mark_bar(color=BLUE).encode(
        y=alt.Y("item:N", title=None, sort=order, axis=alt.Axis(labelLimit=220)),
        x=alt.X("days:Q", title=words["days"]),
        tooltip=[alt.Tooltip("item:N", title=words["item"]), alt.Tooltip("days:Q", title=words["days"])],
    )
    labels = base.mark_text(align="left", dx=4).encode(
        y=alt.Y("item:N", sort=order), x="days:Q", text=alt.Text("label:N")
    )
    return alt.layer(bars, labels).properties(width=420, height=alt.Step(26))


FIGURES: Mapping[str, Callable[[Data], Any]] = {
    each.__name__: each
    for each in (
        stock_map,
        expiry_ladder,
        coverage_bars,
        days_of_supply,
        planning.flow_map,
        planning.yardstick_bars,
        planning.supply_curve,
        planning.beside_curves,
    )
}


def specification(figure: str, data: Data) -> dict[str, Any]:
    """The figure as Vega-Lite, not validated: the shapes of the map make that slow."""
    chart = FIGURES[figure](data).configure(
        background="transparent",
        font=FONT,
        axis=alt.AxisConfig(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", gridColor="#cccccc55"),
        legend=alt.LegendConfig(labelFontSize=12, titleFontSize=12, titleFontWeight="normal"),
        text=alt.MarkConfig(fontSize=12),
        view=alt.ViewConfig(stroke=None),
    )
    found: dict[str, Any] = chart.to_dict(validate=False)
    return found
