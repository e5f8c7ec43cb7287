"""A plan in the words of the books."""

from __future__ import annotations

from datetime import datetime, timedelta

from optimizer.dispatch import instance as model
from optimizer.dispatch.plan import Plan
from reserve.dispatch.terms import PlannedLine


def planned_lines(instance: model.Instance, plan: Plan) -> list[PlannedLine]:
    """The shipments of a plan in the words of the books, numbered in the plan's own order."""
    start = datetime.fromisoformat(instance.t0)
    needs = {need.code: need for need in instance.needs}
    lines = []
    for number, shipment in enumerate(plan.shipments, 1):
        owner_code, site_code = shipment.source_code.split("@")
        expected = shipment.lot_code.startswith("expected.")
        account, _, lot = shipment.lot_code.partition(".")
        lines.append(
            PlannedLine(
                line_no=number,
                need_key=shipment.need_code.rpartition("|")[0],
                item_code=shipment.item_code,
                owner_code=owner_code,
                source_site=site_code,
                receiver_site=shipment.place_code,
                account_id=None if expected else int(account),
                lot_id=None if expected else int(lot),
                supply_code=lot if expected else None,
                quantity=shipment.quantity,
                leave_at=start + timedelta(hours=shipment.leave_hour),
                arrive_at=start + timedelta(hours=shipment.arrive_hour),
                due_at=start + timedelta(hours=needs[shipment.need_code].due_hour),
                step=shipment.step,
                source_kind=shipment.source_kind.value,
                authority=shipment.authority,
            )
        )
    return lines
