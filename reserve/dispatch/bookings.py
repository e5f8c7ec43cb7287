"""A plan in the words of the books."""

from __future__ import annotations

from datetime import datetime, timedelta

from optimizer.dispatch import instance as model
from optimizer.dispatch.plan import Plan
from reserve.dispatch.terms import PlannedLine


def planned_lines(instance: model.Instance, plan: Plan) -> list[PlannedLine]:
    """The shipments of a plan in the words of the books, numbered in the plan's own order.

    Goods that only a proposed activation would make have no lot and no expected supply yet: they stand in the plan's
    production and are left out here.
    """
    start = datetime.fromisoformat(instance.t0)
    needs = {need.code: need for need in instance.needs}
    lines = []
    standing = {(lot.source_code, lot.item_code, lot.code) for lot in instance.lots}
    booked = (row for row in plan.shipments if (row.source_code, row.item_code, row.lot_code) in standing)
    for number, shipment in enumerate(booked, 1):
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
                numerator=shipment.stands_for.numerator if shipment.stands_for else 1,
                denominator=shipment.stands_for.denominator if shipment.stands_for else 1,
                makes_up=shipment.fills,
            )
        )
    return lines


def line_row(result_id: int, line: PlannedLine) -> dict[str, object]:
    """A line as the table of plan lines takes it."""
    return {
        "result_id": result_id,
        "line_no": line.line_no,
        "need_key": line.need_key,
        "item_code": line.item_code,
        "owner_code": line.owner_code,
        "source_site": line.source_site,
        "receiver_site": line.receiver_site,
        "account_id": line.account_id,
        "lot_id": line.lot_id,
        "supply_code": line.supply_code,
        "quantity": line.quantity,
        "leave_at": line.leave_at,
        "arrive_at": line.arrive_at,
        "due_at": line.due_at,
        "step": line.step,
        "source_kind": line.source_kind,
        "authority": line.authority,
        "numerator": line.numerator,
        "denominator": line.denominator,
        "makes_up": line.makes_up,
    }
