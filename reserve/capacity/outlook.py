"""Questions about what could still be made, beside what is promised already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from reserve.capacity import order_queries, queries, rules
from reserve.capacity.terms import Activation, Materials, Output, ProductKind


def output_added(
    session: Session, activations: Sequence[Activation], until: date, as_of: datetime, known_at: datetime
) -> list[Output]:
    """What activations would add: orders in force keep the materials and line hours that they were planned with."""
    if not activations:
        return []
    lines = queries.lines_at(session, as_of, known_at)
    materials = queries.materials_at(session, as_of, known_at)
    planned = order_queries.planned_output(session, known_at, min(each.from_on for each in activations))
    made = [(order.item_code, day, quantity) for order, day, quantity in planned]
    promised: dict[tuple[date, str], int] = defaultdict(int)
    for order, day, quantity in planned:
        promised[day, order.line_code] += quantity
    left = Materials(materials.daily, materials.needs, rules.material_use(made, materials.needs))
    return rules.expected_output(lines, activations, until, left, promised=promised)


def producible(
    session: Session,
    from_on: date,
    until: date,
    as_of: datetime,
    known_at: datetime,
    *,
    item_codes: Collection[str] = (),
) -> list[Output]:
    """What could be made if every free line that may lawfully be ordered began on ``from_on``, by date of issue.

    Lines of certified producers with a declaration good on that day, up to the declared quantity; lines promised
    to an order inside the span are left out, their output is expected supply already.
    """
    lines = queries.lines_at(session, as_of, known_at, product_codes=item_codes, certified_only=True)
    declarations = queries.declarations_known(session, known_at)
    promised = {
        each.line_code for each in order_queries.commitments(session) if each.from_on <= until and from_on <= each.to_on
    }
    activations = []
    for code, line in lines.items():
        declared = rules.declared_on(declarations, code, from_on)
        if line.product_kind is ProductKind.ITEM and declared is not None and code not in promised:
            last = min(until, declared.valid_until)
            activations.append(Activation(code, from_on, last, quantity_per_day=declared.daily_quantity))
    return output_added(session, activations, until, as_of, known_at)
