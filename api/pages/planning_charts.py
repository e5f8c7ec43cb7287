"""What the figures of plans, lines and scenarios are asked with: rows and words for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from api.desk import PageDesk
from api.i18n import Text
from api.views import plan_map, plan_page, scenario_page
from reserve.authority import Permission
from reserve.errors import NotFound

Asked = tuple[str, Any, dict[str, Any]]
"""Name of the figure, its rows, its words."""
About = Mapping[str, str]


def _plan_map(page: PageDesk, about: About) -> Asked:
    text, code = page.text, about.get("plan", "")
    found = page.ask(plan_map.plan_map, code, page.scopes(Permission.PLAN_READ), text, about.get("item", ""))
    if found is None:
        raise NotFound("figure", code)
    rows = {
        "flows": [
            {
                "source": flow.source,
                "place": flow.place,
                "quantity": flow.quantity,
                "from_longitude": flow.start[0],
                "from_latitude": flow.start[1],
                "to_longitude": flow.end[0],
                "to_latitude": flow.end[1],
            }
            for flow in found.flows
        ],
        "sources": [
            {
                "name": source.name,
                "label": source.name if place < plan_map.NAMED_SOURCES else "",
                "quantity": source.quantity,
                "longitude": source.at[0],
                "latitude": source.at[1],
            }
            for place, source in enumerate(found.sources)
        ],
        "counties": [{"code": each.code, "name": each.name, "percent": each.percent} for each in found.counties],
    }
    words = {
        "fill": text.say("Fill in percent"),
        "county": text.say("County"),
        "from": text.say("From"),
        "to": text.say("To"),
        "quantity": text.say("Quantity"),
    }
    return "flow_map", rows, words


def _yardsticks(page: PageDesk, about: About) -> Asked:
    text = page.text
    found = page.ask(plan_page.yardsticks, about.get("plan", ""), page.scopes(Permission.PLAN_READ), text)
    rows = [
        {
            "method": row.method,
            "ours": row.ours,
            "percent": row.weighted_unmet_ppm / 10_000,
            "label": row.weighted_unmet,
        }
        for row in found
    ]
    return "yardstick_bars", rows, {"unmet": text.say("Weighted unmet, percent"), "method": text.say("Method")}


def _curve(page: PageDesk, about: About) -> Asked:
    text, item = page.text, about.get("item", "")
    found = page.ask(scenario_page.curves, _version(about, "scenario"), page.scopes(Permission.PLAN_READ), text)
    curve = _of_item(found, item)
    days = [
        {"day": day.on.isoformat(), "supply": day.reached, "need": day.wanted, "stock": day.stock} for day in curve.days
    ]
    spans = [
        {
            "limit": span.limit,
            "first": span.first_on.isoformat(),
            "last": span.last_on.isoformat(),
            "after": (span.last_on + timedelta(days=1)).isoformat(),
        }
        for span in curve.spans
    ]
    short = curve.item.short_on.isoformat() if curve.item.short_on else ""
    words = _line_words(text) | {
        "supply": text.say("Can be had by then"),
        "need": text.say("Needed by then"),
        "stock": text.say("Stock in the evening"),
        "short": text.say("short from"),
        "binds": text.say("What binds the output"),
        "from": text.say("From"),
        "until": text.say("Until"),
    }
    return "supply_curve", {"days": days, "spans": spans, "short": short}, words


def _beside(page: PageDesk, about: About) -> Asked:
    text, item, scopes = page.text, about.get("item", ""), page.scopes(Permission.PLAN_READ)
    versions = _version(about, "scenario"), _version(about, "other")
    left, right = (_of_item(page.ask(scenario_page.curves, each, scopes, text), item) for each in versions)
    series = [text.say("Left: can be had"), text.say("Left: needed"), text.say("Right: can be had")]
    told = [(series[0], left, "reached"), (series[1], left, "wanted"), (series[2], right, "reached")]
    if [day.wanted for day in left.days] != [day.wanted for day in right.days]:
        series.append(text.say("Right: needed"))
        told.append((series[3], right, "wanted"))
    rows = [
        {"day": day.on.isoformat(), "series": name, "quantity": getattr(day, quantity)}
        for name, curve, quantity in told
        for day in curve.days
    ]
    return "beside_curves", rows, _line_words(text) | {"series": series}


def _version(about: About, name: str) -> scenario_page.Asked:
    """A scenario and its version as an address writes them: ``CODE:NUMBER``."""
    code, _, number = about.get(name, "").partition(":")
    return code, int(number) if number.isdecimal() else None


def _of_item(curves: Sequence[scenario_page.Curve], item: str) -> scenario_page.Curve:
    found = next((curve for curve in curves if curve.item.item_code == item), None)
    if found is None:
        raise NotFound("item", item)
    return found


def _line_words(text: Text) -> dict[str, Any]:
    return {"day": text.say("Day"), "line": text.say("Curve"), "quantity": text.say("Pieces")}


PLANNING: Mapping[str, Callable[[PageDesk, About], Asked]] = {
    "plan-map": _plan_map,
    "yardsticks": _yardsticks,
    "curve": _curve,
    "beside": _beside,
}
