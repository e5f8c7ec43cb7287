"""Laws of what if: what a change does to a base, which changes make no sense, in what two scenarios differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from optimizer.surge.instance import Demand, Line, Material, SurgeInstance
from reserve.errors import Problem
from reserve.scenarios.drafts import (
    ActivateDraft,
    AddMaterialDraft,
    Change,
    ChangeNeedDraft,
    DelayDraft,
    SupplyShareDraft,
)
from reserve.scenarios.terms import Assumptions, Difference, ScenarioBase, Side


def with_changes(base: ScenarioBase, changes: Sequence[Change]) -> SurgeInstance:
    """The world of a base after changes that have no problems. The base stays as it is."""
    instance = base.instance
    return replace(
        instance,
        lines=tuple(_lines(base, changes)),
        materials=tuple(_material(each, base, changes) for each in instance.materials),
        demands=tuple(_demand(each, instance.days, changes) for each in instance.demands),
    )


def change_problems(base: ScenarioBase, changes: Sequence[Change]) -> list[Problem]:
    """Everything wrong with changes: what they name is not there, comes too late, or is changed twice."""
    return [*_unknown(base, changes), *_beyond_horizon(base, changes), *_repeated(changes)]


def differences(
    left: tuple[Assumptions, Sequence[Change]], right: tuple[Assumptions, Sequence[Change]]
) -> list[Difference]:
    """In what two scenarios differ: the assumptions of their bases, then the changes that only one of them makes."""
    found = []
    for name in Assumptions.__slots__:
        ours, theirs = _told(getattr(left[0], name)), _told(getattr(right[0], name))
        if ours != theirs:
            found.append(Difference(f"base_{name}", None, {"left": ours, "right": theirs}))
    for side, mine, others in ((Side.LEFT, left[1], right[1]), (Side.RIGHT, right[1], left[1])):
        only = Counter(mine) - Counter(others)
        for change in only.elements():
            facts = change.model_dump(mode="json", exclude={"kind"})
            found.append(Difference(change.kind.value, side, facts))
    return found


# --- what a change does -------------------------------------------------------------------------------------------


def _lines(base: ScenarioBase, changes: Sequence[Change]) -> Iterator[Line]:
    """Activated lines take the place of what they made in the base; a delayed line begins later."""
    late: dict[str, int] = defaultdict(int)
    for change in changes:
        if isinstance(change, DelayDraft):
            late[change.line_code] += change.days
    activations = {change.line_code: change for change in changes if isinstance(change, ActivateDraft)}
    standing = {line.code: line for line in base.instance.lines}
    for code, line in standing.items():
        if code not in activations:
            yield replace(line, from_day=line.from_day + late[code], until_day=_later(line.until_day, late[code]))
    available = {line.code: line for line in base.available}
    for code, change in activations.items():
        yield activated(available[code], change, standing.get(code), late[code])


def activated(line: Line, change: ActivateDraft, standing: Line | None, days_late: int) -> Line:
    """A line in its surge run, from a day on; until then it goes on with what it does in the base.

    Under an order it need not convert and climb again, as long as no day without work lies between.
    """
    start = change.from_day + days_late
    before = tuple(standing.allowed_on(day) for day in range(start)) if standing else ()
    days_run = _days_run(before, -line.from_day) if standing and standing.until_day is not None else 0
    return replace(
        line,
        from_day=0 if before else start,
        rates=(*before, *line.rates[min(days_run, len(line.rates) - 1) :]),
        cap_per_day=change.per_day,
        yield_permille=change.yield_permille,
    )


def _days_run(made: Sequence[int], earlier: int) -> int:
    """Days of work without a break up to the last one; ``earlier``: such days before the first."""
    run = len(list(takewhile(bool, reversed(made))))
    return run + earlier if run == len(made) else run


def _later(day: int | None, days: int) -> int | None:
    return None if day is None else day + days


def _material(material: Material, base: ScenarioBase, changes: Sequence[Change]) -> Material:
    """Dated arrivals are added; a share of the province's normal supply takes the place of the daily quantity."""
    supply = dict(base.supply)
    for change in changes:
        if isinstance(change, AddMaterialDraft) and change.material_code == material.code:
            arrival = (change.day, change.quantity * material.scale)
            material = replace(material, arrivals=(*material.arrivals, arrival))
        elif isinstance(change, SupplyShareDraft) and change.material_code == material.code:
            material = replace(material, daily=supply[material.code] * change.percent // 100)
    return material


def _demand(demand: Demand, days: int, changes: Sequence[Change]) -> Demand:
    for change in changes:
        if not isinstance(change, ChangeNeedDraft) or change.item_code != demand.item_code:
            continue
        if change.per_day is not None:
            demand = replace(demand, needs=(change.per_day,) * days)
        elif change.percent is not None:  # rounded up: a need is never rounded away
            needs = tuple(-(-need * change.percent // 100) for need in demand.needs)
            lumps = tuple(-(-lump * change.percent // 100) for lump in demand.lumps)
            demand = replace(demand, needs=needs, lumps=lumps)
    return demand


# --- what makes no sense ------------------------------------------------------------------------------------------


def _unknown(base: ScenarioBase, changes: Sequence[Change]) -> Iterator[Problem]:
    standing = {line.code for line in base.instance.lines}
    available = {line.code for line in base.available}
    materials = {material.code for material in base.instance.materials}
    items = {demand.item_code for demand in base.instance.demands}
    running = standing | {change.line_code for change in changes if isinstance(change, ActivateDraft)}
    for place, change in enumerate(changes):
        row = place + 1
        match change:
            case ActivateDraft(line_code=code) if code not in available:
                expected = "a line with a valid declaration"
                yield Problem("line_not_available", f"changes.{place}.line_code", expected, code, row)
            case DelayDraft(line_code=code) if code not in running:
                expected = "a line that runs or is activated"
                yield Problem("line_not_running", f"changes.{place}.line_code", expected, code, row)
            case AddMaterialDraft(material_code=code) | SupplyShareDraft(material_code=code) if code not in materials:
                yield Problem("unknown_material", f"changes.{place}.material_code", "a known material", code, row)
            case ChangeNeedDraft(item_code=code) if code not in items:
                expected = "an item that is needed or that a line makes"
                yield Problem("unknown_item", f"changes.{place}.item_code", expected, code, row)


def _beyond_horizon(base: ScenarioBase, changes: Sequence[Change]) -> Iterator[Problem]:
    last = base.instance.days - 1
    for place, change in enumerate(changes):
        day = {"from_day": getattr(change, "from_day", 0), "day": getattr(change, "day", 0)}
        for name, value in day.items():
            if value > last:
                expected = f"at most {last}"
                yield Problem("beyond_horizon", f"changes.{place}.{name}", expected, str(value), place + 1)


def _repeated(changes: Sequence[Change]) -> Iterator[Problem]:
    """Arrivals and delays add up; of everything else one change says it all."""
    seen: set[tuple[str, str]] = set()
    for place, change in enumerate(changes):
        match change:
            case ActivateDraft(line_code=code):
                name = "line_code"
            case ChangeNeedDraft(item_code=code):
                name = "item_code"
            case SupplyShareDraft(material_code=code):
                name = "material_code"
            case _:
                continue
        if (change.kind, code) in seen:
            yield Problem("repeated", f"changes.{place}.{name}", "each once", code, place + 1)
        seen.add((change.kind, code))


def _told(value: object) -> str:
    """An assumption as text, the same for equal values."""
    return ";".join(value) if isinstance(value, tuple) else str(value)
