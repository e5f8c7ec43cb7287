"""Laws of capacity: what a line makes day by day, what it may be promised for, what backs a promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from reserve.capacity.terms import (
    CAPACITY,
    ORDER,
    Activation,
    Commitment,
    DayReport,
    Declared,
    Line,
    Materials,
    Output,
    Reliability,
    Stranded,
)
from reserve.errors import Problem

DAY = timedelta(days=1)
Bom = Mapping[str, Mapping[str, Fraction]]
"""Units of each material that go directly into one unit of a product, which may be a material itself."""


# --- what a line makes --------------------------------------------------------------------------------------------


def output_on(line: Line, day: int) -> int:
    """What a line can make on a day of its run, day 0 being the first; materials set aside.

    Nothing during the changeover hours. Then the rate of the day stands where a straight line from normal to
    maximum over the ramp days is when the day's work begins. Rounded down.

    Example: normal 100, maximum 400, changeover 36 hours, ramp 3 days makes 0, 50, 150, 250, 350, 400 …
    """
    working_hours = min(24, max(0, 24 * (day + 1) - line.changeover_hours))
    hours_run = max(0, 24 * day - line.changeover_hours)
    ramp_hours = 24 * line.ramp_up_days
    if hours_run >= ramp_hours:
        return line.max_daily * working_hours // 24
    climbed = (line.max_daily - line.normal_daily) * hours_run
    return (line.normal_daily * ramp_hours + climbed) * working_hours // (24 * ramp_hours)


def material_needs(product: str, bom: Bom) -> dict[str, Fraction]:
    """Units of every material for one unit of a product, all levels: masks need fabric, fabric needs resin."""
    needs: dict[str, Fraction] = defaultdict(Fraction)
    for material, quantity in bom.get(product, {}).items():
        needs[material] += quantity
        for deeper, more in material_needs(material, bom).items():
            needs[deeper] += quantity * more
    return dict(sorted(needs.items()))


def expected_output(
    lines: Mapping[str, Line],
    activations: Iterable[Activation],
    until: date,
    materials: Materials,
    *,
    promised: Mapping[tuple[date, str], int] | None = None,
) -> list[Output]:
    """What activated lines finish, day by day up to ``until``, by date of issue, line and day.

    Each day the lines take from the day's materials in the order of their codes; together they never take more
    than comes in, and what is left over is not carried on. Two activations of one line share what it can make.
    Days without output are left out.

    promised  pieces that a line makes on a day for others already, by day and line code
    """
    ordered = sorted(activations, key=lambda each: (each.line_code, each.from_on, each.to_on))
    busy: dict[tuple[date, str], int] = defaultdict(int, promised or {})
    made: dict[int, int] = defaultdict(int)
    outputs: list[Output] = []
    for day in _days_of(ordered, until):
        left: dict[str, Fraction] = {
            material: quantity - materials.taken.get((day, material), Fraction())
            for material, quantity in materials.daily.items()
        }
        for place, activation in enumerate(ordered):
            if not activation.from_on <= day <= activation.to_on:
                continue
            line = lines[activation.line_code]
            needs = materials.needs.get(line.product_code, {})
            limits = _limits(line, activation, day, made[place], busy[day, line.code])
            limits += [(max(0, left.get(material, Fraction()) // each), material) for material, each in needs.items()]
            quantity, limited_by = min(limits, key=lambda limit: limit[0])  # of equals the first
            if quantity == 0:
                continue
            made[place] += quantity
            busy[day, line.code] += quantity
            for material, each in needs.items():
                left[material] -= each * quantity
            outputs.append(_output(line, day, quantity, limited_by))
    return sorted(outputs, key=lambda each: (each.available_on, each.line_code, each.made_on))


def material_use(made: Iterable[tuple[str, date, int]], needs: Bom) -> dict[tuple[date, str], Fraction]:
    """Material units that outputs (item, day, pieces) take, by day and material; ``needs`` through all levels."""
    used: dict[tuple[date, str], Fraction] = defaultdict(Fraction)
    for item_code, day, quantity in made:
        for material, each in needs.get(item_code, {}).items():
            used[day, material] += each * quantity
    return dict(used)


def _days_of(activations: Sequence[Activation], until: date) -> Iterator[date]:
    if not activations:
        return
    day = min(each.from_on for each in activations)
    last = min(until, max(each.to_on for each in activations))
    while day <= last:
        yield day
        day += DAY


def _limits(line: Line, activation: Activation, day: date, made: int, busy: int) -> list[tuple[int, str]]:
    """What the line and its order allow on a day, pieces, and the word for it."""
    began = activation.began_on or activation.from_on
    limits = [(max(0, output_on(line, (day - began).days) - busy), CAPACITY)]
    if activation.quantity_per_day is not None:
        limits.append((activation.quantity_per_day, ORDER))
    if activation.quantity is not None:
        limits.append((activation.quantity - made, ORDER))
    return limits


def _output(line: Line, day: date, quantity: int, limited_by: str) -> Output:
    return Output(
        item_code=line.product_code,
        producer_code=line.producer_code,
        line_code=line.code,
        made_on=day,
        available_on=available_on(line, day),
        quantity=quantity,
        limited_by=limited_by,
    )


def available_on(line: Line, made_on: date) -> date:
    """First day of issue: the day after, when the day's output is counted, plus the days of tests and airing."""
    return made_on + timedelta(days=1 + line.release_lag_days)


