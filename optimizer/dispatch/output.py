"""From what lines are told to make to what they make: runs, and the lots that a plan may send.

A target says in which stretches a line is to make a thing, and how many pieces a day. Carrying it out takes from
materials as the surge projection does: what is missing of a material is missing of the output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from optimizer.dispatch.instance import Basis, Evidence, Instance, Lot
from optimizer.dispatch.packs import smallest_packs
from optimizer.dispatch.plan import Plan, Run
from optimizer.dispatch.production import Line, production_days
from optimizer.surge.instance import Line as SurgeLine
from optimizer.surge.instance import SurgeInstance
from optimizer.surge.project import issued_in_all, project

LineKey = tuple[str, str]
"""Line code and what it makes."""
Stretch = tuple[int, tuple[int, ...]]
"""The day on which a run begins, and pieces to make on that day and every day after it."""
Targets = Mapping[LineKey, Sequence[Stretch]]


def allowed(line: Line, instance: Instance) -> tuple[int, ...]:
    """Pieces by day that a line can make of one thing from its earliest activation on, materials set aside."""
    return tuple(line.rate_on(day, line.from_day) for day in range(production_days(instance)))


def stretch(line: Line, pieces: Sequence[int]) -> Stretch:
    """Pieces by production day as one run that begins when the line can."""
    first = max(0, line.from_day)
    return first, tuple(pieces[first:])


def has_choices(instance: Instance) -> bool:
    """Whether any line can make more than one thing."""
    return len({line.code for line in instance.lines}) < len(instance.lines)


def one_choice(instance: Instance) -> Instance:
    """The same world with one thing for every line: what is needed most urgently, before that what it makes now."""
    urgent = urgency(instance)
    chosen: dict[str, Line] = {}
    for line in instance.lines:
        best = chosen.setdefault(line.code, line)
        if _preference(line, urgent) < _preference(best, urgent):
            chosen[line.code] = line
    return replace(instance, lines=tuple(chosen.values()))


def _preference(line: Line, urgent: Mapping[str, int]) -> tuple[int, bool, str]:
    return urgent.get(line.item_code, 9), not line.is_active, line.item_code


def urgency(instance: Instance) -> dict[str, int]:
    """The most urgent class in which each item is needed."""
    found: dict[str, int] = {}
    for need in instance.needs:
        if need.open_quantity > 0:
            found[need.item_code] = min(need.priority_class, found.get(need.item_code, 9))
    return found


def earliest(instance: Instance) -> tuple[Run, ...]:
    """Every line from its earliest activation on, shared materials first to what is needed most urgently."""
    lines = one_choice(instance).lines
    targets = {(line.code, line.item_code): [stretch(line, allowed(line, instance))] for line in lines}
    return carried_out(instance, targets)


def carried_out(instance: Instance, targets: Targets) -> tuple[Run, ...]:
    """What lines make of their targets, materials permitting. Lines without a target stand still."""
    lines = {(line.code, line.item_code): line for line in instance.lines}
    days = production_days(instance)
    if not targets or days == 0:
        return ()
    scenario = SurgeInstance(
        start_on=instance.t0[:10],
        days=days,
        lines=tuple(as_surge(lines[key], _by_day(targets[key], days)) for key in sorted(targets)),
        materials=tuple(
            replace(row, arrivals=tuple(pair for pair in row.arrivals if pair[0] < days)) for row in instance.materials
        ),
        uses=instance.parts,
        products=tuple(sorted(urgency(instance), key=lambda code: (urgency(instance)[code], code))),
    )
    made = {path.line_code: path.made for path in project(scenario).lines}
    runs = (
        _run(instance, lines[key], first, made[f"{key[0]}|{key[1]}"][first : first + len(pieces)])
        for key in sorted(targets)
        for first, pieces in targets[key]
    )
    return tuple(run for run in runs if any(run.made))


def _by_day(stretches: Sequence[Stretch], days: int) -> tuple[int, ...]:
    target = [0] * days
    for first, pieces in stretches:
        target[first : first + len(pieces)] = pieces
    return tuple(target[:days])


def as_surge(line: Line, target: tuple[int, ...] = ()) -> SurgeLine:
    """A line as the surge projection knows it, told what to make by day."""
    return SurgeLine(
        code=f"{line.code}|{line.item_code}",
        producer_code=line.source_code,
        product_code=line.item_code,
        rates=(*target, 0),
        yield_permille=line.yield_permille,
        lag_days=line.lag_days,
        claimed_permille=line.claimed_permille,
    )


def _run(instance: Instance, line: Line, first: int, made: Sequence[int]) -> Run:
    pieces = list(made)
    while pieces and not pieces[-1]:
        pieces.pop()
    return Run(
        line_code=line.code,
        item_code=line.item_code,
        source_code=line.source_code,
        proposed=not line.is_active,
        from_day=first,
        from_hour=instance.day0_hour + 24 * first,
        made=tuple(pieces),
        issued=tuple(_issues(instance, line, first, pieces)),
    )


def _issues(instance: Instance, line: Line, first: int, pieces: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Hour and pieces of every issue; rejects and claims come off what the run has made in all so far."""
    surge, total = as_surge(line), 0
    for number, quantity in enumerate(pieces):
        before, total = issued_in_all(surge, total), total + quantity
        if good := issued_in_all(surge, total) - before:
            yield instance.day0_hour + 24 * (first + number + 1 + line.lag_days), good


def with_output(instance: Instance, runs: Sequence[Run]) -> Instance:
    """The world in which these runs are settled: their output is there as lots, and no line is left to decide."""
    items, packs = {item.code for item in instance.items}, smallest_packs(instance)
    evidence = {line.code: line.evidence for line in instance.lines}
    lots = [
        Lot(
            code=lot_code(run.line_code, hour),
            source_code=run.source_code,
            item_code=run.item_code,
            quantity=quantity,
            pack_size=packs.get(run.item_code, 1),
            available_from_hour=hour,
            basis=Basis.CAPACITY,
            evidence=Evidence(evidence[run.line_code]),
        )
        for run in runs
        if run.item_code in items
        for hour, quantity in run.issued
        if hour < instance.horizon_hour
    ]
    return replace(instance, lots=(*instance.lots, *lots), lines=(), materials=(), parts=(), day0_hour=0)


def settled_world(instance: Instance, plan: Plan) -> Instance:
    """The world that a plan's shipments are drawn from, its own production included."""
    return with_output(instance, plan.production) if plan.production or instance.lines else instance


def lot_code(line_code: str, hour: int) -> str:
    """What a day's output is called in a plan, by the hour of its issue."""
    return f"made.{line_code}.{hour}"
