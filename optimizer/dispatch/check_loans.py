"""The checker on equipment that comes back: where every unit is at every hour. Whole numbers and hours only.

Shares nothing with the files that make plans but the tables: it reads docs/dispatch-model.md, section 3, again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from optimizer.dispatch.instance import Instance, Need
from optimizer.dispatch.plan import Loan, Plan, Shipment
from optimizer.dispatch.violation import Violation


def away_at_once(rows: Sequence[Shipment]) -> Iterator[list[Shipment]]:
    """What is away together: all of it, where nothing comes back; else at every hour at which something lent leaves."""
    if not any(row.loan for row in rows):
        yield list(rows)
    for now in sorted({row.leave_hour for row in rows if row.loan}):
        yield [row for row in rows if row.loan is None or (row.leave_hour <= now and not _is_home(row.loan, now))]


def _is_home(loan: Loan, hour: int) -> bool:
    return loan.home_hour is not None and loan.home_hour <= hour


def loans(instance: Instance, plan: Plan) -> Iterable[Violation]:
    """Needs with an end are served by loans and only they; a unit is at one place and in one use at a time."""
    until = {stay.need_code: stay.until_hour for stay in instance.stays}
    needs = {need.code: need for need in instance.needs}
    for row in plan.shipments:
        name = f"{row.source_code} {row.lot_code} {row.need_code}"
        if (row.loan is not None) != (row.need_code in until):
            yield Violation("lent_where_it_is_lent", name, row.quantity, 0)
        elif row.loan is not None:
            served = row.loan.need_codes
            if not served or served[0] != row.need_code or any(code not in until for code in served):
                yield Violation("loan_known", name, row.quantity, 0)
            else:
                yield from _uses(instance, row, row.loan, [needs[code] for code in served], until)
                yield from _way_home(instance, row, row.loan, until[served[-1]])


def _uses(
    instance: Instance, row: Shipment, loan: Loan, served: list[Need], until: dict[str, int]
) -> Iterable[Violation]:
    """One place and incident, one use after the other, from the due hour on, alive to the end of each."""
    name = f"{row.source_code} {row.lot_code} {row.need_code}"
    here = {(need.place_code, need.incident_code, need.item_code, need.county_code, need.city_code) for need in served}
    if len(here) > 1:
        yield Violation("loan_at_one_place", name, len(here), 1)
    if row.arrive_hour > served[0].due_hour:
        yield Violation("loan_there_when_due", name, row.arrive_hour, served[0].due_hour)
    for one, other in pairwise(served):
        if until[one.code] > other.due_hour:
            yield Violation("loan_in_one_use", name, until[one.code], other.due_hour)
    lots = (lot for lot in instance.lots if (lot.source_code, lot.item_code) == (row.source_code, row.item_code))
    last = next(lot.last_usable_hour for lot in lots if lot.code == row.lot_code)
    for need in served:
        if last is not None and last < until[need.code] + need.min_life_hours:
            yield Violation("remaining_life", name, last, until[need.code] + need.min_life_hours)


def _way_home(instance: Instance, row: Shipment, loan: Loan, free_hour: int) -> Iterable[Violation]:
    """It leaves when it is free, at an open hour, and is under way as long as the road then takes."""
    if loan.back_hour is None or loan.home_hour is None:
        return  # it stays where it is
    name = f"{row.source_code} {row.lot_code} {row.need_code}"
    if loan.back_hour < free_hour:
        yield Violation("loan_free_before_it_leaves", name, loan.back_hour, free_hour)
    site = next(source.site_code for source in instance.sources if source.code == row.source_code)
    ends = (site, row.place_code)
    route = next(route for route in instance.routes if (route.site_code, route.place_code) == ends)
    hours, closed = route.travel_hours, [range(start, end) for start, end in route.closures]
    changes = sorted(
        (c for c in instance.road_changes if (c.site_code, c.place_code) == ends), key=lambda c: c.from_hour
    )
    ends_at = [*(change.from_hour for change in changes[1:]), 10**9]
    for change, end in zip(changes, ends_at, strict=False):
        if change.from_hour <= loan.back_hour:
            hours = change.travel_hours
        if change.closed:
            closed.append(range(change.from_hour, end))
    if loan.home_hour - loan.back_hour != hours:
        yield Violation("loan_travel_time", name, loan.home_hour - loan.back_hour, hours)
    trip = range(loan.back_hour, loan.back_hour + max(1, hours))
    if any(hour in span for hour in trip for span in closed):
        yield Violation("road_open", name, loan.back_hour, 0)