# --- what backs a promise -----------------------------------------------------------------------------------------


def declared_on(declarations: Sequence[Declared], line_code: str, day: date) -> Declared | None:
    """The declaration that stands for a line on a day, if it is still good then.

    declarations  in the order in which they were recorded; of those begun by the day the last begun stands, also
                  when it has run out: a newer word takes the place of an older one
    """
    begun = [each for each in declarations if each.line_code == line_code and each.valid_from <= day]
    if not begun:
        return None
    standing = max(enumerate(begun), key=lambda pair: (pair[1].valid_from, pair[0]))[1]
    return standing if day <= standing.valid_until else None


def commitment_problems(
    wanted: Commitment, others: Sequence[Commitment], declarations: Sequence[Declared]
) -> list[Problem]:
    """Why a line may not be promised so: the first day of each fault.

    Promises stay within the declared capacity (C01) of a declaration that is good on the day (C02); one line is
    not promised to two incidents on one day (C04).
    """
    problems: dict[str, Problem] = {}
    for day in days_between(wanted.from_on, wanted.to_on):
        same_day = [each for each in others if each.line_code == wanted.line_code and each.from_on <= day <= each.to_on]
        elsewhere = [each for each in same_day if each.incident_code != wanted.incident_code]
        if elsewhere:
            found = f"{elsewhere[0].incident_code} on {day.isoformat()}, {elsewhere[0].order_number}"
            problems.setdefault(
                "line_promised", Problem("line_promised", "line_code", "a line free of other incidents", found)
            )
            continue
        declared = declared_on(declarations, wanted.line_code, day)
        if declared is None:
            found = f"none on {day.isoformat()}"
            problems.setdefault("no_declaration", Problem("no_declaration", "to_on", "a valid declaration", found))
            continue
        free = declared.daily_quantity - sum(each.quantity_per_day for each in same_day)
        if wanted.quantity_per_day > free:
            expected = f"at most {max(0, free)} a day on {day.isoformat()}"
            found = str(wanted.quantity_per_day)
            problems.setdefault("beyond_declared", Problem("beyond_declared", "quantity_per_day", expected, found))
    return list(problems.values())


def stranded(commitments: Sequence[Commitment], declarations: Sequence[Declared], since: date) -> list[Stranded]:
    """Promises from a day on that the declarations no longer back, by order: the first day and both figures (C02)."""
    found: dict[str, Stranded] = {}
    for commitment in sorted(commitments, key=lambda each: each.order_number):
        for day in days_between(max(since, commitment.from_on), commitment.to_on):
            committed = sum(
                each.quantity_per_day
                for each in commitments
                if each.line_code == commitment.line_code and each.from_on <= day <= each.to_on
            )
            declared = declared_on(declarations, commitment.line_code, day)
            backed = declared.daily_quantity if declared else 0
            if committed > backed and commitment.order_number not in found:
                found[commitment.order_number] = Stranded(
                    commitment.order_number, commitment.line_code, day, committed, backed
                )
    return list(found.values())


def began_on(wanted: Commitment, others: Iterable[Commitment]) -> date:
    """First day of the unbroken run of a line that an order goes on with; its own first day when there is none."""
    first = wanted.from_on
    spans = sorted((each for each in others if each.line_code == wanted.line_code), key=lambda each: each.to_on)
    for span in reversed(spans):
        if span.from_on < first and span.to_on >= first - DAY:
            first = span.from_on
    return first


def days_between(first: date, last: date) -> list[date]:
    """Every day from one to another, both included; none when they are the wrong way round."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


# --- promise against output ---------------------------------------------------------------------------------------


def cumulative_good(reports: Mapping[date, DayReport], day: date, good: int) -> int:
    """Good pieces up to a day, when that day's report says ``good``."""
    return good + sum(report.good for made_on, report in reports.items() if made_on < day)


def reliability(planned: Mapping[date, int], reports: Mapping[date, DayReport]) -> Reliability:
    """Pieces planned and made over the days that are reported."""
    return Reliability(
        planned=sum(planned.get(day, 0) for day in reports),
        made=sum(report.good for report in reports.values()),
    )


def missing_days(planned: Iterable[date], reports: Mapping[date, DayReport], today: date) -> list[date]:
    """Days that are over, had output planned and were not reported."""
    return sorted(day for day in planned if day < today and day not in reports)
