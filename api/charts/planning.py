"""Figures of plans, lines and scenarios. Only the helper process imports this; colours and rules as in ``figures``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from api.charts.shapes import city_shapes, corners_of, county_shapes, view_on

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#999999"
BLACK, PALE = "#333333", ["#f7fbff", "#6baed6"]
Data = Mapping[str, Any]
MAP = {"width": 560, "height": 460}


def flow_map(data: Data) -> Any:
    """Where an item goes: the darker a county, the more of its need is met; a line for each way from a square.

    rows  flows (source, place, quantity, and both ends), sources (name, quantity, place),
          counties (code, name, percent)
    """
    rows, words = data["rows"], data["words"]
    percent = {row["code"]: row for row in rows["counties"]}
    counties = county_shapes(percent.keys())
    seen = [corner for shape in counties for corner in corners_of(shape)]
    seen += [(row["longitude"], row["latitude"]) for row in rows["sources"]]
    land = alt.Chart(values(city_shapes())).mark_geoshape(fill="#f2f2f2", stroke="#bbbbbb", strokeWidth=1, clip=True)
    filled = (
        alt.Chart(values([_county(shape, percent) for shape in counties]))
        .mark_geoshape(stroke="#777777", strokeWidth=0.6, clip=True)
        .encode(
            color=alt.Color(
                "properties.percent:Q",
                title=words["fill"],
                scale=alt.Scale(domain=[0, 100], range=PALE),
                legend=alt.Legend(tickCount=5),
            ),
            tooltip=[
                alt.Tooltip("properties.name:N", title=words["county"]),
                alt.Tooltip("properties.percent:Q", title=words["fill"]),
            ],
        )
    )
    ways = (
        alt.Chart(values(rows["flows"]))
        .mark_rule(color=RED, opacity=0.65, clip=True)
        .encode(
            longitude="from_longitude:Q",
            latitude="from_latitude:Q",
            longitude2="to_longitude:Q",
            latitude2="to_latitude:Q",
            size=alt.Size("quantity:Q", scale=alt.Scale(range=[0.8, 6], type="sqrt"), legend=None),
            tooltip=[
                alt.Tooltip("source:N", title=words["from"]),
                alt.Tooltip("place:N", title=words["to"]),
                alt.Tooltip("quantity:Q", title=words["quantity"], format=","),
            ],
        )
    )
    marks = alt.Chart(values(rows["sources"])).encode(longitude="longitude:Q", latitude="latitude:Q")
    sources = marks.mark_point(shape="square", filled=True, size=90, color=BLACK, stroke="#ffffff", opacity=1).encode(
        tooltip=[
            alt.Tooltip("name:N", title=words["from"]),
            alt.Tooltip("quantity:Q", title=words["quantity"], format=","),
        ]
    )
    named = marks.mark_text(align="left", dx=8, fontWeight="bold", color=BLACK).encode(text="label:N")
    both = alt.layer(land, filled, ways, sources, named).resolve_scale(size="independent")
    return both.project(**view_on(seen, MAP["width"], MAP["height"])).properties(**MAP)


def _county(shape: dict[str, Any], percent: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    row = percent[shape["properties"]["code"]]
    return {**shape, "properties": {"name": row["name"], "percent": row["percent"]}}


def yardstick_bars(data: Data) -> Any:
    """Weighted share of the need that stays unmet, our plan in another colour than what is done by hand.

    rows  method, percent, ours, label
    """
    words = data["words"]
    order = [row["method"] for row in data["rows"]]
    base = alt.Chart(values(data["rows"]))
    y = alt.Y("method:N", title=None, sort=order)
    bars = base.mark_bar().encode(
        y=y,
        x=alt.X("percent:Q", title=words["unmet"], scale=alt.Scale(domainMin=0)),
        color=alt.Color("ours:N", legend=None, scale=alt.Scale(domain=[True, False], range=[BLUE, GREY])),
        tooltip=[alt.Tooltip("method:N", title=words["method"]), alt.Tooltip("label:N", title=words["unmet"])],
    )
    labels = base.mark_text(align="left", dx=4).encode(y=y, x="percent:Q", text="label:N")
    return alt.layer(bars, labels).properties(width=420, height=alt.Step(30))


def supply_curve(data: Data) -> Any:
    """What can be had by each day against what is needed by then, and below it what binds the output day by day.

    rows  days (day, supply and need added up, stock), spans (limit, first, last: days), short (day or nothing)
    """
    rows, words = data["rows"], data["words"]
    folded = [
        {"day": row["day"], "series": words[name], "quantity": row[name]}
        for name in ("supply", "need", "stock")
        for row in rows["days"]
    ]
    day = alt.X("day:T", title=None, axis=alt.Axis(format="%m-%d", labelAngle=0, tickCount=8))
    lines = _lines(folded, [words["supply"], words["need"], words["stock"]], words, day)
    layers = [lines]
    if rows["short"]:
        short = alt.Chart(values([{"day": rows["short"], "label": f"{words['short']} {rows['short']}"}]))
        layers.append(short.mark_rule(color=RED, strokeWidth=2, strokeDash=[2, 3]).encode(x="day:T"))
        layers.append(
            short.mark_text(color=RED, align="left", dx=5, fontWeight="bold").encode(
                x="day:T", y=alt.value(8), text="label:N"
            )
        )
    curves = alt.layer(*layers).properties(width=640, height=240)
    limits = list(dict.fromkeys(span["limit"] for span in rows["spans"]))
    strip = (
        alt.Chart(values(rows["spans"]))
        .mark_bar(height=18, stroke="#ffffff")
        .encode(
            x=alt.X("first:T", title=None, axis=None),
            x2="after:T",
            y=alt.Y("limit:N", title=None, sort=limits, axis=alt.Axis(labelLimit=200)),
            color=alt.Color("limit:N", legend=None, scale=alt.Scale(domain=limits, range=SHADES)),
            tooltip=[
                alt.Tooltip("limit:N", title=words["binds"]),
                alt.Tooltip("first:T", title=words["from"], format="%Y-%m-%d"),
                alt.Tooltip("last:T", title=words["until"], format="%Y-%m-%d"),
            ],
        )
        .properties(width=640, height=alt.Step(24), title=alt.TitleParams(words["binds"], anchor="start", fontSize=12))
    )
    return alt.vconcat(curves, strip).resolve_scale(x="shared", color="independent", strokeDash="independent")


def beside_curves(data: Data) -> Any:
    """Two versions on one scale: what can be had by each day under each, and what is needed by then.

    rows  day, series, quantity;  words: ``series`` names them in order
    """
    words = data["words"]
    day = alt.X("day:T", title=None, axis=alt.Axis(format="%m-%d", labelAngle=0, tickCount=8))
    return _lines(data["rows"], words["series"], words, day).properties(width=640, height=260)


SHADES = [BLUE, ORANGE, GREEN, "#CC79A7", GREY, "#56B4E9", RED, "#F0E442"]
DASHES = [[1, 0], [6, 4], [2, 3], [8, 3, 2, 3]]


def _lines(rows: list[dict[str, Any]], series: list[str], words: Mapping[str, Any], day: Any) -> Any:
    """Steps by day, told apart by dash as well as by colour."""
    shown = series[:4]
    legend = alt.Legend(orient="top", labelLimit=400, symbolStrokeWidth=3, symbolSize=300)
    return (
        alt.Chart(values(rows))
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=day,
            y=alt.Y("quantity:Q", title=words["quantity"], axis=alt.Axis(format=",d", tickCount=6)),
            color=alt.Color(
                "series:N",
                title=None,
                scale=alt.Scale(domain=shown, range=[BLUE, RED, GREEN, ORANGE][: len(shown)]),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "series:N", title=None, legend=legend, scale=alt.Scale(domain=shown, range=DASHES[: len(shown)])
            ),
            tooltip=[
                alt.Tooltip("day:T", title=words["day"], format="%Y-%m-%d"),
                alt.Tooltip("series:N", title=words["line"]),
                alt.Tooltip("quantity:Q", title=words["quantity"], format=","),
            ],
        )
    )


def values(rows: list[dict[str, Any]]) -> Any:
    return alt.Data(values=rows)  # type: ignore[no-untyped-call]
