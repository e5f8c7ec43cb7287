"""What is wrong with an instance: every contradiction at once, each with code, expected and found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from optimizer.dispatch.production import production_problems
from optimizer.dispatch.roads import road_problems
from optimizer.dispatch.stays import stay_problems
from optimizer.dispatch.substitutes import substitution_problems
from optimizer.dispatch.transport import transport_problems

if TYPE_CHECKING:
    from optimizer.dispatch.instance import Floor, Instance, Lot, Need

QUANTITY_MAX = 2_000_000_000  # sums over a province stay far inside 64 bits, and inside exact doubles


def instance_problems(instance: Instance) -> tuple[str, ...]:
    """All problems in a stable order; empty when the instance is sound."""
    return (
        *_grid_problems(instance.boundaries),
        *_repeated(instance),
        *_unknown_codes(instance),
        *(problem for lot in instance.lots for problem in _lot_problems(lot)),
        *(problem for floor in instance.floors for problem in _floor_problems(floor)),
        *(problem for need in instance.needs for problem in _need_problems(need)),
        *_law_problems(instance),
        *_road_problems(instance),
        *transport_problems(instance),
        *substitution_problems(instance),
        *production_problems(instance),
        *road_problems(instance),
        *stay_problems(instance),
    )


def _grid_problems(boundaries: tuple[int, ...]) -> Iterator[str]:
    if len(boundaries) < 2 or boundaries[0] != 0:
        yield f"boundaries: expected at least two hours, the first 0, found {list(boundaries)[:5]}"
    elif any(later <= earlier for earlier, later in pairwise(boundaries)):
        yield "boundaries: expected rising hours"


def _repeated(instance: Instance) -> Iterator[str]:
    keys: dict[str, Iterable[Any]] = {
        "items": (row.code for row in instance.items),
        "sources": (row.code for row in instance.sources),
        "lots": ((row.source_code, row.item_code, row.code) for row in instance.lots),
        "floors": ((row.source_code, row.item_code) for row in instance.floors),
        "incidents": (row.code for row in instance.incidents),
        "steps": (row.source_kind.value for row in instance.steps),
        "needs": (row.code for row in instance.needs),
        "routes": ((row.site_code, row.place_code) for row in instance.routes),
        "docks": (row.site_code for row in instance.docks),
        "lane_limits": ((row.site_code, row.place_code) for row in instance.lane_limits),
        "fleets": (row.code for row in instance.fleets),
        "substitutions": ((row.needed_item, row.substitute_item) for row in instance.substitutions),
        "lines": ((row.code, row.item_code) for row in instance.lines),
        "materials": (row.code for row in instance.materials),
        "parts": ((row.product_code, row.material_code) for row in instance.parts),
    }
    for table, found in keys.items():
        yield from (f"{table} {key}: expected once, found {n} times" for key, n in Counter(found).items() if n > 1)


def _unknown_codes(instance: Instance) -> Iterator[str]:
    items = {row.code for row in instance.items}
    sources = {row.code for row in instance.sources}
    incidents = {row.code for row in instance.incidents}
    stands = [("lot " + lot.code, lot.source_code, lot.item_code) for lot in instance.lots]
    stands += [("floor", floor.source_code, floor.item_code) for floor in instance.floors]
    for what, source_code, item_code in stands:
        if source_code not in sources:
            yield f"{what} of {source_code}: source unknown"
        if item_code not in items:
            yield f"{what} of {source_code}: item {item_code} unknown"
    for need in instance.needs:
        if need.item_code not in items:
            yield f"need {need.code}: item {need.item_code} unknown"
        if need.incident_code not in incidents:
            yield f"need {need.code}: incident {need.incident_code} unknown"


def _lot_problems(lot: Lot) -> Iterator[str]:
    if not 0 <= lot.quantity <= QUANTITY_MAX:
        yield f"lot {lot.code}: quantity expected 0 to {QUANTITY_MAX}, found {lot.quantity}"
    if lot.pack_size < 1:
        yield f"lot {lot.code}: pack_size expected at least 1, found {lot.pack_size}"
    if lot.available_from_hour < 0:
        yield f"lot {lot.code}: available_from_hour expected 0 or later, found {lot.available_from_hour}"


def _floor_problems(floor: Floor) -> Iterator[str]:
    where = f"floor of {floor.source_code}, {floor.item_code}"
    for name in ("readiness", "operating", "strategic", "opened"):
        if getattr(floor, name) < 0:
            yield f"{where}: {name} expected 0 or more, found {getattr(floor, name)}"
    if floor.opened > floor.strategic:
        yield f"{where}: opened expected at most the strategic {floor.strategic}, found {floor.opened}"


def _need_problems(need: Need) -> Iterator[str]:
    where = f"need {need.code}"
    if not 0 <= need.quantity <= QUANTITY_MAX:
        yield f"{where}: quantity expected 0 to {QUANTITY_MAX}, found {need.quantity}"
    if need.received < 0 or need.on_road < 0:
        yield f"{where}: received and on_road expected 0 or more, found {need.received} and {need.on_road}"
    if need.priority_class not in (1, 2, 3):
        yield f"{where}: priority_class expected 1 to 3, found {need.priority_class}"
    if need.latest_hour < need.due_hour:
        yield f"{where}: latest_hour expected at least due_hour {need.due_hour}, found {need.latest_hour}"
    if need.kind.value == "flow" and need.latest_hour != need.due_hour:
        yield f"{where}: a flow is lost after due_hour {need.due_hour}, found latest_hour {need.latest_hour}"
    if need.min_life_hours < 0:
        yield f"{where}: min_life_hours expected 0 or more, found {need.min_life_hours}"
    if need.weight < 1:
        yield f"{where}: weight expected at least 1, found {need.weight}"


def _law_problems(instance: Instance) -> Iterator[str]:
    numbers = Counter(step.step for step in instance.steps)
    yield from (f"step {number}: expected once, found {n} times" for number, n in numbers.items() if n > 1)
    known = set(numbers)
    for incident in instance.incidents:
        if unknown := sorted(set(incident.papers) - known):
            yield f"incident {incident.code}: papers for unknown steps {unknown}"


def _road_problems(instance: Instance) -> Iterator[str]:
    for route in instance.routes:
        where = f"route {route.site_code} to {route.place_code}"
        if route.travel_hours < 0 or route.km < 0:
            yield f"{where}: hours and km expected 0 or more, found {route.travel_hours} and {route.km}"
        if any(end <= start for start, end in route.closures):
            yield f"{where}: a closure ends after it starts, found {list(route.closures)}"
    for dock in instance.docks:
        if dock.cm3_per_hour < 0:
            yield f"dock {dock.site_code}: cm3_per_hour expected 0 or more, found {dock.cm3_per_hour}"
