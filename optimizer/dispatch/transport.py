"""What transport can carry besides the docks of a site: one way, and vehicles that several sites share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.dispatch.instance import Instance


@dataclass(frozen=True)
class LaneLimit:
    """What one way can take per hour, in cubic centimetres, all items together. Ways without a row are unlimited."""

    site_code: str
    place_code: str
    cm3_per_hour: int


@dataclass(frozen=True)
class Fleet:
    """Vehicles that the sites of a fleet share; sites of no fleet are unlimited, and no site is of two.

    rates   (hour, cubic centimetre kilometres an hour): from which hour on how much can be moved, empty trips back
            already taken off. Rising hours; before the first one nothing leaves.
    """

    code: str
    site_codes: tuple[str, ...]
    rates: tuple[tuple[int, int], ...]

    @property
    def first_hour(self) -> int:
        """Before it none of the vehicles is there."""
        return self.rates[0][0]

    def work_between(self, start: int, end: int) -> int:
        """Cubic centimetre kilometres that can be moved from hour ``start`` to hour ``end``, ``end`` not included."""
        edges = [*(hour for hour, _ in self.rates[1:]), end]
        spans = zip(self.rates, edges, strict=True)
        return sum(rate * max(0, min(end, until) - max(start, since)) for (since, rate), until in spans)


def transport_problems(instance: Instance) -> Iterator[str]:
    """What is wrong with lane limits and fleets."""
    sites = {row.site_code for row in instance.sources}
    for limit in instance.lane_limits:
        if limit.cm3_per_hour < 0:
            where = f"lane {limit.site_code} to {limit.place_code}"
            yield f"{where}: cm3_per_hour expected 0 or more, found {limit.cm3_per_hour}"
    members = Counter(code for fleet in instance.fleets for code in fleet.site_codes)
    yield from (f"site {code}: expected in one fleet, found {n} times" for code, n in members.items() if n > 1)
    for fleet in instance.fleets:
        if unknown := sorted(set(fleet.site_codes) - sites):
            yield f"fleet {fleet.code}: sites of no source {unknown[:5]}"
        hours = [hour for hour, _ in fleet.rates]
        if not hours or hours[0] < 0 or any(later <= earlier for earlier, later in pairwise(hours)):
            yield f"fleet {fleet.code}: rates expected at rising hours from 0 on, found {hours[:5]}"
        if any(rate < 0 for _, rate in fleet.rates):
            yield f"fleet {fleet.code}: rates expected 0 or more"
