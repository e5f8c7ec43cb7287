"""Roads that change by the hour: what a way is like from an hour on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.dispatch.instance import Instance


@dataclass(frozen=True)
class RoadChange:
    """A route as it is from an hour on, until its next change. Whoever leaves in that time takes its hours.

    closed  no arc: nobody leaves, and nobody is under way, while it holds
    """

    site_code: str
    place_code: str
    from_hour: int
    travel_hours: int
    km: int
    closed: bool = False


def road_problems(instance: Instance) -> Iterator[str]:
    """What is wrong with the changes of an instance."""
    routes = {(route.site_code, route.place_code) for route in instance.routes}
    seen = Counter((row.site_code, row.place_code, row.from_hour) for row in instance.road_changes)
    for row in instance.road_changes:
        where = f"road from {row.site_code} to {row.place_code} from {row.from_hour}"
        if (row.site_code, row.place_code) not in routes:
            yield f"{where}: route unknown"
        if row.from_hour < 1:
            yield f"{where}: from_hour expected 1 or later, found {row.from_hour}"
        if row.travel_hours < 0 or row.km < 0:
            yield f"{where}: hours and km expected 0 or more, found {row.travel_hours} and {row.km}"
        if seen[row.site_code, row.place_code, row.from_hour] > 1:
            yield f"{where}: expected once"
