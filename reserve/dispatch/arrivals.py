"""What has come, and is coming, for each need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from reserve.dispatch import rules
from reserve.incidents.picture import NeedKind
from reserve.incidents.queries import NeedNow

Came = tuple[int, int]
"""Received, and held or on the road; base units."""


def key_of(incident_code: str, need: NeedNow) -> str:
    return rules.need_key(incident_code, need.site_code, need.item_code, need.need_class, need.due_at)


class Arrivals:
    """Deals out what has come to the needs that it came for.

    A flow gets what was sent for its own hour. Lumps of one place, item and class share what came for any of them,
    withdrawn ones included, whoever asks first: an estimate that moves a lump to another day must not have it sent
    twice.
    """

    def __init__(self, incident_code: str, needs: Iterable[NeedNow], progress: Mapping[str, Came]) -> None:
        self._incident_code = incident_code
        self._progress = progress
        self._pools: dict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
        lumps = {key_of(incident_code, need): _place(need) for need in needs if need.kind is NeedKind.LUMP}
        for key, place in lumps.items():
            received, coming = progress.get(key, (0, 0))
            self._pools[place][0] += received
            self._pools[place][1] += coming

    def take(self, need: NeedNow, quantity: int) -> Came:
        """What counts for a need of this quantity; a lump takes its part out of the pool of its place."""
        if need.kind is not NeedKind.LUMP:
            return self._progress.get(key_of(self._incident_code, need), (0, 0))
        pool = self._pools[_place(need)]
        received = min(quantity, pool[0])
        coming = min(quantity - received, pool[1])
        pool[0] -= received
        pool[1] -= coming
        return received, coming


def _place(need: NeedNow) -> tuple[str, str, int]:
    return need.site_code, need.item_code, need.need_class
