"""What the figures of plans, lines and scenarios are asked with: rows and words for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.desk import PageDesk
from api.views import plan_map, plan_page
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


PLANNING: Mapping[str, Callable[[PageDesk, About], Asked]] = {
    "plan-map": _plan_map,
    "yardsticks": _yardsticks,
}
